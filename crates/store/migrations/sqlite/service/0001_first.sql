-- The service's tables. The twin in ../../postgres/service has the same tables, columns and indexes.
-- Ids are 16 bytes, times are microseconds since 1970 UTC, JSON is text that no statement looks into.

CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    hold INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE bridges (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    code_sha256 BLOB,
    code_expires_at INTEGER,
    token_sha256 BLOB,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_seen_at INTEGER,
    version TEXT,
    session BLOB,
    PRIMARY KEY (org_id, id),
    CHECK ((code_sha256 IS NULL) = (code_expires_at IS NULL)),
    CHECK (revoked_at IS NULL OR (code_sha256 IS NULL AND token_sha256 IS NULL AND session IS NULL))
) STRICT;
CREATE UNIQUE INDEX bridges_code ON bridges (code_sha256);
CREATE UNIQUE INDEX bridges_token ON bridges (token_sha256);

CREATE TABLE printers (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    bridge_id BLOB NOT NULL,
    local_name TEXT NOT NULL,
    name TEXT NOT NULL,
    is_virtual INTEGER NOT NULL,
    x_mm REAL NOT NULL,
    y_mm REAL NOT NULL,
    z_mm REAL NOT NULL,
    nozzle_mm REAL NOT NULL,
    nozzle_c_max REAL NOT NULL,
    bed_c_max REAL NOT NULL,
    loaded_material TEXT,
    state TEXT NOT NULL CHECK (state IN ('offline', 'unknown', 'ready', 'busy', 'paused', 'error')),
    state_at INTEGER NOT NULL,
    message TEXT,
    last_contact_at INTEGER,
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    bed_generation INTEGER NOT NULL CHECK (bed_generation >= 0),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, bridge_id) REFERENCES bridges (org_id, id)
) STRICT;
CREATE UNIQUE INDEX printers_local_name ON printers (org_id, bridge_id, local_name);

CREATE TABLE models (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    sha256 BLOB NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received', 'checked', 'refused')),
    x_mm REAL,
    y_mm REAL,
    z_mm REAL,
    report TEXT,
    refusal_code TEXT,
    refusal_sentence TEXT,
    refusal_remedy TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, sha256),
    CHECK (state <> 'checked' OR report IS NOT NULL),
    CHECK ((state = 'refused') = (refusal_code IS NOT NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_sentence IS NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_remedy IS NULL))
) STRICT;
CREATE INDEX models_newest ON models (org_id, created_at, sha256);

CREATE TABLE slices (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    model_sha256 BLOB NOT NULL,
    profile_hash BLOB NOT NULL,
    slicer_version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('wanted', 'done', 'failed')),
    gcode_sha256 BLOB,
    size_bytes INTEGER,
    facts TEXT,
    nozzle_c_max REAL,
    bed_c_max REAL,
    refusal_code TEXT,
    refusal_sentence TEXT,
    refusal_remedy TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, model_sha256) REFERENCES models (org_id, sha256),
    CHECK (state <> 'done' OR (gcode_sha256 IS NOT NULL AND size_bytes IS NOT NULL AND facts IS NOT NULL
        AND nozzle_c_max IS NOT NULL AND bed_c_max IS NOT NULL)),
    CHECK ((state = 'failed') = (refusal_code IS NOT NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_sentence IS NULL)),
    CHECK ((refusal_code IS NULL) = (refusal_remedy IS NULL))
) STRICT;
CREATE UNIQUE INDEX slices_of_model ON slices (org_id, model_sha256, profile_hash, slicer_version);

CREATE TABLE jobs (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    project_id BLOB,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    model_sha256 BLOB NOT NULL,
    slice_id BLOB,
    choice TEXT NOT NULL,
    material TEXT,
    printer_id BLOB,
    position INTEGER NOT NULL,
    notes TEXT NOT NULL,
    estimate TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, model_sha256) REFERENCES models (org_id, sha256),
    FOREIGN KEY (org_id, slice_id) REFERENCES slices (org_id, id),
    FOREIGN KEY (org_id, printer_id) REFERENCES printers (org_id, id)
) STRICT;
CREATE INDEX jobs_newest ON jobs (org_id, created_at, id);
CREATE INDEX jobs_position ON jobs (org_id, position);
CREATE INDEX jobs_of_person ON jobs (org_id, person);
CREATE INDEX jobs_of_slice ON jobs (org_id, slice_id);
CREATE INDEX jobs_of_model ON jobs (org_id, model_sha256);

CREATE TABLE copies (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    job_id BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    state TEXT NOT NULL CHECK (state IN ('preparing', 'held', 'queued', 'assigned', 'printing', 'paused',
        'completed', 'failed', 'canceled', 'needs_attention')),
    state_at INTEGER NOT NULL,
    state_by TEXT NOT NULL,
    reason_code TEXT,
    reason_sentence TEXT,
    reason_remedy TEXT,
    attempt_id BLOB,
    not_started_count INTEGER NOT NULL CHECK (not_started_count >= 0),
    cancel_requested_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, job_id) REFERENCES jobs (org_id, id),
    CHECK (state NOT IN ('assigned', 'printing', 'paused') OR attempt_id IS NOT NULL),
    CHECK ((reason_code IS NULL) = (reason_sentence IS NULL)),
    CHECK ((reason_code IS NULL) = (reason_remedy IS NULL))
) STRICT;
CREATE UNIQUE INDEX copies_number ON copies (org_id, job_id, number);
CREATE INDEX copies_open ON copies (org_id, state)
    WHERE state NOT IN ('completed', 'failed', 'canceled');

CREATE TABLE attempts (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    job_id BLOB NOT NULL,
    copy_id BLOB NOT NULL,
    printer_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'staging', 'staged', 'start_sent', 'accepted', 'starting',
        'printing', 'completed', 'failed', 'canceled', 'not_started', 'unsure')),
    gcode_sha256 BLOB NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    epoch INTEGER,
    bed_token BLOB,
    session BLOB,
    not_after INTEGER,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    paused INTEGER NOT NULL,
    reason_code TEXT,
    reason_sentence TEXT,
    reason_remedy TEXT,
    completion_pct REAL,
    print_time_s INTEGER,
    version INTEGER NOT NULL,
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
) STRICT;
CREATE UNIQUE INDEX attempts_open_printer ON attempts (org_id, printer_id)
    WHERE state NOT IN ('completed', 'failed', 'canceled', 'not_started');
CREATE UNIQUE INDEX attempts_open_copy ON attempts (org_id, copy_id)
    WHERE state NOT IN ('completed', 'failed', 'canceled', 'not_started');
CREATE INDEX attempts_of_job ON attempts (org_id, job_id, created_at);

CREATE TABLE bed_tokens (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    printer_id BLOB NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    given_by TEXT NOT NULL,
    rule TEXT,
    given_at INTEGER NOT NULL,
    spent_by BLOB,
    spent_at INTEGER,
    given_back_at INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, printer_id) REFERENCES printers (org_id, id),
    FOREIGN KEY (org_id, spent_by) REFERENCES attempts (org_id, id),
    CHECK ((spent_by IS NULL) = (spent_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX bed_tokens_unspent ON bed_tokens (org_id, printer_id, generation)
    WHERE spent_by IS NULL;

CREATE TABLE idempotency (
    org_id BLOB NOT NULL,
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    body_sha256 BLOB NOT NULL,
    job_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, person, key),
    FOREIGN KEY (org_id, job_id) REFERENCES jobs (org_id, id)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (org_id, created_at);

CREATE TABLE tasks (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'dead')),
    owner TEXT,
    lease_until INTEGER,
    fence INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    run_after INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    CHECK (state <> 'running' OR (owner IS NOT NULL AND lease_until IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX tasks_live ON tasks (org_id, kind, subject)
    WHERE state IN ('ready', 'running');
CREATE INDEX tasks_due ON tasks (org_id, run_after)
    WHERE state IN ('ready', 'running');

CREATE TABLE counters (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (org_id, subject, what)
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
