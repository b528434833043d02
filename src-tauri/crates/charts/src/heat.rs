//! Features by runs: when what began to drift. Tens of thousands of cells, so the cells of a class are one path, and
//! neighbours of one class in a row are one stroke of it.

use crate::{
    ChartError, Frame,
    axis::{Tick, extent, real},
    ink::Ink,
    plot::{Axis, Plot, Told, entry, rounded},
    sheet::Marker,
    words,
};
use contract::{
    Timestamp,
    charts::{Chart, ChartTable, KeyShape, Rect},
};
use std::fmt::Write as _;

/// Pixels of a cell that has room for the mark of a breach.
const MARKED: f64 = 9.0;

/// A number for each feature and run.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// What the numbers are: `PSI`, `distance`.
    pub measure: String,
    pub runs: Vec<Timestamp>,
    pub features: Vec<Row>,
    /// Above it a feature has drifted, where nothing else says whether it has.
    pub threshold: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub feature: String,
    /// One for each run; `None` was not measured.
    pub values: Vec<Option<f64>>,
    /// For each run, whether the number is drift by the rule that it was judged by: at its very limit that differs from method
    /// to method, and a check may be turned off. Empty: the threshold decides.
    pub drifted: Vec<bool>,
}

impl Row {
    fn has_drifted(&self, run: usize, value: f64, threshold: Option<f64>) -> bool {
        let by_threshold = || threshold.is_some_and(|threshold| value > threshold);
        self.drifted.get(run).copied().unwrap_or_else(by_threshold)
    }
}

/// A cell that has a value.
struct Cell {
    row: usize,
    run: usize,
    value: f64,
    drifted: bool,
}

/// See [`HeatMap`]. The order of features and runs is the caller's.
///
/// # Errors
/// [`ChartError::Empty`] where no value is known.
pub fn heat_map(frame: &Frame, told: &HeatMap) -> Result<Chart, ChartError> {
    let Some((_, highest)) = extent(known(told).map(|cell| cell.value)) else { return Err(ChartError::Empty) };
    let bounds = bounds(highest, told.threshold);
    let times: Vec<String> = told.runs.iter().map(|at| words::time(*at, frame.offset_minutes)).collect();
    let mut x = Axis::categories(format!("Run ({})", words::zone_name(frame.offset_minutes)), times.clone());
    x.ticks = ticks(frame, &told.runs);
    let names = told.features.iter().map(|row| words::shown(&row.feature)).collect();
    let plot = Plot::new(frame, x, Axis::categories("Feature".to_owned(), names));
    let under = cells(plot.area, told, &bounds);
    let rows = told.features.iter().map(|row| {
        let values = (0..told.runs.len()).map(|run| words::cell(row.values.get(run).copied().flatten()));
        std::iter::once(words::shown(&row.feature)).chain(values).collect()
    });
    let table = ChartTable { head: std::iter::once("Feature".to_owned()).chain(times).collect(), rows: rows.collect() };
    let mut key = Vec::new();
    let mut from = 0.0;
    for (step, to) in bounds.iter().enumerate() {
        let name = format!("{} to {}", words::number(from), words::number(*to));
        key.push(entry(Ink::heat(step), &name, KeyShape::Box));
        from = *to;
    }
    let said = Told { series: Vec::new(), key, summary: summary(frame, told), table };
    let width = plot.area.width / real(told.runs.len().max(1));
    let height = plot.band(false);
    plot.chart(frame, said, &under, |sheet, plot| {
        plot.axes(sheet)?;
        let has_room = width >= MARKED && height >= MARKED;
        for Cell { row, run, .. } in known(told).filter(|cell| has_room && cell.drifted) {
            sheet.marker(plot.at((real(run), real(row))), Marker::Cross, Ink::BREACH)?;
        }
        Ok(())
    })
}

/// Each cell that has a value.
fn known(told: &HeatMap) -> impl Iterator<Item = Cell> {
    told.features.iter().enumerate().flat_map(move |(row, feature)| {
        let values = feature.values.iter().take(told.runs.len()).enumerate();
        values.filter_map(move |(run, value)| {
            let value = value.filter(|value| value.is_finite())?;
            Some(Cell { row, run, value, drifted: feature.has_drifted(run, value, told.threshold) })
        })
    })
}

/// Upper bounds of the steps. With a threshold below the highest value, two steps lie under it and three over it.
fn bounds(highest: f64, threshold: Option<f64>) -> [f64; Ink::HEATS] {
    let highest = highest.max(f64::MIN_POSITIVE);
    let threshold = threshold.filter(|threshold| threshold.is_finite());
    if let Some(threshold) = threshold.filter(|threshold| (0.0..highest).contains(threshold) && *threshold > 0.0) {
        let third = (highest - threshold) / 3.0;
        return [threshold / 2.0, threshold, threshold + third, threshold + 2.0 * third, highest];
    }
    let top = threshold.map_or(highest, |threshold| threshold.max(highest));
    [0.2, 0.4, 0.6, 0.8, 1.0].map(|share| share * top)
}

/// What has drifted at its very limit has the colour of what lies over it.
fn class(feature: &Row, run: usize, threshold: Option<f64>, bounds: &[f64]) -> Option<usize> {
    let value = feature.values.get(run).copied().flatten().filter(|value| value.is_finite())?;
    let step = bounds.iter().position(|bound| value <= *bound).unwrap_or(bounds.len() - 1);
    let is_split = threshold.is_some() && bounds.get(1).copied() == threshold;
    let is_over = is_split && feature.has_drifted(run, value, threshold);
    Some(if is_over { step.max(2) } else { step })
}

/// A path for each class. Cells that are not known stay the ground's colour.
fn cells(area: Rect, told: &HeatMap, bounds: &[f64]) -> String {
    let (columns, rows) = (told.runs.len(), told.features.len());
    let (width, height) = (area.width / real(columns.max(1)), area.height / real(rows.max(1)));
    // Written once, used in every row.
    let lefts: Vec<String> = (0..columns).map(|run| format!("M{} ", rounded(area.x + width * real(run)))).collect();
    let lengths: Vec<String> = (0..=columns).map(|count| format!("h{}", rounded(width * real(count)))).collect();
    let mut paths = vec![String::new(); bounds.len()];
    for (row, feature) in told.features.iter().enumerate() {
        let middle = rounded(area.y + height * (real(row) + 0.5)).to_string();
        let mut stroke: Option<(usize, usize)> = None;
        for run in 0..=columns {
            let next = if run < columns { class(feature, run, told.threshold, bounds) } else { None };
            if let Some((begun, step)) = stroke.filter(|(_, step)| next != Some(*step)) {
                let parts = (paths.get_mut(step), lefts.get(begun), lengths.get(run - begun));
                if let (Some(path), Some(left), Some(length)) = parts {
                    path.push_str(left);
                    path.push_str(&middle);
                    path.push_str(length);
                }
                stroke = None;
            }
            if stroke.is_none() {
                stroke = next.map(|step| (run, step));
            }
        }
    }
    let mut out = String::with_capacity(paths.iter().map(String::len).sum::<usize>() + 600);
    for (step, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        let _ = writeln!(
            out,
            r#"<path class="chart-{}" fill="none" stroke="currentColor" stroke-width="{}" shape-rendering="crispEdges" d="{path}"/>"#,
            Ink::heat(step).class(),
            rounded(height).max(0.1),
        );
    }
    out
}

/// Days and times of some of the runs, as many as have room.
fn ticks(frame: &Frame, runs: &[Timestamp]) -> Vec<Tick> {
    let zone = words::zone(frame.offset_minutes);
    let mut before = None;
    let mut ticks = Vec::with_capacity(runs.len());
    for (run, at) in runs.iter().enumerate() {
        let local = zone.to_datetime(*at);
        let label = if before == Some(local.date()) { words::clock(local) } else { words::day(local) };
        before = Some(local.date());
        ticks.push(Tick { value: real(run), label });
    }
    ticks
}

/// How many features drifted in the last run and before, and the worst cell of all.
fn summary(frame: &Frame, told: &HeatMap) -> String {
    let worst = known(told).reduce(|worst, next| if next.value > worst.value { next } else { worst });
    let last = told.runs.len().saturating_sub(1);
    let drifted = |run: usize| known(told).filter(|cell| cell.run == run && cell.drifted).count();
    let said = worst.and_then(|Cell { row, run, value, .. }| {
        let (feature, at) = (told.features.get(row)?, told.runs.get(run)?);
        let at = words::time(*at, frame.offset_minutes);
        Some(format!(
            "Worst is {} with {} of {} at {at}",
            words::shown(&feature.feature),
            words::shown(&told.measure),
            words::number(value)
        ))
    });
    let counted = words::counted(told.features.len(), "feature", "features");
    let counts = match told.threshold {
        Some(_) => format!("; {} of {counted} drifted in the last run, {} in the first", drifted(last), drifted(0)),
        None => format!("; {counted} in {}", words::counted(told.runs.len(), "run", "runs")),
    };
    format!("{}{counts}.", said.unwrap_or_default())
}
