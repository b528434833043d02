//! Horizontal bars, two for each name, because names are long: categories of a feature, importance of features, and times of
//! the tasks of a stage. The baseline is an outline and the current value is filled.

use crate::{
    ChartError, Frame,
    axis::real,
    ink::Ink,
    plot::{Axis, Plot, Told, across, columns, entry, size, whole},
    sheet::{Anchor, Drawn, Sheet},
    words,
};
use contract::charts::{Chart, ChartTable, KeyShape, ScaleKind, SeriesPoints};

/// Pixels of height of a name with its two bars.
const ROOM: f64 = 24.0;
/// Pixels of height that are not the plot area's.
const EDGES: f64 = 58.0;
/// Pixels between a bar and its note, and behind the note.
const BESIDE: (f64, f64) = (6.0, 2.0);

/// A value of a feature that has no order.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    pub name: String,
    /// Rows, or shares of rows: each side is drawn as percent of its own sum.
    pub baseline: f64,
    pub current: f64,
}

/// A feature and what it weighs.
#[derive(Debug, Clone, PartialEq)]
pub struct Rank {
    pub feature: String,
    /// Importance, as its method has it; `None` where the feature was not there.
    pub before: Option<f64>,
    pub after: Option<f64>,
}

/// How long tasks of one kind took.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// `Stage 2`.
    pub name: String,
    /// Both in the unit of the picture.
    pub median: f64,
    pub slowest: f64,
    /// What stands behind the bars: the slowest in words.
    pub note: String,
    /// It ended so, whatever its tasks took.
    pub failed: bool,
}

struct Bar {
    name: String,
    before: Option<f64>,
    after: Option<f64>,
    note: String,
    failed: bool,
}

/// The categories of a feature, the most frequent first. What does not fit the frame is drawn as one; the table has all.
///
/// # Errors
/// [`ChartError::Empty`] where both sides count nothing.
pub fn categories(frame: &Frame, feature: &str, told: &[Category]) -> Result<Chart, ChartError> {
    let known = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
    let all = |side: fn(&Category) -> f64| told.iter().map(side).map(known).sum::<f64>();
    let (before, after) = (all(|one| one.baseline), all(|one| one.current));
    if before + after <= 0.0 {
        return Err(ChartError::Empty);
    }
    let percent = |value: f64, all: f64| if all > 0.0 { known(value) / all * 100.0 } else { 0.0 };
    let mut shares: Vec<(String, f64, f64)> = told
        .iter()
        .map(|one| (words::shown(&one.name), percent(one.baseline, before), percent(one.current, after)))
        .collect();
    shares.sort_by(|one, other| other.1.max(other.2).total_cmp(&one.1.max(one.2)));
    let rows = shares
        .iter()
        .map(|(name, before, after)| vec![name.clone(), words::cell(Some(*before)), words::cell(Some(*after))])
        .collect();
    let head = [words::shown(feature), "Baseline (%)".into(), "Current (%)".into()];
    let most = shares.iter().reduce(|most, next| if change(next) > change(most) { next } else { most });
    let summary = match most {
        Some((name, before, after)) if (after - before).abs() >= 0.05 => format!(
            "{} of {}; most changed {name}: {} % of the rows, {} % in the baseline.",
            words::counted(shares.len(), "category", "categories"),
            words::shown(feature),
            words::number(*after),
            words::number(*before),
        ),
        _ => format!("The categories of {} are as frequent as in the baseline.", words::shown(feature)),
    };
    let fitting = fitting(frame);
    let kept = if shares.len() > fitting { fitting.saturating_sub(1) } else { shares.len() };
    let mut bars: Vec<Bar> = shares.iter().take(kept).map(|(name, before, after)| bar(name, *before, *after)).collect();
    let rest = shares.get(kept..).unwrap_or_default();
    if !rest.is_empty() {
        let name = words::counted(rest.len(), "other", "others");
        bars.push(bar(&name, rest.iter().map(|one| one.1).sum(), rest.iter().map(|one| one.2).sum()));
    }
    let table = ChartTable { head: head.into(), rows };
    drawn(frame, "Share of rows (%)", [Some("Baseline"), Some("Current")], &bars, kept, summary, table)
}

fn change((_, before, after): &(String, f64, f64)) -> f64 {
    (after - before).abs()
}

fn bar(name: &str, before: f64, after: f64) -> Bar {
    Bar { name: name.to_owned(), before: Some(before), after: Some(after), note: String::new(), failed: false }
}

/// Features by importance, the weightiest of `names[1]` first, with the place that each had and has. `names` are those of
/// the two sides: versions, or baseline and now. What does not fit the frame is in the table alone.
///
/// # Errors
/// [`ChartError::Empty`] where no importance is known.
pub fn ranks(frame: &Frame, names: [&str; 2], told: &[Rank]) -> Result<Chart, ChartError> {
    let known = |value: Option<f64>| value.filter(|value| value.is_finite());
    let placed = |side: fn(&Rank) -> Option<f64>| {
        let mut order: Vec<(usize, f64)> =
            told.iter().enumerate().filter_map(|(at, one)| Some((at, known(side(one))?))).collect();
        order.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        let mut places = vec![None; told.len()];
        for (place, (at, _)) in (1_usize..).zip(order) {
            if let Some(cell) = places.get_mut(at) {
                *cell = Some(place);
            }
        }
        places
    };
    let (before, after) = (placed(|one| one.before), placed(|one| one.after));
    let mut rows: Vec<(&Rank, Option<usize>, Option<usize>)> =
        told.iter().zip(before).zip(after).map(|((one, before), after)| (one, before, after)).collect();
    rows.retain(|(_, before, after)| before.is_some() || after.is_some());
    if rows.is_empty() {
        return Err(ChartError::Empty);
    }
    // Those that are gone come last, in the order that they had.
    rows.sort_by_key(|(_, before, after)| (after.unwrap_or(usize::MAX), *before));
    let place = |place: Option<usize>| place.map(|place| place.to_string()).unwrap_or_default();
    let [first, second] = names.map(words::shown);
    let head = vec![
        "Feature".to_owned(),
        format!("Importance, {first}"),
        format!("Importance, {second}"),
        format!("Place, {first}"),
        format!("Place, {second}"),
    ];
    let cells = rows.iter().map(|(one, before, after)| {
        let importance = [known(one.before), known(one.after)].map(words::cell);
        [words::shown(&one.feature)].into_iter().chain(importance).chain([place(*before), place(*after)]).collect()
    });
    let table = ChartTable { head, rows: cells.collect() };
    let note = |before: Option<usize>, after: Option<usize>| match (before, after) {
        (Some(before), Some(after)) if before == after => String::new(),
        (Some(before), Some(after)) if after < before => format!("▲ {before} → {after}"),
        (Some(before), Some(after)) => format!("▼ {before} → {after}"),
        (None, _) => "new".to_owned(),
        (_, None) => "gone".to_owned(),
    };
    let kept = rows.len().min(fitting(frame));
    let bars: Vec<Bar> = rows
        .iter()
        .take(kept)
        .map(|(one, before, after)| Bar {
            name: words::shown(&one.feature),
            before: known(one.before),
            after: known(one.after),
            note: note(*before, *after),
            failed: false,
        })
        .collect();
    let summary = rank_summary(&rows);
    drawn(frame, "Importance", [Some(first.as_str()), Some(second.as_str())], &bars, kept, summary, table)
}

/// Features of one version by importance, the weightiest first. What does not fit the frame is in the table alone.
///
/// # Errors
/// [`ChartError::Empty`] where no importance is known.
pub fn importances(frame: &Frame, name: &str, told: &[(String, f64)]) -> Result<Chart, ChartError> {
    let known = told.iter().filter(|(_, value)| value.is_finite());
    let mut rows: Vec<(String, f64)> = known.map(|(feature, value)| (words::shown(feature), *value)).collect();
    rows.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
    let Some((first, _)) = rows.first() else { return Err(ChartError::Empty) };
    let summary = format!("{first} weighs most.");
    let name = words::shown(name);
    let head = vec!["Feature".to_owned(), format!("Importance, {name}"), format!("Place, {name}")];
    let cells = (1_usize..)
        .zip(&rows)
        .map(|(place, (feature, value))| vec![feature.clone(), words::cell(Some(*value)), place.to_string()]);
    let table = ChartTable { head, rows: cells.collect() };
    let kept = rows.len().min(fitting(frame));
    let bar = |(feature, value): &(String, f64)| Bar {
        name: feature.clone(),
        before: None,
        after: Some(*value),
        note: String::new(),
        failed: false,
    };
    let bars: Vec<Bar> = rows.iter().take(kept).map(bar).collect();
    drawn(frame, "Importance", [None, Some(name.as_str())], &bars, kept, summary, table)
}

/// Median against slowest, in the order that is given; `summary` says it in a sentence. Those that failed are marked by a
/// sign, a word and a colour. What does not fit the frame is in the table alone.
///
/// # Errors
/// [`ChartError::Empty`] where no time is known.
pub fn spreads(frame: &Frame, unit: &str, told: &[Spread], summary: String) -> Result<Chart, ChartError> {
    let known: Vec<&Spread> =
        told.iter().filter(|one| one.median.is_finite() && one.slowest.is_finite() && one.slowest > 0.0).collect();
    let unit = words::shown(unit);
    let mut head = vec!["Stage".to_owned(), format!("Median task ({unit})"), format!("Slowest task ({unit})")];
    let some_failed = known.iter().any(|one| one.failed);
    if some_failed {
        head.push("Ended".to_owned());
    }
    let cells = known.iter().map(|one| {
        let mut cells = vec![words::shown(&one.name), words::cell(Some(one.median)), words::cell(Some(one.slowest))];
        if some_failed {
            cells.push(if one.failed { "failed".to_owned() } else { String::new() });
        }
        cells
    });
    let table = ChartTable { head, rows: cells.collect() };
    let kept = known.len().min(fitting(frame));
    let bar = |one: &&Spread| Bar {
        name: words::shown(&one.name),
        before: Some(one.median),
        after: Some(one.slowest),
        // The letters of a PNG have no ✕.
        note: if one.failed { format!("× failed, {}", words::shown(&one.note)) } else { words::shown(&one.note) },
        failed: one.failed,
    };
    let bars: Vec<Bar> = known.iter().take(kept).map(bar).collect();
    if bars.is_empty() {
        return Err(ChartError::Empty);
    }
    let label = format!("Task time ({unit})");
    let mut chart = drawn(frame, &label, [Some("Median task"), Some("Slowest task")], &bars, kept, summary, table)?;
    if bars.iter().any(|bar| bar.failed) {
        chart.key.push(entry(Ink::BREACH, "Slowest task of a stage that failed", KeyShape::Box));
    }
    Ok(chart)
}

fn rank_summary(rows: &[(&Rank, Option<usize>, Option<usize>)]) -> String {
    let first = rows.first().map(|(one, _, _)| words::shown(&one.feature)).unwrap_or_default();
    let moved = rows
        .iter()
        .filter_map(|(one, before, after)| Some((one, (*before)?, (*after)?)))
        .filter(|(_, before, after)| before != after)
        .reduce(|most, next| if next.1.abs_diff(next.2) > most.1.abs_diff(most.2) { next } else { most });
    match moved {
        Some((one, before, after)) => {
            format!("{first} weighs most; {} moved most, from place {before} to {after}.", words::shown(&one.feature))
        }
        None => format!("{first} weighs most; no feature that both have changed its place."),
    }
}

/// Names that fit the frame.
fn fitting(frame: &Frame) -> usize {
    whole((f64::from(size(frame).1) - EDGES) / ROOM)
}

/// `sides` are what the outlines and the filled bars are called. `told`: so many of the bars are rows of the table, the first
/// with the first.
fn drawn(
    frame: &Frame,
    label: &str,
    sides: [Option<&str>; 2],
    bars: &[Bar],
    told: usize,
    summary: String,
    table: ChartTable,
) -> Result<Chart, ChartError> {
    let all = bars.iter().flat_map(|bar| [bar.before, bar.after]).flatten();
    let Some(ends) = crate::axis::extent(all.chain([0.0])) else { return Err(ChartError::Empty) };
    let plot = |ends| {
        let names = bars.iter().map(|bar| bar.name.clone()).collect();
        let values = Axis::linear(label.to_owned(), ends, across(frame));
        Plot::new(frame, values, Axis::categories(String::new(), names))
    };
    let narrow = plot(ends);
    let plot = match with_notes(&narrow, bars) {
        Some(ends) => plot(ends),
        None => narrow,
    };
    let points = bars
        .iter()
        .take(told)
        .enumerate()
        .map(|(row, bar)| plot.point((bar.after.or(bar.before).unwrap_or_default(), real(row)), row));
    let all = 1..table.head.len();
    let series = vec![SeriesPoints { name: label.to_owned(), columns: columns(all), points: points.collect() }];
    let [first, second] = sides;
    let named = [(Ink::BASE, first), (Ink::CURRENT, second)].into_iter();
    let key = named.filter_map(|(ink, side)| Some(entry(ink, side?, KeyShape::Box))).collect();
    plot.chart(frame, Told { series, key, summary, table }, "", |sheet, plot| {
        plot.axes(sheet)?;
        for (row, bar) in bars.iter().enumerate() {
            draw_bar(sheet, plot, bar, real(row))?;
        }
        Ok(())
    })
}

/// The ends of an axis that is long enough for every note to stand behind its bars, and not over them; `None` where it is.
fn with_notes(plot: &Plot, bars: &[Bar]) -> Option<(f64, f64)> {
    let ScaleKind::Linear { from, to } = plot.x.scale.kind else { return None };
    let width = plot.area.width;
    let ends = bars.iter().filter(|bar| !bar.note.is_empty()).map(|bar| {
        let longest = [bar.before, bar.after].into_iter().flatten().fold(0.0, f64::max);
        // A pixel more, for the places are rounded.
        let left = width - words::width(&bar.note) - BESIDE.0 - BESIDE.1 - 1.0;
        // In a picture that is too narrow the bars matter more.
        if left < width / 2.0 { to } else { from + (longest - from) * width / left }
    });
    let needed = ends.fold(to, f64::max);
    (needed > to).then_some((from, needed))
}

fn draw_bar(sheet: &mut Sheet<'_>, plot: &Plot, bar: &Bar, row: f64) -> Drawn {
    let thick = (plot.band(false) * 0.36).clamp(2.0, 12.0);
    let (middle, zero) = (plot.y(row), plot.x(0.0));
    // An outline lies on its border; a filled bar has none.
    if let Some(before) = bar.before {
        sheet.rect((zero, middle - thick), (plot.x(before), middle - 0.5), Ink::BASE, false)?;
    }
    if let Some(after) = bar.after {
        let ink = if bar.failed { Ink::BREACH } else { Ink::CURRENT };
        sheet.rect((zero, middle + 0.5), (plot.x(after), middle + thick), ink, true)?;
    }
    if bar.note.is_empty() {
        return Ok(());
    }
    let end = [bar.before, bar.after].into_iter().flatten().map(|value| plot.x(value)).fold(zero, f64::max);
    let (room, left) = (words::width(&bar.note) + BESIDE.0 + BESIDE.1, plot.right());
    let is_tight = end + room > left;
    let (place, anchor) = if is_tight { (left - BESIDE.1, Anchor::Left) } else { (end + BESIDE.0, Anchor::Right) };
    sheet.text(&bar.note, (place, middle), anchor, Ink::NOTE, f64::INFINITY)
}
