// What an offense says: what is wrong, and what to do.
'use strict'

const places = {
  print: () => 'and this writes it into the page, where everyone can read it. Print a signature made with it, {{ customer.id | hmac_sha256: secret }}, or take it out.',
  input: (filter) => `and the filter '${filter}' makes something else of it, which shows it or no longer signs. Use it as it is, as the argument of hmac_sha256; only 'default' may come before.`,
  argument: (filter) => `and the filter '${filter}' puts it into its result. Only hmac_sha256 may take it, as its first argument.`,
  key: () => 'and what is looked up by it can show it. Use it only as the argument of hmac_sha256, or in a condition.',
  tag: (tag) => `and the tag '${tag}' hands it on to where nothing follows it. Sign first, and hand on the signature.`,
}

/** misplaced is for a lookup in the wrong place; certain: no part of its path is known only later. */
const misplaced = (lookup, certain, { kind, name }) => `'${lookup}' ${certain ? 'holds' : 'may hold'} the shop's secret, ${places[kind](name)}`

module.exports = {
  misplaced,
  include: (names) => `'include' shows the other file every variable of this one, and ${names.map((name) => `'${name}'`).join(', ')} holds the shop's secret. Use 'render'.`,
  comment: "Liquid runs in HTML comments too, and this one names the shop's secret: visitors may read it in the page's source. Use {% comment %}, or move it out.",
  schema: "What stands in a section's schema can come out in the page, and this names the shop's secret. Take it out.",
  setting: "This setting names the shop's secret, and whatever shows the setting shows that. Disconnect it in the theme editor, or take it out here, and sign in a snippet.",
  unreadable: "This names the shop's secret, and it is no Liquid that can be checked, though Shopify may run it all the same. Write it as Shopify's reference says.",
  file: "This file names the shop's secret, and it cannot be checked because its HTML or Liquid is broken (LiquidHTMLSyntaxError says where). Mend that first.",
  keyless: 'hmac_sha256 has no key, so the page shows an error in place of the signature. Write hmac_sha256: shop.metafields.omneo.id_secret.',
  empty: 'hmac_sha256 has an empty key, so anybody can make this signature. Write hmac_sha256: shop.metafields.omneo.id_secret.',
  written: "The key of hmac_sha256 is written into the theme, for everyone who can open or export it. Replace that secret, keep the new one in the shop metafield omneo.id_secret, and read it from there.",
}
