//! Places visited lately, for the palette.

use crate::{Store, StoreError, words};
use contract::palette::Recent;

/// Older places are forgotten.
pub const RECENTS_KEPT: u32 = 50;

impl Store {
    /// Puts a place on top; one with the same address moves up and takes the new title. Blocking.
    pub fn remember(&self, recent: &Recent) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM recents WHERE address = ?1", [&recent.address])?;
            tx.execute("INSERT INTO recents (address, title) VALUES (?1, ?2)", (&recent.address, &recent.title))?;
            tx.execute(
                "DELETE FROM recents WHERE number NOT IN (SELECT number FROM recents ORDER BY number DESC LIMIT ?1)",
                [RECENTS_KEPT],
            )?;
            Ok(())
        })
    }

    /// The newest first. Blocking.
    pub fn recents(&self, limit: usize) -> Result<Vec<Recent>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT title, address FROM recents ORDER BY number DESC LIMIT ?1")?;
        let rows = statement.query_map([words::index(limit)], |row| {
            Ok(Recent { title: row.get("title")?, address: row.get("address")? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
