-- Causes of failed runs, by job and signature: how often each came back, and what became of the job after it. The finding
-- itself is JSON.
CREATE TABLE findings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    signature TEXT NOT NULL,
    run TEXT NOT NULL,
    finding TEXT NOT NULL,
    UNIQUE (job, signature, run)
) STRICT;
