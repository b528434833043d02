//! Masks what looks like a secret or personal data before a preview leaves the core.
//!
//! Bytes that match become `*`, one for one, so that lines and columns stay where they were. Masking is a courtesy to
//! whoever looks over a shoulder, not a proof that nothing is left.

use regex::bytes::{Captures, Regex};
use std::sync::LazyLock;

/// A pattern; if it has a group, only the group is masked.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // AWS access key ids and their like (IAM user guide, unique identifiers).
        r"\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}\b",
        // key = value, "key": "value", --key value
        r#"(?i)(?:password|passwd|pwd|secret|secret_?access_?key|session_?token|api_?-?key|access_?token|auth_?token|private_?key|credentials?)["']?\s*(?:[=:]|\s)\s*["']?([^\s"',;&]{4,})"#,
        r"(?i)\bauthorization:\s*(?:basic|bearer)\s+(\S+)",
        r"(?i)://[^/\s:@]+:([^/\s@]+)@",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
        r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END|\z)",
        r"(?i)\b[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

static CARDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b\d(?:[ -]?\d){12,18}\b").ok());

/// Masks a body. Its length stays.
pub(super) fn mask(mut body: Vec<u8>) -> Vec<u8> {
    for pattern in PATTERNS.iter() {
        body = replace(pattern, body, |_| true);
    }
    if let Some(cards) = CARDS.as_ref() {
        body = replace(cards, body, is_card);
    }
    body
}

fn replace(pattern: &Regex, body: Vec<u8>, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let spans: Vec<(usize, usize)> = pattern
        .captures_iter(&body)
        .filter_map(|found: Captures<'_>| found.get(1).or_else(|| found.get(0)).map(|part| (part.start(), part.end())))
        .filter(|(from, to)| body.get(*from..*to).is_some_and(&wanted))
        .collect();
    let mut body = body;
    for (from, to) in spans {
        if let Some(part) = body.get_mut(from..to) {
            part.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
        }
    }
    body
}

/// Luhn's check, so that order numbers stay readable.
fn is_card(digits: &[u8]) -> bool {
    let digits: Vec<u32> =
        digits.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| u32::from(byte - b'0')).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn masked(text: &str) -> String {
        String::from_utf8(mask(text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn secrets_and_personal_data_are_masked() {
        assert_eq!(masked("key AKIAIOSFODNN7EXAMPLE."), "key ********************.");
        assert_eq!(masked("password=hunter22 next"), "password=******** next");
        assert_eq!(masked(r#"{"secret": "wJalrXUtnFEMI"}"#), r#"{"secret": "*************"}"#);
        assert_eq!(masked("jdbc://app:p4ssw0rd@db/x"), "jdbc://app:********@db/x");
        assert_eq!(masked("mail ann@example.com,"), "mail ***************,");
        assert_eq!(masked("ssn 078-05-1120"), "ssn ***********");
        assert_eq!(masked("card 4111 1111 1111 1111"), "card **** **** **** ****");
        assert_eq!(masked("Authorization: Bearer abc.def"), "Authorization: Bearer *******");
    }

    #[test]
    fn sales_rows_stay_readable() {
        let row = "8841241,s-022,cola-05,1,2.40,2026-11-20T22:11:09Z\n";
        assert_eq!(masked(row), row);
        assert_eq!(masked("order 1234567890123"), "order 1234567890123", "no card by Luhn");
    }

    proptest! {
        #[test]
        fn the_length_stays(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(mask(body.clone()).len(), body.len());
        }
    }
}
