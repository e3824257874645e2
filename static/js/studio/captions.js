/* Captions as rows beside their video; without it the form is one text and works as it is. */
(function (d) {
  "use strict";
  var form = d.getElementById("captions"), mould = d.getElementById("cue");
  if (!form || !mould || !mould.content || !form.closest) { return; }
  var video = d.getElementById("video"), text = d.getElementById("text");
  function one(selector) { return form.querySelector(selector); }
  var list = one(".cues"), tools = one("[data-tools]"), undo = one("[data-undo]"), over = d.querySelector("[data-over]");
  /* Each cue: its row, its times in milliseconds (NaN where unreadable) and the line it stands in. */
  var cues = [], current = null, shown = null, gone = null, unsaved = false, rows = true;
  var TIMES = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?$|^(\d{1,5})(?:[.,](\d{1,3}))?$/;

  function two(n) { return (n < 10 ? "0" : "") + n; }
  function fraction(ms) { return "." + ("00" + ms % 1000).slice(-3); }
  function stamp(ms) {
    var s = Math.floor(ms / 1000), m = Math.floor(s / 60);
    return two(Math.floor(m / 60)) + ":" + two(m % 60) + ":" + two(s % 60) + fraction(ms);
  }
  function brief(ms) {
    var s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60);
    return (h ? h + ":" + two(m % 60) : m) + ":" + two(s % 60) + fraction(ms);
  }
  function read(typed) {
    /* A Chinese keyboard writes digits and colons a whole sign wide. */
    var found = TIMES.exec(typed.normalize("NFKC").trim());
    if (!found || +found[3] > 59 || (found[1] && +found[2] > 59)) { return NaN; }
    var seconds = found[5] ? +found[5] : (+(found[1] || 0) * 60 + +found[2]) * 60 + +found[3];
    return seconds * 1000 + +((found[4] || found[6] || "0") + "00").slice(0, 3);
  }

  var NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
  function plain(marked) {
    return marked.replace(/<\d[\d:.]*>|<[\/A-Za-z!?][^<>]*(?:>|$|(?=<))/g, "")
      .replace(/&(?:#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/g, function (all, number, name) {
        return name ? NAMED[name] : +number < 0x110000 ? String.fromCodePoint(+number) : all;
      });
  }
  function marked(words) {
    var lines = words.split("\n").map(function (line) { return line.trim(); }).filter(Boolean);
    return lines.join("\n").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\{\\/g, "&#123;\\");
  }

  /* Reads what the server reads; what has no time keeps its words and waits for one. */
  function parse(whole) {
    var found = [], open = null, hidden = false, loose = [];
    function settle() {
      var isName = loose.length === 1 && /^\d+$/.test(loose[0][1]);
      if (loose.length && !isName) { found.push({ line: loose[0][0], start: "", end: "", words: loose.map(function (each) { return each[1]; }) }); }
      loose = []; open = null; hidden = false;
    }
    whole.split("\n").forEach(function (line, i) {
      var said = line.trim(), at = line.indexOf("-->"), ahead = open ? open.words : loose.map(function (each) { return each[1]; });
      if (!said) { settle(); return; }
      if (at >= 0) {
        /* The line right above may be the cue's name. */
        if (open && /^\d+$/.test(ahead[ahead.length - 1] || "")) { open.words.pop(); }
        if (!open && loose.length < 2) { loose = []; }
        settle();
        open = { line: i + 1, start: line.slice(0, at).trim(), end: line.slice(at + 3).trim().split(/\s/)[0], words: [] };
        found.push(open);
      } else if (open) { open.words.push(said); } else if (hidden || (!loose.length && /^(WEBVTT|NOTE|STYLE|REGION)\b/i.test(said.replace("\ufeff", "")))) {
        hidden = true;
      } else { loose.push([i + 1, said]); }
    });
    settle();
    return found;
  }

  function compose() {
    var parts = ["WEBVTT\n"];
    cues.forEach(function (cue) {
      function time(input, ms) { return isNaN(ms) ? input.value.trim() : stamp(ms); }
      parts.push(time(cue.from, cue.start) + " --> " + time(cue.to, cue.end) + "\n" + marked(cue.words.value) + "\n");
    });
    return parts.join("\n");
  }

  function weigh(cue) {
    cue.start = read(cue.from.value); cue.end = read(cue.to.value);
    flag(cue.from, isNaN(cue.start));
    flag(cue.to, isNaN(cue.end) || cue.end <= cue.start);
  }
  function flag(input, bad) { if (bad) { input.setAttribute("aria-invalid", "true"); } else { input.removeAttribute("aria-invalid"); } }
  function fit(area) {
    var lines = area.value.split("\n");
    area.rows = Math.max(2, lines.length);
  }
  function make(start, end, words, line) {
    var row = d.importNode(mould.content, true).firstChild;
    while (row.nodeType !== 1) { row = row.nextSibling; }
    var cue = { row: row, from: row.querySelector("[data-start]"), to: row.querySelector("[data-end]"), words: row.querySelector("textarea"), line: line };
    cue.from.value = start; cue.to.value = end; cue.words.value = words;
    fit(cue.words);
    weigh(cue);
    row.cue = cue;
    return cue;
  }
  function tidy(typed) { var ms = read(typed); return isNaN(ms) ? typed : brief(ms); }

  function fill() {
    var all = d.createDocumentFragment();
    form.insertBefore(tools, null);
    list.textContent = "";
    cues = parse(text.value).map(function (each) {
      var cue = make(tidy(each.start), tidy(each.end), plain(each.words.join("\n")), each.line);
      all.appendChild(cue.row);
      return cue;
    });
    list.appendChild(all);
    gone = shown = current = null;
    look();
    if (cues.length) { choose(cues[0]); }
  }
  function look() {
    one("[data-first]").hidden = cues.length > 0;
    list.hidden = !cues.length;
    tools.hidden = !cues.length;
    undo.hidden = !gone;
  }
  function choose(cue) {
    if (!cue || cue === current) { return; }
    var before = cue.row.getBoundingClientRect().top;
    current = cue;
    cue.row.appendChild(tools);
    /* The row stays where it is under the finger, wherever the buttons come from. */
    var moved = cue.row.getBoundingClientRect().top - before;
    if (moved && list.scrollHeight > list.clientHeight) { list.scrollTop += moved; } else if (moved) { window.scrollBy(0, moved); }
  }
  function changed() { unsaved = true; }

  function add() {
    var place = current ? cues.indexOf(current) + 1 : cues.length, before = cues[place - 1], after = cues[place];
    var now = video ? Math.round(video.currentTime * 1000) : 0;
    var start = before && !isNaN(before.end) ? Math.max(before.end, !after && video ? now : 0) : now;
    var end = start + 3000;
    if (after && after.start > start) { end = Math.min(end, after.start); }
    var cue = make(brief(start), brief(end), "", 0);
    cues.splice(place, 0, cue);
    list.insertBefore(cue.row, after ? after.row : null);
    look(); choose(cue); changed();
    cue.words.focus();
  }
  function remove() {
    var place = cues.indexOf(current);
    if (place < 0) { return; }
    gone = { cue: current, place: place };
    cues.splice(place, 1);
    form.insertBefore(tools, null);
    list.removeChild(current.row);
    current = null;
    look(); changed();
    choose(cues[Math.min(place, cues.length - 1)]);
    undo.querySelector("button").focus();
  }
  function restore() {
    var after = cues[gone.place];
    cues.splice(gone.place, 0, gone.cue);
    list.insertBefore(gone.cue.row, after ? after.row : null);
    var back = gone.cue;
    gone = null;
    look(); choose(back); changed();
    back.words.focus();
  }
  function take(which) {
    var input = which === "start" ? current.from : current.to;
    input.value = brief(Math.round(video.currentTime * 1000));
    weigh(current); changed(); mark();
  }

  /* The row being said is marked; it comes into sight while nobody types. */
  function mark() {
    if (!video) { return; }
    var now = video.currentTime * 1000, cue = null;
    if (shown && cues.indexOf(shown) >= 0 && shown.start <= now && now < shown.end) { cue = shown; } else {
      cue = cues.filter(function (each) { return each.start <= now && now < each.end; })[0] || null;
    }
    over.textContent = cue ? cue.words.value : "";
    if (cue === shown) { return; }
    if (shown) { shown.row.classList.remove("on"); shown.row.removeAttribute("aria-current"); }
    shown = cue;
    if (!cue) { return; }
    cue.row.classList.add("on");
    cue.row.setAttribute("aria-current", "true");
    if (!list.contains(d.activeElement) && list.scrollHeight > list.clientHeight) {
      list.scrollTop = cue.row.offsetTop - list.clientHeight / 3;
    }
  }
  function play(cue) {
    if (!video || isNaN(cue.start)) { return; }
    video.currentTime = cue.start / 1000;
    var started = video.play();
    if (started) { started.catch(function () {}); }
    mark();
  }

  /* Faults come by line; each is told in its row as well, and its place leads there. */
  function accuse() {
    var faults = d.getElementById("faults");
    [].forEach.call(faults ? faults.children : [], function (fault) {
      var line = +fault.dataset.line, at = -1;
      cues.forEach(function (cue, i) { if (cue.line && cue.line <= line) { at = i; } });
      if (!line || at < 0) { return; }
      var cue = cues[at], said = d.createElement("p"), link = d.createElement("a");
      cue.row.id = "cue-" + (at + 1);
      said.className = "err"; said.textContent = fault.querySelector("span").textContent;
      cue.row.insertBefore(said, tools.parentNode === cue.row ? tools : null);
      link.href = "#" + cue.row.id;
      link.textContent = faults.dataset.row.replace("{number}", at + 1);
      link.addEventListener("click", function (e) { e.preventDefault(); choose(cue); cue.words.focus(); });
      fault.insertBefore(link, fault.firstChild);
    });
  }

  function change() {
    if (rows) { text.value = compose(); } else { fill(); }
    rows = !rows;
    reveal();
  }
  function reveal() {
    one("[data-rows]").hidden = !rows;
    one("[data-whole]").hidden = rows;
    one("[data-to-text]").hidden = !rows;
    one("[data-to-rows]").hidden = rows;
    /* A place is a row here and a line there. */
    [].forEach.call(d.querySelectorAll("#faults a"), function (link) {
      link.hidden = !rows;
      link.parentNode.querySelector("b").hidden = rows;
    });
  }

  /* A row is chosen when a press is over: were it before, the press would end beside its button. */
  var pressed = false;
  list.addEventListener("mousedown", function () { pressed = true; });
  window.addEventListener("mouseup", function () { setTimeout(function () { pressed = false; }); });
  list.addEventListener("focusin", function (e) {
    var row = e.target.closest("li");
    if (row && !pressed) { choose(row.cue); }
  });
  form.addEventListener("input", function (e) {
    var row = e.target.closest("li");
    changed();
    if (!row) { return; }
    if (e.target === row.cue.words) { fit(e.target); } else { weigh(row.cue); }
    mark();
  });
  form.addEventListener("keydown", function (e) {
    /* Return in a time would send the form. */
    if (e.key === "Enter" && e.target.tagName === "INPUT") { e.preventDefault(); }
  });
  form.addEventListener("click", function (e) {
    var button = e.target.closest("button"), row = e.target.closest("li");
    if (row) { choose(row.cue); }
    if (!button) { return; }
    if (button.hasAttribute("data-play")) { play(row.cue); }
    if (button.hasAttribute("data-add")) { add(); }
    if (button.hasAttribute("data-remove")) { remove(); }
    if (button.dataset.take) { take(button.dataset.take); }
    if (button.hasAttribute("data-switch")) { change(); }
    if (undo.contains(button)) { restore(); }
  });
  form.addEventListener("submit", function () {
    if (rows) { text.value = compose(); }
    unsaved = false;
  });
  window.addEventListener("beforeunload", function (e) {
    if (unsaved) { e.preventDefault(); e.returnValue = ""; }
  });
  if (video) { ["timeupdate", "seeked"].forEach(function (kind) { video.addEventListener(kind, mark); }); }

  fill();
  accuse();
  unsaved = !!d.querySelector("#faults,.note.bad [target=_blank]");
  one("[data-switch]").hidden = false;
  reveal();
})(document);
