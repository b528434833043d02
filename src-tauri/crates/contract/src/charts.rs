//! A chart: a picture that the core drew, and what the window needs to draw over it.
//!
//! The picture is an SVG of classes and presentation attributes, so that the window's colours are its colours in every
//! theme. All that can be read off it is in the table too: the words of a point are those of its row, so what the pointer
//! shows, what a reader hears and what is copied is the same text.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Elements that the SVG of a chart may hold; the window refuses others.
pub const ELEMENTS: &[&str] = &["svg", "line", "polyline", "polygon", "rect", "circle", "path", "text", "title"];

/// Attributes that these elements may have; the window refuses others.
pub const ATTRIBUTES: &[&str] = &[
    "xmlns",
    "viewBox",
    "width",
    "height",
    "class",
    "fill",
    "stroke",
    "stroke-width",
    "shape-rendering",
    "x",
    "y",
    "dy",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "d",
    "points",
    "text-anchor",
];

/// See the module. Lengths and places are in CSS pixels from the upper left corner of the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    pub svg: String,
    pub width: f64,
    pub height: f64,
    /// Where the values are drawn: the picture without what stands at its edges.
    pub plot_area: Rect,
    pub x: Scale,
    pub y: Scale,
    /// Empty where both scales are categories: then each cell of the table, but for its first column, is a point.
    pub series: Vec<SeriesPoints>,
    pub key: Vec<KeyEntry>,
    pub caption: String,
    /// One sentence or two: how it went and where it was worst.
    pub summary: String,
    pub table: ChartTable,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    /// Borders belong to it.
    pub fn holds(&self, x: f64, y: f64) -> bool {
        (self.x..=self.x + self.width).contains(&x) && (self.y..=self.y + self.height).contains(&y)
    }
}

/// What one direction of the plot area means. The low end is at the left and at the bottom; categories go from the left
/// and from the top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// With the unit or the zone, if there is one: `PSI`, `Latency (ms)`, `Time (UTC)`.
    pub label: String,
    pub kind: ScaleKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ScaleKind {
    Linear {
        from: f64,
        to: f64,
    },
    /// By the decimal logarithm; both ends are above zero.
    Log {
        from: f64,
        to: f64,
    },
    Time {
        from: Timestamp,
        to: Timestamp,
    },
    /// Bands of one width.
    Category {
        names: Vec<String>,
    },
}

impl ScaleKind {
    /// Where a value lies: 0 at the low end (for categories at the first one), 1 at the other, and beyond these outside.
    /// Times are milliseconds since 1970; a category is its index, and its middle is meant.
    pub fn share(&self, value: f64) -> f64 {
        match self {
            Self::Linear { from, to } => part(value, *from, *to),
            Self::Log { from, to } => part(value.max(f64::MIN_POSITIVE).log10(), from.log10(), to.log10()),
            Self::Time { from, to } => part(value, millis(*from), millis(*to)),
            Self::Category { names } => part(value + 0.5, 0.0, count(names)),
        }
    }

    /// The value at a share: what [`ScaleKind::share`] undoes. Of a category, the index.
    pub fn value(&self, share: f64) -> f64 {
        match self {
            Self::Linear { from, to } => from + (to - from) * share,
            Self::Log { from, to } => 10_f64.powf(from.log10() + (to.log10() - from.log10()) * share),
            Self::Time { from, to } => millis(*from) + (millis(*to) - millis(*from)) * share,
            Self::Category { names } => (share * count(names)).floor().clamp(0.0, (count(names) - 1.0).max(0.0)),
        }
    }
}

/// A range of nothing has everything in its middle.
fn part(value: f64, from: f64, to: f64) -> f64 {
    let length = to - from;
    if length.abs() < f64::MIN_POSITIVE { 0.5 } else { (value - from) / length }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit into 53 bits")]
fn millis(at: Timestamp) -> f64 {
    at.as_millisecond() as f64
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred names")]
fn count(names: &[String]) -> f64 {
    names.len() as f64
}

/// What the key says of a class of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// A class of the picture, without a style of its own.
    pub class: String,
    pub name: String,
    pub shape: KeyShape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyShape {
    Line,
    Box,
    Point,
}

/// The sign before a name in the key, 22 pixels wide and 10 high: the window, documents and pictures draw the same one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sign {
    /// From edge to edge.
    Line,
    /// In the middle, 14 wide and 8 high; otherwise an outline.
    Box { filled: bool },
    /// An outline of radius 3 around the middle.
    Circle,
    /// A filled polygon of these corners.
    Corners(&'static [(f64, f64)]),
}

impl KeyEntry {
    /// As in the picture: the baseline is an outline, and points have the shape of their class.
    pub fn sign(&self) -> Sign {
        match (self.shape, self.class.as_str()) {
            (KeyShape::Line, _) => Sign::Line,
            (KeyShape::Box, class) => Sign::Box { filled: class != "chart-base" },
            (KeyShape::Point, "chart-breach" | "chart-alarm") => Sign::Corners(&[(11.0, 1.0), (15.0, 8.0), (7.0, 8.0)]),
            (KeyShape::Point, "chart-deploy") => Sign::Corners(&[(11.0, 1.0), (15.0, 5.0), (11.0, 9.0), (7.0, 5.0)]),
            (KeyShape::Point, _) => Sign::Circle,
        }
    }
}

/// Points that belong together, in reading order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoints {
    pub name: String,
    /// Columns of the table that say what the points are, beside its first column.
    pub columns: Vec<u32>,
    pub points: Vec<ChartPoint>,
}

/// A place in the picture, and the row of the table that tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChartPoint {
    pub x: f64,
    pub y: f64,
    pub row: u32,
}

/// The chart in words and numbers. The first column names the row; a cell is empty where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartTable {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl ChartTable {
    /// `21 Nov 2026, 06:00 UTC; PSI: 0.43; Threshold: 0.2`: what a row says in some of its columns.
    pub fn words(&self, row: u32, columns: &[u32]) -> String {
        let cells = self.rows.get(place(row)).map(Vec::as_slice).unwrap_or_default();
        let mut parts: Vec<String> = cells.first().cloned().into_iter().collect();
        parts.extend(columns.iter().filter_map(|column| {
            let (head, cell) = (self.head.get(place(*column))?, cells.get(place(*column))?);
            (!cell.is_empty()).then(|| format!("{head}: {cell}"))
        }));
        parts.join("; ")
    }

    /// By RFC 4180, as [`crate::cells`] writes it.
    pub fn csv(&self) -> String {
        std::iter::once(&self.head).chain(&self.rows).map(|row| line(row) + "\r\n").collect()
    }
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| crate::cells::csv(cell)).collect::<Vec<_>>().join(",")
}

fn place(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
    }

    #[test]
    fn each_scale_says_where_a_value_lies() {
        let linear = ScaleKind::Linear { from: 10.0, to: 30.0 };
        let log = ScaleKind::Log { from: 0.01, to: 100.0 };
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let time = ScaleKind::Time { from: at(100), to: at(300) };
        let names = ScaleKind::Category { names: ["a", "b", "c", "d"].map(String::from).to_vec() };
        assert!(near(linear.share(15.0), 0.25) && near(linear.share(50.0), 2.0));
        assert!(near(log.share(1.0), 0.5) && log.share(0.0) < -10.0);
        assert!(near(time.share(150_000.0), 0.25));
        assert!(near(names.share(0.0), 0.125) && near(names.value(0.99), 3.0) && near(names.value(7.0), 3.0));
    }

    #[test]
    fn a_range_of_nothing_has_a_middle() {
        assert!(near(ScaleKind::Linear { from: 3.0, to: 3.0 }.share(3.0), 0.5));
    }

    proptest! {
        #[test]
        fn a_share_is_undone(from in -1e6..1e6_f64, length in 0.001..1e6_f64, share in 0.0..1.0_f64) {
            let linear = ScaleKind::Linear { from, to: from + length };
            prop_assert!((linear.share(linear.value(share)) - share).abs() < 1e-6);
            let log = ScaleKind::Log { from: length, to: length * 50.0 };
            prop_assert!((log.share(log.value(share)) - share).abs() < 1e-6);
        }
    }

    #[test]
    fn a_row_is_told_without_what_is_not_known() {
        let table = ChartTable {
            head: ["Time", "PSI", "Threshold"].map(String::from).to_vec(),
            rows: [["06:00", "0.43", "0.2"], ["07:00", "", "0.2"]].map(|row| row.map(String::from).to_vec()).into(),
        };
        assert_eq!(table.words(0, &[1, 2]), "06:00; PSI: 0.43; Threshold: 0.2");
        assert_eq!(table.words(1, &[1]), "07:00");
        assert_eq!(table.words(9, &[1]), "");
    }

    #[test]
    fn a_copied_name_is_never_a_formula() {
        let table = ChartTable {
            head: vec!["Feature".into(), "Drift".into()],
            rows: vec![vec!["=1+1, \"x\"".into(), "-0.5".into()]],
        };
        assert_eq!(table.csv(), "Feature,Drift\r\n\"'=1+1, \"\"x\"\"\",-0.5\r\n");
    }
}
