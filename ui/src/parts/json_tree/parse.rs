//! JSON as it was written: keys in their order, numbers to the last digit.
//!
//! A parser of our own, because a value of `serde_json` sorts the keys and rounds a number of twenty digits, and a payload
//! is shown to find out why it did not work. Strings are still decoded by `serde_json`.

/// Deeper than this is shown as text: nobody writes it, and it would use up the stack.
const DEEPEST: usize = 128;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    /// A string, with what it holds when that is an object or array written as JSON.
    Text(String, Option<Box<Json>>),
    /// A number, `true`, `false` or `null`, as written.
    Plain(String),
}

/// `None` when the text is not JSON.
pub fn parse(text: &str) -> Option<Json> {
    parse_at(text, 0)
}

fn parse_at(text: &str, depth: usize) -> Option<Json> {
    let mut reader = Reader { text, at: 0 };
    let json = reader.value(depth)?;
    reader.space();
    (reader.at == text.len()).then_some(json)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// Takes the character if it comes next, after space.
    fn take(&mut self, wanted: char) -> bool {
        self.space();
        let there = self.rest().starts_with(wanted);
        if there {
            self.at += wanted.len_utf8();
        }
        there
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        self.space();
        match self.rest().as_bytes().first()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let text = self.string()?;
                let inner = holds_json(&text).then(|| parse_at(&text, depth + 1)).flatten().map(Box::new);
                Some(Json::Text(text, inner))
            }
            _ => self.plain(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut members = Vec::new();
        self.take('{');
        if self.take('}') {
            return Some(Json::Object(members));
        }
        loop {
            self.space();
            let key = self.string()?;
            if !self.take(':') {
                return None;
            }
            members.push((key, self.value(depth + 1)?));
            if self.take('}') {
                return Some(Json::Object(members));
            }
            if !self.take(',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        self.take('[');
        if self.take(']') {
            return Some(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(']') {
                return Some(Json::Array(items));
            }
            if !self.take(',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let rest = self.rest();
        let mut escaped = false;
        let inside = rest.strip_prefix('"')?;
        let end = inside.bytes().position(|byte| {
            let end = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            end
        })?;
        let quoted = rest.get(..end + 2)?;
        self.at += quoted.len();
        // Half a surrogate pair is no text; it is shown as it was written.
        let decoded = serde_json::from_str(quoted).ok();
        decoded.or_else(|| quoted.contains("\\u").then(|| quoted.trim_matches('"').to_owned()))
    }

    fn plain(&mut self) -> Option<Json> {
        let rest = self.rest();
        let end = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        let word = rest.get(..end)?;
        if !matches!(word, "true" | "false" | "null") && !is_number(word) {
            return None;
        }
        self.at += end;
        Some(Json::Plain(word.to_owned()))
    }
}

/// `-0.5e+3` and the like, of any length.
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// Worth a try: only what is an object or array unfolds, a number in a string is a string.
fn holds_json(text: &str) -> bool {
    let text = text.trim();
    (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']') && text.len() > 2)
}

/// As text with two spaces for each level, as it came otherwise.
pub fn write(json: &Json) -> String {
    let mut text = String::new();
    write_at(json, 0, &mut text);
    text
}

/// The quoted form of a text.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn write_at(json: &Json, depth: usize, text: &mut String) {
    let line = |text: &mut String, first: bool, depth: usize| {
        text.push_str(if first { "\n" } else { ",\n" });
        text.push_str(&"  ".repeat(depth));
    };
    match json {
        Json::Object(members) if !members.is_empty() => {
            text.push('{');
            for (index, (key, value)) in members.iter().enumerate() {
                line(text, index == 0, depth + 1);
                text.push_str(&quoted(key));
                text.push_str(": ");
                write_at(value, depth + 1, text);
            }
            line(text, true, depth);
            text.push('}');
        }
        Json::Array(items) if !items.is_empty() => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                line(text, index == 0, depth + 1);
                write_at(item, depth + 1, text);
            }
            line(text, true, depth);
            text.push(']');
        }
        Json::Object(_) => text.push_str("{}"),
        Json::Array(_) => text.push_str("[]"),
        Json::Text(inner, _) => text.push_str(&quoted(inner)),
        Json::Plain(word) => text.push_str(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order_and_numbers_their_digits() {
        let text = r#" {"z": 1, "a": 12345678901234567890.10, "z": [true,null , {}], "e": -1.5E+400} "#;
        let json = parse(text).unwrap();
        let Json::Object(members) = &json else { panic!("{json:?}") };
        assert_eq!(members.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["z", "a", "z", "e"]);
        assert_eq!(members[1].1, Json::Plain("12345678901234567890.10".into()));
        let written = write(&json);
        assert_eq!(parse(&written).unwrap(), json);
        assert!(written.starts_with("{\n  \"z\": 1,\n"), "{written}");
        assert!(written.ends_with("\"e\": -1.5E+400\n}"), "{written}");
    }

    #[test]
    fn what_is_not_json_is_not_taken_for_it() {
        let not = [
            "",
            "  ",
            "{",
            "[1,",
            "[1,]",
            "{\"a\":}",
            "{\"a\" 1}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "--1",
            "nul",
            "1 2",
            "\"a",
            "{} x",
            "NaN",
            "['a']",
            "\"\\x\"",
        ];
        for text in not {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["0", "-0", "10", "0.50", "1e5", "\"\"", "[]", "{}", "null", "\n[ ]\t"] {
            assert!(parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn the_same_is_json_as_for_serde() {
        for text in
            ["[1,2,{\"a\":\"b\\\\\\\"c\"}]", "\"\\u00e9\\n\"", "\"tab\tin\"", "[1]]", "{\"a\":1,}", "tru", "[,]"]
        {
            assert_eq!(parse(text).is_some(), serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn strings_are_decoded_and_unfold() {
        assert_eq!(parse(r#""caf\u00e9\n\"x\"""#), Some(Json::Text("café\n\"x\"".into(), None)));
        let cause =
            parse(r#"{"Cause": "{\"ErrorMessage\":\"[1]\", \"n\": 3}", "no": "{x}", "empty": "[]", "one": "17"}"#);
        let Some(Json::Object(members)) = cause else { panic!() };
        let Json::Text(_, Some(inner)) = &members[0].1 else { panic!("{members:?}") };
        let Json::Object(inner) = &**inner else { panic!() };
        assert!(matches!(&inner[0].1, Json::Text(text, Some(_)) if text == "[1]"));
        for (key, value) in members.iter().skip(1) {
            assert!(matches!(value, Json::Text(_, None)), "{key}");
        }
        // Half a surrogate pair stands as it was written.
        assert_eq!(parse(r#""\ud83d""#), Some(Json::Text("\\ud83d".into(), None)));
    }

    #[test]
    fn depth_is_limited() {
        let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&deep(100)).is_some());
        assert_eq!(parse(&deep(5_000)), None);
    }
}
