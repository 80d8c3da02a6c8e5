package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shapestoken/shapestoken/bench/load"
	"github.com/shapestoken/shapestoken/server/broker"
	"github.com/shapestoken/shapestoken/server/hash"
	"github.com/shapestoken/shapestoken/server/seal"
	"github.com/shapestoken/shapestoken/server/secret"
	"github.com/shapestoken/shapestoken/server/store"
)

const (
	login    = "bench@example.com"
	password = "the password of the user that logs in"
)

// clients are one tenant's, with the secret they share.
type clients struct {
	*side
	secret secret.Text
}

// withClients is the service with one tenant that has clients and a user.
func (s settings) withClients() (*clients, error) {
	if err := s.furnish("machines", 1, broker.ES256); err != nil {
		return nil, err
	}
	c := &clients{secret: hash.NewSecret(hash.ClientSecret)}
	if err := s.addClients(c.secret); err != nil {
		return nil, err
	}
	var err error
	c.side, err = s.service("machines", 1, broker.ES256)
	return c, err
}

func (s settings) addClients(text secret.Text) error {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+s.dir+"/machines.db")
	if err != nil {
		return err
	}
	defer db.Close()
	keyring, err := seal.Open(s.dir + "/machines.key")
	if err == nil {
		err = db.Unlock(ctx, keyring)
	}
	if err != nil {
		return err
	}
	sum := broker.Digest(hash.Sum(text))
	grants := map[broker.GrantType]bool{broker.ClientCredentials: true, broker.Password: true}
	for id, opaque := range map[string]bool{"client_jwt": false, "client_opaque": true} {
		client := broker.Client{ID: id, Name: id, Grants: grants, Scopes: broker.Scopes{"*"}, Opaque: opaque, TokenTTL: time.Hour}
		if err := db.In(tenantName(0)).AddClient(ctx, client, &sum); err != nil {
			return err
		}
	}
	phc, err := hash.NewPasswords(hash.Config{}).Hash(ctx, secret.New(password))
	if err != nil {
		return err
	}
	return db.In(tenantName(0)).AddUser(ctx, broker.User{ID: "user_1", Login: login, Password: phc, Scopes: broker.Scopes{"*"}})
}

// machines are tokens for clients, side by side with the storefront's: the same
// process serves both, in turn.
func (s settings) machines() error {
	ours, err := s.withClients()
	if err != nil {
		return err
	}
	defer ours.process.stop()
	of := func(name string, request []byte) *side {
		return &side{name: name, process: ours.process, requests: [][]byte{request}}
	}
	jwt, err := ours.token("client_jwt")
	if err != nil {
		return err
	}
	opaque, err := ours.token("client_opaque")
	if err != nil {
		return err
	}
	for _, one := range []*side{
		of("client_credentials", ours.form("/oauth2/token", "grant_type=client_credentials&"+ours.as("client_jwt"))),
		of("introspect a JWT", ours.form("/oauth2/introspect", "token="+jwt+"&"+ours.as("client_jwt"))),
		of("introspect an opaque one", ours.form("/oauth2/introspect", "token="+opaque+"&"+ours.as("client_opaque"))),
	} {
		if err := s.paired("Machines", one, of("storefront exchange", ours.requests[0])); err != nil {
			return err
		}
	}
	return nil
}

func (c *clients) as(client string) string {
	return "client_id=" + client + "&client_secret=" + url.QueryEscape(c.secret.Reveal())
}

func (c *clients) form(path, body string) []byte {
	return fmt.Appendf(nil, "POST /t/%s%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		tenantName(0), path, c.process.addr, len(body), body)
}

// token is one that a client gets for itself.
func (c *clients) token(client string) (string, error) {
	body := strings.NewReader("grant_type=client_credentials&" + c.as(client))
	answer, err := http.Post("http://"+c.process.addr+"/t/"+tenantName(0)+"/oauth2/token", "application/x-www-form-urlencoded", body)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	_, rest, found := strings.Cut(string(text), `"access_token":"`)
	if err != nil || !found {
		return "", fmt.Errorf("no token for %s: %d, %w", client, answer.StatusCode, err)
	}
	token, _, _ := strings.Cut(rest, `"`)
	return token, nil
}

// How much a storefront asks for while logins come in, and how many of them do.
const (
	shoppers = 16
	often    = 16 * time.Millisecond // each: a thousand a second in all
	flooders = 32
)

// flood is a storefront's waiting time, undisturbed and while somebody logs in as
// fast as they can: with a wrong password, which is limited, and with the right
// one, which is not, so that argon2 never rests.
func (s settings) flood() error {
	ours, err := s.withClients()
	if err != nil {
		return err
	}
	defer ours.process.stop()
	wrong := func(i int) []byte { return ours.login(fmt.Sprintf("nobody-%d", i), "wrong") }
	var guesses [][]byte
	for i := range 10_000 {
		guesses = append(guesses, wrong(i))
	}
	fmt.Printf("\nThe storefront exchange, %d connections, %d a second, while %d others log in; %d rounds of %d s\n",
		shoppers, int(shoppers*time.Second/often), flooders, s.rounds, s.seconds)
	for round := range s.rounds {
		for i, f := range []struct {
			name  string
			flood [][]byte
		}{{"undisturbed", nil}, {"wrong passwords", guesses}, {"right passwords", [][]byte{ours.login(login, password)}}} {
			if err := s.flooded(ours, f.name, f.flood, net.IPv4(127, 0, byte(round), byte(i+1))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s settings) flooded(ours *clients, name string, flood [][]byte, from net.IP) error {
	length := time.Duration(s.seconds) * time.Second
	logins := make(chan load.Result, 1)
	go func() {
		var r load.Result
		if flood != nil {
			r, _ = load.Load{Connections: flooders, From: from}.Run(ours.process.addr, flood, length)
		}
		logins <- r
	}()
	r, err := load.Load{Connections: shoppers, Pause: often}.Run(ours.process.addr, ours.requests, length)
	if err != nil {
		return err
	}
	l := <-logins
	fmt.Printf("  %-16s p50 %8.3f ms   p99 %8.3f ms   %d of %d failed   logins: %d, %d of them let in\n", name,
		r.Percentile(50).Seconds()*1000, r.Percentile(99).Seconds()*1000, r.Failed, r.Requests, l.Requests, l.Requests-l.Failed)
	return nil
}

func (c *clients) login(name, password string) []byte {
	return fmt.Appendf(nil, "POST /t/%s/login HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Length: 0\r\n\r\n",
		tenantName(0), c.process.addr, base64.StdEncoding.EncodeToString([]byte(name+":"+password)))
}
