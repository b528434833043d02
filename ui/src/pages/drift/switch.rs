//! A monitoring schedule on or off: let it run again, or stop it.

use crate::{
    desk::Desk,
    parts::{
        acts::{Asking, when_done},
        confirm::ConfirmPlan,
        fault::FaultView,
        outcome::Outcome,
    },
};
use contract::models::{PlanScheduleStart, PlanScheduleStop};
use leptos::prelude::*;

/// What can be done with a schedule in a state, by the service's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Start,
    Stop,
}

impl Way {
    /// One that is pending goes one way or the other by itself, and one that failed has to be made anew.
    fn of(status: &str) -> Option<Self> {
        match status {
            "Stopped" => Some(Self::Start),
            "Scheduled" => Some(Self::Stop),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Start => "Start monitoring again",
            Self::Stop => "Stop monitoring",
        }
    }
}

/// `status` is the service's word for the schedule; `on_done` is called once it has another.
#[component]
pub fn Switch(
    schedule: StoredValue<String>,
    #[prop(into)] status: Signal<Option<String>>,
    on_done: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let asking = Asking::new();
    let way = Memo::new(move |_| status.with(|status| status.as_deref().and_then(Way::of)));
    when_done(asking.started, move || on_done.run(()));
    let ask = move |way: Way| {
        let schedule = schedule.get_value();
        match way {
            Way::Start => asking.ask(PlanScheduleStart { schedule }, || ()),
            Way::Stop => asking.ask(PlanScheduleStop { schedule }, || ()),
        }
    };
    view! {
        <div class="drift-switch">
            <Outcome started=asking.started />
            {move || asking.fault.get().map(|fault| view! { <FaultView fault /> })}
            {move || way.get().map(|way| view! {
                <p class="row">
                    <button type="button" class="btn" disabled=move || asking.busy.get() on:click=move |_| ask(way)>{way.word()}</button>
                    {move || desk.read_only().then(|| view! { <span class="dim small">"READ-ONLY: the plan can be made and looked at."</span> })}
                </p>
            })}
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_still_or_runs_can_be_switched() {
        assert_eq!(Way::of("Stopped").map(Way::word), Some("Start monitoring again"));
        assert_eq!(Way::of("Scheduled").map(Way::word), Some("Stop monitoring"));
        assert_eq!(Way::of("Pending"), None);
        assert_eq!(Way::of("Failed"), None);
    }
}
