//! Lines over time: what was published when, where nothing was, which limits it crossed, and what happened meanwhile.

use crate::{
    ChartError, Frame,
    axis::extent,
    calendar::millis,
    ink::Ink,
    labels::Labels,
    plot::{Axis, LINE, Plot, Told, columns, entry, upwards},
    sheet::{Anchor, Drawn, Marker, Sheet},
    words,
};
use contract::{
    Timestamp,
    charts::{Chart, ChartTable, KeyEntry, KeyShape, SeriesPoints},
};
use std::collections::BTreeMap;

/// Beyond so many points a line has no markers: they would hide it.
const MARKED: usize = 60;

/// Values of one unit over time.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeSeries {
    /// What is measured: `PSI`, `Latency`.
    pub name: String,
    /// `ms`, `%`; empty for numbers without one.
    pub unit: String,
    pub lines: Vec<Line>,
    pub thresholds: Vec<Threshold>,
    pub marks: Vec<Mark>,
    /// Seconds from one value to the next where all were published: a line is broken over more than one and a half of it.
    /// `None` breaks it at values that are not known alone.
    pub step: Option<u32>,
    pub worse: Worse,
    /// Powers of ten upwards; drawn so only if all values are above zero.
    pub logarithmic: bool,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub name: String,
    /// In any order; `None` was not published.
    pub points: Vec<(Timestamp, Option<f64>)>,
    /// How far a value may be off to both sides, for those of which that is known.
    pub errors: BTreeMap<Timestamp, f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    pub name: String,
    pub value: f64,
    /// A value right at it is beyond it: methods, and alarms, differ in that.
    pub inclusive: bool,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub at: Timestamp,
    pub kind: MarkKind,
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    Alarm,
    /// An alarm ended: it is drawn quietly, for what is over asks for nothing.
    Over,
    Deployment,
}

/// Which values are the bad ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worse {
    High,
    Low,
}

impl Worse {
    /// Whether the first is worse than the other.
    fn than(self, value: f64, other: f64) -> bool {
        match self {
            Self::High => value > other,
            Self::Low => value < other,
        }
    }

    /// Whether a value is beyond a limit, by the limit's own rule.
    fn is_beyond(self, value: f64, limit: &Threshold) -> bool {
        match self {
            Self::High if limit.inclusive => value >= limit.value,
            Self::Low if limit.inclusive => value <= limit.value,
            Self::High | Self::Low => self.than(value, limit.value),
        }
    }
}

/// A line in the order of time, with what is not a number as not known.
struct Known<'a> {
    name: &'a str,
    points: Vec<(Timestamp, Option<f64>)>,
    errors: &'a BTreeMap<Timestamp, f64>,
}

impl Known<'_> {
    fn values(&self) -> impl Iterator<Item = (Timestamp, f64)> + '_ {
        self.points.iter().filter_map(|(at, value)| Some((*at, (*value)?)))
    }

    fn error(&self, at: Timestamp) -> Option<f64> {
        self.errors.get(&at).copied().filter(|error| error.is_finite() && *error > 0.0)
    }

    fn has_errors(&self) -> bool {
        self.values().any(|(at, _)| self.error(at).is_some())
    }
}

/// See [`TimeSeries`].
///
/// # Errors
/// [`ChartError::Empty`] where no line has a value.
pub fn time_series(frame: &Frame, told: &TimeSeries) -> Result<Chart, ChartError> {
    let lines: Vec<Known<'_>> = told.lines.iter().map(known).collect();
    let times = || lines.iter().flat_map(|line| line.points.iter().map(|(at, _)| *at));
    let (Some(from), Some(to)) = (times().min(), times().max()) else { return Err(ChartError::Empty) };
    let values = || lines.iter().flat_map(|line| line.values()).map(|(_, value)| value);
    let limits = || told.thresholds.iter().map(|limit| limit.value);
    let least = values().fold(f64::INFINITY, f64::min);
    if !least.is_finite() {
        return Err(ChartError::Empty);
    }
    let logarithmic = told.logarithmic && least > 0.0;
    // Sizes and counts are read against nothing; values that go below zero have their own floor.
    let floor = (!logarithmic && least >= 0.0).then_some(0.0);
    let limits_shown = limits().filter(|limit| !logarithmic || *limit > 0.0);
    // A distance is not less than nothing, whatever its error.
    let reached =
        lines.iter().flat_map(|line| line.values().filter_map(move |(at, value)| Some(value + line.error(at)?)));
    let Some(ends) = extent(values().chain(reached).chain(limits_shown).chain(floor)) else {
        return Err(ChartError::Empty);
    };
    let label = words::with_unit(&told.name, &told.unit);
    let y = if logarithmic {
        Axis::logarithmic(label, ends, upwards(frame))
    } else {
        Axis::linear(label, ends, upwards(frame))
    };
    let plot = Plot::new(frame, Axis::time(frame, (from, to)), y);
    let (table, rows) = table(frame, told, &lines);
    let series = lines
        .iter()
        .enumerate()
        .map(|(index, line)| SeriesPoints {
            name: words::shown(line.name),
            columns: columns([index + 1]),
            points: line
                .values()
                .map(|(at, value)| plot.point((millis(at), value), rows.get(&at).copied().unwrap_or_default()))
                .collect(),
        })
        .collect();
    let said = Told {
        series,
        key: key(told, lines.iter().any(Known::has_errors)),
        summary: summary(frame, told, &lines),
        table,
    };
    plot.chart(frame, said, "", |sheet, plot| {
        plot.axes(sheet)?;
        let mut labels = Labels::default();
        // Names of limits stand first: those of marks have other lines to go to.
        let limits = plot.limits(&mut labels, limits_named(told, logarithmic));
        for mark in told.marks.iter().filter(|mark| (from..=to).contains(&mark.at)) {
            draw_mark(sheet, plot, &mut labels, mark)?;
        }
        for limit in &limits {
            plot.limit(sheet, limit)?;
        }
        for (index, line) in lines.iter().enumerate() {
            draw_line(sheet, plot, told, line, index)?;
        }
        Ok(())
    })
}

/// The limits that have a place, each with its name and its value in words.
fn limits_named(told: &TimeSeries, logarithmic: bool) -> Vec<(f64, String)> {
    let has_place = |limit: &&Threshold| limit.value.is_finite() && (!logarithmic || limit.value > 0.0);
    let named = |limit: &Threshold| {
        (limit.value, format!("{} {}", words::shown(&limit.name), words::amount(limit.value, &told.unit)))
    };
    told.thresholds.iter().filter(has_place).map(named).collect()
}

fn known(line: &Line) -> Known<'_> {
    let mut points: Vec<(Timestamp, Option<f64>)> =
        line.points.iter().map(|(at, value)| (*at, value.filter(|value| value.is_finite()))).collect();
    points.sort_by_key(|(at, _)| *at);
    Known { name: &line.name, points, errors: &line.errors }
}

/// Pieces without a gap in them.
fn pieces(line: &Known<'_>, step: Option<u32>) -> Vec<Vec<(Timestamp, f64)>> {
    let longest = step.map(|seconds| i64::from(seconds) * 1_500);
    let mut pieces = Vec::new();
    let mut piece: Vec<(Timestamp, f64)> = Vec::new();
    for (at, value) in &line.points {
        let late = longest.zip(piece.last()).is_some_and(|(longest, (before, _))| {
            at.as_millisecond().saturating_sub(before.as_millisecond()) > longest
        });
        if (late || value.is_none()) && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
        piece.extend(value.map(|value| (*at, value)));
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

fn draw_line(sheet: &mut Sheet<'_>, plot: &Plot, told: &TimeSeries, line: &Known<'_>, index: usize) -> Drawn {
    let ink = Ink::series(index);
    let few = line.values().count() <= MARKED;
    draw_errors(sheet, plot, line, few)?;
    for piece in pieces(line, told.step) {
        let places: Vec<(f64, f64)> = piece.iter().map(|(at, value)| plot.at((millis(*at), *value))).collect();
        if places.len() > 1 {
            sheet.line(&places, ink)?;
        }
        // A value between two gaps has no line to be seen by.
        if few || places.len() == 1 {
            for place in places {
                sheet.marker(place, Marker::of(index), ink)?;
            }
        }
    }
    Ok(())
}

/// Bars below the line, in an ink of their own: with many values they run together to a band.
fn draw_errors(sheet: &mut Sheet<'_>, plot: &Plot, line: &Known<'_>, few: bool) -> Drawn {
    for (at, value) in line.values() {
        let Some(error) = line.error(at) else { continue };
        let (x, high) = plot.at((millis(at), value + error));
        // A scale of powers of ten has no place for what is not above nothing.
        let low = if value > 0.0 { (value - error).max(value / 1_000.0) } else { value - error };
        let low = plot.y(low);
        sheet.line(&[(x, high), (x, low)], Ink::NOTE)?;
        for y in [high, low].into_iter().filter(|_| few) {
            sheet.line(&[(x - 2.0, y), (x + 2.0, y)], Ink::NOTE)?;
        }
    }
    Ok(())
}

fn draw_mark(sheet: &mut Sheet<'_>, plot: &Plot, labels: &mut Labels, mark: &Mark) -> Drawn {
    let x = plot.x(millis(mark.at));
    let (ink, marker) = match mark.kind {
        MarkKind::Alarm => (Ink::ALARM, Marker::Triangle),
        MarkKind::Over => return sheet.marker((x, plot.area.y), Marker::Ring, Ink::NOTE),
        MarkKind::Deployment => (Ink::DEPLOYMENT, Marker::Diamond),
    };
    sheet.line(&[(x, plot.area.y), (x, plot.bottom())], ink)?;
    sheet.marker((x, plot.area.y), marker, ink)?;
    let (room, left) = (90.0, x > plot.right() - 94.0);
    let (place, anchor) = if left { (x - 5.0, Anchor::Left) } else { (x + 5.0, Anchor::Right) };
    let width = words::width(&words::shown(&mark.label)).min(room);
    let covered = if left { (place - width, place) } else { (place, place + width) };
    // More lines would hide the values; the table has every label.
    let lines = [0.0, 1.0, 2.0, 3.0].map(|line| plot.area.y + 8.0 + line * LINE);
    match labels.place(covered, lines) {
        Some(y) => sheet.text(&mark.label, (place, y), anchor, Ink::NOTE, room),
        None => Ok(()),
    }
}

fn key(told: &TimeSeries, has_errors: bool) -> Vec<KeyEntry> {
    let lines =
        told.lines.iter().enumerate().map(|(index, line)| entry(Ink::series(index), &line.name, KeyShape::Line));
    let error = has_errors.then(|| entry(Ink::NOTE, "May be off by", KeyShape::Line));
    let limit = (!told.thresholds.is_empty()).then(|| entry(Ink::LIMIT, "Threshold", KeyShape::Line));
    let has = |kind| told.marks.iter().any(|mark| mark.kind == kind);
    let alarm = has(MarkKind::Alarm).then(|| entry(Ink::ALARM, "Alarm", KeyShape::Point));
    let over = has(MarkKind::Over).then(|| entry(Ink::NOTE, "Alarm over", KeyShape::Point));
    let deployment = has(MarkKind::Deployment).then(|| entry(Ink::DEPLOYMENT, "Deployment", KeyShape::Point));
    lines.chain(error).chain(limit).chain(alarm).chain(over).chain(deployment).collect()
}

/// A row for each time that any line or mark has, and the row of each time.
fn table(frame: &Frame, told: &TimeSeries, lines: &[Known<'_>]) -> (ChartTable, BTreeMap<Timestamp, usize>) {
    let mut cells: BTreeMap<Timestamp, Vec<String>> = BTreeMap::new();
    // Errors stand behind the values, so that these keep their columns.
    let unsure: Vec<&Known<'_>> = lines.iter().filter(|line| line.has_errors()).collect();
    let empty = || vec![String::new(); lines.len() + unsure.len() + 1];
    for (index, line) in lines.iter().enumerate() {
        for (at, value) in &line.points {
            if let Some(cell) = cells.entry(*at).or_insert_with(empty).get_mut(index) {
                *cell = words::cell(*value);
            }
        }
    }
    for (index, line) in unsure.iter().enumerate() {
        for (at, _) in line.values() {
            if let Some(cell) = cells.entry(at).or_insert_with(empty).get_mut(lines.len() + index) {
                *cell = words::cell(line.error(at));
            }
        }
    }
    for mark in &told.marks {
        let word = match mark.kind {
            MarkKind::Alarm | MarkKind::Over => "alarm",
            MarkKind::Deployment => "deployment",
        };
        if let Some(cell) = cells.entry(mark.at).or_insert_with(empty).last_mut() {
            let before = if cell.is_empty() { String::new() } else { format!("{cell}, ") };
            *cell = format!("{before}{word} {}", words::shown(&mark.label));
        }
    }
    let rows = cells.keys().enumerate().map(|(row, at)| (*at, row)).collect();
    let names = lines.iter().map(|line| words::with_unit(line.name, &told.unit));
    let errors = unsure.iter().map(|line| format!("± {}", words::with_unit(line.name, &told.unit)));
    let head = std::iter::once(format!("Time ({})", words::zone_name(frame.offset_minutes)))
        .chain(names)
        .chain(errors)
        .chain(std::iter::once("Events".to_owned()))
        .collect();
    let rows_told = cells
        .into_iter()
        .map(|(at, cells)| std::iter::once(words::time(at, frame.offset_minutes)).chain(cells).collect())
        .collect();
    (ChartTable { head, rows: rows_told }, rows)
}

/// How the worst line went, its worst value, and what that means beside the thresholds and the gaps.
fn summary(frame: &Frame, told: &TimeSeries, lines: &[Known<'_>]) -> String {
    let worst_of = |line: &Known<'_>| {
        line.values().reduce(|worst, next| if told.worse.than(next.1, worst.1) { next } else { worst })
    };
    let worst = lines
        .iter()
        .filter_map(|line| Some((line, worst_of(line)?)))
        .reduce(|worst, next| if told.worse.than(next.1.1, worst.1.1) { next } else { worst });
    let Some((line, (at, value))) = worst else { return String::new() };
    let (Some(first), Some(last)) = (line.values().next(), line.values().last()) else { return String::new() };
    let amount = |value| words::amount(value, &told.unit);
    let went = trend(first.1, last.1, line.values().map(|(_, value)| value));
    let from_to = format!("from {} to {}", amount(first.1), amount(last.1));
    let name = words::shown(line.name);
    let mut said =
        if line.values().count() == 1 { format!("{name} has one value") } else { format!("{name} {went} {from_to}") };
    said.push_str("; worst ");
    said.push_str(&amount(value));
    said.push_str(" at ");
    said.push_str(&words::time(at, frame.offset_minutes));
    let crossed = told
        .thresholds
        .iter()
        .filter(|limit| told.worse.is_beyond(value, limit))
        .reduce(|hard, next| if told.worse.than(next.value, hard.value) { next } else { hard });
    let side = if told.worse == Worse::High { "above" } else { "below" };
    let limits = match crossed {
        Some(limit) if !told.worse.than(value, limit.value) => {
            format!(", at {} of {}, which counts as beyond it", words::shown(&limit.name), amount(limit.value))
        }
        Some(limit) => format!(", {side} {} of {}", words::shown(&limit.name), amount(limit.value)),
        None if told.thresholds.is_empty() => String::new(),
        None => ", within the thresholds".to_owned(),
    };
    said.push_str(&limits);
    let gaps: usize = lines.iter().map(|line| pieces(line, told.step).len().saturating_sub(1)).sum();
    let broken = if gaps == 0 {
        String::new()
    } else {
        format!(" {} with nothing published.", words::counted(gaps, "gap", "gaps"))
    };
    format!("{said}.{broken}")
}

/// A change of less than a twentieth of the spread is none.
pub fn trend(first: f64, last: f64, values: impl Iterator<Item = f64>) -> &'static str {
    let spread = extent(values).map_or(0.0, |(from, to)| to - from);
    if (last - first).abs() <= spread * 0.05 || spread < f64::MIN_POSITIVE {
        "stayed level,"
    } else if last > first {
        "rose"
    } else {
        "fell"
    }
}
