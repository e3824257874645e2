/* "Still watching?": the dialog of a presence check. The server asks, times and decides. */
(function (w, d) {
  "use strict";
  var meter = w.Meter, out = w.Outbox, box = d.getElementById("here");
  if (!meter || !box) { return; }
  function one(s) { return box.querySelector(s); }
  var text = box.dataset, head = one("h2"), asked = one("[data-asked]"), answers = one("[data-answers]");
  var more = one("[data-more]"), aloud = one("[data-aloud]"), said = one("[data-left]"), title = d.title;
  var now = null, until = 0, whole = 60, before = 0, sent = null, wait = 0, timer = 0, clock = 0, gone = {};
  var voice = w.SpeechSynthesisUtterance && w.speechSynthesis;

  function speak() {
    if (!voice) { return; }
    voice.cancel();
    if (!now || aloud.getAttribute("aria-pressed") !== "true") { return; }
    var words = [head.textContent, asked.textContent].concat([].map.call(answers.children, function (b) { return b.textContent; }));
    var speech = new w.SpeechSynthesisUtterance(words.join("。"));
    speech.lang = d.documentElement.lang;
    voice.speak(speech);
  }
  function note(words) { var p = one("[data-note]"); p.textContent = words; p.hidden = !words; }
  function button(label, body, main) {
    var b = d.createElement("button");
    b.type = "button"; b.className = "btn wide" + (main ? " main" : "");
    b.textContent = label;
    b.addEventListener("click", function () { answer(body, b); });
    answers.appendChild(b);
  }
  function paint() {
    more.hidden = now.missed || !now.more_time;
    one("[data-time]").hidden = now.missed;
    one("[data-hint]").textContent = now.missed ? text.missed : now.kind === "question" ? text.choose : text.tap;
    if (now.kind === "tap") { answers.firstChild.textContent = now.missed ? text.goOn : text.here; }
    if (!sent) { note(now.missed ? "" : text.calm); }
    if (now.missed) { meter.say(text.unpaid); }
    if (more.hidden && d.activeElement === more) { head.focus(); }
  }
  function tick() {
    if (now.missed) { return; }
    var left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    one("[data-time] text").textContent = left;
    one("[data-time] .s1").setAttribute("stroke-dasharray", Math.min(100, left * 100 / whole) + " 100");
    [60, 30, 10].forEach(function (n) { if (before > n && left <= n) { said.textContent = text.left.replace("{sec}", left); } });
    before = left;
    if (!left) { now.missed = true; paint(); }
  }
  function open() {
    var leave = d.exitFullscreen || d.webkitExitFullscreen;
    if ((d.fullscreenElement || d.webkitFullscreenElement) && leave) { leave.call(d); }
    if (box.showModal) { if (!box.open) { box.showModal(); } } else { box.setAttribute("open", ""); }
    /* No answer has the focus, so that a key meant for the video presses none. */
    head.focus();
    d.title = text.title + " · " + title;
    if (navigator.vibrate) { navigator.vibrate([200, 100, 200]); }
    speak();
  }
  function ask(prompt) {
    var is_new = !now || now.id !== prompt.id;
    now = prompt;
    until = Date.now() + (prompt.seconds_left || 0) * 1000;
    whole = Math.max(prompt.seconds_left || 0, is_new ? 60 : whole);
    if (is_new) {
      forget();
      said.textContent = answers.textContent = "";
      asked.textContent = prompt.text || ""; asked.hidden = !prompt.text;
      if (prompt.kind === "tap") { button(text.here, { answer: "here" }, true); }
      prompt.options.forEach(function (o) { button(o.text, { answer: o.id }); });
      clearInterval(clock); clock = setInterval(tick, 1000);
    }
    /* Only what runs down while it is shown is told, at the marks. */
    before = Math.ceil(prompt.seconds_left || 0);
    paint(); tick();
    if (is_new) { open(); }
  }
  function close() {
    if (!now) { return; }
    gone[now.id] = true; now = null;
    forget(); clearInterval(clock);
    d.title = title;
    if (voice) { voice.cancel(); }
    if (box.close && box.showModal) { box.close(); } else { box.removeAttribute("open"); }
  }

  /* An answer goes again and again until the site has it; a repeat changes nothing there. */
  function forget() {
    sent = null; clearTimeout(timer);
    [].forEach.call(box.querySelectorAll("[aria-busy]"), function (b) { b.removeAttribute("aria-busy"); });
  }
  function answer(body, b) {
    if (sent || !now) { return; }
    sent = body; wait = 1000;
    b.setAttribute("aria-busy", "true");
    post();
  }
  function post() {
    var prompt = now.id, body = sent, lease = meter.lease();
    clearTimeout(timer);
    if (!lease) { close(); return; }
    out.call("POST", "/api/v1/leases/" + lease + "/prompts/" + encodeURIComponent(prompt), body).then(function (reply) {
      if (!now || now.id !== prompt || sent !== body) { return; }
      if (reply.status === 429 || reply.status >= 500) { again(reply.after * 1000); return; }
      forget();
      if (reply.status === 200) { settle(reply.json); return; }
      if (reply.status === 404 || out.shut(reply.status)) { close(); }
      note(reply.json.detail || "");
      meter.say(reply.json.detail);
    }, function () { if (now && now.id === prompt && sent === body) { again(0); } });
  }
  function again(least) {
    note(text.offline);
    timer = setTimeout(post, Math.max(least, wait * (0.75 + Math.random() / 2)));
    wait = Math.min(wait * 2, 15000);
  }
  function settle(reply) {
    if (reply.prompt && reply.prompt.id === now.id) { ask(reply.prompt); return; }
    close();
    meter.show(reply);
    meter.say(reply.missed ? text.resumed : reply.right === false ? text.wrong : reply.right ? text.well : text.thanks);
    if (reply.prompt) { ask(reply.prompt); }
  }

  more.addEventListener("click", function () { answer({ more_time: true }, more); });
  aloud.hidden = !voice;
  try { aloud.setAttribute("aria-pressed", String(w.localStorage.getItem("aloud") === "1")); } catch (closed) { /* off */ }
  aloud.addEventListener("click", function () {
    var on = aloud.getAttribute("aria-pressed") !== "true";
    aloud.setAttribute("aria-pressed", String(on));
    try { w.localStorage.setItem("aloud", on ? "1" : "0"); } catch (full) { /* for this page */ }
    speak();
  });
  box.addEventListener("cancel", function (e) { e.preventDefault(); });
  box.addEventListener("close", function () { if (now) { open(); } });
  box.addEventListener("keydown", function (e) {
    var pick = /^[1-9]$/.test(e.key) && answers.children[e.key - 1];
    if (pick && !e.repeat) { pick.click(); }
    if (e.key !== "Tab" || box.showModal) { return; }
    /* Old engines: the dialog keeps the focus by itself. */
    var all = [].filter.call(box.querySelectorAll("button"), function (b) { return !b.hidden; });
    var at = all.indexOf(d.activeElement) + (e.shiftKey ? -1 : 1);
    e.preventDefault();
    all[(at + all.length) % all.length].focus();
  });
  w.addEventListener("online", function () { if (now && sent) { wait = 1000; post(); } });
  meter.on(function (name, detail) {
    if (name === "ended") { close(); }
    if (name !== "lease" && name !== "beat") { return; }
    if (detail.prompt) { if (!gone[detail.prompt.id]) { ask(detail.prompt); } } else { close(); }
  });
})(window, document);
