-- +goose Up

-- What opens a shop's Admin API, and whose metafield holds the id_secret: the
-- shop's own ("shop"), or the app's data ("app").
CREATE TABLE shop_admin (
	tenant          TEXT   NOT NULL,
	shop            TEXT   NOT NULL,
	place           TEXT   NOT NULL,
	access          BYTEA  NOT NULL,
	expires         BIGINT,          -- NULL: it does not
	refresh         BYTEA,           -- NULL: it cannot be refreshed
	refresh_expires BIGINT,
	granted         BIGINT NOT NULL, -- by the merchant; refreshing changes nothing of that
	generation      BIGINT NOT NULL, -- counts up with each refresh
	PRIMARY KEY (tenant, shop),
	FOREIGN KEY (tenant, shop) REFERENCES shop (tenant, name) ON DELETE CASCADE
);

-- A rotation that ends by itself: one at the most for each shop.
CREATE TABLE rotation (
	tenant   TEXT   NOT NULL,
	shop     TEXT   NOT NULL,
	number   BIGINT NOT NULL, -- of the newer secret
	began    BIGINT NOT NULL,
	quiet    BIGINT NOT NULL, -- the older one goes when it was not used for so long
	longest  BIGINT NOT NULL, -- or after so long
	written  BIGINT,          -- when the metafield was seen to hold the newer one
	due      BIGINT NOT NULL, -- when it is looked at again
	problem  TEXT   NOT NULL, -- what went wrong the last time; empty: nothing
	PRIMARY KEY (tenant, shop),
	FOREIGN KEY (tenant, shop) REFERENCES shop (tenant, name) ON DELETE CASCADE
);

-- When a secret was last seen to have signed, to some seconds.
ALTER TABLE shop_secret ADD COLUMN used BIGINT;

-- A rotation, and when either secret was last used.
CREATE VIEW rotation_seen AS
SELECT r.tenant, r.shop, r.number, r.began, r.quiet, r.longest, r.written, r.due, r.problem,
	(SELECT s.used FROM shop_secret s
		WHERE s.tenant = r.tenant AND s.shop = r.shop AND s.number = r.number) AS newer_used,
	(SELECT MAX(s.used) FROM shop_secret s
		WHERE s.tenant = r.tenant AND s.shop = r.shop AND s.number < r.number AND s.sealed IS NOT NULL) AS older_used
FROM rotation r;

-- How often themes have signed in either way, and when they last did.
CREATE TABLE shop_use (
	tenant    TEXT   NOT NULL,
	shop      TEXT   NOT NULL,
	signature TEXT   NOT NULL, -- v1 or v2
	uses      BIGINT NOT NULL,
	last      BIGINT NOT NULL,
	PRIMARY KEY (tenant, shop, signature),
	FOREIGN KEY (tenant, shop) REFERENCES shop (tenant, name) ON DELETE CASCADE
);

-- Webhooks that came, once each. What they are about is erased when done.
CREATE TABLE webhook (
	tenant   TEXT   NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
	id       TEXT   NOT NULL, -- Shopify's
	shop     TEXT   NOT NULL,
	topic    TEXT   NOT NULL,
	customer TEXT   NOT NULL, -- empty: it is about none; customers/merge: the one that is gone
	kept     TEXT   NOT NULL, -- customers/merge: the one that is kept
	happened BIGINT NOT NULL,
	received BIGINT NOT NULL,
	due      BIGINT,          -- when it is worked on; NULL: it has been
	PRIMARY KEY (tenant, id)
);
CREATE INDEX webhook_due ON webhook (tenant, due) WHERE due IS NOT NULL;
