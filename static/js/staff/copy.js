// Copies a field at one tap; without this people select and copy it themselves.
(function () {
  'use strict'
  var button = document.querySelector('[data-copy]')
  if (!button) return
  var field = document.querySelector(button.getAttribute('data-copy'))
  var words = button.querySelector('[data-copied]')
  function done () { words.textContent = words.getAttribute('data-copied') }
  function byHand () {
    field.focus()
    field.select()
    if (document.execCommand && document.execCommand('copy')) done()
  }
  field.addEventListener('focus', function () { field.select() })
  button.hidden = false
  button.addEventListener('click', function () {
    if (!navigator.clipboard) return byHand()
    navigator.clipboard.writeText(field.value).then(done, byHand)
  })
})()
