/* Signing out hands in first what waits on this phone; what cannot go now is kept for the same person. */
(function (w, d) {
  "use strict";
  var form = d.querySelector("[data-hand-in]"), out = w.Outbox;
  if (!form || !out || !w.fetch) { return; }
  var note = form.querySelector("[data-rest]"), words = note.querySelector("p"), main = form.querySelector(".btn.main");
  var anyway = form.querySelector("[data-anyway]"), sure = false, busy = false;

  /* Resolves to how many seconds still wait. */
  function handIn() {
    var slow = new Promise(function (give) { setTimeout(give, 10000); });
    return Promise.race([out.flush().catch(function () {}), slow])
      .then(out.waiting).then(function (left) {
        var whole = Math.ceil(out.seconds(left)), text = whole < 60 ? form.dataset.seconds : form.dataset.minutes;
        note.hidden = anyway.hidden = !left.length;
        main.textContent = left.length ? form.dataset.again : form.dataset.plain;
        words.textContent = form.dataset.waits.replace("{time}", text.replace("{min}", Math.floor(whole / 60)).replace("{sec}", whole % 60));
        return left.length;
      });
  }
  anyway.addEventListener("click", function () { sure = true; });
  form.addEventListener("submit", function (e) {
    if (sure) { return; }
    e.preventDefault(); e.stopPropagation();
    if (busy) { return; }
    busy = true;
    main.setAttribute("aria-busy", "true");
    handIn().then(function (left) {
      busy = false;
      main.removeAttribute("aria-busy");
      if (!left) { form.submit(); } else { words.focus(); }
    });
  });
  out.waiting().then(function (left) { if (left.length) { handIn(); } });
})(window, document);
