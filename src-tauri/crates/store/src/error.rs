//! What can go wrong on this computer, in words for the person who sits at it.
//!
//! No variant holds a secret: the errors of `keyring` and `serde_json` may quote the bytes that they choked on, so
//! those two are turned into plain words before they get here (see `keychain`).

use contract::{Code, OperationId, settings::Stored};
use rusqlite::ErrorCode;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system names no home folder for this user.
    #[error("no home folder to keep data in")]
    NoHome,
    #[error("{} cannot be used", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The database was last written by a newer program.
    #[error("{} was written by a newer Quarterdeck (format {found}; this one knows up to {known})", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// The file is a database with damaged pages. It is left as it is.
    #[error("the database is damaged")]
    Damaged(#[source] rusqlite::Error),
    /// Another instance kept the database longer than the busy timeout.
    #[error("another Quarterdeck holds the database")]
    Busy,
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    #[error("the database refused a statement")]
    Database(#[source] rusqlite::Error),
    /// A stored value is not what this program writes.
    #[error("{0} in the database cannot be read")]
    Unreadable(String),
    /// What is kept for a profile, or of the general settings, is not what this program writes: another version wrote it, or it was damaged. It is left as
    /// it is until the person sets it aside.
    #[error("{} cannot be read; the text is in {}, table preferences, key {key}", stored.words(), path.display())]
    Stored { stored: Stored, key: String, path: PathBuf },
    #[error("operation {0} is not in the journal")]
    NoSuchOperation(OperationId),
    #[error("operation {operation} has no step {step}")]
    NoSuchStep { operation: OperationId, step: usize },
    /// The operation belongs to an instance of the program that is alive, and it is not this one.
    #[error("operation {0} is being run by another Quarterdeck")]
    OtherInstance(OperationId),
    /// The operation is not in a state that allows this.
    #[error("operation {operation} is {state}")]
    WrongState { operation: OperationId, state: String },
    /// The background work died (a panic), or the program is closing.
    #[error("work on the store was cut off")]
    Stopped,
    /// No keychain service answers. The text says what to do.
    #[error("{0}")]
    KeychainAbsent(String),
    /// The keychain is there but did not open: locked, the prompt was dismissed, or it has no default collection.
    #[error("the system keychain did not open: {0}")]
    KeychainLocked(String),
    #[error("the system keychain did not answer within {0} seconds")]
    KeychainTimeout(u64),
    #[error("no keys are kept for profile {0}")]
    NoKeys(String),
    /// An entry is there, but not in the form that this program writes.
    #[error("the keychain entry of profile {0} cannot be read")]
    KeysUnreadable(String),
    #[error("the system keychain refused: {0}")]
    KeychainRefused(String),
}

impl StoreError {
    /// What the window acts on.
    pub fn code(&self) -> Code {
        match self {
            Self::NoSuchOperation(_) | Self::NoSuchStep { .. } => Code::NotFound,
            Self::Busy | Self::KeychainTimeout(_) | Self::KeychainLocked(_) => Code::Unreachable,
            Self::NoKeys(_) | Self::KeysUnreadable(_) => Code::SignIn,
            Self::Stored { .. } => Code::Unreadable,
            _ => Code::Other,
        }
    }

    /// What the person can do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoHome => "Set HOME, or QUARTERDECK_DATA_DIR to a folder of your choice.".to_owned(),
            Self::Folder { .. } => "Make the folder writable, or set QUARTERDECK_DATA_DIR to another one.".to_owned(),
            Self::Newer { .. } => {
                "Install the newer version again, or set QUARTERDECK_DATA_DIR to another folder.".to_owned()
            }
            Self::Damaged(_) => "Nothing was changed. Copy the data folder, then move quarterdeck.db (with -wal and \
                                 -shm) away to start with an empty one, or rescue it with `sqlite3 quarterdeck.db .recover`."
                .to_owned(),
            Self::Stored { stored, .. } => format!(
                "Nothing was changed. In Settings, under {}, it can be set aside to begin with {}.",
                stored.title(),
                stored.fresh()
            ),
            Self::Busy => "Close the other window, or try again.".to_owned(),
            Self::Full(_) => "Free some space; nothing half-written is kept.".to_owned(),
            Self::OtherInstance(_) => "Use the window that runs it, or close that one first.".to_owned(),
            Self::KeychainLocked(_) => "Unlock the default keychain (on Linux: `seahorse`, KWalletManager or log in \
                                        again; create a default keyring if there is none) and try again."
                .to_owned(),
            Self::KeychainTimeout(_) => "Answer the keychain's prompt and try again.".to_owned(),
            Self::NoKeys(name) | Self::KeysUnreadable(name) => {
                format!("Enter the access keys of {name} again in the settings.")
            }
            _ => return None,
        };
        Some(text)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error),
            Some(ErrorCode::DiskFull) => Self::Full(error),
            _ => Self::Database(error),
        }
    }
}
