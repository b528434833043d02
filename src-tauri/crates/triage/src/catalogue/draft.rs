//! A signature of the user's own, from a line: proposed, and tried at once on what is open.

use super::{Class, Layer, Retry, Severity, Signature, SignatureFault, literals, read};
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
    pub layer: Layer,
    pub retry: Retry,
    pub remedy: String,
    /// A line that it must match: the one that it came from, redacted.
    pub example: String,
    /// A line that it must not match.
    pub miss: Option<String>,
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
    // What stands for a part is matched byte by byte, where only ASCII is a digit, a letter or a space.
    let part = |pattern: &str| Regex::new(&format!("^(?-u:{pattern})")).ok();
    vec![
        (part(r"(?:s3[an]?|hdfs|jdbc:\w+|https?|file)://(?u:[^\s,;'\x22)\]]+)"), r"\S+"),
        (part(r"arn:[\w\-]+:(?u:[^\s,;'\x22)\]]+)"), r"arn:\S+"),
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
/// What stands where something is hidden, here and in the log pane, or where bytes are no text: there may be anything.
const COVERS: [&str; 2] = ["••••••", "\u{fffd}"];

/// Proposes a signature for `line`: its fixed words as they stand, and whatever differs from run to run in general terms.
/// It holds no secret of the line, and matches the line all the same.
pub fn draft_from_line(line: &str) -> Draft {
    let example = crate::redact(line.lines().next().unwrap_or_default().trim()).into_owned();
    let message = without_start(&example);
    let pattern = generalise(message);
    // Where nothing fixed is left, the line itself is the pattern.
    let pattern = if literals::required(&pattern).is_empty() { regex::escape(clip(message)) } else { pattern };
    let words: Vec<&str> =
        message.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| word.len() > 2).take(5).collect();
    let slug = words.iter().map(|word| word.to_ascii_lowercase()).collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { "line".to_owned() } else { slug.chars().take(60).collect() };
    // Braces name captured values in a title.
    let title: String = message.chars().filter(|letter| !matches!(letter, '{' | '}')).take(100).collect();
    Draft {
        id: format!("own.{slug}"),
        title,
        pattern,
        layer: Layer::Code,
        retry: Retry::AfterFix,
        remedy: String::new(),
        example,
        miss: None,
    }
}

impl Draft {
    /// The draft that a signature was made of; `None` when there is more to it than a draft holds.
    pub fn of(signature: &Signature) -> Option<Self> {
        let [pattern] = signature.patterns.as_slice() else { return None };
        let mut matching = signature.examples.iter().filter(|example| example.matches);
        let mut missing = signature.examples.iter().filter(|example| !example.matches);
        let draft = Self {
            id: signature.id.clone(),
            title: signature.title.clone(),
            pattern: pattern.as_str().to_owned(),
            layer: signature.layer,
            retry: signature.retry,
            remedy: signature.remedy.clone(),
            example: matching.next().map(|example| example.text.clone()).unwrap_or_default(),
            miss: missing.next().map(|example| example.text.clone()),
        };
        let more = signature.severity != Severity::Error
            || signature.class != Class::Cause
            || signature.generic
            || signature.quiet
            || signature.benign_after_shutdown
            || signature.doc.is_some()
            || !signature.unless.is_empty()
            || !signature.sides.is_empty()
            || !signature.explains.is_empty()
            || !signature.follows.is_empty()
            || !signature.settings.is_empty()
            || !signature.rows.is_empty()
            || matching.next().is_some()
            || missing.next().is_some()
            || signature.examples.iter().any(|example| !example.values.is_empty());
        (!more).then_some(draft)
    }

    /// As a file that [`super::Catalogue::with_user_files`] reads.
    pub fn to_toml(&self) -> String {
        let mut text = String::from("[[signature]]\n");
        let lines = [
            ("id", quoted(&self.id)),
            ("title", quoted(&self.title)),
            ("patterns", format!("[{}]", quoted(&self.pattern))),
            ("class", quoted("cause")),
            ("layer", quoted(layer(self.layer))),
            ("retry", quoted(retry(self.retry))),
            ("remedy", quoted(self.remedy.trim())),
        ];
        for (key, value) in lines {
            let _ = writeln!(text, "{key} = {value}");
        }
        let miss = self.miss.as_deref().map(quoted).unwrap_or_default();
        let _ = writeln!(text, "\n[signature.examples]\nmatch = [{}]\nmiss = [{miss}]", quoted(&self.example));
        text
    }

    /// As it will be read: what is wrong with it is wrong with its file.
    pub fn signature(&self) -> Result<Signature, SignatureFault> {
        let mut faults = Vec::new();
        let signature = read::read("draft", &self.to_toml(), &mut faults).pop();
        match (signature, faults.pop()) {
            (Some((signature, _)), None) => Ok(signature),
            (_, fault) => Err(fault.unwrap_or_else(|| SignatureFault::whole("draft", "not readable".to_owned()))),
        }
    }

    /// Tries it on a record.
    pub fn try_on(&self, record: &[u8]) -> Result<Trial, SignatureFault> {
        Ok(self.signature()?.try_on(record))
    }
}

/// As signature files write it.
fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Platform => "platform",
        Layer::Code => "code",
        Layer::Data => "data",
        Layer::Permission => "permission",
        Layer::Resource => "resource",
        Layer::Capacity => "capacity",
        Layer::Consequence => "consequence",
    }
}

/// As signature files write it.
fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::Same => "same",
        Retry::Bigger => "bigger",
        Retry::AfterFix => "after-fix",
        Retry::Never => "never",
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

fn generalise(message: &str) -> String {
    let mut pattern = String::new();
    let mut rest = message;
    let mut after_word = false;
    while let Some(letter) = rest.chars().next() {
        if pattern.len() > LONGEST {
            break;
        }
        // `stage3` is a name; only what starts a token may be a number or an id, but digits may follow punctuation.
        let general_part = covered(rest).or_else(|| if after_word { None } else { part(rest) });
        if let Some((length, stands)) = general_part {
            pattern.push_str(stands);
            rest = rest.get(length..).unwrap_or_default();
            after_word = false;
            continue;
        }
        pattern.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4])));
        after_word = letter.is_alphanumeric()
            && !matches!(part(rest.get(letter.len_utf8()..).unwrap_or_default()), Some((_, r"\s+")));
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    pattern
}

/// Something hidden, wherever it stands.
fn covered(rest: &str) -> Option<(usize, &'static str)> {
    // Of stars before it none is told from its own.
    let stars = rest.bytes().take_while(|byte| *byte == b'*').count();
    let cover = COVERS.into_iter().find(|cover| rest.starts_with(*cover)).map_or(0, str::len);
    let length = if stars >= 4 { stars } else { cover };
    (length > 0).then_some((length, ".+"))
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
