package main

import "net/netip"

// cli is the whole command line. Every flag can also be set as
// SHAPESTOKEN_<FLAG> and in the TOML file named by --config; the help texts
// below are the operator's manual.
type cli struct {
	Database      string         `default:"sqlite:shapestoken.db" help:"Where everything is kept: sqlite:PATH, or postgres://user@host/name for several servers. Default: ${default}." placeholder:"URL"`
	MasterKeyFile string         `default:"shapestoken.key" help:"The key that seals every secret in the database. Made together with the database, mode 0600. Back it up apart from the database: neither is of use without the other. Default: ${default}." placeholder:"PATH"`
	Config        configFile     `help:"A TOML file with flags as keys, such as database = \"sqlite:/var/lib/shapestoken.db\"; an unknown key is an error." placeholder:"PATH"`
	OutboundAllow []netip.Prefix `help:"Addresses that may be called although they are not public, also by plain http: for tests, and for services of your own; may be repeated." placeholder:"CIDR"`
	ShopifyURL    string         `help:"Where shops' Admin API is reached, in place of https://{shop}; {shop} stands for the shop. For tests." placeholder:"URL"`
	FirebaseURL   string         `name:"firebase-url" help:"Where people are signed in with Firebase, in place of https://identitytoolkit.googleapis.com. For tests." placeholder:"URL"`
	JSON          bool           `name:"json" help:"Print exactly one JSON value to stdout."`

	Demo      demoCommand      `cmd:"" help:"Run everything in one process with a demo storefront, and print its address."`
	Serve     serveCommand     `cmd:"" help:"Run the service."`
	Tenant    tenantCommands   `cmd:"" help:"Tenants: one brand in one environment each."`
	Origin    originCommands   `cmd:"" help:"Which pages may use a tenant (CORS)."`
	Shop      shopCommands     `cmd:"" help:"Shopify shops, their secrets and their signature policy."`
	Key       keyCommands      `cmd:"" help:"Signing keys."`
	Profile   profileCommands  `cmd:"" help:"Customers: profile ids and blocks."`
	Client    clientCommands   `cmd:"" help:"Programs that ask for tokens (OAuth clients)."`
	User      userCommands     `cmd:"" help:"People and machines who log in with a password."`
	Token     tokenCommands    `cmd:"" help:"API tokens, and the end of any token."`
	App       appCommands      `cmd:"" help:"Other people's apps, which users enable (OMI)."`
	Issuer    issuerCommands   `cmd:"" help:"Whose ID tokens are trusted: Firebase's, and other issuers'."`
	Audit     auditCommands    `cmd:"" help:"What was issued and administered, and whether anybody has changed that afterwards."`
	Hmac      hmacCommands     `cmd:"" help:"Sign and verify customer signatures, for CI; needs no database."`
	Doctor    doctorCommand    `cmd:"" help:"Look at a storefront's page from outside, and say what is wrong; needs no database."`
	Migrate   migrateCommand   `cmd:"" help:"Create the database and key file if there are none, and bring the schema up to date."`
	MasterKey masterKeyCommand `cmd:"" help:"The key that seals secrets in the database."`
	Version   versionCommand   `cmd:"" help:"Print the version."`

	CheckPasswords checkPasswordsCommand `cmd:"" hidden:"" help:"Evaluate passwords for the service that started this."`
}

const about = `Prove who is logged in on a Shopify storefront: the theme signs the customer id in Liquid, this service answers with a signed IDToken.

Start with: shapestoken demo`
