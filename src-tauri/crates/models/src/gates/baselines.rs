//! What its monitors will compare with: there, readable, and of the same columns as what is captured.

use super::{Finding, Looker};
use crate::{
    compare,
    evidence::{Column, Evidence, Part},
    wording::{count, list},
};
use contract::models::{
    EvidenceLink, GateVerdict,
    facts::{EvidencePart, VersionFact},
};

pub(super) fn look(version: &VersionFact, evidence: &Evidence) -> Finding {
    let mut looker = Looker::default();
    let baselines = &evidence.baselines;
    for file in &version.baselines {
        looker.link(EvidenceLink::File { part: file.part, uri: file.uri.clone() });
    }
    let parts = [
        (EvidencePart::DataStatistics, why(&baselines.columns)),
        (EvidencePart::DataConstraints, why(&baselines.constrained)),
        (EvidencePart::QualityStatistics, why(&baselines.quality_statistics)),
        (EvidencePart::QualityConstraints, why(&baselines.quality_constraints)),
    ];
    for (part, why) in parts {
        let is_named = version.baselines.iter().any(|file| file.part == part);
        match (is_named, why) {
            (_, None) => {}
            (false, Some(_)) => looker.say(GateVerdict::Fail, format!("no baseline of {}", part.word())),
            (true, Some((true, words))) => looker.say(GateVerdict::Fail, format!("{}: {words}", part.word())),
            (true, Some((false, words))) => looker.say(GateVerdict::Unknown, format!("{}: {words}", part.word())),
        }
    }
    if let (Some(statistics), Some(constraints)) = (baselines.columns.there(), baselines.constrained.there()) {
        differ(&mut looker, "statistics and constraints", statistics, constraints);
    }
    let mut columns = "columns not compared";
    match (&evidence.traffic, baselines.columns.there()) {
        (Part::There(traffic), Some(statistics)) => {
            looker.link(EvidenceLink::Endpoint(traffic.endpoint.clone()));
            differ(&mut looker, "baseline and capture", statistics, &traffic.columns);
            columns = "with the columns of what is captured";
        }
        (Part::Unreadable(why), Some(_)) => {
            looker.say(GateVerdict::Unknown, format!("columns of the capture: not readable: {why}"));
        }
        // Nothing captures: a version that serves nowhere yet has baselines all the same.
        (Part::Absent, Some(_)) => columns = "no endpoint captures data: columns not compared",
        // That there is no baseline was said above.
        (_, None) => {}
    }
    looker.done(format!("all four are there and readable, {columns}"))
}

/// Whether the file is gone, and the words for it.
fn why<T>(part: &Part<T>) -> Option<(bool, String)> {
    part.why_not().map(|words| (matches!(part, Part::Absent), words))
}

fn differ(looker: &mut Looker, which: &str, one: &[Column], other: &[Column]) {
    let rows = compare::columns(one, other);
    if rows.is_empty() {
        return;
    }
    let words: Vec<String> = rows.iter().map(|row| format!("{} {}", row.name, row.change.word())).collect();
    let differ = count(rows.len(), "difference");
    looker.say(GateVerdict::Fail, format!("{which} have other columns, {differ}: {}", list(&words, 3)));
}
