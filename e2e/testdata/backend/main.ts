// For each line, {token, needs}: who it is of, and whether it covers that; or that it is refused.
import { createInterface } from 'node:readline'
import { accessOf, covers } from './access.ts'

for await (const line of createInterface({ input: process.stdin })) {
  const { token, needs } = JSON.parse(line)
  const answer = await accessOf(token).then(
    (access) => ({ client: access.client_id, covers: covers(access, needs) }),
    () => ({ refused: true }),
  )
  console.log(JSON.stringify(answer))
}
