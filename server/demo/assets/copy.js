import { find } from './dom.js'

/** Copies the token, or the text of what the button names. A token is never put into the page itself. */
export async function copy(button) {
  const { dataset } = button
  dataset.label ??= button.textContent
  try {
    await navigator.clipboard.writeText(dataset.copy ? find(dataset.copy).textContent : shapestoken.peek() ?? await shapestoken.anonymous())
    button.textContent = 'Copied'
  } catch {
    button.textContent = 'Not allowed'
  }
  setTimeout(() => (button.textContent = dataset.label), 1500)
}
