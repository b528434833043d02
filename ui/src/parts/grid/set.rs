//! A result set of the core for as long as a page shows it.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
    format,
    keys::{self, Action},
};
use contract::{
    Code, Fault, SetId, Streaming,
    sets::{CloseSet, SetEvent, SetState, Sort, ViewSet},
};
use leptos::{prelude::*, task::spawn_local};

/// The signals of an open set.
#[derive(Clone, Copy)]
pub struct SetHandle {
    /// `None` until the first rows or their absence are known.
    pub state: RwSignal<Option<SetState>>,
    /// Reading stopped, or could not begin.
    pub fault: RwSignal<Option<Fault>>,
    /// What is on screen is of the range before this one; its rows are being read.
    pub outdated: RwSignal<bool>,
    reload: RwSignal<u64>,
}

impl SetHandle {
    /// Reads the set anew; what is on screen stays until the new rows are there.
    pub fn reload(self) {
        self.reload.update(|count| *count += 1);
    }

    /// The set and the revision of its rows.
    pub fn revision(self) -> Option<(SetId, u64)> {
        self.state.with(|state| state.as_ref().map(|state| (state.set, state.revision)))
    }

    pub fn revision_untracked(self) -> Option<(SetId, u64)> {
        untrack(|| self.revision())
    }

    /// Nothing more comes of what was asked for.
    pub fn complete(self) -> bool {
        !self.outdated.get() && self.state.with(|state| state.as_ref().is_some_and(|state| state.complete))
    }

    /// True while nothing can be shown yet.
    pub fn loading(self) -> bool {
        self.fault.read().is_none()
            && self.state.with(|state| state.as_ref().is_none_or(|state| state.total == 0 && !state.complete))
    }
}

/// Opens the set that `request` asks for, again whenever it asks for another, `r` is pressed or the session moves. Rows of
/// another request or session go at once.
/// Filter and order are applied to whatever set is open.
pub fn use_set<C>(
    request: impl Fn() -> Option<C> + 'static,
    filter: impl Fn() -> String + Copy + Send + Sync + 'static,
    sort: RwSignal<Option<Sort>>,
) -> SetHandle
where
    C: Streaming<Reply = SetState, Event = SetEvent> + PartialEq + Clone + 'static,
{
    open_sets(request, filter, sort, false)
}

/// The same for requests that differ in their range of time alone: the rows on screen stay until there are others, so that
/// neither the eye nor the keyboard loses its place.
pub fn use_set_over_range<C>(
    request: impl Fn() -> Option<C> + 'static,
    filter: impl Fn() -> String + Copy + Send + Sync + 'static,
    sort: RwSignal<Option<Sort>>,
) -> SetHandle
where
    C: Streaming<Reply = SetState, Event = SetEvent> + PartialEq + Clone + 'static,
{
    open_sets(request, filter, sort, true)
}

fn open_sets<C>(
    request: impl Fn() -> Option<C> + 'static,
    filter: impl Fn() -> String + Copy + Send + Sync + 'static,
    sort: RwSignal<Option<Sort>>,
    keeps: bool,
) -> SetHandle
where
    C: Streaming<Reply = SetState, Event = SetEvent> + PartialEq + Clone + 'static,
{
    let desk = Desk::get();
    let handle = SetHandle {
        state: RwSignal::new(None),
        fault: RwSignal::new(None),
        outdated: RwSignal::new(false),
        reload: RwSignal::new(0),
    };
    let listening = StoredValue::new_local(None::<Listening>);
    let open = StoredValue::new(None::<SetId>);
    let ticket = StoredValue::new(0_u64);
    // The last set of a request that is not asked any more: its rows never stand under another one.
    let left = StoredValue::new(None::<SetId>);

    // The set on screen is closed when another takes its place: until then its rows can be scrolled.
    let show = move |state: SetState| {
        let Some(left) = left.try_get_value() else { return };
        let mut replaced = None;
        handle.state.update(|shown| {
            if is_wanted(shown.as_ref(), left, &state) {
                replaced = shown.as_ref().map(|shown| shown.set).filter(|shown| *shown != state.set);
                *shown = Some(state);
            }
        });
        if let Some(old) = replaced {
            handle.outdated.set(false);
            close(old);
        }
    };
    let on_screen = move || handle.state.try_with_untracked(|state| state.as_ref().map(|state| state.set)).flatten();
    let leave = move |set: Option<SetId>| {
        let Some(set) = set else { return };
        close(set);
        // A view of it may be on its way; sets are numbered in the order in which they are opened.
        left.update_value(|left| *left = (*left).max(Some(set)));
        if open.get_value() == Some(set) {
            open.set_value(None);
        }
    };
    let take_down = move || {
        leave(on_screen());
        handle.state.set(None);
        handle.outdated.set(false);
    };
    // Rows of another range would pass for those that cannot be read.
    let fail = move |fault: Fault| {
        if handle.outdated.get_untracked() {
            take_down();
        }
        failed(desk, handle, fault);
    };

    Effect::new(move |before: Option<(Option<C>, u64)>| {
        let wanted = request();
        handle.reload.track();
        let now = desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        let (asked, then) = before.unwrap_or((None, now));
        // Another account's rows never stay under the name of this one, nor does why they could not be read.
        if then != now || wanted != asked && !(keeps && wanted.is_some()) {
            take_down();
            leave(open.get_value());
            handle.fault.set(None);
        } else if wanted != asked {
            handle.outdated.set(on_screen().is_some());
        }
        let Some(asked) = wanted.clone() else { return (wanted, now) };
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let opened = bridge::listen(asked, move |event| {
                if !current() {
                    return;
                }
                match event {
                    // Rows of a refresh wait until there are some; what is told of the reading hides no rows before that.
                    SetEvent::Grew(state)
                        if state.complete
                            || state.total > 0
                            || !state.notices.is_empty() && on_screen().is_none_or(|shown| shown == state.set) =>
                    {
                        handle.fault.set(None);
                        show(state);
                    }
                    SetEvent::Grew(_) => {}
                    SetEvent::Failed(fault) => fail(fault),
                }
            })
            .await;
            match opened {
                Ok((state, stream)) if current() => {
                    // One that was never shown makes room at once.
                    if let Some(old) = open.get_value().filter(|old| Some(*old) != on_screen()) {
                        close(old);
                    }
                    open.set_value(Some(state.set));
                    listening.set_value(Some(stream));
                    let view = untrack(|| (filter(), sort.get()));
                    apply(state.set, view.0, view.1, show);
                }
                // The page has gone on meanwhile.
                Ok((state, _)) => close(state.set),
                Err(fault) if current() => fail(fault),
                Err(_) => {}
            }
        });
        (wanted, now)
    });

    // A changed filter or order is a new view of the same set.
    Effect::new(move |before: Option<(String, Option<Sort>)>| {
        let view = (filter(), sort.get());
        if before.as_ref().is_some_and(|before| *before != view)
            && let Some(set) = open.get_value()
        {
            apply(set, view.0.clone(), view.1.clone(), show);
        }
        view
    });

    keys::on(Action::Refresh, move || handle.reload());
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
        let opened = open.try_get_value().flatten();
        for set in [opened, on_screen().filter(|shown| Some(*shown) != opened)].into_iter().flatten() {
            close(set);
        }
    });
    handle
}

/// Whether a state is to be shown: of no set that was left for another request, and not older than what is shown.
fn is_wanted(shown: Option<&SetState>, left: Option<SetId>, state: &SetState) -> bool {
    left.is_none_or(|left| state.set > left) && shown.is_none_or(|shown| !is_stale(shown, state))
}

/// Whether a state is older than the one that is shown: of a set before it, or of an older revision. A reply and an event
/// that were made at one revision may arrive in either order: what is complete does not become incomplete again, and a
/// notice is not taken back.
fn is_stale(shown: &SetState, state: &SetState) -> bool {
    state.set < shown.set
        || shown.set == state.set
            && (state.revision < shown.revision
                || state.revision == shown.revision
                    && (shown.complete && !state.complete || state.notices.len() < shown.notices.len()))
}

fn failed(desk: Desk, handle: SetHandle, fault: Fault) {
    if fault.code == Code::SignIn {
        desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| handle.reload()));
    }
    handle.fault.set(Some(fault));
}

fn close(set: SetId) {
    spawn_local(async move {
        // A set that is gone already is closed.
        let _ = bridge::call(CloseSet { set }).await;
    });
}

fn apply(set: SetId, filter: String, sort: Option<Sort>, show: impl Fn(SetState) + 'static) {
    spawn_local(async move {
        let offset_minutes = format::offset_minutes(format::now());
        if let Ok(state) = bridge::call(ViewSet { set, filter, sort, offset_minutes }).await
            && (state.complete || state.total > 0)
        {
            show(state);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(set: u64, revision: u64, complete: bool) -> SetState {
        SetState {
            set: SetId(set),
            total: 23,
            shown: 23,
            complete,
            as_of: contract::Timestamp::UNIX_EPOCH,
            notices: Vec::new(),
            filter_errors: Vec::new(),
            fields: Vec::new(),
            sections: Vec::new(),
            revision,
        }
    }

    #[test]
    fn rows_of_a_request_that_was_left_do_not_stand_under_the_next() {
        let of_the_old = state(1, 4, true);
        assert!(is_wanted(None, None, &of_the_old));
        let left = Some(SetId(1));
        assert!(!is_wanted(None, left, &of_the_old), "its filter was changed along with the folder");
        let of_the_new = state(2, 0, false);
        assert!(is_wanted(None, left, &of_the_new));
        assert!(!is_wanted(Some(&of_the_new), left, &of_the_old));
        assert!(is_wanted(Some(&of_the_new), left, &state(2, 1, true)));
    }

    #[test]
    fn a_reply_that_was_overtaken_by_the_end_does_not_undo_it() {
        let ended = state(1, 4, true);
        assert!(is_stale(&ended, &state(1, 4, false)), "made before the end, arrived after it");
        assert!(is_stale(&ended, &state(1, 3, true)));
        assert!(!is_stale(&state(1, 4, false), &ended));
        assert!(!is_stale(&ended, &state(1, 5, false)), "a newer revision always counts");
        assert!(!is_stale(&ended, &state(2, 0, false)), "another set begins anew");
        assert!(is_stale(&state(2, 0, false), &ended), "and is not replaced by a late reply of the one before");
    }
}
