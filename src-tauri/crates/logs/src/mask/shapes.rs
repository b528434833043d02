//! What its own shape gives away: AWS key ids, tokens of well-known services, passwords in addresses, e-mail addresses.

use super::{Kind, Mask};
use memchr::memmem;
use std::ops::Range;

/// Prefixes of tokens, with the least length of what follows.
const TOKENS: [(&[u8], usize); 9] = [
    (b"ghp_", 20),
    (b"gho_", 20),
    (b"ghs_", 20),
    (b"github_pat_", 20),
    (b"glpat-", 16),
    (b"xoxb-", 16),
    (b"xoxp-", 16),
    (b"sk_live_", 16),
    (b"dapi", 32),
];

pub fn find(line: &[u8], found: &mut Vec<Mask>) {
    for prefix in [&b"AKIA"[..], b"ASIA"] {
        words(line, prefix, |word| {
            word.len() == 20 && word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
        .for_each(|range| found.push(Mask { kind: Kind::AccessKey, range }));
    }
    for (prefix, least) in TOKENS {
        words(line, prefix, |word| word.len() >= prefix.len() + least)
            .for_each(|range| found.push(Mask { kind: Kind::Token, range }));
    }
    // A JSON web token: three parts, of which the first two begin with `{"` in base 64.
    words(line, b"eyJ", |word| word.split(|byte| *byte == b'.').filter(|part| part.len() >= 8).count() >= 2)
        .for_each(|range| found.push(Mask { kind: Kind::Token, range }));
    addresses(line, found);
    mails(line, found);
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as iterators give it")]
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Words that begin so.
fn words<'a>(
    line: &'a [u8],
    prefix: &'a [u8],
    is: impl Fn(&[u8]) -> bool + 'a,
) -> impl Iterator<Item = Range<usize>> + 'a {
    memmem::find_iter(line, prefix).filter_map(move |start| {
        let inside = start.checked_sub(1).and_then(|before| line.get(before)).is_some_and(u8::is_ascii_alphanumeric);
        let rest = line.get(start..).filter(|_| !inside)?;
        let length = rest.iter().position(|byte| !is_token(byte)).unwrap_or(rest.len());
        let word = rest.get(..length)?;
        // The dot of a sentence.
        let word = word.strip_suffix(b".").unwrap_or(word);
        is(word).then_some(start..start + word.len())
    })
}

/// `scheme://user:password@host`, and Oracle's `jdbc:oracle:thin:user/password@host`.
fn addresses(line: &[u8], found: &mut Vec<Mask>) {
    let mut password = |from: usize, separator: u8| {
        let Some(rest) = line.get(from..) else { return };
        let length =
            rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>'));
        let whole = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        // A password may hold an `@` and not a `/`, unless it is written `%2F`.
        let end = if separator == b':' {
            whole.iter().position(|byte| *byte == b'/').unwrap_or(whole.len())
        } else {
            whole.len()
        };
        let Some(at) = whole.get(..end).and_then(|part| memchr::memrchr(b'@', part)) else { return };
        let Some(colon) = whole.get(..at).and_then(|user| memchr::memchr(separator, user)) else { return };
        if colon + 1 < at {
            found.push(Mask { kind: Kind::Password, range: from + colon + 1..from + at });
        }
    };
    memmem::find_iter(line, b"://").for_each(|at| password(at + 3, b':'));
    memmem::find_iter(line, b"jdbc:oracle:thin:").for_each(|at| password(at + 17, b'/'));
}

fn mails(line: &[u8], found: &mut Vec<Mask>) {
    for at in memchr::memchr_iter(b'@', line) {
        let before = line.get(..at).unwrap_or_default();
        let after = line.get(at + 1..).unwrap_or_default();
        let name = before.iter().rev().take_while(|byte| is_token(byte) || matches!(byte, b'+' | b'%')).count();
        let domain =
            after.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')).count();
        let domain = after.get(..domain).unwrap_or_default();
        let domain = domain.strip_suffix(b".").unwrap_or(domain);
        let Some(dot) = memchr::memrchr(b'.', domain) else { continue };
        let top = domain.get(dot + 1..).unwrap_or_default();
        let of_us = dot > 0 && top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic);
        // `spark://CoarseGrainedScheduler@ip-10-0-1-2.ec2.internal:4` is nobody's.
        let machine = top.eq_ignore_ascii_case(b"internal") || top.eq_ignore_ascii_case(b"local");
        let in_address = before.get(..at - name).is_some_and(|before| before.ends_with(b"://"));
        if name > 0 && of_us && !machine && !in_address {
            found.push(Mask { kind: Kind::Email, range: at - name..at + 1 + domain.len() });
        }
    }
}
