/* The picture that fits itself to the line. It comes once a file plays and a long stretch of it is in hand, and takes
   the file's place only where playback stands anyway: at a pause, at a seek to what is not here yet, at a stall. */
(function (w, d) {
  "use strict";
  var p = w.Player, v = p && p.video, TYPE = "application/vnd.apple.mpegurl", LONG = 20;
  if (!v) { return; }
  /* Phones without Media Source Extensions play a stream by themselves. */
  var own = !w.MediaSource, asked = false, ready = false, on = false, over = false, hls = null, file = "";
  var list = d.querySelector("#video source").src.replace(/[^/]*$/, "master.m3u8");
  if (own && !v.canPlayType(TYPE)) { return; }

  /* Seconds that lie ready from here on. */
  function ahead() {
    for (var i = 0, b = v.buffered; i < b.length; i += 1) {
      if (b.start(i) <= v.currentTime && v.currentTime < b.end(i)) { return b.end(i) - v.currentTime; }
    }
    return 0;
  }
  /* What lies ready to the end needs no stream, and a line that gathers nothing has no room for the library. */
  function prepare() {
    var here = ahead();
    if (asked || over || here < LONG || here > v.duration - v.currentTime - 1 || !p.adapts()) { return; }
    asked = true;
    if (own) { ready = true; return; }
    if (w.Hls) { begin(); return; }
    var script = d.createElement("script");
    script.src = v.dataset.hls;
    script.onload = begin;
    script.onerror = function () { script.remove(); over = true; };
    d.head.appendChild(script);
  }
  function begin() {
    if (!w.Hls || !w.Hls.isSupported()) { over = true; return; }
    hls = new w.Hls({
      autoStartLoad: false, startLevel: 0, capLevelToPlayerSize: true, maxDevicePixelRatio: 2,
      /* The file takes over from what stays broken: nobody waits half a minute for it. */
      fragLoadPolicy: { default: { maxTimeToFirstByteMs: 1e4, maxLoadTimeMs: 12e4,
        timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: 2, retryDelayMs: 1e3, maxRetryDelayMs: 2e3 } } },
      maxBufferLength: 20, maxMaxBufferLength: 30, backBufferLength: 20, maxBufferSize: 8e6,
      /* Its worker would be a script made on the spot, which the page forbids; these pieces need none. */
      enableWorker: false, enableDateRangeMetadataCues: false, enableEmsgMetadataCues: false, enableID3MetadataCues: false
    });
    hls.on(w.Hls.Events.MANIFEST_PARSED, function () { ready = true; });
    hls.on(w.Hls.Events.ERROR, function (kind, what) { if (what.fatal) { fail(); } });
    hls.loadSource(list);
  }
  function leave() {
    if (hls) { hls.destroy(); }
    hls = null;
    asked = ready = on = false;
  }
  /* Back to the file at the same second; no second try on this page. */
  function fail() {
    over = true;
    if (!on) { leave(); return; }
    p.swap(function () { v.src = file; });
  }
  /* The last picture stands until the stream has its first. */
  function still() {
    var c = d.createElement("canvas"), s = c.style, ends = [v.currentTime ? "seeked" : "loadeddata", "error"];
    c.width = v.videoWidth; c.height = v.videoHeight;
    try { c.getContext("2d").drawImage(v, 0, 0); } catch (unreadable) { return; }
    s.position = "absolute"; s.left = s.top = "0"; s.width = v.clientWidth + "px"; s.height = v.clientHeight + "px";
    s.objectFit = "cover"; s.pointerEvents = "none";
    v.parentNode.insertBefore(c, v.nextSibling);
    function away() { c.remove(); ends.forEach(function (end) { v.removeEventListener(end, away); }); }
    ends.forEach(function (end) { v.addEventListener(end, away); });
  }
  /* As sharp as the file was, so that nobody sees the change; from the lightest on where the line could not keep up. */
  function take(stalled) {
    if (!ready || on || over || v.error || !p.adapts()) { return; }
    var at = v.currentTime, tall = v.videoHeight;
    file = v.currentSrc; on = true;
    still();
    p.swap(function () {
      if (own) { v.src = list; return; }
      hls.levels.forEach(function (level, i) { if (!stalled && level.height <= tall) { hls.startLevel = i; } });
      hls.attachMedia(v);
      hls.startLoad(at);
    }, leave);
  }
  v.addEventListener("progress", prepare);
  v.addEventListener("timeupdate", prepare);
  v.addEventListener("pause", function () { if (!v.ended) { take(false); } });
  v.addEventListener("seeking", function () { if (!ahead()) { take(false); } });
  v.addEventListener("waiting", function () { if (!v.seeking && w.navigator.onLine !== false) { take(true); } });
  v.addEventListener("error", function () { if (own && on && v.error && v.error.code > 2) { fail(); } });
})(window, document);
