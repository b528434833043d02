//! What a decision sets off: rules that match its event, and what they start.

use super::{Finding, Looker};
use crate::{evidence::Part, wording::list};
use contract::models::{EvidenceLink, GateVerdict};

/// What EventBridge said of the events that a decision would cause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blast {
    pub rules: Vec<MatchedRule>,
    /// Rules whose pattern or targets were not read; of those that are among the rules, whether they are naive.
    pub unread: Vec<String>,
}

/// A rule that matches one of the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedRule {
    pub name: String,
    /// In words: `CodePipeline deploy-models`.
    pub targets: Vec<String>,
    /// The SageMaker pipelines among them, by name.
    pub pipelines: Vec<String>,
    /// It also matches events that change no approval: edits of metadata or stages of an approved version fire it
    /// again.
    pub is_naive: bool,
}

impl Blast {
    /// For the line above the button: `fires rule deploy-on-approve: CodePipeline deploy-models`.
    pub fn words(&self) -> String {
        if self.rules.is_empty() {
            let words = if self.unread.is_empty() { "fires no rule" } else { "what it fires is not known" };
            return words.to_owned();
        }
        let rules: Vec<String> = self
            .rules
            .iter()
            .map(|rule| {
                let targets = if rule.targets.is_empty() { "no target".to_owned() } else { list(&rule.targets, 3) };
                format!("rule {}: {targets}", rule.name)
            })
            .collect();
        format!("fires {}", list(&rules, 4))
    }
}

pub(super) fn look(blast: &Part<Blast>) -> Finding {
    let mut looker = Looker::default();
    let Part::There(blast) = blast else {
        let why = blast.why_not().unwrap_or_default();
        looker.say(GateVerdict::Unknown, format!("rules {why}"));
        return looker.done("");
    };
    for rule in &blast.rules {
        looker.link(EvidenceLink::Rule { name: rule.name.clone(), targets: rule.targets.clone() });
        for pipeline in &rule.pipelines {
            looker.link(EvidenceLink::Pipeline(pipeline.clone()));
        }
        if rule.is_naive {
            let words = format!(
                "rule {} fires on every change of an approved version, not on its approval alone: it deploys again when \
                 metadata or the stage is edited",
                rule.name
            );
            looker.say(GateVerdict::Warn, words);
        }
    }
    for rule in &blast.unread {
        if blast.rules.iter().any(|known| known.name == *rule) {
            let words = format!("whether rule {rule} fires on every change of an approved version was not read");
            looker.say(GateVerdict::Unknown, words);
            continue;
        }
        looker.link(EvidenceLink::Rule { name: rule.clone(), targets: Vec::new() });
        looker.say(GateVerdict::Unknown, format!("rule {rule} was not read"));
    }
    looker.done(blast.words())
}
