/* One file on its way, over lines that break: looks for what is there, goes on, tells how far it is. */
(function (w, d) {
  "use strict";
  var API = "/api/v1/uploads", TUS = "1.0.0";
  var SMALL = 1024 * 1024, LARGE = 8 * SMALL;   /* a shaky line likes small pieces */
  var QUICK_MS = 4000, SILENT_MS = 45000, SPEED_MS = 10000;
  var FIRST_S = 1, LONGEST_S = 60;
  /* Drives round a file's time to two seconds. */
  var SAME_MS = 2000;
  var studio = w.studio = w.studio || {};
  var field = d.querySelector("[name=csrf_token]");
  var token = field ? field.value : "";
  var alive = [];

  /* Yields what the answer holds as JSON, else its text. No success is rejected as {status, body, after}; 0 = the line is gone. */
  function call(method, url, body) {
    var said = { Accept: "application/json", "X-CSRF-Token": token, "Tus-Resumable": TUS };
    var form = w.FormData && body instanceof FormData;
    if (body && !form) { said["Content-Type"] = "application/json"; }
    return fetch(url, {
      method: method, credentials: "same-origin", headers: said, cache: "no-store",
      body: body && !form ? JSON.stringify(body) : body
    }).then(function (answer) {
      return answer.text().then(function (text) {
        if (answer.ok) { return read(text) || text; }
        return Promise.reject(problem(answer.status, text, answer.headers.get("Retry-After")));
      });
    }, function () { return Promise.reject(problem(0, "")); });
  }
  function read(text) { try { return JSON.parse(text); } catch (ignored) { return null; } }
  function problem(status, text, after) {
    return { status: status, body: read(text) || {}, after: parseInt(after, 10) || 0 };
  }
  /* Signed in again elsewhere, the form token is another one; forms typed here need it too. */
  function renew() {
    return call("GET", "/api/v1/session").then(function (said) {
      token = said.csrf_token;
      [].forEach.call(d.querySelectorAll("[name=csrf_token]"), function (x) { x.value = token; });
      return said.signed_in;
    });
  }
  function sentences(found) {
    var fields = found.body.fields || {};
    var all = Object.keys(fields).map(function (name) { return fields[name].message; });
    return all.length ? all.join("\n") : found.body.detail || "";
  }

  /* `items` are the ids the video's place has or had; `changed` is called whenever something did. */
  function Upload(file, items, changed) {
    this.file = file;
    this.items = items.filter(Boolean).map(String);
    this.changed = changed;
    this.state = "waiting";
    this.sent = this.kept = this.tries = this.resume_s = 0;
    this.chunk = SMALL;
    this.url = this.found = this.sender = this.timer = null;
    this.trouble = "";
    this.samples = [];
    alive.push(this);
  }
  var is = Upload.prototype;

  is.set = function (state, trouble) {
    this.state = state;
    this.trouble = trouble || "";
    this.changed(this);
  };
  is.isUnderWay = function () { return this.state === "looking" || this.state === "sending"; };

  is.start = function () {
    this.halt();
    this.set("looking");
    if (this.url) { this.send(); return; }
    var self = this;
    call("GET", API).then(function (said) { self.look(said.items); })
      .catch(function (found) { self.fail(found); });
  };
  is.look = function (unfinished) {
    if (this.state !== "looking") { return; }
    var self = this;
    var mine = unfinished.filter(function (x) { return self.items.indexOf(x.item) >= 0; });
    var same = mine.filter(function (x) { return self.isSame(x); })[0];
    var other = mine.filter(function (x) { return x !== same; })[0];
    if (!same && other && !this.isReplacing) { this.found = other; this.set("asking"); return; }
    if (!same && other) {
      call("DELETE", other.url).then(function () { self.start(); }, function (found) {
        if (found.status === 404) { self.start(); } else { self.fail(found); }
      });
      return;
    }
    if (same) { this.url = same.url; this.kept = this.sent = same.received; }
    this.send();
  };
  is.isSame = function (x) {
    var apart = Math.abs(parseInt(x.modified, 10) - this.file.lastModified);
    return x.filename === this.file.name && x.bytes === this.file.size && apart <= SAME_MS;
  };
  is.replace = function () { this.isReplacing = true; this.start(); };

  is.send = function () {
    var self = this;
    var sender = this.sender = new w.tus.Upload(this.file, {
      /* Where an upload is there, a refusal must not begin a second one. */
      endpoint: this.url ? null : API,
      uploadUrl: this.url,
      chunkSize: this.chunk,
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: {
        filename: this.file.name,
        lastModified: String(this.file.lastModified),
        item: this.items[0]
      },
      onBeforeRequest: function (request) {
        /* Halted before it had begun: two senders must never be at work. */
        if (self.sender !== sender) { throw new Error("halted"); }
        request.setHeader("X-CSRF-Token", token);
      },
      onAfterResponse: function (request, answer) {
        var offset = parseInt(answer.getHeader("Upload-Offset"), 10);
        if (self.sender === sender && offset >= 0) { self.keep(offset); }
      },
      onUploadUrlAvailable: function () {
        self.url = sender.url = sender.url.replace(/^https?:\/\/[^/]+/, "");
      },
      onProgress: function (sent) { if (self.sender === sender) { self.progress(sent); } },
      onChunkComplete: function () {
        var quick = Date.now() - self.began < QUICK_MS;
        self.chunk = Math.max(SMALL, Math.min(LARGE, quick ? self.chunk * 2 : self.chunk / 2));
        sender.options.chunkSize = self.chunk;
        self.began = Date.now();
        self.tries = 0;
      },
      onSuccess: function () { if (self.sender === sender) { self.arrive(); } },
      onError: function (error) {
        if (self.sender !== sender) { return; }
        var answer = error.originalResponse;
        self.fail(!answer ? problem(0, "") : problem(
          answer.getStatus(), answer.getBody(), answer.getHeader("Retry-After")));
      }
    });
    this.samples = [];
    this.began = this.heard = Date.now();
    this.set("sending");
    this.watch();
    sender.start();
  };
  is.keep = function (offset) { this.kept = offset; this.heard = Date.now(); };
  is.progress = function (sent) {
    var now = Date.now();
    this.sent = sent;
    this.heard = now;
    this.samples.push([now, sent]);
    while (now - this.samples[0][0] > SPEED_MS) { this.samples.shift(); }
    this.changed(this);
  };
  /* Bytes a second over the last ten seconds; 0 where nobody can say yet. */
  is.speed = function () {
    var first = this.samples[0], last = this.samples[this.samples.length - 1];
    return first && last[0] - first[0] > 1000 ? (last[1] - first[1]) * 1000 / (last[0] - first[0]) : 0;
  };
  /* A line may fall silent without a word: then it is as good as gone. */
  is.watch = function () {
    var self = this;
    this.timer = setTimeout(function () {
      if (Date.now() - self.heard > SILENT_MS) { self.halt(); self.fail(problem(0, "")); }
      else { self.watch(); }
    }, 5000);
  };
  is.halt = function () {
    var sender = this.sender;
    this.sender = null;
    clearTimeout(this.timer);
    if (sender) { sender.abort(); }
  };
  is.arrive = function () {
    this.halt();
    this.sent = this.kept = this.file.size;
    this.asset = this.url.split("/").pop();
    this.set("arrived");
  };

  is.fail = function (found) {
    var self = this, status = found.status, code = found.body.code;
    if (["paused", "stopped", "arrived"].indexOf(this.state) >= 0) { return; }
    this.halt();
    this.sent = this.kept;
    this.chunk = SMALL;
    if (status === 0) { this.again("offline", 0); return; }
    if (status === 400 && code === "csrf_failed" && !this.hasRenewed) {
      this.hasRenewed = true;
      renew().then(function () { self.start(); }, function (other) { self.fail(other); });
    } else if (status === 401 || code === "csrf_failed") { this.set("signed_out"); }
    else if (status === 404 || status === 410) { this.url = null; this.kept = this.sent = 0; this.set("gone"); }
    else if (status === 409 || status === 460) { this.again("looking", 0); }
    else if (status === 423 || status === 429 || status >= 500) {
      this.again("busy", found.after, sentences(found));
    } else {
      if (status === 422) { this.url = null; }
      this.set(status === 403 ? "forbidden" : "refused", sentences(found));
    }
  };
  /* Longer and longer pauses, never two alike: a thousand browsers must not come at once.
     What an older sender still had under way moves the offset once: that is no crowd, and looked at anew at once. */
  is.again = function (state, after, trouble) {
    var self = this, isFirst = state === "looking" && !this.tries;
    var pause = Math.min(LONGEST_S, FIRST_S * Math.pow(2, this.tries)) * (0.5 + Math.random());
    this.tries += 1;
    if (isFirst) { this.start(); return; }
    this.resume_s = Math.max(after, pause);
    this.set(state, trouble);
    this.timer = setTimeout(function () { self.start(); }, this.resume_s * 1000);
  };
  is.pause = function () {
    this.halt();
    this.sent = this.kept;
    this.set("paused");
    if (this.url) { this.ask(); }
  };
  /* What arrived of a piece that was broken off is kept, too. */
  is.ask = function () {
    var self = this;
    fetch(this.url, {
      method: "HEAD", credentials: "same-origin", cache: "no-store", headers: { "Tus-Resumable": TUS }
    }).then(function (answer) {
      var offset = parseInt(answer.headers.get("Upload-Offset"), 10);
      if (self.state !== "paused" || !(offset >= 0)) { return; }
      self.kept = self.sent = offset;
      self.changed(self);
    }, function () { /* it stays with what was known */ });
  };
  is.goOn = function () {
    var self = this;
    this.tries = 0;
    this.hasRenewed = false;
    if (this.state !== "signed_out" && this.state !== "forbidden") { this.start(); return; }
    renew().then(function (isIn) { if (isIn) { self.start(); } else { self.set("signed_out"); } })
      .catch(function (found) { self.fail(found); });
  };
  is.stop = function () {
    var self = this;
    this.halt();
    this.set("stopping");
    if (!this.url) { this.end(); return; }
    call("DELETE", this.url).then(function () { self.end(); }, function (found) {
      if (found.status === 404) { self.end(); } else { self.set("paused", "not_stopped"); }
    });
  };
  is.end = function () {
    this.url = null;
    this.sent = this.kept = 0;
    this.leave();
    this.set("stopped");
  };
  /* Nothing of this page speaks for it any more; what arrived stays where it is. */
  is.leave = function () {
    this.halt();
    alive = alive.filter(function (x) { return x !== this; }, this);
  };

  function resume() {
    alive.forEach(function (x) { if (x.state === "offline" || x.state === "busy" && !x.trouble) { x.goOn(); } });
  }
  w.addEventListener("online", resume);
  w.addEventListener("offline", function () {
    alive.forEach(function (x) { if (x.isUnderWay()) { x.fail(problem(0, "")); } });
  });
  d.addEventListener("visibilitychange", function () { if (!d.hidden) { resume(); } });
  w.addEventListener("beforeunload", function (e) {
    if (alive.some(function (x) { return x.isUnderWay(); })) { e.preventDefault(); e.returnValue = ""; }
  });

  studio.Upload = Upload;
  studio.call = call;
  studio.sentences = sentences;
})(window, document);
