// Has localStorage throw at every touch, even at its name, as browsers do that
// refuse all cookies.
Object.defineProperty(window, 'localStorage', {
  get() {
    throw new DOMException('The demo refuses access to storage.', 'SecurityError')
  },
})
