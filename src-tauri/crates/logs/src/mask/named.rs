//! Values whose names say that they are secret: `--password x`, `spark.foo.secret=x`, `"token": "x"`, `DB_PASSWORD: x`.

use super::{Kind, Mask};

/// Ends of names, in lower case and without separators.
const ENDS: [&str; 19] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secrets",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "accountkey",
    "credential",
    "credentials",
    "authorization",
    "signature",
    "encryptionkey",
    "symmetrickey",
    "accesskeyid",
];

/// Words of SQL behind which a secret stands in quotes, with nothing else between ("COPY, Authorization parameters").
const SQL: [&str; 6] =
    ["password", "credentials", "access_key_id", "secret_access_key", "session_token", "master_symmetric_key"];

pub fn find(line: &[u8], found: &mut Vec<Mask>) {
    // Every one of these names has one of these letters in it, but so has all else: the words are looked at one by one.
    let mut at = 0;
    while let Some(rest) = line.get(at..) {
        let Some(gap) = rest.iter().position(is_name) else { return };
        let start = at + gap;
        let name = rest.get(gap..).unwrap_or_default();
        let length = name.iter().position(|byte| !is_name(byte)).unwrap_or(name.len());
        at = start + length;
        let Some(name) = name.get(..length) else { return };
        let Some(after) = line.get(at..) else { return };
        if name.eq_ignore_ascii_case(b"bearer") {
            if let Some(value) = after.strip_prefix(b" ") {
                at = push(line, line.len() - value.len(), found).unwrap_or(at);
            }
            continue;
        }
        let opened = start.checked_sub(1).and_then(|before| line.get(before)) == Some(&b'(');
        let Some((value, loud)) = value(name, after, opened) else { continue };
        if is_secret(name, loud) && !is_harmless(name, value) {
            let from = line.len() - value.len();
            let authorization = name.len() >= 13 && name.to_ascii_lowercase().ends_with(b"authorization");
            at = if authorization { push_all(line, from, found) } else { push(line, from, found) }.unwrap_or(at);
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as iterators give it")]
fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// What is behind a name if it is a value; and whether the name is surely one (an option, a quoted key, `=`).
fn value<'a>(name: &[u8], after: &'a [u8], opened: bool) -> Option<(&'a [u8], bool)> {
    let quoted = matches!(after, [b'"' | b'\'', ..]);
    let unquoted = if quoted { after.get(1..)? } else { after };
    // In a JSON string inside of a JSON string.
    let unquoted = unquoted.strip_prefix(b"\\\"").unwrap_or(unquoted);
    let separator = unquoted.trim_ascii_start();
    match separator {
        [b'=', b'>', value @ ..] | [b'=', value @ ..] => Some((value.trim_ascii_start(), true)),
        // As Scala prints pairs: `(spark.foo.password,x)`.
        [b',', value @ ..] if opened => Some((value, true)),
        [b':', value @ ..] if quoted || matches!(value, [b' ', ..]) => Some((value.trim_ascii_start(), quoted)),
        [b':', value @ ..] if !value.starts_with(b"/") => Some((value, false)),
        // A quote closed what was in front: `["--password", "x"]`.
        [b',', value @ ..] if quoted && name.starts_with(b"-") => Some((value.trim_ascii_start(), true)),
        value
            if name.starts_with(b"-") && !quoted && matches!(after, [b' ' | b'\t', ..]) && !value.starts_with(b"-") =>
        {
            Some((value, true))
        }
        value if !quoted && value.len() < after.len() && is_sql(name) => in_quotes(value).map(|value| (value, true)),
        _ => None,
    }
}

fn is_sql(name: &[u8]) -> bool {
    SQL.iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()))
}

/// `'x'`, `as 'x'`, and both in a text in quotes, where each quote is written twice. A role is no secret.
fn in_quotes(value: &[u8]) -> Option<&[u8]> {
    let value = match value {
        [b'a' | b'A', b's' | b'S', rest @ ..] => rest.trim_ascii_start(),
        _ => value,
    };
    let inside = value.strip_prefix(b"'")?;
    if inside.get(..13).is_some_and(|start| start.eq_ignore_ascii_case(b"aws_iam_role=")) {
        return None;
    }
    let doubled = matches!(inside, [b'\'', first, ..] if first.is_ascii_alphanumeric());
    Some(if doubled { inside } else { value })
}

/// `spark.hadoop.fs.s3a.secret.key`, but not the class `HadoopDelegationTokenManager`, which has a colon behind it too.
pub fn is_secret(name: &[u8], loud: bool) -> bool {
    let lower: Vec<u8> = name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    if ENDS.iter().any(|end| lower.ends_with(end.as_bytes())) {
        return true;
    }
    let contains = |word: &[u8]| memchr::memmem::find(&lower, word).is_some();
    loud && (contains(b"password") || contains(b"secret") || contains(b"passwd"))
}

/// A folder, and values that are no values.
fn is_harmless(name: &[u8], value: &[u8]) -> bool {
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let word = value.get(..bare(value)).unwrap_or(value);
    let is_folder = (name == b"PWD" || name == b"OLDPWD" || name == b"pwd") && value.starts_with(b"/");
    let nothing =
        [&b"null"[..], b"none", b"true", b"false", b"nil", b"undefined"].iter().any(|no| word.eq_ignore_ascii_case(no));
    is_folder || nothing || (!word.is_empty() && word.iter().all(|byte| *byte == b'*'))
}

fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'&' | b';' | b',' | b')' | b'}' | b']' | b'`')
}

/// The value at `from`: in quotes to the other quote, else to a space. A comma or bracket ends it only before a space or
/// the end, for passwords have them.
fn push(line: &[u8], from: usize, found: &mut Vec<Mask>) -> Option<usize> {
    let value = line.get(from..)?;
    let (skipped, end) = match value {
        [b'\\', b'"', rest @ ..] => (2, memchr::memmem::find(rest, b"\\\"").unwrap_or(rest.len()) + 2),
        [quote @ (b'"' | b'\''), rest @ ..] => (1, closing(*quote, rest) + 1),
        _ => (0, bare(value)),
    };
    if end <= skipped {
        return None;
    }
    found.push(Mask { kind: Kind::Secret, range: from + skipped..from + end });
    Some(from + end)
}

/// To the closing quote, or to the end of the line: a scheme and what belongs to it.
fn push_all(line: &[u8], from: usize, found: &mut Vec<Mask>) -> Option<usize> {
    let value = line.get(from..)?;
    let quotes = value.iter().take_while(|byte| matches!(byte, b'"' | b'\'')).count();
    let end = value
        .iter()
        .skip(quotes)
        .position(|byte| matches!(byte, b'"' | b'\'' | b'\r'))
        .map_or(value.len(), |at| at + quotes);
    if end <= quotes {
        return None;
    }
    found.push(Mask { kind: Kind::Secret, range: from + quotes..from + end });
    Some(from + end)
}

/// Where the quote is closed. SQL writes one inside of single quotes twice.
fn closing(quote: u8, rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        let doubled = quote == b'\'' && rest.get(at + 1) == Some(&quote);
        match byte {
            b'\\' => at += 2,
            byte if *byte != quote => at += 1,
            _ if doubled => at += 2,
            _ => return at,
        }
    }
    rest.len()
}

fn bare(value: &[u8]) -> usize {
    let is_close = |byte: &u8| matches!(byte, b',' | b')' | b'}' | b']');
    let mut at = 0;
    while let Some((byte, rest)) = value.get(at..).and_then(|rest| rest.split_first()) {
        let ends = if is_close(byte) {
            let behind = rest.iter().find(|byte| !is_close(byte)).copied().unwrap_or(b' ');
            at > 0 && is_end(behind)
        } else {
            is_end(*byte)
        };
        if ends {
            break;
        }
        at += 1;
    }
    at
}
