//! The comment of a decision: what, why, and the digest of what was seen.

use super::red;
use crate::wording::{list, small};
use contract::models::{Gate, GatePolicy, facts::VersionFact};

/// Characters of `ApprovalDescription`.
pub const LONGEST: usize = 1_024;
/// Between what the person wrote and the digest.
const BEFORE_DIGEST: &str = " / evidence sha256:";
/// After it. A comment without this is of an older version of this program, whose digest covered other things.
const AFTER_DIGEST: &str = " v2";

/// Why a comment cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommentError {
    #[error("write why: a decision without a comment says nothing to the next person")]
    Empty,
    #[error("write a little more: {0} characters of at least {1}")]
    Short(u32, u32),
    #[error("write why: this is the text that was there to begin with")]
    Template,
    #[error("{0} characters with the evidence's digest; SageMaker keeps 1024")]
    Long(usize),
}

/// A text to begin with: what, and room for why.
pub fn template(version: &VersionFact, gates: &[Gate]) -> String {
    let red = red(gates);
    let state = if red.is_empty() { "no gate is red".to_owned() } else { format!("red: {}", list(&red, 3)) };
    format!("Version {} of {}; {state}. Why: ", version.version, version.group)
}

/// Whether a person has said why. What the template says does not count.
pub fn check(comment: &str, template: &str, policy: &GatePolicy) -> Result<(), CommentError> {
    let typed = comment.trim();
    if typed.is_empty() {
        return Err(CommentError::Empty);
    }
    let own = typed.strip_prefix(template.trim()).unwrap_or(typed).trim();
    if own.is_empty() {
        return Err(CommentError::Template);
    }
    let length = small(own.chars().count());
    if length < policy.comment_least { Err(CommentError::Short(length, policy.comment_least)) } else { Ok(()) }
}

/// The comment as it is written: on one line, because the field takes no line breaks, with the digest of the evidence
/// behind it.
pub fn written(comment: &str, evidence: &str) -> Result<String, CommentError> {
    let line: Vec<&str> = comment.split(|c: char| c.is_control() || c.is_whitespace()).collect();
    let line = line.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(CommentError::Empty);
    }
    let text = format!("{line}{BEFORE_DIGEST}{evidence}{AFTER_DIGEST}");
    let length = text.chars().count();
    if length > LONGEST { Err(CommentError::Long(length)) } else { Ok(text) }
}

/// The evidence digest that a comment ends with, as [`written`] puts it there: 64 hex digits.
pub fn decided_on(comment: &str) -> Option<&str> {
    let (_, digest) = comment.rsplit_once(BEFORE_DIGEST)?;
    digest.strip_suffix(AFTER_DIGEST).filter(|digest| is_digest(digest))
}

/// Whether a comment ends as an older version of this program wrote it: its digest covered what was looked up too, and no
/// secrets, so it is compared with none of today's.
pub fn decided_before(comment: &str) -> bool {
    comment.rsplit_once(BEFORE_DIGEST).is_some_and(|(_, digest)| is_digest(digest))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
