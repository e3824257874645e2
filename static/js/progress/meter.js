/* The learner's meter: takes the lease, sends beats in order, shows what was counted.
   Nothing here decides anything; the server counts and this page repeats its answer. */
(function (w, d) {
  "use strict";
  /* A quiz earns without a display of its own: its form only says which item it is. */
  var box = d.querySelector("[data-meter]") || d.querySelector("[data-item-id]"), out = w.Outbox;
  if (!w.fetch || !out) { return; }
  if (!box) { out.flush().catch(function () {}); return; }
  var text = box.dataset, duration = +text.duration, item = text.item || text.itemId, TAKEN = "taken";
  var lease = null, seq = 0, queue = [], sending = false, wait = 2000, timer = 0, asking = null, turns = 0, held = 0;
  var state = box.querySelector("[data-state]"), plain = state ? state.textContent : "";
  var listeners = [], told = null, known = { watched: [], credited: [] };

  function say(words) { if (state && words && state.textContent !== words) { state.textContent = words; } }
  /* An answer to an act stands a while before the state is told again. */
  function sayFirst(words) { say(words); held = Date.now() + 5000; }
  function spell(seconds) {
    var whole = Math.floor(seconds);
    return (whole < 60 ? text.seconds : text.minutes).replace("{min}", Math.floor(whole / 60)).replace("{sec}", whole % 60);
  }
  function path(pairs) {
    return pairs.map(function (p) {
      var a = Math.round(p[0] * 1000), b = Math.round(p[1] * 1000);
      return "M" + a + " 0h" + (b - a) + "v10h" + (a - b) + "z";
    }).join("");
  }
  /* What is left of the stretches without those taken, which stand in order. */
  function minus(pairs, taken) {
    var out = [];
    pairs.forEach(function (p) {
      var at = p[0];
      taken.forEach(function (t) {
        if (t[1] <= at || t[0] >= p[1]) { return; }
        if (t[0] > at) { out.push([at, t[0]]); }
        at = t[1];
      });
      if (p[1] > at) { out.push([at, p[1]]); }
    });
    return out;
  }
  function show(answer, how) {
    known.watched = answer.watched || known.watched;
    known.credited = answer.credited || known.credited;
    if (!state || answer.verified_seconds === undefined) { return; }
    var verified = answer.verified_seconds, whole = Math.floor(verified);
    box.querySelector("[data-verified-text]").textContent = text.text
      .replace("{min}", Math.floor(whole / 60)).replace("{sec}", whole % 60);
    var ring = box.querySelector(".ring");
    ring.querySelector(".s1").setAttribute("stroke-dasharray", Math.floor(verified * 100 / duration) + " 100");
    ring.querySelector("text").textContent = Math.floor(whole / 60);
    var seen = d.querySelector("[data-seen]"), credited = d.querySelector("[data-credited]");
    if (seen) { seen.setAttribute("d", path(known.watched)); }
    if (credited) { credited.setAttribute("d", path(known.credited)); }
    if (answer.completed) { say(text.done); }
    else if (lease && Date.now() > held) { say(how === "paused" || how === "ended" ? text.paused : text.counting); }
  }
  /* A replay and a stretch too short to notice need no sentence. */
  function sayRefused(refused) {
    var sum = 0, reasons = [];
    (refused || []).forEach(function (r) {
      if (r.reason === "already_counted" || r.reason === "beyond_duration") { return; }
      sum += r.seconds;
      if (reasons.indexOf(r.message) < 0) { reasons.push(r.message); }
    });
    if (sum < 1 || !text.lost) { return; }
    var words = text.lost.replace("{time}", spell(sum)).replace("{reason}", reasons.join(" · "));
    sayFirst(state.textContent === text.done ? text.done + " " + words : words);
  }
  function sayWaiting(template) {
    /* A quiz's form has words of its own under the same names, and no place for these. */
    if (!state) { return; }
    out.waiting().then(function (entries) {
      if (entries.length) { say(template.replace("{gap}", text.gap).replace("{time}", spell(out.seconds(entries)))); }
    });
  }
  /* Who asks whether somebody is there comes with the first answer that could ask. */
  function tell(name, detail) {
    told = [name, detail];
    listeners.forEach(function (f) { f(name, detail); });
    load(d.getElementById("here"));
  }
  /* A script that was not to be had is fetched again the next time it is needed. */
  function load(box, then) {
    var from = box && box.dataset.late, script = d.createElement("script");
    if (!from) { return; }
    box.dataset.late = "";
    script.src = from; script.onload = then;
    script.onerror = function () { box.dataset.late = from; };
    d.head.appendChild(script);
  }

  /* What waits goes before a new lease is asked for, and by itself when the line is back. */
  function handIn() {
    return out.flush(lease && lease.lease).then(function (sum) {
      if (sum.shut) { say(sum.shut); }
      if (sum.sent) { say(text.sent); sayRefused(sum.refused); }
    });
  }
  function handInSoon() { handIn().catch(function () { setTimeout(function () { if (!lease) { handInSoon(); } }, 30000); }); }

  function start() {
    if (lease) { return Promise.resolve(lease); }
    if (asking) { return asking; }
    asking = handIn().then(function () {
      return out.call("POST", "/api/v1/items/" + item + "/lease");
    }).then(function (answer) {
      if (answer.status >= 500) { throw new Error("no answer"); }
      if (answer.status !== 201) { say(answer.json.detail || plain); return Promise.reject({ refused: true }); }
      asking = null; lease = answer.json; seq = lease.seq; queue = []; wait = 2000;
      taken(false); show(lease); tell("lease", lease);
      return lease;
    }).catch(function (lost) {
      asking = null;
      if (!lost.refused) { say(text.unheard); }
      throw lost;
    });
    return asking;
  }
  /* Loading this page again does not take the lease back. */
  function taken(is) {
    try { if (is) { w.sessionStorage.setItem(TAKEN, item); } else { w.sessionStorage.removeItem(TAKEN); } } catch (closed) { /* it only asks less */ }
    var old = box.querySelector("[data-again]");
    if (old) { old.remove(); }
    if (!is || !state) { return; }
    var again = d.createElement("button");
    again.type = "button"; again.className = "btn s"; again.dataset.again = ""; again.textContent = text.again;
    again.addEventListener("click", function () { start().then(function () { tell("again"); }, function () {}); });
    state.parentNode.appendChild(again);
  }
  function isTaken() { try { return w.sessionStorage.getItem(TAKEN) === item; } catch (closed) { return false; } }
  function stop(code, words) {
    held = 0;
    /* The rest was played before the end, so it goes too. */
    lease = null; queue = [];
    if (code !== "signed_out") { out.flush().catch(handInSoon); }
    say(words || text.paused);
    tell("ended", code);
    if (code === "lease_superseded") { taken(true); }
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(pump, ms); }
  function pump() {
    if (sending || !lease || !queue.length) { return; }
    send(queue[0]);
  }
  function send(entry, leaving) {
    var its = lease;
    sending = true;
    out.call("POST", "/api/v1/leases/" + its.lease + "/beats", entry.beat, leaving).then(function (answer) {
      sending = false;
      if (lease === its) { take(entry, answer); } else if (out.answered(answer.status)) { out.drop(entry); }
    }, function () {
      sending = false; back(0);
      if (text.offline) { sayWaiting(text.offline); }
    });
  }
  function take(entry, answer) {
    var status = answer.status, json = answer.json;
    if (out.shut(status)) { stop("signed_out", json.detail); return; }
    if (!out.answered(status)) { back(answer.after * 1000); return; }
    if (queue[0] === entry) { queue.shift(); }
    out.drop(entry);
    if (status === 409 && json.code === "seq_out_of_order" && (turns += 1) < 9) {
      /* Played all the same: it goes again under a later number. */
      report(entry.beat.played, entry.beat.position, entry.beat.rate, entry.beat.state);
      return;
    }
    if (status === 200) {
      wait = 2000; turns = 0;
      show(json, entry.beat.state); sayRefused(json.refused); tell("beat", json);
      pump();
    } else if (status === 409 || status === 404) {
      show(json); stop(json.code, json.detail);
    } else { say(json.detail || plain); pump(); }
  }
  function back(least) { later(Math.max(least, wait * (0.75 + Math.random() / 2))); wait = Math.min(wait * 2, 30000); }
  /* One report; `leaving` is sent so that it outlives the page. */
  function report(played, position, rate, how, leaving) {
    if (!lease) { return; }
    if (out.isFull()) { say(text.full); return; }
    seq += 1;
    queue.push(out.keep(lease.lease, { seq: seq, played: played, position: position, rate: rate, state: how }, leaving));
    if (leaving && queue.length === 1 && !sending) { send(queue[0], true); } else { pump(); }
  }
  w.addEventListener("online", function () { wait = 2000; if (lease) { pump(); } else { handInSoon(); } });
  w.Meter = {
    start: start, report: report, say: sayFirst, words: text, spell: spell, show: show, known: known, minus: minus, isTaken: isTaken,
    lease: function () { return lease && lease.lease; },
    unanswered: function () { return queue.reduce(function (all, entry) { return all.concat(entry.beat.played); }, []); },
    live: function () { return !!lease; },
    beatMs: function () { return (lease ? lease.beat_seconds : 15) * 1000 * (0.8 + Math.random() * 0.4); },
    load: load, on: function (f) { listeners.push(f); if (told) { f(told[0], told[1]); } }
  };
  if (isTaken()) { say(text.taken); taken(true); } else if (text.kept) { sayWaiting(text.kept); }
  handInSoon();
})(window, document);
