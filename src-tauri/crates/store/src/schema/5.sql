-- Reports of model monitors that were read: what they come to, as JSON that is packed with zstd.
CREATE TABLE reports (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    schedule TEXT NOT NULL,
    part TEXT NOT NULL,
    -- The S3 URI of its file, when that was stored, and what its numbers depend on beside it.
    file TEXT NOT NULL,
    stored TEXT NOT NULL,
    against TEXT NOT NULL,
    -- The time of the run, in seconds since 1970: the oldest go first.
    at INTEGER NOT NULL,
    -- What the row takes.
    bytes INTEGER NOT NULL,
    told BLOB NOT NULL,
    UNIQUE (account, region, schedule, part, file)
) STRICT;

CREATE INDEX reports_by_age ON reports (at, bytes);
