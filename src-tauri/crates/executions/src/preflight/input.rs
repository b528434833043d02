//! The input of another run: whether it can be sent, and whether it looks like the inputs of the past.

use super::commands::thousands;
use crate::compare::cut;
use contract::Notice;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// "Quotas", maximum input or output size: bytes of UTF-8.
pub const INPUT_BYTES: usize = 262_144;

/// What is wrong with an input, and where; line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    pub message: String,
    pub line: usize,
    pub column: usize,
}

/// Whether `StartExecution` takes an input.
///
/// # Errors
/// No JSON, or too long.
pub fn check_input(text: &str) -> Result<(), InputProblem> {
    if text.len() > INPUT_BYTES {
        let (bytes, most) = (thousands(text.len()), thousands(INPUT_BYTES));
        let message =
            format!("The input has {bytes} bytes; at most {most} are allowed. Put it into S3 and pass its address.");
        return Err(InputProblem { message, line: 1, column: 1 });
    }
    if text.trim().is_empty() {
        let message = "The input is empty: write {} for an execution without input.".to_owned();
        return Err(InputProblem { message, line: 1, column: 1 });
    }
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Ok(()),
        Err(error) => {
            let words = error.to_string();
            let words = words.rfind(" at line ").and_then(|at| words.get(..at)).unwrap_or(&words);
            let message = format!("The input is no JSON: {words}.");
            Err(InputProblem { message, line: error.line().max(1), column: error.column().max(1) })
        }
    }
}

/// What a value can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueKind {
    Nothing,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl ValueKind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// One field of past inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeField {
    /// `$.detail.object.key`; elements of a list are one field, `$.days[*]`.
    pub path: String,
    /// What it has been, in a fixed order.
    pub kinds: Vec<ValueKind>,
    /// In how many inputs it was there.
    pub seen: u64,
    /// Inputs that could be read.
    pub of: u64,
    /// Up to three different values, cut for display; none of objects and lists.
    pub examples: Vec<String>,
}

/// Fields that are learned: an input with ids as keys has no shape worth knowing beyond that.
const FIELDS: usize = 2_000;

/// The shape that past inputs had, in the order of their fields. Inputs that are no JSON are left out.
pub fn input_shape(inputs: &[&str]) -> Vec<ShapeField> {
    let inputs: Vec<Value> = inputs.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let of = u64::try_from(inputs.len()).unwrap_or(u64::MAX);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut shape: Vec<ShapeField> = Vec::new();
    for input in &inputs {
        let mut here: BTreeSet<usize> = BTreeSet::new();
        visit(input, "$", &mut |path, value| {
            let place = match places.get(path) {
                Some(place) => *place,
                None if shape.len() >= FIELDS => return,
                None => {
                    let place = shape.len();
                    places.insert(path.to_owned(), place);
                    let path = path.to_owned();
                    shape.push(ShapeField { path, kinds: Vec::new(), seen: 0, of, examples: Vec::new() });
                    place
                }
            };
            let Some(field) = shape.get_mut(place) else { return };
            if here.insert(place) {
                field.seen += 1;
            }
            let kind = ValueKind::of(value);
            if let Err(at) = field.kinds.binary_search(&kind) {
                field.kinds.insert(at, kind);
            }
            if !matches!(kind, ValueKind::List | ValueKind::Object) && field.examples.len() < 3 {
                let text = match value {
                    Value::String(text) => cut(text, 60),
                    other => other.to_string(),
                };
                if !field.examples.contains(&text) {
                    field.examples.push(text);
                }
            }
        });
    }
    shape
}

/// Calls `see` for a value and all that it holds.
fn visit(value: &Value, path: &str, see: &mut dyn FnMut(&str, &Value)) {
    see(path, value);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| visit(value, &below(path, key), see)),
        Value::Array(items) => {
            let path = format!("{path}[*]");
            for item in items {
                visit(item, &path, see);
            }
        }
        _ => {}
    }
}

fn below(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { format!("{path}.{key}") } else { format!("{path}['{key}']") }
}

/// Past inputs that make a rule.
const ENOUGH: u64 = 2;

/// What an input lacks or has otherwise than the past inputs had; empty for one that is no JSON, which [`check_input`] says.
/// Below elements of lists only types are compared: lists may be of any length.
pub fn check_against(shape: &[ShapeField], input: &str) -> Vec<Notice> {
    let Ok(input) = serde_json::from_str::<Value>(input) else { return Vec::new() };
    let mut kinds: BTreeMap<String, Vec<ValueKind>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    visit(&input, "$", &mut |path, value| {
        let known = kinds.entry(path.to_owned()).or_insert_with(|| {
            order.push(path.to_owned());
            Vec::new()
        });
        let kind = ValueKind::of(value);
        if !known.contains(&kind) {
            known.push(kind);
        }
    });
    let past: BTreeMap<&str, &ShapeField> = shape.iter().map(|field| (field.path.as_str(), field)).collect();
    let mut notices = Vec::new();
    for field in shape.iter().filter(|field| field.of >= ENOUGH) {
        let path = cut(&field.path, 120);
        match kinds.get(&field.path) {
            // A field below one that is missing or another type is not told again.
            None if field.seen == field.of && !field.path.contains("[*]") && holds(&kinds, &field.path) => {
                let example = field.examples.first().map_or(String::new(), |example| format!(", such as {example}"));
                let text = format!("{path} is missing: all {} past inputs had it{example}.", field.of);
                notices.push(Notice::warning(text));
            }
            None => {}
            Some(now) => {
                let other = now.iter().find(|kind| !field.kinds.contains(kind));
                if let Some(other) = other {
                    let was: Vec<&str> = field.kinds.iter().map(|kind| kind.word()).collect();
                    let text = format!("{path} is {}; in past inputs it was {}.", other.word(), was.join(" or "));
                    notices.push(Notice::warning(text));
                }
            }
        }
    }
    let learned = shape.first().is_some_and(|root| root.of >= ENOUGH) && shape.len() < FIELDS;
    for path in order.iter().filter(|path| learned && !past.contains_key(path.as_str())) {
        // Only the topmost of what is new.
        let parent = parent(path);
        if past.get(parent).is_some_and(|parent| parent.kinds.contains(&ValueKind::Object)) && !path.ends_with("[*]") {
            notices.push(Notice::info(format!("{} is new: no past input had it.", cut(path, 120))));
        }
    }
    notices
}

/// Whether the parent of a path is an object in this input.
fn holds(kinds: &BTreeMap<String, Vec<ValueKind>>, path: &str) -> bool {
    kinds.get(parent(path)).is_some_and(|kinds| kinds.contains(&ValueKind::Object))
}

/// The path of what holds a field; of the root, nothing.
fn parent(path: &str) -> &str {
    let end = if path.ends_with("']") { path.rfind("['") } else { path.rfind(['.', '[']) };
    end.and_then(|end| path.get(..end)).unwrap_or("")
}
