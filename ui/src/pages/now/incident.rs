//! One incident: why, its executions, and what can be done about it.

use super::{address_of, mark_word, of_row, place_of, why_of};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    pages::executions::{WhyCard, folder_of, use_execution},
    parts::{
        confirm::ConfirmPlan,
        elsewhere::{PlaceLink, is_elsewhere},
        outcome::Outcome,
        states::{NoticeLine, Skeleton},
        status::{Shape, Status},
    },
};
use contract::{
    Fault, OperationId,
    executions::{PlanRedrive, PlanStart},
    jobs::{AbsenceCheck, AbsenceVerdict},
    now::{CheckLateJob, MarkIncident, MarkKind, NowKind, NowRow},
    plan::Plan,
    settings::Place,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;
use wasm_split_helpers::wasm_split;

/// Executions that are listed one by one.
const LISTED: usize = 12;

#[wasm_split(executions)]
pub fn incident(row: NowRow, on_marked: Callback<()>) -> AnyView {
    view! { <IncidentPane row on_marked /> }.into_any()
}

#[component]
fn IncidentPane(row: NowRow, on_marked: Callback<()>) -> impl IntoView {
    let desk = Desk::get();
    let (shape, word) = of_row(&row);
    let kind = row.kind;
    // Of several machines and jobs each stands for itself: they are listed, and opened one by one.
    let of_many = !row.members.is_empty();
    let spread = row.spread();
    let failed = kind == NowKind::Failed && !of_many;
    let of_jobs = !row.jobs.is_empty() && !of_many;
    let newest = row.executions.first().cloned();
    let place = place_of(&row);
    // What belongs to another profile or region is not asked of this session.
    let elsewhere = (row.machine.is_some() || of_jobs || of_many) && untrack(|| is_elsewhere(desk, &place));
    let watched = use_execution(Signal::stored(newest.clone().filter(|_| failed && !elsewhere)));
    let name = if spread.is_some() { row.why.clone() } else { row.what.clone() };
    let title = match kind {
        NowKind::Failed | NowKind::FailedJob => format!("{name}: {}", format::counted(row.runs, "run", "runs")),
        _ => name.clone(),
    };
    let mark = row.mark.clone();
    let marked_by = if of_many { row.members.as_slice() } else { std::slice::from_ref(&row) };
    let incidents = StoredValue::new(marked_by.iter().map(|row| row.id.clone()).collect::<Vec<_>>());
    let problem = RwSignal::new(None::<Fault>);
    let set_mark = Callback::new(move |kind: Option<MarkKind>| {
        spawn_local(async move {
            for id in incidents.get_value() {
                if let Err(fault) = bridge::call(MarkIncident { id, mark: kind, minutes: None }).await {
                    problem.try_set(Some(fault));
                    return;
                }
            }
            desk.say(kind.map_or("The mark is gone", |_| "Marked"));
            on_marked.run(());
        });
    });
    let marked = mark.as_ref().map(|mark| mark.kind);
    let button = move |kind: MarkKind, word: &'static str| {
        let on = marked == Some(kind);
        view! {
            <button type="button" class="btn" aria-pressed=on.to_string() on:click=move |_| set_mark.run((!on).then_some(kind))>
                {if on { format!("Not {}", mark_word(kind)) } else { word.to_owned() }}
            </button>
        }
    };
    let plan = RwSignal::new(None::<Plan>);
    let started = RwSignal::new(None::<OperationId>);
    let busy = RwSignal::new(false);
    let executions = StoredValue::new(row.executions.clone());
    let place_of_links = StoredValue::new(place.clone());
    let more = row.executions.len().saturating_sub(LISTED);
    let why = if failed || of_many { why_of(&row) } else { None };
    let opened = row.newest_member().kind;
    let members = row.members.clone();
    let open = address_of(&row);
    let jobs = row.jobs.clone();
    let more_jobs = jobs.len().saturating_sub(LISTED);
    let checks = row.absence.as_ref().map(|absence| (row.id.clone(), absence.checks.clone()));
    let place_of_checks = place.clone();
    // It ended as SUCCEEDED, so it cannot be redriven.
    let caught = row.status == Some(contract::executions::Status::CaughtFailure);
    let several = row.executions.len() > 1 && failed;
    view! {
        <section class="detail" role="region" aria-label=name>
            <div class="head">
                <div class="crumb">"Incident " <Status shape word /> {mark.map(|mark| view! { <span class="chip">{format!("{} by {}", mark_word(mark.kind), mark.who)}</span> })}</div>
                <h2>{title}</h2>
                <p class="soft facts-line">
                    {spread.map(|spread| view! { <span>{spread}</span> })}
                    {row.error.clone().map(|error| view! { <span>{error}</span> })}
                    <span title=format::hover_time(row.newest)>{move || format!("newest {}", format::time(row.newest, desk.zone()))}</span>
                    {(row.oldest != row.newest).then(|| view! { <span title=format::hover_time(row.oldest)>{move || format!("since {}", format::time(row.oldest, desk.zone()))}</span> })}
                    <span>{place.to_string()}</span>
                </p>
            </div>
            <div class="body">
                {((!failed || elsewhere) && !of_many).then(|| view! { <p class="soft">{row.why.clone()}</p> })}
                {of_many.then(|| view! { <Members members /> })}
                {(failed && !elsewhere).then(|| view! {
                    {move || match watched.view.with(|view| view.as_ref().map(|view| (view.why.clone(), view.complete))) {
                        Some((Some(why), _)) => view! { <WhyCard why /> }.into_any(),
                        Some((None, true)) => view! { <p class="soft">{row.why.clone()}</p> }.into_any(),
                        _ if watched.fault.read().is_some() => view! { <p class="soft">{row.why.clone()}</p> }.into_any(),
                        _ => view! { <Skeleton rows=3 /> }.into_any(),
                    }}
                })}
                {checks.map(|(id, checks)| view! { <CloserChecks id checks place=place_of_checks /> })}
                {of_jobs.then(|| view! {
                    <h3>{if kind == NowKind::Late { "Newest run" } else { "Job runs" }}</h3>
                    <ul class="plain-list execution-links" role="list" aria-label="Job runs of the incident">
                        {jobs.into_iter().take(LISTED).map(|job| {
                            let name = job.own().to_owned();
                            view! { <li><PlaceLink place=place_of_links.get_value() href=address::job(&job) class="link mono cut">{name}</PlaceLink></li> }
                        }).collect_view()}
                        {(more_jobs > 0).then(|| view! { <li class="dim">{format!("and {} more", format::count(more_jobs as u64))}</li> })}
                    </ul>
                })}
                {(!of_jobs && !of_many).then(|| view! {
                    <h3>{match kind {
                        NowKind::Running => "Running",
                        NowKind::Late => "Newest run",
                        _ => "Executions",
                    }}</h3>
                    <ul class="plain-list execution-links" role="list" aria-label="Executions of the incident">
                        {executions.get_value().into_iter().take(LISTED).map(|arn| {
                            let name = arn.rsplit(':').next().unwrap_or(&arn).to_owned();
                            view! { <li><PlaceLink place=place_of_links.get_value() href=address::execution(&arn) class="link mono cut">{name}</PlaceLink></li> }
                        }).collect_view()}
                        {(more > 0).then(|| view! { <li class="dim">{format!("and {} more", format::count(more as u64))}</li> })}
                        {executions.with_value(Vec::is_empty).then(|| view! { <li class="dim">"none"</li> })}
                    </ul>
                })}
            </div>
            <div class="action-bar">
                <Outcome started />
                <div class="causes">
                    {elsewhere.then(|| view! {
                        <p class="soft">{format!("The window works in {}. Opening this moves it to {place}.", here(desk))}</p>
                    })}
                    {move || problem.get().map(|fault| view! { <NoticeLine notice=contract::Notice::warning(format!("{}: {}", fault.title, fault.detail)) /> })}
                </div>
                <div class="acts">
                    {open.map(|href| {
                        let words = match opened {
                            NowKind::Failed | NowKind::Running => "Open execution",
                            NowKind::Operation => "Open operation",
                            kind if kind == NowKind::FailedJob || of_jobs => "Open job run",
                            _ => "Open machine",
                        };
                        if elsewhere {
                            let words = format!("Switch to {} and {}", row.profile, words.to_lowercase());
                            view! { <PlaceLink place=place_of_links.get_value() href class="btn go">{words}</PlaceLink> }.into_any()
                        } else {
                            view! { <A href=href attr:class="btn go">{words}</A> }.into_any()
                        }
                    })}
                    {why.map(|href| view! { <PlaceLink place=place_of_links.get_value() href class="btn">"Why"</PlaceLink> })}
                    {several.then(|| view! {
                        <button
                            type="button"
                            class="btn"
                            disabled=move || busy.get() || elsewhere
                            title=elsewhere.then_some("Only in the profile and region that the window works in: switch there first")
                            on:click=move |_| {
                            busy.set(true);
                            spawn_local(async move {
                                let executions = executions.get_value();
                                let answer = if caught {
                                    bridge::call(PlanStart { executions, target: None, input: None, name: None }).await
                                } else {
                                    bridge::call(PlanRedrive { executions }).await
                                };
                                match answer {
                                    Ok(made) => { plan.try_set(Some(made)); }
                                    Err(fault) => { problem.try_set(Some(fault)); }
                                }
                                busy.try_set(false);
                            });
                        }>
                            {
                                let count = format::counted(executions.with_value(Vec::len) as u64, "execution", "executions");
                                if caught { format!("Start {count} again") } else { format!("Redrive {count}") }
                            }
                        </button>
                    })}
                    {button(MarkKind::Seen, "Mark as seen")}
                    {button(MarkKind::Mine, "Mine")}
                    {button(MarkKind::Snoozed, "Snooze")}
                </div>
            </div>
            <ConfirmPlan plan on_started=Callback::new(move |id| started.set(Some(id))) />
        </section>
    }
}

/// The machines and jobs that failed for one cause, the newest first.
#[component]
fn Members(members: Vec<NowRow>) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <h3>"State machines and jobs"</h3>
        <ul class="plain-list" role="list" aria-label="State machines and jobs of the incident">
            {members
                .into_iter()
                .map(|member| {
                    let (shape, word) = of_row(&member);
                    let (place, name, why) = (place_of(&member), format::visible(&member.what), why_of(&member));
                    // Why a run of a job failed stands where its name leads.
                    let why = why.filter(|_| member.kind == NowKind::Failed);
                    let runs = format::counted(member.runs, "run", "runs");
                    let at = member.newest;
                    view! {
                        <li data-id=member.id.clone()>
                            <Status shape word />
                            " "
                            {match address_of(&member) {
                                Some(href) => view! { <PlaceLink place=place.clone() href class="link cut">{name}</PlaceLink> }.into_any(),
                                None => view! { <span class="cut">{name}</span> }.into_any(),
                            }}
                            " "
                            <span class="dim num" title=format::hover_time(at)>{move || format!("{runs}, newest {}", format::time(at, desk.zone()))}</span>
                            {why.map(|href| view! { " " <PlaceLink place href class="link">"Why"</PlaceLink> })}
                            <p class="dim wrap">{member.why}</p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// Where the window works.
fn here(desk: Desk) -> String {
    untrack(|| desk.session()).map(|session| format!("{} {}", session.profile, session.region)).unwrap_or_default()
}

/// What is known of a job or state machine that is late, and what a closer look adds: whether what starts it fired, quotas,
/// and who changed what.
#[component]
fn CloserChecks(id: String, checks: Vec<AbsenceCheck>, place: Place) -> impl IntoView {
    let closer = RwSignal::new(None::<Result<Vec<AbsenceCheck>, Fault>>);
    spawn_local(async move {
        let answer = bridge::call(CheckLateJob { id }).await;
        closer.try_set(Some(answer.map(|absence| absence.checks)));
    });
    let (known, place) = (StoredValue::new(checks), StoredValue::new(place));
    view! {
        {move || match closer.get() {
            None => view! {
                <Checks checks=known.get_value() place=place.get_value() />
                <p class="dim">"Looking closer: what starts it, quotas, and who changed what…"</p>
            }
            .into_any(),
            Some(Ok(checks)) => view! { <Checks checks place=place.get_value() /> }.into_any(),
            Some(Err(fault)) => view! {
                <Checks checks=known.get_value() place=place.get_value() />
                <NoticeLine notice=contract::Notice::warning(format!("{}: {}", fault.title, fault.detail)) />
            }
            .into_any(),
        }}
    }
}

/// What was checked of what is late, the explaining ones first.
#[component]
fn Checks(checks: Vec<AbsenceCheck>, place: Place) -> impl IntoView {
    view! {
        <ul class="plain-list absence-checks" role="list" aria-label="Checks">
            {checks
                .into_iter()
                .map(|check| {
                    let (shape, word) = match check.verdict {
                        AbsenceVerdict::Cause => (Shape::Bad, "cause"),
                        AbsenceVerdict::Suspect => (Shape::Warn, "suspect"),
                        AbsenceVerdict::Unknown => (Shape::Unknown, "not read"),
                        AbsenceVerdict::Fine => (Shape::Good, "fine"),
                    };
                    let stored = check.uri.as_deref().and_then(folder_of);
                    let words = if check.uri.is_some_and(|uri| uri.ends_with('/')) { "Open folder" } else { "Versions" };
                    view! {
                        <li>
                            <Status shape word />
                            <span class="wrap selectable">
                                {check.text}
                                {stored.map(|href| view! { " " <PlaceLink place=place.clone() href class="link">{words}</PlaceLink> })}
                            </span>
                            {check.advice.map(|advice| view! { <p class="soft">{advice}</p> })}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
