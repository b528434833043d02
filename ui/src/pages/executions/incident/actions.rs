//! What can be done, the best first: each asks for its plan, and the dialog shows it before anything happens.
//!
//! What was started from here is not started from here again, and what a restore starts by its rule is not started by hand
//! beside it, nor is its job: neither while it runs nor until the lists of the service show what came of it.

use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        acts::Asking,
        confirm::ConfirmPlan,
        outcome::Outcome,
        states::{NoticeLine, Skeleton},
    },
};
use contract::{
    Notice, OperationId, Timestamp,
    executions::Status,
    incident::{Incident, IncidentAction, IncidentStep},
    operations::{OperationRow, OperationState, UndoState},
};
use jiff::SignedDuration;
use leptos::prelude::*;
use leptos_router::components::A;

/// How long a run that was started may not be listed yet.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(5);

/// Something that was started from here.
#[derive(Debug, Clone)]
struct Begun {
    operation: OperationId,
    action: IncidentAction,
    at: Timestamp,
}

/// `on_over` is called when something that was started from here has ended, and the incident is to be read anew.
#[component]
pub fn Actions(incident: RwSignal<Option<Incident>>, #[prop(into)] on_over: Callback<()>) -> impl IntoView {
    let desk = Desk::get();
    let asking = Asking::new();
    let pressed = StoredValue::new(None::<IncidentAction>);
    let begun = RwSignal::new(Vec::<Begun>::new());
    let on_started = Callback::new(move |operation: OperationId| {
        if let Some(action) = pressed.get_value() {
            begun.update(|all| all.push(Begun { operation: operation.clone(), action, at: format::now() }));
        }
        asking.started.set(Some(operation));
    });
    let over = Memo::new(move |_| {
        let id = asking.started.get()?;
        let state = desk.operations.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.state))?;
        (state != OperationState::Running).then_some(id)
    });
    Effect::new(move |_| {
        let Some(id) = over.get() else { return };
        // An execution that was redriven is no failed one any more: its page follows it.
        let redriven = begun.with_untracked(|all| {
            all.iter().any(|one| one.operation == id && matches!(one.action.does, IncidentStep::Redrive(_)))
        });
        if !redriven {
            on_over.run(());
        }
    });
    let actions = Memo::new(move |last: Option<&Option<(Vec<IncidentAction>, bool)>>| {
        incident.with(|incident| {
            let Incident { actions, looking, .. } = incident.as_ref()?;
            if !actions.is_empty() {
                return Some((actions.clone(), false));
            }
            // While it is read anew, what stood here stays.
            let before = last.and_then(Option::as_ref).filter(|(before, _)| !looking.is_empty() && !before.is_empty());
            Some(before.cloned().unwrap_or((Vec::new(), looking.is_empty())))
        })
    });
    view! {
        <Outcome started=asking.started />
        {move || asking.fault.get().map(|fault| view! { <p class="warn" role="alert">{format!("{}: {}", fault.title, fault.detail)}</p> })}
        {move || match actions.get() {
            Some((actions, _)) if !actions.is_empty() => view! {
                <ol class="card advice-list" role="list" aria-label="Actions">
                    {actions.into_iter().map(|action| view! { <li><OneAction action asking pressed begun /></li> }).collect_view()}
                </ol>
            }.into_any(),
            Some((_, true)) => {
                let words = incident.with(|incident| incident.as_ref().map(|incident| nothing(incident.execution.status)));
                view! { <p class="soft">{words}</p> }.into_any()
            }
            _ => view! { <Skeleton rows=3 /> }.into_any(),
        }}
        <ConfirmPlan plan=asking.plan on_started />
    }
}

/// Why nothing can be done.
fn nothing(status: Status) -> &'static str {
    match status {
        Status::Running | Status::PendingRedrive => "Nothing is advised while it runs.",
        Status::Succeeded => "Nothing is advised: it did not fail.",
        _ => "Nothing is advised: the cause is not known, and running it again as it is may fail again.",
    }
}

/// Why an action must not be pressed after what was started from here.
fn held(does: &IncidentStep, begun: &[Begun], rows: &[OperationRow], now: Timestamp) -> Option<String> {
    let starts = |step: &IncidentStep| {
        matches!(step, IncidentStep::Start(_) | IncidentStep::Redrive(_) | IncidentStep::RunJob { .. })
    };
    begun.iter().rev().find_map(|one| {
        let row = rows.iter().find(|row| row.id == one.operation);
        // It is told of a moment after it began.
        let state = row.map_or(OperationState::Running, |row| row.state);
        let is_undone = row.is_some_and(|row| matches!(row.undo, UndoState::Undone(_)));
        let holds = match state {
            OperationState::Running | OperationState::Interrupted => true,
            OperationState::Succeeded => !is_undone && now.duration_since(one.at) < ON_ITS_WAY,
            OperationState::Failed | OperationState::Cancelled | OperationState::Discarded => false,
        };
        if !holds {
            return None;
        }
        let is_same = one.action.does == *does;
        match (&one.action.does, &one.action.starts) {
            (IncidentStep::Restore(_), Some(rule)) if is_same || starts(does) => Some(match state {
                OperationState::Succeeded => format!("Restored: {rule} starts it. See Show runs."),
                _ => format!("It is being restored: then {rule} starts it."),
            }),
            (IncidentStep::Restore(_), None) if is_same => Some(match state {
                OperationState::Succeeded => "It is restored.".to_owned(),
                _ => "It is being restored.".to_owned(),
            }),
            (IncidentStep::Start(_) | IncidentStep::Redrive(_), _) if starts(does) => {
                Some(format!("{} was pressed here: one more would do its work twice.", one.action.title))
            }
            _ => None,
        }
    })
}

#[component]
fn OneAction(
    action: IncidentAction,
    asking: Asking,
    pressed: StoredValue<Option<IncidentAction>>,
    begun: RwSignal<Vec<Begun>>,
) -> impl IntoView {
    let desk = Desk::get();
    let kept = action.clone();
    let IncidentAction { title, why, warning, withheld, does, .. } = action;
    let refused = Memo::new({
        let does = does.clone();
        move |_| {
            let held =
                begun.with(|begun| desk.operations.with(|operations| held(&does, begun, operations, format::now())));
            held.or_else(|| withheld.clone())
        }
    });
    let says = {
        let why = why.clone();
        move || refused.get().unwrap_or_else(|| why.clone())
    };
    // What is warned of is there for whoever knows better.
    let is_warned = warning.is_some();
    let press = move || {
        pressed.set_value(Some(kept.clone()));
        match &kept.does {
            IncidentStep::Restore(plan) => asking.ask(plan.clone(), || ()),
            IncidentStep::Start(plan) => asking.ask(plan.clone(), || ()),
            IncidentStep::Redrive(plan) => asking.ask(plan.clone(), || ()),
            IncidentStep::RunJob { .. } | IncidentStep::Follow { .. } | IncidentStep::ByHand => {}
        }
    };
    view! {
        <div>
            <strong>{title.clone()}</strong>
            <p class="soft">{why}</p>
            {warning.map(|text| view! { <ul class="notices" role="list"><NoticeLine notice=Notice::warning(text) /></ul> })}
            {move || refused.get().map(|text| view! { <p class="dim">{format!("Withheld: {text}")}</p> })}
        </div>
        {match does {
            IncidentStep::ByHand => ().into_any(),
            IncidentStep::Follow { machine, after } => {
                view! { <A href=address::machine_after(&machine, after) attr:class="btn">"Show runs"</A> }.into_any()
            }
            // What is pressed beside it may withhold it at any time.
            IncidentStep::RunJob { job, changes } => {
                let link = move || {
                    let (href, word, class) = match refused.get() {
                        None => (address::job_again(&job, &changes), "Edit and run…", "btn go"),
                        Some(_) => (address::job(&job), "Open job", "btn"),
                    };
                    view! { <A href=href attr:class=class>{word}</A> }
                };
                view! { {link} }.into_any()
            }
            IncidentStep::Restore(_) | IncidentStep::Start(_) | IncidentStep::Redrive(_) => view! {
                <button
                    type="button"
                    class="btn"
                    class:go=move || !is_warned && refused.with(Option::is_none)
                    title=says
                    aria-disabled=move || refused.with(Option::is_some).to_string()
                    disabled=move || asking.busy.get()
                    on:click=move |_| match refused.get_untracked() {
                        Some(why) => desk.say(why),
                        None => press(),
                    }
                >
                    {title}
                </button>
            }.into_any(),
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        executions::{PlanRedrive, PlanStart},
        jobs::JobId,
        restore::{Destination, Method, Pick, PlanRestore, RestoreItem},
    };

    const NOW: &str = "2026-11-21T08:14:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn restore(key: &str) -> IncidentStep {
        IncidentStep::Restore(PlanRestore {
            bucket: "lake-raw".into(),
            items: vec![RestoreItem { key: key.into(), folder: false, pick: Pick::Version("whole".into()) }],
            destination: Destination::InPlace,
            method: Method::Auto,
        })
    }

    fn start() -> IncidentStep {
        IncidentStep::Start(PlanStart { executions: vec!["arn".into()], target: None, input: None, name: None })
    }

    fn redrive() -> IncidentStep {
        IncidentStep::Redrive(PlanRedrive { executions: vec!["arn".into()] })
    }

    fn job() -> IncidentStep {
        let job = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
        IncidentStep::RunJob { job, changes: Vec::new() }
    }

    fn begun(does: IncidentStep, starts: Option<&str>) -> Begun {
        let action = IncidentAction {
            title: "Start again".into(),
            why: String::new(),
            warning: None,
            withheld: None,
            starts: starts.map(str::to_owned),
            does,
        };
        Begun { operation: OperationId("one".into()), action, at: at("2026-11-21T08:13:00Z") }
    }

    fn row(state: OperationState, undo: UndoState) -> OperationRow {
        OperationRow {
            id: OperationId("one".into()),
            title: String::new(),
            state,
            profile: String::new(),
            account: String::new(),
            region: String::new(),
            scope: String::new(),
            started: at("2026-11-21T08:13:00Z"),
            finished: None,
            steps_done: 0,
            steps: 1,
            bytes_done: 0,
            bytes: 0,
            note: String::new(),
            undo,
        }
    }

    #[test]
    fn what_runs_or_succeeded_is_not_said_to_fail_again() {
        assert_eq!(nothing(Status::Running), "Nothing is advised while it runs.");
        assert!(nothing(Status::Succeeded).contains("did not fail"));
        assert!(nothing(Status::Failed).contains("may fail again"));
    }

    #[test]
    fn what_a_restore_starts_is_not_started_again() {
        let all = [begun(restore("a.csv"), Some("rule on-daily-sales"))];
        let rows = [row(OperationState::Succeeded, UndoState::Possible)];
        for does in [restore("a.csv"), start(), redrive(), job()] {
            let why = held(&does, &all, &rows, at(NOW));
            assert_eq!(why.as_deref(), Some("Restored: rule on-daily-sales starts it. See Show runs."), "{does:?}");
            let before = held(&does, &all, &[], at(NOW));
            assert_eq!(
                before.as_deref(),
                Some("It is being restored: then rule on-daily-sales starts it."),
                "{does:?}"
            );
        }
        assert_eq!(held(&restore("b.csv"), &all, &rows, at(NOW)), None, "another input may be cut off too");
        assert_eq!(held(&start(), &all, &rows, at("2026-11-21T08:18:00Z")), None, "by then the lists tell");
    }

    #[test]
    fn what_failed_or_was_taken_back_holds_nothing() {
        let all = [begun(restore("a.csv"), Some("rule on-daily-sales"))];
        let undone = UndoState::Undone(OperationId("two".into()));
        for rows in [[row(OperationState::Failed, UndoState::None)], [row(OperationState::Succeeded, undone)]] {
            assert_eq!(held(&restore("a.csv"), &all, &rows, at(NOW)), None);
        }
    }

    #[test]
    fn without_a_rule_the_start_stays_and_is_pressed_once() {
        let rows = [row(OperationState::Succeeded, UndoState::Possible)];
        let all = [begun(restore("a.csv"), None)];
        assert_eq!(held(&start(), &all, &rows, at(NOW)), None);
        assert_eq!(held(&restore("a.csv"), &all, &rows, at(NOW)).as_deref(), Some("It is restored."));
        let all = [begun(start(), None)];
        for does in [start(), redrive(), job()] {
            let why = held(&does, &all, &rows, at(NOW));
            assert_eq!(why.as_deref(), Some("Start again was pressed here: one more would do its work twice."));
        }
    }
}
