//! What a version has to pass before it is approved.
//!
//! Each gate is a function of the evidence. It is green only when it looked and found nothing wrong: what is missing,
//! unreadable or not comparable is "not known". What a gate keeps from happening is the policy's to say.

mod baselines;
mod bias;
mod blast;
mod explainability;
mod intact;
mod origin;
mod persons;
pub mod policy;
mod quality;
mod traffic;

use crate::{
    evidence::{Evidence, Part},
    wording::{count, small},
};
pub use blast::{Blast, MatchedRule};
use contract::models::{
    EvidenceLink, Gate, GateId, GatePolicy, GateSummary, GateVerdict, Seal,
    facts::{ActionFact, EvidencePart, VersionFact, Who},
};
pub use persons::{Approver, approver, has_signed};

/// Everything that the gates look at.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub version: &'a VersionFact,
    pub evidence: &'a Evidence,
    /// The newest approved version and its evidence; `None`: there is none yet.
    pub approved: Option<(&'a VersionFact, &'a Evidence)>,
    /// Who would decide.
    pub who: &'a Who,
    /// CloudTrail's `UpdateModelPackage` records; `None` is "not read".
    pub trail: Option<&'a [ActionFact]>,
    /// What approving sets off.
    pub blast: &'a Part<Blast>,
    /// What is shown now.
    pub seal: &'a Seal,
}

/// All gates, in their order.
pub fn all(candidate: &Candidate<'_>, policy: &GatePolicy) -> Vec<Gate> {
    GateId::ALL
        .into_iter()
        .map(|id| {
            let finding = match id {
                GateId::Intact => intact::look(candidate.version, candidate.evidence),
                GateId::Quality => quality::look(candidate, policy),
                GateId::Baselines => baselines::look(candidate.version, candidate.evidence),
                GateId::Bias => bias::look(candidate, policy),
                GateId::Explainability => explainability::look(candidate, policy),
                GateId::Lineage => origin::look(candidate.version, candidate.evidence),
                GateId::Traffic => traffic::look(candidate.evidence, policy),
                GateId::TwoPersons => persons::look(candidate, policy),
                GateId::Blast => blast::look(candidate.blast),
            };
            finding.gate(id, policy)
        })
        .collect()
}

/// What one gate found.
#[derive(Debug, Clone, PartialEq)]
struct Finding {
    verdict: GateVerdict,
    words: String,
    findings: Vec<String>,
    evidence: Vec<EvidenceLink>,
}

impl Finding {
    fn gate(self, id: GateId, policy: &GatePolicy) -> Gate {
        let is_bad = match self.verdict {
            GateVerdict::Fail => true,
            GateVerdict::Unknown => policy.unknown_blocks,
            GateVerdict::Warn | GateVerdict::Pass => false,
        };
        Gate {
            id,
            title: id.title().to_owned(),
            verdict: self.verdict,
            words: self.words,
            findings: self.findings,
            evidence: self.evidence,
            holds: is_bad && policy.blocking.contains(&id),
        }
    }
}

/// Collects what a gate finds; the worst decides.
#[derive(Debug, Default)]
struct Looker {
    found: Vec<(GateVerdict, String)>,
    evidence: Vec<EvidenceLink>,
}

impl Looker {
    /// Once: the same file may be registered as metrics and as baseline.
    fn say(&mut self, verdict: GateVerdict, words: impl Into<String>) {
        let found = (verdict, words.into());
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    fn link(&mut self, link: EvidenceLink) {
        if !self.evidence.contains(&link) {
            self.evidence.push(link);
        }
    }

    /// The file of a part, if the version names one.
    fn file(&mut self, version: &VersionFact, part: EvidencePart) {
        let files = version.metrics.iter().chain(&version.baselines);
        for file in files.filter(|file| file.part == part) {
            self.link(EvidenceLink::File { part, uri: file.uri.clone() });
        }
    }

    /// `good` are the words when nothing was found.
    fn done(mut self, good: impl Into<String>) -> Finding {
        self.found.sort_by_key(|(verdict, _)| *verdict);
        let (verdict, words) = match self.found.first() {
            None => (GateVerdict::Pass, good.into()),
            Some((GateVerdict::Pass, first)) => (GateVerdict::Pass, first.clone()),
            Some((worst, first)) => {
                let alike = self.found.iter().filter(|(verdict, _)| verdict == worst).count();
                let words = if alike == 1 { first.clone() } else { format!("{first}; {} more", alike - 1) };
                (*worst, words)
            }
        };
        let findings = self.found.into_iter().map(|(_, words)| words).collect();
        Finding { verdict, words, findings, evidence: self.evidence }
    }
}

/// The gates, counted.
pub fn summary(gates: &[Gate]) -> GateSummary {
    let count_of = |verdict: GateVerdict| gates.iter().filter(|gate| gate.verdict == verdict).count();
    let (failed, unknown) = (count_of(GateVerdict::Fail), count_of(GateVerdict::Unknown));
    let (warned, passed) = (count_of(GateVerdict::Warn), count_of(GateVerdict::Pass));
    // What keeps a person from approving is named; a warning is read where it stands.
    let named = |verdict: GateVerdict| {
        let words: Vec<&str> = gates.iter().filter(|gate| gate.verdict == verdict).map(|gate| gate.id.word()).collect();
        (!words.is_empty()).then(|| format!("{}: {}", verdict.word(), words.join(", ")))
    };
    let named: Vec<String> = [GateVerdict::Fail, GateVerdict::Unknown].into_iter().filter_map(named).collect();
    let words = match warned {
        _ if !named.is_empty() => named.join("; "),
        _ if gates.is_empty() => "not looked at".to_owned(),
        0 => "all green".to_owned(),
        _ => count(warned, "warning"),
    };
    GateSummary {
        passed: small(passed),
        warned: small(warned),
        unknown: small(unknown),
        failed: small(failed),
        holding: small(gates.iter().filter(|gate| gate.holds).count()),
        words,
    }
}

#[cfg(test)]
mod tests;
