//! Two cumulative distributions, and the place where they are furthest apart: the distance that Kolmogorov-Smirnov and
//! Model Monitor's L-infinity measure.

use crate::{
    ChartError, Frame,
    axis::extent,
    ink::Ink,
    plot::{Axis, Plot, Told, across, columns, entry, upwards},
    sheet::{Anchor, Drawn, Sheet},
    words,
};
use contract::charts::{Chart, ChartTable, KeyShape, SeriesPoints};

/// Steps that are drawn and told of each side; more would fall on the same pixels.
const MOST: usize = 1_000;

/// Of one numeric feature.
#[derive(Debug, Clone, PartialEq)]
pub struct CdfPair {
    pub feature: String,
    /// Of the feature; empty where it has none.
    pub unit: String,
    /// Values with the share of rows at or below them, 0 to 1; both rising.
    pub baseline: Vec<(f64, f64)>,
    pub current: Vec<(f64, f64)>,
}

/// Where two distributions are furthest apart.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Distance {
    at: f64,
    baseline: f64,
    current: f64,
}

impl Distance {
    fn length(self) -> f64 {
        (self.current - self.baseline).abs()
    }
}

/// See [`CdfPair`].
///
/// # Errors
/// [`ChartError::Empty`] where a side has no value.
pub fn cdf_pair(frame: &Frame, told: &CdfPair) -> Result<Chart, ChartError> {
    let (baseline, current) = (known(&told.baseline), known(&told.current));
    let ends = extent(baseline.iter().chain(&current).map(|(value, _)| *value));
    let (Some(ends), Some(distance)) = (ends, furthest(&baseline, &current)) else { return Err(ChartError::Empty) };
    let (baseline, current) = (thinned(baseline), thinned(current));
    let x = Axis::linear(words::with_unit(&told.feature, &told.unit), ends, across(frame));
    let y = Axis::linear("Share of rows at or below (%)".to_owned(), (0.0, 100.0), upwards(frame));
    let plot = Plot::new(frame, x, y);
    let sides = [("Baseline", &baseline), ("Current", &current)];
    let mut table = ChartTable {
        head: vec![words::with_unit(&told.feature, &told.unit), "Side".into(), "Rows at or below (%)".into()],
        rows: Vec::new(),
    };
    let mut series = Vec::new();
    for (name, side) in sides {
        let mut points = Vec::with_capacity(side.len());
        for (value, share) in side {
            points.push(plot.point((*value, share * 100.0), table.rows.len()));
            table.rows.push(vec![words::cell(Some(*value)), name.to_lowercase(), words::cell(Some(share * 100.0))]);
        }
        series.push(SeriesPoints { name: name.into(), columns: columns([1, 2]), points });
    }
    let key = vec![
        entry(Ink::BASE, "Baseline", KeyShape::Line),
        entry(Ink::CURRENT, "Current", KeyShape::Line),
        entry(Ink::GAP, "Largest distance", KeyShape::Line),
    ];
    let summary = format!(
        "{} is furthest from its baseline at {}: {} % of the rows are at or below it, {} % in the baseline, a distance of {}.",
        words::shown(&told.feature),
        words::amount(distance.at, &told.unit),
        words::number(distance.current * 100.0),
        words::number(distance.baseline * 100.0),
        words::number(distance.length()),
    );
    plot.chart(frame, Told { series, key, summary, table }, "", |sheet, plot| {
        plot.axes(sheet)?;
        sheet.line(&stairs(plot, &baseline), Ink::BASE)?;
        sheet.line(&stairs(plot, &current), Ink::CURRENT)?;
        mark(sheet, plot, distance)
    })
}

/// In order, within 0 and 1, each value once.
fn known(side: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let finite = side.iter().filter(|(value, share)| value.is_finite() && share.is_finite());
    let mut known: Vec<(f64, f64)> = finite.map(|(value, share)| (*value, share.clamp(0.0, 1.0))).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    // The last of equal values counts all rows at it.
    known.reverse();
    known.dedup_by(|later, kept| later.0.total_cmp(&kept.0).is_eq());
    known.reverse();
    known
}

/// Walks both stairs once: between two steps nothing changes, so the largest distance is at one.
fn furthest(baseline: &[(f64, f64)], current: &[(f64, f64)]) -> Option<Distance> {
    if baseline.is_empty() || current.is_empty() {
        return None;
    }
    let (mut before, mut after) = (baseline.iter().peekable(), current.iter().peekable());
    let mut here = Distance { at: f64::NEG_INFINITY, baseline: 0.0, current: 0.0 };
    let mut most: Option<Distance> = None;
    loop {
        let next = [before.peek(), after.peek()].into_iter().flatten().map(|(value, _)| *value).reduce(f64::min);
        let Some(at) = next else { return most };
        here.at = at;
        while let Some((_, share)) = before.next_if(|(value, _)| *value <= at) {
            here.baseline = *share;
        }
        while let Some((_, share)) = after.next_if(|(value, _)| *value <= at) {
            here.current = *share;
        }
        if most.is_none_or(|most| here.length() > most.length()) {
            most = Some(here);
        }
    }
}

/// Every so manieth step, with both ends.
fn thinned(side: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let stride = side.len().div_ceil(MOST).max(1);
    let last = side.len().saturating_sub(1);
    side.into_iter()
        .enumerate()
        .filter(|(at, _)| at.is_multiple_of(stride) || *at == last)
        .map(|(_, step)| step)
        .collect()
}

fn stairs(plot: &Plot, side: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut path = Vec::with_capacity(side.len() * 2 + 2);
    let mut height = plot.bottom();
    path.push((plot.area.x, height));
    for (value, share) in side {
        let (x, y) = plot.at((*value, share * 100.0));
        path.push((x, height));
        path.push((x, y));
        height = y;
    }
    path.push((plot.right(), height));
    path
}

fn mark(sheet: &mut Sheet<'_>, plot: &Plot, distance: Distance) -> Drawn {
    let (x, from) = plot.at((distance.at, distance.baseline * 100.0));
    let to = plot.y(distance.current * 100.0);
    sheet.line(&[(x, from), (x, to)], Ink::GAP)?;
    for y in [from, to] {
        sheet.line(&[(x - 4.0, y), (x + 4.0, y)], Ink::GAP)?;
    }
    let text = format!("distance {}", words::number(distance.length()));
    let room = 110.0;
    let (place, anchor) =
        if x > plot.right() - room - 6.0 { (x - 7.0, Anchor::Left) } else { (x + 7.0, Anchor::Right) };
    sheet.text(&text, (place, f64::midpoint(from, to)), anchor, Ink::NOTE, room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The share of a side at or below a value.
    fn at(side: &[(f64, f64)], value: f64) -> f64 {
        side.iter().rfind(|(step, _)| *step <= value).map_or(0.0, |(_, share)| *share)
    }

    proptest! {
        #[test]
        fn nothing_is_further_apart(
            one in prop::collection::vec(-50_i32..50, 1..30),
            other in prop::collection::vec(-50_i32..50, 1..30),
        ) {
            let side = |values: Vec<i32>| {
                let mut values = values;
                values.sort_unstable();
                let all = f64::from(u32::try_from(values.len()).unwrap());
                let steps = (1_u32..).zip(&values).map(|(rank, value)| (f64::from(*value), f64::from(rank) / all));
                known(&steps.collect::<Vec<_>>())
            };
            let (one, other) = (side(one), side(other));
            let found = furthest(&one, &other).unwrap();
            let most = (-51..51).map(|value| (at(&one, value.into()) - at(&other, value.into())).abs()).fold(0.0, f64::max);
            prop_assert!((found.length() - most).abs() < 1e-12);
            prop_assert!((at(&one, found.at) - found.baseline).abs() < 1e-12);
        }
    }
}
