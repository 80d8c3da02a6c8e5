package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// enough is how many assertions each engine has to make, at the least.
const enough = 120

// The scenes of browsers/ are played in three engines, each against a program
// of its own. SCENES=regexp in the environment chooses among them.
func TestBrowsers(t *testing.T) {
	programs := object{
		"chromium":     chromium(t),
		"firefox":      installed(t, "Firefox", "firefox-esr", "firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"),
		"minibrowser":  installed(t, "WebKitGTK's MiniBrowser", "webkit2gtk-driver", "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"),
		"webkitdriver": installed(t, "WebKitGTK's driver", "webkit2gtk-driver", "WebKitWebDriver"),
		"xvfb":         installed(t, "Xvfb", "xvfb", "Xvfb"),
	}
	for _, engine := range []string{"chromium", "firefox", "webkit"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			out := play(t, object{"engine": engine, "programs": programs})
			for _, line := range regexp.MustCompile(`(?m)^(not in|cost) .*$`).FindAll(out, -1) {
				t.Logf("%s", line)
			}
			made := 0
			if count := regexp.MustCompile(`(?m)^assertions: (\d+)$`).FindSubmatch(out); count != nil {
				made, _ = strconv.Atoi(string(count[1])) // digits
			}
			t.Logf("%d assertions", made)
			if made < enough {
				t.Errorf("%s made %d assertions; %d is the least", engine, made, enough)
			}
		})
	}
}

// play runs all scenes in one engine, and returns what they printed.
func play(t *testing.T, lab object) []byte {
	t.Helper()
	p := newAcme(t)
	p.must("", "tenant", "create", "brief")
	p.must("", "tenant", "set", "brief", "--token-ttl", "20s")
	p.must(secret, "shop", "add", "brief", shop, "--secret-stdin")
	p.must(clientSecret, "shop", "app", "acme", shop, "--client-id", "the-shops-own-app", "--client-secret-stdin")
	lab["service"], lab["program"], lab["folder"], lab["secret"] = "http://"+p.serve("--ip-rate", "0", "--drain-delay", "0s"), binary, p.dir, secret
	lab["client"] = clientSecret
	given, err := json.Marshal(lab)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", "--test", "--test-reporter=spec", "browsers/suite.mjs")
	c.Env = append(os.Environ(), "SHAPESTOKEN_LAB="+string(given))
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the runner has children, which end their browsers at this signal
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = 10 * time.Second
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, failures(out))
	}
	return out
}

// failures is the end of a report, where what failed stands together.
func failures(report []byte) []byte {
	if at := bytes.Index(report, []byte("failing tests:")); at >= 0 {
		return report[at:]
	}
	return report
}

// installed finds a program by the first of these names, paths or patterns that is there.
func installed(t *testing.T, what, install string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if found, err := filepath.Glob(name); err == nil && len(found) > 0 && filepath.IsAbs(name) {
			return found[len(found)-1]
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if runtime.GOOS == "darwin" && install != "firefox-esr" {
		t.Fatalf("no %s: WebKitGTK is not to be had on a Mac; run these tests on Linux", what)
	}
	t.Fatalf("no %s: install it (Debian: apt-get install %s)", what, install)
	return ""
}
