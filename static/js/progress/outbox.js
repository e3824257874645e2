/* What was played and not answered yet: kept on this phone by person and lease, and sent in order,
   unchanged, under that person's sign-in alone. What another person left here is neither read nor sent. */
(function (w, d) {
  "use strict";
  var MOST = 2000, STORE = "beats", count = 0, busy = null;
  function meta(name) { var m = d.querySelector("meta[name=" + name + "]"); return m && m.content; }
  var person = meta("person"), field = d.querySelector("[name=csrf_token]");
  var token = meta("csrf-token") || (field ? field.value : ""), prefix = "beat:" + person + ":";

  function call(method, path, body, leaving) {
    return w.fetch(path, {
      method: method, credentials: "same-origin", keepalive: !!leaving,
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

  /* Without a database (private mode) localStorage does. */
  var database = new Promise(function (give) {
    setTimeout(function () { give(null); }, 2000);
    try {
      var asked = w.indexedDB.open("xiangbo", 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore(STORE, { keyPath: ["person", "lease", "seq"] }); };
      asked.onsuccess = function () { give(asked.result); };
      asked.onerror = function (e) { e.preventDefault(); give(null); };
    } catch (closed) { give(null); }
  });
  function within(mode, work) {
    return database.then(function (open) {
      return new Promise(function (done, fail) {
        var all = open.transaction(STORE, mode), asked = work(all.objectStore(STORE));
        all.oncomplete = function () { done(asked.result); };
        all.onerror = all.onabort = function (e) { e.preventDefault(); fail(all.error); };
      });
    });
  }
  function name(entry) { return prefix + entry.lease + ":" + entry.beat.seq; }
  function putAside(entry) { try { w.localStorage.setItem(name(entry), JSON.stringify(entry)); } catch (full) { /* memory has it */ } }
  function aside() {
    var found = [];
    try {
      Object.keys(w.localStorage).forEach(function (key) {
        if (key.indexOf(prefix) === 0) { found.push(JSON.parse(w.localStorage.getItem(key))); }
      });
    } catch (closed) { /* what could be read is read */ }
    return found;
  }

  /* A page that is left may end before the database wrote. */
  function keep(lease, beat, leaving) {
    var entry = { person: person, lease: lease, seq: beat.seq, at: Date.now(), beat: beat };
    if (!person) { return entry; }
    count += 1;
    if (leaving) { putAside(entry); }
    within("readwrite", function (s) { return s.put(entry); }).catch(function () { putAside(entry); });
    return entry;
  }
  function drop(entry) {
    count -= 1;
    try { w.localStorage.removeItem(name(entry)); } catch (closed) { /* nothing is there */ }
    within("readwrite", function (s) { return s.delete([person, entry.lease, entry.seq]); }).catch(function () {});
  }
  /* All that waits of this person: the older lease first, each lease in its order. */
  function waiting() {
    if (!person) { return Promise.resolve([]); }
    return within("readonly", function (s) { return s.getAll(w.IDBKeyRange.bound([person], [person, []])); })
      .catch(function () { return []; }).then(function (found) {
        var begun = {}, seen = {};
        found = found.concat(aside()).filter(function (e) {
          var twice = seen[name(e)];
          seen[name(e)] = true;
          begun[e.lease] = Math.min(begun[e.lease] || e.at, e.at);
          return !twice;
        });
        count = found.length;
        return found.sort(function (a, b) {
          return a.lease === b.lease ? a.seq - b.seq : begun[a.lease] - begun[b.lease] || (a.lease < b.lease ? -1 : 1);
        });
      });
  }
  function seconds(entries) {
    return entries.reduce(function (sum, e) {
      return e.beat.played.reduce(function (part, p) { return part + p[1] - p[0]; }, sum);
    }, 0);
  }
  /* The site took it, or never will: a lease that is gone, a body it cannot read. */
  function answered(status) { return status === 200 || status === 404 || status === 409 || status === 413 || status === 422; }
  function shut(status) { return status === 400 || status === 401 || status === 403; }

  function send(entry, sum) {
    if (sum.shut || sum.stuck[entry.lease]) { return sum; }
    return call("POST", "/api/v1/leases/" + entry.lease + "/beats", entry.beat).then(function (answer) {
      if (answered(answer.status)) {
        drop(entry);
        sum.sent += seconds([entry]);
        (answer.json.refused || []).forEach(function (r) { sum.refused.push(r); });
      } else if (shut(answer.status)) {
        /* Signed out, or someone else is in: it waits for the same person. */
        sum.shut = answer.json.detail || true;
      } else if (answer.status === 429 || answer.status === 503) {
        throw new Error("later");
      } else { sum.stuck[entry.lease] = true; }
      return sum;
    });
  }
  /* Send all that waits but the lease that is live here; rejected where the line is away. */
  function flush(live) {
    busy = busy || waiting().then(function (entries) {
      return entries.reduce(function (before, entry) {
        return entry.lease === live ? before : before.then(function (sum) { return send(entry, sum); });
      }, Promise.resolve({ sent: 0, refused: [], stuck: {}, shut: false }));
    });
    function over() { busy = null; }
    busy.then(over, over);
    return busy;
  }
  w.Outbox = {
    call: call, keep: keep, drop: drop, waiting: waiting, seconds: seconds, flush: flush, answered: answered, shut: shut,
    isFull: function () { return count >= MOST; }
  };
  /* The first form of what was kept named no person; whoever is in tries it once. */
  if (person) {
    try {
      Object.keys(w.localStorage).forEach(function (key) {
        if (key.indexOf("beats:") !== 0) { return; }
        JSON.parse(w.localStorage.getItem(key)).forEach(function (beat) { keep(key.slice(6), beat, true); });
        w.localStorage.removeItem(key);
      });
    } catch (closed) { /* there is nothing to read */ }
    waiting();
  }
})(window, document);
