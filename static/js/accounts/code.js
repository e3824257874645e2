/* Counts down to the moment another code may be asked for; the server decides in any case. */
(function (d) {
  "use strict";
  var text = d.querySelector("[data-wait]"), button = d.querySelector("[data-after]");
  if (!text || !button) { return; }
  var until = Date.now() + Number(text.dataset.wait) * 1000;
  function show() {
    var left = Math.ceil((until - Date.now()) / 1000);
    button.hidden = left > 0;
    text.hidden = left <= 0;
    text.textContent = text.dataset.words.replace("{seconds}", left);
    if (left > 0) { setTimeout(show, 500); }
  }
  show();
})(document);
