package storetest

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/shapestoken/shapestoken/server/store"
)

// Cluster is a Postgres server of the test's own, reached through a socket in
// its temporary folder, so that it needs no port and meets no other.
type Cluster struct {
	dir    string
	bin    string
	owner  *syscall.Credential // nil: whoever runs the test
	count  atomic.Int64        // of databases
	keeper *exec.Cmd
	leash  io.WriteCloser // the keeper's standard input
}

var shared = sync.OnceValues(newCluster)

// Postgres returns the URL of a fresh, empty database on a server that all
// tests of the program share. The server ends with the program, however that ends.
func Postgres(t *testing.T) (url string) {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return c.Database(t)
}

// StartPostgres starts a server for one test, which may stop and start it. It
// ends with the test.
func StartPostgres(t *testing.T) *Cluster {
	t.Helper()
	c, err := newCluster()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.release(""); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Stop takes the server away as a crash would.
func (c *Cluster) Stop(t *testing.T) {
	t.Helper()
	if err := c.release("keep\n"); err != nil {
		t.Fatal(err)
	}
}

// Start brings a stopped server back; it answers when Start returns.
func (c *Cluster) Start(t *testing.T) {
	t.Helper()
	if err := c.keep(); err != nil {
		t.Fatal(err)
	}
}

// Database makes an empty database, which goes with the test.
func (c *Cluster) Database(t *testing.T) (url string) {
	t.Helper()
	name := fmt.Sprintf("test%d", c.count.Add(1))
	if err := c.run("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil && c.keeper != nil {
			t.Error(err)
		}
	})
	return c.url(name)
}

func (c *Cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("shapestoken"), Path: "/" + database}
	u.RawQuery = url.Values{"host": {c.dir}}.Encode()
	return u.String()
}

func (c *Cluster) run(statement string) error {
	source, err := store.Parse(c.url("postgres"))
	if err != nil {
		return err
	}
	db := sql.OpenDB(source.Connector)
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

func newCluster() (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin}
	if err = c.own(); err == nil {
		err = c.init()
	}
	if err == nil {
		err = c.keep()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// programs finds the folder of initdb and pg_ctl, which Debian keeps out of PATH.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is a good one
	if len(found) == 0 {
		return "", errors.New("install PostgreSQL (Debian: apt-get install postgresql)")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// own gives the folder to somebody else if root runs the test, because
// Postgres refuses to be run by root.
func (c *Cluster) own() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	c.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.dir, int(uid), int(gid))
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) init() error {
	out, err := c.command(filepath.Join(c.bin, "initdb"), "-D", c.data(), "-U", "shapestoken",
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	conf, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(conf, "fsync = off\nlisten_addresses = ''\nunix_socket_directories = '%s'\nmax_connections = 200\n", c.dir)
	return errors.Join(err, conf.Close())
}

// keeper starts the server, says so, and waits for a word. It hears one too
// when the test program dies and drops the leash: then it cleans up.
const keeper = `"$1" start -w -s -D "$2/data" -l "$2/log" || exit 1
echo ready
read -r word
"$1" stop -w -s -m immediate -D "$2/data"
[ "$word" = keep ] || rm -rf "$2"`

func (c *Cluster) keep() error {
	cmd := c.command("/bin/sh", "-c", keeper, "keeper", filepath.Join(c.bin, "pg_ctl"), c.dir)
	leash, err1 := cmd.StdinPipe()
	said, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if line, _ := bufio.NewReader(said).ReadString('\n'); strings.TrimSpace(line) != "ready" {
		log, _ := os.ReadFile(filepath.Join(c.dir, "log")) // there is nothing better to say
		return fmt.Errorf("postgres did not start: %w: %s", cmd.Wait(), log)
	}
	c.keeper, c.leash = cmd, leash
	return nil
}

// release gives the keeper a word, or none, and waits until the server is gone.
func (c *Cluster) release(word string) error {
	if c.keeper == nil {
		return os.RemoveAll(c.dir)
	}
	_, err := io.WriteString(c.leash, word)
	err = errors.Join(err, c.leash.Close(), c.keeper.Wait())
	c.keeper = nil
	return err
}

// command is one that runs as the owner and outlives an interrupt from the terminal.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner, Setpgid: true}
	return cmd
}
