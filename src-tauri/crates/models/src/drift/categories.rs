//! Counts by category, and what is computed of two of them.

use super::{Bins, significance::chi_square_p};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Categories {
    counts: BTreeMap<String, f64>,
    total: f64,
}

/// A chi-square test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChiSquare {
    #[serde(with = "crate::exact")]
    pub statistic: f64,
    #[serde(with = "crate::exact")]
    pub p: f64,
    pub degrees: u32,
    /// Categories that were put together because too little was expected of them.
    pub regrouped: u32,
}

/// Expected in each of more than two categories; a fifth of them may be below (Yates, Moore and McCabe, 1999).
const YATES: f64 = 5.0;
/// Expected in each of two (Cochran, 1952).
const COCHRAN: f64 = 10.0;

impl Categories {
    /// Counts of one category are added up; what is no count is left out.
    pub fn of(counts: impl IntoIterator<Item = (String, f64)>) -> Self {
        let mut read = Self::default();
        for (category, number) in counts {
            if number > 0.0 && number.is_finite() {
                *read.counts.entry(category).or_default() += number;
                read.total += number;
            }
        }
        read
    }

    pub fn total(&self) -> f64 {
        self.total
    }

    pub fn is_empty(&self) -> bool {
        self.total <= 0.0
    }

    pub fn counts(&self) -> impl Iterator<Item = (&str, f64)> {
        self.counts.iter().map(|(category, number)| (category.as_str(), *number))
    }

    /// 0 for one that never occurred.
    pub fn count(&self, category: &str) -> f64 {
        self.counts.get(category).copied().unwrap_or_default()
    }

    /// The parts of both in each category of either. None if one of them is empty.
    pub fn bins(&self, current: &Self) -> Option<Bins> {
        if self.is_empty() || current.is_empty() {
            return None;
        }
        let all = self.both(current);
        let shares = |of: &Self| -> Vec<f64> { all.iter().map(|category| of.count(category) / of.total).collect() };
        Some(Bins { edges: Vec::new(), baseline: shares(self), current: shares(current) })
    }

    fn both<'a>(&'a self, other: &'a Self) -> BTreeSet<&'a str> {
        self.counts().chain(other.counts()).map(|(category, _)| category).collect()
    }

    /// The largest difference of two shares of a category, and of which one.
    pub fn largest_difference<'a>(&'a self, current: &'a Self) -> Option<(f64, &'a str)> {
        if self.is_empty() || current.is_empty() {
            return None;
        }
        let apart =
            |category: &str| (self.count(category) / self.total - current.count(category) / current.total).abs();
        self.both(current)
            .into_iter()
            .map(|category| (apart(category), category))
            .max_by(|one, other| one.0.total_cmp(&other.0))
    }

    /// As deequ and with it Model Monitor computes it: categories that the baseline does not know are left out, small ones are
    /// put together. None where fewer than two are left.
    pub fn chi_square(&self, current: &Self) -> Option<ChiSquare> {
        let known: f64 = self.counts.keys().map(|category| current.count(category)).sum();
        if self.is_empty() || known <= 0.0 {
            return None;
        }
        // Expected, observed; the smallest expectation first, so that two runs put the same together.
        let mut pairs: Vec<(f64, f64)> =
            self.counts().map(|(category, number)| (number / self.total * known, current.count(category))).collect();
        pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut regrouped = 0;
        while pairs.len() >= 2 && has_too_few(&pairs) {
            let Some((expected, observed)) = pairs.pop() else { break };
            if let Some(next) = pairs.last_mut() {
                *next = (next.0 + expected, next.1 + observed);
            }
            pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
            regrouped += 1;
        }
        tested(&pairs, regrouped)
    }
}

fn has_too_few(pairs: &[(f64, f64)]) -> bool {
    let below = |limit: f64| pairs.iter().filter(|(expected, _)| *expected < limit).count();
    if pairs.len() > 2 { below(YATES) > pairs.len() / 5 } else { below(COCHRAN) > 0 }
}

fn tested(pairs: &[(f64, f64)], regrouped: u32) -> Option<ChiSquare> {
    let degrees = u32::try_from(pairs.len().checked_sub(1)?).ok().filter(|degrees| *degrees > 0)?;
    let term = |(expected, observed): &(f64, f64)| {
        if *expected > 0.0 || *observed > 0.0 { (observed - expected).powi(2) / expected } else { 0.0 }
    };
    let statistic: f64 = pairs.iter().map(term).sum();
    Some(ChiSquare { statistic, p: chi_square_p(statistic, degrees), degrees, regrouped })
}

#[cfg(test)]
mod tests;
