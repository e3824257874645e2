/* Many files at once: the lessons they become, then one after the other, two at most at a time. */
(function (w, d) {
  "use strict";
  var AT_ONCE = 2, POLL_MS = 2000, AGAIN_MS = 5000;
  var studio = w.studio, box = d.getElementById("many");
  if (!box || !w.tus || !w.tus.isSupported || !("content" in d.createElement("template"))) { return; }
  var entries = [], watched = [], isPaused = false, edits = Number(box.dataset.edits);
  var form = box.querySelector("form"), rows = one("[data-rows]"), say = studio.speaker(one("[data-say]"));
  function one(selector) { return box.querySelector(selector); }
  function all(selector) { return [].slice.call(box.querySelectorAll(selector)); }
  function of() { var states = [].slice.call(arguments); return function (x) { return states.indexOf(x.upload.state) >= 0; }; }

  all("[data-with]").forEach(function (x) { x.hidden = false; });
  all("[data-without]").forEach(function (x) { x.hidden = true; });
  form.classList.add("live");

  function choose(list) {
    var files = [].slice.call(list);
    if (!files.length) { return; }
    tell("");
    form.setAttribute("aria-busy", "true");
    studio.call("POST", box.dataset.make, {
      module: form.elements.module ? form.elements.module.value : null,
      edits: edits,
      files: files.map(function (x) {
        return { name: x.name, size: x.size, modified: x.lastModified };
      })
    }).then(function (plan) { take(plan, files); }, function (found) {
      tell(found.status ? studio.sentences(found) : studio.words("no_plan"));
    }).then(function () { form.removeAttribute("aria-busy"); form.reset(); });
  }
  function tell(text) {
    one("[data-fault]").textContent = text;
    one("[data-fault]").hidden = !text;
  }

  function take(plan, files) {
    edits = plan.edits;
    /* What else this page sends was made with the same draft. */
    [].forEach.call(d.querySelectorAll("[name=edits]"), function (x) { x.value = edits; });
    var left = one("[data-left-out]"), list = left.querySelector("ul");
    left.hidden = !plan.left_out.length;
    list.innerHTML = "";
    plan.left_out.forEach(function (x) {
      var line = d.createElement("li"), name = d.createElement("b");
      name.textContent = x.name;
      line.appendChild(name);
      line.appendChild(d.createTextNode(" " + x.message));
      list.appendChild(line);
    });
    if (plan.lessons.length && one("[data-waiting]")) { one("[data-waiting]").hidden = true; }
    plan.lessons.forEach(function (lesson) { add(lesson, files); });
    pump();
  }

  function add(lesson, files) {
    entries = entries.filter(function (x) {
      if (x.lesson.item !== lesson.item) { return true; }
      x.upload.leave();
      rows.removeChild(x.row.box);
      return false;
    });
    var entry = { lesson: lesson };
    entry.captions = lesson.captions.filter(function (x) { return !x.is_there; }).map(function (x) {
      return { file: files[x.file], address: x.address, language: x.language };
    });
    entry.upload = new studio.Upload(files[lesson.file], [lesson.item, lesson.unfinished], function () {
      changed(entry);
    });
    entry.row = new studio.Row(entry.upload, true);
    var link = entry.row.one("[data-page]");
    link.href = lesson.page;
    link.textContent = lesson.title;
    link.hidden = false;
    rows.appendChild(entry.row.box);
    entries.push(entry);
    if (lesson.has_video) { entry.upload.leave(); entry.upload.set("there"); sendCaptions(entry); }
  }

  function changed(entry) {
    var state = entry.upload.state;
    if (entry.row) { entry.row.draw(); }
    if (state === entry.was) { return; }
    entry.was = state;
    if (state === "arrived") {
      entry.upload.leave();
      watched.push(entry);
      sendCaptions(entry);
    }
    pump();
  }
  function pump() {
    var busy = entries.filter(of("looking", "sending", "offline", "busy", "signed_out")).length;
    if (!isPaused) {
      entries.filter(of("waiting")).slice(0, Math.max(0, AT_ONCE - busy)).forEach(function (x) {
        x.upload.start();
      });
    }
    sum();
  }
  function sum() {
    var here = entries.filter(of("arrived", "converting", "sharper", "ready", "there", "failed")).length;
    var open = entries.filter(of("waiting", "looking", "sending", "offline", "busy", "paused")).length;
    var text = studio.words("sum", { here: here, all: entries.length });
    one("[data-sum]").textContent = text;
    say(text);
    one("[data-controls]").hidden = rows.hidden = !entries.length;
    one("[data-pause-all]").hidden = isPaused || !open;
    one("[data-go-on-all]").hidden = !isPaused || !open;
    one("[data-anew]").hidden = open > 0;
  }

  one("[data-pause-all]").addEventListener("click", function () {
    isPaused = true;
    entries.filter(of("looking", "sending", "offline", "busy")).forEach(function (x) {
      x.byAll = true;
      x.upload.pause();
    });
    sum();
    one("[data-go-on-all]").focus();
  });
  one("[data-go-on-all]").addEventListener("click", function () {
    isPaused = false;
    entries.filter(of("paused")).forEach(function (x) {
      if (x.byAll) { x.byAll = false; x.upload.goOn(); }
    });
    pump();
    one("[data-pause-all]").focus();
  });

  function chip(entry, text, kind) {
    var chips = entry.row.one("[data-chips]"), made = d.createElement("span");
    made.className = "chip " + kind;
    made.textContent = text;
    chips.appendChild(made);
    chips.hidden = false;
  }
  function sendCaptions(entry) {
    var next = entry.captions[0], body = new FormData();
    if (!next) { return; }
    body.append("file", next.file, next.file.name);
    studio.call("POST", next.address, body).then(function () {
      chip(entry, studio.words("captions_" + next.language), "ok");
      entry.captions.shift();
      sendCaptions(entry);
    }, function (found) {
      var isFor = found.status === 0 || found.status === 423 || found.status === 429 || found.status >= 500;
      if (isFor) { setTimeout(function () { sendCaptions(entry); }, AGAIN_MS); return; }
      var fault = d.createElement("p");
      fault.className = "err lines";
      fault.textContent = next.file.name + "\n" + studio.sentences(found);
      entry.row.one("[data-chips]").parentNode.appendChild(fault);
      entry.captions.shift();
      sendCaptions(entry);
    });
  }

  /* One question at a time, however many videos are converted. */
  setInterval(function () {
    var entry = watched.shift();
    if (!entry) { return; }
    studio.call("GET", "/api/v1/media/" + entry.upload.asset).then(function (asset) {
      if (see(entry, asset)) { watched.push(entry); }
    }, function () { watched.push(entry); });
  }, POLL_MS);
  function see(entry, asset) {
    var upload = entry.upload, made = entry.made = entry.made || {};
    upload.progress_made = asset.progress;
    asset.renditions.forEach(function (x) {
      if (made[x.label]) { return; }
      made[x.label] = true;
      chip(entry, x.width ? x.label : studio.words("sound"), "");
    });
    if (asset.state === "failed") {
      var isThere = asset.error.code === "video_sent_before";
      upload.set(isThere ? "there" : "failed", asset.error.message);
      return false;
    }
    if (asset.state === "ready") { upload.set(asset.progress < 1 ? "sharper" : "ready"); }
    if (asset.state === "processing") { upload.set("converting"); }
    return upload.state !== "ready";
  }

  form.addEventListener("change", function (e) {
    if (e.target.type === "file") { choose(e.target.files); }
  });
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
    form.addEventListener(kind, function (e) {
      e.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") { choose(e.dataTransfer.files); }
    });
  });
})(window, document);
