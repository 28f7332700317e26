-- Thumbprint (RFC 7638) of the DPoP key that a sign-in, and what it leads to, is bound to; absent where it is not bound
ALTER TABLE signin ADD COLUMN dpop_jkt TEXT;
ALTER TABLE session ADD COLUMN dpop_jkt TEXT;

-- The refresh token that a spent one was exchanged for
ALTER TABLE refresh_token ADD COLUMN successor_id TEXT;

-- From when on a key signs; it is published before, so that nobody meets a token whose key is not known yet
ALTER TABLE server_key ADD COLUMN active_from BIGINT NOT NULL DEFAULT 0;

-- DPoP proofs that were seen, until their nonce counts no more
CREATE TABLE dpop_proof (
    -- SHA-256 of thumbprint and jti
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX dpop_proof_expiry ON dpop_proof (expires_at);
