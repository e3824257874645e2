/* The lesson's video: sends it piece by piece, shows its conversion; the forms work without it. */
(function (w, d) {
  "use strict";
  var POLL_MS = 2000;
  var studio = w.studio, videos = d.getElementById("videos");
  if (!videos || !w.FormData || !w.fetch) { return; }
  var canSend = w.tus && w.tus.isSupported && "content" in d.createElement("template");
  var active = {};   /* by the item: {upload, row, zone} */

  /* Only the videos are drawn anew: words typed beside them are not saved yet and stay. */
  function draw(html) {
    var fresh = new DOMParser().parseFromString(html, "text/html");
    var section = fresh.getElementById("videos");
    var said = fresh.querySelector("main .note[role=status]");
    if (!section) { location.reload(); return; }
    videos.innerHTML = "";
    if (said) { videos.appendChild(d.importNode(said, true)); }
    [].slice.call(section.childNodes).forEach(function (node) {
      videos.appendChild(d.importNode(node, true));
    });
    begin();
  }

  function refresh() {
    return fetch(videos.dataset.refresh, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
      .then(draw);
  }
  /* Until the line is back: nothing typed is lost to a reload. */
  function refreshSoon() { refresh().catch(function () { setTimeout(refreshSoon, POLL_MS); }); }

  function begin() {
    [].forEach.call(videos.querySelectorAll("[data-asset] [data-without]"), function (x) { x.hidden = true; });
    [].forEach.call(videos.querySelectorAll("[data-asset]"), poll);
    [].forEach.call(videos.querySelectorAll("[data-zone]"), open);
  }

  function poll(row) {
    setTimeout(function () {
      if (!d.contains(row)) { return; }
      fetch(row.dataset.asset, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
        .then(function (asset) {
          if (!asset.at_work || asset.state !== row.dataset.state) { refreshSoon(); return; }
          show(row, asset);
          poll(row);
        })
        .catch(function () { poll(row); });
    }, POLL_MS);
  }

  function show(row, asset) {
    var percent = Math.floor(asset.progress * 100);
    var bar = row.querySelector("progress"), text = row.querySelector("[data-percent]");
    if (bar) { bar.value = percent; }
    if (text) { text.textContent = percent + "%"; }
    var made = row.querySelector("[data-made]");
    if (!made) { return; }
    made.textContent = "";
    asset.renditions.forEach(function (x) {
      var chip = d.createElement("span");
      chip.className = "chip ok";
      chip.textContent = x.width ? x.label : studio.words("sound");
      made.appendChild(chip);
    });
  }

  /* A place for a file becomes one that goes on where the line broke. */
  function open(zone) {
    var kept = active[zone.dataset.item];
    if (kept) { zone.parentNode.replaceChild(kept.zone, zone); return; }
    if (!canSend) { return; }
    zone.querySelector("form").classList.add("live");
    [].forEach.call(zone.querySelectorAll("[data-with]"), function (x) { x.hidden = false; });
    [].forEach.call(zone.querySelectorAll("[data-without]"), function (x) { x.hidden = true; });
  }

  function choose(zone, files) {
    var form = zone.querySelector("form"), fault = form.querySelector("[data-fault]"), file = files[0];
    var refusal = files.length > 1 ? studio.words("one_only") : studio.refusal(file);
    fault.textContent = refusal;
    fault.hidden = !refusal;
    if (refusal) { form.reset(); return; }
    var item = zone.dataset.item, rows = zone.querySelector("[data-rows]");
    var upload = new studio.Upload(file, [item, zone.dataset.unfinished], changed);
    var row = new studio.Row(upload);
    if (active[item]) { active[item].upload.leave(); }
    active[item] = { upload: upload, row: row, zone: zone };
    rows.innerHTML = "";
    rows.appendChild(row.box);
    var hadFocus = form.contains(d.activeElement);
    form.reset();
    form.hidden = true;
    upload.start();
    if (hadFocus) { row.focus(); }
    function changed() {
      var state = upload.state;
      row.draw();
      form.hidden = state !== "refused" && state !== "gone";
      if (state === "refused") { upload.leave(); delete active[item]; }
      if (state === "stopped" || state === "kept_other" || state === "arrived") {
        upload.leave();
        delete active[item];
        refreshSoon();
      }
    }
  }

  function zoneOf(e) { return canSend && e.target.closest ? e.target.closest("[data-zone]") : null; }
  videos.addEventListener("change", function (e) {
    var zone = zoneOf(e);
    if (zone && e.target.type === "file" && e.target.files.length) { choose(zone, e.target.files); }
  });
  ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
    videos.addEventListener(kind, function (e) {
      var zone = zoneOf(e);
      if (!zone) { return; }
      e.preventDefault();
      zone.querySelector("form").classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && e.dataTransfer.files.length && !zone.querySelector("form").hidden) {
        choose(zone, e.dataTransfer.files);
      }
    });
  });
  /* What lies unfinished here from another day may be thrown away. */
  videos.addEventListener("click", function (e) {
    var button = e.target.closest && e.target.closest("[data-discard]");
    if (!button) { return; }
    if (!button.dataset.asked) {
      button.dataset.asked = "1";
      button.textContent = button.dataset.sure;
      return;
    }
    studio.call("DELETE", button.dataset.discard).then(refreshSoon, refreshSoon);
  });

  /* Each fault on a line of its own; those of captions begin with the line they are in. */
  function said(problem, form) {
    var fields = problem.body.fields || {};
    var sentences = Object.keys(fields).map(function (name) {
      var line = name.indexOf("line:") === 0 ? name.slice(5) : "0";
      var place = line === "0" ? "" : (form.dataset.line || "").replace("{number}", line) + " ";
      return place + fields[name].message;
    });
    return sentences.join("\n") || problem.body.detail || form.dataset.refused;
  }

  function send(form) {
    var fault = form.querySelector("[data-fault]"), button = form.querySelector("button");
    fault.hidden = true;
    button.disabled = true;
    studio.call("POST", form.action, new FormData(form)).then(draw, function (problem) {
      button.disabled = false;
      fault.textContent = said(problem, form);
      fault.hidden = false;
    });
  }

  /* Words that are typed and not saved are not left behind unasked. */
  var typed = d.getElementById("words"), unsaved = false;
  typed.addEventListener("input", function () { unsaved = true; });
  typed.addEventListener("submit", function () { unsaved = false; });
  w.addEventListener("beforeunload", function (e) {
    if (unsaved) { e.preventDefault(); e.returnValue = ""; }
  });

  videos.addEventListener("submit", function (e) {
    var form = e.target;
    if (!form.hasAttribute("data-upload")) { return; }
    e.preventDefault();
    e.stopPropagation();
    send(form);
  });
  begin();
})(window, document);
