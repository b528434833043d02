//! The day that a text is about: the one date that it names again and again.

use super::HEAD;
use std::collections::BTreeMap;

/// Times that a date is named before it says something.
const ENOUGH: u64 = 3;
/// Bytes of `2026-11-20`.
const LENGTH: usize = 10;

/// The beginning of a text, in which dates are looked for.
#[derive(Debug, Default)]
pub struct Dates(Vec<u8>);

impl Dates {
    pub fn feed(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.0.len());
        self.0.extend_from_slice(bytes.get(..bytes.len().min(room)).unwrap_or_default());
    }

    /// The date that nine of ten are, where it is named often enough.
    pub fn one(&self) -> Option<String> {
        let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
        let mut before: Option<u8> = None;
        let mut rest = self.0.as_slice();
        while let Some((first, behind)) = rest.split_first() {
            let date = rest.get(..LENGTH).and_then(date).filter(|_| before.is_none_or(|byte| !byte.is_ascii_digit()));
            (before, rest) = match date {
                Some(date) => {
                    *seen.entry(date).or_default() += 1;
                    (None, rest.get(LENGTH..).unwrap_or_default())
                }
                None => (Some(*first), behind),
            };
        }
        let all: u64 = seen.values().sum();
        let (date, times) = seen.into_iter().max_by_key(|(_, times)| *times)?;
        (times >= ENOUGH && times * 10 >= all * 9).then(|| date.to_owned())
    }
}

/// `2026-11-20`, and nothing else of this length.
fn date(bytes: &[u8]) -> Option<&str> {
    let marks = |(at, byte): (usize, &u8)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
    if !bytes.iter().enumerate().all(marks) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let real = (1990..2100).contains(&number(0, 4)?)
        && (1..=12).contains(&number(5, 7)?)
        && (1..=31).contains(&number(8, 10)?);
    real.then_some(text)
}
