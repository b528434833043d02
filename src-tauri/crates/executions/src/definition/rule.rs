//! The conditions of a Choice in plain short words: `rows < 1000 and not (day is present)`.
//!
//! A label is for an arrow. The writer stops when the arrow is full, so that rules of any size cost no more than that.

use serde_json::{Map, Value};

/// Characters that a label may have.
const MOST: usize = 60;

/// What the rule asks. Empty when it asks nothing that is known.
pub(super) fn label(rule: &Map<String, Value>) -> String {
    let mut line = Line { text: String::new(), left: MOST + 1 };
    match rule.get("Condition") {
        Some(Value::String(condition)) => line.push(&jsonata(condition)),
        Some(other) => line.push(&other.to_string()),
        None => write(rule, false, &mut line),
    }
    cut(line.text.trim(), MOST)
}

/// At most `most` characters, an ellipsis in place of what is gone.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `{% $states.input.rows < 1000 %}` as `rows < 1000`.
pub(super) fn jsonata(expression: &str) -> String {
    let inner = expression.trim();
    let inner = inner.strip_prefix("{%").and_then(|inner| inner.strip_suffix("%}")).unwrap_or(inner);
    let words: Vec<&str> = inner.split_whitespace().collect();
    words.join(" ").replace("$states.input.", "")
}

/// `$.rows` as `rows`; what is not under the state's input keeps its signs.
pub(super) fn path(path: &str) -> &str {
    match path {
        "$" => "the input",
        _ => path.strip_prefix("$.").unwrap_or(path),
    }
}

struct Line {
    text: String,
    left: usize,
}

impl Line {
    fn push(&mut self, text: &str) {
        for letter in text.chars().take(self.left) {
            self.text.push(if letter.is_control() { ' ' } else { letter });
            self.left -= 1;
        }
    }
}

/// Recursion is as deep as the JSON is, which the parser bounds.
fn write(rule: &Map<String, Value>, inside: bool, line: &mut Line) {
    if line.left == 0 {
        return;
    }
    for (key, word) in [("And", " and "), ("Or", " or ")] {
        if let Some(Value::Array(parts)) = rule.get(key) {
            let several = inside && parts.len() > 1;
            line.push(if several { "(" } else { "" });
            for (place, part) in parts.iter().filter_map(Value::as_object).enumerate() {
                line.push(if place > 0 { word } else { "" });
                write(part, true, line);
            }
            line.push(if several { ")" } else { "" });
            return;
        }
    }
    if let Some(Value::Object(part)) = rule.get("Not") {
        line.push("not (");
        write(part, false, line);
        line.push(")");
        return;
    }
    let variable = rule.get("Variable").and_then(Value::as_str).unwrap_or_default();
    if let Some((operator, value)) =
        rule.iter().find(|(key, _)| !matches!(key.as_str(), "Variable" | "Next" | "Comment" | "Assign" | "Output"))
    {
        line.push(path(variable));
        line.push(" ");
        compare(operator, value, line);
    }
}

fn compare(operator: &str, value: &Value, line: &mut Line) {
    if let Some(what) = operator.strip_prefix("Is") {
        let yes = value.as_bool().unwrap_or(true);
        line.push(match (what, yes) {
            ("Present", true) => "is present",
            ("Present", false) => "is absent",
            ("Null", true) => "is null",
            ("Null", false) => "is not null",
            ("Numeric", true) => "is a number",
            ("Numeric", false) => "is not a number",
            ("String", true) => "is a string",
            ("String", false) => "is not a string",
            ("Boolean", true) => "is a boolean",
            ("Boolean", false) => "is not a boolean",
            ("Timestamp", true) => "is a timestamp",
            ("Timestamp", false) => "is not a timestamp",
            _ => operator,
        });
        return;
    }
    let bare = operator.strip_suffix("Path").unwrap_or(operator);
    let bare =
        ["String", "Numeric", "Boolean", "Timestamp"].iter().find_map(|kind| bare.strip_prefix(kind)).unwrap_or(bare);
    line.push(match bare {
        "Equals" => "=",
        "LessThan" => "<",
        "LessThanEquals" => "≤",
        "GreaterThan" => ">",
        "GreaterThanEquals" => "≥",
        "Matches" => "matches",
        other => other,
    });
    line.push(" ");
    match value {
        Value::String(text) if text.is_empty() => line.push("\"\""),
        Value::String(text) if bare.len() + "Path".len() <= operator.len() && operator.ends_with("Path") => {
            line.push(path(text));
        }
        Value::String(text) => line.push(text),
        other => line.push(&other.to_string()),
    }
}
