-- People, their sessions and links; projects; files and uploads; what the service was told.
-- The twin in ../../postgres/studio has the same tables, columns and indexes.

ALTER TABLE organisations ADD COLUMN printing_on INTEGER NOT NULL DEFAULT 1 CHECK (printing_on IN (0, 1));
ALTER TABLE organisations ADD COLUMN printing_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organisations ADD COLUMN printing_by TEXT;
ALTER TABLE organisations ADD COLUMN stored_bytes INTEGER NOT NULL DEFAULT 0 CHECK (stored_bytes >= 0);

-- A person belongs to the installation and is a member of organisations.
CREATE TABLE people (
    id BLOB PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX people_email ON people (email);

CREATE TABLE members (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    person_id BLOB NOT NULL REFERENCES people (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'viewer')),
    since INTEGER NOT NULL,
    PRIMARY KEY (org_id, person_id)
) STRICT;
CREATE INDEX members_of_person ON members (person_id, since);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    secret_sha256 BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES people (id),
    org_id BLOB REFERENCES organisations (id),
    device TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_sha256);
CREATE INDEX sessions_of_person ON sessions (person_id) WHERE ended_at IS NULL;

-- Failed sign-ins, by account and by address; a key is a hash, so that no address is kept.
CREATE TABLE sign_in_failures (
    key_sha256 BLOB PRIMARY KEY,
    failures INTEGER NOT NULL CHECK (failures >= 0),
    window_start INTEGER NOT NULL,
    not_before INTEGER NOT NULL
) STRICT;

CREATE TABLE links (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    secret_sha256 BLOB NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('setup', 'invitation', 'sign_in', 'reset')),
    role TEXT CHECK (role IN ('owner', 'manager', 'editor', 'viewer')),
    project_id BLOB,
    project_role TEXT CHECK (project_role IN ('owner', 'manager', 'editor', 'viewer')),
    person_id BLOB REFERENCES people (id),
    email TEXT,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_at INTEGER,
    PRIMARY KEY (org_id, id),
    CHECK (purpose NOT IN ('sign_in', 'reset') OR person_id IS NOT NULL),
    CHECK (purpose NOT IN ('setup', 'invitation') OR role IS NOT NULL),
    CHECK ((project_id IS NULL) = (project_role IS NULL))
) STRICT;
CREATE UNIQUE INDEX links_secret ON links (secret_sha256);
CREATE INDEX links_open ON links (org_id, purpose, made_at) WHERE spent_at IS NULL;

CREATE TABLE projects (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    drafts_of BLOB REFERENCES people (id),
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    PRIMARY KEY (org_id, id)
) STRICT;
CREATE UNIQUE INDEX projects_drafts ON projects (org_id, drafts_of) WHERE drafts_of IS NOT NULL;

CREATE TABLE project_members (
    org_id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'viewer')),
    since INTEGER NOT NULL,
    PRIMARY KEY (org_id, project_id, person_id),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES members (org_id, person_id)
) STRICT;
CREATE INDEX project_members_of_person ON project_members (org_id, person_id);

CREATE TABLE files (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    name TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    versions INTEGER NOT NULL CHECK (versions >= 1),
    deleted_at INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id)
) STRICT;
CREATE UNIQUE INDEX files_name ON files (org_id, project_id, name) WHERE deleted_at IS NULL;
CREATE INDEX files_newest ON files (org_id, project_id, changed_at) WHERE deleted_at IS NULL;

-- A version never changes. Its bytes lie in the file store under their hash.
CREATE TABLE file_versions (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    file_id BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    sha256 BLOB NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    kind TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, file_id) REFERENCES files (org_id, id)
) STRICT;
CREATE UNIQUE INDEX file_versions_number ON file_versions (org_id, file_id, number);
CREATE INDEX file_versions_bytes ON file_versions (org_id, sha256);

CREATE TABLE uploads (
    org_id BLOB NOT NULL,
    id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    offset_bytes INTEGER NOT NULL CHECK (offset_bytes >= 0 AND offset_bytes <= size_bytes),
    hash_state BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    file_id BLOB,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id)
) STRICT;
CREATE INDEX uploads_age ON uploads (org_id, expires_at);

-- What is to be told to the print service: bytes of models, and whether printing is held.
CREATE TABLE errands (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('model', 'hold')),
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    person_id BLOB REFERENCES people (id),
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    done_at INTEGER,
    failed_at INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT;
CREATE INDEX errands_due ON errands (org_id, due_at) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX errands_of ON errands (org_id, kind, subject);

-- The studio's picture of the service's jobs: what was last heard, never the truth.
CREATE TABLE prints (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    job_id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    file_id BLOB NOT NULL,
    state TEXT NOT NULL,
    progress_pct REAL,
    place INTEGER,
    made_at INTEGER NOT NULL,
    heard_at INTEGER NOT NULL,
    -- The number of the newest change of the service that is in this picture.
    seq INTEGER NOT NULL,
    PRIMARY KEY (org_id, job_id)
) STRICT;
CREATE INDEX prints_of_file ON prints (org_id, file_id, made_at);
CREATE INDEX prints_open ON prints (org_id, heard_at) WHERE state NOT IN ('completed', 'failed', 'canceled');

CREATE TABLE counters (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (org_id, subject, what)
) STRICT;
