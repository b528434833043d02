//! The receipt of one operation: what was planned, what each step wrote and how it was verified, the `aws` command, the
//! audit entry, and what can follow.

use crate::{
    address, bridge,
    desk::{Desk, FollowUp},
    format,
    parts::{
        export::EvidenceBundle,
        fault::FaultView,
        icon::Icon,
        plan::{Commands, Effects, FidelityTable, PlaceLine},
        states::Skeleton,
        status::{Status, of_operation, of_step},
        turns::Turns,
    },
};
use contract::{
    Fault, OperationId,
    models::{Found, Look},
    operations::{Check, OperationRow, OperationState, ReadReceipt, Receipt, StepReceipt, StepState, UndoState},
    plan::{Action, Scope, Seen, Step},
};
use leptos::{prelude::*, task::spawn_local};

/// How many steps are drawn; a receipt of thousands says how many more there are.
const STEPS_DRAWN: usize = 200;

/// Reads the receipt and reads it again whenever the operation moves on. What was read stays until the new one is there.
#[component]
pub fn ReceiptPane(id: OperationId) -> impl IntoView {
    let desk = Desk::get();
    let read = RwSignal::new(None::<Result<Receipt, Fault>>);
    let wanted = id.clone();
    let moved = Memo::new(move |_| {
        desk.operations
            .read()
            .iter()
            .find(|row| row.id == wanted)
            .map(|row| (row.state, row.steps_done, matches!(row.undo, UndoState::Undone(_))))
    });
    let wanted = id.clone();
    let turns = Turns::start();
    let load = move || {
        let operation = wanted.clone();
        let turn = turns.ask();
        spawn_local(async move {
            let answer = bridge::call(ReadReceipt { operation }).await;
            // The pane may be gone by now, or a receipt of a later moment be there.
            if turn.take() {
                read.set(Some(answer));
            }
        });
    };
    let again = load.clone();
    let retry = Callback::new(move |()| again());
    Effect::new(move |_| {
        moved.track();
        load();
    });
    move || match read.get() {
        None => view! { <Skeleton rows=7 /> }.into_any(),
        Some(Err(fault)) => view! {
            <div class="body">
                <FaultView fault retry />
            </div>
        }
        .into_any(),
        Some(Ok(receipt)) => view! { <ReceiptView receipt /> }.into_any(),
    }
}

#[component]
fn ReceiptView(receipt: Receipt) -> impl IntoView {
    let desk = Desk::get();
    let Receipt { operation, plan, steps, audit } = receipt;
    let (shape, word) = of_operation(operation.state);
    let started = operation.started;
    let finished = operation.finished;
    let took =
        finished.map(|at| format::duration(u64::try_from(at.duration_since(started).as_secs()).unwrap_or_default()));
    let more = steps.len().saturating_sub(STEPS_DRAWN);
    let planned = plan.steps;
    let version = one_version(&planned);
    let looks = looks(&planned);
    let (noun, has_effects) = match plan.place.scope {
        Scope::Bucket(_) => ("Objects", true),
        Scope::Machine { .. } | Scope::Pipeline { .. } => ("Executions", false),
        Scope::Jobs { .. } => ("Runs", !plan.effects.is_empty()),
        Scope::Models { .. } => ("Versions", true),
        Scope::Monitor { .. } => ("Schedules", false),
    };
    let id = operation.id.0.clone();
    let copied = id.clone();
    view! {
        <div class="head">
            <div class="crumb">
                "Receipt "
                <button
                    type="button"
                    class="mono"
                    title="Copy the operation id"
                    on:click=move |_| desk.copy(copied.clone(), "the operation id")
                >
                    {id}
                </button>
            </div>
            <h2>{operation.title.clone()}</h2>
        </div>
        <div class="body receipt">
            <dl class="kv">
                <dt>"State"</dt>
                <dd>
                    <Status shape word />
                    {(!operation.note.is_empty()).then(|| view! { <span class="soft">", " {operation.note.clone()}</span> })}
                </dd>
                <dt>"Started"</dt>
                <dd class="num-text" title=move || format::hover_time(started)>
                    {move || format::time_full(started, desk.zone())}
                </dd>
                {finished
                    .map(|at| {
                        view! {
                            <dt>"Ended"</dt>
                            <dd class="num-text" title=move || format::hover_time(at)>
                                {move || format::time_full(at, desk.zone())}
                                {took.map(|took| view! { <span class="dim">", took " {took}</span> })}
                            </dd>
                        }
                    })}
                <dt>{noun}</dt>
                <dd>
                    {format!("{} of {}", format::count(operation.steps_done), format::count(operation.steps))}
                    {(operation.bytes > 0).then(|| format!(", {}", format::size(operation.bytes_done)))}
                </dd>
            </dl>
            <PlaceLine place=plan.place.clone() />
            <section class="part" aria-label="Steps">
                <h3>"What was written"</h3>
                <ol class="receipt-steps" role="list">
                    {steps
                        .into_iter()
                        .take(STEPS_DRAWN)
                        .enumerate()
                        .map(|(index, step)| {
                            let planned = planned.get(index).cloned();
                            view! { <StepView step planned /> }
                        })
                        .collect_view()}
                    {(more > 0).then(|| view! { <li class="dim">{format!("and {} more", format::count(more as u64))}</li> })}
                </ol>
            </section>
            {version
                .map(|arn| {
                    view! {
                        <section class="part" aria-label="Evidence">
                            <h3>"What it rests on"</h3>
                            {(!looks.is_empty()).then(|| view! { <Looks looks /> })}
                            <p class="soft">"The bundle holds the evidence as it is now, with the history of the version: what was overwritten since the decision is another file in it."</p>
                            <EvidenceBundle arn evidence=None />
                        </section>
                    }
                })}
            {has_effects
                .then(|| {
                    view! {
                        <section class="part" aria-label="Effects">
                            <h3>"What it set off"</h3>
                            <Effects effects=plan.effects />
                        </section>
                    }
                })}
            {(!plan.fidelity.is_empty())
                .then(|| {
                    view! {
                        <section class="part" aria-label="Fidelity">
                            <h3>"What the copy keeps"</h3>
                            <FidelityTable fidelity=plan.fidelity />
                        </section>
                    }
                })}
            <Commands cli=plan.cli />
            {audit
                .map(|audit| {
                    let hash = audit.hash.clone();
                    view! {
                        <section class="part" aria-label="Audit entry">
                            <h3>{format!("Audit entry {}", format::count(audit.sequence))}</h3>
                            <dl class="kv">
                                <dt>"Who"</dt>
                                <dd>{audit.who}</dd>
                                <dt>"Result"</dt>
                                <dd>{audit.result}</dd>
                                <dt>"Hash"</dt>
                                <dd>
                                    <span class="mono">{audit.hash}</span>
                                    " "
                                    <button
                                        type="button"
                                        class="link"
                                        aria-label="Copy the audit hash"
                                        on:click=move |_| desk.copy(hash.clone(), "the audit hash")
                                    >
                                        "Copy"
                                    </button>
                                </dd>
                            </dl>
                        </section>
                    }
                })}
        </div>
        <Ways operation />
    }
}

/// ARN of the version, where all steps are on the same one.
fn one_version(steps: &[Step]) -> Option<String> {
    let mut arns = steps.iter().map(|step| match &step.action {
        Action::Model(action) => Some(action.arn.as_str()),
        _ => None,
    });
    let first = arns.next()??;
    arns.all(|arn| arn == Some(first)).then(|| first.to_owned())
}

/// What the decision stands on, file by file, as it was read for the plan; nothing for a plan that stands on no evidence.
fn looks(steps: &[Step]) -> Vec<Look> {
    let seal = steps.iter().rev().find_map(|step| match &step.action {
        Action::Model(action) => action.seal.as_ref(),
        _ => None,
    });
    seal.map(|seal| seal.looks.clone()).unwrap_or_default()
}

/// `sha256 ab12…` or `gone`; why it is not known otherwise.
fn found_words(found: &Found) -> (String, &'static str) {
    match found {
        Found::Known(text) => (format::visible(text), "mono wrap selectable"),
        Found::Unknown(why) => (format!("not read: {}", format::visible(why)), "warn wrap"),
    }
}

#[component]
fn Looks(looks: Vec<Look>) -> impl IntoView {
    view! {
        <table class="table" aria-label="Evidence as it was read">
            <thead>
                <tr><th scope="col">"Evidence"</th><th scope="col">"As it was read for the decision"</th></tr>
            </thead>
            <tbody>
                {looks.into_iter().map(|look| {
                    let (words, class) = found_words(&look.found);
                    view! {
                        <tr>
                            <th scope="row" class="wrap selectable">{format::visible(&look.what)}</th>
                            <td class=class>{words}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// One step: the version before, the version after, and what was read back.
#[component]
fn StepView(step: StepReceipt, planned: Option<Step>) -> impl IntoView {
    let (shape, word) = of_step(step.state);
    let (before, before_is_id) = match planned.as_ref().map(|planned| &planned.seen) {
        None => ("not known".to_owned(), false),
        Some(Seen::Nothing | Seen::Request { .. } | Seen::Pipeline { .. }) => ("nothing".to_owned(), false),
        Some(Seen::Run { word }) => (word.clone(), false),
        Some(Seen::Alert { failing, of }) => {
            (format!("{failing} of {}", format::counted(u64::from(*of), "run", "runs")), false)
        }
        Some(Seen::Model { approval, .. }) => (approval.word().to_owned(), false),
        Some(Seen::Execution { status, redrives }) => {
            let times = match redrives {
                0 => String::new(),
                1 => ", redriven once".to_owned(),
                many => format!(", redriven {many} times"),
            };
            (format!("{}{times}", status.word()), false)
        }
        Some(Seen::Marker { version_id }) => (format!("delete marker {version_id}"), true),
        Some(Seen::Object { version_id, .. }) => (version_id.clone(), true),
    };
    let removed = matches!(planned.as_ref().map(|planned| &planned.action), Some(Action::RemoveMarker { .. }));
    let is_bare =
        matches!(planned.as_ref().map(|planned| &planned.action), Some(Action::Monitor(_) | Action::Model(_)));
    let is_bare = is_bare && step.state == StepState::Done;
    let after = match (&step.new_version_id, &step.marker_id) {
        (Some(version), _) => Some(version.clone()),
        (None, Some(marker)) if removed => Some(format!("delete marker {marker} removed")),
        (None, Some(marker)) => Some(format!("delete marker {marker}")),
        (None, None) => None,
    };
    let execution = step.execution.as_deref();
    let run = execution.map(|arn| (arn.rsplit(':').next().unwrap_or(arn).to_owned(), address::execution(arn)));
    let run = run.or_else(|| {
        let arn = step.pipeline_execution.as_deref()?;
        Some((arn.rsplit('/').next().unwrap_or(arn).to_owned(), address::pipeline_execution(arn)))
    });
    let run = run.or_else(|| step.job.as_ref().map(|job| (job.own().to_owned(), address::job(job))));
    let (after, after_is_id, href) = match (after, run) {
        (Some(id), _) => (id, true, None),
        (None, Some((name, href))) => (name, true, Some(href)),
        // What has no identity of its own is told as it was read back.
        (None, None) => {
            let read = step.checks.first().filter(|_| is_bare).map(|check| check.text.clone());
            (read.unwrap_or_else(|| "nothing written".to_owned()), false, None)
        }
    };
    view! {
        <li data-id=step.key.clone()>
            <div class="receipt-step-head">
                <span class="mono name">{format::visible(&step.key)}</span>
                <Status shape word />
            </div>
            {planned.map(|planned| view! { <p class="soft">{planned.text}</p> })}
            {(!step.note.is_empty()).then(|| view! { <p class="warn">{step.note}</p> })}
            <dl class="kv">
                <dt>"Before"</dt>
                <dd class:mono=before_is_id>{before}</dd>
                <dt>"After"</dt>
                <dd class:mono=after_is_id>
                    {match href {
                        Some(href) => view! { <a class="link" href=href>{after}</a> }.into_any(),
                        None => after.into_any(),
                    }}
                </dd>
                {(!step.request_ids.is_empty())
                    .then(|| {
                        view! {
                            <dt>"Request ids"</dt>
                            <dd class="mono">{step.request_ids.join(", ")}</dd>
                        }
                    })}
            </dl>
            {(!step.checks.is_empty())
                .then(|| {
                    view! {
                        <ul class="checks" role="list" aria-label="Checks">
                            {step.checks.into_iter().map(|check| view! { <CheckLine check /> }).collect_view()}
                        </ul>
                    }
                })}
        </li>
    }
}

#[component]
fn CheckLine(check: Check) -> impl IntoView {
    let (icon, class, word) = if check.ok { ("check", "st good", "verified") } else { ("x", "st bad", "not so") };
    view! {
        <li>
            <span class=class>
                <Icon name=icon />
                {word}
            </span>
            <span>{check.what}</span>
            <span class="soft">{check.text}</span>
        </li>
    }
}

/// What can follow, with the reason where it cannot.
#[component]
fn Ways(operation: OperationRow) -> impl IntoView {
    let desk = Desk::get();
    let OperationRow { id, state, undo, title, .. } = operation;
    let ask = move |follow_up: FollowUp| desk.follow_up.set(Some(follow_up));
    if state == OperationState::Running {
        return ().into_any();
    }
    let (undone, why_not) = match &undo {
        UndoState::Possible => (None, None),
        UndoState::None => (None, Some("Nothing was written, so there is nothing to undo.".to_owned())),
        UndoState::Impossible(why) => (None, Some(format!("It cannot be undone: {why}."))),
        UndoState::Undone(by) => (Some(by.clone()), Some("It was undone.".to_owned())),
    };
    let resumable = matches!(state, OperationState::Interrupted | OperationState::Cancelled | OperationState::Failed);
    let disabled = why_not.is_some();
    let explain =
        why_not.unwrap_or_else(|| "Undo is planned and confirmed like any write; nothing is destroyed by it.".into());
    let (resume, discard, undo_id) = (id.clone(), id.clone(), id);
    view! {
        <p class="causes" id="undo-why">
            {explain}
            {undone
                .map(|by| {
                    view! {
                        " "
                        <a class="link" href=crate::address::operation(&by.0)>
                            "Show the undo"
                        </a>
                    }
                })}
        </p>
        <div class="acts">
            {resumable
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn go"
                            aria-label=format!("Resume {title}")
                            on:click=move |_| ask(FollowUp::Resume(resume.clone()))
                        >
                            <Icon name="play" />
                            "Resume"
                        </button>
                    }
                })}
            <button
                type="button"
                class="btn"
                aria-label=format!("Undo {title}")
                aria-describedby="undo-why"
                disabled=disabled
                on:click=move |_| ask(FollowUp::Undo(undo_id.clone()))
            >
                <Icon name="undo-2" />
                "Undo"
            </button>
            {(state == OperationState::Interrupted)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn"
                            aria-label=format!("Discard {title}")
                            on:click=move |_| ask(FollowUp::Discard(discard.clone()))
                        >
                            "Discard"
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_that_was_not_read_says_why() {
        assert_eq!(found_words(&Found::Known("sha256 ab12".to_owned())).0, "sha256 ab12");
        let (words, class) = found_words(&Found::Unknown("s3:GetObject is missing".to_owned()));
        assert_eq!(words, "not read: s3:GetObject is missing");
        assert!(class.contains("warn"));
        assert!(looks(&[]).is_empty());
    }
}
