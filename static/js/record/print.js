/* The button that prints; without JavaScript the browser's own menu does. */
(function (d) {
  "use strict";
  var button = d.querySelector("[data-print]");
  if (!button) { return; }
  button.hidden = false;
  button.addEventListener("click", function () { window.print(); });
})(document);
