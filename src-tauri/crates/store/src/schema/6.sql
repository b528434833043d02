-- Executions of SageMaker pipelines that are over: what was found out of each, as JSON.
CREATE TABLE pipeline_runs (
    number INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    -- When it began, in seconds since 1970: the oldest go first.
    at INTEGER NOT NULL,
    -- What the row takes.
    bytes INTEGER NOT NULL,
    told TEXT NOT NULL
) STRICT;

CREATE INDEX pipeline_runs_by_age ON pipeline_runs (at, bytes);
