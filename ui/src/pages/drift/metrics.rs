//! What a monitor measured, a row for each metric: its newest value, its limit, which way is better, and the verdict. One tab
//! stop: arrows move, and the row with the cursor is the metric that is drawn beside it.

use super::{
    cells::{figure, measured},
    measure::use_width,
};
use crate::{
    desk::Desk,
    format,
    keys::{self, Action},
    parts::{
        answer::use_answer_over_range,
        cells::time_cell,
        chart::ChartView,
        icon::Icon,
        states::{Empty, Partial},
        status::{Shape, Status},
    },
};
use contract::{
    drift::{
        LimitSide, MetricEvent, MetricSource, MonitorMetric, MonitorMetricRow, MonitorMetrics, ReadMonitorMetric,
        ReadMonitorMetrics,
    },
    models::{facts::MonitorKind, metric_title},
};
use leptos::{html, prelude::*};

fn row_id(at: usize) -> String {
    format!("metric-row-{at}")
}

/// What is not known is never shown as good; without a limit there is nothing to be known.
fn verdict(row: &MonitorMetricRow) -> Option<(Shape, &'static str)> {
    row.side?;
    Some(match row.violated {
        Some(true) => (Shape::Bad, "violated"),
        Some(false) => (Shape::Good, "within its limit"),
        None => (Shape::Unknown, "not known"),
    })
}

/// `higher is better`, as the constraints' operator says.
fn direction(row: &MonitorMetricRow) -> Option<String> {
    match (row.side, row.neutral) {
        (_, Some(neutral)) => Some(format!("nearer to {neutral} is better")),
        (Some(LimitSide::Below), None) => Some("higher is better".to_owned()),
        (Some(LimitSide::Above), None) => Some("lower is better".to_owned()),
        (Some(LimitSide::Apart) | None, None) => None,
    }
}

/// `violated below 0.800`.
fn limit(row: &MonitorMetricRow) -> Option<String> {
    let value = figure(row.limit?);
    Some(match row.side? {
        LimitSide::Below => format!("below {value}"),
        LimitSide::Above => format!("above {value}"),
        LimitSide::Apart => format!("far from {value}"),
    })
}

fn value(row: &MonitorMetricRow) -> String {
    row.value.map_or_else(|| "infinite".to_owned(), |value| measured(value, row.deviation))
}

/// The identity of a row as people write it. What is measured of features bears their names.
fn called(kind: MonitorKind, id: &str) -> String {
    match (kind, id.split_once(" of ")) {
        (MonitorKind::ModelQuality, Some((metric, of))) => format!("{} of {of}", metric_title(metric)),
        (MonitorKind::ModelQuality, None) => metric_title(id).into_owned(),
        _ => id.to_owned(),
    }
}

/// `3 of 90`, of those that are judged.
fn often(row: &MonitorMetricRow) -> Option<String> {
    let unjudged = match row.values.saturating_sub(row.judged) {
        0 => String::new(),
        many => format!(", {} not known", format::count(many.into())),
    };
    let many = row.violations?;
    Some(format!("{} of {}{unjudged}", format::count(many.into()), format::count(row.judged.into())))
}

#[component]
pub fn Metrics(
    schedule: StoredValue<String>,
    #[prop(into)] days: Signal<u32>,
    #[prop(into)] chosen: Signal<Option<String>>,
    on_choose: Callback<String>,
    /// The metric that is drawn: the chosen one, else the first.
    shown: RwSignal<Option<String>>,
) -> impl IntoView {
    let answer =
        use_answer_over_range(move || Some(ReadMonitorMetrics { schedule: schedule.get_value(), days: days.get() }));
    let rows =
        Memo::new(move |_| answer.told.with(|told| told.as_ref().map(|told| told.metrics.clone()).unwrap_or_default()));
    let place = Memo::new(move |_| {
        let chosen = chosen.get();
        rows.with(|rows| {
            let named = chosen.and_then(|chosen| rows.iter().position(|row| row.id == chosen));
            named.or((!rows.is_empty()).then_some(0))
        })
    });
    Effect::new(move |_| {
        let id = place.get().and_then(|at| rows.with(|rows| rows.get(at).map(|row| row.id.clone())));
        if shown.with_untracked(|shown| *shown != id) {
            shown.set(id);
        }
    });
    let move_to = move |at: usize| {
        if let Some(id) = rows.with_untracked(|rows| rows.get(at).map(|row| row.id.clone())) {
            on_choose.run(id);
        }
    };
    let last = move || rows.with_untracked(Vec::len).saturating_sub(1);
    let here = move || place.get_untracked().unwrap_or_default();
    keys::on(Action::Down, move || move_to((here() + 1).min(last())));
    keys::on(Action::Up, move || move_to(here().saturating_sub(1)));
    keys::on(Action::First, move || move_to(0));
    keys::on(Action::Last, move || move_to(last()));
    view! {
        {answer.waiting(10)}
        {move || answer.told.get().map(|told| {
            let MonitorMetrics { kind, source, metrics, unpublished, notices, .. } = told;
            view! {
                <Partial notices=Signal::stored(notices) />
                {if metrics.is_empty() {
                    view! { <Empty title="No metrics" text="Neither CloudWatch nor a report has a value of this monitor in this time. Look back further, or see in Runs how they ended." icon="drift" /> }.into_any()
                } else {
                    view! { <List rows=metrics place on_choose /> }.into_any()
                }}
                <p class="dim small">{match source {
                    MetricSource::CloudWatch => "Values of CloudWatch, a point an hour.",
                    MetricSource::Reports => "Values of the reports of its runs.",
                }}</p>
                {(!unpublished.is_empty()).then(|| view! { <Unpublished kind names=unpublished /> })}
            }
        })}
    }
}

#[component]
fn List(rows: Vec<MonitorMetricRow>, place: Memo<Option<usize>>, on_choose: Callback<String>) -> impl IntoView {
    let desk = Desk::get();
    let newest = move || format!("Newest ({})", format::zone_label(desk.zone()));
    let count = rows.len();
    view! {
        <div class="drift-frame">
            <table
                class="table drift-features"
                role="grid"
                aria-label="Metrics"
                aria-rowcount=(count + 1).to_string()
                aria-activedescendant=move || place.get().map(row_id)
                tabindex="0"
            >
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col">"Metric"</th>
                        <th scope="col">"Verdict"</th>
                        <th scope="col" class="num">"Value"</th>
                        <th scope="col" class="num">"Violated"</th>
                        <th scope="col" class="num">"Times"</th>
                        <th scope="col">{newest}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.into_iter().enumerate().map(|(at, row)| view! { <Row row at place on_choose /> }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: MonitorMetricRow, at: usize, place: Memo<Option<usize>>, on_choose: Callback<String>) -> impl IntoView {
    let on = move || place.get() == Some(at);
    let id = row.id.clone();
    let (title, of) = (format::visible(&row.title), row.of.as_deref().map(format::visible));
    // A name of a file's own is shown as one.
    let is_own = row.title == row.metric;
    let dash = || "–".to_owned();
    view! {
        <tr
            id=row_id(at)
            data-id=row.id.clone()
            aria-rowindex=(at + 2).to_string()
            aria-selected=move || on().to_string()
            class:on=on
            on:click=move |_| on_choose.run(id.clone())
        >
            <th scope="row" class="drift-name" title=format::visible(&row.id)>
                <span class:mono=is_own>{title}</span>
                {of.map(|of| view! { <span class="drift-note">{format!("of {of}")}</span> })}
            </th>
            <td>
                <span class="drift-verdict">
                    {match verdict(&row) {
                        Some((shape, word)) => view! { <Status shape word /> }.into_any(),
                        None => view! { <span class="dim">"no limit"</span> }.into_any(),
                    }}
                    {row.note.clone().map(|note| view! { <span title=note.clone()><Icon name="info" /><span class="unseen">{note.clone()}</span></span> })}
                </span>
            </td>
            <td class="num">{value(&row)}</td>
            <td class="num">{limit(&row).unwrap_or_else(dash)}</td>
            <td class="num">{often(&row).unwrap_or_else(dash)}</td>
            <td>{time_cell(Some(row.at))}</td>
        </tr>
    }
}

/// Names of what is not known, with why where a report says so.
#[component]
fn Unpublished(kind: MonitorKind, names: Vec<(String, Option<String>)>) -> impl IntoView {
    let line = move |(name, why): (String, Option<String>)| {
        let title = called(kind, &name);
        let is_own = title == name;
        view! {
            <li>
                <span class:mono=is_own title=format::visible(&name)>{format::visible(&title)}</span>
                {why.map(|why| view! { <span class="soft selectable">{format!(": {why}")}</span> })}
            </li>
        }
    };
    view! {
        <section role="region" aria-label="Not published">
            <h3 class="part-title">"Not published in this time"</h3>
            <ul class="plain-list" role="list" aria-label="Metrics that are not published">{names.into_iter().map(line).collect_view()}</ul>
            <p class="dim small">"What is not published is not zero: it is not known."</p>
        </section>
    }
}

/// One metric over time. `metric` is the identity of its row.
#[component]
pub fn MetricPane(schedule: String, metric: String, #[prop(into)] days: Signal<u32>) -> impl IntoView {
    let desk = Desk::get();
    let ground = NodeRef::<html::Div>::new();
    let width = use_width(ground);
    let name = format::visible(&metric);
    let id = name.clone();
    let answer = use_answer_over_range(move || {
        Some(ReadMonitorMetric {
            schedule: schedule.clone(),
            metric: metric.clone(),
            days: days.get(),
            offset_minutes: desk.offset_minutes(),
            width: width.get()?,
        })
    });
    let title = move || {
        answer.told.with(|told| match told.as_ref().map(|told| &told.row) {
            Some(row) => match row.of.as_deref() {
                Some(of) => format::visible(&format!("{} of {of}", row.title)),
                None => format::visible(&row.title),
            },
            None => id.clone(),
        })
    };
    view! {
        <section class="detail" role="region" aria-label=name>
            <div class="head">
                <div class="crumb">"Metric"</div>
                <h2>{title}</h2>
            </div>
            <div class="body">
                <div class="drift-stack" node_ref=ground>
                    {answer.waiting(8)}
                    {move || answer.told.get().map(|told| view! { <Told told /> })}
                </div>
            </div>
        </section>
    }
}

#[component]
fn Told(told: MonitorMetric) -> impl IntoView {
    let desk = Desk::get();
    let MonitorMetric { row, source, chart, events } = told;
    let at = row.at;
    let class = match row.violated {
        Some(true) => "verdict bad",
        Some(false) => "verdict good",
        None => "verdict",
    };
    let said = match limit(&row) {
        Some(limit) => format!("{}, a violation {limit}", value(&row)),
        None => value(&row),
    };
    view! {
        <div class=class>
            <p class="drift-said">
                <strong class="num-text">{said}</strong>
                {verdict(&row).map(|(shape, word)| view! { <Status shape word /> })}
            </p>
            {row.note.clone().map(|note| view! { <p class="soft selectable">{note}</p> })}
        </div>
        <dl class="kv">
            <dt>"Newest"</dt>
            <dd><time title=format::hover_time(at)>{move || format::minute(at, desk.zone())}</time></dd>
            {direction(&row).map(|words| view! { <dt>"Direction"</dt><dd>{words}</dd> })}
            {often(&row).map(|words| view! { <dt>"Values beyond its limit"</dt><dd>{words}</dd> })}
            <dt>"From"</dt>
            <dd>{match source {
                MetricSource::CloudWatch => "CloudWatch",
                MetricSource::Reports => "reports of its runs",
            }}</dd>
        </dl>
        {chart.map(|chart| view! { <ChartView chart /> })}
        <h3 class="part-title">"Alerts and deployments"</h3>
        {if events.is_empty() {
            view! { <p class="soft">"No alert changed and nothing was deployed in this time."</p> }.into_any()
        } else {
            view! { <Events events /> }.into_any()
        }}
    }
}

#[component]
fn Events(events: Vec<MetricEvent>) -> impl IntoView {
    let desk = Desk::get();
    let line = move |event: MetricEvent| {
        let at = event.at;
        let icon = if event.is_alarm { "triangle-alert" } else { "layers" };
        view! {
            <li class="row">
                <Icon name=icon />
                <time class="dim" datetime=format::iso(at) title=format::hover_time(at)>{move || format::minute(at, desk.zone())}</time>
                " "
                <span class="selectable">{event.words}</span>
            </li>
        }
    };
    view! { <ul class="plain-list" role="list" aria-label="Alerts and deployments">{events.into_iter().map(line).collect_view()}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Timestamp;

    fn row(side: Option<LimitSide>, violated: Option<bool>) -> MonitorMetricRow {
        MonitorMetricRow {
            id: "f1".into(),
            metric: "f1".into(),
            title: "F1".into(),
            of: None,
            value: Some(0.781),
            at: Timestamp::UNIX_EPOCH,
            deviation: Some(0.01),
            limit: side.map(|_| 0.8),
            side,
            neutral: None,
            violated,
            violations: Some(3),
            judged: 90,
            values: 90,
            note: None,
        }
    }

    #[test]
    fn the_operator_says_which_way_is_better() {
        let below = row(Some(LimitSide::Below), Some(true));
        assert_eq!(
            (direction(&below).as_deref(), limit(&below).as_deref()),
            (Some("higher is better"), Some("below 0.800"))
        );
        assert_eq!(direction(&row(Some(LimitSide::Above), None)).as_deref(), Some("lower is better"));
        let bias = MonitorMetricRow { neutral: Some(1.0), ..row(Some(LimitSide::Apart), None) };
        assert_eq!(direction(&bias).as_deref(), Some("nearer to 1 is better"));
        assert_eq!((value(&below), often(&below).as_deref()), ("0.781 ± 0.010".into(), Some("3 of 90")));
        let few = MonitorMetricRow { judged: 88, ..below };
        assert_eq!(often(&few).as_deref(), Some("3 of 88, 2 not known"));
    }

    #[test]
    fn metrics_are_called_as_people_write_them_and_features_by_their_names() {
        let of_quality = |id: &str| called(MonitorKind::ModelQuality, id);
        assert_eq!(
            (of_quality("f0_5"), of_quality("f1 of the best constant classifier"), of_quality("bookings_kept")),
            ("F0.5".into(), "F1 of the best constant classifier".into(), "bookings_kept".into())
        );
        assert_eq!(called(MonitorKind::Explainability, "f1 of yes"), "f1 of yes");
    }

    #[test]
    fn what_is_not_known_is_not_good_and_without_a_limit_there_is_no_verdict() {
        assert_eq!(verdict(&row(Some(LimitSide::Apart), None)).map(|(shape, _)| shape), Some(Shape::Unknown));
        assert!(verdict(&row(None, None)).is_none());
        let endless = MonitorMetricRow { value: None, ..row(None, None) };
        assert_eq!(value(&endless), "infinite");
    }
}
