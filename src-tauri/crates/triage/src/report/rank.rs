//! Which of the recognised failures is the cause.
//!
//! Four things decide, in this order of weight: whether it stands where the end of the job is told, whether the service
//! says it, on which floor it is (a bad file explains a dead executor, not the other way round), and how loudly it was
//! said. What another finding explains is its consequence. A consequence alone is no cause.

use super::words::Words;
use super::{Confidence, Consequence, Group};
use crate::catalogue::{Class, Layer, Severity};
use crate::input::{Ended, Facts};
use crate::scan::Scan;
use std::collections::BTreeSet;

/// A finding is not explained by one that is this much lighter.
const MUCH_LIGHTER: i32 = 35;
/// Spark gave up because its tasks kept failing: then why they did is the answer, though each was only a warning.
const GAVE_UP: &str = "spark.job-aborted";
/// Two causes this near to each other are not told apart with certainty.
const NEAR: i32 = 10;

#[derive(Debug)]
pub(super) struct Ranked<'g> {
    pub group: &'g Group<'g>,
    pub score: i32,
    /// Said loudly enough to be an answer.
    pub eligible: bool,
    pub confidence: Confidence,
}

#[derive(Debug)]
pub(super) struct Ranking<'g> {
    /// By weight; those that may be an answer first.
    pub causes: Vec<Ranked<'g>>,
    /// Consequences, and causes that another one explains.
    pub followed: Vec<&'g Group<'g>>,
}

pub(super) fn rank<'g>(groups: &'g [Group<'g>], scan: &Scan, facts: &Facts) -> Ranking<'g> {
    let end = End {
        closing: closing(scan),
        gave_up: groups.iter().any(|group| group.signature.id == GAVE_UP),
        ended: facts.ended(),
    };
    let causes: Vec<&Group<'_>> = groups.iter().filter(|group| group.signature.class == Class::Cause).collect();
    let scored: Vec<(&Group<'_>, i32)> = causes.iter().map(|group| (*group, score(group, &causes, &end))).collect();
    let mut ranked: Vec<Ranked<'_>> = Vec::new();
    let mut followed: Vec<&Group<'_>> =
        groups.iter().filter(|group| group.signature.class == Class::Consequence).collect();
    for (group, score) in &scored {
        if scored.iter().any(|(other, theirs)| takes_over(other, *theirs, group, *score, &end)) {
            followed.push(group);
        } else {
            let eligible = eligible(group, &end);
            let confidence = Confidence { percent: 0, why: Vec::new() };
            ranked.push(Ranked { group, score: *score, eligible, confidence });
        }
    }
    ranked.sort_by(|one, other| {
        let key = |ranked: &Ranked<'_>| (!ranked.eligible, -ranked.score, ranked.group.signature.layer);
        key(one).cmp(&key(other)).then_with(|| one.group.signature.id.cmp(&other.group.signature.id))
    });
    let weights: Vec<i32> = ranked.iter().map(|ranked| ranked.score).collect();
    for (index, ranked) in ranked.iter_mut().enumerate() {
        let rival = weights.iter().enumerate().any(|(other, score)| other != index && ranked.score - score < NEAR);
        ranked.confidence = confidence(ranked.group, rival);
    }
    Ranking { causes: ranked, followed }
}

/// How the job ended, as far as it matters to a rank.
struct End {
    closing: BTreeSet<(u32, u64)>,
    gave_up: bool,
    ended: Ended,
}

fn failed_tasks(group: &Group<'_>, end: &End) -> bool {
    end.gave_up && group.total.tasks > 0
}

/// `other` explains `group`, or says what `group` only says in general.
fn takes_over(other: &Group<'_>, theirs: i32, group: &Group<'_>, score: i32, end: &End) -> bool {
    if std::ptr::eq(other, group) || !eligible(other, end) {
        return false;
    }
    let (a, b) = (other.signature, group.signature);
    if b.generic && !a.generic && other.shares_a_record(group) {
        return true;
    }
    // Of two that explain each other the heavier one stays; of two equal ones, the first by name.
    let mutual = b.explains(a) && (score, &a.id) > (theirs, &b.id);
    a.explains(b) && !mutual && theirs + MUCH_LIGHTER >= score
}

fn score(group: &Group<'_>, causes: &[&Group<'_>], end: &End) -> i32 {
    let signature = group.signature;
    let mut score = match signature.layer {
        Layer::Platform => 30,
        Layer::Code => 27,
        Layer::Data => 26,
        Layer::Permission => 24,
        Layer::Resource => 20,
        Layer::Capacity => 14,
        Layer::Consequence => 0,
    };
    score += match signature.severity {
        Severity::Fatal => 5,
        Severity::Error => 0,
        Severity::Warning => -10,
        Severity::Info => -25,
    };
    let total = &group.total;
    score += if total.terminal > 0 { 40 } else { 0 };
    score += if group.in_facts { 25 } else { 0 };
    score += if total.loud > 0 || failed_tasks(group, end) { 12 } else { -10 };
    score += if total.retried == total.count { -15 } else { 0 };
    score += if group.in_executors { 6 } else { 0 };
    score += if group.lasts.iter().any(|last| end.closing.contains(last)) { 8 } else { 0 };
    score += if group.only_quoted() { -5 } else { 0 };
    score += if signature.generic { -30 } else { 0 };
    score += if causes.iter().any(|other| group.is_above(other) && !other.signature.generic) { -12 } else { 0 };
    score
}

/// The last line of each file that speaks of something wrong.
fn closing(scan: &Scan) -> BTreeSet<(u32, u64)> {
    let lasts = scan.files.iter().filter_map(|(id, file)| {
        let last = file.suspects.iter().map(|suspect| suspect.evidence.line).max()?;
        Some((id.0, last))
    });
    lasts.collect()
}

/// A warning that was got over is not what a job failed of, unless that kind of failure is only ever a warning.
fn eligible(group: &Group<'_>, end: &End) -> bool {
    let total = &group.total;
    let said = total.terminal > 0
        || group.in_facts
        || failed_tasks(group, end)
        || (total.loud > 0 && total.retried < total.count);
    said || (group.signature.quiet && end.ended != Ended::Well)
}

fn confidence(group: &Group<'_>, rival: bool) -> Confidence {
    let mut percent = 60_i32;
    let mut why = Vec::new();
    let total = &group.total;
    let mut add = |when: bool, much: i32, reason: &str| {
        if when {
            percent += much;
            why.push(reason.to_owned());
        }
    };
    add(total.terminal > 0, 18, "it stands where the end of the job is told");
    add(group.in_facts, 12, "the service gives it as the reason");
    add(group.in_executors, 8, "it is in the executor's own log");
    add(total.count > 1 && !group.only_quoted(), 4, "it was said more than once");
    add(total.loud == 0, -15, "it was only a warning");
    add(group.only_quoted() && !group.in_facts, -8, "it is only quoted from a log that is not here");
    add(group.signature.generic, -12, "it tells that something failed rather than why");
    add(rival, -12, "another finding is nearly as likely");
    Confidence { percent: u8::try_from(percent.clamp(5, 98)).unwrap_or(5), why }
}

impl<'g> Ranking<'g> {
    /// What followed from `cause`: step by step, each with what it follows from.
    pub fn consequences(&self, cause: &'g Group<'g>, words: &Words<'_>) -> Vec<Consequence> {
        let mut reached: Vec<&Group<'_>> = vec![cause];
        let mut chain = Vec::new();
        let mut next = 0;
        while let Some(from) = reached.get(next).copied() {
            next += 1;
            for group in &self.followed {
                let known = reached.iter().any(|known| std::ptr::eq(*known, *group));
                if known || !leads_to(from, group) {
                    continue;
                }
                reached.push(group);
                chain.push(Consequence {
                    signature: group.signature.id.clone(),
                    title: Words { values: &group.values, ..*words }.fill(&group.signature.title),
                    count: group.originals(),
                    follows: from.signature.id.clone(),
                    evidence: group.evidence().into_iter().next(),
                });
            }
        }
        chain
    }
}

fn leads_to(from: &Group<'_>, group: &Group<'_>) -> bool {
    from.signature.explains(group.signature) || (group.signature.generic && from.shares_a_record(group))
}
