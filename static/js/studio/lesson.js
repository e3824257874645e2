/* Shows how far an upload and its conversion are; the forms work without it. */
(function (d) {
  "use strict";
  var POLL_MS = 2000;
  var videos = d.getElementById("videos");
  if (!videos || !window.FormData || !window.fetch) { return; }

  /* Only the videos are drawn anew: words typed beside them are not saved yet and stay. */
  function refresh() {
    return fetch(videos.dataset.refresh, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
      .then(function (html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("videos");
        if (!fresh) { return; }
        videos.innerHTML = "";
        while (fresh.firstChild) { videos.appendChild(d.importNode(fresh.firstChild, true)); fresh.removeChild(fresh.firstChild); }
        watch();
      })
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
          if (asset.state === "ready" || asset.state === "failed") { refresh(); return; }
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

  function said(request, form) {
    try {
      var problem = JSON.parse(request.responseText);
      return (problem.fields && problem.fields.file && problem.fields.file.message) || problem.detail;
    } catch (ignored) {
      return form.dataset.refused;
    }
  }

  function send(form) {
    var request = new XMLHttpRequest();
    var box = form.querySelector("[data-sending]");
    var bar = box.querySelector("progress");
    var words = box.querySelector("p");
    var pattern = words.dataset.pattern || words.textContent;
    var fault = form.querySelector("[data-fault]");
    var button = form.querySelector("button");
    words.dataset.pattern = pattern;
    function tell(percent) {
      bar.value = percent;
      words.textContent = pattern.replace("{percent}", percent);
    }
    function refuse(sentence) {
      box.hidden = true;
      button.disabled = false;
      fault.textContent = sentence || form.dataset.refused;
      fault.hidden = false;
    }
    tell(0);
    box.hidden = false;
    fault.hidden = true;
    button.disabled = true;
    request.upload.onprogress = function (e) {
      if (e.lengthComputable) { tell(Math.floor(e.loaded / e.total * 100)); }
    };
    request.onload = function () {
      if (request.status >= 200 && request.status < 300) { refresh(); return; }
      refuse(said(request, form));
    };
    request.onerror = function () { refuse(form.dataset.refused); };
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  }

  videos.addEventListener("submit", function (e) {
    var form = e.target;
    if (!form.hasAttribute("data-upload")) { return; }
    e.preventDefault();
    e.stopPropagation();
    send(form);
  });
  watch();
})(document);
