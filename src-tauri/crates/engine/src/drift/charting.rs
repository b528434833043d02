//! Pictures of one feature.

use super::{index::Column, view::frame};
use ::models::{
    drift::{Direction, Distribution, FeatureDrift},
    monitor::statistics::{Feature, Numeric, Summary, Text},
};
use charts::{
    Category, CdfPair, Histogram, Line, Threshold, TimeSeries, Worse, categories, cdf_pair, histogram, time_series,
};
use contract::{Timestamp, charts::Chart};
use std::collections::BTreeSet;

/// Pixels.
const HEIGHT: u32 = 240;
/// Bins of a histogram.
const BINS: u32 = 20;
/// Quantiles that a cumulative distribution is drawn of.
const QUANTILES: u32 = 250;

/// Width in pixels and offset of the zone in minutes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub width: u32,
    pub offset_minutes: i32,
}

/// Distance since a moment, with the threshold and the natural one.
pub(super) fn over_time(
    column: &Column,
    drift: &FeatureDrift,
    natural: Option<f64>,
    from: Timestamp,
    size: Size,
) -> Option<Chart> {
    let direction = drift.method.direction();
    let inclusive = direction.is_some_and(Direction::is_inclusive);
    let mut thresholds = Vec::new();
    if let Some(value) = drift.threshold {
        thresholds.push(Threshold { name: "Threshold".to_owned(), value, inclusive });
    }
    if let Some(value) = natural {
        // Where nothing ever moved, each value is right at it: that is what is usual.
        thresholds.push(Threshold { name: "Mean and three deviations".to_owned(), value, inclusive: false });
    }
    let is_upward = direction.is_none_or(Direction::is_upward);
    let since: Vec<_> = column.alike(&drift.method).filter(|(at, _)| *at >= from).collect();
    let points = since.iter().map(|(at, cell)| (*at, Some(cell.value))).collect();
    let errors = since.iter().filter_map(|(at, cell)| Some((*at, cell.error?))).collect();
    let told = TimeSeries {
        name: drift.method.name().to_owned(),
        unit: String::new(),
        lines: vec![Line { name: drift.name.clone(), points, errors }],
        thresholds,
        marks: Vec::new(),
        step: None,
        worse: if is_upward { Worse::High } else { Worse::Low },
        logarithmic: false,
    };
    let caption = format!("{} of {} over time", drift.method.name(), drift.name);
    time_series(&frame(size.width, HEIGHT, size.offset_minutes, caption), &told).ok()
}

/// Baseline against current: bins and both cumulative distributions, or categories.
pub(super) fn distributions(baseline: &Feature, current: &Feature, at: Option<f64>, size: Size) -> Vec<Chart> {
    match (&baseline.summary, &current.summary) {
        (Summary::Numeric(one), Summary::Numeric(other)) => numeric(&baseline.name, one, other, at, size),
        (Summary::Text(one), Summary::Text(other)) => of_text(&baseline.name, one, other, size).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn numeric(name: &str, one: &Numeric, other: &Numeric, at: Option<f64>, size: Size) -> Vec<Chart> {
    let (Some(before), Some(now)) = (distribution(one), distribution(other)) else { return Vec::new() };
    let low = before.quantile(0.0).min(now.quantile(0.0));
    let high = before.quantile(1.0).max(now.quantile(1.0));
    let captioned = |caption: String| frame(size.width, HEIGHT, size.offset_minutes, caption);
    let step = (high - low) / f64::from(BINS);
    let edges: Vec<f64> = (0..=BINS).map(|bin| low + step * f64::from(bin)).collect();
    let shares = |of: &Distribution| -> Vec<f64> {
        let ends = (1..=BINS).map(|bin| if bin == BINS { 1.0 } else { of.below(low + step * f64::from(bin)) });
        let mut last = 0.0;
        ends.map(|end| (end - std::mem::replace(&mut last, end)).max(0.0)).collect()
    };
    let bins = Histogram {
        feature: name.to_owned(),
        unit: String::new(),
        baseline: shares(&before),
        current: shares(&now),
        edges,
    };
    let stairs = |of: &Distribution| -> Vec<(f64, f64)> {
        let quantiles = (0..=QUANTILES).map(|part| of.quantile(f64::from(part) / f64::from(QUANTILES)));
        quantiles.chain(at).map(|value| (value, of.up_to(value))).collect()
    };
    let pair =
        CdfPair { feature: name.to_owned(), unit: String::new(), baseline: stairs(&before), current: stairs(&now) };
    let drawn = [
        histogram(&captioned(format!("Values of {name}")), &bins),
        cdf_pair(&captioned(format!("{name}, cumulative")), &pair),
    ];
    drawn.into_iter().flatten().collect()
}

/// The sketch where there is one, else the buckets.
fn distribution(numeric: &Numeric) -> Option<Distribution> {
    let sketch = numeric.sketch.as_ref().and_then(Distribution::of_sketch);
    sketch.or_else(|| Distribution::of_buckets(&numeric.buckets))
}

fn of_text(name: &str, one: &Text, other: &Text, size: Size) -> Option<Chart> {
    let (before, now) = (one.categories.as_ref()?, other.categories.as_ref()?);
    let count = |side: &[(String, f64)], value: &str| -> f64 {
        side.iter().filter(|(category, _)| category == value).map(|(_, count)| *count).sum()
    };
    let values: BTreeSet<&str> = before.iter().chain(now).map(|(value, _)| value.as_str()).collect();
    let told: Vec<Category> = values
        .into_iter()
        .map(|value| Category {
            // Texts of a picture go wherever it goes, and values of a column may be anything.
            name: crate::jobs::masked(value),
            baseline: count(before, value),
            current: count(now, value),
        })
        .collect();
    categories(&frame(size.width, HEIGHT, size.offset_minutes, format!("Categories of {name}")), name, &told).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::index::Index;
    use ::models::drift::{Method, Run, Source};

    #[test]
    fn a_distance_at_its_limit_is_told_as_it_was_judged() {
        let at: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        let summary = |method: Method| {
            let drift = FeatureDrift::judged("amount".into(), Some(0.1), Some(0.1), method);
            let mut index = Index::default();
            let run = Run { source: Source::ModelMonitor, when: Some(at), features: vec![drift.clone()] };
            index.put(at, at, Ok(&run));
            let size = Size { width: 480, offset_minutes: 0 };
            // What is usual lies at the same place, and is no limit that a value at it is beyond.
            let chart = over_time(index.column("amount").unwrap(), &drift, Some(0.1), at, size).unwrap();
            (drift.drifted, chart.summary)
        };
        let (drifted, told) = summary(Method::Psi);
        assert!(drifted == Some(true) && told.contains("at Threshold of 0.1, which counts as beyond it"), "{told}");
        let (drifted, told) = summary(Method::LInfinityRobust);
        assert!(drifted == Some(false) && told.contains("within the thresholds"), "{told}");
    }

    #[test]
    fn values_that_are_nobodys_business_are_in_no_picture() {
        let side = |count: f64| Feature {
            name: "contact".into(),
            inferred_type: None,
            present: None,
            missing: None,
            summary: Summary::Text(Text {
                distinct: None,
                categories: Some(vec![("ann@example.com".into(), count), ("by phone".into(), 4.0)]),
            }),
        };
        let charts = distributions(&side(1.0), &side(9.0), None, Size { width: 480, offset_minutes: 0 });
        assert_eq!(charts.len(), 1);
        let told = format!("{charts:?}");
        assert!(told.contains("by phone") && !told.contains("ann@"), "{told}");
    }
}
