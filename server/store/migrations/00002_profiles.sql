-- +goose Up

-- Customers that an exchange has seen or that were linked.
CREATE TABLE profile (
	tenant     TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	shop       TEXT   NOT NULL,
	customer   TEXT   NOT NULL,
	pid        TEXT   NOT NULL,
	first_seen BIGINT NOT NULL,
	PRIMARY KEY (tenant, shop, customer)
);

CREATE INDEX profile_pid ON profile (tenant, pid);

-- Profile ids that override the derived one.
CREATE TABLE link (
	tenant   TEXT NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	shop     TEXT NOT NULL,
	customer TEXT NOT NULL,
	pid      TEXT NOT NULL,
	PRIMARY KEY (tenant, shop, customer)
);

-- Blocked customers, as keyed hashes only.
CREATE TABLE block (
	tenant TEXT  NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	digest BYTEA NOT NULL,
	PRIMARY KEY (tenant, digest)
);
