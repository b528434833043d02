//! Two versions beside each other: numbers and curves, and everything else that is different.

use super::{
    AREA,
    cells::{group_of, named},
    metrics::{FeatureNumbers, Numbers},
};
use crate::{
    address,
    desk::Desk,
    keys::{self, Action},
    pages::jobs::capital,
    parts::{
        answer::use_answer, chart::ChartView, differences::Differences, export::Export, head::Head, split::Split,
        states::Empty,
    },
};
use contract::{exports::Subject, models::requests::CompareModels};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn TwoVersions() -> impl IntoView {
    let query = address::use_query();
    let pair = Memo::new(move |_| {
        let query = query.read();
        Some((query.get("left")?.to_owned(), query.get("right")?.to_owned()))
    });
    view! {
        {move || match pair.get() {
            Some((left, right)) => view! { <Pair left right /> }.into_any(),
            None => view! {
                <Head area=AREA title="Nothing to compare".to_owned() />
                <Empty title="This address names no two versions" text="Open a version: its gates lead to the comparison." icon="models" />
            }.into_any(),
        }}
    }
}

/// `version 14`, or the ARN of what has none.
fn version_of(arn: &str) -> String {
    named(arn).map_or_else(|| arn.to_owned(), |(_, version)| format!("version {version}"))
}

#[component]
fn Pair(left: String, right: String) -> impl IntoView {
    let desk = Desk::get();
    let title = format!("{} beside {}", capital(&version_of(&right)), version_of(&left));
    let group = named(&right).map_or_else(|| right.clone(), |(group, _)| group);
    let account = untrack(|| desk.account());
    let group_href =
        group_of(&right, account.as_deref()).map_or_else(address::model_groups, |group| address::model_group(&group));
    desk.remember(format!("{title} of {group}"), address::model_compare(&left, &right));
    let way = vec![(group, group_href), (version_of(&right), address::model_version(&right))];
    let (way, title) = (StoredValue::new(way), StoredValue::new(title));
    let other = address::model_version(&left);
    let other_name = version_of(&left);
    let other = StoredValue::new((other_name, other));
    let asked = StoredValue::new(CompareModels { left, right });
    let told = use_answer(move || Some(asked.get_value()));
    let subject =
        Signal::derive(move || told.told.with(Option::is_some).then(|| Subject::Comparison(asked.get_value())));
    keys::on(Action::Refresh, move || told.look());
    let list = move || {
        let (name, href) = other.get_value();
        view! {
            <Head area=AREA way=way.get_value() title=title.get_value()>
                <div class="row">
                    <Export name="Export comparison" subject />
                    <A href attr:class="btn">{format!("Open {name}")}</A>
                </div>
            </Head>
            <div class="body">
                {told.waiting(12)}
                {move || told.told.get().map(|reply| view! {
                    <p class="verdict">{capital(&reply.comparison.words)}</p>
                    <Numbers comparison=reply.comparison />
                    {reply.charts.into_iter().map(|chart| view! { <ChartView chart /> }).collect_view()}
                })}
            </div>
        }
    };
    let detail = move || {
        view! {
            <section class="detail" role="region" aria-label="Differences">
                <div class="head">
                    <div class="crumb">"Beside the numbers"</div>
                    <h2>"What else is different"</h2>
                </div>
                <div class="body">
                    {told.waiting(6)}
                    {move || told.told.get().map(|reply| {
                        let differences = reply.comparison.differences.clone();
                        let same = differences.is_empty();
                        view! {
                            {same.then(|| view! { <p class="soft">"Parameters, environment, framework, image and artefact are the same as far as they were read."</p> })}
                            {(!same).then(|| view! { <Differences differences /> })}
                            <FeatureNumbers comparison=reply.comparison />
                        }
                    })}
                </div>
            </section>
        }
    };
    view! { <Split list detail /> }
}
