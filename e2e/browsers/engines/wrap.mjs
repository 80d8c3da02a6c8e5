// What a page returns travels as JSON, the same in every engine; undefined stays what it is.
export const wrap = (expression) => `(async () => JSON.stringify(await (${expression})))()`
export const unwrap = (json) => (json == null ? undefined : JSON.parse(json))
