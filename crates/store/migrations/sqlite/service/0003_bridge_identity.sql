-- Who a bridge is: its device key, its tokens, and the pairings that wait for a person.
-- The twin in ../../postgres/service has the same tables, columns and indexes.

-- The public key that signs the challenge of every session.
ALTER TABLE bridges ADD COLUMN device_key BLOB;
-- Hash of the token that the operator gave to this bridge alone (BRIDGE_AUTH_TOKEN); stays when it is shut out.
ALTER TABLE bridges ADD COLUMN provisioned_sha256 BLOB;
-- A new token that was handed to the bridge and not used yet; until then the old one is good.
ALTER TABLE bridges ADD COLUMN next_token_sha256 BLOB;
-- When a new token was asked for; empty once it was used.
ALTER TABLE bridges ADD COLUMN rotation_wanted_at INTEGER;
-- The bridge keeps the new token: from then on the old one ends with this moment.
ALTER TABLE bridges ADD COLUMN token_until INTEGER;
CREATE UNIQUE INDEX bridges_provisioned ON bridges (provisioned_sha256);
CREATE UNIQUE INDEX bridges_next_token ON bridges (next_token_sha256);
CREATE INDEX bridges_device_key ON bridges (org_id, device_key);

-- A bridge that waits for a person to confirm its code (RFC 8628). It belongs to nobody until then.
CREATE TABLE pairings (
    device_sha256 BLOB NOT NULL,
    user_sha256 BLOB NOT NULL,
    device_key BLOB NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    address TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    polled_at INTEGER,
    interval_s INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused')),
    org_id BLOB,
    bridge_id BLOB,
    PRIMARY KEY (device_sha256),
    FOREIGN KEY (org_id, bridge_id) REFERENCES bridges (org_id, id),
    CHECK ((state = 'confirmed') = (org_id IS NOT NULL AND bridge_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX pairings_user ON pairings (user_sha256);
CREATE INDEX pairings_age ON pairings (expires_at);
