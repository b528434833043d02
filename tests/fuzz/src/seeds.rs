//! Where a target starts: the texts that the tests of its reader are made of, taken from their sources, so that no corpus
//! has to be kept and every new test is a new seed.

pub mod texts;

use crate::Target;
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// Bytes of a word that libFuzzer may put anywhere.
const WORD: usize = 40;

/// The inputs of a target, the shortest first.
///
/// # Errors
/// A source that is not where it was.
pub fn of(target: &Target) -> io::Result<Vec<String>> {
    let mut all: BTreeSet<(usize, String)> = BTreeSet::new();
    for text in texts_of(target)? {
        all.extend((target.wrap)(&text).into_iter().map(|input| (input.len(), input)));
    }
    Ok(all.into_iter().map(|(_, input)| input).collect())
}

/// Words of the texts, in the notation of libFuzzer's dictionaries.
///
/// # Errors
/// As [`of`].
pub fn dictionary(target: &Target) -> io::Result<String> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    for text in texts_of(target)? {
        let parts = text.split(|sign: char| sign.is_whitespace() || "{}[]()<>\"',;".contains(sign));
        words.extend(parts.chain([text.as_str()]).filter(|word| (2..=WORD).contains(&word.len())).map(str::to_owned));
    }
    let mut lines = String::new();
    for word in words {
        lines.push('"');
        for byte in word.bytes() {
            let _ = write!(lines, "\\x{byte:02x}");
        }
        lines.push_str("\"\n");
    }
    Ok(lines)
}

fn texts_of(target: &Target) -> io::Result<Vec<String>> {
    let mut texts = Vec::new();
    for source in target.sources {
        let path = place(source);
        let source = fs::read_to_string(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        // What runs for real holds words for people; what its tests hold are examples.
        let examples = source.find("#[cfg(test)]\nmod tests {").and_then(|at| source.get(at..)).unwrap_or(&source);
        texts.extend(literals(examples));
        texts.extend(
            in_brackets(examples, "json!(").filter(|text| serde_json::from_str::<serde_json::Value>(text).is_ok()),
        );
        texts.extend(tables(examples));
    }
    Ok(texts)
}

/// `@executions/wire.rs` stands in the sources of that crate.
fn place(source: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("..");
    match source.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
        Some((name, file)) => root.join("src-tauri").join("crates").join(name).join("src").join(file),
        None => root.join(source),
    }
}

/// Tables of recorded events.
fn tables(source: &str) -> impl Iterator<Item = String> + '_ {
    source.split("[Line; ").skip(1).filter_map(|rest| Some(rest.split_once("= [")?.1.split_once("\n];")?.0.to_owned()))
}

/// What stands behind a start, up to the bracket that closes it.
fn in_brackets<'a>(source: &'a str, start: &'static str) -> impl Iterator<Item = String> + 'a {
    source.split(start).skip(1).filter_map(|rest| {
        let mut depth = 1_u32;
        let end = rest.char_indices().find(|(_, sign)| {
            depth = depth + u32::from(*sign == '(') - u32::from(*sign == ')');
            depth == 0
        });
        Some(rest.get(..end?.0)?.to_owned())
    })
}

/// The string literals of a Rust source.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        rest = from.get(1..).unwrap_or_default();
        if from.starts_with("//") {
            rest = from.split_once('\n').map_or("", |(_, next)| next);
        } else if from.starts_with("'\"'") || from.starts_with("'\\\"'") {
            rest = from.trim_start_matches('\'').split_once('\'').map_or("", |(_, next)| next);
        } else if from.starts_with('"') {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let raw = before.trim_end_matches('#').ends_with('r');
            let close = format!("\"{}", "#".repeat(hashes));
            let end = if raw { rest.find(&close) } else { plain_end(rest) };
            let Some((text, next)) = end.and_then(|end| rest.split_at_checked(end)) else { break };
            rest = next.get(1..).unwrap_or_default();
            found.push(if raw { text.to_owned() } else { unescaped(text) });
        }
    }
    found
}

fn plain_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices()
        .find(|(_, sign)| {
            let end = *sign == '"' && !escaped;
            escaped = *sign == '\\' && !escaped;
            end
        })
        .map(|(at, _)| at)
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, if sign == '\\' { signs.next() } else { None }) {
            (_, Some('n')) => out.push('\n'),
            (_, Some('r')) => out.push('\r'),
            (_, Some('t')) => out.push('\t'),
            (_, Some('0')) => out.push('\0'),
            (_, Some('\n')) => while signs.next_if(|sign| sign.is_whitespace()).is_some() {},
            (_, Some('u')) => {
                let digits: String = signs.by_ref().take_while(|sign| *sign != '}').skip(1).collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            (_, Some(other)) => out.push(other),
            (plain, None) => out.push(plain),
        }
    }
    out
}
