//! JSON as it arrives: with a byte order mark, and with the bare `NaN` and `Infinity` that Python writes by default.

use super::ReadError;
use serde_json::{Map, Value};

/// Reads the text; what is borrowed of it stays inside of `read`.
pub(crate) fn parse<T>(bytes: &[u8], read: impl Fn(&str) -> serde_json::Result<T>) -> Result<T, ReadError> {
    let text = text(bytes)?;
    let read = read(text).or_else(|error| mended(text).map_or(Err(error), |mended| read(&mended)));
    read.map_err(not_json)
}

/// The whole file, which is an object.
pub(crate) fn object(bytes: &[u8], expected: &'static str) -> Result<Map<String, Value>, ReadError> {
    match parse(bytes, |text| serde_json::from_str(text))? {
        Value::Object(map) => Ok(map),
        other => Err(ReadError::OtherFile { expected, found: kind(&other) }),
    }
}

pub(crate) fn text(bytes: &[u8]) -> Result<&str, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| ReadError::NotText { at: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

pub(crate) fn not_json(error: serde_json::Error) -> ReadError {
    let (line, column) = (error.line(), error.column());
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or_default().to_owned();
    ReadError::NotJson { line, column, what }
}

/// What a value is, for a sentence.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "it holds null",
        Value::Bool(_) => "it holds a boolean",
        Value::Number(_) => "it holds a number",
        Value::String(_) => "it holds a string",
        Value::Array(_) => "it holds a list",
        Value::Object(_) => "it holds an object of another kind",
    }
}

/// A string, or a number or boolean in its own spelling. None for nothing, lists and objects.
pub(crate) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A string of a map, by any of its names.
pub(crate) fn word_of(map: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| word(map.get(*name)?))
}

/// The text with bare `NaN`, `Infinity` and `-Infinity` as strings; None if it has none.
pub(crate) fn mended(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut kept = 0;
    let mut is_inside = false;
    let mut is_escaped = false;
    for (at, sign) in text.char_indices() {
        if is_inside {
            is_inside = sign != '"' || is_escaped;
            is_escaped = sign == '\\' && !is_escaped;
            continue;
        }
        match sign {
            '"' => (is_inside, is_escaped) = (true, false),
            'N' | 'I' if at >= kept => {
                let rest = text.get(at..).unwrap_or_default();
                let Some(name) = ["NaN", "Infinity"].into_iter().find(|name| rest.starts_with(name)) else { continue };
                let before = text.get(kept..at).unwrap_or_default();
                let (before, minus) = before.strip_suffix('-').map_or((before, ""), |before| (before, "-"));
                out.push_str(before);
                out.push('"');
                out.push_str(minus);
                out.push_str(name);
                out.push('"');
                kept = at + name.len();
            }
            _ => {}
        }
    }
    if kept == 0 {
        return None;
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_names_of_numbers_are_read_and_words_are_left() {
        let text = r#"{"NaN": NaN, "a\"Infinity": [Infinity, -Infinity, 1], "b": "NaN -Infinity"}"#;
        let mended = mended(text).unwrap();
        assert_eq!(mended, r#"{"NaN": "NaN", "a\"Infinity": ["Infinity", "-Infinity", 1], "b": "NaN -Infinity"}"#);
        assert!(object(text.as_bytes(), "x").unwrap().contains_key("NaN"));
        assert_eq!(super::mended(r#"{"NaN": 1}"#), None);
    }

    #[test]
    fn what_is_not_json_says_where() {
        assert_eq!(object(b"[1]", "a report").unwrap_err().to_string(), "it is not a report: it holds a list");
        let error = object(b"{\n \"a\": }", "x").unwrap_err();
        assert!(matches!(&error, ReadError::NotJson { line: 2, what, .. } if what == "expected value"), "{error}");
        assert_eq!(object(b"\xef\xbb\xbf{}", "x"), Ok(Map::new()));
        assert_eq!(object(b"{\"a\": \"\xff\"}", "x").unwrap_err(), ReadError::NotText { at: 7 });
    }
}
