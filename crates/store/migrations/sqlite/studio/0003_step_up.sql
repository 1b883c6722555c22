-- When the person last showed the password in this session (S-17).
-- The twin in ../../postgres/studio has the same tables, columns and indexes.

ALTER TABLE sessions ADD COLUMN proved_at INTEGER;
