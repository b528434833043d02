//! A run of a query for as long as the page shows it: started, told of, stopped with the page.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
};
use contract::{
    Code, Fault, InsightsId,
    insights::{
        InsightsEvent, InsightsReply, InsightsState, InsightsStatus, Malformed, ShowInsights, StartInsights,
        StopInsights,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How often a run that is being stopped is asked for.
const AGAIN: Duration = Duration::from_secs(1);

/// The signals of a run.
#[derive(Clone, Copy)]
pub struct RunHandle {
    /// The last run, as far as it is known.
    pub state: RwSignal<Option<InsightsState>>,
    /// The service does not understand the query.
    pub wrong: RwSignal<Option<Malformed>>,
    pub fault: RwSignal<Option<Fault>>,
    /// It was sent and the service has not answered.
    pub starting: RwSignal<bool>,
    asked: RwSignal<Option<StartInsights>>,
}

impl RunHandle {
    pub fn start(self, request: StartInsights) {
        self.asked.set(Some(request));
    }

    pub fn running(self) -> bool {
        self.state.with(|state| state.as_ref().is_some_and(|state| state.status == InsightsStatus::Running))
    }

    pub fn id(self) -> Option<InsightsId> {
        self.state.with(|state| state.as_ref().map(|state| state.query))
    }

    /// Stops the run; what was found stays.
    pub fn stop(self) {
        if let Some(id) = untrack(|| self.running().then(|| self.id()).flatten()) {
            stop(id);
        }
    }

    /// A reply and an event that were made at one time may arrive in either order.
    fn take(self, state: InsightsState) {
        self.state.try_update(|shown| {
            if shown.as_ref().is_none_or(|shown| shown.query != state.query || shown.revision <= state.revision) {
                *shown = Some(state);
            }
        });
    }

    /// Shows a run that the core still holds. It was stopped when its page was left, and tells nobody.
    fn show(self, id: InsightsId) {
        spawn_local(async move {
            // One that is gone is started anew by whoever wants it.
            let Ok(state) = bridge::call(ShowInsights { query: id }).await else { return };
            let again = state.status == InsightsStatus::Running;
            let still = self.asked.try_with_untracked(Option::is_none).unwrap_or_default();
            if still {
                self.take(state);
                if again {
                    set_timeout(move || self.show(id), AGAIN);
                }
            }
        });
    }
}

/// `kept` is the run that the address names; `on_started` learns of each new one.
pub fn use_run(kept: Option<InsightsId>, on_started: Callback<InsightsId>) -> RunHandle {
    let desk = Desk::get();
    let run = RunHandle {
        state: RwSignal::new(None),
        wrong: RwSignal::new(None),
        fault: RwSignal::new(None),
        starting: RwSignal::new(false),
        asked: RwSignal::new(None),
    };
    let listening = StoredValue::new_local(None::<Listening>);
    let ticket = StoredValue::new(0_u64);
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in(fault.clone());
        }
        run.fault.try_set(Some(fault));
    };
    Effect::new(move |_| {
        let Some(request) = run.asked.get() else { return };
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        run.stop();
        listening.set_value(None);
        run.state.set(None);
        run.wrong.set(None);
        run.fault.set(None);
        run.starting.set(true);
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(request, move |event| {
                if current() {
                    match event {
                        InsightsEvent::Changed(state) => run.take(state),
                        InsightsEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
            let is_current = current();
            if is_current {
                run.starting.try_set(false);
            }
            match answer {
                Ok((InsightsReply::Started(state), stream)) if is_current => {
                    listening.set_value(Some(stream));
                    on_started.run(state.query);
                    run.take(state);
                }
                // The page has gone on meanwhile.
                Ok((InsightsReply::Started(state), _)) => stop(state.query),
                Ok((InsightsReply::Malformed(wrong), _)) if is_current => {
                    run.wrong.try_set(Some(wrong));
                }
                Err(fault) if is_current => failed(fault),
                Ok(_) | Err(_) => {}
            }
        });
    });
    if let Some(id) = kept {
        run.show(id);
    }
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
        let running = run.state.try_with_untracked(|state| {
            state.as_ref().filter(|state| state.status == InsightsStatus::Running).map(|state| state.query)
        });
        if let Some(id) = running.flatten() {
            stop(id);
        }
    });
    run
}

fn stop(query: InsightsId) {
    spawn_local(async move {
        // One that is over or gone is stopped.
        let _ = bridge::call(StopInsights { query }).await;
    });
}
