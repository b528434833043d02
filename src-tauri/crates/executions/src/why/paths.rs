//! Paths that lead nowhere, beside what the input really has at that place.

use crate::cause::{cut, shorten};
use serde_json::Value;

/// The path that an error of the workflow names.
pub(super) fn named(cause: &str) -> Option<String> {
    let openings = ["JSONPath '", "JsonPath '", "Invalid path '", "path '", "field '$", "for path: ", "Variable '"];
    openings.iter().find_map(|opening| {
        let mut rest = cause.get(cause.find(opening)? + opening.len()..)?;
        if opening.ends_with('$') {
            rest = cause.get(cause.find(opening)? + opening.len() - 1..)?;
        }
        if !rest.starts_with('$') {
            return None;
        }
        // A path may hold quotes of its own: `$['a']['b']`.
        let mut open = 0_i32;
        let end = rest.char_indices().find(|(_, sign)| {
            open += i32::from(*sign == '[') - i32::from(*sign == ']');
            open <= 0 && (matches!(sign, '\'' | '"' | ',') || sign.is_whitespace())
        });
        let path = rest.get(..end.map_or(rest.len(), |(at, _)| at))?.trim_end_matches('.');
        (path.len() > 1).then(|| path.chars().take(300).collect())
    })
}

/// The input that the error quotes: `could not be found in the input '{…}'`.
pub(super) fn quoted_input(cause: &str) -> Option<&str> {
    let rest = cause.get(cause.find("in the input '")? + "in the input '".len()..)?;
    Some(rest.trim_end().trim_end_matches('.').trim_end_matches('\''))
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// `None` for what is more than names and numbers: filters, slices, wildcards, the context object.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    if rest.starts_with('$') {
        return None;
    }
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            let key = tail.get(..end)?;
            if key.is_empty() || key == "*" {
                return None;
            }
            steps.push(Step::Key(key.to_owned()));
            rest = tail.get(end..)?;
        } else {
            let tail = rest.strip_prefix('[')?;
            let end = tail.find(']')?;
            let inner = tail.get(..end)?.trim();
            let bare = inner.trim_matches(['\'', '"']);
            steps.push(if bare.len() == inner.len() {
                Step::Index(inner.parse().ok()?)
            } else {
                Step::Key(bare.to_owned())
            });
            rest = tail.get(end + 1..)?;
        }
    }
    Some(steps)
}

/// The value at a path, in few words.
pub(super) fn value(input: &str, path: &str) -> Option<String> {
    let (root, _) = cut::read(input)?;
    let steps = steps(path)?;
    let found = steps.iter().try_fold(&root, |value, step| step.of(value));
    Some(found.map_or_else(|| "not there".to_owned(), |value| shorten(&value.to_string(), 60)))
}

impl Step {
    fn of<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Key(key) => value.get(key),
            Self::Index(index) => value.get(index),
        }
    }
}

/// `` `$.detail.rows` is not there; the input has detail.bucket, detail.object ``.
pub(super) fn missing(path: &str, input: Option<&str>) -> String {
    let Some((root, steps)) = input.and_then(cut::read).map(|(root, _)| root).zip(steps(path)) else {
        return format!("`{path}` is not there.");
    };
    let mut value = &root;
    let mut place = String::new();
    for step in &steps {
        let Some(next) = step.of(value) else {
            return format!("`{path}` is not there; {}.", beside(value, &place));
        };
        match step {
            Step::Key(key) if place.is_empty() => place.push_str(key),
            Step::Key(key) => place = format!("{place}.{key}"),
            Step::Index(index) => place = format!("{place}[{index}]"),
        }
        value = next;
    }
    format!("`{path}` is there, but not of the kind that is needed: {}.", shorten(&value.to_string(), 80))
}

fn beside(value: &Value, place: &str) -> String {
    let prefix = if place.is_empty() { String::new() } else { format!("{place}.") };
    match value {
        Value::Object(map) if map.is_empty() && place.is_empty() => "the input is empty".to_owned(),
        Value::Object(map) if map.is_empty() => format!("`{place}` of the input is empty"),
        Value::Object(map) => {
            let names: Vec<String> = map.keys().take(8).map(|key| shorten(&format!("{prefix}{key}"), 80)).collect();
            let more = map.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("the input has {}{more}", names.join(", "))
        }
        Value::Array(list) if place.is_empty() => format!("the input is a list of {}", list.len()),
        Value::Array(list) => format!("`{place}` of the input is a list of {}", list.len()),
        other if place.is_empty() => format!("the input is {}", shorten(&other.to_string(), 60)),
        other => format!("`{place}` of the input is {}", shorten(&other.to_string(), 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INPUT: &str = r#"{"detail":{"bucket":"b","object":{"key":"k"}},"list":[1,2]}"#;

    #[test]
    fn what_is_there_instead() {
        assert_eq!(
            missing("$.detail.rows", Some(INPUT)),
            "`$.detail.rows` is not there; the input has detail.bucket, detail.object."
        );
        assert_eq!(missing("$['dataset']", Some(INPUT)), "`$['dataset']` is not there; the input has detail, list.");
        assert_eq!(missing("$.list[4]", Some(INPUT)), "`$.list[4]` is not there; `list` of the input is a list of 2.");
        assert_eq!(
            missing("$.detail.bucket.x", Some(INPUT)),
            "`$.detail.bucket.x` is not there; `detail.bucket` of the input is \"b\"."
        );
        assert_eq!(missing("$.a", Some("{}")), "`$.a` is not there; the input is empty.");
        assert_eq!(missing("$.a[?(@.x)]", Some(INPUT)), "`$.a[?(@.x)]` is not there.");
        assert_eq!(missing("$.a", None), "`$.a` is not there.");
    }

    #[test]
    fn paths_out_of_the_service_s_sentences() {
        let named = |cause| super::named(cause).unwrap_or_default();
        assert_eq!(
            named(
                "The JSONPath '$.detail.orderId' specified for the field 'orderId.$' could not be found in the input '{}'"
            ),
            "$.detail.orderId"
        );
        assert_eq!(named("Invalid path '$.x' : No results for path: $['x']"), "$.x");
        assert_eq!(named("No results for path: $['a']['b'] in input"), "$['a']['b']");
        assert_eq!(super::named("no path here"), None);
        assert_eq!(quoted_input("could not be found in the input '{\"a\":1}'"), Some("{\"a\":1}"));
        assert_eq!(value(INPUT, "$.detail.object.key").as_deref(), Some("\"k\""));
        assert_eq!(value(INPUT, "$.rows").as_deref(), Some("not there"));
    }

    proptest! {
        #[test]
        fn nothing_panics(path in "\\PC{0,40}", input in "\\PC{0,40}") {
            let _ = missing(&path, Some(&input));
            let _ = named(&path);
            let _ = named(&format!("Invalid path '${path}'"));
        }
    }
}
