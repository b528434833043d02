//! What the core reports on channels, kept for the test instead of being handed to a page.

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use std::{
    collections::HashMap,
    marker::PhantomData,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tauri::ipc::InvokeResponseBody;

/// How long a test waits for an event before it calls it missing.
pub const PATIENCE: Duration = Duration::from_mins(3);

#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    last: AtomicU32,
    by_channel: Mutex<HashMap<u32, Vec<String>>>,
    more: Condvar,
}

impl Heard {
    pub fn note(&self, channel: u32, body: &InvokeResponseBody) {
        if let InvokeResponseBody::Json(text) = body {
            self.lock().entry(channel).or_default().push(text.clone());
            self.inner.more.notify_all();
        }
    }

    pub fn channel<E>(&self) -> Channel<E> {
        let id = self.inner.last.fetch_add(1, Ordering::Relaxed) + 1;
        Channel { heard: self.clone(), id, event: PhantomData }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Vec<String>>> {
        self.inner.by_channel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The test's end of one channel.
#[derive(Debug)]
pub struct Channel<E> {
    heard: Heard,
    id: u32,
    event: PhantomData<E>,
}

impl<E: DeserializeOwned> Channel<E> {
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Everything so far.
    pub fn events(&self) -> Result<Vec<E>> {
        let texts = self.heard.lock().get(&self.id).cloned().unwrap_or_default();
        texts
            .iter()
            .map(|text| serde_json::from_str(text).with_context(|| format!("an event of another kind: {text}")))
            .collect()
    }

    /// Waits for the first event that is wanted, those already there included.
    pub fn wait<T>(&self, what: &str, wanted: impl Fn(&E) -> Option<T>) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.events()?.iter().find_map(&wanted) {
                return Ok(found);
            }
            if Instant::now() > end {
                bail!("{what} was not reported within {} s", PATIENCE.as_secs());
            }
            drop(self.heard.inner.more.wait_timeout(self.heard.lock(), Duration::from_millis(100)));
        }
    }
}
