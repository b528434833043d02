//! Drift against importance: what drifted and matters is in the upper right corner, and has its name beside it.

use crate::{
    ChartError, Frame,
    axis::extent,
    ink::Ink,
    plot::{Axis, Plot, Told, across, columns, entry, upwards},
    sheet::{Anchor, Drawn, Marker, Sheet},
    words,
};
use contract::charts::{Chart, ChartTable, KeyShape, SeriesPoints};

/// Names written beside points; more would cover each other.
const NAMED: usize = 8;

/// A feature.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterPoint {
    pub feature: String,
    /// Distance from the baseline, as its method has it.
    pub drift: f64,
    /// Global importance, as its method has it.
    pub importance: f64,
    /// Whether it has drifted by the rule that it was judged by; `None`: what lies above the threshold has.
    pub drifted: Option<bool>,
}

/// `threshold`: the drift above which a feature counts as drifted, where nothing else says so. `method`: what measured it, as `PSI`.
///
/// # Errors
/// [`ChartError::Empty`] where no feature has both numbers.
pub fn scatter(
    frame: &Frame,
    method: &str,
    threshold: Option<f64>,
    told: &[ScatterPoint],
) -> Result<Chart, ChartError> {
    let mut known: Vec<&ScatterPoint> =
        told.iter().filter(|point| point.drift.is_finite() && point.importance.is_finite()).collect();
    let threshold = threshold.filter(|threshold| threshold.is_finite());
    let drifts = known.iter().map(|point| point.drift).chain([0.0]).chain(threshold);
    let importances = known.iter().map(|point| point.importance).chain([0.0]);
    let (Some(wide), Some(high)) = (extent(drifts), extent(importances)) else { return Err(ChartError::Empty) };
    if known.is_empty() {
        return Err(ChartError::Empty);
    }
    let weight = |point: &ScatterPoint| point.drift.max(0.0) * point.importance.abs();
    known.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    let plot = Plot::new(
        frame,
        Axis::linear(words::with_unit("Drift", method), wide, across(frame)),
        Axis::linear("Importance".to_owned(), high, upwards(frame)),
    );
    let drifted = |point: &ScatterPoint| {
        point.drifted.unwrap_or_else(|| threshold.is_some_and(|threshold| point.drift > threshold))
    };
    let table = ChartTable {
        head: ["Feature".to_owned(), words::with_unit("Drift", method), "Importance".to_owned()].to_vec(),
        rows: known
            .iter()
            .map(|point| {
                vec![words::shown(&point.feature), words::cell(Some(point.drift)), words::cell(Some(point.importance))]
            })
            .collect(),
    };
    let points =
        known.iter().enumerate().map(|(row, point)| plot.point((point.drift, point.importance), row)).collect();
    let series = vec![SeriesPoints { name: "Features".into(), columns: columns([1, 2]), points }];
    let mut key = vec![entry(Ink::CURRENT, "Feature", KeyShape::Point)];
    if let Some(threshold) = threshold {
        key.push(entry(Ink::BREACH, "Drifted feature", KeyShape::Point));
        key.push(entry(Ink::LIMIT, &format!("Threshold {}", words::number(threshold)), KeyShape::Line));
    }
    let count = known.iter().filter(|point| drifted(point)).count();
    let summary = summary(known.len(), count, threshold, known.first().copied());
    plot.chart(frame, Told { series, key, summary, table }, "", |sheet, plot| {
        plot.axes(sheet)?;
        if let Some(threshold) = threshold {
            let x = plot.x(threshold);
            sheet.line(&[(x, plot.area.y), (x, plot.bottom())], Ink::LIMIT)?;
        }
        for point in &known {
            let (ink, marker) =
                if drifted(point) { (Ink::BREACH, Marker::Triangle) } else { (Ink::CURRENT, Marker::Ring) };
            sheet.marker(plot.at((point.drift, point.importance)), marker, ink)?;
        }
        let worth_naming = known.iter().filter(|point| threshold.is_none() || drifted(point));
        let places: Vec<(&str, (f64, f64))> = worth_naming
            .take(NAMED)
            .map(|point| (point.feature.as_str(), plot.at((point.drift, point.importance))))
            .collect();
        names(sheet, plot, &places)
    })
}

/// Names beside their points, but not over each other.
fn names(sheet: &mut Sheet<'_>, plot: &Plot, places: &[(&str, (f64, f64))]) -> Drawn {
    let room = 130.0_f64;
    let mut written: Vec<(f64, f64, f64)> = Vec::new();
    for (name, (x, y)) in places {
        let width = words::width(name).min(room);
        let at_left = *x + 7.0 + width > plot.right();
        let from = if at_left { x - 7.0 - width } else { x + 7.0 };
        let covers =
            |(other, end, height): &(f64, f64, f64)| from < *end && *other < from + width && (height - y).abs() < 12.0;
        if from < plot.area.x || written.iter().any(covers) {
            continue;
        }
        written.push((from, from + width, *y));
        let (place, anchor) = if at_left { (x - 7.0, Anchor::Left) } else { (x + 7.0, Anchor::Right) };
        sheet.text(name, (place, *y), anchor, Ink::NOTE, room)?;
    }
    Ok(())
}

fn summary(all: usize, drifted: usize, threshold: Option<f64>, worst: Option<&ScatterPoint>) -> String {
    let counted = words::counted(all, "feature", "features");
    let first = match threshold {
        Some(threshold) => format!("{drifted} of {counted} drifted beyond {}", words::number(threshold)),
        None => counted,
    };
    let worst = worst.map(|worst| {
        format!(
            "; {} weighs most, with drift {} and importance {}",
            words::shown(&worst.feature),
            words::number(worst.drift),
            words::number(worst.importance)
        )
    });
    format!("{first}{}.", worst.unwrap_or_default())
}
