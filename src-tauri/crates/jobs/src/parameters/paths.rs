//! Paths in S3 that arguments name, and whether they are read or written, as far as their names say.

use contract::jobs::{DataPath, Direction};

/// An argument with the name that stands before it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub name: Option<&'a str>,
    pub value: &'a str,
}

/// Paths of one run that are kept; a list of thousands is an argument, not a table.
const MOST: usize = 200;

/// Each path once, in the order of the arguments.
pub fn paths<'a>(arguments: impl Iterator<Item = Named<'a>>) -> Vec<DataPath> {
    let mut all = Vec::new();
    for argument in arguments {
        let found = uris(argument.value).into_iter().map(|(at, uri)| {
            let inner = name_before(argument.value.get(..at).unwrap_or_default());
            let name = inner.or(argument.name);
            DataPath { uri, direction: name.map_or(Direction::Unknown, direction), argument: name.map(str::to_owned) }
        });
        extend(&mut all, found.collect());
    }
    all
}

pub(super) fn extend(all: &mut Vec<DataPath>, more: Vec<DataPath>) {
    for path in more {
        if all.len() < MOST && !all.iter().any(|known| known.uri == path.uri && known.direction == path.direction) {
            all.push(path);
        }
    }
}

/// Words of a command line: an option without `=` names the words behind it.
pub(super) fn arguments(words: &[String]) -> impl Iterator<Item = Named<'_>> {
    let mut name = None;
    words.iter().map(move |word| {
        let is_option = word.starts_with('-') && !word.contains("://");
        if is_option {
            name = Some(word.as_str());
        }
        Named { name, value: word }
    })
}

/// SageMaker says what is input and what is output.
pub(super) fn channels(inputs: &[(String, String)], outputs: &[(String, String)]) -> Vec<DataPath> {
    let rows = [(Direction::Input, inputs), (Direction::Output, outputs)];
    let mut all = Vec::new();
    for (direction, pairs) in rows {
        for (name, value) in pairs {
            let argument = Some(name.clone()).filter(|name| !name.is_empty());
            let found = uris(value).into_iter().map(|(_, uri)| DataPath { uri, direction, argument: argument.clone() });
            extend(&mut all, found.collect());
        }
    }
    all
}

/// Every `s3://`, `s3a://` and `s3n://` in a text, with its place in bytes; written as `s3://`.
pub fn uris(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("://")).map(|at| at + from) {
        let before = text.get(..at).unwrap_or_default();
        let scheme = ["s3a", "s3n", "s3"].into_iter().find(|scheme| before.ends_with(scheme));
        let rest = text.get(at + 3..).unwrap_or_default();
        let path = rest.get(..end_of(rest)).unwrap_or_default();
        if let Some(scheme) = scheme {
            let start = at - scheme.len();
            let inside = before.get(..start).is_some_and(|text| text.ends_with(|c: char| c.is_alphanumeric()));
            if !inside && !path.is_empty() && !path.starts_with('/') {
                found.push((start, format!("s3://{path}")));
            }
        }
        from = at + 3 + path.len();
    }
    found
}

/// Where a path ends, in bytes. What a pattern of Hadoop puts in braces and brackets belongs to it: `{a,b}`, `[0-9]`, `\*`.
fn end_of(text: &str) -> usize {
    let mut at = 0;
    loop {
        let (before, left) = text.split_at_checked(at).unwrap_or((text, ""));
        let Some(c) = left.chars().next() else { return at };
        let inside = match c {
            // `${day}` is a name that something else puts a value in for.
            '{' if !before.ends_with('$') => closed(left, '}').filter(|group| group.contains(',')).map(str::len),
            '[' => closed(left, ']').map(str::len),
            '\\' => left.chars().nth(1).filter(|c| "*?{}[]".contains(*c)).map(|c| 1 + c.len_utf8()),
            _ => None,
        };
        match inside {
            Some(length) => at += length,
            None if is_outside(c) || "{}[],\\".contains(c) => return at,
            None => at += c.len_utf8(),
        }
    }
}

/// What no path of an argument holds unescaped, and no pattern in it.
fn is_outside(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`;|<>()".contains(c)
}

/// The group that a text begins with; braces may hold others.
fn closed(text: &str, end: char) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if is_outside(c) {
            return None;
        }
        if at == 0 || c == '{' && end == '}' {
            depth += 1;
        } else if c == end {
            depth -= 1;
            if depth == 0 {
                return text.get(..at + c.len_utf8());
            }
        }
    }
    None
}

/// The name that stands before a place in a text: `input=`, `"source": "`, `--in=`.
fn name_before(text: &str) -> Option<&str> {
    // In a list the name stands before the first element.
    let text = text.rsplit(['{', ';', '&', '\n']).next().unwrap_or(text);
    let at = text.rfind(['=', ':']).filter(|at| !text.get(*at..).is_some_and(|rest| rest.starts_with("://")));
    let (name, between) = text.split_at_checked(at.or_else(|| text.find(['=', ':']))?)?;
    if between.len() > 1 && between.get(1..).is_some_and(|rest| rest.starts_with("//")) {
        // `a=s3://one,s3://two`: the colon belongs to the path before.
        let at = name.find('=')?;
        return word(name.get(..at)?);
    }
    word(name)
}

fn word(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let start = text.char_indices().rev().take_while(|(_, c)| inside(*c)).last()?.0;
    text.get(start..)
}

/// By the words of a name: `--input-path` and `sourceUri` are read, `output_dir` is written.
pub(super) fn direction(name: &str) -> Direction {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        let starts = c.is_uppercase() && lower;
        if starts || !c.is_alphanumeric() {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if let Some(last) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            last.extend(c.to_lowercase());
        }
    }
    let said = words.iter().find_map(|word| match word.as_str() {
        "in" | "input" | "inputs" | "src" | "source" | "sources" | "read" | "from" | "landing" | "raw" | "train"
        | "validation" | "test" => Some(Direction::Input),
        "out" | "output" | "outputs" | "dst" | "dest" | "destination" | "target" | "sink" | "write" | "to"
        | "result" | "results" | "save" | "checkpoint" => Some(Direction::Output),
        _ => None,
    });
    said.unwrap_or(Direction::Unknown)
}
