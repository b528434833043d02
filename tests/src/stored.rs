//! The program's database behind its back, as another version or a damaged disk would leave it. `folder` is the data folder.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension as _};
use std::{path::Path, time::Duration};

fn database(folder: &Path) -> Result<Connection> {
    let connection = Connection::open(folder.join("quarterdeck.db"))?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// Puts a text in the place of what is kept under a key of the preferences.
pub fn put(folder: &Path, key: &str, text: &str) -> Result<()> {
    let sql = "INSERT INTO preferences (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2";
    database(folder)?.execute(sql, (key, text))?;
    Ok(())
}

/// What is kept under a key of the preferences.
pub fn get(folder: &Path, key: &str) -> Result<Option<String>> {
    let connection = database(folder)?;
    let found = connection.query_row("SELECT value FROM preferences WHERE key = ?1", [key], |row| row.get(0));
    Ok(found.optional()?)
}
