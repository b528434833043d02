//! Two distributions cut into the same bins, and the statistics that need them.
//!
//! Which edges are taken changes the number. The ones here are those of the baseline's deciles, those of its ten buckets, and
//! Evidently's, which takes them from both data sets.

use super::{Distribution, count};

/// What is put in the place of a bin without values, as Evidently does: a logarithm of nothing would be infinite.
pub const FLOOR: f64 = 1e-4;

/// The parts of two distributions in each bin; each sums to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bins {
    /// Between the bins; the outer ones have no end. None for categories.
    pub edges: Vec<f64>,
    pub baseline: Vec<f64>,
    pub current: Vec<f64>,
}

impl Bins {
    /// Ten parts of the baseline that are as equal as its ties let them be, with open ends. A value on which several deciles
    /// lie is parted from what lies between it and the edge before, and so is the smallest one if a decile lies on it: values
    /// that are new there would hide among the ties.
    pub fn deciles(baseline: &Distribution, current: &Distribution) -> Self {
        let least = baseline.quantile(0.0);
        let tenths: Vec<f64> = (1..10).map(|tenth| baseline.quantile(f64::from(tenth) / 10.0)).collect();
        let mut edges: Vec<f64> = Vec::with_capacity(tenths.len());
        for tied in tenths.chunk_by(|one, next| next <= one) {
            let Some(edge) = tied.first() else { continue };
            let (before, below) = (edges.last().copied(), edge.next_down());
            // A bin that is empty on both sides would only get what is put in the place of nothing.
            let holds = |of: &Distribution| of.up_to(below) > before.map_or(0.0, |edge| of.up_to(edge));
            if (tied.len() > 1 || *edge <= least) && (holds(baseline) || holds(current)) {
                edges.push(below);
            }
            edges.push(*edge);
        }
        Self::cut(baseline, current, edges)
    }

    /// A bin reaches from above an edge up to and with the next one.
    fn cut(baseline: &Distribution, current: &Distribution, edges: Vec<f64>) -> Self {
        let shares = |of: &Distribution| -> Vec<f64> {
            let ends = edges.iter().map(|edge| of.up_to(*edge)).chain(std::iter::once(1.0));
            let mut last = 0.0;
            ends.map(|end| (end - std::mem::replace(&mut last, end)).max(0.0)).collect()
        };
        Self { baseline: shares(baseline), current: shares(current), edges }
    }

    /// Evidently's bins for PSI and Jensen-Shannon: by value for a reference of at most 20 distinct values, else of one width
    /// over both data sets, as many as Sturges' rule says of all rows. None without values on both sides.
    pub fn evidently(reference: &[f64], current: &[f64]) -> Option<Self> {
        let (one, other) = (sorted(reference), sorted(current));
        if distinct(&one) > 20 {
            Self::sturges(&one, &other, one.len() + other.len())
        } else {
            Self::by_value(&one, &other)
        }
    }

    /// As NumPy has it: `histogram_bin_edges(…, "sturges")`. A bin holds its lower edge, the last one its upper edge too.
    fn sturges(one: &[f64], other: &[f64], size: usize) -> Option<Self> {
        let low = one.first()?.min(*other.first()?);
        let high = one.last()?.max(*other.last()?);
        let (low, high, bins) = if high > low {
            let width = (high - low) / (count(size).log2() + 1.0);
            (low, high, ((high - low) / width).ceil())
        } else {
            (low - 0.5, high + 0.5, 1.0)
        };
        let step = (high - low) / bins;
        let mut edges = vec![low];
        let mut at = 1.0;
        while at < bins {
            edges.push(low + at * step);
            at += 1.0;
        }
        edges.push(high);
        let shares = |values: &[f64]| -> Vec<f64> {
            let last = edges.len() - 1;
            let until = |(at, edge): (usize, &f64)| {
                values.partition_point(|value| if at == last { value <= edge } else { value < edge })
            };
            let ends: Vec<usize> = edges.iter().enumerate().map(until).collect();
            let parts = ends.iter().zip(ends.iter().skip(1));
            parts.map(|(from, to)| count(to.saturating_sub(*from)) / count(values.len())).collect()
        };
        Some(Self { baseline: shares(one), current: shares(other), edges })
    }

    fn by_value(one: &[f64], other: &[f64]) -> Option<Self> {
        if one.is_empty() || other.is_empty() {
            return None;
        }
        let mut all: Vec<f64> = one.iter().chain(other).copied().collect();
        all.sort_by(f64::total_cmp);
        all.dedup_by(|next, last| next <= last);
        let shares = |values: &[f64]| -> Vec<f64> {
            let number =
                |of: &f64| values.partition_point(|value| value <= of) - values.partition_point(|value| value < of);
            all.iter().map(|of| count(number(of)) / count(values.len())).collect()
        };
        Some(Self { baseline: shares(one), current: shares(other), edges: Vec::new() })
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.baseline.iter().copied().zip(self.current.iter().copied())
    }

    /// What [`filled`](Self::filled) puts where one side alone has no values: of the baseline, and of the current data.
    pub fn fillers(&self) -> [Option<f64>; 2] {
        let baseline = self.pairs().any(|(one, other)| one <= 0.0 && other > 0.0);
        let current = self.pairs().any(|(one, other)| one > 0.0 && other <= 0.0);
        [baseline.then(|| floor(&self.baseline)), current.then(|| floor(&self.current))]
    }

    /// With [`FLOOR`], or less where there are bins as small as that, in the place of nothing.
    #[must_use]
    pub fn filled(&self) -> Self {
        let fill = |shares: &[f64]| -> Vec<f64> {
            let floor = floor(shares);
            shares.iter().map(|share| if *share > 0.0 { *share } else { floor }).collect()
        };
        Self { edges: self.edges.clone(), baseline: fill(&self.baseline), current: fill(&self.current) }
    }

    /// Population stability index: infinite where there are gaps, unless they were [`filled`](Self::filled).
    pub fn psi(&self) -> f64 {
        let term = |(one, other): (f64, f64)| {
            if one <= 0.0 && other <= 0.0 { 0.0 } else { (other - one) * (other / one).ln() }
        };
        self.pairs().map(term).sum()
    }

    /// The distance, natural logarithm: 0 to the root of ln 2.
    pub fn jensen_shannon(&self) -> f64 {
        let (one, other) = (normed(&self.baseline), normed(&self.current));
        let term = |(one, other): (&f64, &f64)| {
            let middle = f64::midpoint(*one, *other);
            f64::midpoint(relative(*one, middle), relative(*other, middle))
        };
        // Rounding goes a little beyond where nothing is shared.
        one.iter().zip(&other).map(term).sum::<f64>().clamp(0.0, std::f64::consts::LN_2).sqrt()
    }

    /// The divergence in bits, 0 to 1.
    pub fn jensen_shannon_divergence(&self) -> f64 {
        self.jensen_shannon().powi(2) / std::f64::consts::LN_2
    }

    /// 0 to 1.
    pub fn hellinger(&self) -> f64 {
        let term = |(one, other): (f64, f64)| (one.sqrt() - other.sqrt()).powi(2);
        (self.pairs().map(term).sum::<f64>() / 2.0).sqrt()
    }
}

fn floor(shares: &[f64]) -> f64 {
    let least = shares.iter().copied().filter(|share| *share > 0.0).fold(f64::INFINITY, f64::min);
    if least <= FLOOR { least / 1e6 } else { FLOOR }
}

fn relative(one: f64, other: f64) -> f64 {
    if one < f64::MIN_POSITIVE { 0.0 } else { one * (one / other).ln() }
}

fn normed(shares: &[f64]) -> Vec<f64> {
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values: Vec<f64> =
        values.iter().copied().filter(|value| value.is_finite()).map(|value| value + 0.0).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Of values in order.
fn distinct(values: &[f64]) -> usize {
    let steps = values.iter().zip(values.iter().skip(1)).filter(|(one, next)| one < next).count();
    steps + usize::from(!values.is_empty())
}

#[cfg(test)]
mod tests;
