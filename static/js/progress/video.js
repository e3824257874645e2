/* The lesson's video: big play button, captions, speed, quality, keys, and what was really played.
   It plays a file; what adapts to the line (stream.js) comes later, where it helps. */
(function (w, d) {
  "use strict";
  var v = d.getElementById("video"), meter = w.Meter;
  if (!v || !meter) { return; }
  function one(s) { return d.querySelector(s); }
  var from = null, last = 0, played = [], timer = 0, resumed = false, free = false, far = 0, ours = false;
  var clock = one("[data-now]"), play = one("[data-play]"), box = one("[data-meter]").dataset;
  var asked = /[?&]at=(\d+)/.exec(w.location.search);
  one("[data-tools]").hidden = false;
  play.hidden = false;
  /* Until the first tap there is one thing to tap. */
  v.controls = false;

  /* A start that a pause overtakes is no fault: the pause is ours while the lease is fetched. */
  function go() {
    if (broken) { revive(); held.going = true; return; }
    var p = v.play();
    if (p) { p.catch(function () {}); }
  }
  function time(s) { s = Math.floor(s); return Math.floor(s / 60) + ":" + ("0" + s % 60).slice(-2); }
  function cut() {
    if (from !== null && last > from) { played.push([Math.round(from * 1000) / 1000, Math.round(last * 1000) / 1000]); }
    from = v.paused || v.seeking ? null : last;
  }
  function beat(how, leaving) {
    cut();
    if (played.length || how !== "playing") {
      meter.report(played, last, v.playbackRate, how, leaving);
      played = [];
    }
  }
  /* All that was played up to this moment. */
  function settle(how, leaving) {
    if (from !== null || played.length) { last = v.currentTime; beat(how, leaving); }
  }
  function state() { return d.hidden ? "hidden" : "playing"; }
  function tick() {
    clearTimeout(timer);
    timer = setTimeout(function () { if (!v.paused) { beat(state()); tick(); if (adapts()) { meter.load(v); } } }, meter.beatMs());
  }

  function resume() {
    if (resumed) { return; }
    resumed = true;
    var at = asked ? +asked[1] : +box.position;
    if (at > 0 && at < +v.dataset.duration - 2) { v.currentTime = at; }
  }
  v.addEventListener("loadedmetadata", resume);
  play.addEventListener("click", function () { if (!ask()) { go(); } });
  v.addEventListener("play", function () {
    play.hidden = v.controls = true;
    if (broken) { revive(); }
    if (meter.live() || free) { return; }
    /* It plays once it has its lease: what plays before could not count. */
    v.pause();
    meter.start().then(function () { ahead(0); }, function (lost) { free = true; go(); later(lost); });
  });
  /* A browser takes a file in blocks, which come slowly on a weak line: eight seconds lie ready before it plays there.
     One that takes no more before it plays has all it wants. */
  function ahead(n) {
    var b = v.buffered, end = b.length ? b.end(b.length - 1) - v.currentTime : 0, idle = v.readyState && v.networkState === 1;
    if (!v.paused || n > 300 || n && idle || end > Math.min(n / 5, 8, v.duration - v.currentTime - 1)) { go(); } else { setTimeout(function () { ahead(n + 1); }, 100); }
  }
  /* A lease the site could not give is asked for again. */
  function later(lost) { if (!lost.refused) { setTimeout(again, 5000); } }
  function again() { if (free && !v.paused) { meter.start().catch(later); } }
  w.addEventListener("online", again);
  v.addEventListener("playing", function () {
    if (!meter.live() && !free) { return; }
    if (from === null) { goOn(); }
    tick();
  });
  /* "playing" comes a moment late. */
  function goOn() {
    var past = v.currentTime - last;
    from = v.paused ? null : past >= 0 && past < 1 ? last : v.currentTime;
    last = v.currentTime;
  }
  v.addEventListener("timeupdate", function () {
    if (!v.seeking && from !== null) {
      last = v.currentTime; far = Math.max(far, last);
      if (todo.length && last >= todo[0][1]) { next(); }
    }
    clock.textContent = time(held && held.at || v.currentTime);
  });
  v.addEventListener("seeking", function () {
    cut(); from = null; last = v.currentTime;
    if (ours) { ours = false; return; }
    todo = [];
    /* Locked, nobody goes beyond the furthest second seen; what was seen is free. */
    var most = meter.known.watched.reduce(function (m, p) { return Math.max(m, p[1]); }, Math.max(far, +box.far || 0));
    if (box.seeking === "locked" && v.currentTime > most + 0.5) { v.currentTime = most; meter.say(meter.words.locked); }
  });
  /* It may play on, and say so, before it says that the seek is over. */
  v.addEventListener("seeked", function () { if (from === null) { goOn(); } });
  v.addEventListener("waiting", function () { cut(); from = null; });
  v.addEventListener("pause", function () {
    free = false;
    /* A fault stops it, and what it had already gone ahead was not shown. */
    if (v.error && !held) { held = { at: from === null ? last : v.currentTime, going: true }; }
    settle(v.ended ? "ended" : d.hidden ? "hidden" : "paused");
  });
  v.addEventListener("ended", function () { settle("ended"); play.hidden = false; if (todo.length) { next(); } });
  var rate = 1;
  v.addEventListener("ratechange", function () {
    if (v.playbackRate === rate) { return; }
    settle(state());
    rate = v.playbackRate;
    one("[data-rate]").textContent = rate + "×";
    if (rate > 1) { meter.say(meter.words.fast.replace("{rate}", rate).replace("{percent}", Math.floor(100 / rate))); }
  });
  d.addEventListener("visibilitychange", function () {
    if (!v.paused) { settle(d.hidden ? "playing" : "hidden", d.hidden); }
  });
  w.addEventListener("pagehide", function () { settle(state(), true); });
  meter.on(function (name, code) {
    if (name === "ended") { from = null; played = []; v.pause(); }
    if (name === "lease" || name === "beat") { mend(); }
    if (name === "again") { go(); }
    if (name === "lease" && free) { free = false; last = v.currentTime; from = v.paused ? null : last; tick(); }
  });

  /* A stretch leaves the list when it counts; one button plays them all. */
  var why = one("#why"), all = why ? JSON.parse(why.dataset.lost) : [], todo = [], parts = 0, over = false;
  function rest(pairs) {
    return meter.minus(pairs, meter.known.credited).filter(function (p) { return p[1] - p[0] >= 0.5; });
  }
  function mend() {
    if (!why) { return; }
    var left = rest(all), sum = left.reduce(function (n, p) { return n + p[1] - p[0]; }, 0);
    var words = sum ? why.dataset.left.replace("{time}", meter.spell(sum)) : why.dataset.none;
    one("#why b").textContent = words;
    [].forEach.call(why.querySelectorAll("li"), function (li, i) { li.hidden = !rest([all[i]]).length; });
    one("[data-mend]").hidden = !sum;
    why.classList.toggle("warn", sum > 0);
    why.classList.toggle("ok", !sum);
    if (todo.length) { sayPart(); }
    if (over && v.paused && !meter.unanswered().length) { over = false; meter.say(words); }
  }
  function begin() {
    ours = resumed = true;
    v.playbackRate = 1; v.currentTime = todo[0][0];
    sayPart();
    go();
  }
  function sayPart() { meter.say(meter.words.part.replace("{n}", parts - todo.length + 1).replace("{all}", parts)); }
  function next() {
    todo.shift();
    if (todo.length) { begin(); } else { over = true; v.pause(); }
  }
  if (why) {
    one("[data-replay]").addEventListener("click", function () {
      todo = rest(all); parts = todo.length;
      if (parts) { begin(); v.scrollIntoView(); }
    });
  }

  /* Over sound alone browsers show no captions: they stand below. */
  var held, quit, broken = 0, tries = 0, auto = false, AUTO = "auto";
  var lock, cc = true, net = w.navigator.connection, ear = one("[data-ear]"), slow = one("[data-slow]"), line = one("[data-cue]");
  function cue() { var c = this.activeCues; if (c && c[0] && !ear.hidden) { line.lang = this.language; line.textContent = c[0].getCueAsHTML().textContent; } }
  function captions(on) {
    var tracks = [].slice.call(v.textTracks), lang = d.documentElement.lang.slice(0, 2);
    var mine = tracks.filter(function (t) { return t.language === lang; })[0] || tracks[0];
    tracks.forEach(function (t) { t.mode = !on || t !== mine ? "disabled" : ear && !ear.hidden ? "hidden" : "showing"; t.oncuechange = ear && cue; });
    if (ear) { line.textContent = ""; }
    one("[data-captions]").setAttribute("aria-pressed", String(cc = on));
  }
  one("[data-captions]").addEventListener("click", function () { captions(!cc); });
  var speeds = [1, 1.25, 1.5, 2, 0.75];
  one("[data-rate]").addEventListener("click", function () { v.playbackRate = speeds[(speeds.indexOf(v.playbackRate) + 1) % speeds.length]; });
  /* Something else takes the place of what plays, at the same second. */
  function swap(put, leave) {
    settle(state());
    /* Chosen anew before the last choice was there. */
    held = held || { at: from === null ? v.currentTime : last };
    from = null;
    held.going = held.going || !v.paused;
    resumed = held.at > 0;
    if (resumed || held.going) { v.preload = "metadata"; }
    v.defaultPlaybackRate = v.playbackRate;
    if (quit) { quit(); }
    quit = leave;
    put();
  }
  function quality(label) {
    var source = one("#video [data-label='" + label + "']"), address = source && (source.src || source.href);
    if (!source || v.currentSrc === address) { return; }
    swap(function () {
      /* The address alone is enough; to say load() fetches it before anybody asked for a picture. */
      v.src = address;
      one("[value='" + (auto ? AUTO : label) + "']").checked = true;
      if (ear) { ear.hidden = label !== "audio"; captions(cc); offer(); }
    });
  }
  /* The line broke under it: it comes again at the same second, by itself or at a tap. */
  function revive() {
    clearTimeout(broken);
    broken = 0;
    swap(function () { v.load(); });
  }
  w.addEventListener("online", function () { if (broken) { revive(); } });
  v.addEventListener("loadedmetadata", function () {
    var was = held || {};
    clearTimeout(broken);
    held = null; broken = tries = 0;
    if (was.at) { ours = true; v.currentTime = was.at; }
    if (was.going) { go(); }
  });
  function keep(label) {
    try { if (label) { w.sessionStorage.quality = label; } else { label = w.sessionStorage.quality; } } catch (closed) { /* for this page */ }
    auto = !!v.dataset.hls && (!label || label === AUTO);
    return label;
  }
  function poor() { return net && (net.saveData || /2g|3g/.test(net.effectiveType)); }
  function adapts() { return auto && !poor(); }
  /* Sound is offered on the slowest line, never taken unasked. */
  function offer() { slow.hidden = !ear.hidden || !net || net.effectiveType !== "slow-2g"; }
  /* Without a picture the phone puts its screen out, and nothing counts. */
  function wake() {
    var locks = w.navigator.wakeLock;
    if (lock) { lock.then(function (l) { return l && l.release(); }); }
    lock = locks && !ear.hidden && !v.paused && !d.hidden && locks.request("screen").catch(function () {});
  }
  var use = one("[data-quality]"), choice = d.getElementById("quality"), asking = false;
  /* Where a line costs money the first tap asks how sharp. */
  function ask() {
    if (!choice || !choice.showModal || !net || !(net.type === "cellular" || net.saveData)) { return false; }
    try {
      if (w.sessionStorage.getItem("asked")) { return false; }
      w.sessionStorage.setItem("asked", "1");
    } catch (closed) { return false; }
    asking = true;
    choice.showModal();
    return true;
  }
  if (choice) { choice.addEventListener("close", function () { asking = false; }); }
  if (use) {
    use.addEventListener("click", function () {
      var label = keep(one("[name=quality]:checked").value);
      if (!auto) { quality(label); } else if (!quit) { quality(poor() ? low : one("source").dataset.label); }
      if (asking) { asking = false; go(); }
    });
    var low = one("source:last-of-type").dataset.label, kept = keep();
    if (!kept || kept === AUTO) { kept = poor() && low; }
    quality(kept === "audio" && !ear ? low : kept);
  }
  if (ear) {
    offer();
    if (net) { net.onchange = offer; }
    ["playing", "pause", "visibilitychange"].forEach(function (kind) { d.addEventListener(kind, wake, true); });
  }
  /* A source tells of its fault itself; only after the last one there is none. */
  v.addEventListener("error", function () {
    var code = v.error ? v.error.code : v.networkState === 3 ? 2 : 3;
    settle("paused");
    from = null;
    if (ear && !ear.hidden && code > 2 && !tries) { quality(low); meter.say(ear.dataset.gone); }
    else if (code === 2 || code > 3 && !quit) {
      clearTimeout(broken);
      broken = setTimeout(revive, 5000 * Math.min(tries += 1, 9));
      play.hidden = false;
      meter.say(meter.words.unheard);
    }
  }, true);
  captions(true);
  w.Player = { video: v, swap: swap, adapts: adapts };
  d.addEventListener("click", function (e) {
    var t = e.target.closest("[data-seek],[data-use]");
    if (t && t.dataset.use) { quality(keep(t.dataset.use)); if (slow.contains(t)) { go(); } }
    else if (t) { e.preventDefault(); resumed = true; v.currentTime = +t.dataset.seek; go(); v.scrollIntoView(); }
  });
  d.addEventListener("keydown", function (e) {
    if (e.target.closest("input,textarea,select,button,a,summary,dialog") || e.ctrlKey || e.metaKey || e.altKey) { return; }
    if (e.target === v && e.key === " ") { return; }
    if (e.key === " ") { e.preventDefault(); if (v.paused) { go(); } else { v.pause(); } }
    if (e.target !== v && e.key === "ArrowLeft") { v.currentTime = Math.max(0, v.currentTime - 10); }
    if (e.target !== v && e.key === "ArrowRight") { v.currentTime = Math.min(+v.dataset.duration, v.currentTime + 10); }
    if (e.key === "c" || e.key === "C") { one("[data-captions]").click(); }
  });
})(window, document);
