//! Message templates: a line with its numbers, ids, hosts and paths taken out, so that two lines of one statement are one
//! thing. What a failed run says and the last success did not is the shortest way to an unknown cause. (The idea is
//! Drain's, He et al., ICWS 2017; here tokens are normalised by their shape alone, which needs no training and gives the
//! same template in every run.)

use crate::input::{FileId, Level, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Of the first line; what lies beyond rarely tells templates apart.
const LONGEST: usize = 300;
/// A job has hundreds; a stranger's log may have millions.
const MOST: usize = 20_000;

/// One template with what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub text: String,
    pub count: u64,
    /// An error or worse was among them.
    pub error: bool,
    /// The first line, redacted, with its place.
    pub sample: String,
    pub file: u32,
    pub line: u64,
}

/// Templates by text. Counts stay exact for those that are kept; past the limit new ones are not taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Templates {
    seen: BTreeMap<String, Template>,
}

/// All templates of `records`.
pub fn templates<'a>(records: impl IntoIterator<Item = Record<'a>>) -> Templates {
    let mut all = Templates::default();
    for record in records {
        all.add(&record);
    }
    all
}

impl Templates {
    pub fn add(&mut self, record: &Record<'_>) {
        self.add_as(record, &mut Keys::default());
    }

    pub(crate) fn add_as(&mut self, record: &Record<'_>, keys: &mut Keys) {
        let line = first_line(record.text);
        let text = keys.of(&line);
        if text.is_empty() {
            return;
        }
        let error = record.level >= Some(Level::Error);
        if let Some(known) = self.seen.get_mut(text) {
            known.count += 1;
            known.error |= error;
            return;
        }
        if self.seen.len() < MOST {
            let (FileId(file), sample) = (record.file, crate::redact(&line).into_owned());
            let entry = Template { text: text.to_owned(), count: 1, error, sample, file, line: record.line };
            self.seen.insert(text.to_owned(), entry);
        }
    }

    /// Takes `other` in. Of two samples the one that stands first is kept, so that the order of merging does not matter.
    pub fn merge(&mut self, other: Self) {
        for (text, theirs) in other.seen {
            match self.seen.get_mut(&text) {
                Some(ours) => {
                    let count = ours.count + theirs.count;
                    let error = ours.error || theirs.error;
                    if (theirs.file, theirs.line) < (ours.file, ours.line) {
                        *ours = theirs;
                    }
                    (ours.count, ours.error) = (count, error);
                }
                None => {
                    self.seen.insert(text, theirs);
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.seen.len()
    }

    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    pub fn has(&self, text: &str) -> bool {
        self.seen.contains_key(text)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.seen.values()
    }

    /// What `baseline` does not have: errors first, then the rare, then by place.
    pub fn new_since(&self, baseline: &Self) -> Vec<Template> {
        let mut new: Vec<_> = self.iter().filter(|template| !baseline.has(&template.text)).cloned().collect();
        new.sort_by_key(|template| (!template.error, template.count, template.file, template.line));
        new
    }
}

/// The template of the line that was asked for last: of one record it is asked for by everybody who keeps something of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    line: String,
    key: String,
}

impl Keys {
    pub fn of(&mut self, line: &str) -> &str {
        if self.line != line {
            self.key = template(line);
            line.clone_into(&mut self.line);
        }
        &self.key
    }
}

pub(crate) fn first_line(text: &[u8]) -> String {
    let text = text.get(..LONGEST).unwrap_or(text);
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    String::from_utf8_lossy(text.get(..end).unwrap_or_default()).trim_end().to_owned()
}

/// The template of one line.
pub fn template(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for token in line.split_whitespace() {
        // The time that a line starts with says nothing.
        if text.is_empty() && is_time(token) {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        shape(token, &mut text);
    }
    text
}

pub(crate) fn is_time(token: &str) -> bool {
    let token = token.trim_matches(|letter| matches!(letter, '[' | ']' | '(' | ')'));
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let part =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'/' | b':' | b'-' | b'.' | b',' | b'T' | b'Z' | b'+');
    (4..30).contains(&digits) && token.bytes().all(part)
}

fn shape(token: &str, out: &mut String) {
    if token.contains("://") || token.bytes().filter(|byte| *byte == b'/').count() >= 3 {
        out.push_str("<path>");
        return;
    }
    if !token.bytes().any(|byte| byte.is_ascii_digit()) {
        out.push_str(token);
        return;
    }
    for (index, part) in token.split(['=', '(', ')', '[', ']', ',', ';', '"', '\'', '@', '{', '}']).enumerate() {
        if index > 0 {
            // Which separator it was does not tell templates apart.
            out.push('.');
        }
        word(part, out);
    }
}

fn word(word: &str, out: &mut String) {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        out.push_str(word);
        return;
    }
    let hex = word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if hex {
        out.push_str("<id>");
        return;
    }
    let mut in_number = false;
    for letter in word.chars() {
        let number = letter.is_ascii_digit() || (in_number && matches!(letter, '.' | '-' | '_' | ':'));
        if number && !in_number {
            out.push_str("<n>");
        } else if !number {
            out.push(letter);
        }
        in_number = number;
    }
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn two_lines_of_one_statement_have_one_template() {
        let one = "26/03/04 02:13:52 ERROR YarnScheduler: Lost executor 11 on ip-10-4-18-203.eu-west-1.compute.internal: exit 137";
        let other = "26/03/05 09:00:00 ERROR YarnScheduler: Lost executor 7 on ip-10-4-1-9.eu-west-1.compute.internal: exit 137";
        assert_eq!(template(one), template(other));
        assert_eq!(template("2024-01-01T00:00:00.123Z read s3://b/k/1 in 12.5 ms"), "read <path> in <n> ms");
        assert_eq!(template("   "), "");
        assert_ne!(template("a b c"), template("a b d"));
    }
}
