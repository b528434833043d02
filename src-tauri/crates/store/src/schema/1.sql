-- Settings, the last session: one JSON value for each key.
CREATE TABLE preferences (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What the person said about a profile; NULL is "not said".
CREATE TABLE profiles (
    name TEXT PRIMARY KEY,
    environment TEXT,
    mode TEXT
) STRICT;

-- Profiles whose keys are in the system keychain. Names and regions only.
CREATE TABLE key_profiles (
    name TEXT PRIMARY KEY,
    region TEXT NOT NULL
) STRICT;

CREATE TABLE recents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL
) STRICT;

-- Runs of the program. Whether one is alive is told by its lock file, not by the pid, which is for people.
CREATE TABLE instances (
    id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    started TEXT NOT NULL
) STRICT;

CREATE TABLE operations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    instance TEXT NOT NULL REFERENCES instances (id),
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    profile TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    bucket TEXT NOT NULL,
    who TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    bytes INTEGER NOT NULL,
    note TEXT NOT NULL,
    -- Why it cannot be undone.
    undo_blocked TEXT,
    -- The operation that undid this one.
    undone_by TEXT,
    -- The plan as JSON, exactly as it was confirmed.
    plan TEXT NOT NULL
) STRICT;

CREATE INDEX operations_by_state ON operations (state);

CREATE TABLE steps (
    operation INTEGER NOT NULL REFERENCES operations (number) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    key TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL,
    started TEXT,
    -- A multipart upload that may still be open at the service.
    upload_id TEXT,
    -- The receipt as JSON, once there was one.
    receipt TEXT,
    PRIMARY KEY (operation, step)
) STRICT, WITHOUT ROWID;

-- The audit log: see audit.rs and chain.rs.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    profile TEXT NOT NULL,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    result TEXT NOT NULL,
    operation TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_operation ON audit (operation) WHERE operation IS NOT NULL;

-- The last entry, kept apart so that cutting off the tail of the log shows.
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

-- INSERT OR REPLACE deletes without firing delete triggers: only the next number is let in.
CREATE TRIGGER audit_next_only BEFORE INSERT ON audit
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
WHEN NEW.sequence IS NOT OLD.sequence + 1
BEGIN SELECT RAISE (ABORT, 'the head of the audit log only moves forward'); END;

CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE (ABORT, 'the head of the audit log stays'); END;
