-- Searches that the person saved: of the log pane, and queries of Logs Insights. The search itself is JSON.
CREATE TABLE searches (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    search TEXT NOT NULL
) STRICT;
