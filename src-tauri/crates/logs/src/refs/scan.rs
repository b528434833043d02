//! Finding the names of a line.

use super::{Kind, Ref};
use std::ops::Range;

/// Bytes of a line that are looked at.
const FAR: usize = 16 << 10;

/// All names, in order.
pub fn refs(line: &[u8]) -> Vec<Ref> {
    let line = line.get(..line.len().min(FAR)).unwrap_or(line);
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = b' ';
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.first().copied().unwrap_or(b' ');
        // A name begins where a word begins; what is in the middle of one is another word's.
        if !is_word(before)
            && let Some((kind, value)) = name(first, rest)
        {
            let range = at + value.start..at + value.end;
            let text = line.get(range.clone()).unwrap_or_default();
            found.push(Ref { kind, value: String::from_utf8_lossy(text).into_owned(), range: range.clone() });
            at = range.end;
            before = b'a';
            continue;
        }
        before = first;
        at += 1;
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn name(first: u8, rest: &[u8]) -> Option<(Kind, Range<usize>)> {
    let shaped = |prefix: &[u8], shape: &[u8], kind| shaped(rest, prefix, shape).map(|length| (kind, 0..length));
    match first {
        b'c' => shaped(b"container_e", b"9_9_9_9_9", Kind::Container)
            .or_else(|| shaped(b"container_", b"9_9_9_9", Kind::Container)),
        b'a' => shaped(b"application_", b"9_9", Kind::Application)
            .or_else(|| shaped(b"appattempt_", b"9_9_9", Kind::AppAttempt))
            .or_else(|| shaped(b"attempt_", b"9_9_m_9_9", Kind::TaskAttempt))
            .or_else(|| shaped(b"attempt_", b"9_9_r_9_9", Kind::TaskAttempt)),
        b'j' => shaped(b"job_", b"9_9", Kind::HadoopJob)
            .or_else(|| job_run(rest).map(|length| (Kind::JobRun, 0..length)))
            .or_else(|| id(rest, b"j-", 8, 24, is_upper).map(|length| (Kind::Cluster, 0..length))),
        b'i' => {
            if let Some(length) = shaped_host(rest) {
                return Some((Kind::Host, 0..length));
            }
            id(rest, b"i-", 8, 17, u8::is_ascii_hexdigit).map(|length| (Kind::Instance, 0..length))
        }
        b's' => object(rest)
            .map(|length| (Kind::Object, 0..length))
            .or_else(|| id(rest, b"s-", 8, 24, is_upper).map(|length| (Kind::Step, 0..length)))
            .or_else(|| stage(rest)),
        b'S' => stage(rest),
        b'e' | b'E' => executor(rest).map(|range| (Kind::Executor, range)),
        b'w' => with_id(rest).map(|range| (Kind::Executor, range)),
        b'T' => number(rest, b"TID ").map(|range| (Kind::Task, range)),
        _ => None,
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as u8's own functions take it")]
fn is_upper(byte: &u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// The length of what has a prefix and a shape, where `9` stands for a number. Nothing of a word may follow.
fn shaped(text: &[u8], prefix: &[u8], shape: &[u8]) -> Option<usize> {
    let mut rest = text.strip_prefix(prefix)?;
    for part in shape {
        if *part == b'9' {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest = rest.get(length..).filter(|_| length > 0)?;
        } else {
            rest = rest.strip_prefix(&[*part])?;
        }
    }
    rest.first().is_none_or(|next| !is_word(*next)).then_some(text.len() - rest.len())
}

fn id(text: &[u8], prefix: &[u8], least: usize, most: usize, of: fn(&u8) -> bool) -> Option<usize> {
    let rest = text.strip_prefix(prefix)?;
    let length = rest.iter().take_while(|byte| of(byte)).count();
    let ends = rest.get(length).is_none_or(|next| !is_word(*next) && *next != b'-');
    // `s-ABCDEFGH` may be a word; an id has digits.
    let digits = rest.get(..length)?.iter().any(u8::is_ascii_digit);
    ((least..=most).contains(&length) && ends && digits).then_some(prefix.len() + length)
}

/// `jr_0123…`, of a retry with `_attempt_2` behind it.
fn job_run(text: &[u8]) -> Option<usize> {
    let (_, rest) = text.split_at_checked(3)?;
    let hex = 3 + rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let attempt = text.get(hex..).and_then(|rest| shaped(rest, b"_attempt_", b"9")).unwrap_or_default();
    let alone = if attempt > 0 { text.get(..hex)? } else { text };
    let length = id(alone, b"jr_", 16, 64, u8::is_ascii_hexdigit)?;
    let ends = text.get(length + attempt) != Some(&b'-');
    ends.then_some(length + attempt)
}

/// `ip-10-0-1-2` with the domain behind it.
fn shaped_host(text: &[u8]) -> Option<usize> {
    let mut rest = text.strip_prefix(b"ip")?;
    for _ in 0..4 {
        rest = rest.strip_prefix(b"-")?;
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = rest.get(length..).filter(|_| (1..=3).contains(&length))?;
    }
    while let [b'.', next, ..] = rest
        && next.is_ascii_alphanumeric()
    {
        let length = rest.iter().skip(1).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        rest = rest.get(1 + length..)?;
    }
    Some(text.len() - rest.len())
}

fn object(text: &[u8]) -> Option<usize> {
    let prefix = [&b"s3://"[..], b"s3a://", b"s3n://"].into_iter().find(|prefix| text.starts_with(prefix))?;
    let rest = text.get(prefix.len()..)?;
    let stops = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b',' | b';' | b')' | b']' | b'}' | b'|' | b'`')
    };
    let length = rest.iter().position(stops).unwrap_or(rest.len());
    let name = rest.get(..length)?;
    // A sentence ends behind it.
    let dots = name.iter().rev().take_while(|byte| matches!(byte, b'.' | b':')).count();
    (length > dots).then_some(prefix.len() + length - dots)
}

/// `stage 3.0`, `Stage 3`.
fn stage(text: &[u8]) -> Option<(Kind, Range<usize>)> {
    let rest = text.strip_prefix(b"stage ").or_else(|| text.strip_prefix(b"Stage "))?;
    let mut length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    if let Some([b'.', attempt @ ..]) = rest.get(length..) {
        let digits = attempt.iter().take_while(|byte| byte.is_ascii_digit()).count();
        length += if digits > 0 { 1 + digits } else { 0 };
    }
    Some((Kind::Stage, 6..6 + length))
}

/// The number behind a prefix.
fn number(text: &[u8], prefix: &[u8]) -> Option<Range<usize>> {
    let rest = text.strip_prefix(prefix)?;
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends = rest.get(length).is_none_or(|next| !is_word(*next));
    (length > 0 && ends).then(|| prefix.len()..prefix.len() + length)
}

/// `executor 7`, `Executor ID 7`, `executor-id 7`, `executorId=7`, `executor: 7`, `executor with ID 7`.
fn executor(text: &[u8]) -> Option<Range<usize>> {
    let (word, rest) = text.split_first_chunk::<8>()?;
    if !word.eq_ignore_ascii_case(b"executor") {
        return None;
    }
    let between =
        [&b" with ID "[..], b" ID ", b" id ", b"-id ", b"-id=", b"Id=", b"Id: ", b"Id ", b" #", b": ", b" ", b"-"];
    between.iter().find_map(|between| number(rest, between)).map(|range| range.start + 8..range.end + 8)
}

/// `with ID 7`, at the end of `Registered executor NettyRpcEndpointRef(...) (10.0.1.2:44444) with ID 7`.
fn with_id(text: &[u8]) -> Option<Range<usize>> {
    number(text, b"with ID ")
}
