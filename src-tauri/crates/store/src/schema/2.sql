-- Operations are about buckets or state machines.
ALTER TABLE operations RENAME COLUMN bucket TO scope;

-- What became of an execution, found out once by reading its history: it never changes for the same number of redrives.
CREATE TABLE outcomes (
    execution TEXT NOT NULL,
    redrives INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (execution, redrives)
) STRICT, WITHOUT ROWID;

-- What the person said of an incident on the page Now: seen, mine, snoozed.
CREATE TABLE marks (
    incident TEXT PRIMARY KEY,
    mark TEXT NOT NULL
) STRICT;
