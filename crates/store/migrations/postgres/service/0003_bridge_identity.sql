-- Who a bridge is: its device key, its tokens, and the pairings that wait for a person.
-- The twin in ../../sqlite/service has the same tables, columns and indexes.

SET LOCAL search_path TO service;

-- The public key that signs the challenge of every session.
ALTER TABLE bridges ADD COLUMN device_key BYTEA;
-- Hash of the token that the operator gave to this bridge alone (BRIDGE_AUTH_TOKEN); stays when it is shut out.
ALTER TABLE bridges ADD COLUMN provisioned_sha256 BYTEA;
-- A new token that was handed to the bridge and not used yet; until then the old one is good.
ALTER TABLE bridges ADD COLUMN next_token_sha256 BYTEA;
-- When a new token was asked for; empty once it was used.
ALTER TABLE bridges ADD COLUMN rotation_wanted_at BIGINT;
-- The bridge keeps the new token: from then on the old one ends with this moment.
ALTER TABLE bridges ADD COLUMN token_until BIGINT;
CREATE UNIQUE INDEX bridges_provisioned ON bridges (provisioned_sha256);
CREATE UNIQUE INDEX bridges_next_token ON bridges (next_token_sha256);
CREATE INDEX bridges_device_key ON bridges (org_id, device_key);

DROP POLICY own_secret ON bridges;
CREATE POLICY own_secret ON bridges FOR SELECT USING (
    token_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex')
    OR next_token_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex')
    OR provisioned_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex')
    OR code_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex'));

-- A bridge that waits for a person to confirm its code (RFC 8628). It belongs to nobody until then.
CREATE TABLE pairings (
    device_sha256 BYTEA NOT NULL,
    user_sha256 BYTEA NOT NULL,
    device_key BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    polled_at BIGINT,
    interval_s BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused')),
    org_id UUID,
    bridge_id UUID,
    PRIMARY KEY (device_sha256),
    FOREIGN KEY (org_id, bridge_id) REFERENCES bridges (org_id, id),
    CHECK ((state = 'confirmed') = (org_id IS NOT NULL AND bridge_id IS NOT NULL))
);
CREATE UNIQUE INDEX pairings_user ON pairings (user_sha256);
CREATE INDEX pairings_age ON pairings (expires_at);

-- Whoever shows the hash of one of its two codes reaches that one row. What has expired may be swept.
ALTER TABLE pairings ENABLE ROW LEVEL SECURITY;
ALTER TABLE pairings FORCE ROW LEVEL SECURITY;
CREATE POLICY own_secret ON pairings USING (
    device_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex')
    OR user_sha256 = decode(current_setting('fluxprint.bridge_secret', true), 'hex'));
CREATE POLICY expired_shown ON pairings FOR SELECT USING
    (expires_at < (extract(epoch FROM now()) * 1000000)::bigint);
CREATE POLICY expired_swept ON pairings FOR DELETE USING
    (expires_at < (extract(epoch FROM now()) * 1000000)::bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON pairings TO fluxprint_service;
