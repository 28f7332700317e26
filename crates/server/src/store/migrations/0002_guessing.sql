-- What a guess costs, and whom it is counted for.

-- Work of the password hash, KiB times passes: answers about other accounts are padded to the costliest one.
-- Absent where an older build wrote the hash; filled in when the server starts.
ALTER TABLE account ADD COLUMN hash_cost BIGINT;
CREATE INDEX account_hash_cost ON account (hash_cost);

-- When its owner was last mailed about something suspicious
ALTER TABLE account ADD COLUMN warned_at BIGINT;

-- Devices that have completed a sign-in for an account
CREATE TABLE device (
    -- SHA-256 of the cookie's secret, or of the thumbprint of the key (RFC 7638)
    id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id, account_id)
);
CREATE INDEX device_account ON device (account_id);
CREATE INDEX device_expiry ON device (expires_at);

-- Absent where the device is not known: all of those share one allowance
ALTER TABLE sent_mail ADD COLUMN device_id TEXT;
