package pages

var english = text{
	Tag: "en", Dir: "ltr",

	SignIn: "Sign in", SignInTo: "with your {brand} account", SignInFor: "to continue to {app}",
	Name: "User name or e-mail", Email: "E-mail", Password: "Password", Submit: "Sign in",
	Asks: "{app} would like to use your {brand} account", Wants: "It would be able to:",
	SignedInAs: "Signed in as", NotYou: "Not you?", Allow: "Allow", Deny: "Deny",
	Returns: "Whatever you choose, you go on to {home}.", ReturnsToApp: "Whatever you choose, you go back to the app.",
	TakesBack: "You can take a permission back at any time.",
	ToAnswer:  "Sign in to allow this",

	Apps: "Apps you have allowed", NoApps: "No apps yet", NoAppsText: "An app that you allow to use your account is listed here, and you can take that back.",
	Since: "Since {day}", Revoke: "Remove access for {app}", RevokeText: "{app} can no longer use your account then, until you allow it again.", Confirm: "Remove access",
	SignOut: "Sign out", LeavingText: "You will be signed out in this browser.",

	OnwardTitle: "One moment", OnwardText: "You are going on to {home}.", OnwardToApp: "You are going back to the app.", OnwardLink: "Continue",

	SignedOut: "You are signed out", SignedOutText: "You can close this page now.", Back: "Back",
	Installed: "The app is installed", InstalledText: "This shop’s Admin API can be reached now. Whoever runs the service goes on from here; you can close this page.", ToAdmin: "Back to the Shopify admin",

	Reference: "Reference for support:",
	Titled:    "{title} – {brand}",
	Troubled:  "Error: {title}",

	Troubles: map[Trouble]string{
		WrongLogin:      "That name and password do not belong together. Check both and try again.",
		TooMany:         "There were too many tries. Please wait a little, then try again.",
		Unavailable:     "Signing in does not work at the moment. Nothing is wrong with what you typed. Please try again in a minute.",
		Expired:         "You are no longer signed in, so nothing was changed. Please sign in, then try again.",
		Private:         "This app is private and you are not authorized to enable it.",
		SetupUnknown:    "Failed to verify app setup completion. Please try again later or contact support.",
		SetupUnreadable: "Could not verify app setup due to an invalid response from the app. Please contact app developer or support.",
		SetupOpen:       "App setup is not completed. Please complete app setup before authorizing.",
		Unpaid:          "This is a paid app. Please purchase the app before authorizing.",
		NotEnabled:      "Could not automatically enable the app. Please try again or enable it manually.",
	},
	TooManyFor: "There were too many tries. Please try again in {wait}.",
	Second:     "{n} second", Seconds: "{n} seconds",
	Minute: "{n} minute", Minutes: "{n} minutes",

	Faults: map[Fault]fault{
		"":              {"Something went wrong", "That is our fault, not yours. Please try again. If it happens again, ask us for help."},
		UnknownClient:   {"We do not know this app", "You came here from an app that is not registered with us. Nothing was passed on to it. Please tell the people who make it."},
		WrongRedirect:   {"The app gave a wrong address", "It wants you sent to an address that is not registered for it. To keep you safe, you stay here. Please tell the people who make the app."},
		WrongRequest:    {"The app asked in a wrong way", "We cannot make out what the app wants. Go back and try again. If it happens again, please tell the people who make it."},
		NotReady:        {"This app cannot be connected yet", "The people who make it have not finished setting it up. Please tell them."},
		NotInstalled:    {"Installing did not work", "Open the app from the Shopify admin to begin again. If it happens again, tell whoever runs this service what you see here."},
		ExpiredPage:     {"This page has expired", "It was open for too long, so nothing was done. Go back to the app and start again."},
		CrossSite:       {"This did not come from our page", "Another site tried to answer for you, or your browser hides where forms come from. Nothing was done. Go back to the app and start again."},
		NotAvailable:    {"This does not work at the moment", "We cannot reach something that we need. Nothing was done. Please try again in a minute."},
		NotFound:        {"There is nothing here", "The address may be mistyped, or the page is gone. Go back to the app and start again."},
		TooManyRequests: {"That was too fast", "There were too many requests from your network. Please wait a little, then try again."},
	},

	Date:   "{day} {month} {year}",
	Months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},

	Scopes: map[string]string{
		"*":              "Do everything that you can do yourself",
		"openid":         "Know who you are",
		"profile":        "See your name and your profile",
		"email":          "See your e-mail address",
		"phone":          "See your phone number",
		"address":        "See your postal address",
		"offline_access": "Keep this access while you are away",
	},
	Verbs: map[string]string{"read": "see", "create": "create", "write": "change", "update": "change", "delete": "delete"},
	Things: map[string]string{
		"accounts": "accounts", "analytics": "analytics", "automations": "automations", "bookings": "bookings",
		"brand-assets": "brand assets", "brands": "brands", "campaigns": "campaigns", "contacts": "contacts",
		"email-templates": "e-mail templates", "events": "events", "forms": "forms", "images": "images",
		"orders": "orders", "products": "products", "profiles": "customer profiles", "reports": "reports",
		"rewards": "rewards", "segments": "segments", "sessions": "sessions", "transactions": "transactions", "webhooks": "webhooks",
	},
	Quoted: "“{name}”",
	Does:   "{verbs} {thing}", DoesAll: "{thing}: full access",
	And: " and ",
}
