//! Which runs of the program are alive.
//!
//! Every run holds an exclusive lock on a file of its own in `<data folder>/instances`, from before its first write to
//! its end. The system drops the lock when the process ends, however it ends, so "alive" is simply "the lock is held":
//! no pid that the system may have given to another process, no heartbeat, no clock. (One lock for the whole folder
//! would not do: after its holder ended, a newcomer could not tell a second living run from a dead one.)

use crate::{StoreError, location};
use contract::Timestamp;
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// This run. The lock lasts as long as the value.
pub(crate) struct Instance {
    id: String,
    folder: PathBuf,
    lock: Option<File>,
}

impl Instance {
    /// Takes the lock and writes the run into the database.
    pub(crate) fn start(data_dir: &Path, connection: &Connection) -> Result<Self, StoreError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let folder = data_dir.join("instances");
        location::create_private_dir(&folder)?;
        let now = Timestamp::now();
        let pid = std::process::id();
        let id = format!("{pid}-{}-{}", now.as_nanosecond(), OPENED.fetch_add(1, Ordering::Relaxed));
        let path = lock_path(&folder, &id);
        let lock = location::open_private_file(&path)?;
        lock.lock().map_err(|source| StoreError::Folder { path, source })?;
        connection.execute(
            "INSERT INTO instances (id, pid, started) VALUES (?1, ?2, ?3)",
            (&id, i64::from(pid), now.to_string()),
        )?;
        let instance = Self { id, folder, lock: Some(lock) };
        instance.sweep();
        Ok(instance)
    }

    /// Removes the lock files of runs that crashed. Only while opening, which is one run at a time: a file that another
    /// run has made and not yet locked looks like that of a dead one.
    fn sweep(&self) {
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if let Some(id) = entry.file_name().to_str().and_then(|name| name.strip_suffix(".lock")) {
                let _removed = self.has_ended(id);
            }
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Whether the run with this id has ended. This run and runs that cannot be judged count as alive: an operation
    /// wrongly left alone can be looked at again, one wrongly taken over runs twice.
    pub(crate) fn has_ended(&self, id: &str) -> bool {
        if id == self.id {
            return false;
        }
        let path = lock_path(&self.folder, id);
        match File::options().read(true).write(true).open(&path) {
            Ok(file) => match file.try_lock() {
                Ok(()) => {
                    drop(file);
                    let _gone = std::fs::remove_file(&path);
                    true
                }
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(%error, path = %path.display(), "cannot tell whether this instance is alive");
                    false
                }
            },
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        drop(self.lock.take());
        let _gone = std::fs::remove_file(lock_path(&self.folder, &self.id));
    }
}

fn lock_path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.lock"))
}
