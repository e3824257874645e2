/* Lets the columns of a list be dragged to their place; the buttons do the same without it. */
(function (d) {
  "use strict";
  var list = d.querySelector("[data-sort]"), held = null;
  if (!list) { return; }
  function rows() { return Array.prototype.slice.call(list.querySelectorAll("[data-col]")); }
  rows().forEach(function (row) { row.draggable = true; });
  /* Fields stay fields: text in them is marked, not dragged. */
  list.addEventListener("focusin", function (e) { if (/INPUT|SELECT/.test(e.target.tagName)) { row(e).draggable = false; } });
  list.addEventListener("focusout", function (e) { row(e).draggable = true; });
  function row(e) { return e.target.closest("[data-col]"); }
  list.addEventListener("dragstart", function (e) { held = row(e); e.dataTransfer.effectAllowed = "move"; });
  list.addEventListener("dragend", function () { held = null; number(); });
  list.addEventListener("dragover", function (e) {
    var over = row(e);
    if (!held || !over || over === held) { return; }
    e.preventDefault();
    var box = over.getBoundingClientRect();
    list.insertBefore(held, e.clientY > box.top + box.height / 2 ? over.nextSibling : over);
  });
  list.addEventListener("drop", function (e) { e.preventDefault(); });
  /* Whoever goes on with the buttons means the places that are seen. */
  function number() {
    rows().forEach(function (each, place, all) {
      each.querySelector(".n").textContent = place + 1;
      each.querySelectorAll("button").forEach(function (button) {
        button.value = button.value.split(":")[0] + ":" + place;
        if (button.value.indexOf("up") === 0) { button.disabled = place === 0; }
        if (button.value.indexOf("down") === 0) { button.disabled = place === all.length - 1; }
      });
    });
  }
})(document);
