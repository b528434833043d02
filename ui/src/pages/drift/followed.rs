//! What Evidently or MLflow tell of one endpoint: its tests of the newest report, the reports, all of them over time.

use super::{
    AREA,
    cells::{Uri, drifted, figure, health_chip, not_drawn},
    measure::use_width,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        answer::{Refreshes, use_answer_over_range},
        chart::ChartView,
        export::Export,
        fault::FaultView,
        head::Head,
        list::use_change,
        segmented::Segmented,
        split::Split,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status},
    },
};
use contract::{
    drift::{FollowedFeature, FollowedReport, FollowedView, ReadFollowed, TestSide},
    exports::Subject,
};
use leptos::{html, prelude::*};
use leptos_router::components::A;

/// Days that can be looked back, the first where the address says nothing.
const DAYS: [(u32, &str); 3] = [(30, "30 days"), (90, "90 days"), (365, "a year")];
/// Rows that are drawn at first.
const DRAWN: usize = 100;

#[component]
pub fn OneFollowed() -> impl IntoView {
    let query = address::use_query();
    let place = Memo::new(move |_| query.read().get("place").map(str::to_owned).filter(|place| !place.is_empty()));
    view! {
        {move || match place.get() {
            Some(place) => view! { <Page place /> }.into_any(),
            None => view! {
                <Head area=AREA title="Nothing is followed".to_owned() />
                <Empty title="This address names nothing that is followed" text="Choose an endpoint in the list of monitors." icon="drift" />
            }.into_any(),
        }}
    }
}

#[component]
fn Page(place: String) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let place = StoredValue::new(place);
    let days = Memo::new(move |_| {
        let asked = query.read().get("days").and_then(|days| days.parse::<u32>().ok());
        asked.filter(|asked| DAYS.iter().any(|(days, _)| days == asked)).unwrap_or(30)
    });
    let feature = Memo::new(move |_| query.read().get("feature").map(str::to_owned));
    let ground = NodeRef::<html::Div>::new();
    let width = use_width(ground);
    Refreshes::provide();
    let asked = move || {
        Some(ReadFollowed {
            place: place.get_value(),
            days: days.get(),
            feature: feature.get(),
            offset_minutes: desk.offset_minutes(),
            width: width.get()?,
        })
    };
    let answer = use_answer_over_range(asked);
    let (view, fault) = (answer.told, answer.fault);
    let subject = Signal::derive(move || view.with(Option::is_some).then(asked).flatten().map(Subject::Followed));
    let title = Memo::new(move |_| {
        view.with(|view| view.as_ref().and_then(|view| view.row.endpoint.clone())).unwrap_or_else(|| place.get_value())
    });
    Effect::new(move |_| {
        if let Some(origin) = view.with(|view| view.as_ref().map(|view| view.row.source)) {
            let name = format!("{} of {}", origin.word(), title.get_untracked());
            place.with_value(|place| desk.remember(name, address::followed(place)));
        }
    });
    let choose = Callback::new(move |feature: String| change.with_value(|change| change("feature", Some(feature))));
    let list = move || {
        view! {
            {move || view! {
                <Head area=AREA way=vec![("Monitors".to_owned(), address::DRIFT.to_owned())] title=format::visible(&title.get())>
                    <div class="row">
                        {move || view.with(|view| view.as_ref().map(|view| health_chip(view.row.health)))}
                        <Export name="Export drift" subject />
                    </div>
                </Head>
            }}
            <div class="drift-head">
                <div node_ref=ground>
                    {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| answer.look()) /> })}
                    {move || view.get().map(|view| view! { <Standing view /> })}
                </div>
            </div>
            <div class="drift-tools">
                <Segmented
                    name="Look back"
                    choices=DAYS.to_vec()
                    chosen=days
                    on_choose=Callback::new(move |days: u32| change.with_value(|change| change("days", (days != 30).then(|| days.to_string()))))
                />
            </div>
            <div class="body">
                {move || match view.get() {
                    Some(view) => view! { <Told view feature choose /> }.into_any(),
                    None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=10 /> }).into_any(),
                }}
            </div>
        }
    };
    let side = move || {
        view! {
            {move || match (feature.get(), view.get()) {
                (Some(feature), Some(view)) => view! { <OneFeature feature view /> }.into_any(),
                (Some(_), None) => view! { <Skeleton rows=8 /> }.into_any(),
                (None, _) => view! { <Empty title="No feature is selected" text="Choose one to see its values over time." icon="drift" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail=side /> }
}

#[component]
fn Standing(view: FollowedView) -> impl IntoView {
    let FollowedView { row, source, dataset, schedules, notices, .. } = view;
    let endpoint = row.endpoint.clone();
    view! {
        <p class="facts-line soft">
            <span>{row.source.word()}</span>
            {endpoint.map(|endpoint| {
                let (href, shown) = (address::endpoint(&endpoint), format::visible(&endpoint));
                view! { <span>"of "<A href=href attr:class="link">{shown}</A></span> }
            })}
            <span>{row.words}</span>
        </p>
        {dataset.map(|dataset| view! { <p class="soft">{dataset}"."</p> })}
        <p class="soft"><Uri uri=row.schedule /></p>
        <p class="dim">{format!("Of the source {source}.")}</p>
        {(!schedules.is_empty()).then(|| view! {
            <p class="soft">
                "Model Monitor watches it too: "
                {schedules.into_iter().map(|schedule| {
                    let href = address::agreement(&schedule);
                    view! { <A href=href attr:class="link">{format!("compare with {}", format::visible(&schedule))}</A>" " }
                }).collect_view()}
            </p>
        })}
        <Partial notices=Signal::stored(notices) />
    }
}

#[component]
fn Told(view: FollowedView, feature: Memo<Option<String>>, choose: Callback<String>) -> impl IntoView {
    let FollowedView { map, features, reports, .. } = view;
    let read = reports.iter().filter(|report| report.trouble.is_none()).count() as u64;
    if reports.is_empty() {
        return view! { <Empty title="No reports" text="Nothing was written there in this time. Look back further, or see the source in Settings." icon="drift" /> }.into_any();
    }
    let more = (features.len().saturating_sub(MOST_FEATURES), reports.len().saturating_sub(DRAWN));
    view! {
        {map.map(|chart| view! { <ChartView chart /> })}
        <div class="drift-frame">
            <table class="table drift-features" aria-label="Tests">
                <thead>
                    <tr>
                        <th scope="col">"Feature"</th>
                        <th scope="col">"Verdict"</th>
                        <th scope="col" class="num">"Value"</th>
                        <th scope="col">"Test"</th>
                        <th scope="col" class="num">"Drifted in"</th>
                    </tr>
                </thead>
                <tbody>
                    {features.into_iter().take(MOST_FEATURES).map(|row| view! { <Test row read feature choose /> }).collect_view()}
                </tbody>
            </table>
        </div>
        {not_drawn(more.0)}
        <h3 class="part-title">"Reports"<span class="dim num-text">{format::count(reports.len() as u64)}</span></h3>
        <div class="drift-frame">
            <table class="table" aria-label="Reports">
                <thead>
                    <tr><th scope="col">"Of"</th><th scope="col">"Found"</th><th scope="col">"File"</th></tr>
                </thead>
                <tbody>{reports.into_iter().take(DRAWN).map(|report| view! { <Report report /> }).collect_view()}</tbody>
            </table>
        </div>
        {not_drawn(more.1)}
    }
    .into_any()
}

/// Features that are drawn; nobody reads further, and the worst stand first.
const MOST_FEATURES: usize = 300;

#[component]
fn Test(row: FollowedFeature, read: u64, feature: Memo<Option<String>>, choose: Callback<String>) -> impl IntoView {
    let FollowedFeature { name, test, drifted_reports, reason } = row;
    let (shape, word) = drifted(test.drifted);
    let (chosen, asked, data_id) = (name.clone(), name.clone(), name.clone());
    let on = Memo::new(move |_| feature.with(|feature| feature.as_deref() == Some(chosen.as_str())));
    view! {
        <tr data-id=data_id class:on=move || on.get() on:click=move |_| choose.run(asked.clone())>
            <th scope="row" class="drift-name">
                <button type="button" class="link mono cut" aria-pressed=move || on.get().to_string() title=reason>{format::visible(&name)}</button>
            </th>
            <td><Status shape word /></td>
            <td class="num">{test.value.map_or_else(|| "–".to_owned(), figure)}</td>
            <td>{method(&test)}</td>
            <td class="num">{format!("{} of {}", format::count(drifted_reports.into()), format::count(read))}</td>
        </tr>
    }
}

/// `PSI, drift at or above 0.1`; a method without a side says so.
pub fn method(test: &TestSide) -> String {
    match &test.rule {
        Some(rule) => format!("{}, {rule}", test.method),
        None => format!("{}, side of drift not known", test.method),
    }
}

#[component]
fn Report(report: FollowedReport) -> impl IntoView {
    let desk = Desk::get();
    let FollowedReport { at, place, drifted, trouble } = report;
    let found = match (trouble, drifted) {
        (Some(trouble), _) => view! { <Status shape=Shape::Warn word="cannot be used" /><span class="drift-note selectable">{trouble}</span> }.into_any(),
        (None, None) => view! { <Status shape=Shape::Unknown word="not known" /> }.into_any(),
        (None, Some((0, known))) => view! { <Status shape=Shape::Good word=format!("no drift in {}", format::count(known.into())) /> }.into_any(),
        (None, Some((some, known))) => {
            let word = format!("{} of {} drifted", format::count(some.into()), format::count(known.into()));
            view! { <Status shape=Shape::Bad word /> }.into_any()
        }
    };
    view! {
        <tr data-id=place>
            <th scope="row"><time title=format::hover_time(at)>{move || format::minute(at, desk.zone())}</time></th>
            <td>{found}</td>
            <td class="mono"><Uri uri=place.clone() /></td>
        </tr>
    }
}

#[component]
fn OneFeature(feature: String, view: FollowedView) -> impl IntoView {
    let name = format::visible(&feature);
    let FollowedView { features, over_time, .. } = view;
    let told = features.into_iter().find(|row| row.name == feature);
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">"Feature"</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                <div class="drift-stack">
                    {match told {
                        Some(row) => {
                            let (shape, word) = drifted(row.test.drifted);
                            let class = match row.test.drifted {
                                Some(true) => "verdict bad",
                                Some(false) => "verdict good",
                                None => "verdict",
                            };
                            view! {
                                <div class=class>
                                    <p class="drift-said"><strong class="num-text">{method(&row.test)}</strong><Status shape word /></p>
                                    <p class="soft selectable">{row.reason}</p>
                                </div>
                            }.into_any()
                        }
                        None => view! { <p class="soft">"The newest report does not tell of it."</p> }.into_any(),
                    }}
                    {over_time.map(|chart| view! { <ChartView chart /> })}
                </div>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_says_on_which_side_drift_lies() {
        let known =
            TestSide { method: "PSI".into(), rule: Some("drift at or above 0.1".into()), ..TestSide::default() };
        assert_eq!(method(&known), "PSI, drift at or above 0.1");
        let unknown = TestSide { method: "unknown method".into(), ..TestSide::default() };
        assert_eq!(method(&unknown), "unknown method, side of drift not known");
    }
}
