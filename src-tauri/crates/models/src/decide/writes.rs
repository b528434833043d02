//! Which calls a decision is.

use super::comment::{CommentError, LONGEST, written};
use crate::people;
use contract::{
    Timestamp,
    models::{
        Decision, GatePolicy, ModelWrite, Seal,
        facts::{Approval, Lifecycle, VersionFact, Who},
        target::is_name,
    },
};

/// Why a decision cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    #[error(transparent)]
    Comment(#[from] CommentError),
    #[error("your identity names no person, so a signature would name nobody")]
    Nobody,
    #[error("`{0}` is no name of a stage or status: letters, digits and hyphens, at most 63")]
    Stage(String),
    #[error("the description of the stage has {0} characters; SageMaker keeps 1024")]
    Description(usize),
}

/// Characters of a stage or its status (`EntityName`).
const NAME: usize = 63;

/// The calls, in their order: lifecycle first and approval last, so that the event that deploys tells the whole state.
pub fn writes(
    decision: &Decision,
    version: &VersionFact,
    who: &Who,
    seal: &Seal,
    policy: &GatePolicy,
    now: Timestamp,
) -> Result<Vec<ModelWrite>, DecideError> {
    let approval = |status: Approval, comment: &str| -> Result<ModelWrite, DecideError> {
        Ok(ModelWrite::Approval { status: status.code().to_owned(), comment: written(comment, &seal.digest)? })
    };
    Ok(match decision {
        Decision::Approve { comment } => {
            let mut calls = Vec::new();
            if let Some((stage, status)) = &policy.stage_on_approval {
                let cycle = Lifecycle { stage: stage.clone(), status: status.clone(), description: None };
                calls.push(staged(&cycle)?);
            }
            calls.push(approval(Approval::Approved, comment)?);
            calls
        }
        Decision::Reject { comment } => vec![approval(Approval::Rejected, comment)?],
        Decision::Sign { comment } => {
            // The comment goes to our own log; the call has no place for it that the approval would not overwrite.
            written(comment, &seal.digest)?;
            let value = people::signature(who, now, seal).ok_or(DecideError::Nobody)?;
            vec![ModelWrite::Metadata { key: people::next_key(version), value }]
        }
        Decision::Stage(cycle) => vec![staged(cycle)?],
    })
}

fn staged(cycle: &Lifecycle) -> Result<ModelWrite, DecideError> {
    for name in [&cycle.stage, &cycle.status] {
        if !is_name(name) || name.len() > NAME {
            return Err(DecideError::Stage(name.clone()));
        }
    }
    let length = cycle.description.as_ref().map_or(0, |text| text.chars().count());
    if length > LONGEST { Err(DecideError::Description(length)) } else { Ok(ModelWrite::Stage(cycle.clone())) }
}
