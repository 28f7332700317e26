-- SQLite: rows in the order of their key, where they are found, instead of by a number and an index to it: what is written at
-- once is in half as many pages. Nothing refers to these tables, so that none of it goes with the old ones.

CREATE TABLE audit_by_time (
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    outcome TEXT NOT NULL,
    username TEXT,
    name_key TEXT,
    client_address TEXT,
    user_agent TEXT,
    PRIMARY KEY (at, id)
) WITHOUT ROWID;
INSERT INTO audit_by_time (id, at, event, outcome, username, name_key, client_address, user_agent)
    SELECT id, at, event, outcome, username, name_key, client_address, user_agent FROM audit ORDER BY at, id;
DROP TABLE audit;
ALTER TABLE audit_by_time RENAME TO audit;
CREATE INDEX audit_username ON audit (username, at);

CREATE TABLE throttle_by_key (
    id TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO throttle_by_key (id, failures, counted_at, blocked_until)
    SELECT id, failures, counted_at, blocked_until FROM throttle ORDER BY id;
DROP TABLE throttle;
ALTER TABLE throttle_by_key RENAME TO throttle;
CREATE INDEX throttle_counted ON throttle (counted_at);

CREATE TABLE access_code_by_key (
    signin_id TEXT NOT NULL REFERENCES signin (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    mac TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (signin_id, number)
) WITHOUT ROWID;
INSERT INTO access_code_by_key (signin_id, number, mac, reference, state, sent_at, expires_at)
    SELECT signin_id, number, mac, reference, state, sent_at, expires_at FROM access_code ORDER BY signin_id, number;
DROP TABLE access_code;
ALTER TABLE access_code_by_key RENAME TO access_code;

CREATE TABLE authorization_code_by_key (
    id TEXT NOT NULL PRIMARY KEY,
    signin_id TEXT NOT NULL REFERENCES signin (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    UNIQUE (signin_id, number)
) WITHOUT ROWID;
INSERT INTO authorization_code_by_key (id, signin_id, number, expires_at, redeemed_at)
    SELECT id, signin_id, number, expires_at, redeemed_at FROM authorization_code ORDER BY id;
DROP TABLE authorization_code;
ALTER TABLE authorization_code_by_key RENAME TO authorization_code;

CREATE TABLE refresh_token_by_key (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    spent_at BIGINT,
    successor_id TEXT
) WITHOUT ROWID;
INSERT INTO refresh_token_by_key (id, session_id, created_at, spent_at, successor_id)
    SELECT id, session_id, created_at, spent_at, successor_id FROM refresh_token ORDER BY id;
DROP TABLE refresh_token;
ALTER TABLE refresh_token_by_key RENAME TO refresh_token;
CREATE INDEX refresh_token_session ON refresh_token (session_id);

CREATE TABLE sent_mail_by_key (
    signin_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    sent_at BIGINT NOT NULL,
    device_id TEXT,
    PRIMARY KEY (signin_id, number)
) WITHOUT ROWID;
INSERT INTO sent_mail_by_key (signin_id, number, account_id, sent_at, device_id)
    SELECT signin_id, number, account_id, sent_at, device_id FROM sent_mail ORDER BY signin_id, number;
DROP TABLE sent_mail;
ALTER TABLE sent_mail_by_key RENAME TO sent_mail;
CREATE INDEX sent_mail_account ON sent_mail (account_id, sent_at);
CREATE INDEX sent_mail_time ON sent_mail (sent_at);

CREATE TABLE wrong_code_by_key (
    signin_id TEXT NOT NULL REFERENCES signin (id) ON DELETE CASCADE,
    mac TEXT NOT NULL,
    PRIMARY KEY (signin_id, mac)
) WITHOUT ROWID;
INSERT INTO wrong_code_by_key (signin_id, mac) SELECT signin_id, mac FROM wrong_code ORDER BY signin_id, mac;
DROP TABLE wrong_code;
ALTER TABLE wrong_code_by_key RENAME TO wrong_code;

CREATE TABLE device_by_key (
    id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id, account_id)
) WITHOUT ROWID;
INSERT INTO device_by_key (id, account_id, created_at, expires_at)
    SELECT id, account_id, created_at, expires_at FROM device ORDER BY id, account_id;
DROP TABLE device;
ALTER TABLE device_by_key RENAME TO device;
CREATE INDEX device_account ON device (account_id);
CREATE INDEX device_expiry ON device (expires_at);

CREATE TABLE dpop_proof_by_key (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO dpop_proof_by_key (id, expires_at) SELECT id, expires_at FROM dpop_proof ORDER BY id;
DROP TABLE dpop_proof;
ALTER TABLE dpop_proof_by_key RENAME TO dpop_proof;
CREATE INDEX dpop_proof_expiry ON dpop_proof (expires_at);
