/* Quiz: an answer is kept on this phone first, then sent, again and again until the site has it. */
(function (d, w) {
 "use strict";
 function one(s) { return d.querySelector(s); }
 function all(s, from) { return [].slice.call((from || d).querySelectorAll(s)); }
 function fill(text, name, value) { return text.replace("{" + name + "}", value); }
 var root = one("[data-attempt]"), data = root.dataset, fields = all("[data-question]");
 var key = "quiz-" + data.person + "-" + data.attempt, memory = {}, fails = 0, busy, over, timer;

 /* Question id -> {a: letters, r: revision, s: the site has it}; all tabs share it. */
 function read() {
  try { return JSON.parse(localStorage.getItem(key)) || memory; } catch (e) { return memory; }
 }
 function write(kept) {
  memory = kept;
  try { localStorage.setItem(key, JSON.stringify(kept)); } catch (e) { /* memory has it */ }
 }
 function waiting() {
  var kept = read();
  return Object.keys(kept).filter(function (id) { return !kept[id].s; });
 }
 if ("done" in data) {
  try { localStorage.removeItem(key); } catch (e) { /* nothing was kept */ }
  return;
 }

 function field(id) { return one("[data-question='" + id + "']"); }
 function chosen(f) { return all(":checked", f).map(function (x) { return x.value; }); }
 function put(id, entry) {
  var f = field(id);
  if (!f) { return; }
  all(".choice input", f).forEach(function (x) { x.checked = entry.a.indexOf(x.value) >= 0; });
  f.dataset.rev = one("[name='rev-" + id + "']").value = entry.r;
 }
 function paint() {
  if (!fields.length) { return; }
  var text = data.hint, pills = all(".pill"), segs = one(".segs"), left = waiting().length;
  fields.forEach(function (f, n) {
   var has = chosen(f).length > 0;
   segs.children[n].setAttribute("class", f.hidden ? has ? "f1" : "f0" : "f2");
   pills[n].classList.toggle("ok", has);
   pills[n].lastChild.textContent = has ? data.answered : data.blank;
   pills[n].removeAttribute("aria-current");
   if (f.hidden) { return; }
   pills[n].setAttribute("aria-current", "step");
   if (has && f.dataset.at) { text = fill(data.saved, "time", f.dataset.at); }
  });
   one("[data-status] span").textContent = fails && left ? fill(data.kept, "count", left) : text;
 }
 function note(hidden, text) {
  var box = one("[data-net]");
  box.hidden = hidden && navigator.onLine;
  if (text) { box.lastChild.textContent = text; }
  paint();
 }

 function settle(id, sent, saved) {
  var kept = read(), f = field(id);
  if (!kept[id] || kept[id].r !== sent.r) { return; }
  /* A newer answer came from another phone: show what counts. */
  if (saved.rev > sent.r) { put(id, kept[id] = { a: saved.answer, r: saved.rev }); }
  kept[id].s = 1;
  write(kept);
  if (f) { f.dataset.at = new Date(saved.saved_at).toTimeString().slice(0, 5); }
 }
 function later(text) {
  fails += 1;
  clearTimeout(timer);
  timer = setTimeout(flush, Math.min(60, 3 * fails) * (700 + Math.random() * 600));
  note(false, text);
 }
 function send() {
  var id = waiting()[0], sent = read()[id];
  if (over || !id) { fails = 0; note(true); return !over; }
  return fetch(data.api + "/responses/" + id, {
   method: "PUT",
   headers: { "Content-Type": "application/json", "X-CSRF-Token": one("[name=csrf_token]").value },
   body: JSON.stringify({ answer: sent.a, rev: sent.r })
  }).then(function (reply) {
   if (reply.status === 409) { over = true; w.location = data.page; return false; }
   return reply.json().then(function (body) {
    if (!reply.ok) { return later(body.detail); }
    settle(id, sent, body);
    return send();
   });
  }).catch(function () { later(); });
 }
 /* Resolves to true once the site has every answer. */
 function flush() {
  busy = busy || Promise.resolve(send()).then(function (ok) { busy = 0; paint(); return ok; });
  return busy.then(function (ok) { return ok && waiting().length ? flush() : ok; });
 }
 function then(act) { flush().then(function (ok) { if (ok && !over) { act(); } }); }

 function show(position) {
  var last = position === fields.length, place = one("[data-place]"), back = one("[data-back]");
  fields.forEach(function (f, n) { f.hidden = f.disabled = n + 1 !== position; });
  place.firstChild.textContent = fill(data.number, "number", position);
  all("[data-next]").forEach(function (b) {
   b.value = last ? "check" : position + 1;
   b.textContent = last ? data.last : data.more;
  });
  back.disabled = !(back.value = position - 1);
  history.replaceState(null, "", data.page + "/" + position);
  paint();
  w.scrollTo(0, 0);
  place.focus();
 }

 function keep(f) {
  var id = f.dataset.question, kept = read();
  kept[id] = { a: chosen(f), r: Math.max(kept[id] ? kept[id].r : 0, f.dataset.rev) + 1 };
  write(kept);
  put(id, kept[id]);
  delete f.dataset.at;
 }
 root.addEventListener("change", function (e) {
  keep(e.target.closest("[data-question]"));
  paint();
  flush();
 });
 root.addEventListener("click", function (e) {
  var button = e.target.closest("[name=go]");
  if (!button) { return; }
  e.preventDefault();
  if (+button.value) { show(+button.value); return; }
  then(function () { w.location = data.page + "/check"; });
 });
 root.addEventListener("submit", function (e) {
  if (!waiting().length) { return; }
  e.preventDefault();
  e.stopPropagation();
  then(function () { root.submit(); });
 });
 w.addEventListener("online", flush);

 if ("left" in data) {
  var before = +data.left, end = Date.now() + before * 1000, said = one("[data-announce]");
  setInterval(function () {
   var left = Math.max(0, Math.ceil((end - Date.now()) / 1000)), m = left / 60;
   one("[data-clock]").textContent = Math.floor(m) + ":" + ("0" + left % 60).slice(-2);
   if (left < before && (m === 10 || m === 5 || m === 1)) {
    said.textContent = fill(said.dataset.announce, "minutes", m);
   }
   before = left;
   if (left || over || !navigator.onLine) { return; }
   then(function () { over = true; one("[data-time-up]").submit(); });
  }, 1000);
 }

 /* On a slow line people answer before this file has come: what differs from what came is theirs. */
 fields.forEach(function (f) {
  if (all(".choice input", f).some(function (x) { return x.checked !== x.defaultChecked; })) { keep(f); }
 });
 var known = read();
 Object.keys(known).forEach(function (id) {
  var f = field(id);
  if (f && (!known[id].s || known[id].r > f.dataset.rev)) { put(id, known[id]); }
 });
 flush();
})(document, window);
