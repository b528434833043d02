//! The plot area with its two axes, and how a picture becomes a chart.

use crate::{
    ChartError, Frame,
    axis::{self, Tick, real},
    calendar,
    ink::Ink,
    labels::{Column, Labels},
    sheet::{Anchor, Drawn, Sheet},
    words,
};
use contract::{
    Timestamp,
    charts::{Chart, ChartPoint, ChartTable, KeyEntry, KeyShape, Rect, Scale, ScaleKind, SeriesPoints},
};

/// Pixels of a label's line.
pub const LINE: f64 = 14.0;
/// Pixels between two labels that stand side by side.
const GAP: f64 = 8.0;
/// Pixels of width that a tick of the lower axis needs, and of height that one of the left axis does.
const ROOM: (f64, f64) = (76.0, 34.0);
/// A picture that is smaller than this could hold no plot area.
const LEAST: (u32, u32) = (160, 100);

/// An axis and its ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub scale: Scale,
    pub ticks: Vec<Tick>,
}

impl Axis {
    /// Round ends around the values, and ticks for so many pixels.
    pub fn linear(label: String, extent: (f64, f64), ticks: usize) -> Self {
        let ((from, to), ticks) = axis::linear(extent, ticks);
        Self { scale: Scale { label, kind: ScaleKind::Linear { from, to } }, ticks }
    }

    pub fn logarithmic(label: String, extent: (f64, f64), ticks: usize) -> Self {
        let ((from, to), ticks) = axis::logarithmic(extent, ticks);
        Self { scale: Scale { label, kind: ScaleKind::Log { from, to } }, ticks }
    }

    pub fn time(frame: &Frame, (from, to): (Timestamp, Timestamp)) -> Self {
        let label = format!("Time ({})", words::zone_name(frame.offset_minutes));
        let ticks = calendar::ticks(from, to, frame.offset_minutes, across(frame));
        Self { scale: Scale { label, kind: ScaleKind::Time { from, to } }, ticks }
    }

    pub fn categories(label: String, names: Vec<String>) -> Self {
        let tick = |(index, name): (usize, &String)| Tick { value: real(index), label: name.clone() };
        let ticks = names.iter().enumerate().map(tick).collect();
        Self { scale: Scale { label, kind: ScaleKind::Category { names } }, ticks }
    }

    fn by_name(&self) -> bool {
        matches!(self.scale.kind, ScaleKind::Category { .. })
    }
}

/// Width and height of the picture in pixels.
pub fn size(frame: &Frame) -> (u32, u32) {
    (frame.width.max(LEAST.0), frame.height.max(LEAST.1))
}

/// Ticks that fit at the lower axis.
pub fn across(frame: &Frame) -> usize {
    whole(f64::from(size(frame).0) / ROOM.0)
}

/// Ticks that fit at the left axis.
pub fn upwards(frame: &Frame) -> usize {
    whole(f64::from(size(frame).1) / ROOM.1)
}

/// At least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, and above zero")]
pub fn whole(value: f64) -> usize {
    value.clamp(1.0, 100_000.0) as usize
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    pub area: Rect,
    pub x: Axis,
    pub y: Axis,
}

impl Plot {
    pub fn new(frame: &Frame, x: Axis, y: Axis) -> Self {
        let (width, height) = size(frame);
        let (width, height) = (f64::from(width), f64::from(height));
        let widest = y.ticks.iter().map(|tick| words::width(&tick.label)).fold(0.0, f64::max);
        let left = (widest + GAP + 4.0).clamp(30.0, width * 0.36);
        let (top, foot, right) = (LINE + 8.0, 2.0 * LINE + 8.0, 14.0);
        let area = Rect { x: rounded(left), y: top, width: rounded(width - left - right), height: height - top - foot };
        Self { area, x, y }
    }

    pub fn x(&self, value: f64) -> f64 {
        self.area.x + self.x.scale.kind.share(value).clamp(0.0, 1.0) * self.area.width
    }

    /// The high end is up, and the first of categories.
    pub fn y(&self, value: f64) -> f64 {
        let share = self.y.scale.kind.share(value).clamp(0.0, 1.0);
        self.area.y + self.area.height * if self.y.by_name() { share } else { 1.0 - share }
    }

    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x(x), self.y(y))
    }

    pub fn right(&self) -> f64 {
        self.area.x + self.area.width
    }

    pub fn bottom(&self) -> f64 {
        self.area.y + self.area.height
    }

    /// Pixels of one of the categories of the left axis, or of the lower one.
    pub fn band(&self, lower: bool) -> f64 {
        let (axis, length) = if lower { (&self.x, self.area.width) } else { (&self.y, self.area.height) };
        length / real(axis.ticks.len().max(1))
    }

    /// Lines, numbers and names of both axes; drawn before the values.
    pub fn axes(&self, sheet: &mut Sheet<'_>) -> Drawn {
        let (left, right, top, bottom) = (self.area.x, self.right(), self.area.y, self.bottom());
        let mut free = top - LINE;
        for tick in &self.y.ticks {
            let y = self.y(tick.value);
            if !self.y.by_name() {
                sheet.line(&[(left, y), (right, y)], Ink::GRID)?;
            } else if y - free < LINE - 1.0 {
                continue;
            }
            free = y;
            sheet.text(&tick.label, (left - GAP, y), Anchor::Left, Ink::LABEL, left - GAP - 2.0)?;
        }
        let mut free = 0.0;
        for tick in &self.x.ticks {
            let x = self.x(tick.value);
            let room = if self.x.by_name() { self.band(true).max(60.0) } else { f64::INFINITY };
            let half = words::width(&tick.label).min(room) / 2.0;
            let middle = x.min(right + 14.0 - half);
            if !self.x.by_name() {
                sheet.line(&[(x, top), (x, bottom)], Ink::GRID)?;
            }
            if middle - half >= free {
                sheet.text(&tick.label, (middle, bottom + 6.0), Anchor::Below, Ink::LABEL, room)?;
                free = middle + half + GAP;
            }
        }
        sheet.line(&[(left, top), (left, bottom), (right, bottom)], Ink::AXIS)?;
        sheet.text(&self.y.scale.label, (2.0, top - 6.0), Anchor::Above, Ink::LABEL, right - 2.0)?;
        let foot = bottom + 2.0 * LINE + 6.0;
        sheet.text(&self.x.scale.label, (right, foot), Anchor::AboveLeft, Ink::LABEL, right - 2.0)
    }

    /// Where the names of lines across stand at the right end, apart from each other: drawn with [`Plot::limit`].
    pub fn limits(&self, labels: &mut Labels, limits: Vec<(f64, String)>) -> Vec<Limit> {
        let column = Column { top: self.area.y, bottom: self.bottom(), line: LINE };
        let lines: Vec<f64> = limits.iter().map(|(value, _)| self.y(*value)).collect();
        let placed = lines.iter().zip(column.feet(&lines)).zip(limits);
        let told = placed.map(|((y, foot), (_, name))| {
            let limit = Limit { y: *y, name, foot };
            if let Some(foot) = limit.foot {
                let end = self.right() - limit.inset();
                labels.take((end - words::width(&limit.name).min(self.limit_room()), end), foot);
            }
            limit
        });
        told.collect()
    }

    /// A line across, its name, and what joins the two where the name had to move away.
    pub fn limit(&self, sheet: &mut Sheet<'_>, limit: &Limit) -> Drawn {
        let y = limit.y;
        sheet.line(&[(self.area.x, y), (self.right(), y)], Ink::LIMIT)?;
        let Some(foot) = limit.foot else { return Ok(()) };
        let end = self.right() - limit.inset();
        if limit.is_moved() {
            sheet.line(&[(end + 2.0, foot - LINE / 2.0), (self.right(), y)], Ink::NOTE)?;
        }
        sheet.text(&limit.name, (end, foot), Anchor::AboveLeft, Ink::NOTE, self.limit_room())
    }

    fn limit_room(&self) -> f64 {
        self.area.width * 0.7
    }

    pub fn point(&self, value: (f64, f64), row: usize) -> ChartPoint {
        let (x, y) = self.at(value);
        point((x, y), row)
    }

    /// Draws into the frame and puts the words beside it.
    pub fn chart(
        self,
        frame: &Frame,
        told: Told,
        under: &str,
        draw: impl FnOnce(&mut Sheet<'_>, &Self) -> Drawn,
    ) -> Result<Chart, ChartError> {
        let (width, height) = size(frame);
        let svg = Sheet::picture((width, height), under, |sheet| draw(sheet, &self))?;
        Ok(Chart {
            svg,
            width: f64::from(width),
            height: f64::from(height),
            plot_area: self.area,
            x: self.x.scale,
            y: self.y.scale,
            series: told.series,
            key: told.key,
            caption: words::shown(&frame.caption),
            summary: told.summary,
            table: told.table,
        })
    }
}

/// A line across at a value of the left axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    y: f64,
    name: String,
    /// Of the name; `None` where nothing was free for it.
    foot: Option<f64>,
}

impl Limit {
    /// Whether the name stands elsewhere than right above or below its line.
    fn is_moved(&self) -> bool {
        self.foot.is_some_and(|foot| foot < self.y - 4.0 || foot > self.y + LINE + 2.0)
    }

    /// Pixels between the name and the right end: what joins it to its line needs some.
    fn inset(&self) -> f64 {
        if self.is_moved() { 16.0 } else { 2.0 }
    }
}

/// What a chart says beside its picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    pub series: Vec<SeriesPoints>,
    pub key: Vec<KeyEntry>,
    pub summary: String,
    pub table: ChartTable,
}

pub fn point((x, y): (f64, f64), row: usize) -> ChartPoint {
    ChartPoint { x: rounded(x), y: rounded(y), row: u32::try_from(row).unwrap_or(u32::MAX) }
}

pub fn entry(ink: Ink, name: &str, shape: KeyShape) -> KeyEntry {
    KeyEntry { class: format!("chart-{}", ink.class()), name: words::shown(name), shape }
}

/// Column numbers of a table.
pub fn columns(columns: impl IntoIterator<Item = usize>) -> Vec<u32> {
    columns.into_iter().filter_map(|column| u32::try_from(column).ok()).collect()
}

/// To tenths of a pixel: no eye sees more, and they are shorter to send.
pub fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
