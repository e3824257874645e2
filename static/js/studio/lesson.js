/* Shows how far an upload and its conversion are; the forms work without it. */
(function (d) {
  "use strict";
  var POLL_MS = 2000;
  var videos = d.getElementById("videos");
  if (!videos || !window.FormData || !window.fetch) { return; }

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
    watch();
  }

  function refresh() {
    return fetch(videos.dataset.refresh, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
      .then(draw)
      .catch(function () { location.reload(); });
  }

  function watch() {
    [].forEach.call(videos.querySelectorAll("[data-asset]"), poll);
  }

  function poll(row) {
    setTimeout(function () {
      if (!d.contains(row)) { return; }
      fetch(row.dataset.asset, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
        .then(function (asset) {
          if (!asset.at_work || (asset.state === "ready") !== (row.dataset.state === "ready")) {
            refresh();
            return;
          }
          show(row, asset.progress);
          poll(row);
        })
        .catch(function () { poll(row); });
    }, POLL_MS);
  }

  function show(row, share) {
    var percent = Math.floor(share * 100);
    row.querySelector("progress").value = percent;
    row.querySelector("[data-percent]").textContent = percent + "%";
  }

  /* Each fault on a line of its own; those of captions begin with the line they are in. */
  function said(request, form) {
    var problem;
    try { problem = JSON.parse(request.responseText); } catch (ignored) { return form.dataset.refused; }
    var fields = problem.fields || {};
    var sentences = Object.keys(fields).map(function (name) {
      var line = name.indexOf("line:") === 0 ? name.slice(5) : "0";
      var place = line === "0" ? "" : (form.dataset.line || "").replace("{number}", line) + " ";
      return place + fields[name].message;
    });
    return sentences.length ? sentences.join("\n") : problem.detail;
  }

  function send(form) {
    var request = new XMLHttpRequest();
    var box = form.querySelector("[data-sending]");
    var fault = form.querySelector("[data-fault]");
    var button = form.querySelector("button");
    function tell(percent) {
      if (!box) { return; }
      var words = box.querySelector("p");
      words.dataset.pattern = words.dataset.pattern || words.textContent;
      words.textContent = words.dataset.pattern.replace("{percent}", percent);
      box.querySelector("progress").value = percent;
      box.hidden = false;
    }
    function refuse(sentences) {
      if (box) { box.hidden = true; }
      button.disabled = false;
      fault.textContent = sentences || form.dataset.refused;
      fault.hidden = false;
    }
    tell(0);
    fault.hidden = true;
    button.disabled = true;
    request.upload.onprogress = function (e) {
      if (e.lengthComputable) { tell(Math.floor(e.loaded / e.total * 100)); }
    };
    request.onload = function () {
      if (request.status >= 200 && request.status < 300) { draw(request.responseText); return; }
      refuse(said(request, form));
    };
    request.onerror = function () { refuse(); };
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  }

  /* Words that are typed and not saved are not left behind unasked. */
  var words = d.getElementById("words"), unsaved = false;
  words.addEventListener("input", function () { unsaved = true; });
  words.addEventListener("submit", function () { unsaved = false; });
  window.addEventListener("beforeunload", function (e) {
    if (unsaved) { e.preventDefault(); e.returnValue = ""; }
  });

  videos.addEventListener("submit", function (e) {
    var form = e.target;
    if (!form.hasAttribute("data-upload")) { return; }
    e.preventDefault();
    e.stopPropagation();
    send(form);
  });
  watch();
})(document);
