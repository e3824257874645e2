/* Whoever came back from paying sees the money arrive without a tap; without JavaScript a look at the page does. */
(function (d, w) {
  "use strict";
  var box = d.querySelector("[data-looks]");
  if (!box) { return; }
  var looks = +box.dataset.looks;
  /* Soon at first, then ever more seldom: a dozen looks take a minute. */
  setTimeout(function () { w.location.replace("?back=" + (looks + 1)); }, looks * 800);
})(document, window);
