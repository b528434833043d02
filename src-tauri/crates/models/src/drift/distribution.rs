//! One weighted cumulative distribution, of whatever a tool kept of a feature.
//!
//! It is a list of knots in order, each with the weight below it and up to it. Of values and sketches it is a staircase; of
//! buckets it rises in a straight line through each, which is an approximation. Ties are one knot with the weight of them
//! all: Model Monitor is said to count only one of them, see [`Ranked`].

mod ranked;

use crate::monitor::statistics::{Bucket, Sketch};

pub use ranked::{CountedOnce, Ranked, Room};

/// Never empty: some weight is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    knots: Vec<Knot>,
    weight: f64,
    basis: Basis,
}

/// What a distribution was made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// Every value.
    Values,
    /// A KLL sketch: a rank may be off by this part of all.
    Sketch { error: f64 },
    /// Ten buckets: approximate, and nobody knows how far off.
    Buckets,
}

impl Basis {
    /// How far a share may be off, 0 to 1; none where it is not known.
    pub fn error(self) -> Option<f64> {
        match self {
            Self::Values => Some(0.0),
            Self::Sketch { error } => Some(error),
            Self::Buckets => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Knot {
    at: f64,
    below: f64,
    upto: f64,
}

/// How far two distributions are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Apart {
    /// The largest difference of the two: L-infinity, the D of Kolmogorov and Smirnov.
    pub largest: f64,
    /// Where it is.
    pub at: f64,
    /// The area between them: the Wasserstein distance, in the unit of the feature.
    pub area: f64,
}

impl Distribution {
    /// Of raw values. What is not finite is left out. None without any.
    pub fn of_values(values: &[f64]) -> Option<Self> {
        let finite = values.iter().filter(|value| value.is_finite());
        Self::stepped(finite.map(|value| (ordered(*value), 1.0)).collect(), Basis::Values)
    }

    /// Of a sketch: an item of level *h* weighs 2^h.
    pub fn of_sketch(sketch: &Sketch) -> Option<Self> {
        Ranked::of_sketch(sketch, &mut Room::default()).map(|ranked| ranked.right)
    }

    /// As deequ ranked a sketch until September 2026 (its issue 392): a value that occurs many times has the weight of one of
    /// them, from the highest level that holds it. None where that changes nothing. The plain way, beside which that of
    /// [`Ranked`] is tested.
    #[cfg(test)]
    pub fn legacy(sketch: &Sketch, right: &Self) -> Option<Self> {
        let mut items: Vec<(u64, f64)> = sketch
            .items()
            .filter(|(value, _)| value.is_finite())
            .map(|(value, weight)| (ordered(value), weight))
            .collect();
        if items.len() == right.knots.len() {
            return None;
        }
        items.sort_by_key(|(key, _)| *key);
        let mut kept: Vec<(u64, f64)> = Vec::with_capacity(right.knots.len());
        for (key, weight) in items {
            match kept.last_mut().filter(|(last, _)| *last == key) {
                Some(last) => last.1 = weight,
                None => kept.push((key, weight)),
            }
        }
        Self::stepped(kept, basis(sketch))
    }

    /// Of buckets that do not overlap; none if they do, or are empty.
    pub fn of_buckets(buckets: &[Bucket]) -> Option<Self> {
        let mut buckets = buckets.to_vec();
        buckets.sort_by(|one, other| one.lower.total_cmp(&other.lower).then(one.upper.total_cmp(&other.upper)));
        let mut knots: Vec<Knot> = Vec::with_capacity(buckets.len() + 1);
        let mut sum: f64 = 0.0;
        for bucket in buckets {
            let width = bucket.upper - bucket.lower;
            // Bounds are sums of widths to their writer: they may miss each other by a hair.
            let lower = knots.last().map_or(bucket.lower, |last| last.at.max(bucket.lower));
            if !width.is_finite() || lower - bucket.lower > width * 1e-6 {
                return None;
            }
            let before = sum;
            sum += bucket.count;
            knots.push(Knot { at: lower, below: before, upto: before });
            // A feature of one value has ten buckets of no width.
            let below = if bucket.upper > lower { sum } else { before };
            knots.push(Knot { at: bucket.upper.max(lower), below, upto: sum });
        }
        let range = knots.last()?.at - knots.first()?.at;
        let mut joined: Vec<Knot> = Vec::with_capacity(knots.len());
        for knot in knots {
            match joined.last_mut().filter(|last| last.at >= knot.at) {
                Some(last) => last.upto = knot.upto,
                None => joined.push(knot),
            }
        }
        (sum > 0.0 && sum.is_finite() && range.is_finite()).then_some(Self {
            knots: joined,
            weight: sum,
            basis: Basis::Buckets,
        })
    }

    fn stepped(mut items: Vec<(u64, f64)>, basis: Basis) -> Option<Self> {
        items.sort_unstable_by_key(|(key, _)| *key);
        let mut knots: Vec<Knot> = Vec::with_capacity(items.len());
        let mut sum: f64 = 0.0;
        let mut previous = None;
        for (key, weight) in items {
            let below = sum;
            sum += weight;
            match knots.last_mut().filter(|_| previous == Some(key)) {
                Some(last) => last.upto = sum,
                None => knots.push(Knot { at: value(key), below, upto: sum }),
            }
            previous = Some(key);
        }
        (sum > 0.0 && sum.is_finite()).then_some(Self { knots, weight: sum, basis })
    }

    /// Of all values: their number, as far as it is known.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// Values that differ; of buckets their bounds.
    pub fn distinct(&self) -> usize {
        self.knots.len()
    }

    fn is_sloped(&self) -> bool {
        self.basis == Basis::Buckets
    }

    /// The part of the values that are at most this large, 0 to 1.
    pub fn up_to(&self, at: f64) -> f64 {
        let next = self.knots.partition_point(|knot| knot.at <= at);
        self.between(next, at)
    }

    /// The part of the values that are smaller, 0 to 1.
    pub fn below(&self, at: f64) -> f64 {
        let next = self.knots.partition_point(|knot| knot.at < at);
        match self.knots.get(next) {
            Some(knot) if knot.at <= at => knot.below / self.weight,
            _ => self.between(next, at),
        }
    }

    /// Between the knot before `next` and that one.
    fn between(&self, next: usize, at: f64) -> f64 {
        let Some(last) = next.checked_sub(1).and_then(|last| self.knots.get(last)) else { return 0.0 };
        match self.knots.get(next) {
            Some(knot) if self.is_sloped() => {
                let part = (at - last.at) / (knot.at - last.at);
                (last.upto + (knot.below - last.upto) * part) / self.weight
            }
            _ => last.upto / self.weight,
        }
    }

    /// The smallest value up to which this part of all lies; `part` from 0 to 1.
    pub fn quantile(&self, part: f64) -> f64 {
        let aim = part * self.weight;
        let found = self.knots.partition_point(|knot| knot.upto < aim);
        let last = self.knots.last().map_or(f64::NAN, |knot| knot.at);
        let Some(knot) = self.knots.get(found) else { return last };
        let before = found.checked_sub(1).and_then(|before| self.knots.get(before));
        match before {
            Some(before) if self.is_sloped() && aim < knot.below => {
                before.at + (knot.at - before.at) * (aim - before.upto) / (knot.below - before.upto)
            }
            _ => knot.at,
        }
    }

    /// Standard deviation of the population.
    pub fn deviation(&self) -> f64 {
        let pieces = || {
            let jumps = self.knots.iter().map(|knot| (knot.at, knot.at, knot.upto - knot.below));
            let slopes = self.knots.iter().zip(self.knots.iter().skip(1));
            jumps.chain(slopes.map(|(one, next)| (one.at, next.at, next.below - one.upto)))
        };
        let mean: f64 = pieces().map(|(from, to, mass)| (from / 2.0 + to / 2.0) * (mass / self.weight)).sum();
        let square = |(from, to, mass): (f64, f64, f64)| {
            let (from, to) = (from - mean, to - mean);
            (from * from + from * to + to * to) / 3.0 * (mass / self.weight)
        };
        pieces().map(square).sum::<f64>().max(0.0).sqrt()
    }

    /// In one pass over both.
    pub fn apart(&self, other: &Self) -> Apart {
        let mut apart = Apart { largest: 0.0, at: f64::NAN, area: 0.0 };
        let (mut left, mut right) = (Side::of(self), Side::of(other));
        let mut last: Option<(f64, f64)> = None;
        loop {
            let at = match (left.next_at(), right.next_at()) {
                (Some(one), Some(other)) => one.min(other),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => return apart,
            };
            let (one, another) = (left.pass(at), right.pass(at));
            let (below, upto) = (one.below - another.below, one.upto - another.upto);
            let here = below.abs().max(upto.abs());
            if here > apart.largest {
                (apart.largest, apart.at) = (here, at);
            }
            if let Some((from, gap)) = last {
                apart.area += area(at - from, gap, below);
            }
            last = Some((at, upto));
        }
    }
}

fn basis(sketch: &Sketch) -> Basis {
    Basis::Sketch { error: if sketch.is_exact() { 0.0 } else { rank_error(sketch.k) } }
}

/// How far a rank of a KLL sketch of size `k` may be off, as a part of all: the fit of Apache DataSketches, to which deequ's
/// variant is near. Deequ's size is 2,048.
fn rank_error(k: Option<f64>) -> f64 {
    let k = k.filter(|k| *k >= 8.0).unwrap_or(2_048.0);
    (2.296 / k.powf(0.9723)).min(1.0)
}

/// Under a straight line between two differences, both ways counted as positive.
fn area(width: f64, from: f64, to: f64) -> f64 {
    let (one, other) = (from.abs(), to.abs());
    let height = one + other;
    if height <= 0.0 {
        0.0
    } else if from * to >= 0.0 {
        width * height / 2.0
    } else {
        width * (one * one + other * other) / (2.0 * height)
    }
}

/// Walks along one distribution.
struct Side<'a> {
    rest: &'a [Knot],
    of: &'a Distribution,
    /// The last knot that was passed.
    last: Option<&'a Knot>,
}

struct Shares {
    below: f64,
    upto: f64,
}

impl<'a> Side<'a> {
    fn of(of: &'a Distribution) -> Self {
        Self { rest: &of.knots, of, last: None }
    }

    fn next_at(&self) -> Option<f64> {
        self.rest.first().map(|knot| knot.at)
    }

    /// What lies below and up to a place that is not before the last one, nor behind the next knot.
    fn pass(&mut self, at: f64) -> Shares {
        let weight = self.of.weight;
        if let Some((knot, rest)) = self.rest.split_first() {
            if knot.at <= at {
                (self.rest, self.last) = (rest, Some(knot));
                return Shares { below: knot.below / weight, upto: knot.upto / weight };
            }
            if let Some(last) = self.last.filter(|_| self.of.is_sloped()) {
                let part = (at - last.at) / (knot.at - last.at);
                let here = (last.upto + (knot.below - last.upto) * part) / weight;
                return Shares { below: here, upto: here };
            }
        }
        let here = self.last.map_or(0.0, |last| last.upto / weight);
        Shares { below: here, upto: here }
    }
}

const SIGN: u64 = 1 << 63;

/// A whole number that is ordered as the number is: sorting those is faster. Both zeros are one.
fn ordered(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn value(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
mod tests;
