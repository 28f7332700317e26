-- SQLite: sign-ins under way in the order of their key, too. What refers to them is made anew first, for it goes with the
-- old table.

CREATE TABLE signin_by_key (
    id TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    name_key TEXT NOT NULL,
    account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
    phone_number TEXT,
    locales TEXT NOT NULL,
    stage TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    sends BIGINT NOT NULL,
    delivery_failed BIGINT NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    dpop_jkt TEXT
) WITHOUT ROWID;
INSERT INTO signin_by_key (id, revision, issuer, client_id, scope, code_challenge, name_key, account_id, phone_number,
        locales, stage, attempts, sends, delivery_failed, verified_at, created_at, expires_at, dpop_jkt)
    SELECT id, revision, issuer, client_id, scope, code_challenge, name_key, account_id, phone_number,
        locales, stage, attempts, sends, delivery_failed, verified_at, created_at, expires_at, dpop_jkt
    FROM signin ORDER BY id;

CREATE TABLE access_code_anew (
    signin_id TEXT NOT NULL REFERENCES signin_by_key (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    mac TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (signin_id, number)
) WITHOUT ROWID;
INSERT INTO access_code_anew (signin_id, number, mac, reference, state, sent_at, expires_at)
    SELECT signin_id, number, mac, reference, state, sent_at, expires_at FROM access_code ORDER BY signin_id, number;
DROP TABLE access_code;

CREATE TABLE wrong_code_anew (
    signin_id TEXT NOT NULL REFERENCES signin_by_key (id) ON DELETE CASCADE,
    mac TEXT NOT NULL,
    PRIMARY KEY (signin_id, mac)
) WITHOUT ROWID;
INSERT INTO wrong_code_anew (signin_id, mac) SELECT signin_id, mac FROM wrong_code ORDER BY signin_id, mac;
DROP TABLE wrong_code;

CREATE TABLE authorization_code_anew (
    id TEXT NOT NULL PRIMARY KEY,
    signin_id TEXT NOT NULL REFERENCES signin_by_key (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    UNIQUE (signin_id, number)
) WITHOUT ROWID;
INSERT INTO authorization_code_anew (id, signin_id, number, expires_at, redeemed_at)
    SELECT id, signin_id, number, expires_at, redeemed_at FROM authorization_code ORDER BY id;
DROP TABLE authorization_code;

DROP TABLE signin;
ALTER TABLE signin_by_key RENAME TO signin;
ALTER TABLE access_code_anew RENAME TO access_code;
ALTER TABLE wrong_code_anew RENAME TO wrong_code;
ALTER TABLE authorization_code_anew RENAME TO authorization_code;
CREATE INDEX signin_account ON signin (account_id);
CREATE INDEX signin_expiry ON signin (expires_at);
