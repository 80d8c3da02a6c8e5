-- +goose Up

-- The Shopify app through which a shop speaks to the service.
CREATE TABLE shop_app (
	tenant    TEXT   NOT NULL,
	shop      TEXT   NOT NULL,
	client_id TEXT   NOT NULL,
	PRIMARY KEY (tenant, shop),
	FOREIGN KEY (tenant, shop) REFERENCES shop (tenant, name) ON DELETE CASCADE
);

-- Its client secrets: the newest, and the one before, with which Shopify goes
-- on signing for a while after it has been replaced.
CREATE TABLE app_secret (
	tenant TEXT   NOT NULL,
	shop   TEXT   NOT NULL,
	number BIGINT NOT NULL,
	sealed BYTEA  NOT NULL,
	made   BIGINT NOT NULL,
	PRIMARY KEY (tenant, shop, number),
	FOREIGN KEY (tenant, shop) REFERENCES shop_app (tenant, shop) ON DELETE CASCADE
);
