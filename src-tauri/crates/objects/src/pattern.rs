//! Does an EventBridge rule's pattern match an event ("Comparison operators for use in event patterns", EventBridge user guide)?
//!
//! Before a write only part of its event is known, so the answer has three values: a field that only S3 will fill in
//! ([`Node::Unknown`]), an operator that we do not know, or a pattern that we cannot read gives [`Match::Maybe`] and never
//! a false "no".

use serde_json::{Map, Value};

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    No,
    Maybe,
    Yes,
}

impl Match {
    fn and(self, other: Self) -> Self {
        self.min(other)
    }
    fn or(self, other: Self) -> Self {
        self.max(other)
    }
    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Match {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// A part of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Fields(Vec<(&'static str, Node)>),
    Value(Value),
    /// An array: a condition holds if it holds for one of the elements.
    Any(Vec<Value>),
    /// There, with a value that is not known yet.
    Unknown,
}

impl Node {
    fn field(&self, name: &str) -> Option<&Node> {
        match self {
            Self::Fields(fields) => fields.iter().find(|(key, _)| *key == name).map(|(_, node)| node),
            _ => None,
        }
    }
}

/// Matches a rule's pattern (JSON) against an event.
pub fn matches(pattern: &str, event: &Node) -> Match {
    match serde_json::from_str::<Value>(pattern) {
        Ok(Value::Object(fields)) if fields.is_empty() => Match::Maybe,
        Ok(Value::Object(fields)) => all(&fields, Some(event)),
        _ => Match::Maybe,
    }
}

/// A place in S3 from which a rule hears of what is stored: one bucket, and one condition on the key.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    pub bucket: String,
    /// The element of the pattern's list of keys; without one the rule hears of every key.
    condition: Option<Value>,
}

impl Watched {
    /// The one key that it hears of.
    pub fn key(&self) -> Option<&str> {
        self.condition.as_ref()?.as_str()
    }

    /// The text of an operator that stands alone: of several nothing is known.
    fn operator(&self, name: &str) -> Option<&str> {
        let operators = self.condition.as_ref()?.as_object().filter(|operators| operators.len() == 1)?;
        operators.get(name)?.as_str()
    }

    /// What every key begins with that it may hear of.
    pub fn prefix(&self) -> &str {
        if let Some(key) = self.key().or_else(|| self.operator("prefix")) {
            return key;
        }
        self.operator("wildcard").and_then(|text| text.split(['*', '\\']).next()).unwrap_or_default()
    }

    /// Whether it may hear of a key.
    pub fn hears(&self, key: &str) -> bool {
        let key = Node::Value(Value::from(key));
        self.condition.as_ref().is_none_or(|condition| leaf(condition, Some(&key)) != Match::No)
    }

    /// `s3://lake/in/orders.csv`, `s3://lake/in/`, or with a `*` for what is not told: `s3://lake/in/orders*`.
    pub fn uri(&self) -> String {
        let keys = match (self.key(), self.operator("wildcard"), self.operator("suffix")) {
            (Some(text), _, _) | (None, Some(text), _) => text.to_owned(),
            (None, None, Some(end)) => format!("*{end}"),
            (None, None, None) => match self.prefix() {
                "" if self.condition.is_some() => "*".to_owned(),
                folder if folder.is_empty() || folder.ends_with('/') => folder.to_owned(),
                start => format!("{start}*"),
            },
        };
        format!("s3://{}/{keys}", self.bucket)
    }
}

/// Where a rule's pattern waits for objects to be created; nothing where it does not, or names no bucket.
pub fn watched(pattern: &str) -> Vec<Watched> {
    let Ok(pattern) = serde_json::from_str::<Value>(pattern) else { return Vec::new() };
    let may_be = |field: &str, word: &str| {
        let word = Node::Value(Value::from(word));
        let conditions = pattern.get(field).and_then(Value::as_array);
        conditions.is_none_or(|all| all.iter().any(|condition| leaf(condition, Some(&word)) != Match::No))
    };
    if !may_be("source", "aws.s3") || !may_be("detail-type", "Object Created") {
        return Vec::new();
    }
    let list = |path: &str| pattern.pointer(path).and_then(Value::as_array);
    let keys: Vec<Option<Value>> =
        list("/detail/object/key").map_or_else(|| vec![None], |all| all.iter().cloned().map(Some).collect());
    let mut found = Vec::new();
    for bucket in list("/detail/bucket/name").into_iter().flatten().filter_map(Value::as_str) {
        let each = keys.iter().map(|condition| Watched { bucket: bucket.to_owned(), condition: condition.clone() });
        found.extend(each);
    }
    found
}

/// Every field's condition, siblings joined by "and".
fn all(fields: &Map<String, Value>, event: Option<&Node>) -> Match {
    fields.iter().fold(Match::Yes, |answer, (name, condition)| {
        answer.and(match (name.as_str(), condition) {
            ("$or", Value::Array(choices)) if choices.iter().all(Value::is_object) && choices.len() > 1 => choices
                .iter()
                .filter_map(Value::as_object)
                .fold(Match::No, |answer, choice| answer.or(all(choice, event))),
            (_, Value::Object(inner)) => match event {
                Some(Node::Unknown) => Match::Maybe,
                _ => all(inner, event.and_then(|event| event.field(name))),
            },
            (_, Value::Array(conditions)) => {
                let field = match event {
                    Some(Node::Unknown) => Some(&Node::Unknown),
                    _ => event.and_then(|event| event.field(name)),
                };
                conditions.iter().fold(Match::No, |answer, condition| answer.or(leaf(condition, field)))
            }
            _ => Match::Maybe, // EventBridge refuses such patterns; an emulator may not
        })
    })
}

/// One condition of a field's array.
fn leaf(condition: &Value, field: Option<&Node>) -> Match {
    if let Some(wanted) = condition.get("exists").and_then(Value::as_bool).filter(|_| only_one(condition)) {
        // `exists` works on leaf nodes only.
        return Match::from(field.is_some_and(|node| !matches!(node, Node::Fields(_))) == wanted);
    }
    match field {
        None | Some(Node::Fields(_)) => Match::No,
        Some(Node::Unknown) => Match::Maybe,
        Some(Node::Value(value)) => holds(condition, value),
        Some(Node::Any(values)) => values.iter().fold(Match::No, |answer, value| answer.or(holds(condition, value))),
    }
}

fn holds(condition: &Value, value: &Value) -> Match {
    let Value::Object(operator) = condition else { return Match::from(equal(condition, value)) };
    let Some((name, argument)) = operator.iter().next().filter(|_| operator.len() == 1) else { return Match::Maybe };
    match (name.as_str(), value) {
        ("anything-but", _) => anything_but(argument, value),
        ("numeric", Value::Number(number)) => number.as_f64().map_or(Match::Maybe, |number| numeric(argument, number)),
        ("prefix" | "suffix" | "equals-ignore-case" | "wildcard", Value::String(text)) => by_text(name, argument, text),
        ("numeric" | "prefix" | "suffix" | "equals-ignore-case" | "wildcard", _) => Match::No,
        _ => Match::Maybe,
    }
}

fn only_one(condition: &Value) -> bool {
    condition.as_object().is_some_and(|operator| operator.len() == 1)
}

fn equal(wanted: &Value, value: &Value) -> bool {
    match (wanted, value) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => wanted == value,
    }
}

/// The operators on strings.
fn by_text(operator: &str, argument: &Value, text: &str) -> Match {
    if let Some(inner) = argument.get("equals-ignore-case").and_then(Value::as_str) {
        let (inner, text) = (inner.to_lowercase(), text.to_lowercase());
        return match operator {
            "prefix" => Match::from(text.starts_with(&inner)),
            "suffix" => Match::from(text.ends_with(&inner)),
            _ => Match::Maybe,
        };
    }
    let Some(wanted) = argument.as_str() else { return Match::Maybe };
    Match::from(match operator {
        "prefix" => text.starts_with(wanted),
        "suffix" => text.ends_with(wanted),
        "equals-ignore-case" => text.to_lowercase() == wanted.to_lowercase(),
        "wildcard" => wildcard(wanted, text),
        _ => return Match::Maybe,
    })
}

/// `anything-but` a value, a list of values, or an operator with one or several strings. It wants the field to be there.
fn anything_but(argument: &Value, value: &Value) -> Match {
    match argument {
        Value::Object(operator) => match operator.iter().next().filter(|_| operator.len() == 1) {
            Some((name, Value::Array(list)))
                if matches!(name.as_str(), "prefix" | "suffix" | "equals-ignore-case" | "wildcard") =>
            {
                let text = value.as_str().unwrap_or_default();
                list.iter().fold(Match::No, |answer, item| answer.or(by_text(name, item, text))).not()
            }
            Some((name, argument))
                if matches!(name.as_str(), "prefix" | "suffix" | "equals-ignore-case" | "wildcard") =>
            {
                value.as_str().map_or(Match::Yes, |text| by_text(name, argument, text).not())
            }
            _ => Match::Maybe,
        },
        Value::Array(list) => Match::from(!list.iter().any(|wanted| equal(wanted, value))),
        wanted => Match::from(!equal(wanted, value)),
    }
}

/// `[">", 0, "<=", 5]`: pairs of comparison and number, all of which have to hold.
fn numeric(argument: &Value, number: f64) -> Match {
    let Some(list) = argument.as_array().filter(|list| !list.is_empty()) else { return Match::Maybe };
    list.chunks(2).fold(Match::Yes, |answer, pair| {
        let (Some(sign), Some(limit)) = (pair.first().and_then(Value::as_str), pair.get(1).and_then(Value::as_f64))
        else {
            return answer.and(Match::Maybe);
        };
        answer.and(match sign {
            "<" => Match::from(number < limit),
            "<=" => Match::from(number <= limit),
            ">" => Match::from(number > limit),
            ">=" => Match::from(number >= limit),
            "=" => Match::from((number - limit).abs() < f64::EPSILON),
            _ => Match::Maybe,
        })
    })
}

/// `*` stands for any run of characters; `\*` and `\\` for themselves. Linear memory, no recursion.
fn wildcard(pattern: &str, text: &str) -> bool {
    enum Piece {
        Any,
        Char(char),
    }
    let mut pieces = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            '*' => Piece::Any,
            '\\' => Piece::Char(chars.next().unwrap_or('\\')),
            c => Piece::Char(c),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pieces.get(p), text.get(t)) {
            (Some(Piece::Any), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(Piece::Char(a)), Some(b)) if a == b => {
                p += 1;
                t += 1;
            }
            _ => match star {
                // Let the last star take one character more.
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pieces.iter().skip(p).all(|piece| matches!(piece, Piece::Any))
}

#[cfg(test)]
mod tests;
