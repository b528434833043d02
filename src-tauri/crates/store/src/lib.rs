//! What stays on this computer: settings, profile preferences, the operation journal, the audit log, recents and what was
//! read of monitors' reports and of pipelines' executions in SQLite, and the access keys in the system keychain.
//!
//! What always holds:
//!
//! - A secret is never in SQLite, in an error, in `Debug` output or in a log line: keys live in [`Keychain`] alone,
//!   and the database knows only the names of the profiles that they belong to.
//! - What was written is on the disk when a method returns (`synchronous = FULL`), because the journal promises that a
//!   step is written down before it is done.
//! - A database that this program cannot read is never overwritten: see [`Store::open`]. Neither is what a profile's person
//!   keeps in one: see [`Store::set_aside`].
//!
//! The shape: one [`Store`], cheap to clone, around one connection behind a mutex. SQLite writes one at a time anyway,
//! and every method is a few short statements, so a pool would only add ways to wait. All methods block; async code
//! goes through [`Store::run`]. Several instances of the program may share one data folder: SQLite serialises their
//! writes, and `instance` tells whose operations are still alive.

mod audit;
mod bounded;
mod cache;
mod chain;
mod error;
mod findings;
mod instance;
mod journal;
mod keychain;
mod location;
mod open;
mod outcomes;
mod pipeline_runs;
mod preferences;
mod recents;
mod records;
mod reports;
mod schema;
mod searches;
mod who;
mod words;

pub use audit::NewAudit;
pub use cache::{Cache, CachedCopy, Draft};
pub use chain::GENESIS_TEXT;
pub use error::StoreError;
pub use findings::{FINDINGS_KEPT, SeenFinding};
pub use journal::NewOperation;
pub use keychain::{Kept, Keychain, Keys};
pub use location::{DATA_DIR_VARIABLE, data_dir};
pub use open::{DATABASE_NAME, Opened};
pub use outcomes::Outcome;
pub use pipeline_runs::{EndedRun, RUNS_DAYS, RUNS_MOST};
pub use preferences::{KeyProfile, LastSession, ProfilePrefs};
pub use recents::RECENTS_KEPT;
pub use records::{OperationRecord, StepRecord};
pub use reports::{Monitored, REPORTS_DAYS, REPORTS_MOST, ReportId, ReportPart};
pub use searches::Unsaved;
pub use who::whoami;

use instance::Instance;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The database of one data folder. Clones share the connection.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    connection: Mutex<Connection>,
    instance: Instance,
    path: PathBuf,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).field("instance", &self.inner.instance.id()).finish()
    }
}

impl Store {
    fn new(connection: Connection, instance: Instance, path: PathBuf) -> Self {
        Self { inner: Arc::new(Inner { connection: Mutex::new(connection), instance, path }) }
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The data folder: what else is kept on this computer is in it.
    pub fn folder(&self) -> &Path {
        self.inner.path.parent().unwrap_or(&self.inner.path)
    }

    /// Runs blocking store work off the async runtime: `store.run(move |store| store.operation(&id)).await`.
    pub async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || work(&store)).await.map_err(|_| StoreError::Stopped)?
    }

    fn instance(&self) -> &Instance {
        &self.inner.instance
    }

    /// A panic while the lock was held rolled its transaction back, so the connection behind a poisoned lock is good.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.inner.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything in `work` is written, or nothing. IMMEDIATE, so that what it reads cannot change before it writes.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}
