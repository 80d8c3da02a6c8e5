package proof

import (
	"github.com/shapestoken/shapestoken/hmac"
	"github.com/shapestoken/shapestoken/server/broker"
)

// What a theme developer reads when a customer signature is refused. No text
// quotes what was sent.
var (
	malformed = map[hmac.Result]*broker.Error{
		hmac.MalformedID: broker.Refuse(broker.InvalidRequest,
			"id is missing or malformed: send customer.id, 1 to 19 digits without a leading zero, as a JSON string or number"),
		hmac.MalformedSignature: broker.Refuse(broker.InvalidRequest,
			"signature is missing or malformed: send what the hmac_sha256 filter prints, 64 lower-case hexadecimal characters"),
		hmac.MalformedShop: broker.Refuse(broker.InvalidRequest,
			"shop is missing or malformed: send shop.permanent_domain, such as my-store.myshopify.com; with a timestamp it is required"),
		hmac.MalformedTimestamp: broker.Refuse(broker.InvalidRequest,
			"timestamp is malformed: send what 'now' | date: '%s' prints, Unix seconds in ten digits"),
	}
	untimely = map[hmac.Result]*broker.Error{
		hmac.Expired: broker.Refuse(broker.SignatureExpired,
			"the signature is too old: the page was rendered too long ago; reload it"),
		hmac.NotYet: broker.Refuse(broker.SignatureExpired,
			"the signature is from the future: the timestamp is later than the service's clock"),
	}

	errWrong = broker.Refuse(broker.InvalidSignature,
		"the signature does not match: check that the theme signs with shop.metafields.omneo.id_secret, that the metafield holds this shop's current secret, and that nothing is added to customer.id")
	errSecretMissing = broker.Refuse(broker.SecretMissing,
		"the theme signed with an empty key: it cannot read the shop metafield omneo.id_secret; check that it exists, is not blank, and is spelled so")
	errVersion = broker.Refuse(broker.SignatureVersion,
		"this shop takes dated signatures only (v2): render the snippet without version: 'v1', or sign v2:{shop}:{id}:{timestamp} and send shop and timestamp")
	errShopNeeded = broker.Refuse(broker.InvalidRequest,
		"shop is missing: this tenant has too many shops to tell them apart by signature; send shop.permanent_domain, or bind the origin to its shop")

	errQuery = broker.Refuse(broker.InvalidRequest,
		"the query is not one that Shopify's app proxy makes: call it through the shop, such as /apps/shapestoken/token, without parameters of your own")
	errQueryAge = broker.Refuse(broker.SignatureExpired,
		"the query was signed more than 90 seconds ago, or in the future: something has kept it; or the service's clock is wrong")
	errNoApp = broker.Refuse(broker.InvalidSignature,
		"the signature is not of an app registered with this shop: check the client secret with: shapestoken shop app TENANT SHOP")
	errWebhook = broker.Refuse(broker.InvalidSignature,
		"the webhook is not signed by an app registered with the shop it names: check the client secret with: shapestoken shop app TENANT SHOP")
	errVisit = broker.Refuse(broker.InvalidRequest,
		"this address is for Shopify to open, with a query that it has signed: open the app from the Shopify admin")
	errVisitAge = broker.Refuse(broker.SignatureExpired,
		"this link was signed more than 90 seconds ago, or in the future: open the app from the Shopify admin again; or the service's clock is wrong")
	errNoCode = broker.Refuse(broker.InvalidRequest,
		"Shopify has sent no code: the installation was not agreed to; open the app from the Shopify admin to begin again")
	errState = broker.Refuse(broker.AccessDenied,
		"this installation was not begun in this browser, or more than ten minutes ago, or is finished already: open the app from the Shopify admin to begin again; the app's URL must be the service's own address with /shopify/install")
	errSession = broker.Refuse(broker.InvalidSignature,
		"the session token is not a valid one of this tenant's shops and apps: ask Shopify for a new one, and check the client id and secret with: shapestoken shop app TENANT SHOP")
)

// naming is a refusal with the reason that package hmac gives.
func naming(e *broker.Error, r hmac.Result) *broker.Error {
	named := *e
	named.Message += " (" + r.String() + ")"
	return &named
}
