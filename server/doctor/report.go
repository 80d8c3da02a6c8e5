package doctor

// Level says how bad a finding is. Only an [Error] makes a page unhealthy.
type Level string

const (
	OK      Level = "ok"
	Note    Level = "note"    // worth knowing
	Warning Level = "warning" // works now, or for some, and will not always
	Error   Level = "error"   // customers get no token, or somebody gets what is not theirs
)

// A Finding is one thing that was looked at.
type Finding struct {
	Code  string `json:"code"` // kebab-case, and the same in every version
	Level Level  `json:"level"`
	Seen  string `json:"seen"` // what was seen, in a sentence
	Fix   string `json:"fix"`  // what to do about it; empty if that is nothing
}

// A Report is all that was found of a page, in the order in which it was looked at.
type Report struct {
	URL      string    `json:"url"`  // as asked; empty for a saved page of nobody knows where
	HTML     string    `json:"html"` // name of the saved page; empty if it was fetched
	Findings []Finding `json:"findings"`
	OK       bool      `json:"ok"` // no finding is an [Error]
}

// Count tells how many findings are of a level.
func (r Report) Count(l Level) (n int) {
	for _, f := range r.Findings {
		if f.Level == l {
			n++
		}
	}
	return n
}
