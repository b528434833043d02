//! What triage called the cases of a corpus, and whether that is right.

use triage::{Catalogue, Report, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Found,
    /// True and no more: a signature that says that something failed more than what (`generic`).
    General,
    Unknown,
    Wrong,
}

/// A job, what it should be called and what it is called.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    /// Where it is described.
    pub source: String,
    /// Ids of signatures, any of which is right; `unknown` and `nothing` are answers too.
    pub expect: Vec<String>,
    pub said: String,
    /// All findings with their weights.
    pub findings: Vec<(String, i32)>,
}

impl Case {
    /// `expect` is one id, or several with ` or ` between them.
    pub fn new(name: String, source: String, expect: &str, report: &Report) -> Self {
        let said = match report.verdict {
            Verdict::Cause => report.findings[0].signature.clone(),
            Verdict::Unknown => "unknown".to_owned(),
            Verdict::Nothing => "nothing".to_owned(),
        };
        let expect = expect.split(" or ").map(str::to_owned).collect();
        let findings = report.findings.iter().map(|finding| (finding.signature.clone(), finding.score)).collect();
        Self { name, source, expect, said, findings }
    }

    pub fn outcome(&self) -> Outcome {
        let expects = |what: &str| self.expect.iter().any(|one| one == what);
        if expects(&self.said) {
            return Outcome::Found;
        }
        let silent = matches!(self.said.as_str(), "unknown" | "nothing");
        let generic = Catalogue::builtin().get(&self.said).is_some_and(|signature| signature.generic);
        match (silent, generic) {
            // It succeeded, or nothing in it tells why it failed: whatever is said is made up.
            _ if expects("nothing") || (expects("unknown") && !silent) => Outcome::Wrong,
            (true, _) => Outcome::Unknown,
            (_, true) => Outcome::General,
            _ => Outcome::Wrong,
        }
    }

    /// `memory` of `memory.killed-137`.
    pub fn family(&self) -> &str {
        let first = self.expect.first().map_or("", String::as_str);
        first.split('.').next().unwrap_or(first)
    }
}

pub fn count(cases: &[Case], outcome: Outcome) -> usize {
    cases.iter().filter(|case| case.outcome() == outcome).count()
}

/// Prints the counts; the cases with this outcome, for a message.
pub fn those(corpus: &str, cases: &[Case], outcome: Outcome) -> String {
    let counts = [Outcome::Found, Outcome::General, Outcome::Unknown, Outcome::Wrong].map(|one| count(cases, one));
    let [found, general, unknown, wrong] = counts;
    println!("{corpus}: {} cases, found {found}, in general {general}, unknown {unknown}, wrong {wrong}", cases.len());
    let told = cases
        .iter()
        .filter(|case| case.outcome() == outcome)
        .map(|case| format!("{}: {}, not {} {:?}\n", case.name, case.said, case.expect.join(" or "), case.findings));
    told.collect()
}
