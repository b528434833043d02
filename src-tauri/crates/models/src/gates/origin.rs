//! Known where it comes from: code, training, data.

use super::{Finding, Looker};
use crate::{
    evidence::{Evidence, Part},
    lineage,
};
use contract::models::{EvidenceLink, GateVerdict, Made, facts::VersionFact};

pub(super) fn look(version: &VersionFact, evidence: &Evidence) -> Finding {
    let mut looker = Looker::default();
    let origin = &version.origin;
    if origin.commit.is_none() {
        looker.say(GateVerdict::Fail, "no commit is named");
    }
    if origin.repository.is_none() {
        looker.say(GateVerdict::Fail, "no repository is named");
    }
    match origin.generated_by.as_deref().map(|by| (by, lineage::made(by))) {
        None => looker.say(GateVerdict::Fail, "nothing says what made it"),
        Some((_, Some(Made::PipelineExecution(arn)))) => looker.link(EvidenceLink::PipelineExecution(arn)),
        Some((_, Some(Made::Run(id)))) => looker.link(EvidenceLink::Run(id)),
        Some((by, _)) => looker.say(GateVerdict::Warn, format!("what made it cannot be opened: {by}")),
    }
    if let Some((name, value)) = dirty(version) {
        looker.say(GateVerdict::Fail, format!("its code was not committed: {name} is {value}"));
    }
    match &evidence.lineage {
        Part::There(graph) => {
            looker.link(EvidenceLink::Lineage);
            // A part of the graph proves what it holds, and not what it does not.
            let missing = if graph.is_cut { GateVerdict::Unknown } else { GateVerdict::Fail };
            if lineage::causes(graph, "DataSet").is_empty() {
                looker.say(missing, "its lineage reaches no data set");
            }
            if lineage::training(graph).is_empty() {
                looker.say(missing, "its lineage reaches no training job");
            }
        }
        Part::Absent => looker.say(GateVerdict::Fail, "it has no lineage"),
        Part::Unreadable(why) => looker.say(GateVerdict::Unknown, format!("lineage not readable: {why}")),
    }
    looker.done("commit, training job and data set are known")
}

/// A tag or property by which a build says that its tree was not clean.
fn dirty(version: &VersionFact) -> Option<(&str, &str)> {
    let tags = version.tags.as_deref().unwrap_or_default();
    tags.iter().chain(&version.metadata).map(|(name, value)| (name.as_str(), value.as_str())).find(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let (is_dirty, is_clean) = (name.ends_with("dirty"), name.ends_with("clean"));
        (is_dirty && value.eq_ignore_ascii_case("true")) || (is_clean && value.eq_ignore_ascii_case("false"))
    })
}
