//! How an approved version does where it serves, against the one before it.

use crate::{
    address,
    parts::{
        answer::use_answer,
        states::Partial,
        status::{Shape, Status},
    },
};
use contract::models::{FollowPart, FollowRow, requests::FollowModel};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn Follow(arn: StoredValue<String>) -> impl IntoView {
    let told = use_answer(move || Some(FollowModel { arn: arn.get_value() }));
    view! {
        <section aria-label="Since it serves">
            <h3 class="part-title">"Since it serves"</h3>
            {told.waiting(3)}
            {move || told.told.get().map(|reply| view! {
                <p>{reply.words}</p>
                <Partial notices=Signal::stored(reply.notices) />
                {(!reply.rows.is_empty()).then(|| view! { <FollowTable rows=reply.rows /> })}
                {reply.former.map(|former| view! {
                    <p class="soft">"If it does badly, the version to approve again is " <A href=address::model_version(&former) attr:class="link">{version_of(&former)}</A> "."</p>
                })}
            })}
        </section>
    }
}

fn version_of(arn: &str) -> String {
    super::cells::named(arn).map_or_else(|| arn.to_owned(), |(_, version)| format!("version {version}"))
}

#[component]
fn FollowTable(rows: Vec<FollowRow>) -> impl IntoView {
    view! {
        <table class="table numbers" aria-label="Before and after the deployment">
            <thead>
                <tr>
                    <th scope="col">"Measure"</th>
                    <th scope="col" class="num">"Before"</th>
                    <th scope="col" class="num">"After"</th>
                    <th scope="col" class="num">"Verdict"</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| {
                    let name = match row.part {
                        FollowPart::Errors => "Errors",
                        FollowPart::Latency => "Latency, 99th percentile",
                        FollowPart::Monitor => "First run of its monitor",
                    };
                    let (shape, word) = match row.is_worse {
                        Some(true) => (Shape::Bad, "worse"),
                        Some(false) => (Shape::Good, "not worse"),
                        None => (Shape::Unknown, "cannot be said"),
                    };
                    let value = |told: Option<f64>| told.map_or_else(|| "—".to_owned(), super::cells::number);
                    view! {
                        <tr>
                            <th scope="row">{name} <span class="dim">{format!(", {}", row.unit)}</span> <p class="dim small">{row.words}</p></th>
                            <td class="num mono">{value(row.before)}</td>
                            <td class="num mono">{value(row.after)}</td>
                            <td class="num"><Status shape word /></td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}
