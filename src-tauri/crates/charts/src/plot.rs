//! The plot area with its two axes, and how a picture becomes a chart.

use crate::{
    ChartError, Frame,
    axis::{self, Tick, real},
    calendar,
    ink::Ink,
    labels::{Labels, Stand},
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

    /// A line across at a value of the left axis, with its name where no other label stands.
    pub fn limit(&self, sheet: &mut Sheet<'_>, labels: &mut Labels, value: f64, name: &str) -> Drawn {
        let y = self.y(value);
        sheet.line(&[(self.area.x, y), (self.right(), y)], Ink::LIMIT)?;
        // Below the line where there is no room above it.
        let best = if y - self.area.y < LINE { y + LINE } else { y - 2.0 };
        let lines = std::iter::successors(Some(LINE), |away| Some(away + LINE));
        let others = lines.take_while(|away| *away < self.area.height).flat_map(|away| [y - 2.0 - away, y + away]);
        let others = others.filter(|at| at - LINE >= self.area.y && *at <= self.bottom());
        let (end, room) = (self.right() - 2.0, self.area.width * 0.7);
        let covered = (end - words::width(name).min(room), end);
        match labels.place(covered, Stand::Foot, std::iter::once(best).chain(others)) {
            Some(at) => sheet.text(name, (end, at), Anchor::AboveLeft, Ink::NOTE, room),
            None => Ok(()),
        }
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
