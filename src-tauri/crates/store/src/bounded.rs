//! Tables of what can be found out again: they grow to so many bytes and no further, and can be cleared as a whole.
//!
//! Each has a `number` that counts up, the seconds `at` which a row's thing was, and its `bytes`.

use crate::{StoreError, words};
use rusqlite::{Connection, Transaction};

/// A table by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounded(pub &'static str);

impl Bounded {
    /// Bytes of all rows.
    pub fn size(self, connection: &Connection) -> Result<u64, StoreError> {
        let sql = format!("SELECT coalesce(sum(bytes), 0) FROM {}", self.0);
        Ok(words::unsigned(connection.query_row(&sql, [], |row| row.get(0))?))
    }

    /// Lets go what was before these seconds, and the oldest until all fit into `most` bytes.
    pub fn trim(self, tx: &Transaction<'_>, from: i64, most: u64) -> Result<(), StoreError> {
        let table = self.0;
        tx.execute(&format!("DELETE FROM {table} WHERE at < ?1"), [from])?;
        if self.size(tx)? > most {
            let sql = format!(
                "DELETE FROM {table} WHERE number IN (SELECT number FROM (
                     SELECT number, sum(bytes) OVER (ORDER BY at DESC, number DESC) AS all_since FROM {table}
                 ) WHERE all_since > ?1)"
            );
            tx.execute(&sql, [words::count(most)])?;
        }
        Ok(())
    }

    /// Removes all rows and gives their room on the disk back.
    pub fn clear(self, connection: &Connection) -> Result<(), StoreError> {
        connection.execute(&format!("DELETE FROM {}", self.0), [])?;
        // Pages of what was removed would stay in the file, and be readable there.
        if let Err(error) = connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the room of what was removed is not given back yet");
        }
        Ok(())
    }
}
