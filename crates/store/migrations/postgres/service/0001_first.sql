-- The service's tables. The twin in ../../sqlite/service has the same tables, columns and indexes.
-- Times are microseconds since 1970 UTC, JSON is text that no statement looks into.

SET LOCAL search_path TO service;

CREATE TABLE organisations (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    hold BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE bridges (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    code_sha256 BYTEA,
    code_expires_at BIGINT,
    token_sha256 BYTEA,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_seen_at BIGINT,
    version TEXT COLLATE "C",
    session UUID,
    PRIMARY KEY (org_id, id),
    CHECK ((code_sha256 IS NULL) = (code_expires_at IS NULL)),
    CHECK (revoked_at IS NULL OR (code_sha256 IS NULL AND token_sha256 IS NULL AND session IS NULL))
);
CREATE UNIQUE INDEX bridges_code ON bridges (code_sha256);
CREATE UNIQUE INDEX bridges_token ON bridges (token_sha256);

CREATE TABLE printers (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    bridge_id UUID NOT NULL,
    local_name TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    is_virtual BOOLEAN NOT NULL,
    x_mm DOUBLE PRECISION NOT NULL,
    y_mm DOUBLE PRECISION NOT NULL,
    z_mm DOUBLE PRECISION NOT NULL,
    nozzle_mm DOUBLE PRECISION NOT NULL,
    nozzle_c_max DOUBLE PRECISION NOT NULL,
    bed_c_max DOUBLE PRECISION NOT NULL,
    loaded_material TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('offline', 'unknown', 'ready', 'busy', 'paused', 'error')),
    state_at BIGINT NOT NULL,
    message TEXT COLLATE "C",
    last_contact_at BIGINT,
    epoch BIGINT NOT NULL CHECK (epoch >= 0),
    bed_generation BIGINT NOT NULL CHECK (bed_generation >= 0),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, bridge_id) REFERENCES bridges (org_id, id)
);
CREATE UNIQUE INDEX printers_local_name ON printers (org_id, bridge_id, local_name);

CREATE TABLE models (
    org_id UUID NOT NULL REFERENCES organisations (id),
    sha256 BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('received', 'checked', 'refused')),
    x_mm DOUBLE PRECISION,
    y_mm DOUBLE PRECISION,
    z_mm DOUBLE PRECISION,
    report TEXT COLLATE "C",
    refusal_code TEXT COLLATE "C",
    refusal_sentence TEXT COLLATE "C",
    refusal_remedy TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, sha256),
    CHECK (state <> 'checked' OR report IS NOT NULL),
    CHECK ((state = 'refused') = (refusal_code IS NOT NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_sentence IS NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_remedy IS NULL))
);
CREATE INDEX models_newest ON models (org_id, created_at, sha256);

CREATE TABLE slices (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    model_sha256 BYTEA NOT NULL,
    profile_hash BYTEA NOT NULL,
    slicer_version TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('wanted', 'done', 'failed')),
    gcode_sha256 BYTEA,
    size_bytes BIGINT,
    facts TEXT COLLATE "C",
    nozzle_c_max DOUBLE PRECISION,
    bed_c_max DOUBLE PRECISION,
    refusal_code TEXT COLLATE "C",
    refusal_sentence TEXT COLLATE "C",
    refusal_remedy TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, model_sha256) REFERENCES models (org_id, sha256),
    CHECK (state <> 'done' OR (gcode_sha256 IS NOT NULL AND size_bytes IS NOT NULL AND facts IS NOT NULL
        AND nozzle_c_max IS NOT NULL AND bed_c_max IS NOT NULL)),
    CHECK ((state = 'failed') = (refusal_code IS NOT NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_sentence IS NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_remedy IS NULL))
);
CREATE UNIQUE INDEX slices_of_model ON slices (org_id, model_sha256, profile_hash, slicer_version);

CREATE TABLE jobs (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    project_id UUID,
    person TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    model_sha256 BYTEA NOT NULL,
    slice_id UUID,
    choice TEXT COLLATE "C" NOT NULL,
    material TEXT COLLATE "C",
    printer_id UUID,
    position BIGINT NOT NULL,
    notes TEXT COLLATE "C" NOT NULL,
    estimate TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, model_sha256) REFERENCES models (org_id, sha256),
    FOREIGN KEY (org_id, slice_id) REFERENCES slices (org_id, id),
    FOREIGN KEY (org_id, printer_id) REFERENCES printers (org_id, id)
);
CREATE INDEX jobs_newest ON jobs (org_id, created_at, id);
CREATE INDEX jobs_position ON jobs (org_id, position);
CREATE INDEX jobs_of_person ON jobs (org_id, person);
CREATE INDEX jobs_of_slice ON jobs (org_id, slice_id);
CREATE INDEX jobs_of_model ON jobs (org_id, model_sha256);

CREATE TABLE copies (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    job_id UUID NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('preparing', 'held', 'queued', 'assigned', 'printing', 'paused',
        'completed', 'failed', 'canceled', 'needs_attention')),
    state_at BIGINT NOT NULL,
    state_by TEXT COLLATE "C" NOT NULL,
    reason_code TEXT COLLATE "C",
    reason_sentence TEXT COLLATE "C",
    reason_remedy TEXT COLLATE "C",
    attempt_id UUID,
    not_started_count BIGINT NOT NULL CHECK (not_started_count >= 0),
    cancel_requested_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, job_id) REFERENCES jobs (org_id, id),
    CHECK (state NOT IN ('assigned', 'printing', 'paused') OR attempt_id IS NOT NULL),
    CHECK ((reason_code IS NULL) = (reason_sentence IS NULL)),
    CHECK ((reason_code IS NULL) = (reason_remedy IS NULL))
);
CREATE UNIQUE INDEX copies_number ON copies (org_id, job_id, number);
CREATE INDEX copies_open ON copies (org_id, state)
    WHERE state NOT IN ('completed', 'failed', 'canceled');

CREATE TABLE attempts (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    job_id UUID NOT NULL,
    copy_id UUID NOT NULL,
    printer_id UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'staging', 'staged', 'start_sent', 'accepted', 'starting',
        'printing', 'completed', 'failed', 'canceled', 'not_started', 'unsure')),
    gcode_sha256 BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
    epoch BIGINT,
    bed_token UUID,
    session UUID,
    not_after BIGINT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    paused BOOLEAN NOT NULL,
    reason_code TEXT COLLATE "C",
    reason_sentence TEXT COLLATE "C",
    reason_remedy TEXT COLLATE "C",
    completion_pct DOUBLE PRECISION,
    print_time_s BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, job_id) REFERENCES jobs (org_id, id),
    FOREIGN KEY (org_id, copy_id) REFERENCES copies (org_id, id),
    FOREIGN KEY (org_id, printer_id) REFERENCES printers (org_id, id),
    CHECK (state NOT IN ('start_sent', 'accepted', 'starting', 'printing') OR (epoch IS NOT NULL
        AND bed_token IS NOT NULL AND session IS NOT NULL AND not_after IS NOT NULL)),
    CHECK (state NOT IN ('pending', 'staging', 'staged') OR (epoch IS NULL AND bed_token IS NULL)),
    CHECK ((state IN ('completed', 'failed', 'canceled', 'not_started')) = (ended_at IS NOT NULL)),
    CHECK ((reason_code IS NULL) = (reason_sentence IS NULL)),
    CHECK ((reason_code IS NULL) = (reason_remedy IS NULL))
);
CREATE UNIQUE INDEX attempts_open_printer ON attempts (org_id, printer_id)
    WHERE state NOT IN ('completed', 'failed', 'canceled', 'not_started');
CREATE UNIQUE INDEX attempts_open_copy ON attempts (org_id, copy_id)
    WHERE state NOT IN ('completed', 'failed', 'canceled', 'not_started');
CREATE INDEX attempts_of_job ON attempts (org_id, job_id, created_at);

CREATE TABLE bed_tokens (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    printer_id UUID NOT NULL,
    generation BIGINT NOT NULL CHECK (generation >= 0),
    given_by TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C",
    given_at BIGINT NOT NULL,
    spent_by UUID,
    spent_at BIGINT,
    given_back_at BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, printer_id) REFERENCES printers (org_id, id),
    FOREIGN KEY (org_id, spent_by) REFERENCES attempts (org_id, id),
    CHECK ((spent_by IS NULL) = (spent_at IS NULL))
);
CREATE UNIQUE INDEX bed_tokens_unspent ON bed_tokens (org_id, printer_id, generation)
    WHERE spent_by IS NULL;

CREATE TABLE idempotency (
    org_id UUID NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    body_sha256 BYTEA NOT NULL,
    job_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, person, key),
    FOREIGN KEY (org_id, job_id) REFERENCES jobs (org_id, id)
);
CREATE INDEX idempotency_age ON idempotency (org_id, created_at);

CREATE TABLE tasks (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead')),
    owner TEXT COLLATE "C",
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    last_error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    CHECK (state <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL))
);
CREATE UNIQUE INDEX tasks_live ON tasks (org_id, kind, subject)
    WHERE state IN ('ready', 'running');
CREATE INDEX tasks_due ON tasks (org_id, run_after)
    WHERE state IN ('ready', 'running');

CREATE TABLE counters (
    org_id UUID NOT NULL REFERENCES organisations (id),
    subject TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    window_start BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (org_id, subject, what)
);

CREATE TABLE outbox (
    seq BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    org_id UUID NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL
);
CREATE INDEX outbox_of_organisation ON outbox (org_id, seq);

CREATE TABLE audit (
    org_id UUID NOT NULL REFERENCES organisations (id),
    seq BIGINT NOT NULL CHECK (seq >= 1),
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    at BIGINT NOT NULL,
    who TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, seq)
);

-- The role the service connects as owns nothing and may do only what its statements do.
GRANT USAGE ON SCHEMA service TO fluxprint_service;
GRANT SELECT ON _sqlx_migrations TO fluxprint_service;
GRANT SELECT, INSERT, UPDATE ON
    organisations, bridges, printers, models, slices, jobs, copies, attempts, bed_tokens, tasks, counters
    TO fluxprint_service;
GRANT SELECT, INSERT, DELETE ON idempotency, outbox TO fluxprint_service;
GRANT DELETE ON tasks, counters TO fluxprint_service;
GRANT SELECT, INSERT ON audit TO fluxprint_service;

-- The second wall (S-04): a statement that forgets its organisation sees nothing of another one.
-- The inner SELECT is worked out once for a statement instead of once for a row.
-- `organisations` itself has no wall: sweeps list it, then work organisation by organisation.
DO $$
DECLARE
    walled TEXT;
BEGIN
    FOREACH walled IN ARRAY ARRAY['bridges', 'printers', 'models', 'slices', 'jobs', 'copies', 'attempts',
        'bed_tokens', 'idempotency', 'tasks', 'counters', 'outbox', 'audit']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY own_organisation ON %I USING '
            '(org_id = (SELECT NULLIF(current_setting(''fluxprint.org'', true), '''')::uuid))', walled);
    END LOOP;
END
$$;

-- A bridge that dials in names no organisation, only its secret. Whoever shows the hash of a code or
-- token sees that one row, and nothing else.
CREATE POLICY own_secret ON bridges FOR SELECT USING (
    token_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex')
    OR code_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex'));
