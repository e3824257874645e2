/* Reading, practice and quiz: time counts while the page is in front and was touched lately. */
(function (w, d) {
  "use strict";
  var meter = w.Meter, idle = 120000, step = 1000;
  if (!meter) { return; }
  var touched = Date.now(), before = 0, credited = [], duration = 0, owed = 0, since = 0, next = 0, dead = meter.isTaken();

  /* What waits for a presence check is not claimed a second time either. */
  function counted(answer) { return (answer.credited || []).concat(answer.held || []).sort(order); }
  function order(a, b) { return a[0] - b[0]; }
  /* The next seconds that are not counted yet, as many as were spent here. */
  function claim(seconds) {
    var out = [];
    meter.minus([[0, duration]], credited).forEach(function (p) {
      if (seconds <= 0) { return; }
      var take = Math.min(seconds, p[1] - p[0]);
      out.push([Math.round(p[0] * 1000) / 1000, Math.round((p[0] + take) * 1000) / 1000]);
      seconds -= take;
    });
    return out;
  }
  function send(how, leaving) {
    var played = claim(owed);
    owed = 0; since = 0; next = meter.beatMs();
    if (!played.length) { return; }
    meter.report(played, played[played.length - 1][1], 1, how, leaving);
    /* Until the answer comes, what was just claimed is not claimed again. */
    credited = credited.concat(played).sort(order);
  }
  function tick() {
    var now = w.performance.now(), past = Math.min(now - before, 2 * step);
    before = now;
    if (d.hidden || Date.now() - touched > idle || !meter.live()) { return; }
    owed += past / 1000; since += past;
    if (since >= next) { send("playing"); }
  }
  function touch() {
    touched = Date.now();
    if (!meter.live() && !dead) { dead = true; meter.start().then(function () { dead = false; }, function () { dead = false; }); }
  }
  /* What did not count goes from the list as it is made up. */
  var lost = d.querySelector("details[data-lost]");
  function left(box) {
    return meter.minus(JSON.parse(box.dataset.lost), meter.known.credited).reduce(function (sum, p) { return sum + p[1] - p[0]; }, 0);
  }
  function mend() {
    if (!lost) { return; }
    var sum = left(lost) < 1 ? 0 : left(lost);
    lost.querySelector("b").textContent = sum ? lost.dataset.left.replace("{time}", meter.spell(sum)) : lost.dataset.none;
    [].forEach.call(lost.querySelectorAll("li"), function (li) {
      li.hidden = left(li) < 1;
      li.querySelector("[data-time]").textContent = meter.spell(left(li));
    });
    lost.querySelector("[data-mend]").hidden = !sum;
    lost.classList.toggle("warn", sum > 0);
    lost.classList.toggle("ok", !sum);
  }
  meter.on(function (name, detail) {
    if (name === "lease" || name === "beat") { mend(); }
    if (name === "lease") { credited = counted(detail); duration = detail.duration; next = meter.beatMs(); before = w.performance.now(); }
    /* What was claimed and waits for its answer is not claimed twice. */
    if (name === "beat" && detail.credited) { credited = counted(detail).concat(meter.unanswered()).sort(order); }
    if (name === "ended") { dead = detail === "lease_superseded" || detail === "signed_out"; }
    if (name === "again") { dead = false; }
  });
  ["scroll", "pointerdown", "touchstart", "keydown", "input"].forEach(function (kind) {
    w.addEventListener(kind, touch, { passive: true });
  });
  d.addEventListener("visibilitychange", function () { if (d.hidden) { send("playing", true); } });
  w.addEventListener("pagehide", function () { send("playing", true); });
  touch();
  before = w.performance.now();
  setInterval(tick, step);
})(window, document);
