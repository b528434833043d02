//! The rules that hear of a decision, as EventBridge itself judges it.

use ::models::{
    decide,
    evidence::Part,
    gates::{Blast, MatchedRule},
};
use aws::{Session, events};
use contract::{
    Notice,
    facts::{EventRule, Known, Missing},
    models::{
        ModelWrite,
        facts::{Approval, VersionFact},
    },
    plan::Effect,
};

const SOURCE: &str = "aws.sagemaker";

/// The rules that match the event of one write.
pub(super) async fn matching(session: &Session, version: &VersionFact, write: &ModelWrite) -> Known<Vec<EventRule>> {
    match decide::event(version, write, session.now()) {
        Some(event) => Box::pin(events::matching(session, session.region(), SOURCE, &event)).await,
        None => Err(nameless()),
    }
}

/// The rules that may hear of models: one list for many versions.
pub(super) async fn listening(session: &Session) -> Known<Vec<EventRule>> {
    Box::pin(events::listening(session, session.region(), SOURCE)).await
}

/// Those of the rules that hear of a write.
async fn hearing(
    session: &Session,
    rules: &[EventRule],
    version: &VersionFact,
    write: &ModelWrite,
) -> Known<Vec<EventRule>> {
    match decide::event(version, write, session.now()) {
        Some(event) => Box::pin(events::hearing(session, session.region(), rules, &event)).await,
        None => Err(nameless()),
    }
}

fn nameless() -> Missing {
    Missing {
        action: "events:TestEventPattern".to_owned(),
        denied: false,
        reason: "the ARN of the version cannot be read".to_owned(),
    }
}

/// What approving sets off and, where it is asked for, what rejecting does.
pub(super) async fn both(
    session: &Session,
    rules: &Known<Vec<EventRule>>,
    version: &VersionFact,
    approve: &ModelWrite,
    reject: Option<&ModelWrite>,
) -> (Part<Blast>, Part<Blast>) {
    let rules = match rules {
        Ok(rules) => rules,
        Err(missing) => {
            let unread = unread(missing);
            return (unread.clone(), unread);
        }
    };
    let rejecting = async {
        match reject {
            Some(reject) => Some(hearing(session, rules, version, reject).await),
            None => None,
        }
    };
    let (on_approval, on_rejection) = tokio::join!(hearing(session, rules, version, approve), rejecting);
    let heard: Vec<EventRule> = {
        let all = on_approval.iter().chain(on_rejection.iter().flatten()).flatten();
        let names: Vec<&str> = all.map(|rule| rule.name.as_str()).collect();
        rules.iter().filter(|rule| names.contains(&rule.name.as_str())).cloned().collect()
    };
    // A careful rule does not hear of a note on an approved version.
    let approved = VersionFact { approval: Approval::Approved, ..version.clone() };
    let note = ModelWrite::Metadata { key: "note".to_owned(), value: "edited".to_owned() };
    let on_note = hearing(session, &heard, &approved, &note).await;
    let rejection = on_rejection.map_or(Part::Absent, |found| blast(found, &on_note));
    (blast(on_approval, &on_note), rejection)
}

/// The name of the SageMaker pipeline that a target of a rule is.
pub(super) fn pipeline(target: &str) -> Option<&str> {
    let arn = ::objects::arn::Arn::parse(target).filter(|arn| arn.service == "sagemaker")?;
    arn.resource.strip_prefix("pipeline/").filter(|name| !name.contains('/'))
}

fn unread(missing: &Missing) -> Part<Blast> {
    if missing.denied {
        Part::Unreadable(format!("{} is missing", missing.action))
    } else {
        Part::Unreadable(missing.reason.clone())
    }
}

fn blast(found: Known<Vec<EventRule>>, on_note: &Known<Vec<EventRule>>) -> Part<Blast> {
    let naive = on_note.as_deref().unwrap_or_default();
    match found {
        Err(missing) => unread(&missing),
        Ok(rules) => {
            // Of none of them it is known whether it is a careful one.
            let unread = match on_note {
                Ok(_) => Vec::new(),
                Err(_) => rules.iter().map(|rule| rule.name.clone()).collect(),
            };
            let rule = |rule: EventRule| MatchedRule {
                targets: rule.targets.iter().map(|arn| ::objects::arn::target(arn).noun).collect(),
                pipelines: rule.targets.iter().filter_map(|arn| pipeline(arn)).map(str::to_owned).collect(),
                is_naive: naive.iter().any(|other| other.name == rule.name),
                name: rule.name,
            };
            Part::There(Blast { rules: rules.into_iter().map(rule).collect(), unread })
        }
    }
}

/// What the writes of a plan set off, each with the state that those before it left.
pub(super) async fn effects(
    session: &Session,
    version: &VersionFact,
    writes: &[ModelWrite],
) -> (Vec<Effect>, Option<Notice>) {
    let mut state = version.clone();
    let mut effects: Vec<Effect> = Vec::new();
    for write in writes {
        let rules = match Box::pin(matching(session, &state, write)).await {
            Ok(rules) => rules,
            Err(missing) => {
                let why = if missing.denied { format!("{} is missing", missing.action) } else { missing.reason };
                return (effects, Some(Notice::warning(format!("What the write sets off is not known: {why}."))));
            }
        };
        for rule in rules {
            for target in &rule.targets {
                let (through, what) = (format!("rule {}", rule.name), ::objects::arn::target(target).does);
                match effects.iter_mut().find(|effect| effect.through == through && effect.what == what) {
                    Some(known) => known.times += 1,
                    None => effects.push(Effect { through, what, times: 1 }),
                }
            }
        }
        state = written(state, write);
    }
    (effects, None)
}

/// The version as it is after a write.
fn written(version: VersionFact, write: &ModelWrite) -> VersionFact {
    match write {
        ModelWrite::Stage(cycle) => VersionFact { lifecycle: Some(cycle.clone()), ..version },
        ModelWrite::Metadata { key, value } => {
            let mut metadata = version.metadata.clone();
            metadata.retain(|(name, _)| name != key);
            metadata.push((key.clone(), value.clone()));
            VersionFact { metadata, ..version }
        }
        ModelWrite::Approval { status, comment } => {
            VersionFact { approval: Approval::of(status), comment: Some(comment.clone()), ..version }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_was_not_tried_with_an_edit_is_not_called_careful() {
        let rule = EventRule { name: "deploy".into(), pattern: "{}".into(), targets: Vec::new() };
        let of = |on_note: Known<Vec<EventRule>>| match blast(Ok(vec![rule.clone()]), &on_note) {
            Part::There(found) => (found.rules[0].is_naive, found.unread),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(Ok(Vec::new())), (false, Vec::new()));
        assert_eq!(of(Ok(vec![rule.clone()])), (true, Vec::new()));
        let slow = Missing { action: "events:TestEventPattern".into(), denied: false, reason: "slow down".into() };
        assert_eq!(of(Err(slow)), (false, vec!["deploy".to_owned()]));
    }

    #[test]
    fn a_rule_starts_the_pipelines_of_sagemaker_among_its_targets() {
        assert_eq!(pipeline("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/deploy-model"), Some("deploy-model"));
        for other in [
            "arn:aws:codepipeline:eu-west-1:123456789012:deploy-model",
            "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/deploy-model/execution/abc",
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn",
            "deploy-model",
        ] {
            assert_eq!(pipeline(other), None, "{other}");
        }
    }
}
