package demo

// day is how far the wrong clocks are off, in seconds.
const day = 24 * 60 * 60

// trials are what browsers, networks and shoppers do. The script copes, which
// is what there is to see.
var trials = []twist{
	{
		Key: "refresh", Title: "Short life", Hint: "Tokens of one minute",
		Changed: `The page asks another tenant, whose tokens live for one minute in place of fifteen (<code>--token-ttl 1m</code>).`,
		Advice:  `Wait. The script renews a token by itself: after 80 to 90 % of its life, not all pages at once, and at the latest half a minute before its end, which for these is half-way. Then put another tab in front of this one: while nobody looks nothing is fetched, and when you come back it is, at once.`,
		rig: func(s *site, sc *scene) {
			sc.endpoint, sc.secret = s.config.Brief, s.config.BriefSecret
			sc.mounted("shapestoken-brief")
		},
	},
	{
		Key: "two-tabs", Title: "Two tabs", Hint: "One token for all",
		Changed: `Nothing. This is about what the tabs of one shop share.`,
		Advice:  `Open a second tab: it finds the token and asks nobody. Fetch a new one there, and this tab has it too; tabs that need one at the same moment take turns, so that only the first asks. Then log out in one of them, and look at the other.`,
	},
	{
		Key: "storage-blocked", Title: "Storage blocked", Hint: "All cookies refused",
		Changed: `<code>localStorage</code> throws at every touch, as in a browser that refuses all cookies, or in a sandboxed frame.`,
		Advice:  `The token lives in the memory of this page, and the shop works. The price: nothing outlives the page, so each page view asks anew, and tabs share nothing. View the page again to see it ask.`,
		Script:  "blocked.js",
	},
	{
		Key: "clock-ahead", Title: "Clock fast", Hint: "A day ahead",
		Changed: `<code>Date.now()</code> says a day too much, as on a device whose clock is wrong.`,
		Advice:  `By this clock every token has expired, and a script that believed it would ask for another at each page view. This one takes the time from the token itself and keeps the difference. So there is one request and then none: view the page again. (To such a clock the page looks old as well, so that first request may be signed anew.)`,
		Script:  "clock.js", Ahead: day,
	},
	{
		Key: "clock-behind", Title: "Clock slow", Hint: "A day behind",
		Changed: `<code>Date.now()</code> says a day too little, as on a device whose clock is wrong.`,
		Advice:  `By this clock every token comes from the future, and would be good for a day longer than it is: a script that believed it would hand out tokens that nobody takes. This one takes the time from the token itself and keeps the difference. So there is one request and then none: view the page again.`,
		Script:  "clock.js", Ahead: -day,
	},
	{
		Key: "slow-network", Title: "Slow network", Hint: "Three seconds late",
		Changed: `Each request waits for three seconds on its way to the service.`,
		Advice:  `Nobody waits but who asked for the token: the page was there at once. After 8 seconds the script would give a request up. Where nothing comes back, or a 429 or 5xx, it tries up to three times more, after random and growing pauses; whatever happens, all ends within 40 seconds. View the page again: with a token stored, the network does not matter.`,
		rig: func(s *site, sc *scene) {
			sc.endpoint, sc.script = s.config.Page+"/slow", s.config.Endpoint
			sc.mounted("shapestoken-slow")
		},
	},
	{
		Key: "consent", Title: "Consent", Hint: "Not given yet",
		Changed: `The line in the theme says <code>consent: 'preferences'</code>, and this page has a stand-in for Shopify’s Customer Privacy API. The visitor has not answered the banner yet.`,
		Advice:  `Until the visitor agrees, the token lives in the memory of the page. Answer for them, and watch the key appear and go.`,
		Script:  "consent.js",
		rig:     func(_ *site, sc *scene) { sc.consent = "preferences" },
	},
	{
		Key: "old-page", Title: "Old page", Hint: "Signed an hour ago",
		Changed: `The snippet was rendered with the clock an hour back, like a page that has been open for long, or that a cache has kept. (It signs v2 for this: a v1 signature carries no time and never gets old.)`,
		Advice:  `The service would refuse that signature. So the script has one made first: it fetches <code>?section_id=shapestoken</code>, for which Shopify renders <code>sections/shapestoken.liquid</code> alone, for whoever is logged in by then. With the app proxy for a source it asks that first, and the section only if it fails. A theme without the section is among the mistakes: <em>Missing section</em>.`,
		rig:     func(s *site, sc *scene) { sc.engine, sc.version, sc.proxied = s.late, "v2", false },
	},
}
