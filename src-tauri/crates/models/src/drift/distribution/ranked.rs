//! Sketches ranked two ways at once: with the weight of all their items, and as Model Monitor presumably counts them.
//!
//! Hundreds of features have millions of items. Each is sorted once, both ranks come of one walk along two sketches, and the
//! next feature takes the room of the last one: fresh pages for each cost as much as the walk.

use super::{Apart, Distribution, Knot, basis, ordered, value};
use crate::monitor::statistics::{Numeric, Sketch};

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    pub right: Distribution,
    /// What lies up to each knot if a value that occurs many times has the weight of one item, that of the highest level that
    /// holds it: so deequ ranked until September 2026 (its issue 392). Empty for buckets, which it never ranked.
    counted: Vec<f64>,
    has_ties: bool,
}

/// What it counts where a value occurs many times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountedOnce {
    /// The largest difference.
    pub largest: f64,
    /// Of all values, on both sides.
    pub weights: [f64; 2],
}

/// Room for the next feature.
#[derive(Debug, Default)]
pub struct Room {
    items: Vec<(u64, f64)>,
    knots: Vec<Vec<Knot>>,
    counted: Vec<Vec<f64>>,
}

impl Room {
    pub fn take_back(&mut self, ranked: Ranked) {
        self.knots.push(ranked.right.knots);
        self.counted.push(ranked.counted);
    }
}

impl Ranked {
    /// Of the sketch where there is one, else of the buckets.
    pub fn of(numeric: &Numeric, room: &mut Room) -> Option<Self> {
        let sketched = numeric.sketch.as_ref().and_then(|sketch| Self::of_sketch(sketch, room));
        let coarse = || Distribution::of_buckets(&numeric.buckets);
        sketched.or_else(|| Some(Self { right: coarse()?, counted: Vec::new(), has_ties: false }))
    }

    /// An item of level *h* weighs 2^h. None without any that is finite.
    pub fn of_sketch(sketch: &Sketch, room: &mut Room) -> Option<Self> {
        let items = &mut room.items;
        items.clear();
        items.reserve(sketch.levels.iter().map(Vec::len).sum());
        let mut weight = 1.0;
        for level in &sketch.levels {
            let finite = level.iter().filter(|value| value.is_finite());
            items.extend(finite.map(|value| (ordered(*value), weight)));
            weight *= 2.0;
        }
        // Stable: of a value that occurs many times the highest level comes last. Levels are made of runs that are in order,
        // which this sort makes use of.
        items.sort_by_key(|(key, _)| *key);
        let mut knots = room.knots.pop().unwrap_or_default();
        let mut counted = room.counted.pop().unwrap_or_default();
        knots.clear();
        knots.reserve(items.len());
        counted.clear();
        counted.reserve(items.len());
        let (mut sum, mut tally) = (0.0_f64, 0.0_f64);
        for ties in items.chunk_by(|(one, _), (next, _)| one == next) {
            let Some((key, weight)) = ties.last() else { continue };
            let below = sum;
            for (_, weight) in ties {
                sum += weight;
            }
            tally += weight;
            knots.push(Knot { at: value(*key), below, upto: sum });
            counted.push(tally);
        }
        let has_ties = knots.len() < items.len();
        let right = Distribution { knots, weight: sum, basis: basis(sketch) };
        (sum > 0.0 && sum.is_finite()).then_some(Self { right, counted, has_ties })
    }

    /// How far two are apart, and how far if repeated values counted once: none where that changes nothing, or is not known.
    pub fn apart(&self, other: &Self) -> (Apart, Option<CountedOnce>) {
        let (Some(all), Some(others)) = (self.counted.last(), other.counted.last()) else {
            return (self.right.apart(&other.right), None);
        };
        let (mut left, mut right) = (Walk::of(self, *all), Walk::of(other, *others));
        let mut apart = Apart { largest: 0.0, at: f64::NAN, area: 0.0 };
        let (mut largest, mut from, mut gap) = (0.0_f64, 0.0_f64, 0.0_f64);
        loop {
            let at = left.next_at().min(right.next_at());
            if at.is_infinite() {
                break;
            }
            left.pass(at);
            right.pass(at);
            // Between two values of stairs the difference stays.
            if gap > 0.0 {
                apart.area += (at - from) * gap;
            }
            (from, gap) = (at, (left.share - right.share).abs());
            if gap > apart.largest {
                (apart.largest, apart.at) = (gap, at);
            }
            largest = largest.max((left.counted_share - right.counted_share).abs());
        }
        let counted = CountedOnce { largest, weights: [*all, *others] };
        (apart, (self.has_ties || other.has_ties).then_some(counted))
    }
}

/// Along the stairs of one sketch.
struct Walk<'a> {
    knots: &'a [Knot],
    counted: &'a [f64],
    weight: f64,
    counted_weight: f64,
    passed: usize,
    /// Of all, up to the last knot that was passed.
    share: f64,
    counted_share: f64,
}

impl<'a> Walk<'a> {
    fn of(ranked: &'a Ranked, counted_weight: f64) -> Self {
        Self {
            knots: &ranked.right.knots,
            counted: &ranked.counted,
            weight: ranked.right.weight,
            counted_weight,
            passed: 0,
            share: 0.0,
            counted_share: 0.0,
        }
    }

    /// Values are finite: behind the last one there is no end.
    fn next_at(&self) -> f64 {
        self.knots.get(self.passed).map_or(f64::INFINITY, |knot| knot.at)
    }

    fn pass(&mut self, at: f64) {
        if let (Some(knot), Some(counted)) = (self.knots.get(self.passed), self.counted.get(self.passed))
            && knot.at <= at
        {
            self.share = knot.upto / self.weight;
            self.counted_share = counted / self.counted_weight;
            self.passed += 1;
        }
    }
}
