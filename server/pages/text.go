package pages

// text is all that the pages say in one language. A {place} is filled with a
// name; the same places stand in every language.
type text struct {
	Tag, Dir string // lang and dir of HTML

	SignIn, SignInTo, SignInFor      string // heading; what for, without and with an app
	Name, Email, Password, Submit    string
	Asks, Wants                      string // heading of a consent page; what stands above the list
	SignedInAs, NotYou, Allow, Deny  string
	Returns, ReturnsToApp, TakesBack string
	ToAnswer                         string // above the fields, where consent needs a login

	Apps, NoApps, NoAppsText           string
	Since, Revoke, RevokeText, Confirm string
	SignOut, LeavingText               string

	OnwardTitle, OnwardText, OnwardToApp, OnwardLink string

	SignedOut, SignedOutText, Back    string
	Installed, InstalledText, ToAdmin string

	Reference string // before a request's id
	Titled    string // in the window's title
	Troubled  string // the same, where something went wrong

	Troubles        map[Trouble]string
	TooManyFor      string // with a {wait}
	Second, Seconds string // a {wait} of {n}
	Minute, Minutes string
	Faults          map[Fault]fault

	Date   string // of {day}, {month} and {year}
	Months [12]string

	Scopes  map[string]string // whole sentences
	Verbs   map[string]string // of what is done with some kind of thing
	Things  map[string]string
	Quoted  string // a thing of some {name} that is not in the list
	Does    string // {verbs} and {thing}
	DoesAll string
	And     string // before the last verb
}

// fault is a page that tells of a failure.
type fault struct{ Title, Text string }
