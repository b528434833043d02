//! Charts: values in, a picture with its words out.
//!
//! Each kind of chart takes plain values and gives a [`contract::charts::Chart`]: an SVG without a colour or a font, the scales
//! and points that the window's crosshair needs, a summary and a table. plotters draws; ticks, labels and words are made
//! here, because they follow the window's zone and have to fit without a font being asked. The same values give the same
//! picture on every computer.
//!
//! [`png`] makes a picture of such charts for those who have no window, with letters and colours of its own.
//!
//! Values that are not finite count as not known. Times on a picture are those of [`Frame::offset_minutes`].

mod axis;
mod bars;
mod calendar;
mod cdf;
mod curves;
mod dependence;
mod heat;
mod histogram;
mod ink;
mod labels;
mod plot;
pub mod png;
mod scatter;
mod sheet;
mod sparkline;
mod swatch;
mod theme;
mod time_series;
mod words;

#[cfg(test)]
mod tests;

pub use bars::{Category, Rank, Spread, categories, importances, ranks, spreads};
pub use cdf::{CdfPair, cdf_pair};
pub use curves::{Curve, CurveKind, curves};
pub use dependence::{Dependence, dependence};
pub use heat::{HeatMap, Row as HeatRow, heat_map};
pub use histogram::{Histogram, histogram};
pub use scatter::{ScatterPoint, scatter};
pub use sparkline::sparkline;
pub use swatch::swatch;
pub use theme::{Theme, style};
pub use time_series::{Line, Mark, MarkKind, Threshold, TimeSeries, Worse, time_series};
pub use words::cell as figure;

/// Why there is no chart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// No value is known; the page says why.
    #[error("there is no value to draw")]
    Empty,
    #[error("the chart could not be drawn: {0}")]
    Drawing(String),
}

/// The picture's size in CSS pixels, its zone and its caption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub width: u32,
    pub height: u32,
    /// Minutes east of UTC that times are written in.
    pub offset_minutes: i32,
    pub caption: String,
}
