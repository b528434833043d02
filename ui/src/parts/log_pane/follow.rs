//! Following: the core looks for more every second or two, and the end stays in sight until the person scrolls up. Then the
//! place is kept, and what came since is counted.

use super::open::LogHandle;
use crate::{bridge, desk::Desk};
use contract::{
    LogId,
    logs::{FollowLog, LogView},
};
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
pub struct Following {
    /// The person wants it.
    pub on: RwSignal<bool>,
    /// How many rows there were when the person left the end; `None` while the end is kept in sight.
    left: RwSignal<Option<u64>>,
    known: Memo<u64>,
}

impl Following {
    /// `known` rows are in the view.
    pub fn new(log: LogHandle, view: Memo<LogView>, known: Memo<u64>) -> Self {
        let desk = Desk::get();
        let following = Self { on: RwSignal::new(false), left: RwSignal::new(None), known };
        let id = Memo::new(move |_| log.state.with(|state| state.as_ref().map(|state| state.log)));
        Effect::new(move |told: Option<Option<(LogId, bool)>>| {
            let (id, on) = (id.get(), following.on.get());
            let wanted = id.map(|log| (log, on));
            // A log that was never followed need not be told so.
            let was_on = told.flatten().is_some_and(|(log, on)| on && Some(log) == id);
            if let Some((log, on)) = wanted.filter(|(_, on)| *on != was_on) {
                spawn_local(async move {
                    // One that is gone is not followed.
                    let _ = bridge::call(FollowLog { log, on }).await;
                });
            }
            wanted
        });
        let is_followed =
            Memo::new(move |_| log.state.with(|state| state.as_ref().is_some_and(|state| state.following)));
        Effect::new(move |was: Option<bool>| {
            let is = is_followed.get();
            if was == Some(true) && !is && following.on.get_untracked() {
                following.switch(false);
                desk.say("Nothing came for a while: the log is not followed any more");
            }
            is
        });
        // Rows of another view are counted otherwise.
        Effect::new(move |was: Option<LogView>| {
            let is = view.get();
            if was.is_some_and(|was| was != is) && following.left.get_untracked().is_some() {
                following.left.set(Some(following.known.get_untracked()));
            }
            is
        });
        following
    }

    fn switch(self, on: bool) {
        self.left.set(None);
        self.on.set(on);
    }

    pub fn toggle(self) {
        self.switch(!self.on.get_untracked());
    }

    /// The end is kept in sight.
    pub fn at_end(self) -> bool {
        self.on.get() && self.left.get().is_none()
    }

    /// The person goes elsewhere: what is in sight stays.
    pub fn leave(self) {
        if self.on.get_untracked() && self.left.get_untracked().is_none() {
            self.left.set(Some(self.known.get_untracked()));
        }
    }

    /// Back to the end.
    pub fn resume(self) {
        if self.left.get_untracked().is_some() {
            self.left.set(None);
        }
    }

    /// The first row in sight was `before` and is `now`.
    pub fn scrolled(self, before: u64, now: u64, end_in_sight: bool) {
        if now < before {
            self.leave();
        } else if now > before && end_in_sight {
            self.resume();
        }
    }

    /// Rows that came since the person left the end.
    pub fn fresh(self) -> u64 {
        self.left.get().map_or(0, |left| self.known.get().saturating_sub(left))
    }
}
