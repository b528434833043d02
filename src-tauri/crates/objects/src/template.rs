//! Key templates: where a restored version goes when it does not go back on top.
//!
//! `archive/{yyyy}/{mm}/{name}_{date}{ext}`. Times are those of the version, in UTC. `{{` and `}}` stand for braces. The
//! result is a valid key that differs from the version's own, or there is none.

use crate::key;
use contract::objects::VersionFact;

/// The fields, in the order in which messages list them.
pub const FIELDS: [&str; 14] =
    ["key", "dir", "name", "ext", "yyyy", "mm", "dd", "hh", "min", "ss", "date", "time", "version", "etag"];

/// What is wrong with a template or its result. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("`{{{name}}}` at character {at} is not a field. Fields: {}", fields())]
    UnknownField { name: String, at: usize },
    #[error("`{{` at character {at} has no `}}`. Write `{{{{` for a brace")]
    Open { at: usize },
    #[error("`}}` at character {at} has no `{{`. Write `}}}}` for a brace")]
    Close { at: usize },
    #[error("the template gives an empty key")]
    Empty,
    #[error("the key would be {0} bytes long; S3 takes at most {max}", max = key::MAX_BYTES)]
    TooLong(usize),
    #[error("the template gives the key itself: that would be a restore in place")]
    Same,
}

fn fields() -> String {
    FIELDS.map(|field| format!("{{{field}}}")).join(" ")
}

/// The key that `template` gives for a version.
///
/// - `{key}` the whole key; `{dir}` what lies before its last part, with the `/` (empty at the top); `{name}` the last part
///   without `{ext}`; so `{dir}{name}{ext}` is `{key}`.
/// - `{ext}` from its dot on. The ending of a compressed file counts with the one before it: `.csv.gz`, `.tar.gz`. A name that
///   begins with its only dot (`.env`) has none. A folder marker's `/` counts as its `{ext}`, so that the copy is one too.
/// - `{yyyy}` `{mm}` `{dd}` `{hh}` `{min}` `{ss}`; `{date}` is `2026-11-21`, `{time}` is `05-52-04` (no colons: a downloaded file
///   keeps its name on every system).
/// - `{version}` the first 8 characters of the version id; `{etag}` the ETag without quotes.
pub fn expand(template: &str, version: &VersionFact) -> Result<String, TemplateError> {
    let to_key = fill(template, version)?;
    if to_key.is_empty() {
        return Err(TemplateError::Empty);
    }
    if to_key.len() > key::MAX_BYTES {
        return Err(TemplateError::TooLong(to_key.len()));
    }
    if to_key == version.key {
        return Err(TemplateError::Same);
    }
    Ok(to_key)
}

/// Checks a template while it is typed, before any version is known.
pub fn check(template: &str) -> Result<(), TemplateError> {
    parse(template)
        .map(|pieces| pieces.is_empty())
        .and_then(|empty| if empty { Err(TemplateError::Empty) } else { Ok(()) })
}

enum Piece {
    Text(char),
    Field(&'static str),
}

fn parse(template: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut chars = (1..).zip(template.chars()).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '{' | '}' if chars.next_if(|(_, next)| *next == c).is_some() => pieces.push(Piece::Text(c)),
            '{' => {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some((_, '}')) => break,
                        Some((_, c)) if c != '{' => name.push(c),
                        _ => return Err(TemplateError::Open { at }),
                    }
                }
                match FIELDS.into_iter().find(|field| *field == name) {
                    Some(field) => pieces.push(Piece::Field(field)),
                    None => return Err(TemplateError::UnknownField { name, at }),
                }
            }
            '}' => return Err(TemplateError::Close { at }),
            c => pieces.push(Piece::Text(c)),
        }
    }
    Ok(pieces)
}

fn fill(template: &str, version: &VersionFact) -> Result<String, TemplateError> {
    let (dir, name, ext) = split(&version.key);
    let time = |format: &str| version.last_modified.strftime(format).to_string();
    let mut out = String::new();
    for piece in parse(template)? {
        match piece {
            Piece::Text(c) => out.push(c),
            Piece::Field(field) => match field {
                "key" => out.push_str(&version.key),
                "dir" => out.push_str(dir),
                "name" => out.push_str(name),
                "ext" => out.push_str(ext),
                "yyyy" => out.push_str(&time("%Y")),
                "mm" => out.push_str(&time("%m")),
                "dd" => out.push_str(&time("%d")),
                "hh" => out.push_str(&time("%H")),
                "min" => out.push_str(&time("%M")),
                "ss" => out.push_str(&time("%S")),
                "date" => out.push_str(&time("%Y-%m-%d")),
                "time" => out.push_str(&time("%H-%M-%S")),
                "version" => out.extend(version.version_id.chars().take(8)),
                _ => out.push_str(version.etag.as_deref().unwrap_or("").trim_matches('"')),
            },
        }
    }
    Ok(out)
}

/// `{dir}`, `{name}` and `{ext}` of a key.
fn split(whole: &str) -> (&str, &str, &str) {
    const COMPRESSED: [&str; 12] =
        [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzo", ".sz", ".snappy", ".br", ".z", ".deflate", ".lzma"];
    let dir = key::parent(whole);
    let last = key::name(whole);
    if let Some(name) = last.strip_suffix('/') {
        return (dir, name, "/");
    }
    // The dot of an extension is neither the first nor the last character.
    let dot = |text: &str| text.rfind('.').filter(|dot| *dot > 0 && dot + 1 < text.len());
    let mut at = dot(last).unwrap_or(last.len());
    let (stem, ext) = last.split_at_checked(at).unwrap_or((last, ""));
    if COMPRESSED.contains(&ext.to_ascii_lowercase().as_str()) {
        let inner = dot(stem).filter(|dot| {
            let inner = stem.get(dot + 1..).unwrap_or("");
            inner.len() <= 10
                && inner.bytes().any(|b| b.is_ascii_alphabetic())
                && inner.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        at = inner.unwrap_or(at);
    }
    let (name, ext) = last.split_at_checked(at).unwrap_or((last, ""));
    (dir, name, ext)
}

#[cfg(test)]
mod tests;
