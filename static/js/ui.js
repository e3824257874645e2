/* Small comforts shared by all pages; every page works without them. */
(function (d) {
  "use strict";
  var root = d.documentElement;
  function one(selector) { return d.querySelector(selector); }
  function all(selector) { return [].slice.call(d.querySelectorAll(selector)); }

  function setSize(big) {
    root.classList.toggle("big", big);
    all("[data-big]").forEach(function (x) { x.setAttribute("aria-pressed", String(big)); });
    d.cookie = "big=" + (big ? 1 : 0) + ";path=/;max-age=31536000;samesite=lax";
  }
  /* Old engines have no <dialog>: the open attribute and a kept focus stand in for it. */
  function show(dialog) {
    if (dialog.showModal) { if (!dialog.open) { dialog.showModal(); } return; }
    dialog.setAttribute("open", "");
    var first = dialog.querySelector("button,a,input");
    if (first) { first.focus(); }
  }
  function close(dialog) {
    if (dialog.close) { dialog.close(); } else { dialog.removeAttribute("open"); }
  }
  d.addEventListener("click", function (e) {
    var t = e.target.closest && e.target.closest("[data-big],[data-open],[data-close]");
    if (!t) { return; }
    if (t.hasAttribute("data-big")) { e.preventDefault(); setSize(!root.classList.contains("big")); }
    if (t.dataset.open) { e.preventDefault(); show(one(t.dataset.open)); }
    if (t.hasAttribute("data-close")) { e.preventDefault(); close(t.closest("dialog")); }
  });
  /* A second tap on a button that already sends does nothing. */
  d.addEventListener("submit", function (e) {
    var form = e.target;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 4000);
    var button = e.submitter || form.querySelector(".btn.main");
    if (button) { button.setAttribute("aria-busy", "true"); }
  });
  window.addEventListener("pageshow", function () {
    all("[aria-busy=true]").forEach(function (x) { x.removeAttribute("aria-busy"); });
  });
  /* Filters send themselves; without JavaScript their button does. */
  d.addEventListener("change", function (e) {
    var form = e.target.form;
    if (form && form.hasAttribute("data-auto") && e.target.tagName === "SELECT") { form.submit(); }
  });
  var now = one("dialog[data-now]");
  if (now) { now.removeAttribute("open"); show(now); }
  try {
    var target = one(location.hash || "x-x");
    if (target && target.tagName === "DETAILS") { target.open = true; }
  } catch (ignored) { /* a hash that is no selector */ }
  if (window.matchMedia && matchMedia("(min-width:48em)").matches) {
    all("[data-wide]").forEach(function (x) { x.open = true; });
  }
  function net() {
    all("[data-net]").forEach(function (x) { x.hidden = navigator.onLine; });
  }
  window.addEventListener("online", net);
  window.addEventListener("offline", net);
  net();
})(document);
