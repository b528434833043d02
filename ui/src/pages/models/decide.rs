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
        export::EvidenceBundle,
        states::{Empty, Partial},
        status::Status,
    },
};
use contract::models::{FacetRow, Judged, Signature, facts::Approval, requests::DraftReply};
use leptos::prelude::*;

#[component]
pub fn Decide(arn: StoredValue<String>, draft: Answer<DraftReply>, on_roll_back: Callback<()>) -> impl IntoView {
    view! {
        {draft.waiting(10)}
        {move || draft.told.get().map(|told| view! { <Told arn told on_roll_back /> })}
        {move || draft.told.with(Option::is_some).then(|| view! {
            <p><button type="button" class="link" disabled=move || draft.busy.get() on:click=move |_| draft.look()>{move || if draft.busy.get() { "Looking…" } else { "Look again at all of it" }}</button></p>
        })}
    }
}

#[component]
fn Told(arn: StoredValue<String>, told: DraftReply, on_roll_back: Callback<()>) -> impl IntoView {
    let DraftReply { draft, comparison, traffic, decided_on, .. } = told;
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
        {alone.then(|| view! { <Empty title="No approved version beside it" text="No other version of the group is approved. What this one measured stands under Metrics and Features." icon="info" /> })}
        {traffic.map(|chart| view! { <ChartView chart /> })}
        <Gates arn gates=draft.gates />
        <Evidence arn seen=draft.evidence.clone() decided_on />
        {(!draft.signatures.is_empty()).then(|| view! { <Signatures signatures=draft.signatures seen=draft.evidence /> })}
        {(draft.mark.approval == Approval::Approved).then(|| view! { <Follow arn version=draft.mark.version on_roll_back /> })}
    }
}

/// The digest of what is shown, whether the last decision was on it, and the bundle to keep.
#[component]
fn Evidence(arn: StoredValue<String>, seen: String, decided_on: Option<String>) -> impl IntoView {
    let (words, class) = on_which(&seen, decided_on.as_deref());
    view! {
        <section aria-label="Evidence">
            <div class="row">
                <h3 class="part-title">"Evidence"</h3>
                <EvidenceBundle arn=arn.get_value() evidence=Some(seen.clone()) />
            </div>
            <p class=class>{words}</p>
            <p class="dim small mono wrap selectable">"sha256 " {seen}</p>
        </section>
    }
}

/// Whether the last decision was on the evidence that is shown.
fn on_which(seen: &str, decided_on: Option<&str>) -> (String, &'static str) {
    match decided_on {
        None => ("No comment on this version names its evidence.".to_owned(), "soft"),
        Some(digest) if digest.eq_ignore_ascii_case(seen) => {
            ("The last decision was on exactly this: nothing that is compared changed since (secrets of the environment are not).".to_owned(), "soft")
        }
        Some(digest) => {
            let short: String = digest.chars().take(12).collect();
            let words = format!(
                "The last decision was on other evidence (sha256 {short}…): a file, an artefact, an image or the environment changed since, or could not be read by one of the two. The ledger in a bundle of that time says what it was."
            );
            (words, "warn")
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_whether_the_decision_was_on_what_is_shown() {
        let (seen, other) = ("ab".repeat(32), "cd".repeat(32));
        assert_eq!(on_which(&seen, Some(&seen.to_uppercase())).1, "soft");
        let (words, class) = on_which(&seen, Some(&other));
        assert!(class == "warn" && words.contains("sha256 cdcdcdcdcdcd…"), "{words}");
        assert!(on_which(&seen, None).0.contains("No comment"));
    }
}
