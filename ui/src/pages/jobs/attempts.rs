//! The attempts of one run: how each ended, and the way to its logs.

use super::cells::of_state;
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        fault::FaultView,
        states::{Partial, Skeleton},
        status::Status,
    },
};
use contract::{
    Fault,
    jobs::{Attempts as Answer, Engine, JobId, JobRow, ReadAttempts, State},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

/// The run whose attempts are worth a call, with what tells that they changed. Glue does not say of a run that failed
/// whether it was tried again.
pub fn worth_asking(row: &JobRow) -> Option<(JobId, Option<u32>, State)> {
    let several = |number: Option<u32>| number.is_some_and(|number| number > 1);
    let worth = match row.id.engine() {
        Engine::EmrServerless => several(row.timing.attempt) || several(row.timing.attempts),
        Engine::Glue => several(row.timing.attempt) || row.state.is_failure(),
        _ => false,
    };
    worth.then(|| (row.id.clone(), row.timing.attempt, row.state.clone()))
}

/// `attempt` is the number of the one that the page shows; `told` gets the others for the timeline.
#[component]
pub fn Attempts(id: JobId, attempt: Option<u32>, told: RwSignal<Vec<JobRow>>) -> impl IntoView {
    let answer = RwSignal::new(None::<Result<Answer, Fault>>);
    let run = StoredValue::new(id);
    let ask = Callback::new(move |()| {
        spawn_local(async move {
            let Some(id) = run.try_get_value() else { return };
            let read = bridge::call(ReadAttempts { id }).await;
            if let Ok(read) = &read {
                told.try_set(read.rows.clone());
            }
            answer.try_set(Some(read));
        });
    });
    ask.run(());
    move || match answer.get() {
        None if attempt.is_some_and(|attempt| attempt > 1) => view! { <Skeleton rows=2 /> }.into_any(),
        None => ().into_any(),
        Some(Err(fault)) => view! { <FaultView fault retry=ask /> }.into_any(),
        // A run that was tried once is told by the page itself.
        Some(Ok(answer)) if answer.rows.len() < 2 => {
            view! { <Partial notices=Signal::stored(answer.notices) /> }.into_any()
        }
        Some(Ok(answer)) => view! { <Table answer run=run.get_value() attempt /> }.into_any(),
    }
}

#[component]
fn Table(answer: Answer, run: JobId, attempt: Option<u32>) -> impl IntoView {
    let Answer { rows, notices } = answer;
    let desk = Desk::get();
    let title = format::counted(rows.len() as u64, "attempt", "attempts");
    let started = move || format!("Started ({})", format::zone_label(desk.zone()));
    view! {
        <section aria-label="Attempts">
            <h3 class="part-title">{title}</h3>
            <Partial notices=Signal::stored(notices) />
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Attempt"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="nowrap">{started}</th>
                        <th scope="col">"Ran"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"Logs"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().map(|row| {
                        let shown = is_shown(&row, &run, attempt);
                        view! { <Attempt row shown /> }
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}

/// Whether a row is the attempt that the page shows; its id may leave out which of them it means.
fn is_shown(row: &JobRow, run: &JobId, attempt: Option<u32>) -> bool {
    match (&row.id, run) {
        (JobId::Serverless { attempt: own, .. }, JobId::Serverless { .. }) => *own == attempt,
        (own, run) => own == run,
    }
}

#[component]
fn Attempt(row: JobRow, shown: bool) -> impl IntoView {
    let desk = Desk::get();
    let began = row.started.or(row.created);
    let number = row.timing.attempt.map_or_else(|| row.id.own().to_owned(), |number| number.to_string());
    let logs = format!("Logs of attempt {number}");
    let href = address::job(&row.id);
    view! {
        <tr aria-current=shown.then_some("true")>
            <th scope="row">
                {if shown {
                    view! { {format!("{number} (this one)")} }.into_any()
                } else {
                    view! { <A href=href attr:class="link">{number}</A> }.into_any()
                }}
            </th>
            <td class="nowrap"><Status shape=of_state(&row.state) word=row.state.word() /></td>
            <td class="nowrap">{began.map(|at| view! { <time title=format::hover_time(at)>{move || format::time(at, desk.zone())}</time> })}</td>
            <td class="nowrap">{row.timing.run.map(format::millis)}</td>
            <td class="selectable">{row.reason.as_deref().map(format::one_line)}</td>
            <td class="nowrap"><A href=address::job_logs(&row.id) attr:class="link" attr:aria-label=logs>"Logs"</A></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::Timing;

    fn row(id: &str, state: State, attempt: Option<u32>, attempts: Option<u32>) -> JobRow {
        JobRow {
            id: id.parse().unwrap(),
            name: "clean".into(),
            state,
            word: String::new(),
            reason: None,
            created: None,
            started: None,
            ended: None,
            timing: Timing { attempt, attempts, ..Timing::default() },
            by: None,
            release: None,
            cost: Vec::new(),
            as_of: contract::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn attempts_are_asked_for_where_there_may_be_some() {
        let worth = |row: &JobRow| worth_asking(row).is_some();
        assert!(worth(&row("emr-serverless:00f/00g", State::Running, Some(1), Some(3))));
        assert!(worth(&row("emr-serverless:00f/00g", State::Failed, Some(3), None)));
        assert!(!worth(&row("emr-serverless:00f/00g", State::Failed, Some(1), Some(1))));
        assert!(worth(&row("glue:clean/jr_1", State::Failed, Some(1), None)));
        assert!(!worth(&row("glue:clean/jr_1", State::Succeeded, Some(1), None)));
        assert!(!worth(&row("emr:j-1/s-1", State::Failed, None, None)));
    }

    #[test]
    fn the_attempt_of_the_page_is_known_by_its_number() {
        let second = row("emr-serverless:00f/00g/2", State::Failed, Some(2), None);
        assert!(is_shown(&second, &"emr-serverless:00f/00g".parse().unwrap(), Some(2)));
        assert!(!is_shown(&second, &"emr-serverless:00f/00g".parse().unwrap(), Some(3)));
        let retried = row("glue:clean/jr_1_attempt_1", State::Failed, Some(2), None);
        assert!(is_shown(&retried, &retried.id, Some(2)));
        assert!(!is_shown(&retried, &"glue:clean/jr_1".parse().unwrap(), Some(1)));
    }
}
