/* Looks every two seconds how far the lists are, while one is being made. */
(function (d) {
  "use strict";
  var EVERY = 2000;
  function box() { return d.getElementById("exports"); }
  function busy() { return box() && box().dataset.busy === "true"; }
  function say() {
    var line = d.querySelector("[data-ready]");
    if (line) { line.textContent = line.dataset.ready; }
  }
  function look() {
    if (!busy() || !window.fetch) { return; }
    fetch(box().dataset.at || "/staff/exports", { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (text) {
      var fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById("exports");
      if (fresh) { box().parentNode.replaceChild(d.importNode(fresh, true), box()); }
      if (busy()) { setTimeout(look, EVERY); } else { say(); }
    }).catch(function () { setTimeout(look, EVERY * 2); });
  }
  /* The link works once: after the tap it says so. */
  d.addEventListener("click", function (e) {
    var link = e.target.closest && e.target.closest("[data-once]");
    if (!link) { return; }
    if (link.getAttribute("aria-disabled")) { e.preventDefault(); return; }
    link.setAttribute("aria-disabled", "true");
    setTimeout(function () {
      var again = box();
      if (again) { again.dataset.busy = "true"; look(); }
    }, 1500);
  });
  if (busy()) { setTimeout(look, EVERY); }
})(document);
