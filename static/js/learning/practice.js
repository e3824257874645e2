/* A practice card's ticks stay on this phone, apart for each person. */
(function (w, d) {
  "use strict";
  var card = d.querySelector("[data-checklist]");
  if (!card) { return; }
  var key = "ticks." + card.dataset.checklist, boxes = [].slice.call(card.querySelectorAll("input[type=checkbox]")), kept = [];
  try { kept = JSON.parse(w.localStorage.getItem(key)) || []; } catch (broken) { kept = []; }
  boxes.forEach(function (b, i) {
    b.checked = kept.indexOf(i) >= 0;
    b.addEventListener("change", function () {
      var on = boxes.map(function (x, n) { return x.checked ? n : -1; }).filter(function (n) { return n >= 0; });
      try { w.localStorage.setItem(key, JSON.stringify(on)); } catch (full) { /* nothing to do */ }
    });
  });
})(window, document);
