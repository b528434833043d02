//! What a decision rests on: the numbers beside the approved version's, today's traffic, and the gates.

use super::{
    cells::of_approval,
    follow::Follow,
    gates::Gates,
    metrics::{MetricTable, basis_words},
};
use crate::{
    format,
    parts::{
        answer::Answer,
        chart::ChartView,
        states::{Empty, Partial},
        status::Status,
    },
};
use contract::models::{FacetRow, Judged, Signature, facts::Approval, requests::DraftReply};
use leptos::prelude::*;

#[component]
pub fn Decide(arn: StoredValue<String>, draft: Answer<DraftReply>) -> impl IntoView {
    view! {
        {draft.waiting(10)}
        {move || draft.told.get().map(|told| view! { <Told arn told /> })}
        {move || draft.told.with(Option::is_some).then(|| view! {
            <p><button type="button" class="link" disabled=move || draft.busy.get() on:click=move |_| draft.look()>{move || if draft.busy.get() { "Looking…" } else { "Look again at all of it" }}</button></p>
        })}
    }
}

#[component]
fn Told(arn: StoredValue<String>, told: DraftReply) -> impl IntoView {
    let DraftReply { draft, comparison, traffic, .. } = told;
    let mut notices = draft.notices;
    let decided = draft.mark.approval != Approval::Pending;
    let shape = of_approval(draft.mark.approval);
    let word = draft.mark.approval.word();
    let numbers = comparison.map(|mut comparison| {
        notices.append(&mut comparison.notices);
        let (rows, left, right) = (comparison.metrics, comparison.left.version, comparison.right.version);
        // What stayed as it was is under Metrics; here stands what speaks against the version.
        let facets: Vec<FacetRow> =
            comparison.facets.into_iter().filter(|facet| facet.judged == Judged::Worse).collect();
        view! {
            <section aria-label="Numbers">
                <h3 class="part-title">{basis_words(&comparison.basis)}</h3>
                <MetricTable rows facets left right />
            </section>
        }
    });
    let alone = numbers.is_none();
    view! {
        {decided.then(|| view! { <p><Status shape word /></p> })}
        <Partial notices=Signal::stored(notices) />
        {numbers}
        {alone.then(|| view! { <Empty title="No numbers beside it" text="No other version of the group was measured, or its files could not be read. The gates say what that means." icon="info" /> })}
        {traffic.map(|chart| view! { <ChartView chart /> })}
        <Gates arn gates=draft.gates />
        {(!draft.signatures.is_empty()).then(|| view! { <Signatures signatures=draft.signatures seen=draft.evidence /> })}
        {(draft.mark.approval == Approval::Approved).then(|| view! { <Follow arn /> })}
    }
}

/// Who signed, and whether that person saw what is shown now.
#[component]
fn Signatures(signatures: Vec<Signature>, seen: String) -> impl IntoView {
    view! {
        <section aria-label="Signatures">
            <h3 class="part-title">"Signatures"</h3>
            <ul class="plain-list">
                {signatures.into_iter().map(|signature| {
                    let same = if signature.evidence == seen { "saw what is shown here" } else { "saw other evidence" };
                    let class = if signature.evidence == seen { "dim" } else { "warn" };
                    let title = format::hover_time(signature.at);
                    let iso = format::iso(signature.at);
                    view! {
                        <li>
                            <strong>{format::visible(&signature.user)}</strong>
                            ", "
                            <time datetime=iso title=title>{format::relative(signature.at, format::now())}</time>
                            ", "
                            <span class=class>{same}</span>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </section>
    }
}
