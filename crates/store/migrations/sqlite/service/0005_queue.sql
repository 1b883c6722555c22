-- The order of the queue, who may be asked to print what, and what printers are kept for.
-- The twin in ../../postgres/service has the same tables, columns and indexes.

-- Rises with every move and every change of a priority (`domain::queue::OrderVersion`).
ALTER TABLE organisations ADD COLUMN order_version INTEGER NOT NULL DEFAULT 0;

-- `domain::queue::Priority::rank`: 0 raised, 1 normal, 2 low; and who set it last.
ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 2);
ALTER TABLE jobs ADD COLUMN priority_by TEXT;
ALTER TABLE jobs ADD COLUMN colour TEXT;
ALTER TABLE jobs ADD COLUMN tags TEXT NOT NULL DEFAULT '';
DROP INDEX jobs_open;
-- With the state in it, a place is counted in the index alone.
CREATE INDEX jobs_open ON jobs (org_id, priority, position, state) WHERE state NOT IN ('completed', 'failed', 'canceled');
-- Counting what one person has open must not depend on what the person had before.
DROP INDEX jobs_of_person;
CREATE INDEX jobs_open_of_person ON jobs (org_id, person, state) WHERE state NOT IN ('completed', 'failed', 'canceled');

ALTER TABLE printers ADD COLUMN loaded_colour TEXT;
ALTER TABLE printers ADD COLUMN tags TEXT NOT NULL DEFAULT '';
