//! How a schedule is set up: what it runs, what it compares with, what it reads.

use super::{
    alert::AlertNumbers,
    cells::{Uri, spaced},
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        acts::Asking,
        fault::FaultView,
        outcome::Outcome,
        status::{Shape, Status},
    },
};
use contract::{
    drift::MonitorDetail,
    models::facts::{AlertFact, CaptureFact, EndpointFact, JobDefinitionFact, MonitorInput},
};
use leptos::prelude::*;
use leptos_router::components::A;

/// A line of a description list; nothing for what is not said.
fn fact(name: &'static str, value: Option<String>) -> Option<impl IntoView> {
    value.map(|value| view! { <dt>{name}</dt><dd class="selectable">{value}</dd> })
}

fn place(name: &'static str, uri: Option<String>) -> Option<impl IntoView> {
    uri.map(|uri| view! { <dt>{name}</dt><dd><Uri uri /></dd> })
}

#[component]
pub fn Setup(detail: MonitorDetail) -> impl IntoView {
    let MonitorDetail { row, expression, definition, .. } = detail;
    view! {
        <section role="region" aria-label="Schedule">
            <h3 class="part-title">"Schedule"</h3>
            <dl class="kv">
                {fact("Name", Some(row.schedule))}
                {fact("State", Some(spaced(&row.status)))}
                {fact("Runs at", expression)}
                {fact("Model group", row.group)}
            </dl>
        </section>
        {match definition {
            Some(definition) => view! { <Definition definition /> }.into_any(),
            None => view! { <p class="soft">"The definition of its jobs could not be read."</p> }.into_any(),
        }}
    }
}

#[component]
fn Definition(definition: JobDefinitionFact) -> impl IntoView {
    let JobDefinitionFact { name, baseline, input, problem, ground_truth, output, image, instance_type, environment } =
        definition;
    let MonitorInput {
        captured, start_offset, end_offset, excluded, inference_attribute, probability_attribute, ..
    } = input;
    let no_baseline = baseline.statistics.is_none() && baseline.constraints.is_none();
    let window = match (start_offset, end_offset) {
        (Some(start), Some(end)) => Some(format!("{start} to {end}")),
        (start, end) => start.or(end),
    };
    view! {
        <section role="region" aria-label="Baseline">
            <h3 class="part-title">"Baseline"</h3>
            {no_baseline.then(|| view! { <p class="soft">"The definition names no baseline: nothing is compared."</p> })}
            <dl class="kv">
                {place("Statistics", baseline.statistics)}
                {place("Constraints", baseline.constraints)}
                {fact("Made by", baseline.job)}
            </dl>
        </section>
        <section role="region" aria-label="Definition">
            <h3 class="part-title">"Definition"</h3>
            <dl class="kv">
                {fact("Name", name)}
                {place("Captured data", captured)}
                {fact("Data of", window)}
                {fact("Left out", excluded)}
                {fact("Inference", inference_attribute)}
                {fact("Probability", probability_attribute)}
                {fact("Problem", problem)}
                {place("Ground truth", ground_truth)}
                {place("Reports", output)}
                {fact("Image", image)}
                {fact("Instance", instance_type)}
            </dl>
        </section>
        {(!environment.is_empty()).then(|| view! {
            <section role="region" aria-label="Environment">
                <h3 class="part-title">"Environment"</h3>
                <dl class="kv">
                    {environment.into_iter().map(|(name, value)| view! { <dt class="mono">{name}</dt><dd class="mono selectable">{value}</dd> }).collect_view()}
                </dl>
            </section>
        })}
    }
}

/// What the schedule reads from, and who is told: beside its settings. `changing` is the way to other alerts; its plan is shown by
/// the page.
#[component]
pub fn Surroundings(detail: MonitorDetail, changing: Asking) -> impl IntoView {
    let MonitorDetail { row, endpoint, alerts, .. } = detail;
    let schedule = row.schedule;
    view! {
        <section class="detail" role="region" aria-label="Endpoint and alerts">
            <div class="head">
                <div class="crumb">"Endpoint"</div>
                <h2>{row.endpoint.as_deref().map_or_else(|| "No endpoint".to_owned(), format::visible)}</h2>
            </div>
            <div class="body">
                {match (endpoint, row.endpoint.is_some()) {
                    (Some(endpoint), _) => view! { <Endpoint endpoint /> }.into_any(),
                    (None, true) => view! { <p class="soft">"The endpoint could not be read."</p> }.into_any(),
                    (None, false) => view! { <p class="soft">"The schedule watches captured data of batch transform jobs."</p> }.into_any(),
                }}
                <h3 class="part-title">"Alerts"</h3>
                {if alerts.is_empty() {
                    view! { <p class="soft">"No alert stands on this schedule: violations are found and nobody is told."</p> }.into_any()
                } else {
                    view! { <Alerts schedule alerts changing /> }.into_any()
                }}
                <Outcome started=changing.started />
                {move || changing.fault.get().map(|fault| view! { <FaultView fault /> })}
            </div>
        </section>
    }
}

#[component]
fn Endpoint(endpoint: EndpointFact) -> impl IntoView {
    let href = address::endpoint(&endpoint.name);
    view! {
        {capture(endpoint.capture)}
        <dl class="kv">
            {fact("State", Some(spaced(&endpoint.status)))}
            {fact("Configuration", endpoint.config)}
            {fact("Why", endpoint.reason)}
        </dl>
        <p><A href=href attr:class="btn">"Open endpoint"</A></p>
    }
}

/// What is captured of the requests, on which every monitor rests.
pub fn capture(capture: Option<CaptureFact>) -> impl IntoView {
    let Some(CaptureFact { is_on, status, sampling, destination }) = capture else {
        return view! { <p><Status shape=Shape::Bad word="Nothing is captured" /></p> }.into_any();
    };
    let captures = is_on && status == "Started" && sampling != Some(0);
    let shape = if captures { Shape::Good } else { Shape::Bad };
    let word = match sampling {
        Some(percent) if captures => format!("{percent} % of requests are captured"),
        _ if captures => "Requests are captured".to_owned(),
        Some(0) => "0 % of requests are captured".to_owned(),
        _ => format!("Capture is {}", spaced(&status)),
    };
    view! {
        <p><Status shape word /></p>
        <dl class="kv">{place("To", Some(destination))}</dl>
    }
    .into_any()
}

#[component]
fn Alerts(schedule: String, alerts: Vec<AlertFact>, changing: Asking) -> impl IntoView {
    let desk = Desk::get();
    let line = move |alert: AlertFact| {
        let schedule = schedule.clone();
        let (shape, word) = if alert.is_raised { (Shape::Bad, "raised") } else { (Shape::Good, "not raised") };
        let AlertFact { modified, is_shown, .. } = alert;
        let (id, title, name) = (alert.name.clone(), alert.name.clone(), format::visible(&alert.name));
        let numbers = format!("{} of {}", alert.failing, format::counted(u64::from(alert.of), "run", "runs"));
        view! {
            <li class="drift-alert" data-id=id>
                <Status shape word />
                <span class="cut" title=title>{name}</span>
                <span class="dim">{numbers}</span>
                {modified.map(|at| view! { <time class="dim" title=format::hover_time(at)>{move || format!("since {}", format::minute(at, desk.zone()))}</time> })}
                {(!is_shown).then(|| view! { <span class="chip warn">"not shown on the dashboard"</span> })}
                <AlertNumbers schedule alert asking=changing />
            </li>
        }
    };
    view! { <ul class="plain-list" role="list" aria-label="Alerts">{alerts.into_iter().map(line).collect_view()}</ul> }
}
