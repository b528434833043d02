//! The filter line: `size>10MB stored:<now-2d class:GLACIER -name:"test*" menu`.
//!
//! Terms are separated by spaces and all have to hold. A term is a word, which is looked for in the searched fields, or
//! `field:value` with an optional comparison (`:` `:>` `:>=` `:<` `:<=` `:=`, the colon may be left out before a sign).
//! `-` before a term turns it round. Quotes keep spaces together, `*` and `?` stand for any text and any character,
//! `a,b` means either, `none` means that the field is empty. A term that is not understood is reported with its place
//! and left out; the others hold.

use super::{FieldSpec, Value};
use contract::{
    Timestamp,
    sets::{FieldKind, FilterError},
};
use jiff::{ToSpan, civil::Date, tz::Offset};
use std::cmp::Ordering;

/// The time that relative times start from, and the zone of times typed without one.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: Timestamp,
    /// Minutes east of UTC.
    pub offset_minutes: i32,
}

/// A filter that was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negated: bool,
    /// Index of the field; `None` searches.
    field: Option<usize>,
    /// One of them has to hold.
    tests: Vec<Test>,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// Lower case; the text contains it.
    Contains(String),
    /// Lower case; the whole text is this.
    Equals(String),
    /// Lower case, with `*` and `?`.
    Glob(Vec<char>),
    Number(Sign, i64),
    Real(Sign, f64),
    Time(Sign, Timestamp),
    /// From, until (exclusive).
    Within(Timestamp, Timestamp),
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Sign {
    /// Of a value against a limit.
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// A part of the line between spaces, quotes resolved.
struct Word {
    from: u32,
    to: u32,
    text: String,
    /// Position of the first character, in `text`, that was quoted: signs behind it are text.
    quoted_from: Option<usize>,
}

impl Filter {
    /// Reads a line. Errors carry their place in characters.
    pub fn read(line: &str, fields: &[FieldSpec], moment: &Moment) -> (Self, Vec<FilterError>) {
        let mut terms = Vec::new();
        let mut errors = Vec::new();
        for word in words(line, &mut errors) {
            match term(&word, fields, moment) {
                Ok(term) => terms.push(term),
                Err(message) => errors.push(FilterError { from: word.from, to: word.to, message }),
            }
        }
        (Self { terms }, errors)
    }

    /// Whether a row with these values is shown.
    pub fn passes<'a>(&self, fields: &[FieldSpec], value: impl Fn(usize) -> Value<'a>) -> bool {
        self.terms.iter().all(|term| {
            let holds = match term.field {
                Some(field) => {
                    let value = value(field);
                    term.tests.iter().any(|test| test.holds(&value))
                }
                None => fields.iter().enumerate().filter(|(_, field)| field.searched).any(|(field, _)| {
                    let value = value(field);
                    term.tests.iter().any(|test| test.holds(&value))
                }),
            };
            holds != term.negated
        })
    }
}

impl Test {
    fn holds(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Missing, value) => *value == Value::Missing,
            (Self::Contains(part), Value::Text(text)) => contains(text, part),
            (Self::Equals(whole), Value::Text(text)) => text.to_lowercase() == *whole,
            (Self::Glob(pattern), Value::Text(text)) => glob(pattern, &text.to_lowercase().chars().collect::<Vec<_>>()),
            (Self::Number(sign, limit), Value::Number(number)) => sign.holds(number.cmp(limit)),
            (Self::Real(sign, limit), Value::Real(number)) => sign.holds(number.total_cmp(limit)),
            (Self::Time(sign, limit), Value::Time(time)) => sign.holds(time.cmp(limit)),
            (Self::Within(from, until), Value::Time(time)) => from <= time && time < until,
            _ => false,
        }
    }
}

/// Case-insensitive; without allocation for the plain ASCII that keys mostly are.
fn contains(text: &str, part: &str) -> bool {
    if part.is_empty() {
        return true;
    }
    if text.is_ascii() && part.is_ascii() {
        return text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()));
    }
    text.to_lowercase().contains(part)
}

/// `*` any text, `?` any one character. Linear in the text for each star (the last star alone is ever revisited).
fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || Some(wanted) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, reached)) => {
                    p = at + 1;
                    t = reached + 1;
                    star = Some((at, reached + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|rest| *rest == '*')
}

fn words(line: &str, errors: &mut Vec<FilterError>) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<u32> = None;
    let mut position = 0;
    for (at, character) in (0_u32..).zip(line.chars()) {
        position = at + 1;
        if character.is_whitespace() && quote.is_none() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_with(|| Word { from: at, to: at, text: String::new(), quoted_from: None });
        word.to = at + 1;
        if character == '"' {
            quote = if quote.is_some() { None } else { Some(at) };
            word.quoted_from.get_or_insert(word.text.len());
        } else {
            word.text.push(character);
        }
    }
    if let Some(from) = quote {
        errors.push(FilterError { from, to: position, message: "The quote is not closed.".into() });
    }
    words.extend(word);
    words
}

fn term(word: &Word, fields: &[FieldSpec], moment: &Moment) -> Result<Term, String> {
    let quoted_from = word.quoted_from.unwrap_or(usize::MAX);
    let (negated, text, skipped) = match word.text.strip_prefix('-') {
        Some(rest) if quoted_from > 0 && !rest.is_empty() => (true, rest, 1),
        _ => (false, word.text.as_str(), 0),
    };
    let sign_at = text.find([':', '<', '>', '=']).filter(|at| at + skipped < quoted_from && *at > 0);
    let Some(sign_at) = sign_at else {
        let text = text.to_lowercase();
        let wanted = if quoted_from == usize::MAX && text.contains(['*', '?']) {
            // A word is looked for anywhere.
            Test::Glob(format!("*{text}*").chars().collect())
        } else {
            Test::Contains(text)
        };
        return Ok(Term { negated, field: None, tests: vec![wanted] });
    };
    let (name, rest) = text.split_at(sign_at);
    let (sign, value) = sign(rest);
    let (index, field) = fields
        .iter()
        .enumerate()
        .find(|(_, field)| field.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| unknown_field(name, fields))?;
    if value.is_empty() {
        return Err(format!("{name} wants a value."));
    }
    let tests = value
        .split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(|value| test(field, sign, value, moment))
        .collect::<Result<Vec<_>, _>>()?;
    if tests.is_empty() {
        return Err(format!("{name} wants a value."));
    }
    Ok(Term { negated, field: Some(index), tests })
}

fn unknown_field(name: &str, fields: &[FieldSpec]) -> String {
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    format!("There is no field {name} here. There are: {}.", names.join(", "))
}

fn sign(text: &str) -> (Option<Sign>, &str) {
    let text = text.strip_prefix(':').unwrap_or(text);
    for (written, sign) in
        [(">=", Sign::AtLeast), ("<=", Sign::AtMost), (">", Sign::More), ("<", Sign::Less), ("=", Sign::Equal)]
    {
        if let Some(rest) = text.strip_prefix(written) {
            return (Some(sign), rest);
        }
    }
    (None, text)
}

fn test(field: &FieldSpec, sign: Option<Sign>, value: &str, moment: &Moment) -> Result<Test, String> {
    if value.eq_ignore_ascii_case("none") {
        return Ok(Test::Missing);
    }
    match field.kind {
        FieldKind::Text => match sign {
            None if value.contains(['*', '?']) => Ok(Test::Glob(value.to_lowercase().chars().collect())),
            None if field.values.is_empty() => Ok(Test::Contains(value.to_lowercase())),
            None | Some(Sign::Equal) => Ok(Test::Equals(value.to_lowercase())),
            Some(_) => Err(format!("{} is text: it cannot be more or less.", field.name)),
        },
        FieldKind::Size => size(value).map(|size| Test::Number(sign.unwrap_or(Sign::Equal), size)),
        FieldKind::Number => value
            .replace([',', '_'], "")
            .parse()
            .map(|number| Test::Number(sign.unwrap_or(Sign::Equal), number))
            .map_err(|_| format!("{value} is not a number.")),
        FieldKind::Real => real(value).map(|number| Test::Real(sign.unwrap_or(Sign::Equal), number)),
        FieldKind::Duration => duration(value).map(|seconds| Test::Number(sign.unwrap_or(Sign::Equal), seconds)),
        FieldKind::Time => time(value, sign, moment),
    }
}

fn number_with_unit<'a>(value: &'a str, wanted: &str) -> Result<(f64, &'a str), String> {
    let split = value.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(split);
    let number: f64 = number.parse().map_err(|_| format!("{value} is not {wanted}."))?;
    Ok((number, unit.trim()))
}

/// Nothing has no sign, as in a row.
fn real(value: &str) -> Result<f64, String> {
    let number = value.replace('_', "").parse::<f64>().ok().filter(|number| !number.is_nan());
    number.map(|number| number + 0.0).ok_or_else(|| format!("{value} is not a number such as 0.1."))
}

/// Powers of 1024, as everywhere in the window.
fn size(value: &str) -> Result<i64, String> {
    const WANTED: &str = "a size such as 10MB";
    let (number, unit) = number_with_unit(value, WANTED)?;
    let power = match unit.to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return Err(format!("{value} is not {WANTED}.")),
    };
    #[allow(clippy::cast_possible_truncation)] // saturates, which is what a limit beyond all sizes should do
    Ok((number * 1024_f64.powi(power)).round() as i64)
}

fn duration(value: &str) -> Result<i64, String> {
    const WANTED: &str = "a duration such as 30m";
    let (number, unit) = number_with_unit(value, WANTED)?;
    let seconds = match unit.to_ascii_lowercase().as_str() {
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return Err(format!("{value} is not {WANTED}.")),
    };
    #[allow(clippy::cast_possible_truncation)] // saturates
    Ok((number * seconds).round() as i64)
}

fn time(value: &str, sign: Option<Sign>, moment: &Moment) -> Result<Test, String> {
    // A bare day is the whole day.
    if let Ok(date) = value.parse::<Date>() {
        let offset = Offset::from_seconds(moment.offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        let start = |date: Date| offset.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
        let next = date.checked_add(1.day()).map_err(|error| error.to_string())?;
        let (from, until) =
            start(date).and_then(|from| Ok((from, start(next)?))).map_err(|_| format!("{value} is out of range."))?;
        return Ok(match sign {
            None | Some(Sign::Equal) => Test::Within(from, until),
            Some(Sign::Less) => Test::Time(Sign::Less, from),
            Some(Sign::AtMost) => Test::Time(Sign::Less, until),
            Some(Sign::More) => Test::Time(Sign::AtLeast, until),
            Some(Sign::AtLeast) => Test::Time(Sign::AtLeast, from),
        });
    }
    let at = contract::time::parse(value, moment.now, moment.offset_minutes).map_err(|error| error.to_string())?;
    Ok(match sign {
        Some(sign) => Test::Time(sign, at),
        // `stored:now-2d`: since then.
        None => Test::Time(Sign::AtLeast, at),
    })
}

#[cfg(test)]
#[path = "filter/tests.rs"] // the fuzz targets borrow this file, and would look for its modules beside it
mod tests;
