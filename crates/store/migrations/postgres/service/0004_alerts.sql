-- What somebody should know at once.
-- The twin in ../../sqlite/service has the same tables, columns and indexes.

SET LOCAL search_path TO service;

CREATE TABLE alerts (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    printer_id UUID,
    bridge_id UUID,
    job_id UUID,
    detail TEXT COLLATE "C",
    raised_at BIGINT NOT NULL,
    closed_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT COLLATE "C",
    PRIMARY KEY (org_id, id),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX alerts_open ON alerts (org_id, kind, subject) WHERE closed_at IS NULL;
CREATE INDEX alerts_newest ON alerts (org_id, raised_at, id);

ALTER TABLE alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON alerts USING
    (org_id = (SELECT NULLIF(current_setting('fluxprint.org', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON alerts TO fluxprint_service;
