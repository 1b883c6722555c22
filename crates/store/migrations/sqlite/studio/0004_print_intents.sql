-- A print that the service is just being asked for: until it is known what became of that, its file stays.
-- The twin in ../../postgres/studio has the same tables, columns and indexes.

CREATE TABLE print_intents (
    org_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    file_id BLOB NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT;
CREATE INDEX print_intents_of_file ON print_intents (org_id, file_id, until);
