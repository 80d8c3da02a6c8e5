-- +goose Up

-- Whose customers an issuer speaks of; empty: people of its own.
ALTER TABLE issuer ADD COLUMN shop TEXT NOT NULL DEFAULT '';

-- Until when tokens live that other clients have got for one of the session's.
ALTER TABLE session ADD COLUMN bound BIGINT;
