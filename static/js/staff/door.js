// Puts the code that holds now on the screen at the door.
(function () {
  'use strict'
  var EVERY_MS = 10000
  var picture = document.querySelector('[data-door]')
  if (!picture) return
  var address = picture.getAttribute('src')
  setInterval(function () {
    // Loaded beside the old one first: on a weak line the door is never without a code.
    var next = new Image()
    next.onload = function () { picture.src = next.src }
    next.src = address + '?at=' + Date.now()
  }, EVERY_MS)
})()
