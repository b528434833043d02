//! One feature of one report against its baseline: how far it is, by which measures, and what another threshold would do.

use super::{
    cells::{drifted, figure, measured},
    measure::use_width,
    statistics::Statistics,
    trial::WhatIf,
};
use crate::{
    desk::Desk,
    format,
    parts::{answer::use_answer_over_range, chart::ChartView, export::Export, states::Partial, status::Status},
};
use contract::{
    Timestamp,
    drift::{FeatureDetail, FeatureRow, ReadFeature},
    exports::Subject,
};
use leptos::{html, prelude::*};

/// `run` is the time of a report; `None` is the newest.
#[component]
pub fn FeaturePane(
    schedule: String,
    feature: String,
    run: Option<Timestamp>,
    /// How far is looked back.
    #[prop(into)]
    days: Signal<u32>,
    /// Grows when more reports were read, which belong into the chart over time.
    #[prop(into)]
    finished: Signal<u64>,
) -> impl IntoView {
    let desk = Desk::get();
    let ground = NodeRef::<html::Div>::new();
    let width = use_width(ground);
    let names = StoredValue::new((schedule.clone(), feature.clone()));
    let asked = move || {
        let (schedule, feature) = names.get_value();
        let (days, offset_minutes) = (days.get(), desk.offset_minutes());
        Some(ReadFeature { schedule, feature, run, days, offset_minutes, width: width.get()? })
    };
    let answer = use_answer_over_range(move || {
        finished.track();
        asked()
    });
    let detail = answer.told;
    // The report that is on screen, also when a newer one comes in.
    let subject = Signal::derive(move || {
        let shown = detail.with(|detail| detail.as_ref().map(|detail| detail.run))?;
        Some(Subject::Feature(ReadFeature { run: Some(shown), ..asked()? }))
    });
    let name = format::visible(&feature);
    let kind = move || detail.with(|detail| detail.as_ref().map(|detail| detail.row.kind.clone()));
    let at = Memo::new(move |_| detail.with(|detail| detail.as_ref().map(|detail| detail.run)));
    let now = Signal::derive(move || detail.with(|detail| detail.as_ref().and_then(|detail| detail.row.threshold)));
    let known = Memo::new(move |_| detail.with(Option::is_some));
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">
                    "Feature"
                    {move || kind().map(|kind| view! { <span>{kind}</span> })}
                    {move || at.get().map(|at| view! {
                        <span title=format::hover_time(at)>{move || format!("report of {}", format::minute(at, desk.zone()))}</span>
                    })}
                </div>
                <div class="title-line">
                    <h2>{name.clone()}</h2>
                    <Export name="Export feature" subject />
                </div>
            </div>
            <div class="body">
                <div class="drift-stack" node_ref=ground>
                    {answer.waiting(10)}
                    {move || detail.get().map(|detail| view! { <Told detail /> })}
                    // Of its own, so that what was typed outlives a chart that is drawn anew.
                    <Show when=move || known.get()>
                        <WhatIf schedule=schedule.clone() feature=feature.clone() now />
                    </Show>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Told(detail: FeatureDetail) -> impl IntoView {
    let FeatureDetail { row, read, charts, statistics, notices, .. } = detail;
    view! {
        <Partial notices=Signal::stored(notices) />
        <Verdict row read />
        {charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
        <h3 class="part-title">"Statistics"</h3>
        <Statistics rows=statistics />
    }
}

/// `L∞ robust 0.310 ± 0.003, threshold 0.100`, and what else is known of it.
#[component]
fn Verdict(row: FeatureRow, read: u32) -> impl IntoView {
    let (shape, word) = drifted(row.drifted);
    let class = match row.drifted {
        Some(true) => "verdict bad",
        Some(false) => "verdict good",
        None => "verdict",
    };
    let distance = row.distance.map_or_else(|| "not reckoned".to_owned(), |distance| measured(distance, row.error));
    let threshold = row.threshold.map(|threshold| format!(", threshold {}", figure(threshold))).unwrap_or_default();
    let said = format!("{} {distance}{threshold}", row.method);
    let often =
        format!("{} of {}", format::count(row.drifted_runs.into()), format::counted(read.into(), "report", "reports"));
    view! {
        <div class=class>
            <p class="drift-said"><strong class="num-text">{said}</strong><Status shape word /></p>
            {row.note.map(|note| view! { <p class="soft selectable">{note}</p> })}
        </div>
        <dl class="kv">
            <dt>"Drifted in"</dt>
            <dd>{often}</dd>
            {row.told.map(|told| view! { <dt>"Model Monitor says"</dt><dd class="num-text">{figure(told)}</dd> })}
            {row.natural.map(|natural| view! {
                <dt title="Mean and three standard deviations of the runs before">"Natural threshold"</dt>
                <dd class="num-text">{figure(natural)}</dd>
            })}
            {row.importance.map(|importance| view! { <dt>"Importance"</dt><dd class="num-text">{figure(importance)}</dd> })}
        </dl>
    }
}
