//! A decision: what it rests on, what is written for it, what that sets off, and what became of it.
//!
//! `UpdateModelPackage` takes no condition: of two people who decide at once the last one wins unseen. So the version
//! is read again just before the write and after it, and compared with what the person saw ([`conflict`]).

mod comment;
mod conflict;
mod event;
mod follow;
mod roll_back;
mod writes;

use crate::{
    evidence::Part,
    gates::{self, Approver, Blast, Candidate},
    people, rows,
    wording::list,
};
pub use comment::{CommentError, LONGEST, check, decided_before, decided_on, template, written};
pub use conflict::{conflict, has_landed};
use contract::{
    Notice,
    models::{
        DecisionDraft, Gate, GateId, GatePolicy, GateVerdict, Outlook, Stands,
        facts::{Approval, DeployedModel, VersionFact},
    },
};
pub use event::{event, sends, updated_fields};
pub use follow::{
    Against, Deployed, Hours, MonitorResult, Span, Spans, deployed, deployment, follow, goes_on, is_changed_since,
    is_moving, served, spans, variants,
};
pub use roll_back::roll_back;
pub use writes::{DecideError, writes};

/// What else a decision looks at.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// All versions of the group.
    pub versions: &'a [VersionFact],
    pub models: &'a [DeployedModel],
    /// What rejecting sets off.
    pub reject_blast: &'a Part<Blast>,
}

/// Everything that is shown before somebody decides.
pub fn draft(candidate: &Candidate<'_>, around: &Around<'_>, policy: &GatePolicy) -> DecisionDraft {
    let gates = gates::all(candidate, policy);
    let version = candidate.version;
    let mut notices = Vec::new();
    if let Part::There(blast) = candidate.blast
        && version.approval == Approval::Approved
    {
        for rule in blast.rules.iter().filter(|rule| rule.is_naive) {
            notices.push(Notice::warning(format!("Signing or a change of stage fires rule {} again.", rule.name)));
        }
    }
    if !rows::deployed(version, around.models).is_empty() && version.approval != Approval::Approved {
        notices.push(Notice::warning("It serves already, without being approved."));
    }
    let mut signatures = people::signatures(version);
    for signature in &mut signatures {
        signature.stands = people::standing(signature, candidate.seal);
        if let Stands::Partly(unseen) = &signature.stands {
            let words = format!("Not all that {} signed could be compared: {}.", signature.user, list(unseen, 6));
            notices.push(Notice::info(words));
        }
    }
    DecisionDraft {
        mark: rows::mark(version),
        summary: gates::summary(&gates),
        template: template(version, &gates),
        evidence: candidate.seal.digest.clone(),
        signatures,
        approve: approve(candidate, &gates, policy),
        reject: reject(candidate, around),
        sign: sign(candidate, policy),
        gates,
        notices,
    }
}

fn approve(candidate: &Candidate<'_>, gates: &[Gate], policy: &GatePolicy) -> Outlook {
    let mut held: Vec<String> = Vec::new();
    if candidate.version.approval == Approval::Approved {
        held.push("it is approved already".to_owned());
    }
    if candidate.version.status != "Completed" {
        held.push(format!("SageMaker says {}", candidate.version.status));
    }
    for gate in gates.iter().filter(|gate| gate.holds) {
        held.push(format!("{}: {}", gate.title, gate.words));
    }
    // The rule of two holds whether or not the policy lists its gate: signing is the way on.
    let is_said = gates.iter().any(|gate| gate.holds && gate.id == GateId::TwoPersons);
    match gates::approver(candidate, policy) {
        Approver::MaySign if !is_said => held.push("nobody has signed yet; the first of two people signs".to_owned()),
        Approver::Neither(why) if !is_said => held.push(why),
        Approver::MayApprove | Approver::MaySign | Approver::Neither(_) => {}
    }
    Outlook { words: fires(candidate.blast), held, roll_back: None }
}

fn reject(candidate: &Candidate<'_>, around: &Around<'_>) -> Outlook {
    let version = candidate.version;
    let roll_back = roll_back(version, around.versions, around.models);
    let mut words = fires(around.reject_blast);
    if let Some(roll_back) = &roll_back {
        words.push_str("; ");
        words.push_str(&roll_back.words);
    }
    let is_rejected = version.approval == Approval::Rejected;
    let held = is_rejected.then(|| "it is rejected already".to_owned()).into_iter().collect();
    Outlook { words, held, roll_back }
}

/// Whoever signed once is not asked again, also while CloudTrail has no record of it yet.
fn sign(candidate: &Candidate<'_>, policy: &GatePolicy) -> Option<Outlook> {
    if !policy.two_persons || candidate.version.approval != Approval::Pending {
        return None;
    }
    let held = match gates::approver(candidate, policy) {
        Approver::MayApprove => return None,
        Approver::Neither(why) => vec![why],
        Approver::MaySign if gates::has_signed(candidate) => {
            vec!["you have signed; CloudTrail's record, which proves it, is not there yet".to_owned()]
        }
        Approver::MaySign => Vec::new(),
    };
    Some(Outlook { held, ..Outlook::default() })
}

fn fires(blast: &Part<Blast>) -> String {
    match blast {
        Part::There(blast) => blast.words(),
        Part::Absent | Part::Unreadable(_) => "what it fires is not known".to_owned(),
    }
}

/// Gates that are red, for the comment.
fn red(gates: &[Gate]) -> Vec<&str> {
    gates.iter().filter(|gate| gate.verdict == GateVerdict::Fail).map(|gate| gate.title.as_str()).collect()
}

#[cfg(test)]
mod tests;
