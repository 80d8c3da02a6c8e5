package hmac_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/shapestoken/shapestoken/hmac"
)

// An app proxy's backend learns who is logged in from the query alone.
func ExampleParseProxy() {
	key, err := hmac.NewKey([]byte("hush"))
	if err != nil {
		panic(err)
	}
	keys := hmac.Keys{Current: key}

	// r.URL.RawQuery
	const query = "shop=acme-dev.myshopify.com&logged_in_customer_id=7210381803720&path_prefix=%2Fapps%2Fshapestoken" +
		"&timestamp=1795200000&signature=2eb7fda095306e71b0c75b040964428e02032d0a16176a0e0483e3aa836c4373"
	proxy, result := hmac.ParseProxy(query, nil)
	if result == hmac.Valid {
		now := time.Unix(1795200030, 0) // half a minute later; a server says time.Now()
		_, result = keys.VerifyProxy(&proxy, now, hmac.Window)
	}
	fmt.Println(proxy.Shop, proxy.CustomerID, result)
	// Output: acme-dev.myshopify.com 7210381803720 valid
}

// Parameters of your own are named beforehand, and how often they may come.
func ExampleAllowExtras() {
	extras, err := hmac.AllowExtras([]string{"lang"}, []string{"sku"})
	if err != nil {
		panic(err)
	}
	key, err := hmac.NewKey([]byte("hush"))
	if err != nil {
		panic(err)
	}
	for _, own := range []string{"lang=fr&sku=1&sku=2", "lang=fr&lang=en", "sku=1,2", "lang=a%3Db", "debug=1"} {
		query := "shop=acme-dev.myshopify.com&logged_in_customer_id=&path_prefix=%2Fapps%2Fx&timestamp=1795200000&" + own
		signature, _ := key.SignProxy(query) // as Shopify would
		proxy, result := hmac.ParseProxy(query+"&signature="+signature, extras)
		fmt.Println(result, proxy.Values("sku"))
	}

	_, err = hmac.AllowExtras([]string{"id"}, nil)
	fmt.Println(err)
	// Output:
	// valid [1 2]
	// repeated parameter []
	// ambiguous parameter []
	// ambiguous parameter []
	// parameter that is not allowed []
	// hmac: parameter "logged_in_customer_id" ends like "id"
}

// Shopify comes back from its consent page.
func ExampleParseOAuth() {
	key, err := hmac.NewKey([]byte("hush"))
	if err != nil {
		panic(err)
	}
	keys := hmac.Keys{Current: key}

	const query = "code=c0de&hmac=1610e52cf84843052f1d35fe0bb920ea46c11d2af6528ab7de7f4b9b014a48c5" +
		"&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZQ&shop=acme-dev.myshopify.com&state=n0nce&timestamp=1795200000"
	oauth, result := hmac.ParseOAuth(query)
	if result == hmac.Valid {
		_, result = keys.VerifyOAuth(&oauth, time.Unix(1795200030, 0), hmac.Window)
	}
	fmt.Println(oauth.Shop, result, oauth.State == "n0nce") // and compare the state with the one you sent
	// Output: acme-dev.myshopify.com valid true
}

// While an app's secret is being replaced, webhooks come signed with either.
func ExampleKeys_VerifyWebhook() {
	next, err1 := hmac.NewKey([]byte("the secret that replaces it"))
	current, err2 := hmac.NewKey([]byte("hush"))
	if err := errors.Join(err1, err2); err != nil {
		panic(err)
	}
	keys := hmac.Keys{Current: next, Previous: current}

	which, result := keys.VerifyWebhook([]byte(`{}`), "UFwgrGBPZilFtmKh8TqcovA78LGYb1BdWu9I4Q2oyRg=")
	fmt.Println(which, result)

	which, result = keys.VerifyWebhook([]byte(`{ }`), "UFwgrGBPZilFtmKh8TqcovA78LGYb1BdWu9I4Q2oyRg=")
	fmt.Println(which, result)
	// Output:
	// previous valid
	// neither wrong signature
}
