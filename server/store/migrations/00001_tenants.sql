-- One text for SQLite and Postgres. Times are Unix microseconds, durations are
-- microseconds, lists are JSON arrays. The tenant is the first column of every
-- table and key; only revision and change, which are about the whole store,
-- have it elsewhere or not at all. What is named "sealed" below, and pseudonyms
-- and private, is encrypted; the place it stands in is authenticated with it.

-- +goose Up

-- No migration is applied twice, whoever tries at the same time: it and its row
-- here are one transaction.
CREATE UNIQUE INDEX migration_version ON migration (version_id);

-- The store itself: one row. Every write of configuration begins by updating
-- n, and so waits here for the one before it.
CREATE TABLE revision (
	id     TEXT   NOT NULL PRIMARY KEY CHECK (id = 'store'),
	epoch  TEXT   NOT NULL, -- random, written by the program; another one means another database
	n      BIGINT NOT NULL,
	sealed BYTEA            -- a known text, to tell a wrong master key; NULL until there is a key
);

INSERT INTO revision (id, epoch, n) VALUES ('store', '', 0);

-- The change feed: exactly one row for each n, until it is swept.
CREATE TABLE change (
	n      BIGINT NOT NULL PRIMARY KEY,
	tenant TEXT   NOT NULL,
	at     BIGINT NOT NULL
);

CREATE TABLE tenant (
	name         TEXT   NOT NULL PRIMARY KEY,
	status       TEXT   NOT NULL,
	issuer       TEXT   NOT NULL,
	audience     TEXT   NOT NULL,
	algorithm    TEXT   NOT NULL,
	token_ttl    BIGINT NOT NULL,
	key_ttl      BIGINT NOT NULL,
	jwks_max_age BIGINT NOT NULL,
	denied       TEXT   NOT NULL,
	created      BIGINT NOT NULL,
	pseudonyms   BYTEA  NOT NULL
);

CREATE TABLE shop (
	tenant  TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	name    TEXT   NOT NULL,
	policy  TEXT   NOT NULL,
	max_age BIGINT NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (tenant, name)
);

-- Every id_secret the tenant ever had. A retired one loses its text and keeps
-- its fingerprint, so that it is recognised if it comes again.
CREATE TABLE shop_secret (
	tenant      TEXT   NOT NULL,
	shop        TEXT   NOT NULL,
	number      BIGINT NOT NULL,
	fingerprint TEXT   NOT NULL,
	sealed      BYTEA,
	made        BIGINT NOT NULL,
	retired     BIGINT,
	PRIMARY KEY (tenant, shop, number),
	UNIQUE (tenant, fingerprint),
	FOREIGN KEY (tenant, shop) REFERENCES shop (tenant, name) ON DELETE CASCADE
);

CREATE TABLE signing_key (
	tenant    TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	kid       TEXT   NOT NULL,
	algorithm TEXT   NOT NULL,
	state     TEXT   NOT NULL,
	private   BYTEA  NOT NULL,
	published BIGINT NOT NULL,
	activated BIGINT,
	retired   BIGINT,
	PRIMARY KEY (tenant, kid)
);

-- One active and one next key; any number of retired ones.
CREATE UNIQUE INDEX signing_key_state ON signing_key (tenant, state) WHERE state <> 'retired';

CREATE TABLE origin (
	tenant TEXT NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	origin TEXT NOT NULL,
	shop   TEXT, -- NULL: any of the tenant's
	PRIMARY KEY (tenant, origin),
	FOREIGN KEY (tenant, shop) REFERENCES shop (tenant, name) ON DELETE CASCADE
);
