/* What is selected on a list survives its pages; it never stands in an address. */
(function (d) {
  "use strict";
  var form = d.getElementById("pick");
  var bar = d.getElementById("picked");
  if (!form || !bar) { return; }
  var key = "chosen:" + form.dataset.chosen;
  var most = Number(form.dataset.most);
  var order = d.getElementById("order");
  var every = d.getElementById("every");
  var boxes = [].slice.call(form.querySelectorAll("[name=record]"));
  var said = bar.querySelector("[role=status]");
  var none = bar.querySelector("[data-none]");
  var everything = bar.querySelector("[data-everything]");
  var exporting = bar.querySelector("[data-export]");
  var button = order && order.querySelector("[data-button]");
  var usual = button && button.textContent;
  var all = false;
  function read() {
    var kept = "";
    try { kept = sessionStorage.getItem(key) || ""; } catch (ignored) { /* refused by the browser */ }
    return kept;
  }
  var kept = read();
  all = kept === "all";
  var chosen = all ? [] : (kept || form.elements.ids.value).split(",").filter(Boolean);
  function show() {
    var n = chosen.length;
    boxes.forEach(function (box) {
      box.checked = all || chosen.indexOf(box.value) >= 0;
      box.closest("tr").classList.toggle("on", box.checked);
    });
    every.checked = boxes.every(function (box) { return box.checked; });
    every.indeterminate = !every.checked && boxes.some(function (box) { return box.checked; });
    said.textContent = all ? said.dataset.all : said.dataset.said.replace("{n}", n);
    none.hidden = !all && !n;
    everything.hidden = all || !every.checked;
    exporting.disabled = !all && !n;
    form.elements.ids.value = chosen.join(",");
    if (order) {
      order.elements.ids.value = chosen.join(",");
      button.textContent = n ? button.dataset.said.replace("{n}", n) : usual;
    }
    try {
      if (all || n) { sessionStorage.setItem(key, all ? "all" : chosen.join(",")); } else { sessionStorage.removeItem(key); }
    } catch (ignored) { /* full, or refused: the page still works */ }
  }
  function set(value, on) {
    var at = chosen.indexOf(value);
    if (on && at < 0 && chosen.length < most) { chosen.push(value); }
    if (!on && at >= 0) { chosen.splice(at, 1); }
  }
  form.addEventListener("change", function (e) {
    var box = e.target;
    if (all) {
      /* One taken out of all: what this page shows stays selected, the others were never listed. */
      all = false;
      boxes.forEach(function (each) { set(each.value, each.checked); });
    }
    if (box === every) { boxes.forEach(function (each) { set(each.value, every.checked); }); }
    if (box.name === "record") { set(box.value, box.checked); }
    show();
  });
  none.addEventListener("click", function () { chosen = []; all = false; show(); });
  everything.addEventListener("click", function () { chosen = []; all = true; show(); });
  exporting.addEventListener("click", function (e) {
    var drawer = d.getElementById("exp");
    if (!drawer || !drawer.showModal) { return; }
    e.preventDefault();
    drawer.showModal();
  });
  every.hidden = false;
  show();
})(document);
