package api

import (
	"fmt"
	"strings"
)

// posted is a POST of which header fields and body are given.
func posted(name, fields, body string, want int) malformed {
	raw := "POST /sink HTTP/1.1\r\nHost: good.example\r\n" + fields + "\r\n" + body
	return malformed{name: name, raw: raw, want: want}
}

const (
	encoded = "Transfer-Encoding: chunked\r\n"
	chunks  = chunk + "0\r\n\r\n"
	chunk   = "6\r\n" + canary + "\r\n"
)

func badFraming() []malformed {
	return []malformed{
		posted("two lengths that differ", "Content-Length: 6\r\nContent-Length: 60\r\n", canary, 400),
		posted("two lengths that agree", "Content-Length: 6\r\nContent-Length: 6\r\n", canary, 400),
		posted("a length list", "Content-Length: 6, 6\r\n", canary, 400),
		posted("a length with a plus", "Content-Length: +6\r\n", canary, 400),
		posted("a negative length", "Content-Length: -6\r\n", canary, 400),
		posted("a length with a zero in front", "Content-Length: 06\r\n", canary, 400),
		posted("a hexadecimal length", "Content-Length: 0x6\r\n", canary, 400),
		posted("a length with a fraction", "Content-Length: 6.0\r\n", canary, 400),
		posted("an empty length", "Content-Length: \r\n", canary, 400),
		posted("a length with a space inside", "Content-Length: 6 6\r\n", canary, 400),
		posted("a length beyond 64 bits", "Content-Length: 99999999999999999999999\r\n", canary, 400),
		posted("a length in other digits", "Content-Length: \u0666\r\n", canary, 400),
		posted("space before the colon of the length", "Content-Length : 6\r\n", canary, 400),
		posted("tab before the colon of the length", "Content-Length\t: 6\r\n", canary, 400),
		posted("length beside chunked", "Content-Length: 6\r\n"+encoded, chunks, 400),
		posted("chunked beside length", encoded+"Content-Length: 6\r\n", chunks, 400),
		posted("length beside chunked, to end in the middle", "Content-Length: 4\r\n"+encoded, "0\r\n\r\n"+sequel, 400),
		posted("chunked twice", encoded+encoded, chunks, 400),
		posted("chunked and identity", encoded+"Transfer-Encoding: identity\r\n", chunks, 400),
		posted("identity", "Transfer-Encoding: identity\r\n", chunks, 400),
		posted("identity beside length", "Content-Length: 6\r\nTransfer-Encoding: identity\r\n", canary, 400),
		posted("xchunked", "Transfer-Encoding: xchunked\r\n", chunks, 400),
		posted("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", chunks, 400),
		posted("chunked, chunked", "Transfer-Encoding: chunked, chunked\r\n", chunks, 400),
		posted("chunked with a comma", "Transfer-Encoding: chunked,\r\n", chunks, 400),
		posted("chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n", chunks, 400),
		posted("chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n", chunks, 400),
		posted("Chunked in another case", "Transfer-Encoding: Chunked\r\n", chunks, 400),
		posted("chunked spelt with a Kelvin sign", "Transfer-Encoding: chun\u212aed\r\n", chunks, 400),
		posted("an empty transfer encoding", "Transfer-Encoding: \r\n", chunks, 400),
		posted("space before the colon of the encoding", "Transfer-Encoding : chunked\r\n", chunks, 400),
		posted("the encoding on a folded line", "Transfer-Encoding:\r\n chunked\r\n", chunks, 400),
		posted("the encoding behind a vertical tab", "Transfer-Encoding:\vchunked\r\n", chunks, 400),
		posted("the encoding after a bare LF", "X: y\nTransfer-Encoding: chunked\r\n", chunks, 400),
		posted("the encoding after a bare CR", "X: y\rTransfer-Encoding: chunked\r\n", chunks, 400),
		posted("chunk size with a plus", encoded, "+6\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk size with 0x", encoded, "0x6\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk size that is no number", encoded, canary+"\r\n\r\n0\r\n\r\n", 400),
		posted("chunk size that is missing", encoded, "\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk size beyond 64 bits", encoded, "fffffffffffffffff6\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk size ended by a bare LF", encoded, "6\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("bare LF in a chunk extension", encoded, "6;a\nb\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk longer than its size", encoded, "5\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk shorter than its size", encoded, "7\r\n"+canary+"\r\n0\r\n\r\n", 400),
		posted("chunk ended by a bare LF", encoded, "6\r\n"+canary+"\n0\r\n\r\n", 400),
		{name: "chunked in HTTP/1.0", raw: "POST /sink HTTP/1.0\r\nHost: good.example\r\n" + encoded + "\r\n" + chunks, want: 400},
	}
}

// badTrailers end in header fields, which is where fasthttp puts them.
func badTrailers() []malformed {
	rows := []malformed{
		posted("a trailer that was announced", encoded+"Trailer: X-Sum\r\n", chunk+"0\r\nX-Sum: 1\r\n\r\n", 400),
		posted("a trailer that repeats a field", encoded+"X-Sum: 1\r\n", chunk+"0\r\nX-Sum: 2\r\n\r\n", 400),
		posted("a trailer with the value of another field", encoded+"X-Sum: 1\r\n", chunk+"0\r\nX-Other: 1\r\n\r\n", 400),
		posted("a trailer that repeats a field for ever", encoded+"a: b\r\n", chunk+"0\r\n"+strings.Repeat("a: b\r\n", 200)+"\r\n", 400),
	}
	for _, name := range []string{
		"Origin", "Forwarded", "X-Forwarded-For", "Authorization", "User-Agent", "Cookie",
		"Host", "Connection", "Content-Type", "Content-Length", "Transfer-Encoding", "Trailer",
	} {
		rows = append(rows, posted("a trailer "+name, encoded, chunk+"0\r\n"+name+": "+canary+"\r\n\r\n", 400))
	}
	return rows
}

func badHosts() []malformed {
	hosts := map[string]string{
		"user and port that is a host": "good.example:80@evil.example",
		"user":                         "user@good.example",
		"empty":                        "",
		"spaces only":                  "  ",
		"NUL":                          "good.example\x00.evil.example",
		"unicode":                      "g\u00f6\u00f6d.example",
		"full width dot":               "good\uff0eexample",
		"300 characters":               strings.Repeat("a23456789.", 29) + "a234567890",
		"label of 64":                  strings.Repeat("a", 64) + ".example",
		"port 99999":                   "good.example:99999",
		"port 0":                       "good.example:0",
		"port that is empty":           "good.example:",
		"port with a plus":             "good.example:+80",
		"port with a zero in front":    "good.example:080",
		"port that is no number":       "good.example:http",
		"two ports":                    "good.example:80:80",
		"underscore":                   "good_host.example",
		"percent":                      "good%2eexample",
		"slash":                        "good.example/evil",
		"backslash":                    `good.example\evil`,
		"question mark":                "good.example?evil",
		"hash":                         "good.example#evil",
		"space":                        "good.example evil.example",
		"tab":                          "good.example\tevil.example",
		"comma":                        "good.example,evil.example",
		"semicolon":                    "good.example;evil",
		"scheme":                       "http://good.example",
		"quotes":                       `"good.example"`,
		"empty label":                  "good..example",
		"dot in front":                 ".good.example",
		"dot at the end":               "good.example.",
		"hyphen in front of a label":   "-good.example",
		"hyphen behind a label":        "good-.example",
		"star":                         "*.example",
		"IPv4 beyond 255":              "127.0.0.256",
		"IPv4 cut short":               "127.1",
		"IPv4 as one number":           "2130706433",
		"IPv4 in octal":                "0177.0.0.1",
		"IPv6 without brackets":        "::1",
		"IPv6 with a zone":             "[fe80::1%25eth0]",
		"IPv6 not closed":              "[::1",
		"IPv6 that is none":            "[good.example]",
		"IPv6 with something behind":   "[::1]evil",
		"brackets around nothing":      "[]",
	}
	var rows []malformed
	for name, value := range hosts {
		raw := "GET /ok?" + canary + " HTTP/1.1\r\nHost: " + value + "\r\n\r\n"
		rows = append(rows, malformed{name: "host: " + name, raw: raw, want: 400})
	}
	get := func(name, version, fields string) malformed {
		return malformed{name: name, raw: "GET /ok?" + canary + " " + version + "\r\n" + fields + "\r\n", want: 400}
	}
	return append(rows,
		get("host missing", "HTTP/1.1", ""),
		get("host missing in HTTP/1.0", "HTTP/1.0", ""),
		get("host empty in HTTP/1.0", "HTTP/1.0", "Host:\r\n"),
		get("host twice", "HTTP/1.1", "Host: good.example\r\nHost: evil.example\r\n"),
		get("host twice the same", "HTTP/1.1", "Host: good.example\r\nhost: good.example\r\n"),
		get("host on a folded line", "HTTP/1.1", "Host: good.example\r\n .evil.example\r\n"),
		get("space before the colon of host", "HTTP/1.1", "Host : good.example\r\n"),
		get("space in front of host", "HTTP/1.1", " Host: good.example\r\n"),
	)
}

func badTargets() []malformed {
	targets := []struct {
		name, target string
		want         int
	}{
		{"absolute", "http://good.example/ok?" + canary, 400},
		{"absolute to another host", "http://" + canary + ".example/ok", 400},
		{"absolute https", "HTTPS://good.example/ok?" + canary, 400},
		{"authority", canary + ".example:443", 400},
		{"no slash in front", "ok?" + canary, 400},
		{"query only", "?" + canary, 400},
		{"asterisk with more", "*?" + canary, 400},
		{"two slashes in front", "//" + canary + ".example/ok", 404},
		{"two slashes inside", "/ok//" + canary, 404},
		{"two slashes at the end", "/" + canary + "//", 404},
		{"dot segment", "/./ok?" + canary, 404},
		{"dot segment at the end", "/" + canary + "/.", 404},
		{"dot dot segment", "/" + canary + "/../ok", 404},
		{"dot dot segment at the end", "/" + canary + "/..", 404},
		{"dot dot segment as escapes", "/" + canary + "/%2e%2E/ok", 404},
		{"backslash", `/` + canary + `\..\ok`, 400},
		{"escaped slash", "/" + canary + "%2fok", 404},
		{"escaped slash, upper case", "/" + canary + "%2Fok", 404},
		{"escaped backslash", "/" + canary + "%5cok", 404},
		{"escaped NUL", "/ok%00" + canary, 404},
		{"escaped line end", "/ok%0d%0aX-Evil:%20" + canary, 404},
		{"escaped delete", "/ok%7f" + canary, 404},
		{"escape that is none", "/ok%zz" + canary, 400},
		{"escape cut short", "/" + canary + "%2", 400},
		{"unicode in the path", "/\u00f6k" + canary, 400},
		{"unicode in the query", "/ok?\u00f6" + canary, 400},
		{"bad UTF-8", "/ok\xff" + canary, 400},
		{"NUL in the path", "/ok\x00" + canary, 400},
		{"NUL in the query", "/ok?\x00" + canary, 400},
		{"tab in the path", "/ok\t" + canary, 400},
		{"CR in the path", "/ok\r" + canary, 400},
		{"delete in the query", "/ok?\x7f" + canary, 400},
		{"space in the path", "/ok " + canary, 400},
		{"space in the query", "/ok?a b" + canary, 400},
		{"fragment", "/ok#" + canary, 400},
		{"fragment behind a query", "/ok?a#" + canary, 400},
		{"angle brackets", "/<script>" + canary, 400},
		{"quote", `/"` + canary, 400},
		{"over 4 KiB", "/ok?" + canary + strings.Repeat("a", 4<<10), 414},
		{"path over 4 KiB", "/" + canary + strings.Repeat("a", 4<<10), 414},
		{"over 8 KiB", "/ok?" + canary + strings.Repeat("a", 8<<10), 431},
		{"tenant that is no label", "/t/" + canary + "_/ok", 404},
		{"tenant in upper case", "/t/C4N4RY/ok?" + canary, 404},
		{"tenant that is empty", "/t/?" + canary, 404},
		{"tenant that is escaped", "/t/%63" + canary + "/ok", 404},
		{"tenant of 64", "/t/" + canary + strings.Repeat("a", 58) + "/ok", 404},
		{"inserted tenant that is no label", "/.well-known/openid-configuration/t/-" + canary, 404},
		{"inserted tenant with more behind", "/.well-known/oauth-authorization-server/t/" + canary + "/x", 404},
	}
	rows := []malformed{{name: "target: asterisk", raw: "OPTIONS * HTTP/1.1\r\nHost: good.example\r\nX: " + canary + "\r\n\r\n", want: 400}}
	for _, row := range targets {
		raw := "GET " + row.target + " HTTP/1.1\r\nHost: good.example\r\n\r\n"
		rows = append(rows, malformed{name: "target: " + row.name, raw: raw, want: row.want})
	}
	return rows
}

func badMethods() []malformed {
	var rows []malformed
	for method, want := range map[string]int{
		"post": 501, "Get": 501, "GETX": 501, "PROPFIND": 501, "QUERY": 501, "BREW": 501, "PRI": 501, "CONNECT": 501,
		"": 400, "G\x00T": 400, "GE\tT": 400, "G\u00c9T": 400, "GET:": 400, "\"GET\"": 400, strings.Repeat("A", 100): 501,
	} {
		raw := method + " /ok?" + canary + " HTTP/1.1\r\nHost: good.example\r\n\r\n"
		rows = append(rows, malformed{name: fmt.Sprintf("method: %.12q", method), raw: raw, want: want})
	}
	return append(rows,
		malformed{name: "method: CONNECT to an authority", raw: "CONNECT " + canary + ".example:443 HTTP/1.1\r\nHost: good.example\r\n\r\n", want: 501},
		malformed{name: "method: space in front", raw: " GET /ok?" + canary + " HTTP/1.1\r\nHost: good.example\r\n\r\n", want: 400},
		malformed{name: "method: two spaces behind", raw: "GET  /ok?" + canary + " HTTP/1.1\r\nHost: good.example\r\n\r\n", want: 400},
		malformed{name: "method: tab behind", raw: "GET\t/ok?" + canary + " HTTP/1.1\r\nHost: good.example\r\n\r\n", want: 400},
	)
}

func badVersions() []malformed {
	var rows []malformed
	for version, want := range map[string]int{
		"HTTP/1.2": 505, "HTTP/2.0": 505, "HTTP/0.9": 505, "HTTP/9.9": 505, "http/1.1": 400, "HTTP/1.1 ": 400, "HTTP/1": 400,
		"HTTP/1.10": 400, "HTTP/01.1": 400, "HTTP/1,1": 400, "HTTP /1.1": 400, "HTTPS/1.1": 400, "HTTP/1.1\r": 400, "": 400,
	} {
		raw := "GET /ok?" + canary + " " + version + "\r\nHost: good.example\r\n\r\n"
		rows = append(rows, malformed{name: fmt.Sprintf("version: %q", version), raw: raw, want: want})
	}
	return append(rows,
		malformed{name: "version: HTTP/0.9 without a word", raw: "GET /ok?" + canary + "\r\n", want: 400},
		malformed{name: "version: the preface of HTTP/2", raw: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + canary, want: 505},
		malformed{name: "version: TLS", raw: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + canary + "\n", want: 400},
		malformed{name: "version: no HTTP at all", raw: canary + "\n", want: 400},
	)
}

func badHeads() []malformed {
	fields := func(name, fields string, want int) malformed {
		return malformed{name: "head: " + name, raw: "GET /ok?" + canary + " HTTP/1.1\r\nHost: good.example\r\n" + fields + "\r\n", want: want}
	}
	return []malformed{
		fields("NUL in a value", "X: a\x00"+canary+"\r\n", 400),
		fields("bell in a value", "X: \a"+canary+"\r\n", 400),
		fields("delete in a value", "X: \x7f"+canary+"\r\n", 400),
		fields("bare CR in a value", "X: a\r"+canary+"\r\n", 400),
		fields("bare LF behind a field", "X: "+canary+"\nY: b\r\n", 400),
		fields("bare LF behind a name", "X\n: "+canary+"\r\n", 400),
		fields("NUL in a name", "X\x00: "+canary+"\r\n", 400),
		fields("space in a name", "X "+canary+": a\r\n", 400),
		fields("space behind a name", "X"+canary+" : a\r\n", 400),
		fields("tab behind a name", "X"+canary+"\t: a\r\n", 400),
		fields("unicode in a name", "X\u00f6: "+canary+"\r\n", 400),
		fields("no name", ": "+canary+"\r\n", 400),
		fields("no colon", "X "+canary+"\r\n", 400),
		fields("parentheses in a name", "X(a): "+canary+"\r\n", 400),
		fields("folded line", "X: a\r\n "+canary+"\r\n", 400),
		fields("folded line with a tab", "X: a\r\n\t"+canary+"\r\n", 400),
		fields("folded line that is a field", "X: a\r\n Y: "+canary+"\r\n", 400),
		fields("two credentials", "Authorization: Bearer a\r\nAuthorization: Bearer "+canary+"\r\n", 400),
		fields("two content types", "Content-Type: a/b\r\ncontent-type: a/c\r\n", 400),
		fields("two origins", "Origin: https://a.example\r\nOrigin: https://"+canary+".example\r\n", 400),
		fields("65 fields", strings.Repeat("X: "+canary+"\r\n", 64), 431),
		fields("200 fields", strings.Repeat("X: "+canary+"\r\n", 199), 431),
		fields("a field over 8 KiB", "X: "+canary+strings.Repeat("a", 8<<10)+"\r\n", 431),
		fields("cookies over 8 KiB", strings.Repeat("Cookie: "+canary+"=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 160), 431),
		fields("a name over 8 KiB", canary+strings.Repeat("a", 8<<10)+": b\r\n", 431),
		{name: "head: all lines end in a bare LF", raw: "GET /ok?" + canary + " HTTP/1.1\nHost: good.example\n\n", want: 400},
		{name: "head: never ends, over 8 KiB", raw: "GET /ok?" + canary + " HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 3<<10), want: 431},
		{name: "head: empty lines over 8 KiB, then a request", raw: strings.Repeat("\r\n", 5<<10) + canary, want: 0},
		{name: "head: HEAD of a bad host", raw: "HEAD /ok?" + canary + " HTTP/1.1\r\nHost: a_b\r\n\r\n", head: true, want: 400},
		{name: "head: HEAD of what is too large", raw: "HEAD /ok?" + canary + " HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", head: true, want: 413},
	}
}

func badBodies() []malformed {
	post := "POST /sink?" + canary + " HTTP/1.1\r\nHost: good.example\r\n"
	const te = "Transfer-Encoding: chunked\r\n\r\n"
	big := strings.Repeat(canary+"..", 8<<10) // 64 KiB
	return []malformed{
		{name: "body: length over 64 KiB, not sent", raw: post + "Content-Length: 65537\r\n\r\n", partial: true, want: 413},
		{name: "body: length over 64 KiB, sent", raw: post + "Content-Length: 65537\r\n\r\n" + big + "x", want: 413},
		{name: "body: length of 1 TB", raw: post + "Content-Length: 1099511627776\r\n\r\n", partial: true, want: 413},
		{name: "body: a chunk over 64 KiB", raw: post + te + "10001\r\n" + big + "x\r\n0\r\n\r\n", want: 413},
		{name: "body: chunks over 64 KiB", raw: post + te + "10000\r\n" + big + "\r\n1\r\nx\r\n0\r\n\r\n", want: 413},
		{name: "body: trailer over 8 KiB", raw: post + te + "0\r\nX: " + strings.Repeat("a", 9<<10) + "\r\n\r\n", want: 431},
		{name: "body: cut short, peer hangs up", raw: post + "Content-Length: 60\r\n\r\n" + canary, hangsUp: true, want: 400},
		{name: "body: none of it, peer hangs up", raw: post + "Content-Length: 60\r\n\r\n", hangsUp: true, want: 400},
		{name: "body: chunk cut short, peer hangs up", raw: post + te + "60\r\n" + canary, hangsUp: true, want: 400},
		{name: "body: last chunk missing, peer hangs up", raw: post + te + "6\r\n" + canary + "\r\n", hangsUp: true, want: 0},
		{name: "body: chunk size cut short, peer hangs up", raw: post + te + "6", hangsUp: true, want: 400},
		{name: "body: end of the last chunk missing, peer hangs up", raw: post + te + "0\r\n", hangsUp: true, want: 400},
		{name: "head: cut short, peer hangs up", raw: "GET /ok?" + canary + " HTTP/1.1\r\nHost: good", hangsUp: true, want: 400},
		{name: "request line: cut short, peer hangs up", raw: "GET /ok?" + canary, hangsUp: true, want: 400},
	}
}

// badExpectations must get one answer: no 100 before it.
func badExpectations() []malformed {
	post := "POST /sink?" + canary + " HTTP/1.1\r\nExpect: 100-continue\r\n"
	return []malformed{
		{name: "expect: bad host", raw: post + "Host: a_b\r\nContent-Length: 6\r\n\r\n", partial: true, want: 400},
		{name: "expect: length beside chunked", raw: post + "Host: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n", partial: true, want: 400},
		{name: "expect: body too large", raw: post + "Host: a\r\nContent-Length: 65537\r\n\r\n", partial: true, want: 413},
		{name: "expect: HTTP/1.2", raw: strings.Replace(post, "1.1", "1.2", 1) + "Host: a\r\nContent-Length: 6\r\n\r\n" + canary, want: 505},
		{name: "expect: something else", raw: "POST /sink HTTP/1.1\r\nHost: a\r\nExpect: " + canary + "\r\nContent-Length: 6\r\n\r\n" + canary, want: 417},
		{name: "expect: twice", raw: post + "Host: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n", partial: true, want: 400},
	}
}

func slowPeers() []malformed {
	post := "POST /sink?" + canary + " HTTP/1.1\r\nHost: good.example\r\n"
	return []malformed{
		{name: "slow: request line that stops", raw: "GET /" + canary, partial: true, want: 408},
		{name: "slow: head that stops", raw: "GET /ok HTTP/1.1\r\nHost: " + canary, partial: true, want: 408},
		{name: "slow: head that drips", raw: "GET /ok HTTP/1.1\r\nHost: good.example\r\nX: " + canary, drip: true, want: 408},
		{name: "slow: head that ends in bare LFs and waits", raw: "GET /ok?" + canary + " HTTP/1.1\nHost: good.example\n\n", partial: true, want: 408},
		{name: "slow: body that never comes", raw: post + "Content-Length: 60000\r\n\r\n", partial: true, want: 408},
		{name: "slow: body that stops", raw: post + "Content-Length: 60000\r\n\r\n" + canary, partial: true, want: 408},
		{name: "slow: body that drips", raw: post + "Content-Length: 60000\r\n\r\n" + canary, drip: true, want: 408},
		{name: "slow: chunk that stops", raw: post + "Transfer-Encoding: chunked\r\n\r\n60\r\n" + canary, partial: true, want: 408},
		{name: "slow: chunk size that stops", raw: post + "Transfer-Encoding: chunked\r\n\r\n6\r\n" + canary + "\r\n5", partial: true, want: 408},
		{name: "slow: chunk size that never comes", raw: post + "Transfer-Encoding: chunked\r\n\r\n6\r\n" + canary + "\r\n", partial: true, want: 408},
		{name: "slow: chunk extension that drips", raw: post + "Transfer-Encoding: chunked\r\n\r\n6;" + canary, drip: true, want: 408},
		{name: "slow: trailer that stops", raw: post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + canary, partial: true, want: 408},
	}
}
