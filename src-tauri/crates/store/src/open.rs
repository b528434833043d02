//! Opening the database.
//!
//! Nothing is lost silently: a file that is no SQLite database at all is renamed, never deleted, and the caller is
//! told; a database from a newer program and a damaged one are refused and left as they are. A lock file serialises
//! the opening, because two instances that both find a broken file must not both set it aside: the second would set
//! aside the good one that the first has just made.

use crate::{Store, StoreError, instance::Instance, location, schema};
use contract::Timestamp;
use rusqlite::{Connection, ErrorCode};
use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The database's file name in the data folder.
pub const DATABASE_NAME: &str = "quarterdeck.db";

/// How long a statement waits for another instance's write, and the opening for another's opening.
const BUSY: Duration = Duration::from_secs(10);

/// An opened store, and what the person must be told about it.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// Where a file that was no database was moved to, if there was one. The store is empty then.
    pub set_aside: Option<PathBuf>,
}

impl Store {
    /// Opens the database in `dir`, creating folder (0700) and file (0600) as needed, and brings it to this version.
    /// Blocking.
    pub fn open(dir: &Path) -> Result<Opened, StoreError> {
        location::create_private_dir(dir)?;
        let path = dir.join(DATABASE_NAME);
        let opening = wait_for_turn(&dir.join("opening.lock"))?;
        let (mut connection, set_aside) = match connect(&path) {
            Err(StoreError::Damaged(error)) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                let moved = set_aside(&path)?;
                tracing::warn!(moved = %moved.display(), "the database file was no database and was set aside");
                (connect(&path)?, Some(moved))
            }
            other => (other?, None),
        };
        schema::migrate(&mut connection, &path)?;
        let instance = Instance::start(dir, &connection)?;
        drop(opening);
        Ok(Opened { store: Store::new(connection, instance, path), set_aside })
    }
}

/// One connection with the rules that every connection follows. Fails with `NotADatabase` on a file that is none.
fn connect(path: &Path) -> Result<Connection, StoreError> {
    // SQLite gives the -wal and -shm files the mode of the database file.
    drop(location::open_private_file(path)?);
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // Reads the header before anything is written.
    let _version: i64 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // macOS: fsync alone does not reach the disk.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn wait_for_turn(path: &Path) -> Result<std::fs::File, StoreError> {
    let file = location::open_private_file(path)?;
    let give_up = Instant::now() + BUSY;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Busy),
            Err(TryLockError::Error(source)) => return Err(StoreError::Folder { path: path.to_owned(), source }),
        }
    }
}

/// Renames the file, and its write-ahead log with it: SQLite would replay an old log into the new database.
fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ").to_string();
    let aside = |suffix: &str| path.with_file_name(format!("{DATABASE_NAME}{suffix}.not-a-database-{stamp}"));
    let target = aside("");
    for suffix in ["-wal", "-shm", ""] {
        let from = path.with_file_name(format!("{DATABASE_NAME}{suffix}"));
        match std::fs::rename(&from, aside(suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(StoreError::Folder { path: from, source }),
        }
    }
    Ok(target)
}
