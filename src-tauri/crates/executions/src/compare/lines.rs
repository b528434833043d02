//! Two texts side by side, line by line.

use contract::executions::{DiffLine, DiffSide};
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Equal lines around a difference.
const CONTEXT: usize = 3;

/// Lines of one reply: more say nothing to a person and are slow to cross the bridge.
const MOST: usize = 4_000;

/// The lines of two texts, with three equal lines around each difference and the others left out; empty when there is no
/// difference. When both are JSON they are laid out first, and keys stand in the order of `now`.
pub fn diff_lines(then: &str, now: &str) -> Vec<DiffLine> {
    let (then, now) = laid_out(then, now);
    fold(all_lines(&then, &now))
}

/// Both texts as they are compared.
pub(super) fn laid_out(then: &str, now: &str) -> (String, String) {
    let parsed = (serde_json::from_str::<Value>(then), serde_json::from_str::<Value>(now));
    if let (Ok(before), Ok(after)) = parsed
        && let (Ok(before), Ok(after)) =
            (serde_json::to_string_pretty(&in_order_of(before, &after)), serde_json::to_string_pretty(&after))
    {
        return (before, after);
    }
    (then.to_owned(), now.to_owned())
}

/// `then` with its keys in the order in which `now` has them; keys of its own stay behind the one that they followed.
fn in_order_of(then: Value, now: &Value) -> Value {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            let keys = merged(then.keys().map(String::as_str), now.keys().map(String::as_str));
            let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
            let mut then = then;
            let mut out = serde_json::Map::new();
            for key in keys {
                // What is left keeps its order only with `shift_remove`, but the order of what is left does not matter.
                if let Some(value) = then.swap_remove(&key) {
                    let value = in_order_of(value, now.get(&key).unwrap_or(&Value::Null));
                    out.insert(key, value);
                }
            }
            Value::Object(out)
        }
        (Value::Array(then), Value::Array(now)) => {
            let others = now.iter().map(Some).chain(std::iter::repeat(None));
            let pairs = then.into_iter().zip(others);
            Value::Array(pairs.map(|(then, now)| in_order_of(then, now.unwrap_or(&Value::Null))).collect())
        }
        (then, _) => then,
    }
}

/// The names of both lists once: in the order of `now`, those of `then` alone behind the one that they followed.
pub(super) fn merged<'a>(then: impl Iterator<Item = &'a str>, now: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let now: Vec<&str> = now.collect();
    let known: std::collections::BTreeSet<&str> = now.iter().copied().collect();
    let mut behind: std::collections::BTreeMap<Option<&str>, Vec<&str>> = std::collections::BTreeMap::new();
    let mut last = None;
    for name in then {
        if known.contains(name) {
            last = Some(name);
        } else {
            behind.entry(last).or_default().push(name);
        }
    }
    let mut out = behind.remove(&None).unwrap_or_default();
    for name in now {
        out.push(name);
        out.extend(behind.remove(&Some(name)).unwrap_or_default());
    }
    out
}

/// Every line of both texts: `Both` and `Then` make the first again, `Both` and `Now` the second.
pub(super) fn all_lines(then: &str, now: &str) -> Vec<DiffLine> {
    let (then, now): (Vec<&str>, Vec<&str>) = (then.split('\n').collect(), now.split('\n').collect());
    let mut out = Vec::new();
    let mut push = |side: DiffSide, lines: Option<&[&str]>| {
        let lines = lines.unwrap_or_default().iter();
        out.extend(lines.map(|line| DiffLine { side, text: (*line).to_owned() }));
    };
    for op in capture_diff_slices(Algorithm::Myers, &then, &now) {
        if matches!(op, DiffOp::Equal { .. }) {
            push(DiffSide::Both, then.get(op.old_range()));
        } else {
            push(DiffSide::Then, then.get(op.old_range()));
            push(DiffSide::Now, now.get(op.new_range()));
        }
    }
    out
}

/// Leaves out equal lines that are far from any difference; a single one is not worth a gap.
fn fold(lines: Vec<DiffLine>) -> Vec<DiffLine> {
    let changed: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| line.side != DiffSide::Both).map(|(at, _)| at).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let near = |at: usize| {
        let next = changed.partition_point(|changed| *changed < at);
        let after = changed.get(next).is_some_and(|changed| changed - at <= CONTEXT);
        let before = next.checked_sub(1).and_then(|before| changed.get(before));
        after || before.is_some_and(|changed| at - changed <= CONTEXT)
    };
    let mut out: Vec<DiffLine> = Vec::new();
    let mut left: Vec<DiffLine> = Vec::new();
    let flush = |left: &mut Vec<DiffLine>, out: &mut Vec<DiffLine>| match left.len() {
        0 | 1 => out.append(left),
        many => {
            left.clear();
            out.push(DiffLine { side: DiffSide::Gap, text: format!("{many} equal lines") });
        }
    };
    for (at, line) in lines.into_iter().enumerate() {
        if near(at) {
            flush(&mut left, &mut out);
            out.push(line);
        } else {
            left.push(line);
        }
    }
    flush(&mut left, &mut out);
    if out.len() > MOST {
        let more = out.len() - MOST;
        out.truncate(MOST);
        out.push(DiffLine { side: DiffSide::Gap, text: format!("{more} more lines are not shown") });
    }
    out
}
