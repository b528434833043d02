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
use contract::models::{FacetRow, Judged, Signature, Stands, facts::Approval, requests::DraftReply};
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
    let DraftReply { draft, comparison, traffic, decided_on, decided_before, may_write, .. } = told;
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
        <Evidence arn seen=draft.evidence decided_on decided_before />
        {(!draft.signatures.is_empty()).then(|| view! { <Signatures signatures=draft.signatures /> })}
        {may_write.map(|may| {
            let class = if may { "soft" } else { "warn" };
            view! { <p class=class>{write_words(may)}</p> }
        })}
        {(draft.mark.approval == Approval::Approved).then(|| view! { <Follow arn version=draft.mark.version on_roll_back /> })}
    }
}

/// Whether the person at this window is one of the two who may write.
fn write_words(may: bool) -> &'static str {
    if may {
        "You may write the decision on this version, as far as IAM's simulation of sagemaker:UpdateModelPackage tells."
    } else {
        "You may not write here: somebody with sagemaker:UpdateModelPackage on this version has to sign or approve."
    }
}

/// The digest of what is shown, whether the last decision was on it, and the bundle to keep.
#[component]
fn Evidence(arn: StoredValue<String>, seen: String, decided_on: Option<String>, decided_before: bool) -> impl IntoView {
    let (words, class) = on_which(&seen, decided_on.as_deref(), decided_before);
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
fn on_which(seen: &str, decided_on: Option<&str>, decided_before: bool) -> (String, &'static str) {
    match decided_on {
        None if decided_before => (
            "The last decision was made with an older version of Quarterdeck, whose digest covered other things: it cannot be compared with this one.".to_owned(),
            "soft",
        ),
        None => ("No comment on this version names its evidence.".to_owned(), "soft"),
        Some(digest) if digest.eq_ignore_ascii_case(seen) => {
            ("The last decision was on this evidence: nothing of it is known to have changed since.".to_owned(), "soft")
        }
        Some(digest) => {
            let short: String = digest.chars().take(12).collect();
            let words = format!(
                "The last decision was on other evidence (sha256 {short}…): a file, an artefact, an image or the environment changed since, or a file without a registered digest could not be read by one of the two. The ledger in a bundle of that time says what it was."
            );
            (words, "warn")
        }
    }
}

/// Whether a person signed what is shown now, in words.
fn standing(stands: &Stands) -> (String, &'static str) {
    match stands {
        Stands::Same => ("saw what is shown here".to_owned(), "dim"),
        Stands::Partly(_) => ("saw what is shown here, as far as both could look".to_owned(), "soft"),
        Stands::Older => ("signed with an older version of Quarterdeck: sign again".to_owned(), "warn"),
        Stands::Other(what) if !what.is_empty() => (format!("saw other evidence: {}", what.join("; ")), "warn"),
        Stands::Other(_) => ("saw other evidence".to_owned(), "warn"),
        Stands::NotCompared => ("not compared with what is shown".to_owned(), "warn"),
    }
}

/// Who signed, and whether that person saw what is shown now.
#[component]
fn Signatures(signatures: Vec<Signature>) -> impl IntoView {
    view! {
        <section aria-label="Signatures">
            <h3 class="part-title">"Signatures"</h3>
            <ul class="plain-list" role="list">
                {signatures.into_iter().map(|signature| {
                    let (same, class) = standing(&signature.stands);
                    let same = format::visible(&same);
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
        assert_eq!(on_which(&seen, Some(&seen.to_uppercase()), false).1, "soft");
        let (words, class) = on_which(&seen, Some(&other), false);
        assert!(class == "warn" && words.contains("sha256 cdcdcdcdcdcd…"), "{words}");
        assert!(on_which(&seen, None, false).0.contains("No comment"));
        assert!(on_which(&seen, None, true).0.contains("older version of Quarterdeck"));
    }

    #[test]
    fn who_may_not_write_is_told_who_may() {
        assert!(write_words(true).starts_with("You may write"));
        assert!(write_words(false).contains("somebody with sagemaker:UpdateModelPackage"));
    }

    #[test]
    fn a_signature_says_what_it_is_worth() {
        assert_eq!(standing(&Stands::Same).1, "dim");
        let unseen = vec!["image xgb:1.7: it could not be checked by you (denied)".to_owned()];
        assert_eq!(standing(&Stands::Partly(unseen)).1, "soft");
        let (words, class) = standing(&Stands::Other(vec!["bias report (s3://b/bias.json)".to_owned()]));
        assert_eq!((words.as_str(), class), ("saw other evidence: bias report (s3://b/bias.json)", "warn"));
        assert!(standing(&Stands::Older).0.contains("sign again"));
    }
}
