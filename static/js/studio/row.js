/* Shows one upload: a bar, plain words for each state, and what can be done. */
(function (w, d) {
  "use strict";
  var studio = w.studio;
  var MB = 1000000, SPOKEN_MS = 5000;
  var ENDINGS = /\.(mp4|m4v|mov|mkv|webm)$/i;
  var ICONS = {
    offline: "net", busy: "net", paused: "pause", signed_out: "lock", forbidden: "bad", refused: "bad",
    gone: "bad", failed: "bad", arrived: "redo", converting: "redo", ready: "ok", there: "ok"
  };
  var BUTTONS = {
    looking: ["pause", "stop"], sending: ["pause", "stop"], paused: ["go_on", "stop"],
    offline: ["go_on", "pause", "stop"], busy: ["go_on", "pause", "stop"],
    signed_out: ["go_on"], forbidden: ["go_on"], gone: ["restart"]
  };
  var FAULTS = ["refused", "forbidden", "failed"];

  function words(key, values) {
    var found = d.querySelector("#upload-words [data-w='" + key + "']");
    return (found ? found.textContent : "").replace(/\{(\w+)\}/g, function (all, name) {
      return values && name in values ? values[name] : all;
    });
  }
  function number(amount) {
    var fixed = amount < 10 && amount > 0 ? Math.max(amount, 0.1).toFixed(1) : String(Math.round(amount));
    return fixed.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  }
  function megabytes(bytes) { return number(bytes / MB); }
  function left(upload) {
    var speed = upload.speed();
    if (!speed) { return ""; }
    var minutes = Math.round((upload.file.size - upload.sent) / speed / 60);
    var rate = speed >= MB ? number(speed / MB) + " MB" : number(speed / 1000) + " kB";
    var time = minutes < 1 ? words("left_moment") : minutes < 60
      ? words("left_minutes", { minutes: minutes })
      : words("left_hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
    return words("speed", { speed: rate, left: time });
  }
  function sentence(upload) {
    var values = {
      sent: megabytes(upload.sent), kept: megabytes(upload.kept), all: megabytes(upload.file.size),
      percent: Math.floor((upload.progress_made || 0) * 100), name: upload.file.name
    };
    if (upload.state === "paused" && upload.trouble === "not_stopped") { return words("not_stopped", values); }
    return words(upload.state, values);
  }

  /* What can be said before a byte is sent; the server says it as well. */
  studio.refusal = function (file) {
    if (!ENDINGS.test(file.name)) { return words("wrong_type"); }
    if (file.size === 0) { return words("empty"); }
    return file.size > 8 * 1024 * 1024 * 1024 ? words("too_large") : "";
  };

  /* Spoken politely and not too often: the last sentence within five seconds wins. */
  function speaker(box) {
    var last = 0, timer = null, next = "";
    function speak() { timer = null; last = Date.now(); box.textContent = next; }
    return function (text) {
      if (text === next) { return; }
      next = text;
      if (!timer) { timer = setTimeout(speak, Math.max(0, last + SPOKEN_MS - Date.now())); }
    };
  }

  /* A quiet row leaves speaking to the page. */
  studio.Row = function (upload, isQuiet) {
    var template = d.getElementById("upload-row");
    var box = this.box = d.importNode(template.content, true).firstElementChild;
    var say = speaker(one("[data-say]")), question = null, shown = "";
    function one(selector) { return box.querySelector(selector); }
    function show(selector, isShown) {
      [].forEach.call(box.querySelectorAll(selector), function (x) { x.hidden = !isShown; });
    }
    one("[data-name]").textContent = upload.file.name;
    one("[data-size]").textContent = megabytes(upload.file.size) + " MB";

    function ask(key, values, yes) {
      one("[data-question]").textContent = words(key, values);
      [].forEach.call(box.querySelectorAll("[data-yes],[data-no]"), function (x) {
        x.textContent = words(key + (x.hasAttribute("data-yes") ? "_yes" : "_no"));
      });
      question = { key: key, yes: yes };
      show("[data-ask]", true);
      show("[data-do]", false);
      if (!isQuiet || box.contains(d.activeElement)) { one("[data-no]").focus(); }
    }
    function answered(isYes) {
      var was = question;
      question = null;
      show("[data-ask]", false);
      shown = "";
      if (isYes) { was.yes(); }
      else if (was.key === "ask_other") { upload.leave(); upload.set("kept_other"); }
      draw();
      focus();
    }
    function focus() {
      var next = one("[data-do]:not([hidden])");
      if (next) { next.focus(); }
    }
    var acts = {
      pause: function () { upload.pause(); },
      go_on: function () { upload.goOn(); },
      restart: function () { upload.goOn(); },
      stop: function () {
        ask("ask_stop", { kept: megabytes(Math.max(upload.kept, upload.sent)) }, function () { upload.stop(); });
      }
    };
    box.addEventListener("click", function (e) {
      var button = e.target.closest("button");
      if (!button) { return; }
      if (button.hasAttribute("data-yes")) { answered(true); }
      else if (button.hasAttribute("data-no")) { answered(false); }
      else if (acts[button.dataset.do]) {
        acts[button.dataset.do]();
        /* The button just pressed may be gone: its counterpart takes the focus. */
        if (button.hidden && !question) { focus(); }
      }
    });

    function drawState() {
      var state = upload.state, icon = ICONS[state] || "upload";
      show("[data-icon]", false);
      show("[data-icon=" + icon + "]", true);
      box.className = icon === "net" || icon === "pause" || icon === "lock" ? "warn" : "";
      box.dataset.state = state;
      show("[data-sign-in]", state === "signed_out");
      show("[data-original]", FAULTS.indexOf(state) >= 0);
      show("[data-bar]", FAULTS.concat("gone", "ready", "there", "stopped", "waiting", "asking").indexOf(state) < 0);
      show("[data-ask]", false);
      question = null;
      [].forEach.call(box.querySelectorAll("[data-do]"), function (x) {
        x.hidden = (BUTTONS[state] || []).indexOf(x.dataset.do) < 0;
      });
      if (state === "asking") {
        var other = upload.found;
        ask("ask_other", {
          old: other.filename, kept: megabytes(other.received), all: megabytes(other.bytes),
          name: upload.file.name
        }, function () { upload.replace(); });
      }
    }
    function draw() {
      var state = upload.state, text = sentence(upload);
      if (shown !== state) { shown = state; drawState(); }
      var share = state === "converting" ? upload.progress_made || 0 : upload.sent / upload.file.size;
      one("[data-bar]").value = Math.floor(share * 100);
      one("[data-words]").textContent = text;
      one("[data-told]").hidden = !text;
      one("[data-left]").textContent = state === "sending" ? left(upload) : "";
      var fault = upload.trouble && upload.trouble !== "not_stopped" ? upload.trouble : "";
      one("[data-fault]").textContent = fault;
      one("[data-fault]").hidden = !fault;
      /* What is here already is no fault. */
      one("[data-fault]").classList.toggle("err", state !== "there");
      if (!isQuiet) { say(question ? one("[data-question]").textContent : fault + " " + text); }
    }
    this.draw = draw;
    this.one = one;
    this.focus = focus;
    draw();
  };
  studio.speaker = speaker;
  studio.words = words;
  studio.megabytes = megabytes;
})(window, document);
