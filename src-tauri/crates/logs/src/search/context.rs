//! Lines around hits.

use super::Hit;
use std::ops::Range;

/// The spans of lines that show each hit with `before` and `after` lines, joined where they meet, in a file of `lines`
/// lines. Hits are in order.
pub fn around(hits: &[Hit], before: u64, after: u64, lines: u64) -> Vec<Range<u64>> {
    let mut spans: Vec<Range<u64>> = Vec::new();
    for hit in hits {
        let span = hit.line.saturating_sub(before)..hit.line.saturating_add(after).saturating_add(1).min(lines);
        match spans.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => spans.push(span),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_meet_are_one() {
        let hits = [0, 4, 20, 99].map(|line| Hit { line, offset: 0, length: 0, mark: 0..0 });
        assert_eq!(around(&hits, 2, 2, 100), [0..7, 18..23, 97..100]);
        assert_eq!(around(&hits[..1], 0, 0, 100).first(), Some(&(0..1)));
        assert!(around(&[], 1, 1, 100).is_empty());
    }
}
