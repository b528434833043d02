//! Two distributions over the same bins: the baseline as an outline, the current one as bars, so that neither hides the
//! other and each is told without colour.

use crate::{
    ChartError, Frame,
    axis::extent,
    ink::Ink,
    plot::{Axis, Plot, Told, across, columns, entry, upwards},
    sheet::{Drawn, Sheet},
    words,
};
use contract::charts::{Chart, ChartPoint, ChartTable, KeyShape, SeriesPoints};

/// A numeric feature, counted in bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    pub feature: String,
    /// Of the feature; empty where it has none.
    pub unit: String,
    /// Rising, one more than there are bins.
    pub edges: Vec<f64>,
    /// Rows in each bin, or shares of rows: each side is drawn as percent of its own sum.
    pub baseline: Vec<f64>,
    pub current: Vec<f64>,
}

struct Bin {
    from: f64,
    to: f64,
    /// Percent.
    baseline: f64,
    current: f64,
}

/// See [`Histogram`]. Bins whose ends or counts are not known are left out.
///
/// # Errors
/// [`ChartError::Empty`] where no bin is known or both sides count nothing.
pub fn histogram(frame: &Frame, told: &Histogram) -> Result<Chart, ChartError> {
    let (baseline, current) = (percents(&told.baseline), percents(&told.current));
    let bins: Vec<Bin> = told
        .edges
        .windows(2)
        .zip(baseline.iter().zip(&current))
        .filter_map(|(edges, (baseline, current))| {
            let &[from, to] = edges else { return None };
            let known = from.is_finite() && to.is_finite() && from < to;
            known.then_some(Bin { from, to, baseline: *baseline, current: *current })
        })
        .collect();
    let ends = extent(bins.iter().flat_map(|bin| [bin.from, bin.to]));
    let highest = bins.iter().map(|bin| bin.baseline.max(bin.current)).fold(0.0, f64::max);
    let Some(ends) = ends.filter(|_| highest > 0.0) else { return Err(ChartError::Empty) };
    let x = Axis::linear(words::with_unit(&told.feature, &told.unit), ends, across(frame));
    let y = Axis::linear("Share of rows (%)".to_owned(), (0.0, highest), upwards(frame));
    let plot = Plot::new(frame, x, y);
    let points = |value: fn(&Bin) -> f64| -> Vec<ChartPoint> {
        let place = |(row, bin): (usize, &Bin)| plot.point((f64::midpoint(bin.from, bin.to), value(bin)), row);
        bins.iter().enumerate().map(place).collect()
    };
    let series = vec![
        SeriesPoints { name: "Baseline".into(), columns: columns([1, 2]), points: points(|bin| bin.baseline) },
        SeriesPoints { name: "Current".into(), columns: columns([1, 2]), points: points(|bin| bin.current) },
    ];
    let head = [words::shown(&told.feature), "Baseline (%)".into(), "Current (%)".into()];
    let rows = bins
        .iter()
        .map(|bin| {
            let name = format!("{} to {}", words::number(bin.from), words::number(bin.to));
            vec![name, words::cell(Some(bin.baseline)), words::cell(Some(bin.current))]
        })
        .collect();
    let key = vec![entry(Ink::BASE, "Baseline", KeyShape::Line), entry(Ink::CURRENT, "Current", KeyShape::Box)];
    let said = Told { series, key, summary: summary(told, &bins), table: ChartTable { head: head.into(), rows } };
    plot.chart(frame, said, "", |sheet, plot| {
        plot.axes(sheet)?;
        for bin in bins.iter().filter(|bin| bin.current > 0.0) {
            let gap = if plot.x(bin.to) - plot.x(bin.from) > 6.0 { 1.0 } else { 0.0 };
            let (left, top) = plot.at((bin.from, bin.current));
            sheet.rect((left + gap, top), (plot.x(bin.to) - gap, plot.bottom()), Ink::CURRENT, true)?;
        }
        outline(sheet, plot, &bins)
    })
}

/// Percent of the sum; what is not known or below nothing counts nothing.
fn percents(counts: &[f64]) -> Vec<f64> {
    let known = |count: f64| if count.is_finite() { count.max(0.0) } else { 0.0 };
    let all: f64 = counts.iter().copied().map(known).sum();
    counts.iter().map(|count| if all > 0.0 { known(*count) / all * 100.0 } else { 0.0 }).collect()
}

fn outline(sheet: &mut Sheet<'_>, plot: &Plot, bins: &[Bin]) -> Drawn {
    let mut path = Vec::with_capacity(bins.len() * 2 + 2);
    if let (Some(first), Some(last)) = (bins.first(), bins.last()) {
        path.push((plot.x(first.from), plot.bottom()));
        path.extend(bins.iter().flat_map(|bin| [plot.at((bin.from, bin.baseline)), plot.at((bin.to, bin.baseline))]));
        path.push((plot.x(last.to), plot.bottom()));
    }
    sheet.line(&path, Ink::BASE)
}

/// How much of the rows would have to move, and the bin that changed most.
fn summary(told: &Histogram, bins: &[Bin]) -> String {
    let change = |bin: &Bin| bin.current - bin.baseline;
    let moved: f64 = bins.iter().map(|bin| change(bin).abs()).sum::<f64>() / 2.0;
    let most = bins.iter().reduce(|most, next| if change(next).abs() > change(most).abs() { next } else { most });
    let name = words::shown(&told.feature);
    match most {
        Some(bin) if moved >= 0.05 => format!(
            "{} % of the rows of {name} lie in other bins than in the baseline; most changed from {} to {}: {} % of the rows, {} % in the baseline.",
            words::number(moved),
            words::amount(bin.from, &told.unit),
            words::amount(bin.to, &told.unit),
            words::number(bin.current),
            words::number(bin.baseline),
        ),
        _ => format!("{name} is spread over its bins as in the baseline."),
    }
}
