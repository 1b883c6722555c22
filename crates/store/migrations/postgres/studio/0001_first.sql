-- The studio's tables. The twin in ../../sqlite/studio has the same tables, columns and indexes.

SET LOCAL search_path TO studio;

CREATE TABLE organisations (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
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

-- The role the studio connects as owns nothing and may do only what its statements do.
GRANT USAGE ON SCHEMA studio TO fluxprint_studio;
GRANT SELECT ON _sqlx_migrations TO fluxprint_studio;
GRANT SELECT, INSERT, UPDATE ON organisations TO fluxprint_studio;
GRANT SELECT, INSERT, DELETE ON outbox TO fluxprint_studio;
GRANT SELECT, INSERT ON audit TO fluxprint_studio;

-- The second wall (S-04): a statement that forgets its organisation sees nothing of another one.
-- The inner SELECT is worked out once for a statement instead of once for a row.
DO $$
DECLARE
    walled TEXT;
BEGIN
    FOREACH walled IN ARRAY ARRAY['outbox', 'audit']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY own_organisation ON %I USING '
            '(org_id = (SELECT NULLIF(current_setting(''fluxprint.org'', true), '''')::uuid))', walled);
    END LOOP;
END
$$;
