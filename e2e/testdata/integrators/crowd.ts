// For each line, a number: that many calls at once. Answers with their statuses, or what went wrong.
import { createInterface } from 'node:readline'
import { call } from './system.ts'

const one = () => call(process.argv[2]!).then((answer) => answer.status, (error) => String(error))
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await Promise.all(Array.from({ length: Number(line) }, one))))
}
