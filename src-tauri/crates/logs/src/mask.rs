//! What must not be seen over a shoulder or in a ticket: keys, tokens, passwords, card and social-security numbers, e-mail
//! addresses. Byte ranges of one line; the line itself is not changed, so a person can unmask it.
//!
//! It errs towards masking where a name says that a value is secret, and towards showing where only a shape says so
//! (a number is a card only with a known prefix and a right check digit), for a log in which every number is hidden
//! explains nothing.

mod named;
mod numbers;
mod shapes;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An AWS access key id.
    AccessKey,
    /// What a name says is a secret: a password, a key, a token.
    Secret,
    /// What its shape says is a token.
    Token,
    /// The password in an address.
    Password,
    Card,
    SocialSecurity,
    Email,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pub kind: Kind,
    /// Bytes of the line.
    pub range: Range<usize>,
}

/// What stands in the place of a masked value: its length tells nothing.
pub const COVER: &str = "••••••";

/// What to mask in a line, in order, without overlaps.
pub fn masks(line: &[u8]) -> Vec<Mask> {
    let mut found = Vec::new();
    named::find(line, &mut found);
    shapes::find(line, &mut found);
    numbers::find(line, &mut found);
    found.sort_by_key(|mask| (mask.range.start, std::cmp::Reverse(mask.range.end)));
    let mut end = 0;
    found.retain(|mask| {
        let apart = mask.range.start >= end;
        if apart {
            end = mask.range.end;
        }
        apart
    });
    found
}

/// Whether a name says that the whole value behind it is a secret: `password`, `fs.s3a.secret.key`.
pub fn names_a_secret(name: &str) -> bool {
    named::is_secret(name.as_bytes(), true)
}

/// The line with [`COVER`] over what is masked.
pub fn masked(line: &str) -> Cow<'_, str> {
    let masks = masks(line.as_bytes());
    if masks.is_empty() {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len());
    let mut from = 0;
    for mask in masks {
        // A range that does not fall on characters would be a fault of ours; then more is covered, not less.
        text.push_str(line.get(from..mask.range.start).unwrap_or_default());
        text.push_str(COVER);
        from = mask.range.end;
    }
    text.push_str(line.get(from..).unwrap_or_default());
    Cow::Owned(text)
}
