-- What somebody should know at once.
-- The twin in ../../postgres/service has the same tables, columns and indexes.

CREATE TABLE alerts (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    printer_id BLOB,
    bridge_id BLOB,
    job_id BLOB,
    detail TEXT,
    raised_at INTEGER NOT NULL,
    closed_at INTEGER,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    PRIMARY KEY (org_id, id),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (org_id, kind, subject) WHERE closed_at IS NULL;
CREATE INDEX alerts_newest ON alerts (org_id, raised_at, id);
