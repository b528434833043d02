//! How probable a difference is if nothing has changed: p-values of the chi-square test, and of Kolmogorov and Smirnov.
//!
//! The last is for raw values only. A sketch of a million rows has every reason to call any difference significant, and its own
//! error is larger than what it would be called significant for.

use super::{Distribution, count};
use std::f64::consts::PI;

/// Rows up to which the p-value is computed exactly, as SciPy does.
const EXACT: usize = 10_000;

/// The part of the chi-square distribution above `statistic`. For whole degrees of freedom it is a finite sum (Abramowitz and
/// Stegun, 26.4.4 and 26.4.5). NaN without degrees of freedom.
pub fn chi_square_p(statistic: f64, degrees: u32) -> f64 {
    if degrees == 0 || statistic.is_nan() {
        return f64::NAN;
    }
    if statistic <= 0.0 {
        return 1.0;
    }
    if statistic.is_infinite() {
        return 0.0;
    }
    let half = statistic / 2.0;
    let is_odd = degrees % 2 == 1;
    let mut sum = if is_odd { libm::erfc(half.sqrt()) } else { 0.0 };
    for whole in 0..degrees / 2 {
        let at = f64::from(whole) + if is_odd { 0.5 } else { 0.0 };
        sum += (at * half.ln() - half - libm::lgamma(at + 1.0)).exp();
    }
    sum.min(1.0)
}

/// The test of Kolmogorov and Smirnov of two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KolmogorovSmirnov {
    /// The largest difference of the two cumulative distributions.
    pub statistic: f64,
    /// Where it is.
    pub at: f64,
    pub p: f64,
    /// By counting; else from the distribution of one sample with as much information, which is good to six digits from 140
    /// rows on.
    pub is_exact: bool,
}

/// Two-sided. None without values on both sides.
pub fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> Option<KolmogorovSmirnov> {
    let finite = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count();
    let (rows, others) = (finite(one), finite(other));
    let apart = Distribution::of_values(one)?.apart(&Distribution::of_values(other)?);
    let is_exact = rows.max(others) <= EXACT;
    let p = if is_exact {
        paths_outside(rows.max(others), rows.min(others), apart.largest)
    } else {
        let (rows, others) = (count(rows), count(others));
        above(rows * others / (rows + others), apart.largest)
    };
    Some(KolmogorovSmirnov { statistic: apart.largest, at: apart.at, p: p.clamp(0.0, 1.0), is_exact })
}

/// The part of all orders of `long` and `short` values in which the two samples are at least `gap` apart: of the paths through
/// a grid, those that leave the band around its diagonal (Hodges, "The significance probability of the Smirnov two-sample
/// test", 1957). Each place of the grid holds the part of the paths to it that left the band before: all parts are sums of
/// parts, so nothing cancels.
fn paths_outside(long: usize, short: usize, gap: f64) -> f64 {
    let common = divisor(long, short);
    let (across, up) = (count(long / common), count(short / common));
    let height = (gap * across * count(short)).round();
    if height <= 0.0 {
        return 1.0;
    }
    let mut column: Vec<f64> = vec![1.0; short + 1];
    let mut first = 0;
    for x in 0..=long {
        let here = up * count(x);
        while first <= short && here - across * count(first) >= height {
            first += 1;
        }
        let mut below: Option<f64> = (first > 0).then_some(1.0);
        let mut y = count(first);
        let x = count(x);
        for cell in column.iter_mut().skip(first) {
            if across * y - here >= height {
                break;
            }
            *cell = match below {
                None if x <= 0.0 => 0.0,
                None => *cell,
                Some(below) if x <= 0.0 => below,
                Some(below) => (*cell * x + below * y) / (x + y),
            };
            below = Some(*cell);
            y += 1.0;
        }
        // What the band has left behind stays outside.
        if let Some(cell) = first.checked_sub(1).and_then(|left| column.get_mut(left)) {
            *cell = 1.0;
        }
    }
    column.last().copied().unwrap_or(1.0)
}

fn divisor(one: usize, other: usize) -> usize {
    if other == 0 { one.max(1) } else { divisor(other, one % other) }
}

/// The part of the distribution of D of one sample above `gap` (Simard and L'Ecuyer, "Computing the two-sided
/// Kolmogorov-Smirnov distribution", 2011): twice the one-sided sum far out, the series of Pelz and Good near the middle.
fn above(rows: f64, gap: f64) -> f64 {
    let rows = rows.round().max(1.0);
    let square = rows * gap * gap;
    if gap >= 1.0 || square >= 370.0 {
        0.0
    } else if gap <= 0.0 {
        1.0
    } else if square >= 2.2 || gap >= 0.5 {
        2.0 * one_sided(rows, gap)
    } else {
        1.0 - pelz_good(rows, gap)
    }
}

/// Birnbaum and Tingey's sum for the one-sided statistic.
fn one_sided(rows: f64, gap: f64) -> f64 {
    let all = libm::lgamma(rows + 1.0);
    let last = (rows * (1.0 - gap)).floor();
    let (mut sum, mut at) = (0.0, 0.0);
    while at <= last {
        let left = 1.0 - gap - at / rows;
        let outer = if rows - at > 0.0 { (rows - at) * left.ln() } else { 0.0 };
        if left > 0.0 || rows - at <= 0.0 {
            let ways = all - libm::lgamma(at + 1.0) - libm::lgamma(rows - at + 1.0);
            sum += (ways + (at - 1.0) * (gap + at / rows).ln() + outer).exp();
        }
        at += 1.0;
    }
    gap * sum
}

/// Pelz and Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic", 1976.
fn pelz_good(rows: f64, gap: f64) -> f64 {
    let z = rows.sqrt() * gap;
    let (z2, z3) = (z * z, z * z * z);
    let (z4, z6, z8) = (z2 * z2, z3 * z3, z3 * z3 * z2);
    let pi2 = PI * PI;
    let (pi4, pi6) = (pi2 * pi2, pi2 * pi2 * pi2);
    if -pi2 / 8.0 / z2 < -708.0 {
        return 0.0;
    }
    let (mut first, mut second, mut third, mut fourth) = (0.0, 0.0, 0.0, 0.0);
    let (mut third_more, mut fourth_more) = (0.0, 0.0);
    let terms = (16.0 * z / PI).ceil();
    let mut term = 1.0;
    while term <= terms {
        let odd = 2.0 * term - 1.0;
        let m2 = odd * odd;
        let (m4, m6) = (m2 * m2, m2 * m2 * m2);
        let weight = (-pi2 / 8.0 / z2 * m2).exp();
        first += weight;
        second += weight * (pi2 / 4.0 * m2 - z2);
        third += weight
            * (6.0 * z6 + 2.0 * z4 + (2.0 * z4 - 5.0 * z2) * pi2 / 4.0 * m2 + pi4 * (1.0 - 2.0 * z2) / 16.0 * m4);
        fourth += weight
            * (-30.0 * z6 - 90.0 * z8
                + pi2 * (135.0 * z4 - 96.0 * z6) / 4.0 * m2
                + pi4 * (212.0 * z4 - 60.0 * z2) / 16.0 * m4
                + pi6 * (5.0 - 30.0 * z2) / 64.0 * m6);
        let k2 = term * term;
        let weight = (-pi2 / 2.0 / z2 * k2).exp();
        third_more += weight * k2;
        fourth_more += weight * k2 * (3.0 * z2 - pi2 * k2);
        term += 1.0;
    }
    let root = (2.0 * PI).sqrt();
    let third = root * (third / (72.0 * z4 * z3) - third_more * pi2 / (36.0 * z3));
    let fourth = root * (fourth / (6_480.0 * z4 * z6) + fourth_more * pi2 / (216.0 * z6));
    let (first, second) = (root * first / z, root * second / (6.0 * z4));
    first + second / rows.sqrt() + third / rows + fourth / (rows * rows.sqrt())
}

/// Two samples of which SciPy and Evidently were asked for all statistics.
#[cfg(test)]
pub(crate) fn tests_samples() -> (Vec<f64>, Vec<f64>) {
    let one = (0..60).map(|at| f64::from(at * 37 % 101) / 7.0).collect();
    (one, (0..45).map(|at| f64::from(at * 53 % 97) / 6.0 + 1.0).collect())
}

/// Two more, of a few values that occur often.
#[cfg(test)]
pub(crate) fn tests_ties() -> (Vec<f64>, Vec<f64>) {
    ((0..60).map(|at| f64::from(at % 4)).collect(), (0..45).map(|at| f64::from(at * at % 7)).collect())
}

#[cfg(test)]
mod tests;
