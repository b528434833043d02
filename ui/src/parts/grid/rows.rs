//! The rows at hand: what was read of the set for the window and a little around it.

use super::{SetHandle, sections::Sections, window::Window};
use crate::bridge;
use contract::{
    SetId,
    sets::{ReadRows, Rows},
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeMap;

/// A row of a grid.
pub trait GridRow: Clone + PartialEq + Send + Sync + 'static {
    /// What the core calls its identity.
    fn id(&self) -> String;
    /// Whether it is the row of this identity, or holds what has it.
    fn is(&self, id: &str) -> bool {
        self.id() == id
    }
    /// The rows of this kind; `None` for another.
    fn take(rows: Rows) -> Option<Vec<Self>>;
}

/// Rows read beyond the window on either side, so that a step of scrolling needs no call.
const AROUND: u64 = 40;
/// The core gives so many at once.
const MOST_AT_ONCE: u64 = 512;

#[derive(Clone, PartialEq)]
struct Held<R> {
    from: SetId,
    revision: u64,
    rows: BTreeMap<u64, R>,
}

pub struct RowCache<R: GridRow> {
    set: SetHandle,
    held: RwSignal<Option<Held<R>>>,
}

// Derived, it would be `Copy` only for rows that are.
#[allow(clippy::expl_impl_clone_on_copy)]
impl<R: GridRow> Clone for RowCache<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: GridRow> Copy for RowCache<R> {}

impl<R: GridRow> RowCache<R> {
    /// Keeps the rows of the window at hand for as long as the owner lives. Old rows stay until the new ones are there.
    pub fn follow(set: SetHandle, window: Window, sections: Memo<Sections>) -> Self {
        let held = RwSignal::new(None::<Held<R>>);
        let busy = RwSignal::new(false);
        Effect::new(move |_| {
            let Some((id, revision)) = set.revision() else { return };
            let (from, to) = window.wanted();
            let (from, to) = sections.with(|sections| (sections.row_from(from), sections.row_from(to)));
            // One call at a time; when it is back, this runs again for what is wanted by then.
            if busy.get() {
                return;
            }
            let at_hand = held.with_untracked(|held| {
                held.as_ref().is_some_and(|held| {
                    held.from == id && held.revision == revision && (from..to).all(|row| held.rows.contains_key(&row))
                })
            });
            if at_hand {
                return;
            }
            let from = from.saturating_sub(AROUND);
            let to = to + AROUND;
            busy.set(true);
            spawn_local(async move {
                let answer = bridge::call(ReadRows { set: id, from, to }).await;
                if let Ok(window) = answer
                    && let Some(rows) = R::take(window.rows)
                {
                    let rows = (window.from..).zip(rows).collect();
                    held.try_set(Some(Held { from: id, revision: window.revision.max(revision), rows }));
                }
                busy.try_set(false);
            });
        });
        Self { set, held }
    }

    pub fn get(self, at: u64) -> Option<R> {
        self.held.with(|held| held.as_ref()?.rows.get(&at).cloned())
    }

    pub fn get_untracked(self, at: u64) -> Option<R> {
        untrack(|| self.get(at))
    }

    /// Calls `act` with a row, reading it first if it is not at hand.
    pub fn with_row(self, at: u64, act: impl FnOnce(R) + 'static) {
        match self.get_untracked(at) {
            Some(row) => act(row),
            None => self.read(at, at + 1, move |rows| {
                if let Some(row) = rows.into_iter().next() {
                    act(row);
                }
            }),
        }
    }

    /// Calls `act` with the identities of `from..to`.
    pub fn ids(self, from: u64, to: u64, act: impl FnOnce(Vec<String>) + 'static) {
        self.read(from, to, move |rows| act(rows.iter().map(GridRow::id).collect()));
    }

    fn read(self, from: u64, to: u64, act: impl FnOnce(Vec<R>) + 'static) {
        let Some((set, _)) = self.set.revision_untracked() else { return };
        spawn_local(async move {
            let mut all = Vec::new();
            let mut at = from;
            while at < to {
                let end = to.min(at + MOST_AT_ONCE);
                let Ok(window) = bridge::call(ReadRows { set, from: at, to: end }).await else { return };
                all.extend(R::take(window.rows).unwrap_or_default());
                at = end;
            }
            act(all);
        });
    }
}
