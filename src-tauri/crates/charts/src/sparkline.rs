//! A line so small that it has no axes: for cells of a grid and headings.

use crate::{
    ChartError,
    axis::{extent, real},
    ink::Ink,
    plot::{columns, point},
    sheet::{Marker, Sheet},
    time_series::trend,
    words,
};
use contract::charts::{Chart, ChartTable, Rect, Scale, ScaleKind, SeriesPoints};

/// Room for the line's width and for the dot at its end.
const INSET: f64 = 3.0;

/// Values of one unit at even distances, oldest first; `None` breaks the line. The size is in CSS pixels.
///
/// # Errors
/// [`ChartError::Empty`] where no value is known.
pub fn sparkline(
    (width, height): (u32, u32),
    name: &str,
    unit: &str,
    values: &[Option<f64>],
) -> Result<Chart, ChartError> {
    let (width, height) = (width.max(16), height.max(10));
    let known: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(at, value)| Some((at, (*value)?)))
        .filter(|(_, value)| value.is_finite())
        .collect();
    let (Some(ends), Some(first), Some(last)) =
        (extent(known.iter().map(|(_, value)| *value)), known.first().copied(), known.last().copied())
    else {
        return Err(ChartError::Empty);
    };
    let area =
        Rect { x: INSET, y: INSET, width: f64::from(width) - 2.0 * INSET, height: f64::from(height) - 2.0 * INSET };
    let x = ScaleKind::Linear { from: 0.0, to: real(values.len().saturating_sub(1)) };
    let y = ScaleKind::Linear { from: ends.0, to: ends.1 };
    let place = |(at, value): (usize, f64)| {
        (area.x + x.share(real(at)) * area.width, area.y + (1.0 - y.share(value).clamp(0.0, 1.0)) * area.height)
    };
    let svg = Sheet::picture((width, height), "", |sheet| {
        for piece in known.chunk_by(|one, next| one.0 + 1 == next.0) {
            let places: Vec<(f64, f64)> = piece.iter().copied().map(place).collect();
            match places.as_slice() {
                [alone] => sheet.marker(*alone, Marker::Ring, Ink::series(0))?,
                places => sheet.line(places, Ink::series(0))?,
            }
        }
        sheet.marker(place(last), Marker::Dot, Ink::series(0))
    })?;
    let label = words::with_unit(name, unit);
    let rows = values.iter().enumerate().map(|(at, value)| vec![(at + 1).to_string(), words::cell(*value)]).collect();
    let summary = format!(
        "{} {} from {} to {}.",
        words::shown(name),
        trend(first.1, last.1, known.iter().map(|(_, value)| *value)),
        words::amount(first.1, unit),
        words::amount(last.1, unit),
    );
    let points = known.iter().map(|(at, value)| point(place((*at, *value)), *at)).collect();
    Ok(Chart {
        svg,
        width: f64::from(width),
        height: f64::from(height),
        plot_area: area,
        series: vec![SeriesPoints { name: words::shown(name), columns: columns([1]), points }],
        key: Vec::new(),
        caption: label.clone(),
        summary,
        table: ChartTable { head: vec!["Number".into(), label.clone()], rows },
        x: Scale { label: "Number".into(), kind: x },
        y: Scale { label, kind: y },
    })
}
