//! JSON that may be cut: the service ends causes, outputs and parameters in the middle of a word once they are too long.
//!
//! Whole JSON is read by `serde_json`. What it refuses is read here as far as it goes: everything that stands before the
//! cut keeps its place, a text that was cut ends in `…`, and a number at the cut is dropped, because half of 137 is
//! another number. The reader never goes deeper than [`DEEPEST`] and never back, so its time is linear in the text.

use serde_json::{Map, Number, Value};

/// Levels of objects and arrays that are followed; deeper ones are skipped.
const DEEPEST: usize = 48;

/// Reads an object or array. The flag says whether it was whole. `None` for anything else, and for text of which nothing
/// could be read.
pub(crate) fn read(text: &str) -> Option<(Value, bool)> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return Some((value, true));
    }
    let value = Reader { text, at: 0 }.value(0)?;
    let empty = match &value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => true,
    };
    (!empty).then_some((value, false))
}

/// One field of the outermost object, as text, without reading the others into memory. Texts and numbers only.
pub(crate) fn field(text: &str, key: &str) -> Option<String> {
    let start = text.find('{')?;
    if !text.get(..start)?.trim().is_empty() {
        return None;
    }
    let mut reader = Reader { text, at: start + 1 };
    loop {
        let (name, whole) = reader.key()?;
        if !whole {
            return None;
        }
        if name == key {
            return match reader.value(1)? {
                Value::String(text) => Some(text),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            };
        }
        reader.skip()?;
        if !reader.comma() {
            return None;
        }
    }
}

/// A word that is short enough to be shown, of a value that is no object or array.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn comma(&mut self) -> bool {
        self.space();
        let comma = self.peek() == Some(b',');
        self.at += usize::from(comma);
        comma
    }

    /// A name with its colon; the flag says whether both were whole.
    fn key(&mut self) -> Option<(String, bool)> {
        self.space();
        if self.peek() != Some(b'"') {
            return None;
        }
        let (name, whole) = self.string();
        self.space();
        let colon = self.peek() == Some(b':');
        self.at += usize::from(colon);
        Some((name, whole && colon))
    }

    /// At a quote. The flag says whether the closing one was there.
    fn string(&mut self) -> (String, bool) {
        self.at += 1;
        let mut read = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(stop) = rest.find(['"', '\\']) else {
                read.push_str(rest);
                self.at = self.text.len();
                return (read, false);
            };
            read.push_str(rest.get(..stop).unwrap_or_default());
            self.at += stop;
            if self.peek() == Some(b'"') {
                self.at += 1;
                return (read, true);
            }
            let Some(sign) = self.escape() else {
                self.at = self.text.len();
                return (read, false);
            };
            read.push(sign);
        }
    }

    /// At a backslash. `None` when the text ends inside of it.
    fn escape(&mut self) -> Option<char> {
        let rest = self.text.get(self.at + 1..)?;
        let sign = rest.chars().next()?;
        self.at += 1 + sign.len_utf8();
        Some(match sign {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let first = self.hex()?;
                let rest = self.text.get(self.at..).unwrap_or_default();
                if (0xD800..0xDC00).contains(&first) && rest.starts_with("\\u") {
                    self.at += 2;
                    let second = self.hex()?;
                    let joined = 0x1_0000 + ((first - 0xD800) << 10) + (second.wrapping_sub(0xDC00) & 0x3FF);
                    char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)
                } else {
                    char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
            }
            other => other,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(number)
    }

    /// `None` when nothing of it can be told.
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.space();
        match self.peek()? {
            b'{' if depth < DEEPEST => Some(self.object(depth)),
            b'[' if depth < DEEPEST => Some(self.array(depth)),
            b'{' | b'[' => {
                self.skip()?;
                Some(Value::Null)
            }
            b'"' => {
                let (mut text, whole) = self.string();
                if !whole {
                    text.push('…');
                }
                Some(Value::String(text))
            }
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut map = Map::new();
        while let Some((name, true)) = self.key() {
            let Some(value) = self.value(depth + 1) else { break };
            map.insert(name, value);
            if !self.comma() {
                break;
            }
        }
        self.close(b'}');
        Value::Object(map)
    }

    fn array(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut list = Vec::new();
        while let Some(value) = self.value(depth + 1) {
            list.push(value);
            if !self.comma() {
                break;
            }
        }
        self.close(b']');
        Value::Array(list)
    }

    fn close(&mut self, bracket: u8) {
        self.space();
        if self.peek() == Some(bracket) {
            self.at += 1;
        } else {
            // No JSON from here on: nothing after it may be taken for a value.
            self.at = self.text.len();
        }
    }

    fn word(&mut self) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && !matches!(sign, '+' | '-' | '.'))?;
        let word = rest.get(..end)?;
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => Value::Number(word.parse::<Number>().ok()?),
        };
        self.at += end;
        Some(value)
    }

    /// Steps over one value without keeping it. `None` when the text ended inside.
    fn skip(&mut self) -> Option<()> {
        self.space();
        let mut open = 0_usize;
        loop {
            let rest = self.text.get(self.at..)?;
            match self.peek()? {
                b'"' => {
                    if !self.skip_string() {
                        return None;
                    }
                }
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    open = open.checked_sub(1)?;
                    self.at += 1;
                }
                _ if open == 0 => self.at += rest.find([',', '}', ']'])?,
                _ => self.at += rest.find(['"', '{', '[', '}', ']'])?,
            }
            if open == 0 {
                return Some(());
            }
        }
    }

    /// At a quote: steps behind the closing one, if there is one.
    fn skip_string(&mut self) -> bool {
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(stop) = rest.find(['"', '\\']) else {
                self.at = self.text.len();
                return false;
            };
            self.at += stop;
            if self.peek() == Some(b'"') {
                self.at += 1;
                return true;
            }
            let escaped = rest.get(stop + 1..).and_then(|rest| rest.chars().next());
            self.at += 1 + escaped.map_or(0, char::len_utf8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &str = r#"{"Error":"A","n":{"list":[1,2,{"deep":"x\n\u00e9\ud83d\ude00"}],"code":137},"Cause":"the \"end\"","last":12}"#;

    #[test]
    fn a_cut_number_is_dropped_and_a_cut_text_says_so() {
        let (value, whole) = read(r#"{"ExitCode": 13"#).map_or((Value::Null, true), |read| read);
        assert_eq!((value, whole), (Value::Null, true), "nothing but half a number is nothing");
        let (value, whole) = read(r#"{"Reason":"out of mem"#).unwrap();
        assert!(!whole);
        assert_eq!(value["Reason"], "out of mem…");
        let (value, _) = read(r#"{"a":{"b":["x","y"#).unwrap();
        assert_eq!(value["a"]["b"][1], "y…");
        let (value, _) = read(r#"{"a":"x\u00"#).unwrap();
        assert_eq!(value["a"], "x…");
    }

    #[test]
    fn every_cut_keeps_what_stood_before() {
        for (cut, _) in WHOLE.char_indices() {
            let read = read(&WHOLE[..cut]);
            if cut > WHOLE.find("\"n\"").unwrap() {
                assert_eq!(read.unwrap().0["Error"], "A", "cut at {cut}");
            }
        }
        let (value, _) = read(&WHOLE[..WHOLE.find("\"last").unwrap()]).unwrap();
        assert_eq!(value["n"]["list"][2]["deep"], "x\né😀");
        assert_eq!(value["Cause"], "the \"end\"");
    }

    #[test]
    fn one_field_without_the_others() {
        assert_eq!(field(WHOLE, "last").as_deref(), Some("12"));
        assert_eq!(field(WHOLE, "Cause").as_deref(), Some("the \"end\""));
        assert_eq!(field(WHOLE, "code"), None, "nested ones are not taken");
        assert_eq!(field(WHOLE, "missing"), None);
        assert_eq!(field(" [1]", "a"), None);
        assert_eq!(field("plain {\"a\":1}", "a"), None);
        assert_eq!(field(r#"{"a":"cut"#, "a").as_deref(), Some("cut…"));
    }

    #[test]
    fn brackets_without_end_are_read_in_one_pass() {
        let deep = "[".repeat(200_000);
        assert!(read(&deep).is_none_or(|(_, whole)| !whole));
        let deep = format!("{{\"a\":{}1{},\"b\":\"kept\"}}", "[".repeat(500), "]".repeat(500));
        assert_eq!(read(&deep).unwrap().0["b"], "kept");
        assert!(read("{Cause=java style}").is_none());
        assert!(read("plain").is_none());
    }

    proptest! {
        #[test]
        fn whole_json_is_read_like_serde_reads_it(list in proptest::collection::vec(("[a-z]{1,4}", "\\PC{0,8}"), 0..6)) {
            let map: Map<String, Value> = list.into_iter().map(|(key, text)| (key, Value::String(text))).collect();
            let text = Value::Object(map.clone()).to_string();
            let mut reader = Reader { text: &text, at: 0 };
            prop_assert_eq!(reader.value(0), Some(Value::Object(map)));
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}\",:\\\\a-c0-9ué😀 ]{0,60}") {
            let _ = read(&text);
            let _ = field(&text, "a");
        }
    }
}
