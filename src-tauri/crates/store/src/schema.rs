//! The tables, as numbered migrations: migration `n` takes a database from `user_version` n to n + 1.
//!
//! A migration that was released is never edited; a change is a new one at the end. All tables are STRICT, so that a
//! column holds the type it says. Times are text (see `words`), so order comes from `number` columns, never from them.

use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

const MIGRATIONS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
];

/// Brings the database to this program's version, each step in a transaction of its own. Refuses a newer one.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = crate::words::index(MIGRATIONS.len());
    loop {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: i64 = step.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found > known {
            return Err(StoreError::Newer { path: path.to_owned(), found, known });
        }
        let Some(sql) = usize::try_from(found).ok().and_then(|version| MIGRATIONS.get(version)) else { return Ok(()) };
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", found.saturating_add(1))?;
        step.commit()?;
    }
}
