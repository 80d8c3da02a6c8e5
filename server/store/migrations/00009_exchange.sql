-- +goose Up

-- Whose customers an issuer speaks of; empty: people of its own.
ALTER TABLE issuer ADD COLUMN shop TEXT NOT NULL DEFAULT '';
