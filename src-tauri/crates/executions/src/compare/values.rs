//! Two JSON values, by path.
//!
//! Texts that hold JSON are compared as JSON, texts that are command lines argument by argument. Lists are aligned, so that
//! an argument more does not make all that follow it different.

use super::cut;
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::BTreeMap;

/// One value that is not the same. One of the two is there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// `$.detail.object.size`, `$['odd key'][3]`, `$.Arguments[4] (--date)`.
    pub path: String,
    /// The nearest key of an object.
    pub key: String,
    pub then: Option<Value>,
    pub now: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number or a list that fell to less than half.
    Shrank,
    /// A value that is gone, or is of another type.
    Lost,
    Other,
}

/// Changes that are collected; two inputs without anything in common have no use for more.
const MOST: usize = 2_000;

/// JSON in texts in JSON: so deep is looked.
const UNFOLD: u8 = 3;

pub(super) fn changes(then: &Value, now: &Value) -> Vec<Change> {
    let mut walk = Walk { path: "$".to_owned(), key: String::new(), found: Vec::new() };
    walk.pair(then, now, UNFOLD);
    walk.found
}

impl Change {
    pub(super) fn kind(&self) -> Kind {
        match (&self.then, &self.now) {
            (Some(Value::Number(then)), Some(Value::Number(now))) => match (then.as_f64(), now.as_f64()) {
                (Some(then), Some(now)) if then > 0.0 && now >= 0.0 && now < then / 2.0 => Kind::Shrank,
                _ => Kind::Other,
            },
            (Some(_), None) => Kind::Lost,
            (Some(then), Some(now)) if std::mem::discriminant(then) != std::mem::discriminant(now) => Kind::Lost,
            _ => Kind::Other,
        }
    }
}

/// A value on one line: texts without their quotes.
pub(super) fn text(value: &Value, most: usize) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => cut(text, most),
        other => cut(&other.to_string(), most),
    }
}

struct Walk {
    path: String,
    key: String,
    found: Vec<Change>,
}

impl Walk {
    fn found(&mut self, then: Option<&Value>, now: Option<&Value>) {
        if self.found.len() < MOST {
            let (then, now) = (then.cloned(), now.cloned());
            self.found.push(Change { path: self.path.clone(), key: self.key.clone(), then, now });
        }
    }

    /// Goes one step down and back.
    fn at(&mut self, step: &str, key: Option<&str>, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        let outer = key.map(|key| std::mem::replace(&mut self.key, key.to_owned()));
        visit(self);
        self.path.truncate(length);
        if let Some(outer) = outer {
            self.key = outer;
        }
    }

    fn pair(&mut self, then: &Value, now: &Value, unfold: u8) {
        if then == now || self.found.len() >= MOST {
            return;
        }
        match (then, now) {
            (Value::Object(before), Value::Object(after)) => {
                let keys = super::lines::merged(before.keys().map(String::as_str), after.keys().map(String::as_str));
                for key in keys {
                    self.at(&step(key), Some(key), |walk| match (before.get(key), after.get(key)) {
                        (Some(then), Some(now)) => walk.pair(then, now, unfold),
                        (then, now) => walk.found(then, now),
                    });
                }
            }
            (Value::Array(before), Value::Array(after)) => self.lists(before, after, unfold),
            (Value::String(before), Value::String(after)) => self.texts(before, after, unfold),
            // 1 and 1.0 are one number.
            (Value::Number(before), Value::Number(after))
                if (before.is_f64() || after.is_f64()) && before.as_f64() == after.as_f64() => {}
            _ => self.found(Some(then), Some(now)),
        }
    }

    fn texts(&mut self, before: &str, after: &str, unfold: u8) {
        let count = self.found.len();
        if let Some(deeper) = unfold.checked_sub(1)
            && let (Some(then), Some(now)) = (unfolded(before), unfolded(after))
        {
            self.pair(&then, &now, deeper);
            return;
        }
        // One word beside another is no command line: read as one, it would hold itself.
        let several = [before, after].iter().any(|text| text.split_whitespace().nth(1).is_some());
        if several && is_command(before) && is_command(after) {
            let words = |text: &str| text.split_whitespace().map(Value::from).collect::<Vec<_>>();
            self.lists(&words(before), &words(after), 0);
            if self.found.len() > count {
                return;
            }
        }
        self.found(Some(&Value::from(before)), Some(&Value::from(after)));
    }

    fn lists(&mut self, before: &[Value], after: &[Value], unfold: u8) {
        let shrank = after.len() * 2 < before.len();
        if shrank {
            self.at(".length()", None, |walk| {
                walk.found(Some(&Value::from(before.len())), Some(&Value::from(after.len())));
            });
        }
        let mut pairs = aligned(before, after);
        pairs.sort_by_key(|pair| pair.1.or(pair.0));
        for (then, now) in pairs {
            let (list, at) = match (then, now) {
                (_, Some(now)) => (after, now),
                (Some(then), None) => (before, then),
                (None, None) => continue,
            };
            // What a list lost is told by its length.
            if shrank && now.is_none() {
                continue;
            }
            let step = format!("[{at}]{}", flag(list, at));
            let then = then.and_then(|at| before.get(at));
            let now = now.and_then(|at| after.get(at));
            self.at(&step, None, |walk| match (then, now) {
                (Some(then), Some(now)) => walk.pair(then, now, unfold),
                (then, now) => walk.found(then, now),
            });
        }
    }
}

/// A key as a step of a JSON path.
fn step(key: &str) -> String {
    let plain = key.chars().all(|c| c.is_alphanumeric() || c == '_') && !key.starts_with(|c: char| c.is_ascii_digit());
    if plain && !key.is_empty() { format!(".{}", cut(key, 80)) } else { format!("['{}']", cut(key, 80)) }
}

fn unfolded(text: &str) -> Option<Value> {
    let container = text.trim_start().starts_with(['{', '[']);
    container.then(|| serde_json::from_str(text).ok()).flatten()
}

/// `--class x --conf a=b`, as `SparkSubmitParameters` has it.
fn is_command(text: &str) -> bool {
    text.starts_with("--") || text.contains(" --")
}

/// Which argument it is: ` (--date)` for the value after a flag, ` (spark.executor.memory)` for a setting.
fn flag(list: &[Value], at: usize) -> String {
    let word = |at: usize| list.get(at).and_then(Value::as_str);
    let Some(here) = word(at) else { return String::new() };
    if let Some(name) = setting(here) {
        return format!(" ({})", cut(name, 60));
    }
    match at.checked_sub(1).and_then(word) {
        Some(before) if before.starts_with('-') && !here.starts_with('-') => format!(" ({})", cut(before, 60)),
        _ => String::new(),
    }
}

/// `spark.executor.memory` of `spark.executor.memory=4g`.
fn setting(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

type Pair = (Option<usize>, Option<usize>);

/// Places that belong together and are not the same: settings of one name, then what stands in the place of the other.
/// Lists of equal length without texts are compared place by place.
fn aligned(before: &[Value], after: &[Value]) -> Vec<Pair> {
    let texts = |list: &[Value]| list.iter().all(Value::is_string);
    if before.len() == after.len() && !(texts(before) && texts(after)) {
        return (0..before.len()).map(|at| (Some(at), Some(at))).collect();
    }
    let words = |list: &[Value]| list.iter().map(Value::to_string).collect::<Vec<_>>();
    // Each with the number of its part of the edit.
    let mut gone: Vec<(usize, usize)> = Vec::new();
    let mut new: Vec<(usize, usize)> = Vec::new();
    for (op, part) in capture_diff_slices(Algorithm::Myers, &words(before), &words(after)).iter().enumerate() {
        if !matches!(part, DiffOp::Equal { .. }) {
            gone.extend(part.old_range().map(|at| (op, at)));
            new.extend(part.new_range().map(|at| (op, at)));
        }
    }
    let mut pairs: Vec<Pair> = Vec::new();
    let name = |list: &[Value], at: usize| list.get(at).and_then(Value::as_str).and_then(setting).map(str::to_owned);
    let mut settings: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (_, at) in gone.iter().rev() {
        if let Some(name) = name(before, *at) {
            settings.entry(name).or_default().push(*at);
        }
    }
    let mut taken = std::collections::BTreeSet::new();
    new.retain(|(_, at)| {
        let same = name(after, *at).and_then(|name| settings.get_mut(&name)?.pop());
        if let Some(then) = same {
            taken.insert(then);
            pairs.push((Some(then), Some(*at)));
        }
        same.is_none()
    });
    gone.retain(|(_, at)| !taken.contains(at));
    let mut by_op: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (op, at) in gone {
        by_op.entry(op).or_default().0.push(at);
    }
    for (op, at) in new {
        by_op.entry(op).or_default().1.push(at);
    }
    for (gone, new) in by_op.into_values() {
        let longer = gone.len().max(new.len());
        pairs.extend((0..longer).map(|at| (gone.get(at).copied(), new.get(at).copied())));
    }
    pairs
}

/// Keys of EventBridge, S3, SQS, Lambda and Step Functions whose values are new in every run, without `-` and `_`.
const PASSING: [&str; 31] = [
    "id",
    "uuid",
    "nonce",
    "time",
    "timestamp",
    "eventid",
    "eventtime",
    "requestid",
    "awsrequestid",
    "xamzrequestid",
    "xamzid2",
    "sequencer",
    "messageid",
    "receipthandle",
    "traceid",
    "xamzntraceid",
    "correlationid",
    "executionid",
    "executionarn",
    "executionname",
    "executionstarttime",
    "starttime",
    "startedat",
    "enteredtime",
    "stateenteredtime",
    "tasktoken",
    "clienttoken",
    "clientrequesttoken",
    "idempotencytoken",
    "runid",
    "awsstepfunctionsstartedbyexecutionid",
];

/// True for a value that differs in every run: by its key, or because both sides are the same but for ids, instants and the
/// names of the two executions. Values that came or went are never passing, nor are bare dates: a wrong day is a cause.
pub(super) fn every_run(change: &Change, then: &[&str], now: &[&str]) -> bool {
    let (Some(before), Some(after)) = (&change.then, &change.now) else { return false };
    let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_));
    if !scalar(before) || std::mem::discriminant(before) != std::mem::discriminant(after) {
        return false;
    }
    let key: String = change.key.chars().filter(|c| !matches!(c, '-' | '_')).collect::<String>().to_ascii_lowercase();
    if PASSING.contains(&key.as_str()) && !change.path.ends_with(".length()") {
        return true;
    }
    match (before, after) {
        (Value::String(before), Value::String(after)) => masked(before, then) == masked(after, now),
        _ => false,
    }
}

/// The text with the names of its execution, UUIDs and instants replaced. Short names are left: they may stand anywhere.
fn masked(text: &str, names: &[&str]) -> String {
    let long = names.iter().filter(|name| name.len() >= 6);
    let text = long.fold(text.to_owned(), |text, name| text.replace(name, "\u{0}run"));
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let inside = out.ends_with(|c: char| c.is_ascii_alphanumeric());
        let length = if inside { None } else { shape(rest, UUID).or_else(|| instant(rest)) };
        if let Some(after) = length.and_then(|length| rest.get(length..)) {
            out.push('\u{0}');
            rest = after;
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or("");
        }
    }
    out
}

const UUID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/// How long the start of the text is that has this shape: `x` is a hexadecimal digit, `0` a digit.
fn shape(text: &str, pattern: &str) -> Option<usize> {
    let start = text.as_bytes().get(..pattern.len())?;
    let fits = start.iter().zip(pattern.bytes()).all(|(byte, kind)| match kind {
        b'x' => byte.is_ascii_hexdigit(),
        b'0' => byte.is_ascii_digit(),
        other => *byte == other,
    });
    fits.then_some(pattern.len())
}

/// `2026-11-21T05:00:00.123Z`, also basic (`20261121T050000Z`) or without seconds.
fn instant(text: &str) -> Option<usize> {
    let shapes = ["0000-00-00T00:00:00", "0000-00-00 00:00:00", "0000-00-00T00:00", "00000000T000000", "00000000T0000"];
    let length = shapes.iter().find_map(|pattern| shape(text, pattern))?;
    let rest = text.get(length..)?;
    let fraction = rest.strip_prefix('.').map_or(0, |rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 { 0 } else { digits + 1 }
    });
    let rest = rest.get(fraction..)?;
    let zone = ["+00:00", "-00:00", "+0000", "-0000", "Z"].iter().find_map(|zone| shape(rest, zone)).unwrap_or(0);
    Some(length + fraction + zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Each flag alone looks like a command line with one word.
    #[test]
    fn flags_that_differ_are_compared_as_words() {
        let found = |then: &str, now: &str| {
            let found = changes(&json!(then), &json!(now));
            found.into_iter().map(|change| (change.path, change.then, change.now)).collect::<Vec<_>>()
        };
        let alone = found("--verbose", "--quiet");
        assert_eq!(alone, [("$".to_owned(), Some(json!("--verbose")), Some(json!("--quiet")))]);
        let within = found("--class Main --verbose", "--class Main --quiet");
        assert_eq!(within, [("$[2]".to_owned(), Some(json!("--verbose")), Some(json!("--quiet")))]);
        assert_eq!(found("--verbose", "--verbose --dry"), [("$[1]".to_owned(), None, Some(json!("--dry")))]);
    }
}
