// What a person can do on a page: its forms and links. It reads the HTML that servers write, not every HTML there is.

const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (all, hex, decimal, name) =>
    hex || decimal ? String.fromCodePoint(parseInt(hex ?? decimal, hex ? 16 : 10)) : names[name.toLowerCase()] ?? all)
}

function attributes(text) {
  const found = {}
  for (const [, name, double, single, bare] of text.matchAll(/([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g)) {
    found[name.toLowerCase()] ??= decode(double ?? single ?? bare ?? '')
  }
  return found
}

/** The page's elements in their order: {tag, attributes, text}; text is what a button or a link says. */
function* elements(html) {
  const bare = html.replace(/<!--[^]*?-->|<(script|style)\b[^]*?<\/\1\s*>/gi, '')
  for (const { 1: slash, 2: tag, 3: rest, index, 0: all } of bare.matchAll(/<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)) {
    const after = bare.slice(index + all.length)
    const text = decode(after.slice(0, after.search(/<\/(button|a)\s*>/i)).replace(/<[^>]*>/g, '')).trim()
    yield { tag: `${slash}${tag.toLowerCase()}`, attributes: attributes(rest), text }
  }
}

/** Forms as {id, method, action, fields, buttons}: fields are {name, type, value}, buttons {name, value, text}. */
export function forms(html, base) {
  const all = []
  const later = [] // what stands outside of its form, and names it
  let open
  for (const { tag, attributes: a, text } of elements(html)) {
    if (tag === 'form') all.push(open = { id: a.id, method: (a.method ?? 'get').toUpperCase(), action: new URL(a.action || base, base), fields: [], buttons: [] })
    else if (tag === '/form') open = undefined
    else if (tag === 'input' || tag === 'button') later.push([a.form ?? open, field(tag, a, text)])
  }
  for (const [owner, { kind, ...what }] of later) {
    (typeof owner === 'string' ? all.find(({ id }) => id === owner) : owner)?.[kind].push(what)
  }
  return all
}

function field(tag, { type, name, value, checked }, text) {
  const presses = tag === 'button' ? type !== 'button' && type !== 'reset' : type === 'submit' || type === 'image'
  if (presses) return { kind: 'buttons', name, value: value ?? '', text: text || value || '' }
  const off = tag === 'button' || /^(checkbox|radio)$/i.test(type) && checked === undefined
  return { kind: 'fields', name: off ? undefined : name, type: type ?? 'text', value: value ?? '' }
}

export function links(html, base) {
  return [...elements(html)].filter(({ tag, attributes: a }) => tag === 'a' && a.href)
    .map(({ attributes: a, text }) => ({ href: new URL(a.href, base), text }))
}

/** Where the page sends its visitor by itself, at once; undefined: nowhere. */
export function refresh(html, base) {
  const { content } = [...elements(html)].find(({ tag, attributes: a }) => tag === 'meta' && /^refresh$/i.test(a['http-equiv']))?.attributes ?? {}
  const [, to] = /^\s*0\s*[;,]\s*url\s*=\s*['"]?([^'"]+)/i.exec(content) ?? []
  return to && new URL(to, base)
}
