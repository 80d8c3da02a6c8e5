package pages

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// It is sent with every page, and html/template must not have to change it.
func TestStyleIsSmall(t *testing.T) {
	if len(style) >= 4096 {
		t.Errorf("%d bytes; the budget is 4096", len(style))
	}
	if strings.Contains(style, "</") || strings.Contains(style, "/*") || strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("it ends itself, explains itself, or loads something")
	}
}

// WCAG 2.2, 1.4.3 and 1.4.11: 4.5 for text, 3 for what shows where something is.
func TestContrast(t *testing.T) {
	for scheme, colors := range map[string]map[string]string{"light": variables(t, 0), "dark": variables(t, 1)} {
		for _, row := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "card", 7}, {"soft", "card", 4.5}, {"main", "card", 4.5}, {"bad", "card", 4.5},
			{"on", "main", 4.5}, {"on", "over", 4.5}, {"main", "tint", 4.5}, {"bad", "pale", 4.5},
			{"edge", "card", 3}, {"main", "back", 3},
		} {
			if got := contrast(t, colors[row.front], colors[row.back]); got < row.least {
				t.Errorf("%s: %s on %s is %.2f, want %.1f", scheme, row.front, row.back, got, row.least)
			}
		}
	}
}

// The formula's own ends, and a value that is known from elsewhere: #767676 is
// the lightest grey that is readable on white.
func TestContrastFormula(t *testing.T) {
	for pair, want := range map[[2]string]float64{{"#000000", "#ffffff"}: 21, {"#ffffff", "#ffffff"}: 1, {"#767676", "#ffffff"}: 4.54} {
		if got := contrast(t, pair[0], pair[1]); math.Abs(got-want) > .005 {
			t.Errorf("%v: %.3f, want %.2f", pair, got, want)
		}
	}
}

// Both schemes have every color, and no color stands anywhere else: the shadow
// apart, which carries nothing.
func TestColorsAreVariables(t *testing.T) {
	light, dark := variables(t, 0), variables(t, 1)
	if len(light) != len(dark) || len(light) < 10 {
		t.Errorf("%d light colors and %d dark ones", len(light), len(dark))
	}
	for _, used := range regexp.MustCompile(`var\(--(\w+)\)`).FindAllStringSubmatch(style, -1) {
		if light[used[1]] == "" || dark[used[1]] == "" {
			t.Errorf("there is no %s", used[1])
		}
	}
	if all, own := len(hex.FindAllString(style, -1)), len(light)+len(dark)+1; all != own {
		t.Errorf("%d colors, and %d of them in variables or the shadow", all, own)
	}
}

var hex = regexp.MustCompile(`#[0-9a-f]{3,8}\b`)

// variables are the colors of the nth :root.
func variables(t *testing.T, n int) map[string]string {
	t.Helper()
	roots := regexp.MustCompile(`:root\{[^}]*\}`).FindAllString(style, -1)
	if len(roots) != 2 {
		t.Fatalf("%d :root", len(roots))
	}
	found := map[string]string{}
	for _, pair := range regexp.MustCompile(`--(\w+):(#[0-9a-f]{6})[;}]`).FindAllStringSubmatch(roots[n], -1) {
		found[pair[1]] = pair[2]
	}
	return found
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	first, second := luminance(t, a), luminance(t, b)
	return (math.Max(first, second) + .05) / (math.Min(first, second) + .05)
}

func luminance(t *testing.T, color string) (sum float64) {
	t.Helper()
	for i, weight := range []float64{.2126, .7152, .0722} {
		value, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(value) / 255
		if part <= .04045 {
			sum += weight * part / 12.92
		} else {
			sum += weight * math.Pow((part+.055)/1.055, 2.4)
		}
	}
	return sum
}
