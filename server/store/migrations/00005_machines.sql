-- +goose Up

-- OAuth clients (RFC 6749 section 2).
CREATE TABLE client (
	tenant    TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	public    BIGINT NOT NULL, -- 0 or 1, as every yes or no here
	disabled  BIGINT NOT NULL,
	grants    TEXT   NOT NULL,
	scopes    TEXT   NOT NULL,
	audiences TEXT   NOT NULL,
	opaque    BIGINT NOT NULL,
	token_ttl BIGINT NOT NULL, -- -1: for ever
	jwks_url  TEXT   NOT NULL,
	since     BIGINT,          -- access tokens of before are revoked; NULL: none is
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- Their secrets, of which we make every one: 256 random bits, so that a plain
-- SHA-256 of them is enough. One or two are live.
CREATE TABLE client_secret (
	tenant TEXT   NOT NULL,
	client TEXT   NOT NULL,
	number BIGINT NOT NULL,
	sum    BYTEA  NOT NULL,
	made   BIGINT NOT NULL,
	PRIMARY KEY (tenant, client, number),
	FOREIGN KEY (tenant, client) REFERENCES client (tenant, id) ON DELETE CASCADE
);

-- Users and machine users, who log in with a password.
CREATE TABLE account (
	tenant    TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	id        TEXT   NOT NULL,
	login     TEXT   NOT NULL,
	canonical TEXT   NOT NULL, -- what is compared
	machine   BIGINT NOT NULL,
	disabled  BIGINT NOT NULL,
	password  TEXT   NOT NULL, -- argon2id, PHC
	scopes    TEXT   NOT NULL,
	since     BIGINT,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id),
	UNIQUE (tenant, canonical)
);

-- Tokens that were made beforehand and shown once; they end with their user.
CREATE TABLE api_token (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	account TEXT   NOT NULL,
	client  TEXT   NOT NULL, -- empty: a command made it
	name    TEXT   NOT NULL,
	sum     BYTEA  NOT NULL, -- SHA-256 of 256 random bits
	scopes  TEXT   NOT NULL,
	made    BIGINT NOT NULL,
	expires BIGINT,
	used    BIGINT,
	revoked BIGINT,
	PRIMARY KEY (tenant, id),
	UNIQUE (tenant, sum),
	FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
);

CREATE INDEX api_token_account ON api_token (tenant, account);

-- A server asks for the profile of a customer whose shop it does not name.
CREATE INDEX profile_customer ON profile (tenant, customer);

-- Opaque access tokens, by their sums.
CREATE TABLE access_token (
	tenant   TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	sum      BYTEA  NOT NULL,
	client   TEXT   NOT NULL,
	kind     TEXT   NOT NULL, -- of subject: user or client
	subject  TEXT   NOT NULL,
	scopes   TEXT   NOT NULL,
	audience TEXT   NOT NULL,
	method   TEXT   NOT NULL,
	issued   BIGINT NOT NULL,
	expires  BIGINT,          -- NULL: never; of a revoked one, when it was revoked at the latest
	revoked  BIGINT,
	PRIMARY KEY (tenant, sum)
);

CREATE INDEX access_token_expires ON access_token (tenant, expires) WHERE expires IS NOT NULL;
CREATE INDEX access_token_client ON access_token (tenant, client);
CREATE INDEX access_token_subject ON access_token (tenant, kind, subject);

-- JWTs that were revoked before their end, by their jti; kept until then.
CREATE TABLE revoked_token (
	tenant  TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	jti     TEXT   NOT NULL,
	client  TEXT   NOT NULL, -- whose it was; empty: no client's
	expires BIGINT NOT NULL,
	PRIMARY KEY (tenant, jti)
);

CREATE INDEX revoked_token_expires ON revoked_token (tenant, expires);

-- Assertions by which clients have authenticated (RFC 7523): none is taken twice.
CREATE TABLE used_assertion (
	tenant TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	client TEXT   NOT NULL,
	sum    BYTEA  NOT NULL, -- SHA-256 of the jti
	until  BIGINT NOT NULL, -- nobody would take it any more
	PRIMARY KEY (tenant, client, sum)
);

CREATE INDEX used_assertion_until ON used_assertion (tenant, until);

-- How often somebody has guessed wrongly: an account, an address, a client. The
-- key is a keyed hash.
CREATE TABLE attempt (
	tenant TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	key    BYTEA  NOT NULL,
	failed BIGINT NOT NULL,
	until  BIGINT NOT NULL, -- nobody is let in before
	ends   BIGINT NOT NULL, -- all is forgotten then
	PRIMARY KEY (tenant, key)
);

CREATE INDEX attempt_ends ON attempt (tenant, ends);

-- What was issued and administered: one chain of hashes for each tenant and
-- writer. It goes with the tenant: the key of the heads does, and without it
-- nothing here could be told from what somebody has made up. It has no foreign
-- key, so that lines stay where a head is missing, and that shows; deleting the
-- tenant deletes them.
CREATE TABLE audit (
	tenant TEXT   NOT NULL,
	writer TEXT   NOT NULL,
	n      BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	line   TEXT   NOT NULL, -- JSON
	hash   BYTEA  NOT NULL, -- SHA-256 of the one before and this
	PRIMARY KEY (tenant, writer, n)
);

-- Where each chain ends. Whoever makes one longer holds its row meanwhile.
CREATE TABLE audit_head (
	tenant TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	writer TEXT   NOT NULL,
	n      BIGINT NOT NULL,
	hash   BYTEA  NOT NULL,
	mac    BYTEA  NOT NULL, -- over all of these, with a key of the tenant's
	PRIMARY KEY (tenant, writer)
);
