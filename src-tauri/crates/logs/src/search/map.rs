//! Where the hits of a file are, for the scroll bar.

/// Hits for equal spans of lines. The spans double as the file grows, so it is made while nobody knows how long the
/// file will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitMap {
    counts: Vec<u64>,
    /// Lines of a span: 2 to the power of this.
    power: u32,
}

/// Spans at most: more than a scroll bar has rows of pixels.
const SPANS: usize = 4_096;

impl Default for HitMap {
    fn default() -> Self {
        Self { counts: vec![0; SPANS], power: 0 }
    }
}

impl HitMap {
    pub fn add(&mut self, line: u64) {
        while crate::size(line >> self.power) >= SPANS {
            let halved: Vec<u64> = self.counts.chunks(2).map(|pair| pair.iter().sum()).collect();
            self.counts = halved;
            self.counts.resize(SPANS, 0);
            self.power += 1;
        }
        if let Some(count) = self.counts.get_mut(crate::size(line >> self.power)) {
            *count += 1;
        }
    }

    /// Hits in each of `buckets` equal parts of a file of `lines` lines.
    pub fn buckets(&self, buckets: usize, lines: u64) -> Vec<u64> {
        let mut found = vec![0; buckets];
        for (span, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let line = u128::from(crate::wide(span) << self.power);
            let bucket = line * u128::from(crate::wide(buckets)) / u128::from(lines.max(1));
            let bucket = usize::try_from(bucket).unwrap_or(usize::MAX).min(buckets.saturating_sub(1));
            if let Some(into) = found.get_mut(bucket) {
                *into += count;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_double_and_nothing_is_lost() {
        let mut map = HitMap::default();
        for line in (0..1_000_000).step_by(1_000) {
            map.add(line);
        }
        let buckets = map.buckets(10, 1_000_000);
        assert_eq!(buckets.iter().sum::<u64>(), 1_000);
        assert!(buckets.iter().all(|count| (98..=102).contains(count)), "{buckets:?}");
        assert_eq!(HitMap::default().buckets(3, 0), [0, 0, 0]);
        assert!(map.buckets(0, 5).is_empty());
    }
}
