package broker

import "slices"

// basics is what an app may do of which nothing else is said.
const basics = "Access your basic Omi profile information."

// meanings say what an app may do, in the words of OMI's page.
var meanings = struct{ capabilities, triggers, actions, notifications []meaning }{
	capabilities: []meaning{
		{"chat", "Engage in chat conversations with Omi."},
		{"memories", "Access and manage your conversations."},
		{"persona_chat", "Reply to messages on your behalf using your persona."},
	},
	triggers: []meaning{
		{"audio_bytes", "Process audio data in real-time."},
		{"memory_creation", "Trigger actions when new conversations are created."},
		{"transcript_processed", "Trigger actions when live transcripts are processed."},
	},
	actions: []meaning{
		{"create_conversation", "Create new conversations on your behalf."},
		{"create_facts", "Create new memories for you."},
		{"read_conversations", "Access and read your conversation history."},
		{"read_memories", "Access and read your stored memories."},
		{"read_tasks", "Access and read your stored tasks."},
	},
	notifications: []meaning{
		{"user_name", "Access your user name for notifications."},
		{"user_facts", "Access your facts for notifications."},
		{"user_context", "Access your conversation context for notifications."},
		{"user_chat", "Access your chat history for notifications."},
	},
}

// meaning is a word of an app's registration, and what it means to people.
type meaning struct{ word, text string }

// Permissions are what people are told that the app may do, each once. Actions
// come in the app's order, all else in that of the lists above.
func (a *App) Permissions() (lines []string) {
	lines = append(lines, among(meanings.capabilities, a.Capabilities)...)
	if a.can(ExternalIntegration) {
		lines = append(lines, among(meanings.triggers, []string{a.Trigger})...)
	}
	for _, action := range a.Actions {
		lines = append(lines, among(meanings.actions, []string{action})...)
	}
	lines = append(lines, among(meanings.notifications, a.NotificationScopes)...)
	if len(lines) == 0 {
		return []string{basics}
	}
	return once(lines)
}

// AppWords are the words that mean something, for whoever registers an app.
func AppWords() (capabilities, triggers, actions, notifications []string) {
	list := func(all []meaning) (words []string) {
		for _, m := range all {
			words = append(words, m.word)
		}
		return words
	}
	capabilities = append(list(meanings.capabilities), ExternalIntegration, "proactive_notification")
	return capabilities, list(meanings.triggers), list(meanings.actions), list(meanings.notifications)
}

// among are the texts of those of all whose words are there.
func among(all []meaning, words []string) (texts []string) {
	for _, m := range all {
		if slices.Contains(words, m.word) {
			texts = append(texts, m.text)
		}
	}
	return texts
}

func once(lines []string) (kept []string) {
	for _, line := range lines {
		if !slices.Contains(kept, line) {
			kept = append(kept, line)
		}
	}
	return kept
}
