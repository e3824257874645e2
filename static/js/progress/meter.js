/* The learner's meter: takes the lease, sends beats in order, shows what was counted.
   Nothing here decides anything; the server counts and this page repeats its answer. */
(function (w, d) {
  "use strict";
  /* A quiz earns without a display of its own: its form only says which item it is. */
  var box = d.querySelector("[data-meter]") || d.querySelector("[data-item-id]");
  if (!box || !w.fetch) { return; }
  var text = box.dataset, duration = +text.duration, item = text.item || text.itemId;
  var meta = d.querySelector("meta[name=csrf-token]");
  var token = meta ? meta.content : d.querySelector("[name=csrf_token]").value;
  var lease = null, seq = 0, queue = [], sending = false, wait = 2000, timer = 0, asking = null;
  var state = box.querySelector("[data-state]"), plain = state ? state.textContent : "";
  var listeners = [], KEPT = "beats:";

  function call(method, path, body, keep) {
    return w.fetch(path, {
      method: method, credentials: "same-origin", keepalive: !!keep,
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: body ? JSON.stringify(body) : undefined
    }).then(function (answer) {
      return answer.text().then(function (raw) {
        var json = {};
        try { json = JSON.parse(raw); } catch (broken) { json = {}; }
        return { status: answer.status, json: json, after: +answer.headers.get("Retry-After") || 0 };
      });
    });
  }
  function say(words) { if (state && words && state.textContent !== words) { state.textContent = words; } }
  function path(pairs) {
    return pairs.map(function (p) {
      var a = Math.round(p[0] * 1000), b = Math.round(p[1] * 1000);
      return "M" + a + " 0h" + (b - a) + "v10h" + (a - b) + "z";
    }).join("");
  }
  function show(known) {
    if (!state) { return; }
    var verified = known.verified_seconds, whole = Math.floor(verified);
    box.querySelector("[data-verified-text]").textContent = text.text
      .replace("{min}", Math.floor(whole / 60)).replace("{sec}", whole % 60);
    var ring = box.querySelector(".ring");
    ring.querySelector(".s1").setAttribute("stroke-dasharray", Math.floor(verified * 100 / duration) + " 100");
    ring.querySelector("text").textContent = Math.floor(whole / 60);
    var seen = d.querySelector("[data-seen]"), credited = d.querySelector("[data-credited]");
    if (seen) { seen.setAttribute("d", path(known.watched)); }
    if (credited && known.credited) { credited.setAttribute("d", path(known.credited)); }
    if (known.completed || verified >= duration) { say(text.done); } else if (lease) { say(text.counting); }
  }
  /* What was not answered yet outlives the page: by lease, sent again before the next one is asked for. */
  function keep() {
    try {
      if (queue.length) { w.localStorage.setItem(KEPT + lease.lease, JSON.stringify(queue)); }
      else { w.localStorage.removeItem(KEPT + lease.lease); }
    } catch (full) { return; }
  }
  function kept() {
    try {
      return Object.keys(w.localStorage).filter(function (key) { return key.indexOf(KEPT) === 0; });
    } catch (closed) { return []; }
  }
  function resend(key) {
    var beats = [], path = "/api/v1/leases/" + key.slice(KEPT.length) + "/beats";
    try { beats = JSON.parse(w.localStorage.getItem(key)) || []; } catch (broken) { beats = []; }
    return beats.reduce(function (before, beat) {
      return before.then(function (whole) {
        return call("POST", path, beat).then(function (answer) {
          /* Signed out: the same person may come back; to anyone else the lease does not exist. */
          return whole && answer.status < 500 && answer.status !== 429 && answer.status !== 401;
        });
      });
    }, Promise.resolve(true)).then(function (whole) { if (whole) { w.localStorage.removeItem(key); } });
  }
  function leftovers() {
    return kept().reduce(function (before, key) { return before.then(function () { return resend(key); }); }, Promise.resolve());
  }
  function tell(name, detail) { listeners.forEach(function (f) { f(name, detail); }); }

  function start() {
    if (lease) { return Promise.resolve(lease); }
    if (asking) { return asking; }
    asking = leftovers().then(function () {
      return call("POST", "/api/v1/items/" + item + "/lease");
    }).then(function (answer) {
      if (answer.status >= 500) { throw new Error("no answer"); }
      if (answer.status !== 201) { say(answer.json.detail || plain); return Promise.reject({ refused: true }); }
      asking = null; lease = answer.json; seq = lease.seq; queue = [];
      show(lease); tell("lease", lease);
      return lease;
    }).catch(function (lost) {
      asking = null;
      if (!lost.refused) { say(text.unheard); }
      throw lost;
    });
    return asking;
  }
  function stop(code, words) {
    /* The rest was played before the end, so it goes too. */
    lease = null; queue = [];
    leftovers().catch(function () {});
    say(words || text.paused);
    tell("ended", code);
    if (code === "lease_superseded" && state && !box.querySelector("[data-again]")) {
      var again = d.createElement("button");
      again.type = "button"; again.className = "btn s"; again.dataset.again = ""; again.textContent = text.again;
      again.addEventListener("click", function () { again.remove(); start().then(function () { tell("again"); }, function () {}); });
      state.parentNode.appendChild(again);
    }
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(pump, ms); }
  function pump() {
    if (sending || !lease || !queue.length) { return; }
    sending = true;
    var beat = queue[0];
    call("POST", "/api/v1/leases/" + lease.lease + "/beats", beat).then(function (answer) {
      sending = false;
      if (answer.status === 200) { done(beat, answer.json); pump(); return; }
      if (answer.status === 409 && answer.json.code !== "seq_out_of_order") {
        queue.shift(); keep();
        if (answer.json.watched) { show(answer.json); }
        stop(answer.json.code, answer.json.detail); return;
      }
      if (answer.status === 429 || answer.status >= 500) { back(answer.after * 1000); return; }
      if (answer.status === 401) { stop("signed_out", answer.json.detail); return; }
      queue.shift(); keep(); say(answer.json.detail || plain); pump();
    }, function () { sending = false; say(text.offline); back(0); });
  }
  function back(least) { later(Math.max(least, wait * (0.75 + Math.random() / 2))); wait = Math.min(wait * 2, 30000); }
  function done(beat, answer) {
    if (queue[0] === beat) { queue.shift(); keep(); }
    wait = 2000; show(answer); tell("beat", answer);
  }
  /* One report; `last` is sent so that it outlives the page. */
  function report(played, position, rate, how, last) {
    if (!lease) { return; }
    seq += 1;
    var beat = { seq: seq, played: played, position: position, rate: rate, state: how };
    queue.push(beat); keep();
    if (last && queue.length === 1 && !sending) {
      sending = true;
      call("POST", "/api/v1/leases/" + lease.lease + "/beats", beat, true).then(function (answer) {
        sending = false;
        if (answer.status === 200) { done(beat, answer.json); } else { pump(); }
      }, function () { sending = false; later(wait); });
    } else { pump(); }
  }
  w.addEventListener("online", function () { wait = 2000; pump(); });
  w.Meter = {
    start: start, report: report, say: say, words: text,
    live: function () { return !!lease; },
    beatMs: function () { return (lease ? lease.beat_seconds : 15) * 1000 * (0.8 + Math.random() * 0.4); },
    on: function (f) { listeners.push(f); }
  };
})(window, document);
