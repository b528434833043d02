//! The health of an endpoint: what CloudWatch says of it, what serves there, and what of its requests is captured.

use super::{
    AREA,
    cells::{of_measured, spaced},
    measure::use_width,
    setup::capture,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        answer::{Refreshes, use_answer_over_range},
        chart::ChartView,
        export::Export,
        head::Head,
        list::use_change,
        segmented::Segmented,
        split::Split,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status},
    },
};
use contract::{
    drift::{EndpointHealth, MonitorRow, ReadEndpointHealth},
    exports::Subject,
    models::facts::{AlarmFact, EndpointFact, VariantFact},
};
use leptos::{html, prelude::*};
use leptos_router::components::A;

/// Hours that can be looked at, 24 where the address says nothing.
const HOURS: [(u32, &str); 3] = [(3, "3 hours"), (24, "24 hours"), (168, "7 days")];

#[component]
pub fn OneEndpoint() -> impl IntoView {
    let query = address::use_query();
    let name = Memo::new(move |_| query.read().get("name").map(str::to_owned).filter(|name| !name.is_empty()));
    view! {
        {move || match name.get() {
            Some(name) => view! { <Endpoint name /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such endpoint".to_owned() />
                <Empty title="This address names no endpoint" text="Choose one in the list of endpoints, or paste its ARN with Ctrl K." icon="drift" />
            }.into_any(),
        }}
    }
}

/// The shape of an endpoint's state, by the service's word.
pub fn of_endpoint(status: &str) -> Shape {
    match status {
        "InService" => Shape::Good,
        "Failed" | "OutOfService" | "UpdateRollbackFailed" => Shape::Bad,
        "RollingBack" => Shape::Warn,
        "Creating" | "Updating" | "SystemUpdating" | "Deleting" => Shape::Running,
        _ => Shape::Unknown,
    }
}

#[component]
fn Endpoint(name: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let hours = Memo::new(move |_| {
        let asked = query.read().get("hours").and_then(|hours| hours.parse::<u32>().ok());
        asked.filter(|asked| HOURS.iter().any(|(hours, _)| hours == asked)).unwrap_or(24)
    });
    let ground = NodeRef::<html::Div>::new();
    let width = use_width(ground);
    let title = format::visible(&name);
    let name = StoredValue::new(name);
    Refreshes::provide();
    let asked = move || {
        Some(ReadEndpointHealth {
            endpoint: name.get_value(),
            hours: hours.get(),
            offset_minutes: desk.offset_minutes(),
            width: width.get()?,
        })
    };
    let answer = use_answer_over_range(asked);
    let subject =
        Signal::derive(move || answer.told.with(Option::is_some).then(asked).flatten().map(Subject::Endpoint));
    let (health, fault) = (answer.told, answer.fault);
    Effect::new(move |_| {
        if health.with(Option::is_some) {
            name.with_value(|name| desk.remember(format!("Endpoint {name}"), address::endpoint(name)));
        }
    });
    let title = StoredValue::new(title);
    let list = move || {
        view! {
            <Head area=AREA way=vec![("Endpoints".to_owned(), address::endpoints())] title=title.get_value()>
                <div class="row">
                    {move || health.with(|health| health.as_ref().map(|health| {
                        let status = health.endpoint.status.clone();
                        view! { <span class="chip" title=status.clone()><Status shape=of_endpoint(&status) word=spaced(&status) /></span> }
                    }))}
                    <Export name="Export endpoint" subject />
                </div>
            </Head>
            <div class="drift-tools">
                <Segmented
                    name="Look back"
                    choices=HOURS.to_vec()
                    chosen=hours
                    on_choose=Callback::new(move |hours: u32| change.with_value(|change| change("hours", (hours != 24).then(|| hours.to_string()))))
                />
            </div>
            <div class="body">
                <div class="drift-stack" node_ref=ground>
                    {answer.waiting(12)}
                    {move || health.get().map(|health| view! { <Metrics health is_longest=Signal::derive(move || HOURS.iter().all(|(most, _)| *most <= hours.get())) /> })}
                </div>
            </div>
        }
    };
    let side = move || {
        view! {
            {move || match health.get() {
                Some(health) => view! { <Serving health /> }.into_any(),
                None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=8 /> }).into_any(),
            }}
        }
    };
    view! { <Split list detail=side /> }
}

#[component]
fn Metrics(
    health: EndpointHealth,
    /// Nothing further back can be chosen.
    is_longest: Signal<bool>,
) -> impl IntoView {
    let EndpointHealth { endpoint, charts, unpublished, notices, .. } = health;
    let is_empty = charts.is_empty();
    let why = match (endpoint.is_async, is_longest.get_untracked()) {
        (true, _) => "Requests are answered later, through S3: the service counts no invocations of such an endpoint.",
        (false, false) => "Nobody published a metric of this endpoint in this time. Look back further.",
        (false, true) => {
            "Nobody published a metric of this endpoint in the last 7 days, the longest time that is shown."
        }
    };
    view! {
        <Partial notices=Signal::stored(notices) />
        {is_empty.then(|| view! { <Empty title="No metrics" text=why icon="drift" /> })}
        {charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
        {(!unpublished.is_empty()).then(|| view! {
            <section role="region" aria-label="Not published">
                <h3 class="part-title">"Not published in this time"</h3>
                <p class="soft selectable">{unpublished.join(", ")}</p>
                <p class="dim small">"What is not published is not zero: it is not known."</p>
            </section>
        })}
    }
}

#[component]
fn Serving(health: EndpointHealth) -> impl IntoView {
    let desk = Desk::get();
    let EndpointHealth { endpoint, schedules, rollback, .. } = health;
    let EndpointFact {
        name,
        arn,
        status,
        reason,
        config,
        config_created,
        created,
        modified,
        variants,
        capture: captured,
        rollback_alarms,
        is_async,
        pending_config,
    } = endpoint;
    let name = format::visible(&name);
    let failed = reason.map(|reason| view! { <div class="verdict bad"><p class="selectable">{reason}</p></div> });
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">{if is_async { "Asynchronous endpoint" } else { "Endpoint" }}</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                {failed}
                <dl class="kv">
                    <dt>"State"</dt>
                    <dd title=status.clone()>{spaced(&status)}</dd>
                    <dt>"ARN"</dt>
                    <dd class="mono selectable">{arn}</dd>
                    {config.map(|config| view! { <dt>"Configuration"</dt><dd class="selectable">{config}</dd> })}
                    {config_created.map(|at| view! { <dt>"Configured"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                    {pending_config.map(|config| view! { <dt>"Being deployed"</dt><dd class="selectable">{config}</dd> })}
                    {created.map(|at| view! { <dt>"Created"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                    {modified.map(|at| view! { <dt>"Changed"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                    {(!rollback_alarms.is_empty()).then(|| view! { <dt>"Rolls back on"</dt><dd><Rollback names=rollback_alarms found=rollback /></dd> })}
                </dl>
                <h3 class="part-title">"Variants"</h3>
                {if variants.is_empty() {
                    view! { <p class="soft">"No variant serves, so the endpoint answers nothing: its state says whether one is on its way."</p> }.into_any()
                } else {
                    view! { <Variants variants /> }.into_any()
                }}
                <h3 class="part-title">"Schedules"</h3>
                <Schedules schedules />
                <h3 class="part-title">"Capture"</h3>
                {capture(captured)}
            </div>
        </section>
    }
}

/// The state of an alarm that a deployment rolls back on. `None`: none has its name.
fn alarm_state(alarm: Option<&AlarmFact>, is_read: bool) -> (Shape, String) {
    match alarm.map(|alarm| alarm.state.as_str()) {
        Some("OK") => (Shape::Good, "OK".to_owned()),
        Some("ALARM") => (Shape::Bad, "in alarm".to_owned()),
        Some("INSUFFICIENT_DATA") => (Shape::Unknown, "no data".to_owned()),
        Some(other) => (Shape::Unknown, other.to_owned()),
        None if is_read => (Shape::Warn, "there is no such alarm".to_owned()),
        None => (Shape::Unknown, "not read".to_owned()),
    }
}

#[component]
fn Rollback(names: Vec<String>, found: Option<Vec<AlarmFact>>) -> impl IntoView {
    let desk = Desk::get();
    let is_read = found.is_some();
    let found = found.unwrap_or_default();
    let row = move |name: String| {
        let alarm = found.iter().find(|alarm| alarm.name == name);
        let (shape, word) = alarm_state(alarm, is_read);
        let since = alarm.and_then(|alarm| alarm.since);
        view! {
            <li data-id=name.clone()>
                <span class="selectable">{format::visible(&name)}</span>
                " "
                <Status shape word />
                {since.map(|at| view! { <span class="dim">" since "<time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></span> })}
            </li>
        }
    };
    view! { <ul class="plain-list" role="list" aria-label="Rollback alarms">{names.into_iter().map(row).collect_view()}</ul> }
}

#[component]
fn Schedules(schedules: Option<Vec<MonitorRow>>) -> impl IntoView {
    let row = |row: MonitorRow| {
        let shape = of_measured(row.health, row.violations);
        let kind = row.kind.map_or("not known", |kind| kind.word());
        let (href, name) = (address::monitor(&row.schedule), format::visible(&row.schedule));
        view! {
            <tr data-id=row.schedule>
                <th scope="row"><A href attr:class="link">{name}</A></th>
                <td class="whole">{kind}</td>
                <td class="nowrap" title=row.status.clone()>{spaced(&row.status)}</td>
                <td class="whole"><Status shape word=row.words /></td>
            </tr>
        }
    };
    match schedules {
        None => view! { <p class="soft">"Which schedules watch it could not be read; a notice beside the charts says why."</p> }.into_any(),
        Some(schedules) if schedules.is_empty() => {
            view! { <p class="soft">"No schedule watches it: drift of what it is asked goes unseen."</p> }.into_any()
        }
        Some(schedules) => view! {
            <div class="drift-frame">
                <table class="table" aria-label="Schedules">
                    <thead>
                        <tr><th scope="col">"Schedule"</th><th scope="col">"Watches"</th><th scope="col">"Status"</th><th scope="col">"Health"</th></tr>
                    </thead>
                    <tbody>{schedules.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    }
}

/// `70`, and what is asked for where that is another: `2 of 4`.
fn of_desired(now: Option<String>, desired: Option<String>) -> String {
    match (now, desired) {
        (Some(now), Some(desired)) if now != desired => format!("{now} of {desired}"),
        (now, desired) => now.or(desired).unwrap_or_else(|| "–".to_owned()),
    }
}

#[component]
fn Variants(variants: Vec<VariantFact>) -> impl IntoView {
    view! {
        // Scrolled by keys: not every variant has a link.
        <div class="drift-frame" role="group" aria-label="Variants, all columns" tabindex="0">
            <table class="table" aria-label="Variants">
                <thead>
                    <tr>
                        <th scope="col">"Variant"</th>
                        <th scope="col">"Serves"</th>
                        <th scope="col" class="num">"Weight"</th>
                        <th scope="col" class="num">"Instances"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{variants.into_iter().map(|variant| view! { <Variant variant /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Variant(variant: VariantFact) -> impl IntoView {
    let words = |number: Option<f32>| number.map(|number| number.to_string());
    let count = |number: Option<u32>| number.map(|number| number.to_string());
    let package = variant.package.clone().unwrap_or_default();
    let serves = match version_of(&package) {
        Some(version) => {
            view! { <A href=address::model_version(&package) attr:class="link">{format::visible(&version)}</A> }
                .into_any()
        }
        None => variant.model.unwrap_or_else(|| "not known".to_owned()).into_any(),
    };
    let kind = match variant.serverless {
        Some((memory, most)) => format!("serverless, {memory} MB, {most} at once"),
        None => variant.instance_type.unwrap_or_else(|| "–".to_owned()),
    };
    let states: Vec<String> = variant
        .statuses
        .into_iter()
        .map(|(status, message)| match message {
            Some(message) => format!("{}: {message}", spaced(&status)),
            None => spaced(&status),
        })
        .collect();
    view! {
        <tr data-id=variant.name.clone()>
            <th scope="row" class="selectable">{format::visible(&variant.name)}</th>
            <td class="selectable" title=package>{serves}</td>
            <td class="num">{of_desired(words(variant.weight), words(variant.desired_weight))}</td>
            <td class="num">{of_desired(count(variant.instances), count(variant.desired_instances))}</td>
            <td class="whole">{kind}</td>
            <td>{if states.is_empty() { "–".to_owned() } else { states.join("; ") }}</td>
        </tr>
    }
}

/// `churn version 14` of the ARN of a version, `model package sold` of one without a group.
fn version_of(package: &str) -> Option<String> {
    let (_, name) = package.split_once(":model-package/")?;
    match name.split_once('/') {
        Some((group, version)) => version.parse::<u32>().ok().map(|version| format!("{group} version {version}")),
        None => (!name.is_empty()).then(|| format!("model package {name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_by_its_group() {
        let arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/guest-churn-emea/14";
        assert_eq!(version_of(arn).as_deref(), Some("guest-churn-emea version 14"));
        let alone = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/sold";
        assert_eq!(version_of(alone).as_deref(), Some("model package sold"));
        assert_eq!((version_of(""), version_of("arn:x/y")), (None, None));
    }

    #[test]
    fn what_is_asked_for_is_told_where_it_is_another() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of_desired(some("2"), some("4")), "2 of 4");
        assert_eq!((of_desired(some("2"), some("2")), of_desired(None, None)), ("2".into(), "–".into()));
    }

    #[test]
    fn a_rollback_alarm_that_nobody_made_is_told() {
        assert_eq!(alarm_state(None, true), (Shape::Warn, "there is no such alarm".to_owned()));
        assert_eq!(alarm_state(None, false).0, Shape::Unknown);
        let alarm = |state: &str| AlarmFact {
            name: "churn-5xx".into(),
            state: state.into(),
            acts: true,
            ..AlarmFact::default()
        };
        let shape = |state: &str| alarm_state(Some(&alarm(state)), true).0;
        assert_eq!(
            (shape("OK"), shape("ALARM"), shape("INSUFFICIENT_DATA")),
            (Shape::Good, Shape::Bad, Shape::Unknown)
        );
    }

    #[test]
    fn an_unknown_state_is_not_good() {
        assert_eq!(of_endpoint("Baking"), Shape::Unknown);
        assert_eq!(of_endpoint("InService"), Shape::Good);
    }
}
