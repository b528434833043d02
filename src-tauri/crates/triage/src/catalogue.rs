//! What is known of failures: signatures as data, compiled once into a single automaton.
//!
//! Every pattern has text that any match must contain. A sieve of all these texts holds back most records; one
//! Aho-Corasick automaton over them reads the others once, and only the patterns whose text is there are tried. A pattern
//! without such text is refused, so that no signature, ours or a user's, can make triage slow.

mod draft;
mod files;
mod literals;
mod marks;
mod read;
mod sieve;
#[cfg(test)]
mod tests;

pub use draft::{Draft, Trial, draft_from_line};
pub use files::{BUILTIN, files_in};
pub(crate) use marks::Marks;
pub use read::SignatureFault;

use crate::compute::Setting;
use crate::input::Side;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};
use sieve::Sieve;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
    Fatal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// May be the answer.
    Cause,
    /// Follows from something else and never wins alone: lost executors, failed fetches, aborted jobs.
    Consequence,
    /// Is there in runs that succeed too.
    Noise,
}

/// Whether the same thing run again can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// A plain retry has a fair chance.
    Same,
    /// With more of something: memory, disk, time.
    Bigger,
    /// Once something outside the job is put right: data, code, a permission.
    AfterFix,
    /// It fails again, whatever is done around it.
    Never,
}

/// Which floor a cause is on. Where several are seen, the lower one (first here) explains the others more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    Platform,
    Code,
    Data,
    Permission,
    Resource,
    Capacity,
    Consequence,
}

/// One kind of failure.
#[derive(Debug, Clone)]
pub struct Signature {
    pub id: String,
    /// In plain words; may hold `{name}` for captured values.
    pub title: String,
    pub severity: Severity,
    pub class: Class,
    pub retry: Retry,
    pub layer: Layer,
    /// Says that something failed, not what: loses against anything that does.
    pub generic: bool,
    /// Is written as a warning even when it is what the job dies of.
    pub quiet: bool,
    /// Where it counts as evidence. Empty: anywhere.
    pub sides: Vec<Side>,
    /// Ids of what it leads to; `x.*` stands for a family, `*` for all.
    pub explains: Vec<String>,
    /// The same, from the other side: ids of what it comes from.
    pub follows: Vec<String>,
    /// Not a failure when the driver had already stopped.
    pub benign_after_shutdown: bool,
    pub remedy: String,
    pub settings: Vec<Setting>,
    pub doc: Option<String>,
    /// Rows of the fact table that it stands for.
    pub rows: Vec<u16>,
    pub examples: Vec<Example>,
    /// The file that it was read from.
    pub file: String,
    pub(crate) patterns: Vec<Regex>,
    pub(crate) unless: Vec<Regex>,
}

/// A line that a signature must, or must not, match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub text: String,
    pub matches: bool,
    pub values: BTreeMap<String, String>,
}

/// All signatures, ready to read records.
#[derive(Debug)]
pub struct Catalogue {
    signatures: Vec<Signature>,
    sieve: Sieve,
    automaton: Option<AhoCorasick>,
    /// For each text of the automaton: the signatures that need it, and what it says of the record by itself.
    wanted: Vec<(Vec<u16>, Marks)>,
}

static OURS: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::from_files(BUILTIN).0);

impl Catalogue {
    /// The signatures that ship with the program.
    pub fn builtin() -> &'static Self {
        &OURS
    }

    /// Ours and the user's. What cannot be read is left out and reported; everything else works. A user's signature with
    /// the id of one of ours replaces it.
    pub fn with_user_files<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)]) -> (Self, Vec<SignatureFault>) {
        let ours = BUILTIN.iter().map(|(name, text)| (*name, *text));
        let theirs = files.iter().map(|(name, text)| (name.as_ref(), text.as_ref()));
        Self::from_files(&ours.chain(theirs).collect::<Vec<_>>())
    }

    /// From files of signatures alone, given by name and text.
    pub fn from_files(files: &[(&str, &str)]) -> (Self, Vec<SignatureFault>) {
        let mut signatures: Vec<(Signature, Vec<Vec<u8>>)> = Vec::new();
        let mut faults = Vec::new();
        for (name, text) in files {
            for found in read::read(name, text, &mut faults) {
                let known = signatures.iter().position(|(known, _)| known.id == found.0.id);
                if let Some(known) = known.and_then(|known| signatures.get_mut(known)) {
                    if known.0.file == found.0.file {
                        faults.push(SignatureFault::twice(name, &found.0.id));
                    } else {
                        *known = found;
                    }
                } else if signatures.len() < usize::from(u16::MAX) {
                    signatures.push(found);
                }
            }
        }
        let mut texts: BTreeMap<Vec<u8>, (Vec<u16>, Marks)> = BTreeMap::new();
        for (text, mark) in marks::TEXTS {
            let entry = texts.entry(text.as_bytes().to_ascii_lowercase()).or_default();
            entry.1 = entry.1 | *mark;
        }
        for (index, (_, needs)) in (0_u16..).zip(&signatures) {
            for need in needs {
                let (wanting, _) = texts.entry(need.clone()).or_default();
                if !wanting.contains(&index) {
                    wanting.push(index);
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(texts.keys());
        let automaton = automaton.map_err(|error| faults.push(SignatureFault::whole("(all)", error.to_string()))).ok();
        let signatures = signatures.into_iter().map(|(signature, _)| signature).collect();
        let sieve = Sieve::of(texts.keys().map(Vec::as_slice));
        (Self { signatures, sieve, automaton, wanted: texts.into_values().collect() }, faults)
    }

    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    pub fn get(&self, id: &str) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.id == id)
    }

    pub(crate) fn at(&self, index: u16) -> Option<&Signature> {
        self.signatures.get(usize::from(index))
    }

    /// Reads `text` once: calls `found` for every signature that may match, with the place of the text that it needs, and
    /// gives back what the record says by itself, with the place of the first quote of another log.
    pub(crate) fn candidates(&self, text: &[u8], mut found: impl FnMut(u16, usize)) -> (Marks, Option<usize>) {
        let mut marks = Marks::default();
        let mut quote = None;
        let (Some(automaton), Some(first)) = (&self.automaton, self.sieve.first(text)) else {
            return (marks, quote);
        };
        for hit in automaton.find_overlapping_iter(text.get(first..).unwrap_or_default()) {
            let at = first + hit.start();
            let Some((wanting, mark)) = self.wanted.get(hit.pattern().as_usize()) else { continue };
            marks = marks | *mark;
            if mark.has(Marks::QUOTE) && quote.is_none() {
                quote = Some(at);
            }
            for index in wanting {
                found(*index, at);
            }
        }
        (marks, quote)
    }
}

impl Signature {
    /// Whether it says of `other` that it follows from it.
    pub fn explains(&self, other: &Self) -> bool {
        let leads = self.explains.iter().any(|wanted| names(wanted, &other.id));
        self.id != other.id && (leads || other.follows.iter().any(|wanted| names(wanted, &self.id)))
    }

    /// The title as it is said of several failures: without what was captured in one of them.
    pub fn bare_title(&self) -> String {
        let anybody = |name: &str| match name {
            "who" => Some("driver or executor".to_owned()),
            "where" => Some("a driver or executor".to_owned()),
            _ => None,
        };
        let bare = crate::report::words::fill(&self.title, anybody);
        let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
        // Each has a message of its own.
        let end = [": see the message", ": see the trace"].iter().find_map(|end| bare.strip_suffix(*end));
        end.unwrap_or(&bare).to_owned()
    }

    /// The first match in `text`, as its start and the captured values.
    pub(crate) fn find(&self, text: &[u8]) -> Option<(usize, BTreeMap<String, String>)> {
        let pattern = self.patterns.iter().find(|pattern| pattern.is_match(text))?;
        if self.unless.iter().any(|unless| unless.is_match(text)) {
            return None;
        }
        let captures = pattern.captures(text)?;
        let named = pattern.capture_names().flatten();
        let values = named.filter_map(|name| {
            let value = captures.name(name)?.as_bytes();
            let value = String::from_utf8_lossy(value.get(..value.len().min(400)).unwrap_or_default());
            // Two groups for one value, one for each branch of a pattern: `used` and `used2`.
            let name = name.trim_end_matches(|end: char| end.is_ascii_digit());
            Some((name.to_owned(), crate::redact(value.trim()).into_owned()))
        });
        Some((captures.get(0)?.start(), values.collect()))
    }
}

/// `memory.*` names `memory.heap`.
fn names(wanted: &str, id: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(family) => id.starts_with(family),
        None => wanted == id,
    }
}
