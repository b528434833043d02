//! A result set as a signal of rows: opens it, follows its growth, reads a growing number of rows from its front, filters
//! it, and closes it with the page. What was read stays on screen until something newer is there.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
    parts::turns::Turns,
};
use contract::{
    Fault, SetId, Streaming,
    sets::{CloseSet, FilterError, ReadRows, Rows, SetEvent, SetState, ViewSet},
};
use leptos::{prelude::*, task::spawn_local};

/// Rows that one call gives at most.
const WINDOW: u64 = 512;

#[derive(Debug)]
pub struct Feed<T: Send + Sync + 'static> {
    desk: Desk,
    /// `None` until the core has answered.
    pub state: RwSignal<Option<SetState>>,
    pub fault: RwSignal<Option<Fault>>,
    pub rows: RwSignal<Vec<T>>,
    pub filter: RwSignal<String>,
    pub filter_errors: RwSignal<Vec<FilterError>>,
    /// How many rows are wanted.
    wanted: RwSignal<u64>,
    take: StoredValue<fn(Rows) -> Vec<T>>,
    listening: StoredValue<Option<Listening>, LocalStorage>,
    /// Counts the openings, so that an answer to an older one is dropped.
    opened: StoredValue<u64>,
    reads: Turns,
}

impl<T: Send + Sync + 'static> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Feed<T> {}

impl<T: Send + Sync + 'static> Feed<T> {
    /// A feed that takes its rows by `take`. Nothing is read before [`Feed::open`].
    pub fn new(take: fn(Rows) -> Vec<T>) -> Self {
        let feed = Self {
            desk: Desk::get(),
            state: RwSignal::new(None),
            fault: RwSignal::new(None),
            rows: RwSignal::new(Vec::new()),
            filter: RwSignal::new(String::new()),
            filter_errors: RwSignal::new(Vec::new()),
            wanted: RwSignal::new(WINDOW),
            take: StoredValue::new(take),
            listening: StoredValue::new_local(None),
            opened: StoredValue::new(0),
            reads: Turns::start(),
        };
        on_cleanup(move || feed.close());
        Effect::new(move |_| {
            let view = feed.state.with(|state| state.as_ref().map(|state| (state.set, state.shown, state.revision)));
            if let Some((set, shown, _)) = view {
                feed.read(set, feed.wanted.get().min(shown));
            }
        });
        Effect::new(move |before: Option<String>| {
            let filter = feed.filter.get();
            if before.is_some_and(|before| before != filter) {
                feed.view(filter.clone());
            }
            filter
        });
        feed
    }

    /// Opens the set anew; the rows of the old one stay until the new ones are there.
    pub fn open<C>(self, request: C)
    where
        C: Streaming<Reply = SetState, Event = SetEvent> + 'static,
    {
        self.close();
        let opening = self.opened.try_update_value(|opened| {
            *opened += 1;
            *opened
        });
        spawn_local(async move {
            let on_event = move |event| {
                if self.opened.try_get_value() != opening {
                    return;
                }
                match event {
                    SetEvent::Grew(state) => self.put(state),
                    SetEvent::Failed(fault) => self.fault.set(Some(fault)),
                }
            };
            let answer = bridge::listen(request, on_event).await;
            if self.opened.try_get_value() != opening {
                if let Ok((state, _)) = answer {
                    close(state.set);
                }
                return;
            }
            match answer {
                Ok((state, listening)) => {
                    self.listening.set_value(Some(listening));
                    self.fault.set(None);
                    // Growth may have been told before the answer came.
                    let newer = self.state.with_untracked(|known| {
                        known.as_ref().is_none_or(|known| known.set != state.set || known.revision < state.revision)
                    });
                    if newer {
                        self.put(state);
                    }
                    let filter = self.filter.get_untracked();
                    if !filter.is_empty() {
                        self.view(filter);
                    }
                }
                Err(fault) => self.fault.set(Some(fault)),
            }
        });
    }

    /// Wants another window of rows.
    pub fn more(self) {
        self.wanted.update(|wanted| *wanted += WINDOW);
    }

    fn put(self, state: SetState) {
        self.filter_errors.set(state.filter_errors.clone());
        self.state.set(Some(state));
    }

    fn view(self, filter: String) {
        let Some(set) = self.state.with_untracked(|state| state.as_ref().map(|state| state.set)) else { return };
        let offset_minutes = untrack(|| self.desk.offset_minutes());
        let opening = self.opened.try_get_value();
        spawn_local(async move {
            match bridge::call(ViewSet { set, filter: filter.clone(), sort: None, offset_minutes }).await {
                Ok(state) if self.filter.try_get_untracked() == Some(filter) => self.put(state),
                Ok(_) => {}
                Err(fault) => self.fail(opening, fault),
            }
        });
    }

    /// A set that was closed by another opening is gone, which is no fault of the list.
    fn fail(self, opening: Option<u64>, fault: Fault) {
        if opening.is_some() && self.opened.try_get_value() == opening {
            self.fault.try_set(Some(fault));
        }
    }

    fn read(self, set: SetId, to: u64) {
        let opening = self.opened.try_get_value();
        let turn = self.reads.ask();
        spawn_local(async move {
            let mut rows = Vec::new();
            let mut from = 0;
            while from < to {
                match bridge::call(ReadRows { set, from, to: to.min(from + WINDOW) }).await {
                    Ok(window) => {
                        let Some(taken) = self.take.try_with_value(|take| take(window.rows)) else { return };
                        if taken.is_empty() {
                            break;
                        }
                        from += taken.len() as u64;
                        rows.extend(taken);
                    }
                    Err(fault) => return self.fail(opening, fault),
                }
            }
            let still = self.state.try_with_untracked(|state| state.as_ref().is_some_and(|state| state.set == set));
            if still == Some(true) && turn.take() {
                self.rows.set(rows);
            }
        });
    }

    fn close(self) {
        self.listening.try_update_value(Option::take);
        let set = self.state.try_with_untracked(|state| state.as_ref().map(|state| state.set)).flatten();
        if let Some(set) = set {
            close(set);
        }
    }
}

fn close(set: SetId) {
    spawn_local(async move {
        // The core closes the sets of a window that is gone by itself.
        let _ = bridge::call(CloseSet { set }).await;
    });
}
