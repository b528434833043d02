//! Not worse than the approved version, on the same data.

use super::{Candidate, Finding, Looker};
use crate::{compare, evidence::Evaluation};
use contract::models::{
    Basis, ClassRow, EvidenceLink, GatePolicy, GateVerdict, Judged, MetricRow, facts::EvidencePart, metric_title,
};

pub(super) fn look(candidate: &Candidate<'_>, policy: &GatePolicy) -> Finding {
    let mut looker = Looker::default();
    looker.file(candidate.version, EvidencePart::QualityStatistics);
    let Some(after) = candidate.evidence.evaluation.there() else {
        let why = candidate.evidence.evaluation.why_not().unwrap_or_default();
        looker.say(GateVerdict::Unknown, format!("evaluation {why}"));
        return looker.done("");
    };
    let Some((approved, evidence)) = candidate.approved else {
        let floors = floors(after, policy);
        if floors.is_empty() {
            looker.say(GateVerdict::Unknown, "no version is approved yet: nothing to compare with");
        }
        for words in floors {
            looker.say(GateVerdict::Fail, words);
        }
        return looker.done("");
    };
    looker.link(EvidenceLink::Compare(approved.arn.clone()));
    let basis = compare::basis(evidence.evaluation.there(), Some(after));
    let before = evidence.evaluation.there().cloned().unwrap_or_default();
    let (rows, classes) = compare::metrics(&before, after, &basis, policy);
    unguided(&mut looker, &rows, [&before, after]);
    let against = format!("than version {}", approved.version);
    for row in &rows {
        judge(&mut looker, row, &metric_title(&row.name), &against);
    }
    for ClassRow { class, row } in &classes {
        judge(&mut looker, row, &format!("{} of class {class}", metric_title(&row.name)), &against);
    }
    if let Basis::Different(why) | Basis::Unknown(why) = &basis {
        looker.say(GateVerdict::Unknown, format!("not comparable with version {}: {why}", approved.version));
        return looker.done("");
    }
    let compared = rows.iter().filter(|row| matches!(row.judged, Judged::Better | Judged::Within)).count();
    if compared == 0 && looker.found.is_empty() {
        looker.say(GateVerdict::Unknown, format!("no metric can be compared with version {}", approved.version));
    }
    let judged: Vec<(&str, Judged)> = rows.iter().map(|row| (row.name.as_str(), row.judged)).collect();
    let Basis::Same(set) = &basis else { return looker.done("") };
    let left = rows.iter().filter(|row| row.judged == Judged::NotComparable).count();
    let left = if left == 0 { String::new() } else { format!("; {left} not compared") };
    looker.done(format!("{}{left}; {set}", compare::words(&judged, &basis)))
}

/// Metrics of which both versions have a number, and only constraints that were not read could say which way is better.
fn unguided(looker: &mut Looker, rows: &[MetricRow], sides: [&Evaluation; 2]) {
    let Some(why) = sides.iter().find_map(|side| side.limits_unread.as_deref()) else { return };
    for row in rows.iter().filter(|row| row.better.is_none() && row.left.is_some() && row.right.is_some()) {
        let name = metric_title(&row.name);
        let words = format!("which way {name} is better is not known: the constraints were not read: {why}");
        looker.say(GateVerdict::Unknown, words);
    }
}

fn judge(looker: &mut Looker, row: &MetricRow, name: &str, against: &str) {
    match row.judged {
        Judged::BelowFloor => {
            looker.say(GateVerdict::Fail, format!("{name} is no better than a constant: {}", row.words));
        }
        Judged::Worse => looker.say(GateVerdict::Fail, format!("{name} is worse {against}: {}", row.words)),
        // A metric that a constraint guards was meant to be compared.
        Judged::NotComparable if row.better.is_some() && row.left.is_some() && row.right.is_none() => {
            looker.say(GateVerdict::Unknown, format!("{name}: {}", row.words));
        }
        Judged::NotComparable | Judged::Within | Judged::Better => {}
    }
}

/// What can be said without another version: metrics that a constant reaches too.
fn floors(after: &Evaluation, policy: &GatePolicy) -> Vec<String> {
    let (rows, _) = compare::metrics(after, after, &Basis::Unknown(String::new()), policy);
    let below = rows.iter().filter(|row| row.judged == Judged::BelowFloor);
    below.map(|row| format!("{} is no better than a constant: {}", metric_title(&row.name), row.words)).collect()
}
