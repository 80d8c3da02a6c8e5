package broker_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shapestoken/shapestoken/server/broker"
)

const basics = "Access your basic Omi profile information."

// Every word has its line, in OMI's order, and nothing has two.
func TestPermissions(t *testing.T) {
	external := []string{broker.ExternalIntegration}
	for name, row := range map[string]struct {
		app  broker.App
		want []string
	}{
		"nothing":                       {broker.App{}, []string{basics}},
		"what means nothing":            {broker.App{Capabilities: []string{"x", broker.ExternalIntegration}, Actions: []string{"y"}, NotificationScopes: []string{"z"}}, []string{basics}},
		"chat":                          {broker.App{Capabilities: []string{"chat"}}, []string{"Engage in chat conversations with Omi."}},
		"memories":                      {broker.App{Capabilities: []string{"memories"}}, []string{"Access and manage your conversations."}},
		"persona":                       {broker.App{Capabilities: []string{"persona_chat"}}, []string{"Reply to messages on your behalf using your persona."}},
		"audio":                         {broker.App{Capabilities: external, Trigger: "audio_bytes"}, []string{"Process audio data in real-time."}},
		"memory":                        {broker.App{Capabilities: external, Trigger: "memory_creation"}, []string{"Trigger actions when new conversations are created."}},
		"transcript":                    {broker.App{Capabilities: external, Trigger: "transcript_processed"}, []string{"Trigger actions when live transcripts are processed."}},
		"a trigger of no external app":  {broker.App{Trigger: "audio_bytes"}, []string{basics}},
		"creates conversations":         {broker.App{Actions: []string{"create_conversation"}}, []string{"Create new conversations on your behalf."}},
		"creates facts":                 {broker.App{Actions: []string{"create_facts"}}, []string{"Create new memories for you."}},
		"reads, in its order":           {broker.App{Actions: []string{"read_tasks", "read_memories", "read_conversations"}}, []string{"Access and read your stored tasks.", "Access and read your stored memories.", "Access and read your conversation history."}},
		"the same twice":                {broker.App{Actions: []string{"read_tasks", "create_facts", "read_tasks"}}, []string{"Access and read your stored tasks.", "Create new memories for you."}},
		"notifications, in OMI's order": {broker.App{NotificationScopes: []string{"user_chat", "user_context", "user_facts", "user_name"}}, []string{"Access your user name for notifications.", "Access your facts for notifications.", "Access your conversation context for notifications.", "Access your chat history for notifications."}},
		"some of each": {broker.App{
			NotificationScopes: []string{"user_name"}, Actions: []string{"create_facts"}, Trigger: "audio_bytes",
			Capabilities: []string{broker.ExternalIntegration, "memories", "chat"},
		}, []string{
			"Engage in chat conversations with Omi.", "Access and manage your conversations.", "Process audio data in real-time.",
			"Create new memories for you.", "Access your user name for notifications.",
		}},
	} {
		if diff := cmp.Diff(row.want, row.app.Permissions()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What is there stays as it is; what comes to it can mean nothing else.
func TestHome(t *testing.T) {
	state, odd, empty := "xyz", "a b&uid=evil#f?+%2B=ü\r\nSet-Cookie: x", ""
	for _, row := range []struct {
		home  string
		uid   string
		state *string
		want  string
	}{
		{"https://app.example", "u1", nil, "https://app.example?uid=u1"},
		{"https://app.example/home", "u1", &state, "https://app.example/home?uid=u1&state=xyz"},
		{"https://app.example/?", "u1", nil, "https://app.example/?uid=u1"},
		{"https://app.example/?a=1", "u1", &state, "https://app.example/?a=1&uid=u1&state=xyz"},
		{"https://app.example/?a=1&", "u1", nil, "https://app.example/?a=1&uid=u1"},
		{"https://app.example/?a=%7e;b", "u1", nil, "https://app.example/?a=%7e;b&uid=u1"},
		{"https://app.example/#/in", "u1", &state, "https://app.example/?uid=u1&state=xyz#/in"},
		{"https://app.example/?a=1#top", "u1", nil, "https://app.example/?a=1&uid=u1#top"},
		{"https://app.example/#a?b=c#d", "u1", nil, "https://app.example/?uid=u1#a?b=c#d"},
		{"https://app.example/", "a b&state=evil#", &empty, "https://app.example/?uid=a%20b%26state%3Devil%23&state="},
		{"https://app.example/", "u1", &odd, "https://app.example/?uid=u1&state=a%20b%26uid%3Devil%23f%3F%2B%252B%3D%C3%BC%0D%0ASet-Cookie%3A%20x"},
	} {
		app := broker.App{HomeURL: row.home, SetupURL: row.home}
		got := app.HomeFor(row.uid, row.state)
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.home, got, row.want)
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "app.example" || u.Query().Get("uid") != row.uid || len(u.Query()["uid"]) != 1 || row.state != nil && u.Query().Get("state") != *row.state {
			t.Errorf("%s: %v, %v", got, err, u)
		}
		if setup := app.SetupFor(row.uid); setup != app.HomeFor(row.uid, nil) {
			t.Errorf("set-up: %s", setup)
		}
	}
	app := broker.App{HomeURL: "https://app.example/?a=1#f"}
	if got := app.HomeWithout(&state); got != "https://app.example/?a=1&error=access_denied&state=xyz#f" {
		t.Error(got)
	}
	if got := app.HomeWithout(nil); got != "https://app.example/?a=1&error=access_denied#f" {
		t.Error(got)
	}
}
