//! One log file or stream: read in the background from when it is opened until nobody holds it, and again when it is
//! looked at again.
//!
//! What readers see is a [`Copy`]: the inflated text on this computer with its lines and records, which only grow. When the
//! service has other bytes a new copy is made beside it and takes its place when it is whole, so that rows that are on the
//! screen do not vanish and come back.

mod copy;
mod fetch;
mod note;
mod seam;

pub(crate) use copy::Copy;

use super::{Address, Library};
use crate::{Desk, EngineError};
use aws::{AwsError, Session};
use contract::Timestamp;
use logs::Cancel;
use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What is known of a file at a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub copy: Option<Arc<Copy>>,
    /// As stored; streams do not say.
    pub size: Option<u64>,
    pub last_write: Option<Timestamp>,
    /// Bytes as stored that were read.
    pub read: u64,
    /// What is wrong with it, in words.
    pub fault: Option<String>,
    /// Everything that was there was read, or cannot be.
    pub complete: bool,
    /// Which bytes these are: an ETag, or what stands behind the last event.
    mark: Option<String>,
    /// There is more of these bytes than could be read.
    cut: bool,
}

impl Seen {
    /// Which bytes need not be read again as long as the service has no others.
    fn settled(&self) -> Option<String> {
        self.mark.clone().filter(|_| !self.cut)
    }
}

#[derive(Debug)]
pub(crate) struct Source {
    pub address: Address,
    library: Arc<Library>,
    session: Session,
    key: String,
    /// A copy of it may stay in the cache.
    pub keeps: bool,
    seen: Mutex<Seen>,
    /// A failure that is not the file's own: expired credentials, no network.
    failed: Mutex<Option<EngineError>>,
    again: Notify,
    /// How often it was looked at to the end.
    looks: AtomicU64,
    stop: CancellationToken,
    cancel: Cancel,
}

impl Source {
    pub fn new(library: Arc<Library>, session: Session, address: Address, key: String) -> Self {
        Self {
            address,
            library,
            session,
            key,
            keeps: true,
            seen: Mutex::default(),
            failed: Mutex::default(),
            again: Notify::new(),
            looks: AtomicU64::new(0),
            stop: CancellationToken::new(),
            cancel: Cancel::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn seen(&self) -> Seen {
        self.lock().clone()
    }

    /// Looks whether there is more than was read.
    pub fn look_again(&self) {
        self.again.notify_one();
    }

    /// The same, and waits until it is known.
    pub async fn look(&self) {
        let before = self.looks.load(Ordering::Relaxed);
        let mut grown = self.library.grown.subscribe();
        self.look_again();
        while self.looks.load(Ordering::Relaxed) == before {
            if grown.changed().await.is_err() {
                return;
            }
        }
    }

    /// A failure that speaks of the session and not of this file; told once.
    pub fn take_failure(&self) -> Option<EngineError> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn fail(&self, error: AwsError) {
        let fault = super::wording::refusal(&error);
        let is_session = match error {
            AwsError::SignIn { .. } | AwsError::Unreachable { .. } => true,
            // Whoever goes through many files only makes it worse.
            AwsError::Busy { .. } => !self.keeps,
            _ => false,
        };
        if is_session {
            let error = Desk::failed(&self.session)(error);
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
        // Whoever waits for the end takes the failure next.
        let mut seen = self.lock();
        // What was read stays good; a look that found nobody is made again later.
        if seen.copy.is_none() {
            seen.fault = Some(fault);
        }
        seen.complete = true;
    }
}

/// Keeps a [`Source`] reading; dropped, it stops.
#[derive(Debug)]
pub(crate) struct LogFile {
    source: Arc<Source>,
}

impl LogFile {
    pub fn begin(source: Source) -> Self {
        let source = Arc::new(source);
        let reading = Arc::clone(&source);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = reading.stop.cancelled() => return,
                    read = reading.read() => if let Err(error) = read {
                        reading.fail(error);
                    },
                }
                reading.lock().complete = true;
                reading.looks.fetch_add(1, Ordering::Relaxed);
                reading.library.moved();
                tokio::select! {
                    () = reading.stop.cancelled() => return,
                    () = reading.again.notified() => {}
                }
            }
        });
        Self { source }
    }

    /// One that was read whole and never looks again.
    #[cfg(test)]
    pub fn read_before(library: Arc<Library>, session: Session, address: Address, copy: Arc<Copy>) -> Arc<Self> {
        let key = address.key();
        let source = Source::new(library, session, address, key);
        *source.lock() = Seen { copy: Some(copy), complete: true, ..Seen::default() };
        Arc::new(Self { source: Arc::new(source) })
    }

    /// One of which nothing came yet.
    #[cfg(test)]
    pub fn awaited(library: Arc<Library>, session: Session, address: Address) -> Arc<Self> {
        let key = address.key();
        Arc::new(Self { source: Arc::new(Source::new(library, session, address, key)) })
    }

    /// What is there now, whole.
    #[cfg(test)]
    pub fn arrive(&self, copy: Arc<Copy>) {
        *self.lock() = Seen { copy: Some(copy), complete: true, ..Seen::default() };
        self.library.moved();
    }

    /// Waits until everything was read that there was.
    pub async fn complete(&self) {
        let mut grown = self.library.grown.subscribe();
        while !self.seen().complete {
            if grown.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Deref for LogFile {
    type Target = Source;

    fn deref(&self) -> &Source {
        &self.source
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        self.source.stop.cancel();
        self.source.cancel.cancel();
    }
}
