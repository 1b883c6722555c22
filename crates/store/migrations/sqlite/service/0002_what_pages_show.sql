-- What pages ask for: a host's own reference, the state a job shows, who sent a model, what was done to one thing.
-- The twin in ../../postgres/service has the same tables, columns and indexes.

ALTER TABLE jobs ADD COLUMN reference TEXT;
-- The state that follows from the copies (`domain::job::derive`), kept with the job so that it can be asked for.
ALTER TABLE jobs ADD COLUMN state TEXT NOT NULL DEFAULT 'preparing' CHECK (state IN ('preparing', 'held',
    'queued', 'assigned', 'printing', 'paused', 'completed', 'failed', 'canceled', 'needs_attention'));
UPDATE jobs SET state = COALESCE((SELECT c.state FROM copies c WHERE c.org_id = jobs.org_id AND c.job_id = jobs.id
    ORDER BY CASE c.state WHEN 'needs_attention' THEN 0 WHEN 'printing' THEN 1 WHEN 'paused' THEN 2
        WHEN 'assigned' THEN 3 WHEN 'held' THEN 4 WHEN 'queued' THEN 5 WHEN 'preparing' THEN 6
        WHEN 'failed' THEN 7 WHEN 'completed' THEN 8 ELSE 9 END LIMIT 1), 'canceled');
UPDATE jobs SET estimate = REPLACE(REPLACE(REPLACE(estimate,
    '"confidence":"high"', '"confidence":"high","within_pct":5'),
    '"confidence":"medium"', '"confidence":"medium","within_pct":20'),
    '"confidence":"low"', '"confidence":"low","within_pct":40');
CREATE INDEX jobs_of_project ON jobs (org_id, project_id, created_at, id);
CREATE INDEX jobs_of_reference ON jobs (org_id, reference, created_at, id) WHERE reference IS NOT NULL;
CREATE INDEX jobs_of_state ON jobs (org_id, state, created_at, id);
CREATE INDEX jobs_open ON jobs (org_id, position) WHERE state NOT IN ('completed', 'failed', 'canceled');

CREATE TABLE senders (
    org_id BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, sha256, person),
    FOREIGN KEY (org_id, sha256) REFERENCES models (org_id, sha256)
) STRICT;
CREATE INDEX senders_newest ON senders (org_id, person, sent_at, sha256);
INSERT INTO senders (org_id, sha256, person, name, sent_at)
    SELECT m.org_id, m.sha256, a.who, m.name, MIN(a.at) FROM models m
    JOIN audit a ON a.org_id = m.org_id AND a.object = LOWER(HEX(m.sha256))
    WHERE a.what IN ('model received', 'model sent again') GROUP BY m.org_id, m.sha256, a.who, m.name;

CREATE INDEX audit_of_object ON audit (org_id, object, seq);
