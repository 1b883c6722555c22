CREATE TABLE IF NOT EXISTS attempts (
    attempt TEXT PRIMARY KEY,
    printer TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    phase TEXT NOT NULL,
    -- OctoPrint's own hash of what it stored, and the limits the bytes were checked against.
    stored_sha1 TEXT,
    checked_for TEXT,
    -- Written with INTENT.
    epoch INTEGER,
    bed_token TEXT,
    success_before INTEGER NOT NULL DEFAULT 0,
    failure_before INTEGER NOT NULL DEFAULT 0,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    because TEXT,
    settled INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempts_of_printer ON attempts (printer, settled);
CREATE TABLE IF NOT EXISTS printers (
    name TEXT PRIMARY KEY,
    epoch_highest INTEGER NOT NULL DEFAULT 0,
    mark TEXT,
    doubt INTEGER NOT NULL DEFAULT 0
) STRICT;
PRAGMA user_version = 1;
