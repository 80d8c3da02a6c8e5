package shopifytest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/shopify/shopifytest"
)

const acme = "acme.myshopify.com"

// desk is a server and how to ask it.
type desk struct {
	*shopifytest.Server
	root, token string
	clock       atomic.Int64 // Unix seconds
}

func open(t *testing.T) *desk {
	t.Helper()
	schema, err := os.ReadFile("../../../testdata/shopify/admin-2026-07.graphql")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Server: shopifytest.New(nil, string(schema))}
	d.clock.Store(1795262400)
	d.Server.Now = func() time.Time { return time.Unix(d.clock.Load(), 0) }
	web := httptest.NewServer(d.Server)
	t.Cleanup(web.Close)
	d.root, d.token = web.URL, d.Token(acme)
	return d
}

func (d *desk) pass(t time.Duration) { d.clock.Add(int64(t.Seconds())) }

func (d *desk) post(t *testing.T, path, kind, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, shopifytest.Base(d.root)(acme)+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Shopify-Access-Token", d.token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func (d *desk) ask(t *testing.T, query, variables string) (status int, answer string) {
	t.Helper()
	text, err := json.Marshal(query)
	if err != nil {
		t.Fatal(err)
	}
	return d.post(t, "/admin/api/2026-07/graphql.json", "application/json", fmt.Sprintf(`{"query":%s,"variables":%s}`, text, variables))
}

const setting = `mutation ($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { value compareDigest } userErrors { code } } }`

// What no client should ask is a problem, and is not done.
func TestProblems(t *testing.T) {
	rows := map[string]func(*desk) (int, string){
		"not in the schema: ": func(d *desk) (int, string) { return d.ask(t, `{ shop { nonsense } }`, `{}`) },
		"no GraphQL":          func(d *desk) (int, string) { return d.ask(t, `{ shop `, `{}`) },
		"must be defined":     func(d *desk) (int, string) { return d.ask(t, setting, `{}`) },
		"variables do not":    func(d *desk) (int, string) { return d.ask(t, setting, `{"m":[{"key":"k","value":7}]}`) },
		"unknown field": func(d *desk) (int, string) {
			return d.ask(t, setting, `{"m":[{"key":"k","value":"v","ownerId":"o","digest":"d"}]}`)
		},
		"is not declared": func(d *desk) (int, string) { return d.ask(t, `{ shop { id } }`, `{"m":1}`) },
		"not JSON": func(d *desk) (int, string) {
			return d.post(t, "/admin/api/2026-07/graphql.json", "text/plain", `{"query":"{ shop { id } }"}`)
		},
		"nothing is at": func(d *desk) (int, string) {
			return d.post(t, "/admin/api/2024-01/graphql.json", "application/json", `{}`)
		},
		"with a form": func(d *desk) (int, string) {
			return d.post(t, "/admin/oauth/access_token?code=x", "application/json", `{}`)
		},
	}
	for words, send := range rows {
		d := open(t)
		status, answer := send(d)
		if list := d.Problems(); len(list) != 1 || !strings.Contains(list[0], words) || strings.Contains(answer, `"data"`) {
			t.Errorf("%s: %q, answered %d %s", words, list, status, answer)
		}
	}
}

func TestAnswersHaveTheirCost(t *testing.T) {
	d := open(t)
	_, answer := d.ask(t, `query ($n: String!, $k: String!) { here: shop { id metafield(namespace: $n, key: $k) { value } } }`, `{"n":"omneo","k":"id_secret"}`)
	want := `{"data":{"here":{"id":"gid://shopify/Shop/101","metafield":null}},"extensions":{"cost":{"actualQueryCost":2,"requestedQueryCost":2,"throttleStatus":{"currentlyAvailable":1998,"maximumAvailable":2000,"restoreRate":100}}}}`
	if diff := cmp.Diff(want, strings.TrimSpace(answer)); diff != "" {
		t.Error(diff)
	}
}

func TestBucket(t *testing.T) {
	d := open(t)
	d.Bucket(acme, 3, 1)
	const query = `{ shop { id metafield(namespace: "omneo", key: "id_secret") { value } } }`
	throttled := func() bool {
		status, answer := d.ask(t, query, `{}`)
		return status == 200 && strings.Contains(answer, `"THROTTLED"`)
	}
	got := []bool{throttled(), throttled()}
	d.pass(time.Second)
	got = append(got, throttled(), throttled())
	d.pass(time.Hour)
	got = append(got, throttled(), throttled())
	if diff := cmp.Diff([]bool{false, true, false, true, false, true}, got); diff != "" {
		t.Error(diff)
	}
}

// compareDigest: none writes over anything, null over nothing, and one over
// what has that digest.
func TestCompareAndSet(t *testing.T) {
	d := open(t)
	write := func(value, digest string) (code, next string) {
		_, answer := d.ask(t, setting, fmt.Sprintf(`{"m":[{"ownerId":"gid://shopify/Shop/101","namespace":"omneo","key":"id_secret","type":"single_line_text_field","value":%q%s}]}`, value, digest))
		var got struct {
			Data struct {
				MetafieldsSet struct {
					Metafields []struct{ CompareDigest string }
					UserErrors []struct{ Code string }
				}
			}
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatal(answer, err)
		}
		if set := got.Data.MetafieldsSet; len(set.UserErrors) > 0 {
			return set.UserErrors[0].Code, ""
		}
		return "", got.Data.MetafieldsSet.Metafields[0].CompareDigest
	}
	expect := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	code, _ := write("a", `,"compareDigest":"`+strings.Repeat("0", 64)+`"`)
	expect("a digest of nothing", code, "STALE_OBJECT")
	code, first := write("a", `,"compareDigest":null`)
	expect("null, and there is none", code, "")
	code, _ = write("b", `,"compareDigest":null`)
	expect("null, and there is one", code, "STALE_OBJECT")
	code, second := write("b", `,"compareDigest":"`+first+`"`)
	expect("the digest", code, "")
	code, third := write("a", `,"compareDigest":"`+second+`"`)
	expect("the next one", code, "")
	if first == third {
		t.Error("the same value has the same digest")
	}
	code, _ = write("c", `,"compareDigest":"`+first+`"`)
	expect("an old digest", code, "STALE_OBJECT")
	code, _ = write("c", `,"compareDigest":"x"`)
	expect("no digest at all", code, "INVALID_COMPARE_DIGEST")
	code, _ = write("", ``)
	expect("an empty value", code, "BLANK")
	code, _ = write("a\nb", ``)
	expect("two lines", code, "INVALID_VALUE")
	code, _ = write("c", ``)
	expect("without asking", code, "")
	if v, ok := d.Value(acme, shopifytest.OnShop); v != "c" || !ok {
		t.Errorf("holds %q", v)
	}
}

func TestTokensAreOfAShop(t *testing.T) {
	d := open(t)
	for name, token := range map[string]string{"none": "", "unknown": "shpat_x", "another shop's": d.Token("other.myshopify.com")} {
		d.token = token
		if status, answer := d.ask(t, `{ shop { id } }`, `{}`); status != http.StatusUnauthorized || strings.Contains(answer, "gid") {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}

// Hooks come around the deed, with the lock free.
func TestHooks(t *testing.T) {
	d := open(t)
	d.Set(acme, shopifytest.OnShop, "old")
	var mu sync.Mutex
	var seen []string
	note := func(when string) func(string, string) {
		return func(shop, operation string) {
			v, _ := d.Value(shop, shopifytest.OnShop)
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, when+" "+operation+" "+v)
		}
	}
	d.OnArrival(note("before"))
	d.OnDone(note("after"))
	d.Break(acme, shopifytest.Lose)
	status, answer := d.ask(t, setting, `{"m":[{"ownerId":"gid://shopify/Shop/101","namespace":"omneo","key":"id_secret","type":"single_line_text_field","value":"new"}]}`)
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"before metafieldsSet old", "after metafieldsSet new"}, seen); diff != "" || status != 0 {
		t.Errorf("%d %s %s", status, answer, diff)
	}
	if calls := d.Calls(acme); !slices.Equal(calls, []string{"metafieldsSet"}) || len(d.Calls(acme)) != 0 {
		t.Errorf("calls: %v", calls)
	}
}

// A refresh token that was used is good for thirty days more, if its successor
// is not used; and never for longer than its own ninety.
func TestRefreshIsRetried(t *testing.T) {
	d := open(t)
	d.App("id", "secret")
	grant := func(form url.Values) (token, refresh string) {
		form.Set("client_id", "id")
		form.Set("client_secret", "secret")
		_, answer := d.post(t, "/admin/oauth/access_token", "application/x-www-form-urlencoded", form.Encode())
		var got struct {
			AccessToken  string `json:"access_token"`
			RefreshToken string `json:"refresh_token"`
		}
		_ = json.Unmarshal([]byte(answer), &got)
		return got.AccessToken, got.RefreshToken
	}
	renew := func(refresh string) string {
		token, _ := grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
		return token
	}
	first, refresh := grant(url.Values{"code": {d.Code(acme, "id")}, "expiring": {"1"}})
	steps := []struct {
		later time.Duration
		good  bool
	}{{0, true}, {29 * 24 * time.Hour, true}, {2 * 24 * time.Hour, false}}
	for i, step := range steps {
		d.pass(step.later)
		if got := renew(refresh); (got != "") != step.good || got == first {
			t.Errorf("step %d: %q", i, got)
		}
	}
	_, refresh = grant(url.Values{"code": {d.Code(acme, "id")}, "expiring": {"1"}})
	_, successor := grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	if renew(successor) == "" || renew(refresh) != "" {
		t.Error("a refresh token is good after its successor was used")
	}
	lasting, none := grant(url.Values{"code": {d.Code(acme, "id")}})
	d.pass(1000 * 24 * time.Hour)
	d.token = lasting
	if status, _ := d.ask(t, `{ shop { id } }`, `{}`); status != 200 || none != "" {
		t.Errorf("a token that never expires: %d, with a refresh token %q", status, none)
	}
}
