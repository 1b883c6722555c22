-- The studio's tables. The twin in ../../postgres/studio has the same tables, columns and indexes.

CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_of_organisation ON outbox (org_id, seq);

CREATE TABLE audit (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    object TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (org_id, seq)
) STRICT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows stay as they are'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows stay'); END;
