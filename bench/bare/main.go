// Command bare is the least that could do the job: a Fiber handler that parses,
// verifies and signs, with no tenants, no CORS, no strictness, no log and no
// metrics. The service is measured against it.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"
)

func main() {
	algorithm := flag.String("alg", "ES256", "ES256 or EdDSA")
	secret := flag.String("secret", "", "the shop's id_secret")
	flag.Parse()
	method, key := signer(*algorithm)
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/*", exchange([]byte(*secret), method, key))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"addr\":%q}\n", l.Addr())
	log.Fatal(app.Listener(l))
}

func signer(algorithm string) (jwt.SigningMethod, crypto.Signer) {
	if algorithm == "EdDSA" {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			log.Fatal(err)
		}
		return jwt.SigningMethodEdDSA, key
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	return jwt.SigningMethodES256, key
}

func exchange(secret []byte, method jwt.SigningMethod, key crypto.Signer) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in struct{ ID, Signature string }
		if err := json.Unmarshal(c.Body(), &in); err != nil {
			return fiber.ErrBadRequest
		}
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(in.ID))
		sent, err := hex.DecodeString(in.Signature)
		if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
			return fiber.ErrUnauthorized
		}
		now := time.Now()
		t := jwt.NewWithClaims(method, jwt.MapClaims{
			"iss": "https://id.example.com/acme", "aud": "https://id.example.com/acme", "sub": in.ID, "pid": in.ID, "customer_id": in.ID,
			"shop": "acme-dev.myshopify.com", "iat": now.Unix(), "exp": now.Add(15 * time.Minute).Unix(), "jti": rand.Text(), "amr": []string{"hmac"},
		})
		t.Header["kid"] = "SnjyJYg0UqdxWY1XndXOmcxJkdZY2wEOC4-2OgGT5Dc"
		token, err := t.SignedString(key)
		if err != nil {
			return err
		}
		return c.JSON(fiber.Map{"token": token, "expiry": now.Add(15 * time.Minute).Unix()})
	}
}
