package shopify

import (
	"context"
	"fmt"
	"strings"
)

// Topic is what a webhook tells, as the Admin API's WebhookSubscriptionTopic
// names it.
type Topic string

// The topics of interest here. The three compliance topics are not among
// WebhookSubscriptionTopic: they are set in the app's configuration.
const (
	AppUninstalled                Topic = "APP_UNINSTALLED"
	AppScopesUpdate               Topic = "APP_SCOPES_UPDATE"
	CustomersDelete               Topic = "CUSTOMERS_DELETE"
	CustomersMerge                Topic = "CUSTOMERS_MERGE"
	CustomerAccountSettingsUpdate Topic = "CUSTOMER_ACCOUNT_SETTINGS_UPDATE"
)

const subscribeDocument = `mutation ($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
    webhookSubscription { id }
    userErrors { message }
  }
}`

// Subscribe has the topics sent to uri, an https address, as JSON. What is
// subscribed already stays so. It ends at the first topic that is refused.
func (c *Client) Subscribe(ctx context.Context, a Access, uri string, topics ...Topic) error {
	for _, topic := range topics {
		if err := c.subscribe(ctx, a, uri, topic); err != nil {
			return fmt.Errorf("subscribing to %s: %w", topic, err)
		}
	}
	return nil
}

func (c *Client) subscribe(ctx context.Context, a Access, uri string, topic Topic) error {
	var answer struct {
		WebhookSubscriptionCreate *struct {
			WebhookSubscription *struct{ ID string }
			UserErrors          []userError
		}
	}
	q := question{document: subscribeDocument, variables: map[string]any{
		"topic": topic, "subscription": map[string]any{"uri": uri, "format": "JSON"},
	}}
	if err := c.call(ctx, a, q, &answer); err != nil {
		return err
	}
	made := answer.WebhookSubscriptionCreate
	switch {
	case made == nil:
		return fmt.Errorf("%w (no webhookSubscriptionCreate)", ErrAnswer)
	case len(made.UserErrors) == 1 && strings.Contains(made.UserErrors[0].Message, "has already been taken"):
		return nil // this mutation's errors have no code
	case len(made.UserErrors) > 0:
		return q.refusal(a, made.UserErrors, nil)
	case made.WebhookSubscription == nil:
		return fmt.Errorf("%w (no subscription)", ErrAnswer)
	}
	return nil
}
