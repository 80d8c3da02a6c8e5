-- +goose Up

ALTER TABLE client ADD COLUMN redirects TEXT NOT NULL DEFAULT '[]';
-- 90 days; -1: for ever.
ALTER TABLE client ADD COLUMN lasts BIGINT NOT NULL DEFAULT 7776000000000;
-- 10 seconds.
ALTER TABLE client ADD COLUMN grace BIGINT NOT NULL DEFAULT 10000000;

-- The session an access token comes from; empty: none.
ALTER TABLE access_token ADD COLUMN session TEXT NOT NULL DEFAULT '';

-- Most tokens come from none, so queries say that theirs does and use this.
CREATE INDEX access_token_session ON access_token (tenant, session) WHERE session <> '';

-- What a person has allowed a client, from their consent on. The client's key is
-- also the tenant's: whoever stores a session then locks nothing of the tenant.
CREATE TABLE session (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	code_sum   BYTEA  NOT NULL, -- SHA-256 of the code
	code_ends  BIGINT NOT NULL, -- it is taken before then
	client     TEXT   NOT NULL,
	kind       TEXT   NOT NULL, -- of subject: user
	subject    TEXT   NOT NULL,
	scopes     TEXT   NOT NULL,
	audience   TEXT   NOT NULL,
	redirect   TEXT   NOT NULL,
	challenge  TEXT   NOT NULL,
	nonce      TEXT   NOT NULL,
	method     TEXT   NOT NULL,
	signed_in  BIGINT,
	salt       BYTEA  NOT NULL, -- 128 bits
	started    BIGINT NOT NULL,
	expires    BIGINT,          -- NULL: never
	idle       BIGINT,          -- it ends then if nothing happens; NULL: never
	generation BIGINT NOT NULL, -- 0: the code has not been taken
	rotated    BIGINT,
	repeated   BIGINT NOT NULL,
	jwts       BIGINT,          -- when the last of its JWTs ends; NULL: it has had none
	revoked    BIGINT,
	-- From when on nobody can do anything with it; NULL: that never comes by itself.
	ends       BIGINT GENERATED ALWAYS AS (CASE
		WHEN revoked IS NOT NULL THEN revoked
		WHEN generation = 0 THEN code_ends
		WHEN idle IS NULL OR expires < idle THEN expires
		ELSE idle END) STORED,
	PRIMARY KEY (tenant, id),
	UNIQUE (tenant, code_sum),
	FOREIGN KEY (tenant, client) REFERENCES client (tenant, id) ON DELETE CASCADE
);

CREATE INDEX session_client ON session (tenant, client);
CREATE INDEX session_subject ON session (tenant, subject);
CREATE INDEX session_ends ON session (tenant, ends) WHERE ends IS NOT NULL;

-- Who has signed in at the tenant's pages, by the SHA-256 of a cookie's 256 random bits.
CREATE TABLE sign_in (
	tenant  TEXT   NOT NULL,
	sum     BYTEA  NOT NULL,
	account TEXT   NOT NULL,
	method  TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (tenant, sum),
	FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
);

CREATE INDEX sign_in_account ON sign_in (tenant, account);
CREATE INDEX sign_in_expires ON sign_in (tenant, expires);

-- What users have allowed clients and need not be asked again.
CREATE TABLE consent (
	tenant  TEXT   NOT NULL,
	account TEXT   NOT NULL,
	client  TEXT   NOT NULL,
	scopes  TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (tenant, account, client),
	FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE,
	FOREIGN KEY (tenant, client) REFERENCES client (tenant, id) ON DELETE CASCADE
);

CREATE INDEX consent_client ON consent (tenant, client);
