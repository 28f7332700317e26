-- Columns are BIGINT and TEXT only, so that one SQL serves SQLite and PostgreSQL.
-- Moments are milliseconds since 1970-01-01 UTC; flags are 0 or 1.

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    -- UsernameCaseMapped (RFC 8265), no '@'
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- As given, to mail to; and in lower case, to compare with
    email TEXT,
    email_key TEXT UNIQUE,
    -- PHC string; absent until a password is set
    password_hash TEXT,
    -- A generated password that its owner has not changed is good until then
    password_expires_at BIGINT,
    two_factor BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- One row from the account step until the session that it leads to is first used
CREATE TABLE signin (
    -- SHA-256 of auth_session
    id TEXT NOT NULL PRIMARY KEY,
    -- Moved on by every decision: the row lock of the transaction
    revision BIGINT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    -- HMAC of the name given: what failures are counted under, whether an account has it or not
    name_key TEXT NOT NULL,
    account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
    phone_number TEXT,
    locales TEXT NOT NULL,
    -- credentials, code, verified
    stage TEXT NOT NULL,
    -- Wrong codes so far, and mails so far
    attempts BIGINT NOT NULL,
    sends BIGINT NOT NULL,
    delivery_failed BIGINT NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX signin_account ON signin (account_id);
CREATE INDEX signin_expiry ON signin (expires_at);

-- Every access code of a sign-in, in the order of the mails
CREATE TABLE access_code (
    signin_id TEXT NOT NULL REFERENCES signin (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- HMAC-SHA-256 of sign-in and code
    mac TEXT NOT NULL,
    reference TEXT NOT NULL,
    -- pending: on its way to the mail server; live: there; superseded
    state TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (signin_id, number)
);

-- Wrong codes that have been counted: the same one again costs nothing more
CREATE TABLE wrong_code (
    signin_id TEXT NOT NULL REFERENCES signin (id) ON DELETE CASCADE,
    mac TEXT NOT NULL,
    PRIMARY KEY (signin_id, mac)
);

CREATE TABLE authorization_code (
    -- SHA-256 of the code
    id TEXT NOT NULL PRIMARY KEY,
    signin_id TEXT NOT NULL REFERENCES signin (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    UNIQUE (signin_id, number)
);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    -- cookie or token
    kind TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- Absent once the session has been used: then the sign-in is gone
    signin_id TEXT,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    -- SHA-256 of the cookie's value
    cookie_hash TEXT UNIQUE,
    phone_number TEXT,
    preferred_device TEXT NOT NULL,
    route_calls_to_cell BIGINT NOT NULL,
    user_agent TEXT,
    client_address TEXT,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_signin ON session (signin_id);
CREATE INDEX session_idle_expiry ON session (idle_expires_at);

CREATE TABLE refresh_token (
    -- SHA-256 of the token
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    spent_at BIGINT
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);

-- Mails of the last hour, per account
CREATE TABLE sent_mail (
    signin_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (signin_id, number)
);
CREATE INDEX sent_mail_account ON sent_mail (account_id, sent_at);

CREATE TABLE throttle (
    -- What is counted, and an HMAC of whose it is
    id TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX throttle_counted ON throttle (counted_at);

CREATE TABLE server_key (
    id TEXT NOT NULL PRIMARY KEY,
    -- mac or jwt
    purpose TEXT NOT NULL,
    -- base64url of 32 bytes
    material TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- Absent where no account has the name; then name_key tells the same name again
    username TEXT,
    name_key TEXT,
    client_address TEXT,
    user_agent TEXT
);
CREATE INDEX audit_time ON audit (at);
CREATE INDEX audit_username ON audit (username, at);
