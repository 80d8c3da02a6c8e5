package pages

var german = text{
	Tag: "de", Dir: "ltr",

	SignIn: "Anmelden", SignInTo: "mit Ihrem Konto bei {brand}", SignInFor: "um mit {app} fortzufahren",
	Name: "Benutzername oder E-Mail", Email: "E-Mail", Password: "Passwort", Submit: "Anmelden",
	Asks: "{app} möchte Ihr Konto bei {brand} nutzen", Wants: "Die App könnte dann:",
	SignedInAs: "Angemeldet als", NotYou: "Nicht Sie?", Allow: "Erlauben", Deny: "Ablehnen",
	Returns: "Wie auch immer Sie entscheiden, es geht weiter zu {home}.", ReturnsToApp: "Wie auch immer Sie entscheiden, es geht zurück zur App.",
	TakesBack: "Eine Erlaubnis können Sie jederzeit zurücknehmen.",
	ToAnswer:  "Melden Sie sich an, um das zu erlauben",

	Apps: "Apps, denen Sie Zugriff erlaubt haben", NoApps: "Noch keine Apps", NoAppsText: "Wenn Sie einer App erlauben, Ihr Konto zu nutzen, steht sie hier, und Sie können es zurücknehmen.",
	Since: "Seit {day}", Revoke: "Zugriff entziehen: {app}", RevokeText: "{app} kann Ihr Konto dann nicht mehr nutzen, bis Sie es wieder erlauben.", Confirm: "Zugriff entziehen",
	SignOut: "Abmelden", LeavingText: "Sie werden in diesem Browser abgemeldet.",

	OnwardTitle: "Einen Moment", OnwardText: "Es geht weiter zu {home}.", OnwardToApp: "Es geht zurück zur App.", OnwardLink: "Weiter",

	SignedOut: "Sie sind abgemeldet", SignedOutText: "Sie können diese Seite jetzt schließen.", Back: "Zurück",

	Installed: "Die App ist installiert", InstalledText: "Die Admin-API dieses Shops ist jetzt erreichbar. Wer den Dienst betreibt, macht hier weiter; Sie können diese Seite schließen.", ToAdmin: "Zurück zum Shopify-Admin",

	Reference: "Kennung für Rückfragen:",
	Titled:    "{title} – {brand}",
	Troubled:  "Fehler: {title}",

	Troubles: map[Trouble]string{
		WrongLogin:      "Name und Passwort passen nicht zusammen. Bitte prüfen Sie beides und versuchen Sie es noch einmal.",
		TooMany:         "Das waren zu viele Versuche. Bitte warten Sie ein wenig und versuchen Sie es dann noch einmal.",
		Unavailable:     "Die Anmeldung funktioniert gerade nicht. An Ihrer Eingabe liegt es nicht. Bitte versuchen Sie es in einer Minute noch einmal.",
		Expired:         "Sie sind nicht mehr angemeldet, deshalb hat sich nichts geändert. Bitte melden Sie sich an und versuchen Sie es dann noch einmal.",
		Private:         "Diese App ist privat, und Sie dürfen sie nicht aktivieren.",
		SetupUnknown:    "Ob die App fertig eingerichtet ist, ließ sich nicht prüfen. Bitte versuchen Sie es später noch einmal oder bitten Sie um Hilfe.",
		SetupUnreadable: "Ob die App fertig eingerichtet ist, ließ sich nicht prüfen, denn sie hat ungültig geantwortet. Bitte wenden Sie sich an die Entwickler der App.",
		SetupOpen:       "Die App ist noch nicht fertig eingerichtet. Bitte richten Sie sie erst fertig ein.",
		Unpaid:          "Diese App kostet Geld. Bitte kaufen Sie sie zuerst.",
		NotEnabled:      "Die App ließ sich nicht aktivieren. Bitte versuchen Sie es noch einmal oder aktivieren Sie sie selbst.",
	},
	TooManyFor: "Das waren zu viele Versuche. Bitte versuchen Sie es in {wait} noch einmal.",
	Second:     "{n} Sekunde", Seconds: "{n} Sekunden",
	Minute: "{n} Minute", Minutes: "{n} Minuten",

	Faults: map[Fault]fault{
		"":              {"Etwas ist schiefgegangen", "Das liegt an uns, nicht an Ihnen. Bitte versuchen Sie es noch einmal. Wenn es wieder geschieht, bitten Sie uns um Hilfe."},
		UnknownClient:   {"Wir kennen diese App nicht", "Die App, von der Sie kommen, ist bei uns nicht registriert. Es wurde nichts an sie weitergegeben. Bitte sagen Sie es ihren Entwicklern."},
		WrongRedirect:   {"Die App nennt eine falsche Adresse", "Sie möchte Sie zu einer Adresse schicken, die nicht für sie registriert ist. Zu Ihrer Sicherheit bleiben Sie hier. Bitte sagen Sie es den Entwicklern der App."},
		WrongRequest:    {"Die App hat falsch gefragt", "Wir verstehen nicht, was die App möchte. Gehen Sie zurück und versuchen Sie es noch einmal. Wenn es wieder geschieht, sagen Sie es bitte ihren Entwicklern."},
		NotReady:        {"Diese App lässt sich noch nicht verbinden", "Ihre Entwickler haben sie noch nicht fertig eingerichtet. Bitte sagen Sie es ihnen."},
		NotInstalled:    {"Die Installation hat nicht geklappt", "Öffnen Sie die App aus dem Shopify-Admin, um neu zu beginnen. Wenn es wieder geschieht, sagen Sie dem Betreiber dieses Dienstes, was hier steht."},
		ExpiredPage:     {"Diese Seite ist abgelaufen", "Sie war zu lange offen, deshalb ist nichts geschehen. Gehen Sie zurück zur App und beginnen Sie noch einmal."},
		CrossSite:       {"Das kam nicht von unserer Seite", "Eine andere Website wollte für Sie antworten, oder Ihr Browser verbirgt, woher Formulare kommen. Es ist nichts geschehen. Gehen Sie zurück zur App und beginnen Sie noch einmal."},
		NotAvailable:    {"Das geht im Moment nicht", "Etwas, das wir brauchen, ist nicht erreichbar. Es ist nichts geschehen. Bitte versuchen Sie es in einer Minute noch einmal."},
		NotFound:        {"Hier ist nichts", "Vielleicht ist die Adresse falsch geschrieben, oder es gibt die Seite nicht mehr. Gehen Sie zurück zur App und beginnen Sie noch einmal."},
		TooManyRequests: {"Das war zu schnell", "Aus Ihrem Netz kamen zu viele Anfragen. Bitte warten Sie ein wenig und versuchen Sie es dann noch einmal."},
	},

	Date:   "{day}. {month} {year}",
	Months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},

	Scopes: map[string]string{
		"*":              "Alles tun, was Sie selbst tun können",
		"openid":         "Wissen, wer Sie sind",
		"profile":        "Ihren Namen und Ihr Profil sehen",
		"email":          "Ihre E-Mail-Adresse sehen",
		"phone":          "Ihre Telefonnummer sehen",
		"address":        "Ihre Postanschrift sehen",
		"offline_access": "Den Zugriff behalten, während Sie nicht da sind",
	},
	Verbs: map[string]string{"read": "sehen", "create": "anlegen", "write": "ändern", "update": "ändern", "delete": "löschen"},
	Things: map[string]string{
		"accounts": "Konten", "analytics": "Auswertungen", "automations": "Automatisierungen", "bookings": "Buchungen",
		"brand-assets": "Markenmaterial", "brands": "Marken", "campaigns": "Kampagnen", "contacts": "Kontakte",
		"email-templates": "E-Mail-Vorlagen", "events": "Ereignisse", "forms": "Formulare", "images": "Bilder",
		"orders": "Bestellungen", "products": "Produkte", "profiles": "Kundenprofile", "reports": "Berichte",
		"rewards": "Prämien", "segments": "Segmente", "sessions": "Sitzungen", "transactions": "Transaktionen", "webhooks": "Webhooks",
	},
	Quoted: "„{name}“",
	Does:   "{thing} {verbs}", DoesAll: "{thing}: voller Zugriff",
	And: " und ",
}
