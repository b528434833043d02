//! Records that say the same, as one row with a count: whether they are folded, which the window remembers, and opening and
//! closing one.

use super::{open::LogHandle, rows::LogRows};
use crate::{bridge, desk::Desk};
use contract::logs::{FoldInLog, LogView};
use leptos::{prelude::*, task::spawn_local};

/// Where the window keeps it.
const PLACE: &str = "log/fold-repeats";

/// Whether repeats are folded, as they were the last time; at first they are not.
pub fn kept() -> RwSignal<bool> {
    let kept = storage().and_then(|storage| storage.get_item(PLACE).ok().flatten());
    let on = RwSignal::new(kept.as_deref() == Some("on"));
    Effect::new(move |before: Option<()>| {
        let on = on.get();
        if before.is_some()
            && let Some(storage) = storage()
        {
            // Without storage the choice holds until the page closes.
            let _ = storage.set_item(PLACE, if on { "on" } else { "off" });
        }
    });
    on
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

#[derive(Clone, Copy)]
pub struct Repeats {
    desk: Desk,
    log: LogHandle,
    view: Memo<LogView>,
    rows: LogRows,
    cursor: RwSignal<Option<u64>>,
}

impl Repeats {
    pub fn new(log: LogHandle, view: Memo<LogView>, rows: LogRows, cursor: RwSignal<Option<u64>>) -> Self {
        Self { desk: Desk::get(), log, view, rows, cursor }
    }

    /// Opens or closes the repeats that a row is of, and moves the cursor to where they begin. Without `open` they become
    /// what they are not.
    pub fn turn(self, row: u64, open: Option<bool>) {
        let (Some(log), Some(row)) = (self.log.id(), self.rows.get_untracked(row)) else { return };
        let is_open = match (row.fold, row.inside) {
            (Some(fold), _) => fold.open,
            (None, true) => true,
            (None, false) => return,
        };
        let open = open.unwrap_or(!is_open);
        if open == is_open {
            return;
        }
        let view = self.view.get_untracked();
        spawn_local(async move {
            match bridge::call(FoldInLog { log, at: row.at, open }).await {
                Ok(first) => {
                    self.rows.anew(log, view).await;
                    if first.is_some() {
                        self.cursor.try_set(first);
                    }
                }
                Err(fault) => self.desk.say(fault.title),
            }
        });
    }
}
