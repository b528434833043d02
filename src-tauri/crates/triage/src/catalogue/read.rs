//! Signature files into signatures. A user writes these by hand, so that a fault names file, line and key, and costs one
//! signature, never its neighbours.

use super::{Class, Example, Layer, Retry, Severity, Signature, literals};
use crate::compute::Setting;
use crate::input::Side;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// What is wrong with a signature file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}{}{}: {message}", place(*.line), named(.signature.as_deref()), keyed(.key.as_deref()))]
pub struct SignatureFault {
    pub file: String,
    /// From 1; 0 when it is the file as a whole.
    pub line: usize,
    /// The signature's id, as far as it could be read.
    pub signature: Option<String>,
    pub key: Option<String>,
    pub message: String,
}

fn place(line: usize) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

fn named(signature: Option<&str>) -> String {
    signature.map(|id| format!(", `{id}`")).unwrap_or_default()
}

fn keyed(key: Option<&str>) -> String {
    key.map(|key| format!(", key `{key}`")).unwrap_or_default()
}

impl SignatureFault {
    pub(super) fn whole(file: &str, message: String) -> Self {
        Self { file: file.to_owned(), line: 0, signature: None, key: None, message }
    }

    pub(super) fn twice(file: &str, id: &str) -> Self {
        let message = "another signature of this file has this id".to_owned();
        Self { file: file.to_owned(), line: 0, signature: Some(id.to_owned()), key: Some("id".to_owned()), message }
    }
}

/// Longer ones are no signatures, and compile slowly.
const LONGEST_PATTERN: usize = 2000;
const PROGRAM_LIMIT: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Spanned<String>,
    title: String,
    #[serde(default = "error")]
    severity: Severity,
    #[serde(default = "cause")]
    class: Class,
    #[serde(default = "after_fix")]
    retry: Retry,
    #[serde(default = "code")]
    layer: Layer,
    #[serde(default)]
    generic: bool,
    #[serde(default)]
    quiet: bool,
    #[serde(default, rename = "where")]
    sides: Vec<RawSide>,
    patterns: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    #[serde(default)]
    explains: Vec<String>,
    #[serde(default)]
    follows: Vec<String>,
    #[serde(default)]
    benign_after_shutdown: bool,
    #[serde(default)]
    remedy: String,
    #[serde(default)]
    settings: Vec<Spanned<Setting>>,
    doc: Option<String>,
    #[serde(default)]
    rows: Vec<u16>,
    /// Where the pattern comes from; for readers of the file.
    #[serde(default, rename = "source")]
    _source: String,
    #[serde(default)]
    examples: RawExamples,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawExamples {
    #[serde(default, rename = "match")]
    matches: Vec<RawExample>,
    #[serde(default)]
    miss: Vec<RawExample>,
}

/// `"a line"`, or `{ text = "a line", values = { used = "9.1 GB" } }`.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawExample {
    Text(String),
    Full {
        text: String,
        #[serde(default)]
        values: BTreeMap<String, String>,
    },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RawSide {
    Driver,
    Executor,
    Node,
    Service,
    Fact,
}

fn error() -> Severity {
    Severity::Error
}
fn cause() -> Class {
    Class::Cause
}
fn after_fix() -> Retry {
    Retry::AfterFix
}
fn code() -> Layer {
    Layer::Code
}

/// A signature with the texts of which any match has one.
pub(super) type Found = (Signature, Vec<Vec<u8>>);

pub(super) fn read(file: &str, text: &str, faults: &mut Vec<SignatureFault>) -> Vec<Found> {
    let mut found = Vec::new();
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            faults.push(fault(file, text, None, &error));
            return found;
        }
    };
    for (key, value) in table {
        if key.get_ref() != "signature" {
            let message = "only [[signature]] tables belong here".to_owned();
            let line = line_of(text, key.span().start);
            faults.push(SignatureFault {
                file: file.to_owned(),
                line,
                signature: None,
                key: Some(key.get_ref().to_string()),
                message,
            });
            continue;
        }
        let line = line_of(text, value.span().start);
        let DeValue::Array(entries) = value.into_inner() else {
            let message = "written as [[signature]], one table for each".to_owned();
            let (file, key) = (file.to_owned(), Some("signature".to_owned()));
            faults.push(SignatureFault { file, line, signature: None, key, message });
            continue;
        };
        for entry in entries {
            let id = entry.get_ref().get("id").and_then(|id| id.get_ref().as_str().map(str::to_owned));
            let raw = Raw::deserialize(ValueDeserializer::from(entry));
            let raw = raw.map_err(|error| fault(file, text, id.clone(), &error));
            match raw.and_then(|raw| compile(file, text, raw)) {
                Ok(signature) => found.push(signature),
                Err(fault) => faults.push(fault),
            }
        }
    }
    found
}

fn compile(file: &str, text: &str, raw: Raw) -> Result<Found, SignatureFault> {
    let id = raw.id.get_ref().clone();
    let wrong = |at: usize, key: &str, message: String| SignatureFault {
        file: file.to_owned(),
        line: line_of(text, at),
        signature: Some(id.clone()),
        key: Some(key.to_owned()),
        message,
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if id.is_empty() || id.len() > 80 || !id.chars().all(plain) {
        let message = "letters, digits, `.`, `-` and `_`, at most 80".to_owned();
        return Err(wrong(raw.id.span().start, "id", message));
    }
    if raw.patterns.get_ref().is_empty() {
        return Err(wrong(raw.patterns.span().start, "patterns", "at least one pattern".to_owned()));
    }
    let mut needs = Vec::new();
    let mut patterns = Vec::new();
    for pattern in raw.patterns.into_inner() {
        let at = pattern.span().start;
        patterns.push(expression(pattern.get_ref()).map_err(|message| wrong(at, "patterns", message))?);
        let texts = literals::required(pattern.get_ref());
        if texts.is_empty() {
            let message = "needs three characters that every match contains (not only `.*`, `\\d+` and the like)";
            return Err(wrong(at, "patterns", message.to_owned()));
        }
        needs.extend(texts);
    }
    let mut unless = Vec::new();
    for pattern in raw.unless {
        let at = pattern.span().start;
        unless.push(expression(pattern.get_ref()).map_err(|message| wrong(at, "unless", message))?);
    }
    needs.sort();
    needs.dedup();
    let mut settings = Vec::new();
    for setting in raw.settings {
        let at = setting.span().start;
        let setting = setting.into_inner();
        match setting.fault() {
            Some(message) => return Err(wrong(at, "settings", message)),
            None => settings.push(setting),
        }
    }
    let matching = raw.examples.matches.into_iter().map(|example| example.into_example(true));
    let missing = raw.examples.miss.into_iter().map(|example| example.into_example(false));
    let signature = Signature {
        id,
        title: raw.title,
        severity: raw.severity,
        class: raw.class,
        retry: raw.retry,
        layer: raw.layer,
        generic: raw.generic,
        quiet: raw.quiet,
        sides: raw.sides.into_iter().map(RawSide::side).collect(),
        explains: raw.explains,
        follows: raw.follows,
        benign_after_shutdown: raw.benign_after_shutdown,
        remedy: raw.remedy.trim().to_owned(),
        settings,
        doc: raw.doc,
        rows: raw.rows,
        examples: matching.chain(missing).collect(),
        file: file.to_owned(),
        patterns,
        unless,
    };
    Ok((signature, needs))
}

/// Log lines are bytes: `.` is any byte but a line's end, `^` and `$` are a line's.
pub(super) fn expression(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > LONGEST_PATTERN {
        return Err(format!("longer than {LONGEST_PATTERN} characters"));
    }
    let built = RegexBuilder::new(pattern).unicode(false).multi_line(true).size_limit(PROGRAM_LIMIT).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "too large: fewer or smaller repetitions".to_owned(),
        // The library draws the pattern with a caret below; its last line says what is wrong.
        other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

fn fault(file: &str, text: &str, signature: Option<String>, error: &toml::de::Error) -> SignatureFault {
    let at = error.span().map(|span| span.start);
    SignatureFault {
        file: file.to_owned(),
        line: at.map(|at| line_of(text, at)).unwrap_or_default(),
        signature,
        key: at.and_then(|at| key_of(text, at)),
        message: error.message().lines().next().unwrap_or_default().to_owned(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().get(..at).map_or(1, |before| before.split(|byte| *byte == b'\n').count())
}

/// The key of the line that holds `at`, if it has one.
fn key_of(text: &str, at: usize) -> Option<String> {
    let line = text.lines().nth(line_of(text, at).checked_sub(1)?)?;
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    (!key.is_empty() && key.chars().all(plain)).then(|| key.to_owned())
}

impl RawExample {
    fn into_example(self, matches: bool) -> Example {
        match self {
            Self::Text(text) => Example { text, matches, values: BTreeMap::new() },
            Self::Full { text, values } => Example { text, matches, values },
        }
    }
}

impl RawSide {
    fn side(self) -> Side {
        match self {
            Self::Driver => Side::Driver,
            Self::Executor => Side::Executor,
            Self::Node => Side::Node,
            Self::Service => Side::Service,
            Self::Fact => Side::Fact,
        }
    }
}
