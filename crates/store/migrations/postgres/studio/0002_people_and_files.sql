-- People, their sessions and links; projects; files and uploads; what the service was told.
-- The twin in ../../sqlite/studio has the same tables, columns and indexes.

SET LOCAL search_path TO studio;

ALTER TABLE organisations ADD COLUMN printing_on BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE organisations ADD COLUMN printing_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE organisations ADD COLUMN printing_by TEXT COLLATE "C";
ALTER TABLE organisations ADD COLUMN stored_bytes BIGINT NOT NULL DEFAULT 0 CHECK (stored_bytes >= 0);

-- A person belongs to the installation and is a member of organisations.
CREATE TABLE people (
    id UUID PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    password_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX people_email ON people (email);

CREATE TABLE members (
    org_id UUID NOT NULL REFERENCES organisations (id),
    person_id UUID NOT NULL REFERENCES people (id),
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'viewer')),
    since BIGINT NOT NULL,
    PRIMARY KEY (org_id, person_id)
);
CREATE INDEX members_of_person ON members (person_id, since);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    secret_sha256 BYTEA NOT NULL,
    person_id UUID NOT NULL REFERENCES people (id),
    org_id UUID REFERENCES organisations (id),
    device TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_sha256);
CREATE INDEX sessions_of_person ON sessions (person_id) WHERE ended_at IS NULL;

-- Failed sign-ins, by account and by address; a key is a hash, so that no address is kept.
CREATE TABLE sign_in_failures (
    key_sha256 BYTEA PRIMARY KEY,
    failures BIGINT NOT NULL CHECK (failures >= 0),
    window_start BIGINT NOT NULL,
    not_before BIGINT NOT NULL
);

CREATE TABLE links (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    secret_sha256 BYTEA NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('setup', 'invitation', 'sign_in', 'reset')),
    role TEXT COLLATE "C" CHECK (role IN ('owner', 'manager', 'editor', 'viewer')),
    project_id UUID,
    project_role TEXT COLLATE "C" CHECK (project_role IN ('owner', 'manager', 'editor', 'viewer')),
    person_id UUID REFERENCES people (id),
    email TEXT COLLATE "C",
    made_by TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT,
    PRIMARY KEY (org_id, id),
    CHECK (purpose NOT IN ('sign_in', 'reset') OR person_id IS NOT NULL),
    CHECK (purpose NOT IN ('setup', 'invitation') OR role IS NOT NULL),
    CHECK ((project_id IS NULL) = (project_role IS NULL))
);
CREATE UNIQUE INDEX links_secret ON links (secret_sha256);
CREATE INDEX links_open ON links (org_id, purpose, made_at) WHERE spent_at IS NULL;

CREATE TABLE projects (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    drafts_of UUID REFERENCES people (id),
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX projects_drafts ON projects (org_id, drafts_of) WHERE drafts_of IS NOT NULL;

CREATE TABLE project_members (
    org_id UUID NOT NULL,
    project_id UUID NOT NULL,
    person_id UUID NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'viewer')),
    since BIGINT NOT NULL,
    PRIMARY KEY (org_id, project_id, person_id),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id),
    FOREIGN KEY (org_id, person_id) REFERENCES members (org_id, person_id)
);
CREATE INDEX project_members_of_person ON project_members (org_id, person_id);

CREATE TABLE files (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    created_by UUID NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    versions BIGINT NOT NULL CHECK (versions >= 1),
    deleted_at BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id)
);
CREATE UNIQUE INDEX files_name ON files (org_id, project_id, name) WHERE deleted_at IS NULL;
CREATE INDEX files_newest ON files (org_id, project_id, changed_at) WHERE deleted_at IS NULL;

-- A version never changes. Its bytes lie in the file store under their hash.
CREATE TABLE file_versions (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    file_id UUID NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    sha256 BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
    kind TEXT COLLATE "C" NOT NULL,
    created_by UUID NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, file_id) REFERENCES files (org_id, id)
);
CREATE UNIQUE INDEX file_versions_number ON file_versions (org_id, file_id, number);
CREATE INDEX file_versions_bytes ON file_versions (org_id, sha256);

CREATE TABLE uploads (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    person_id UUID NOT NULL REFERENCES people (id),
    name TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes >= 0),
    offset_bytes BIGINT NOT NULL CHECK (offset_bytes >= 0 AND offset_bytes <= size_bytes),
    hash_state BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    file_id UUID,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, project_id) REFERENCES projects (org_id, id)
);
CREATE INDEX uploads_age ON uploads (org_id, expires_at);

-- What is to be told to the print service: bytes of models, and whether printing is held.
CREATE TABLE errands (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('model', 'hold')),
    subject TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    person_id UUID REFERENCES people (id),
    tries BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    failed_at BIGINT,
    last_error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX errands_due ON errands (org_id, due_at) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX errands_of ON errands (org_id, kind, subject);

-- The studio's picture of the service's jobs: what was last heard, never the truth.
CREATE TABLE prints (
    org_id UUID NOT NULL REFERENCES organisations (id),
    job_id UUID NOT NULL,
    project_id UUID NOT NULL,
    file_id UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    progress_pct DOUBLE PRECISION,
    place BIGINT,
    made_at BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    -- The number of the newest change of the service that is in this picture.
    seq BIGINT NOT NULL,
    PRIMARY KEY (org_id, job_id)
);
CREATE INDEX prints_of_file ON prints (org_id, file_id, made_at);
CREATE INDEX prints_open ON prints (org_id, heard_at) WHERE state NOT IN ('completed', 'failed', 'canceled');

CREATE TABLE counters (
    org_id UUID NOT NULL REFERENCES organisations (id),
    subject TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    window_start BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (org_id, subject, what)
);

GRANT SELECT, INSERT, UPDATE ON
    people, members, sessions, sign_in_failures, links, projects, project_members, files, uploads, errands,
    prints, counters
    TO fluxprint_studio;
GRANT SELECT, INSERT ON file_versions TO fluxprint_studio;
GRANT DELETE ON
    members, sessions, sign_in_failures, links, project_members, file_versions, uploads, errands, prints, counters
    TO fluxprint_studio;

-- The second wall, as in 0001. People, sessions and failed sign-ins belong to persons, not to an organisation.
DO $$
DECLARE
    walled TEXT;
BEGIN
    FOREACH walled IN ARRAY ARRAY['members', 'links', 'projects', 'project_members', 'files', 'file_versions',
        'uploads', 'errands', 'prints', 'counters']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY own_organisation ON %I USING '
            '(org_id = (SELECT NULLIF(current_setting(''fluxprint.org'', true), '''')::uuid))', walled);
    END LOOP;
END
$$;

-- Whoever signs in names no organisation: a person sees the memberships that are theirs, and whoever
-- shows a link's secret sees that one link.
CREATE POLICY own_person ON members FOR SELECT USING (
    person_id = (SELECT NULLIF(current_setting('fluxprint.person', true), '')::uuid));
CREATE POLICY own_secret ON links FOR SELECT USING (
    secret_sha256 = decode(current_setting('fluxprint.link_secret', true), 'hex'));
