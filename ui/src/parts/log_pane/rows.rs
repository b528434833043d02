//! The rows at hand: what was read of the view for the window and a little around it.

use super::{open::LogHandle, search::SearchHandle};
use crate::{bridge, parts::grid::window::Window};
use contract::{
    LogId, SearchId,
    logs::{LogRow, LogView, ReadLog},
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeMap;

/// Rows read beyond the window on either side, so that a step of scrolling needs no call.
const AROUND: u64 = 60;

/// What rows were read for: of another log, view or search they are others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Of {
    log: LogId,
    view: LogView,
    search: Option<SearchId>,
    /// Where rows move when the log grows (several files on one clock, hits that are still found): its revision.
    revision: Option<u64>,
}

#[derive(Clone, PartialEq)]
struct Held {
    of: Of,
    rows: BTreeMap<u64, LogRow>,
}

/// Where rows stand: the log, the view, and where rows move the revision.
pub type Stand = (LogId, LogView, Option<u64>);

#[derive(Clone, Copy)]
pub struct LogRows {
    held: RwSignal<Option<Held>>,
    /// Changes when a row may stand elsewhere.
    pub stand: Memo<Option<Stand>>,
}

impl LogRows {
    /// Keeps the rows of the window at hand. Old rows stay until the new ones are there. `total` learns how many rows
    /// the view has.
    pub fn follow(
        log: LogHandle,
        view: Memo<LogView>,
        search: SearchHandle,
        window: Window,
        total: RwSignal<u64>,
    ) -> Self {
        let held = RwSignal::new(None::<Held>);
        let busy = RwSignal::new(false);
        let of = Memo::new(move |_| {
            log.state.with(|state| {
                let state = state.as_ref()?;
                let view = view.get();
                let revision = match view {
                    LogView::Records if state.files.len() > 1 => Some(state.revision),
                    LogView::Hits { .. } => Some(search.found()),
                    _ => None,
                };
                Some(Of { log: state.log, view, search: search.id(), revision })
            })
        });
        Effect::new(move |_| {
            let Some(of) = of.get() else { return };
            let (from, to) = window.wanted();
            // The number of hits is known by reading some.
            let to = if matches!(of.view, LogView::Hits { .. }) { to.max(from + 1) } else { to };
            // One call at a time; when it is back, this runs again for what is wanted by then.
            if busy.get() {
                return;
            }
            let at_hand = held.with_untracked(|held| {
                held.as_ref().is_some_and(|held| held.of == of && (from..to).all(|row| held.rows.contains_key(&row)))
            });
            let none = matches!(of.view, LogView::Hits { .. })
                && total.get_untracked() == 0
                && held.with_untracked(|held| held.as_ref().is_some_and(|held| held.of == of));
            if at_hand || none || from >= to {
                return;
            }
            busy.set(true);
            spawn_local(async move {
                let request = ReadLog {
                    log: of.log,
                    view: of.view,
                    from: from.saturating_sub(AROUND),
                    to: to + AROUND,
                    search: of.search,
                };
                if let Ok(window) = bridge::call(request).await {
                    if matches!(of.view, LogView::Hits { .. }) {
                        total.try_set(window.total);
                    }
                    held.try_set(Some(Held { of, rows: (window.from..).zip(window.rows).collect() }));
                }
                busy.try_set(false);
            });
        });
        let stand = Memo::new(move |_| of.get().map(|of| (of.log, of.view, of.revision)));
        Self { held, stand }
    }

    pub fn get(self, at: u64) -> Option<LogRow> {
        self.held.with(|held| held.as_ref()?.rows.get(&at).cloned())
    }

    pub fn get_untracked(self, at: u64) -> Option<LogRow> {
        untrack(|| self.get(at))
    }
}
