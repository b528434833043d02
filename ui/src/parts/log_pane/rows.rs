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
    /// Where rows change when the log grows (several files on one clock, hits that are still found, repeats that are
    /// counted): its revision.
    revision: Option<u64>,
    /// They do not only change but move.
    moves: bool,
    /// Counts what was opened and closed.
    turn: u64,
}

#[derive(Clone, PartialEq)]
struct Held {
    of: Of,
    rows: BTreeMap<u64, LogRow>,
}

/// Where rows stand: the log, the view, where rows move the revision, and what was opened and closed.
pub type Stand = (LogId, LogView, Option<u64>, u64);

/// How many rows the view has is known by reading some.
pub fn is_counted(view: LogView) -> bool {
    matches!(view, LogView::Hits { .. } | LogView::Folds)
}

#[derive(Clone, Copy)]
pub struct LogRows {
    held: RwSignal<Option<Held>>,
    total: RwSignal<u64>,
    turn: RwSignal<u64>,
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
        let turn = RwSignal::new(0_u64);
        let of = Memo::new(move |_| {
            log.state.with(|state| {
                let state = state.as_ref()?;
                let view = view.get();
                let merged = state.files.len() > 1;
                let (revision, moves) = match view {
                    LogView::Records | LogView::Folds if merged => (Some(state.revision), true),
                    LogView::Hits { .. } => (Some(search.found()), true),
                    LogView::Folds => (Some(state.revision), false),
                    _ => (None, false),
                };
                Some(Of { log: state.log, view, search: search.id(), revision, moves, turn: turn.get() })
            })
        });
        Effect::new(move |_| {
            let Some(of) = of.get() else { return };
            let (from, to) = window.wanted();
            let to = if is_counted(of.view) { to.max(from + 1) } else { to };
            // One call at a time; when it is back, this runs again for what is wanted by then.
            if busy.get() {
                return;
            }
            let at_hand = held.with_untracked(|held| {
                held.as_ref().is_some_and(|held| held.of == of && (from..to).all(|row| held.rows.contains_key(&row)))
            });
            let none = is_counted(of.view)
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
                    if is_counted(of.view) {
                        total.try_set(window.total);
                    }
                    held.try_set(Some(Held { of, rows: (window.from..).zip(window.rows).collect() }));
                }
                busy.try_set(false);
            });
        });
        let stand = Memo::new(move |_| of.get().map(|of| (of.log, of.view, of.revision.filter(|_| of.moves), of.turn)));
        Self { held, total, turn, stand }
    }

    /// Rows were opened or closed: counts and reads them anew.
    pub async fn anew(self, log: LogId, view: LogView) {
        if let Ok(window) = bridge::call(ReadLog { log, view, from: 0, to: 1, search: None }).await {
            self.total.try_set(window.total);
        }
        self.turn.try_update(|turn| *turn += 1);
    }

    pub fn get(self, at: u64) -> Option<LogRow> {
        self.held.with(|held| held.as_ref()?.rows.get(&at).cloned())
    }

    pub fn get_untracked(self, at: u64) -> Option<LogRow> {
        untrack(|| self.get(at))
    }
}
