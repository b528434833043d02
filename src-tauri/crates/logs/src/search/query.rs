//! What is looked for, compiled.

use super::Filter;
use crate::LogFault;
use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Every record that the filter lets through: its first line.
    Records,
    /// These characters.
    Plain(String),
    /// An expression of the `regex` crate: no look-around, no back references, linear time whatever it is.
    Regex(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Case {
    #[default]
    Matters,
    Ignored,
    /// Ignored, unless there is a capital in it.
    Smart,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub what: What,
    pub case: Case,
    /// Lines that do not match.
    pub inverse: bool,
    pub filter: Filter,
}

impl Query {
    pub fn plain(text: &str) -> Self {
        Self { what: What::Plain(text.to_owned()), case: Case::Matters, inverse: false, filter: Filter::default() }
    }

    pub fn regex(text: &str) -> Self {
        Self { what: What::Regex(text.to_owned()), ..Self::plain("") }
    }
}

/// Memory for one compiled expression.
const SIZE: usize = 8 << 20;

/// A query, compiled.
#[derive(Debug)]
pub struct Matcher {
    pub(super) kind: Kind,
    pub(super) inverse: bool,
    pub(super) filter: Filter,
}

#[derive(Debug)]
pub(super) enum Kind {
    Records,
    Plain(Box<memmem::Finder<'static>>),
    Regex {
        regex: Regex,
        /// It names the ends of the text, so it must see one line at a time.
        line_by_line: bool,
    },
}

impl Matcher {
    pub fn new(query: &Query) -> Result<Self, LogFault> {
        let kind = match &query.what {
            What::Records => Kind::Records,
            What::Plain(text) | What::Regex(text) if text.is_empty() => return Err(LogFault::NoPattern),
            What::Plain(text) if !ignores(text, query.case, false) => {
                Kind::Plain(Box::new(memmem::Finder::new(text).into_owned()))
            }
            // Without Unicode's other spellings of k and s the letters are found at memory speed.
            What::Plain(text) => compile(&regex::escape(text), true, !text.is_ascii())?,
            What::Regex(text) => compile(text, ignores(text, query.case, true), true)?,
        };
        Ok(Self { kind, inverse: query.inverse, filter: query.filter.clone() })
    }

    /// Where the first match in a line is, to be marked; none for a line that does not match.
    pub fn find(&self, line: &[u8]) -> Option<std::ops::Range<usize>> {
        match &self.kind {
            Kind::Records => Some(0..0),
            Kind::Plain(finder) => finder.find(line).map(|at| at..at + finder.needle().len()),
            Kind::Regex { regex, .. } => regex.find(line).map(|found| found.range()),
        }
    }
}

/// `escapes`: a backslash takes the meaning of what stands behind it. Of plain text it is a character like any other.
fn ignores(text: &str, case: Case, escapes: bool) -> bool {
    match case {
        Case::Matters => false,
        Case::Ignored => true,
        // `\S` is no capital.
        Case::Smart => {
            let mut before = ' ';
            !text.chars().any(|character| {
                let is_escaped = escapes && before == '\\';
                before = if is_escaped { ' ' } else { character };
                character.is_uppercase() && !is_escaped
            })
        }
    }
}

fn compile(text: &str, ignore_case: bool, unicode: bool) -> Result<Kind, LogFault> {
    let regex = RegexBuilder::new(text)
        .case_insensitive(ignore_case)
        .unicode(unicode)
        .multi_line(true)
        .crlf(true)
        .size_limit(SIZE)
        .dfa_size_limit(SIZE)
        .build()
        .map_err(|error| LogFault::Pattern(Box::new(error)))?;
    let line_by_line =
        ["\\A", "\\z", "(?-m", "(?-R", "-m)", "-R)", "-m:", "-R:"].iter().any(|part| text.contains(part))
            || text.contains("(?") && text.contains('-');
    Ok(Kind::Regex { regex, line_by_line })
}
