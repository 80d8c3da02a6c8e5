package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Canaries planted as id_secret, signature and token are found nowhere: not in
// the database's files, not in the log at debug level, not in any answer.
func TestNothingInClear(t *testing.T) {
	p := newAcme(t)
	rotated := p.must("", "shop", "rotate", "acme", shopA)["id_secret"].(string)
	eventually(t, "the rotated secret", func() bool { return p.exchange("acme", "", v1(t, rotated, custom)).StatusCode == 200 })
	canaries := []string{secretA, secretB, rotated}
	for _, body := range []string{v1(t, secretA, custom), v2(t, secretA, shopA, custom, time.Now()), v1(t, rotated, custom)} {
		canaries = append(canaries, strings.Split(body, `"signature":"`)[1][:64])
		a := p.exchange("acme", page, body)
		token := strings.Split(strings.Split(a.body, `"token":"`)[1], `"`)[0]
		canaries = append(canaries, token, strings.Split(token, ".")[2])
		mustNotSay(t, "an answer", strings.ReplaceAll(a.body, token, ""), canaries...)
	}
	for _, path := range []string{"?signature=" + canaries[0], "/" + canaries[0], "/shopify/api/v1/auth/token?id=1&signature=" + canaries[1]} {
		a := p.do("POST", p.public+"/t/acme"+path, "x="+canaries[0], "X-Canary", canaries[0], "Cookie", "c="+canaries[0], "Authorization", "Bearer "+canaries[0])
		mustNotSay(t, "a refusal", a.body, canaries...)
	}
	eventually(t, "customers written", func() bool {
		pid := claimsOf(t, p.exchange("acme", "", v1(t, rotated, custom)).body)["pid"].(string)
		_, _, code := p.command("", "profile", "show", "acme", pid)
		return code == done
	})
	dir := filepath.Dir(p.args[3])
	scan := func() {
		files, err := os.ReadDir(dir)
		if err != nil || len(files) < 2 {
			t.Fatalf("%d files: %v", len(files), err)
		}
		for _, f := range files {
			content, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			mustNotSay(t, f.Name(), string(content), canaries...)
			mustNotSay(t, f.Name(), string(content), "PRIVATE KEY", "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04") // PKCS #8 of P-256
		}
	}
	scan()
	p.stop()
	scan()
	mustNotSay(t, "the log", p.log.String(), canaries...)
	if !strings.Contains(p.log.String(), `"msg":"exchange"`) || !strings.Contains(p.log.String(), `"level":"DEBUG"`) {
		t.Errorf("the log is not what it should be:\n%s", p.log)
	}
}
