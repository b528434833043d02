//! Pictures of what sources tell.

use super::Trail;
use crate::drift::{charting::Size, small, view::frame};
use ::models::drift::{Direction, FeatureDrift};
use charts::{HeatMap, HeatRow, Line, Threshold, TimeSeries, Worse, heat_map, time_series};
use contract::{Timestamp, charts::Chart};
use std::collections::BTreeMap;

/// Features that are drawn; all of them stand in the list.
const MOST_ROWS: usize = 60;
/// Pixels of a row, and of what stands around them.
const ROW: u32 = 16;
const AROUND: u32 = 64;
const HEIGHT: u32 = 240;

/// Features by reports: how often its threshold each value is, the hottest rows.
pub(super) fn map(trail: &Trail, size: Size) -> Option<Chart> {
    let reports: Vec<_> =
        trail.reports.iter().rev().filter_map(|report| Some((report.at, report.read.as_ref().ok()?))).collect();
    let mut rows: BTreeMap<&str, (Vec<Option<f64>>, Vec<bool>)> = BTreeMap::new();
    for (at, (_, read)) in reports.iter().enumerate() {
        for feature in &read.run.features {
            let (values, drifted) =
                rows.entry(&feature.name).or_insert_with(|| (vec![None; reports.len()], vec![false; reports.len()]));
            if let (Some(value), Some(has_drifted)) = (values.get_mut(at), drifted.get_mut(at)) {
                *value = feature.severity();
                *has_drifted = feature.drifted == Some(true);
            }
        }
    }
    let all = rows.len();
    let hottest = |values: &[Option<f64>]| values.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let row = |(feature, (values, drifted)): (&str, (Vec<Option<f64>>, Vec<bool>))| HeatRow {
        feature: feature.to_owned(),
        values,
        drifted,
    };
    let mut rows: Vec<HeatRow> = rows.into_iter().map(row).collect();
    rows.sort_by(|one, other| hottest(&other.values).total_cmp(&hottest(&one.values)));
    rows.truncate(MOST_ROWS);
    let which =
        if all > rows.len() { format!(", the {} hottest of {all} features", rows.len()) } else { String::new() };
    let caption = format!("Distance by feature and report, in thresholds{which}");
    let height = AROUND + ROW * small(rows.len());
    let told = HeatMap {
        measure: "distance in thresholds".to_owned(),
        runs: reports.iter().map(|(at, _)| *at).collect(),
        features: rows,
        threshold: Some(1.0),
    };
    heat_map(&frame(size.width, height, size.offset_minutes, caption), &told).ok()
}

/// Values of one feature over time, with its threshold. Reports of another method than the newest are left out: their
/// values mean something else.
pub(super) fn over_time(trail: &Trail, name: &str, more: Vec<(Timestamp, f64)>, size: Size) -> Option<Chart> {
    let seen: Vec<(Timestamp, &FeatureDrift)> = trail
        .reports
        .iter()
        .filter_map(|report| {
            let read = report.read.as_ref().ok()?;
            Some((report.at, read.run.features.iter().find(|feature| feature.name == name)?))
        })
        .collect();
    let (_, newest) = *seen.first()?;
    let same = seen.iter().filter(|(_, feature)| feature.method == newest.method);
    let mut points: Vec<(Timestamp, Option<f64>)> = same.map(|(at, feature)| (*at, feature.value)).collect();
    points.extend(more.into_iter().map(|(at, value)| (at, Some(value).filter(|value| value.is_finite()))));
    let direction = newest.method.direction();
    let is_upward = direction.is_none_or(Direction::is_upward);
    let inclusive = direction.is_some_and(Direction::is_inclusive);
    let method = newest.method.name();
    let told = TimeSeries {
        name: method.to_owned(),
        unit: String::new(),
        lines: vec![Line { name: name.to_owned(), points, ..Line::default() }],
        thresholds: newest
            .threshold
            .map(|value| Threshold { name: "Threshold".to_owned(), value, inclusive })
            .into_iter()
            .collect(),
        marks: Vec::new(),
        step: None,
        worse: if is_upward { Worse::High } else { Worse::Low },
        logarithmic: false,
    };
    let caption = format!("{method} of {name} over time");
    time_series(&frame(size.width, HEIGHT, size.offset_minutes, caption), &told).ok()
}
