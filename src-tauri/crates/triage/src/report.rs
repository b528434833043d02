//! From scans and facts to an answer: the cause first, what followed from it, what to do, what was ignored.

mod groups;
mod rank;
mod unknown;
pub(crate) mod words;

pub use unknown::Unknown;

use crate::catalogue::{Catalogue, Class, Layer, Retry, Severity};
use crate::compute::{self, Suggestion};
use crate::input::{Ended, Facts, Side};
use crate::scan::{Evidence, Scan, Whereabouts};
use crate::templates::Templates;
use crate::trace::Trace;
use groups::Group;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Quoted lines of a finding.
const EVIDENCE: usize = 5;
/// Places of a finding.
const PLACES: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The first finding is the cause.
    Cause,
    /// It failed and nothing known explains it.
    Unknown,
    /// Nothing speaks of a failure, or the job succeeded all the same.
    Nothing,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Report {
    pub verdict: Verdict,
    /// The cause first, then what else was seen that could be one, by weight.
    pub findings: Vec<Finding>,
    /// What is seen in runs that succeed too.
    pub noise: Vec<Ignored>,
    /// There when the verdict is unknown.
    pub unknown: Option<Unknown>,
    pub records: u64,
    pub bytes: u64,
}

/// One failure that was recognised.
#[derive(Debug, Clone)]
pub struct Finding {
    pub signature: String,
    pub title: String,
    pub severity: Severity,
    pub layer: Layer,
    pub retry: Retry,
    pub confidence: Confidence,
    /// At most five lines, originals before quotes.
    pub evidence: Vec<Evidence>,
    /// Records that said so; repeats in quoted tails of other logs are not among them unless there is nothing else.
    pub count: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub places: Vec<Whereabouts>,
    pub values: BTreeMap<String, String>,
    /// What followed from it, nearest first.
    pub consequences: Vec<Consequence>,
    pub remedy: String,
    pub settings: Vec<Suggestion>,
    pub doc: Option<String>,
    pub exception: Option<Trace>,
    pub class: Class,
    /// The weight that it was ranked by.
    pub score: i32,
}

/// How sure a finding is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confidence {
    /// 5 to 98.
    pub percent: u8,
    pub why: Vec<String>,
}

/// Something that follows from a finding.
#[derive(Debug, Clone)]
pub struct Consequence {
    pub signature: String,
    pub title: String,
    pub count: u64,
    /// The id of what it follows from: the cause, or an earlier consequence.
    pub follows: String,
    pub evidence: Option<Evidence>,
}

/// Noise, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    pub signature: String,
    pub title: String,
    pub count: u64,
}

impl Catalogue {
    /// Joins what was read with what the service says. `baseline` holds the templates of the last success.
    pub fn report(&self, scan: &Scan, facts: &Facts, baseline: Option<&Templates>) -> Report {
        let groups::Grouped { groups, noise } = groups::group(self, scan, facts);
        let ranked = rank::rank(&groups, scan, facts);
        let ended = facts.ended();
        let findings: Vec<_> = ranked.causes.iter().filter_map(|cause| Self::finding(cause, &ranked, facts)).collect();
        let eligible = ranked.causes.first().is_some_and(|first| first.eligible);
        let verdict = match ended {
            Ended::Well => Verdict::Nothing,
            _ if eligible => Verdict::Cause,
            Ended::Badly => Verdict::Unknown,
            Ended::Unsaid if unknown::speaks_of_failure(scan, &ranked) => Verdict::Unknown,
            Ended::Unsaid => Verdict::Nothing,
        };
        let unknown = (verdict == Verdict::Unknown).then(|| unknown::unknown(scan, facts, &ranked, baseline));
        Report { verdict, findings, noise, unknown, records: scan.records(), bytes: scan.bytes() }
    }

    fn finding(cause: &rank::Ranked<'_>, ranked: &rank::Ranking<'_>, facts: &Facts) -> Option<Finding> {
        let group = cause.group;
        let signature = group.signature;
        let evidence = group.evidence();
        let place = evidence.first().map(|first| first.place.clone())?;
        let who = if place.side == Side::Driver { "driver" } else { "executor" };
        let exception = evidence.iter().find_map(|line| line.trace.clone());
        let words = words::Words { values: &group.values, who, place: &place, exception: exception.as_ref() };
        let settings =
            signature.settings.iter().map(|setting| compute::suggest(setting, &group.values, who, &facts.config));
        let settings: Vec<_> = settings.collect();
        let mut places: Vec<Whereabouts> = Vec::new();
        for line in &evidence {
            if !places.contains(&line.place) && places.len() < PLACES {
                places.push(line.place.clone());
            }
        }
        // Some lines name the host of an executor, others of the same executor do not.
        let hosts: Vec<_> = places.iter().filter(|place| place.host.is_some()).cloned().collect();
        let known =
            |place: &Whereabouts| hosts.iter().any(|host| (host.side, &host.executor) == (place.side, &place.executor));
        places.retain(|place| place.host.is_some() || !known(place));
        let times = || evidence.iter().filter_map(|line| line.at).chain(group.times.iter().copied());
        Some(Finding {
            signature: signature.id.clone(),
            title: words.fill(&signature.title),
            severity: signature.severity,
            layer: signature.layer,
            retry: signature.retry,
            class: signature.class,
            confidence: cause.confidence.clone(),
            count: group.originals().max(1),
            first: times().min(),
            last: times().max(),
            places,
            values: group.values.clone(),
            consequences: ranked.consequences(group, &words),
            remedy: words.fill(&signature.remedy),
            settings,
            doc: signature.doc.clone(),
            exception,
            score: cause.score,
            evidence: evidence.into_iter().take(EVIDENCE).collect(),
        })
    }
}

impl Report {
    /// The cause, if there is one.
    pub fn cause(&self) -> Option<&Finding> {
        if self.verdict == Verdict::Cause { self.findings.first() } else { None }
    }
}
