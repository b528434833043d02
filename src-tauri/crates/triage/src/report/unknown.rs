//! Unknown is an answer: why nothing is named, the lines that say most, and what the last success did not say.

use super::rank::Ranking;
use crate::input::{Ended, Facts, Level, Role, Side};
use crate::scan::{Evidence, Scan, Suspect};
use crate::templates::{Template, Templates};

const BEST: usize = 5;
const NEW: usize = 20;

/// What there is when no signature explains a failure.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// In words: what is known all the same.
    pub reason: String,
    /// The lines to read first.
    pub best: Vec<Evidence>,
    /// Templates that the last success did not have; empty without one to compare with.
    pub new_templates: Vec<Template>,
}

/// Without the service's word: whether the logs speak of a failure.
pub(super) fn speaks_of_failure(scan: &Scan, ranking: &Ranking<'_>) -> bool {
    let consequence = ranking.followed.iter().any(|group| group.total.loud > 0 || group.total.terminal > 0);
    let mut suspects = scan.files.values().flat_map(|file| &file.suspects);
    consequence || suspects.any(|suspect| suspect.terminal || suspect.level >= Some(Level::Error))
}

pub(super) fn unknown(scan: &Scan, facts: &Facts, ranking: &Ranking<'_>, baseline: Option<&Templates>) -> Unknown {
    let best = best(scan, baseline);
    let new_templates = baseline.map(|baseline| scan.templates().new_since(baseline)).unwrap_or_default();
    let reason = reason(scan, facts, ranking, best.is_empty());
    Unknown { reason, best, new_templates: new_templates.into_iter().take(NEW).collect() }
}

fn reason(scan: &Scan, facts: &Facts, ranking: &Ranking<'_>, silent: bool) -> String {
    if scan.files.is_empty() {
        return "There is no log to read, and what the service says names no cause.".to_owned();
    }
    let quiet = driver_is_quiet(scan) && facts.ended() == Ended::Badly;
    if let Some(group) = ranking.followed.first() {
        let advice = &group.signature.remedy;
        let title = &group.signature.title;
        return format!("What was seen follows from something that these logs do not say: {title}. {advice}");
    }
    if quiet {
        let executors = scan.files.values().any(|file| matches!(file.source.role, Role::Executor { .. }));
        let rest = if executors { "" } else { " The executors' logs are not among those that were read." };
        return format!(
            "The driver's log ends without an error: the driver was killed (look at its memory first), or what failed \
             is on the executors' side.{rest}"
        );
    }
    if silent {
        return "No line speaks of an error.".to_owned();
    }
    "No known signature explains it. These lines say most.".to_owned()
}

/// There is a driver's log, and no trace or error in it.
fn driver_is_quiet(scan: &Scan) -> bool {
    let mut drivers = scan.files.values().filter(|file| file.source.role.side() == Side::Driver).peekable();
    drivers.peek().is_some() && drivers.all(|file| file.traces == 0 && file.suspects.is_empty())
}

fn best(scan: &Scan, baseline: Option<&Templates>) -> Vec<Evidence> {
    let mut suspects: Vec<(i32, &Suspect)> = Vec::new();
    for file in scan.files.values() {
        let last = file.suspects.iter().map(|suspect| suspect.evidence.line).max();
        for suspect in &file.suspects {
            if baseline.is_some_and(|baseline| baseline.has(&suspect.evidence.key)) {
                continue;
            }
            let mut weight = match suspect.level {
                Some(Level::Fatal) => 6,
                Some(Level::Error) => 4,
                _ => 1,
            };
            weight += if suspect.terminal { 5 } else { 0 };
            weight += if suspect.traced { 3 } else { 0 };
            weight += if Some(suspect.evidence.line) == last { 2 } else { 0 };
            weight += i32::from(file.source.role.side() == Side::Driver);
            suspects.push((weight, suspect));
        }
    }
    suspects
        .sort_by_key(|(weight, suspect)| (-weight, suspect.evidence.at, suspect.evidence.file, suspect.evidence.line));
    let lines = suspects.into_iter().take(BEST);
    lines.map(|(_, suspect)| Evidence { count: suspect.count, ..suspect.evidence.clone() }).collect()
}
