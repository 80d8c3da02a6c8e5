// A shop's own script, the same for every bundler: asks the page's server who
// is logged in, and leaves what comes of it where the test looks.
import { init, token } from 'shapestoken'

const proof = await fetch('/proof')
init(await proof.json())
token().then(
  (jwt) => { document.body.dataset.token = jwt ?? 'none' },
  (error) => { document.body.dataset.token = error.code },
)
