-- A print that the service is just being asked for: until it is known what became of that, its file stays.
-- The twin in ../../sqlite/studio has the same tables, columns and indexes.

SET LOCAL search_path TO studio;

CREATE TABLE print_intents (
    org_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    file_id UUID NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);
CREATE INDEX print_intents_of_file ON print_intents (org_id, file_id, until);
GRANT SELECT, INSERT, DELETE ON print_intents TO fluxprint_studio;
ALTER TABLE print_intents ENABLE ROW LEVEL SECURITY;
ALTER TABLE print_intents FORCE ROW LEVEL SECURITY;
CREATE POLICY own_organisation ON print_intents USING
    (org_id = (SELECT NULLIF(current_setting('fluxprint.org', true), '')::uuid));
