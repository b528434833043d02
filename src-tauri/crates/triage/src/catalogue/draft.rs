//! A signature of the user's own, from a line: proposed, and tried at once on what is open.

use super::{Signature, SignatureFault, literals, read};
use regex::Regex;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// A signature that is not yet kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: String,
    pub title: String,
    pub pattern: String,
    /// The line that it came from, redacted.
    pub example: String,
}

/// What a signature says to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub matches: bool,
    pub values: BTreeMap<String, String>,
    /// Where the match starts, in bytes.
    pub at: Option<usize>,
}

/// Parts of a line that differ from run to run, with what stands for them; the first that fits is taken.
static GENERAL: LazyLock<Vec<(Option<Regex>, &'static str)>> = LazyLock::new(|| {
    let part = |pattern: &str| Regex::new(&format!("^(?:{pattern})")).ok();
    vec![
        (part(r"(?:s3[an]?|hdfs|jdbc:\w+|https?|file)://[^\s,;'\x22)\]]+"), r"\S+"),
        (part(r"arn:[\w\-]+:[^\s,;'\x22)\]]+"), r"arn:\S+"),
        (part(r"(?:application|container|job|attempt)_(?:e\d+_)?\d{6,}\w*"), r"\w+"),
        (part(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"), r"[0-9a-fA-F-]{36}"),
        (part(r"(?:ip-)?\d{1,3}[.\-]\d{1,3}[.\-]\d{1,3}[.\-]\d{1,3}(?:[\w.\-]*\w)?(?::\d+)?"), r"\S+"),
        (part(r"\b(?:jr|j|s|i|r|subnet|vpc|sg)[_\-][0-9A-Za-z]{8,}"), r"\S+"),
        (part(r"(?:/[\w.=\-]+){3,}"), r"\S+"),
        (part(r"0x[0-9a-fA-F]+"), r"0x[0-9a-fA-F]+"),
        (part(r"[0-9a-f]*[0-9][0-9a-f]{11,}"), r"[0-9a-f]+"),
        (part(r"\d+(?:\.\d+)?"), r"\d+(?:\.\d+)?"),
        (part(r"\s+"), r"\s+"),
    ]
});

const LONGEST: usize = 240;

/// Proposes a signature for `line`: its fixed words as they stand, and whatever differs from run to run in general terms.
pub fn draft_from_line(line: &str) -> Draft {
    let line = line.lines().next().unwrap_or_default().trim();
    let message = without_start(line);
    let (pattern, _) = generalise(message);
    let redacted = crate::redact(line).into_owned();
    // Where nothing fixed is left, the line itself is the pattern.
    let pattern = if literals::required(&pattern).is_empty() { regex::escape(clip(message)) } else { pattern };
    let words: Vec<&str> =
        message.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| word.len() > 2).take(5).collect();
    let slug = words.iter().map(|word| word.to_ascii_lowercase()).collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { "line".to_owned() } else { slug.chars().take(60).collect() };
    let title: String = crate::redact(message).chars().take(100).collect();
    Draft { id: format!("own.{slug}"), title, pattern, example: redacted }
}

impl Draft {
    /// As a file that [`super::Catalogue::with_user_files`] reads.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("[[signature]]\n");
        for (key, value) in [("id", &self.id), ("title", &self.title)] {
            let _ = writeln!(text, "{key} = {}", quoted(value));
        }
        let _ = writeln!(text, "patterns = [{}]", quoted(&self.pattern));
        text.push_str("class = \"cause\"\nretry = \"after-fix\"\nremedy = \"\"\n");
        let _ = writeln!(text, "\n[signature.examples]\nmatch = [{}]\nmiss = []", quoted(&self.example));
        text
    }

    /// Tries it on a record.
    pub fn try_on(&self, record: &[u8]) -> Result<Trial, SignatureFault> {
        let mut faults = Vec::new();
        let signature = read::read("draft", &self.to_toml(), &mut faults).pop();
        match (signature, faults.pop()) {
            (Some((signature, _)), None) => Ok(signature.try_on(record)),
            (_, fault) => Err(fault.unwrap_or_else(|| SignatureFault::whole("draft", "not readable".to_owned()))),
        }
    }
}

impl Signature {
    /// What it says to a record, wherever that stands.
    pub fn try_on(&self, record: &[u8]) -> Trial {
        let found = self.find(record);
        let at = found.as_ref().map(|(at, _)| *at);
        Trial { matches: found.is_some(), values: found.map(|(_, values)| values).unwrap_or_default(), at }
    }
}

/// Without time and level: those differ, or say nothing.
fn without_start(line: &str) -> &str {
    let mut rest = line;
    loop {
        let token = rest.split_whitespace().next().unwrap_or_default();
        let level =
            matches!(token.trim_end_matches(':'), "TRACE" | "DEBUG" | "INFO" | "WARN" | "WARNING" | "ERROR" | "FATAL");
        if token.is_empty() || !(level || crate::templates::is_time(token)) {
            return if rest.is_empty() { line } else { rest };
        }
        rest = rest.trim_start().get(token.len()..).unwrap_or_default().trim_start();
    }
}

fn generalise(message: &str) -> (String, bool) {
    let mut pattern = String::new();
    let mut general = false;
    let mut rest = message;
    let mut after_word = false;
    while let Some(letter) = rest.chars().next() {
        if pattern.len() > LONGEST {
            break;
        }
        // `stage3` is a name; only what starts a token may be a number or an id, but digits may follow punctuation.
        let general_part = if after_word { None } else { part(rest) };
        if let Some((length, stands)) = general_part {
            pattern.push_str(stands);
            general = true;
            rest = rest.get(length..).unwrap_or_default();
            after_word = false;
            continue;
        }
        pattern.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4])));
        after_word = letter.is_alphanumeric()
            && !matches!(part(rest.get(letter.len_utf8()..).unwrap_or_default()), Some((_, r"\s+")));
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    (pattern, general)
}

fn part(rest: &str) -> Option<(usize, &'static str)> {
    GENERAL.iter().find_map(|(known, stands)| {
        let length = known.as_ref()?.find(rest)?.end();
        (length > 0).then_some((length, *stands))
    })
}

fn clip(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or_default()
}

/// A basic TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
