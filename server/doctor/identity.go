package doctor

import (
	"context"
	"regexp"
	"strings"

	"github.com/shapestoken/shapestoken/hmac"
)

// identity judges the customer's id.
func identity(_ context.Context, v *visit) {
	if m := v.marker; m != nil && m.customer() && !hmac.ValidID(m.ID) {
		v.fail("id-malformed", "The customer's id is "+shapeOf(m.ID)+".", "Pass the digits of customer.id alone, as text: not an e-mail address, not a gid://, and through no filter that formats numbers.")
	}
}

var formatted = regexp.MustCompile(`^\d{1,3}([,. '_\x{a0}\x{202f}’]\d{2,3})+$`)

// shapeOf tells what an id is that is none, without repeating it.
func shapeOf(id string) string {
	switch {
	case id == "":
		return "empty"
	case strings.Contains(id, "gid://"):
		return "a gid://"
	case strings.Contains(id, "@"):
		return "an e-mail address"
	case complaint.MatchString(id):
		return "an error of Liquid's"
	case formatted.MatchString(id):
		return "a number with separators in it"
	case hmac.ValidID(strings.TrimSpace(id)):
		return "a number with white space around it"
	case strings.ContainsAny(id, "eE.") && strings.Trim(id, "0123456789eE.+") == "":
		return "a number that went through a float"
	}
	return "not a number of 1 to 19 digits"
}
