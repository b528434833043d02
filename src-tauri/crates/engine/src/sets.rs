//! Result sets: the core holds the rows, the window asks for those it shows.
//!
//! A [`Table`] keeps rows in the order in which they came (or in the record's natural order), and a view of positions
//! that pass the filter, sorted. The view is made again only when someone looks, so a loader may append as often as it
//! likes. [`Sets`] holds the open tables of the window; closing one, or reloading the window, cancels its loader.

mod copy;
mod filter;
mod table;
mod value;

pub use filter::{Filter, Moment};
pub use table::{Record, Table};
pub use value::{FieldSpec, Value};

use crate::EngineError;
use contract::{
    Fault, Notice, SetId, Timestamp,
    sets::{CopyFormat, RowWindow, SetEvent, SetState, ViewSet},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How often a growing set reports.
const REPORT_EVERY: Duration = Duration::from_millis(50);
/// Rows given by one call.
const MOST_ROWS: u64 = 512;

/// Where a set reports its growth.
pub type Events = Arc<dyn Fn(SetEvent) + Send + Sync>;

/// What every table can do, whatever its rows.
trait AnyTable: Send {
    fn state(&mut self) -> SetState;
    fn view(&mut self, view: &ViewSet, moment: &Moment) -> SetState;
    fn rows(&mut self, from: u64, to: u64) -> RowWindow;
    fn find(&mut self, id: &str) -> Option<u64>;
    fn copy(&mut self, ids: &[String], format: CopyFormat) -> (String, u64);
}

#[derive(Clone)]
struct Open {
    table: Arc<Mutex<dyn AnyTable>>,
    cancel: CancellationToken,
}

/// The open sets.
#[derive(Default)]
pub struct Sets {
    last: AtomicU64,
    open: Mutex<HashMap<SetId, Open>>,
}

impl std::fmt::Debug for Sets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sets").field("open", &self.opened().len()).finish_non_exhaustive()
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sets {
    fn opened(&self) -> MutexGuard<'_, HashMap<SetId, Open>> {
        lock(&self.open)
    }

    /// Opens an empty set. The writer fills it; the state is the reply to the window.
    pub fn open<R: Record>(&self, as_of: Timestamp, events: Events) -> (SetState, SetWriter<R>) {
        let id = SetId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let table = Arc::new(Mutex::new(Table::<R>::new(id, as_of)));
        let cancel = CancellationToken::new();
        let state = lock(&table).state();
        self.opened().insert(id, Open { table: table.clone(), cancel: cancel.clone() });
        (state, SetWriter { table, cancel, events, reported: Mutex::new(Instant::now()) })
    }

    fn get(&self, id: SetId) -> Result<Open, EngineError> {
        self.opened().get(&id).cloned().ok_or(EngineError::Gone("this list"))
    }

    pub fn view(&self, view: &ViewSet, moment: &Moment) -> Result<SetState, EngineError> {
        Ok(lock(&self.get(view.set)?.table).view(view, moment))
    }

    pub fn rows(&self, id: SetId, from: u64, to: u64) -> Result<RowWindow, EngineError> {
        Ok(lock(&self.get(id)?.table).rows(from, to.min(from.saturating_add(MOST_ROWS))))
    }

    /// All rows of the current view, for a summary of them.
    pub fn all_rows(&self, id: SetId) -> Result<RowWindow, EngineError> {
        Ok(lock(&self.get(id)?.table).rows(0, u64::MAX))
    }

    pub fn find(&self, id: SetId, row: &str) -> Result<Option<u64>, EngineError> {
        Ok(lock(&self.get(id)?.table).find(row))
    }

    /// Rows as text with a header line, and their number.
    pub fn copy(&self, id: SetId, ids: &[String], format: CopyFormat) -> Result<(String, u64), EngineError> {
        Ok(lock(&self.get(id)?.table).copy(ids, format))
    }

    pub fn close(&self, id: SetId) {
        if let Some(open) = self.opened().remove(&id) {
            open.cancel.cancel();
        }
    }

    /// The window has reloaded or closed: nobody will ask for these again.
    pub fn close_all(&self) {
        for (_, open) in self.opened().drain() {
            open.cancel.cancel();
        }
    }
}

/// The loader's end of a set.
pub struct SetWriter<R: Record> {
    table: Arc<Mutex<Table<R>>>,
    cancel: CancellationToken,
    events: Events,
    reported: Mutex<Instant>,
}

impl<R: Record> SetWriter<R> {
    /// Of a set that no window looks at.
    pub(crate) fn unseen(as_of: Timestamp) -> Self {
        Self {
            table: Arc::new(Mutex::new(Table::new(SetId(0), as_of))),
            cancel: CancellationToken::new(),
            events: Arc::new(|_: SetEvent| ()),
            reported: Mutex::new(Instant::now()),
        }
    }

    /// True once nobody looks at the set any more.
    pub fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    pub fn append(&self, rows: Vec<R>) {
        lock(&self.table).append(rows);
        self.report(false);
    }

    /// Replaces the row with the same identity.
    pub fn replace(&self, row: R) {
        lock(&self.table).replace(row);
        self.report(false);
    }

    /// Puts these rows in place of all, for a listing whose rows depend on their neighbours.
    pub fn set_all(&self, rows: Vec<R>) {
        lock(&self.table).set_all(rows);
        self.report(false);
    }

    /// The rows read so far, by identity.
    pub fn rows_by_id(&self) -> HashMap<String, R> {
        lock(&self.table).rows_by_id()
    }

    /// Identities of the rows that the window asked for last: they are on its screen.
    pub fn in_sight(&self) -> Vec<String> {
        lock(&self.table).in_sight()
    }

    pub fn notice(&self, notice: Notice) {
        lock(&self.table).notice(notice);
        self.report(true);
    }

    /// Puts these rows and notices in place of all.
    pub fn show(&self, rows: Vec<R>, notices: Vec<Notice>) {
        let mut table = lock(&self.table);
        table.set_notices(notices);
        table.set_all(rows);
        drop(table);
        self.report(true);
    }

    /// Puts these notices in place of all, as often as there is something new to say.
    pub fn say(&self, notices: Vec<Notice>) {
        lock(&self.table).set_notices(notices);
        self.report(false);
    }

    /// Until nobody looks at the set any more.
    pub async fn closed(&self) {
        self.cancel.cancelled().await;
    }

    /// All rows are there.
    pub fn finish(&self, as_of: Timestamp) {
        lock(&self.table).finish(as_of);
        self.report(true);
    }

    /// Reading stopped; what was read stays.
    pub fn fail(&self, fault: Fault) {
        if !self.cancelled() {
            (self.events)(SetEvent::Failed(fault));
        }
    }

    /// What the window would be told now.
    pub fn state(&self) -> SetState {
        lock(&self.table).state()
    }

    fn report(&self, at_once: bool) {
        let mut reported = lock(&self.reported);
        if self.cancelled() || (!at_once && reported.elapsed() < REPORT_EVERY) {
            return;
        }
        *reported = Instant::now();
        drop(reported);
        let state = self.state();
        (self.events)(SetEvent::Grew(state));
    }
}

impl<R: Record> std::fmt::Debug for SetWriter<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetWriter").field("cancelled", &self.cancelled()).finish_non_exhaustive()
    }
}
