-- +goose Up

-- Applications of others, which people enable.
CREATE TABLE app (
	tenant        TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	id            TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	home_url      TEXT   NOT NULL,
	setup_url     TEXT   NOT NULL,
	capabilities  TEXT   NOT NULL,
	actions       TEXT   NOT NULL,
	told_of       TEXT   NOT NULL, -- its trigger
	notifications TEXT   NOT NULL,
	private       BIGINT NOT NULL,
	paid          BIGINT NOT NULL,
	owner         TEXT   NOT NULL, -- a uid; empty: nobody
	testers       TEXT   NOT NULL,
	created       BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- What people have with apps: by whose word they are who they are, and their uid there.
CREATE TABLE app_user (
	tenant  TEXT   NOT NULL,
	app     TEXT   NOT NULL,
	issuer  TEXT   NOT NULL,
	uid     TEXT   NOT NULL,
	enabled BIGINT,          -- NULL: it is not
	install BIGINT NOT NULL, -- 1: it counts as an installation
	paid    BIGINT,          -- until then; NULL: not at all
	PRIMARY KEY (tenant, app, issuer, uid),
	FOREIGN KEY (tenant, app) REFERENCES app (tenant, id) ON DELETE CASCADE
);

-- Others who say who people are, and whose ID tokens a tenant trusts.
CREATE TABLE issuer (
	tenant   TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	url      TEXT   NOT NULL, -- the tokens' iss
	audience TEXT   NOT NULL,
	jwks_url TEXT   NOT NULL,
	project  TEXT   NOT NULL, -- Firebase's; empty: it is none of theirs
	api_key  BYTEA,           -- NULL: nobody signs in with it at pages of ours
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, url)
);

-- People of one Firebase project at the most: an app knows them by their uid alone.
CREATE UNIQUE INDEX issuer_project ON issuer (tenant) WHERE project <> '';
