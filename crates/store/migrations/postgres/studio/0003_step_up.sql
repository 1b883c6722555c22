-- When the person last showed the password in this session (S-17).
-- The twin in ../../sqlite/studio has the same tables, columns and indexes.

SET LOCAL search_path TO studio;

ALTER TABLE sessions ADD COLUMN proved_at BIGINT;
