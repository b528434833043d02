//! A log of the core for as long as a page shows it.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
};
use contract::{
    Code, Fault, LogId,
    jobs::JobId,
    logs::{CloseLog, LogEvent, LogState, OpenLog},
};
use leptos::{prelude::*, task::spawn_local};

/// The signals of an open log.
#[derive(Clone, Copy)]
pub struct LogHandle {
    /// `None` until the first lines or their absence are known.
    pub state: RwSignal<Option<LogState>>,
    pub fault: RwSignal<Option<Fault>>,
    again: RwSignal<u64>,
}

impl LogHandle {
    /// Opens it anew, after a fault.
    pub fn again(self) {
        self.again.update(|count| *count += 1);
    }

    pub fn id(self) -> Option<LogId> {
        self.state.with_untracked(|state| state.as_ref().map(|state| state.log))
    }

    pub fn complete(self) -> bool {
        self.state.with(|state| state.as_ref().is_some_and(|state| state.complete))
    }
}

/// Opens these files, several merged on one clock, until the owner is gone.
pub fn use_log(addresses: Vec<String>, job: Option<JobId>) -> LogHandle {
    let desk = Desk::get();
    let handle = LogHandle { state: RwSignal::new(None), fault: RwSignal::new(None), again: RwSignal::new(0) };
    let listening = StoredValue::new_local(None::<Listening>);
    let open = StoredValue::new(None::<LogId>);
    let ticket = StoredValue::new(0_u64);
    let request = StoredValue::new(OpenLog { addresses, job });
    let take = move |state: LogState| {
        handle.state.update(|shown| {
            // A reply and an event that were made at one time may arrive in either order.
            if shown.as_ref().is_none_or(|shown| shown.log != state.log || shown.revision <= state.revision) {
                *shown = Some(state);
            }
        });
    };
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| handle.again()));
        }
        handle.fault.try_set(Some(fault));
    };
    Effect::new(move |_| {
        handle.again.track();
        desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        handle.state.set(None);
        handle.fault.set(None);
        listening.set_value(None);
        if let Some(old) = open.get_value() {
            close(old);
            open.set_value(None);
        }
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(request.get_value(), move |event| {
                if current() {
                    match event {
                        LogEvent::Grew(state) => take(state),
                        LogEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
            match answer {
                Ok((state, stream)) if current() => {
                    open.set_value(Some(state.log));
                    listening.set_value(Some(stream));
                    take(state);
                }
                // The page has gone on meanwhile.
                Ok((state, _)) => close(state.log),
                Err(fault) if current() => failed(fault),
                Err(_) => {}
            }
        });
    });
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
        if let Some(Some(log)) = open.try_get_value() {
            close(log);
        }
    });
    handle
}

fn close(log: LogId) {
    spawn_local(async move {
        // A log that is gone already is closed.
        let _ = bridge::call(CloseLog { log }).await;
    });
}
