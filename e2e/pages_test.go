package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// transcript is a command of a page, and what the page says that it prints.
type transcript struct{ command, prints string }

var prompt = regexp.MustCompile(`(?m)^\$ (.*)\n((?:[^$\n].*\n|\n)*)`)

// transcripts are the commands of a page that have this in them.
func transcripts(t *testing.T, page, with string) (found []transcript) {
	t.Helper()
	for _, block := range blocks.FindAllStringSubmatch(file(t, page), -1) {
		if block[1] != "console" {
			continue
		}
		for _, line := range prompt.FindAllStringSubmatch(block[2], -1) {
			if strings.Contains(line[1], with) {
				found = append(found, transcript{line[1], line[2]})
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no command with %q", page, with)
	}
	return found
}

// pieces are a page's blocks of a language that are no files.
func pieces(t *testing.T, page, language string) (found []string) {
	t.Helper()
	named := files(t, page)
	for _, block := range blocks.FindAllStringSubmatch(file(t, page), -1) {
		isFile := false
		for _, text := range named {
			isFile = isFile || text == block[2]
		}
		if block[1] == language && !isFile {
			found = append(found, block[2])
		}
	}
	return found
}

// shell runs a page's text where the program and its database are.
func (p *program) shell(text string, env ...string) string {
	p.t.Helper()
	c := exec.Command("sh", "-c", text)
	c.Dir = p.dir
	c.Env = append(append(os.Environ(), "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH")), env...)
	c.Stderr = p.t.Output()
	out, err := c.Output()
	if err != nil {
		p.t.Fatalf("%s\n%v: %s", text, err, out)
	}
	return string(out)
}

// drawn is what is another one each time.
var drawn = regexp.MustCompile(`client_[a-z0-9]{20}|shpc_\w{49}|shp_\w{49}|\b[A-Z2-7]{26}\b|eyJ[^"]*`)

// follow runs the program's commands of a page, which must print what stands
// there, and returns all that they printed.
func (p *program) follow(t *testing.T, page, with string) string {
	t.Helper()
	var all strings.Builder
	for _, line := range transcripts(t, page, with) {
		out := p.shell(line.command)
		if got, want := drawn.ReplaceAllString(out, "…"), drawn.ReplaceAllString(line.prints, "…"); want != "" && got != want {
			t.Errorf("%s: %s\nprints\n%s\nand on the page\n%s", page, line.command, got, want)
		}
		all.WriteString(out)
	}
	return all.String()
}

// credentials are what client create has printed.
func credentials(t *testing.T, printed string) registered {
	t.Helper()
	found := regexp.MustCompile(`client_id +(\S+)\n +client_secret +(\S+)\n`).FindStringSubmatch(printed)
	if found == nil {
		t.Fatal("no credentials were printed")
	}
	return registered{found[1], found[2]}
}
