//! The gates of a version: each with shape, word, reason, and the way to what it rests on.

use super::cells::of_verdict;
use crate::{
    address,
    desk::Desk,
    format,
    pages::jobs::{capital, object_address},
    parts::{list::use_change, status::Status},
};
use contract::models::{EvidenceLink, Gate};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn Gates(arn: StoredValue<String>, gates: Vec<Gate>) -> impl IntoView {
    view! {
        <div>
            <div class="row">
                <h3 class="part-title">"Gates"</h3>
                <A href=address::gate_policy() attr:class="link" attr:aria-label="Configure the gates">"Configure"</A>
            </div>
            <ul class="card gates" role="list" aria-label="Gates">
                {gates.into_iter().map(|gate| view! { <GateLine arn gate /> }).collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn GateLine(arn: StoredValue<String>, gate: Gate) -> impl IntoView {
    let id = format!("{:?}", gate.id);
    // A single finding is the reason itself.
    let findings = if gate.findings.len() > 1 { gate.findings } else { Vec::new() };
    view! {
        <li class="gate" data-id=id>
            <Status shape=of_verdict(gate.verdict) word=gate.verdict.word() />
            <div class="gate-text">
                <p>
                    {gate.title.clone()}
                    {gate.holds.then(|| view! { " " <span class="chip bad">"holds the approval"</span> })}
                </p>
                <p class="dim selectable">{format::visible(&gate.words)}</p>
                {(!findings.is_empty()).then(|| view! {
                    <ul class="plain-list small soft" role="list">
                        {findings.into_iter().map(|finding| view! { <li class="selectable">{format::visible(&finding)}</li> }).collect_view()}
                    </ul>
                })}
            </div>
            <ul class="gate-evidence" role="list" aria-label=format!("Evidence of: {}", gate.title)>
                {gate.evidence.into_iter().map(|link| view! { <li><Evidence arn link /></li> }).collect_view()}
            </ul>
        </li>
    }
}

/// Where a piece of evidence is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Leads {
    Address(String),
    /// Another tab of the same version.
    Tab(&'static str),
    /// Nowhere in this window: it can be copied.
    Copy(String),
}

/// What a piece of evidence is called, and where it leads.
fn leads(link: EvidenceLink, arn: &str) -> (String, Leads) {
    let at = |uri: String| object_address(&uri).map_or(Leads::Copy(uri), Leads::Address);
    match link {
        EvidenceLink::File { part, uri } => (part.word().to_owned(), at(uri)),
        EvidenceLink::Object(uri) => ("artefact".to_owned(), at(uri)),
        EvidenceLink::Image(image) => ("image".to_owned(), Leads::Copy(image)),
        EvidenceLink::Run(id) => (id.noun().to_owned(), Leads::Address(address::job(&id))),
        EvidenceLink::PipelineExecution(execution) => {
            ("pipeline execution".to_owned(), Leads::Address(address::pipeline_execution(&execution)))
        }
        EvidenceLink::Compare(other) => ("comparison".to_owned(), Leads::Address(address::model_compare(&other, arn))),
        EvidenceLink::Lineage => ("lineage".to_owned(), Leads::Tab("lineage")),
        EvidenceLink::History => ("history".to_owned(), Leads::Tab("history")),
        EvidenceLink::Endpoint(name) => (format!("endpoint {name}"), Leads::Address(address::endpoint(&name))),
        EvidenceLink::Feature(name) => (name, Leads::Tab("features")),
        EvidenceLink::Rule { name, targets } if targets.is_empty() => (format!("rule {name}"), Leads::Copy(name)),
        EvidenceLink::Rule { name, targets } => (format!("rule {name}: {}", targets.join(", ")), Leads::Copy(name)),
        EvidenceLink::Pipeline(name) => {
            let to = address::pipeline(&name);
            (format!("pipeline {name}"), Leads::Address(to))
        }
    }
}

#[component]
fn Evidence(arn: StoredValue<String>, link: EvidenceLink) -> impl IntoView {
    let desk = Desk::get();
    let change = StoredValue::new_local(use_change());
    // The name of a feature is the team's own, and is written as it is.
    let own = matches!(link, EvidenceLink::Feature(_));
    let (name, leads) = arn.with_value(|arn| leads(link, arn));
    let shown = if own { format::visible(&name) } else { capital(&name) };
    let label = format!("Evidence: {shown}");
    match leads {
        Leads::Address(href) => {
            view! { <A href attr:class="link" attr:aria-label=label>{shown}</A> }.into_any()
        }
        Leads::Tab(tab) => view! {
            <button type="button" class="link" aria-label=label on:click=move |_| change.with_value(|change| change("tab", Some(tab.to_owned())))>
                {shown}
            </button>
        }
        .into_any(),
        Leads::Copy(text) => {
            let title = format!("Copy {text}");
            view! {
                <button type="button" class="link" title=title aria-label=format!("{label}, copied when pressed") on:click=move |_| desk.copy(text.clone(), name.clone())>
                    {shown}
                </button>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::EvidencePart;

    #[test]
    fn evidence_leads_to_where_it_is_shown() {
        let file = EvidenceLink::File {
            part: EvidencePart::BiasReport,
            uri: "s3://ml-registry/churn/v3/bias.json".to_owned(),
        };
        let (name, to) = leads(file, "arn:b");
        assert_eq!(name, "bias report");
        assert_eq!(to, Leads::Address("/objects/ml-registry?key=churn/v3/bias.json".to_owned()));
        let (_, to) = leads(EvidenceLink::Compare("arn:a".to_owned()), "arn:b");
        assert_eq!(to, Leads::Address("/models/compare?left=arn%3Aa&right=arn%3Ab".to_owned()));
        let (_, to) = leads(EvidenceLink::Endpoint("churn-live".to_owned()), "arn:b");
        assert_eq!(to, Leads::Address("/drift/endpoint?name=churn-live".to_owned()));
        let (_, to) = leads(EvidenceLink::Object("not a uri".to_owned()), "arn:b");
        assert_eq!(to, Leads::Copy("not a uri".to_owned()));
        assert_eq!(leads(EvidenceLink::Lineage, "arn:b").1, Leads::Tab("lineage"));
        let execution = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train/execution/abc";
        let (_, to) = leads(EvidenceLink::PipelineExecution(execution.to_owned()), "arn:b");
        assert_eq!(to, Leads::Address(address::pipeline_execution(execution)));
        let (_, to) = leads(EvidenceLink::Pipeline("deploy".to_owned()), "arn:b");
        assert_eq!(to, Leads::Address(address::pipeline("deploy")));
        let rule = |targets: &[&str]| EvidenceLink::Rule {
            name: "on-approve".to_owned(),
            targets: targets.iter().map(|target| (*target).to_owned()).collect(),
        };
        let (name, to) = leads(rule(&["Lambda deploy", "topic ml"]), "arn:b");
        assert_eq!(name, "rule on-approve: Lambda deploy, topic ml");
        assert_eq!(to, Leads::Copy("on-approve".to_owned()));
        assert_eq!(leads(rule(&[]), "arn:b").0, "rule on-approve");
    }
}
