-- +goose Up

-- Clients register themselves only where an operator has said so.
UPDATE tenant SET denied = CASE WHEN denied = '[]' THEN '["registration"]' ELSE '["registration",' || substr(denied, 2) END;
