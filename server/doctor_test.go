package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/doctor"
)

// demoAddress starts the demo storefront, and ends it with the test.
func (p *program) demoAddress() string {
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer in.Close()
		run(ctx, append([]string{"demo", "--addr", "127.0.0.1:0", "--json"}, p.args...), streams{in: strings.NewReader(""), out: in, err: p.log})
	}()
	p.t.Cleanup(func() { cancel(); <-ended })
	var ready struct{ URL string }
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		p.t.Fatalf("not ready: %v\n%s", err, p.log)
	}
	return ready.URL
}

// diagnose returns what doctor finds that is not as it should be, code by level.
func (p *program) diagnose(args ...string) map[string]string {
	p.t.Helper()
	out, errs, code := p.command("", append([]string{"doctor", "--json"}, args...)...)
	var report struct {
		Findings []struct{ Code, Level string }
		OK       bool
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || (code == done) != report.OK {
		p.t.Fatalf("exit %d: %v\n%s%s", code, err, out, errs)
	}
	found := map[string]string{}
	for _, f := range report.Findings {
		if f.Level != "ok" {
			found[f.Code] = f.Level
		}
	}
	return found
}

// savedBy is the demo's page as a customer saves it.
func savedBy(t *testing.T, customer, page string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "demo_customer", Value: customer})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(name, body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The demo storefront is healthy, and doctor names each of its faults: of a
// guest's page what can be seen there, of a customer's all.
func TestDoctorOnTheDemo(t *testing.T) {
	p := newProgram(t)
	t.Setenv("DEMO_SECRET", "test-id-secret-0123456789abcdefghij")
	p.must("", "tenant", "create", demoTenant) // the demo finds them
	p.must(os.Getenv("DEMO_SECRET"), "shop", "add", demoTenant, demoShop, "--secret-stdin")
	page := p.demoAddress()
	unsigned := map[string]string{"guest-page": "note"}
	for query, want := range map[string]struct{ guest, customer map[string]string }{
		"":             {guest: unsigned, customer: map[string]string{}},
		"source=proxy": {guest: map[string]string{}, customer: map[string]string{"exchange-skipped": "note"}},
		"break=wrong-secret": {
			guest:    unsigned,
			customer: map[string]string{"signature-wrong": "error", "exchange-refused": "error"},
		},
		"break=missing-metafield": {
			guest:    map[string]string{"guest-page": "note", "secret-missing": "error"},
			customer: map[string]string{"secret-missing": "error", "exchange-refused": "error"},
		},
		"break=old-timestamp": {
			guest:    map[string]string{"guest-page": "note", "section-missing": "warning"},
			customer: map[string]string{"section-missing": "warning", "timestamp-old": "warning", "exchange-refused": "error"},
		},
		"break=foreign-origin": {
			guest:    map[string]string{"guest-page": "note", "origin-not-listed": "error"},
			customer: map[string]string{"origin-not-listed": "error", "exchange-refused": "error", "signature-wrong": "error"}, // that tenant has another secret
		},
		"break=no-proxy": {
			guest:    map[string]string{"proxy-missing": "error"},
			customer: map[string]string{"proxy-missing": "error", "exchange-skipped": "note"},
		},
		"break=service-down": {
			guest:    map[string]string{"guest-page": "note", "endpoint-unreachable": "error"},
			customer: map[string]string{"endpoint-unreachable": "error"},
		},
	} {
		address := page + "?" + query
		if diff := cmp.Diff(want.guest, p.diagnose(address)); diff != "" {
			t.Errorf("%q, a guest: %s", query, diff)
		}
		args := []string{address, "--html", savedBy(t, "7210381803720", address), "--secret-env", "DEMO_SECRET", "--exchange"}
		if diff := cmp.Diff(want.customer, p.diagnose(args...)); diff != "" {
			t.Errorf("%q, a customer: %s", query, diff)
		}
	}
}

// The demo knows no other faults than those that doctor is shown.
func TestDoctorKnowsTheFaults(t *testing.T) {
	p := newProgram(t)
	res := p.do(http.MethodGet, p.demoAddress(), "")
	var faults []string
	for _, part := range strings.Split(res.body, `id="break-`)[1:] {
		fault, _, _ := strings.Cut(part, `"`)
		faults = append(faults, fault)
	}
	want := []string{"foreign-origin", "missing-metafield", "no-proxy", "old-timestamp", "service-down", "wrong-secret"}
	if slices.Sort(faults); !slices.Equal(faults, want) {
		t.Error(cmp.Diff(want, faults))
	}
}

// What is wrong with a page is told apart from what is wrong with the command line.
func TestDoctorExitCodes(t *testing.T) {
	p := newProgram(t)
	empty := filepath.Join(t.TempDir(), "empty.html")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(t.TempDir(), "large.html")
	if err := os.WriteFile(large, make([]byte, doctor.MaxPage+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		code int
		args []string
	}{
		{refused, []string{"--html", empty}},
		{refused, []string{"--html", large}},
		{refused, []string{"--html", empty + "x"}},
		{refused, []string{"--html", filepath.Dir(empty)}},
		{refused, []string{"http://127.0.0.1:1/"}},
		{refused, []string{"--html", empty, "--secret-env", "NOT_SET"}},
		{misused, []string{}},
		{misused, []string{"shop.example.com"}},
		{misused, []string{"ftp://shop.example.com/"}},
		{misused, []string{"https:///"}},
		{misused, []string{"https://name:password@shop.example.com/"}},
		{misused, []string{"--html", empty, "--origin", "shop.example.com"}},
		{misused, []string{"--html", empty, "--secret-stdin", "--secret-env", "HOME"}},
	} {
		if out, errs, code := p.command("secret", append([]string{"doctor"}, row.args...)...); code != row.code {
			t.Errorf("%v: exit %d, want %d\n%s%s", row.args, code, row.code, out, errs)
		}
	}
}
