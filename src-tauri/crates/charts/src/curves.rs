//! ROC and precision-recall curves of several versions over each other, with the line that guessing would give.

use crate::{
    ChartError, Frame,
    ink::Ink,
    plot::{Axis, Plot, Told, across, columns, entry, upwards},
    sheet::Marker,
    words,
};
use contract::charts::{Chart, ChartTable, KeyShape, SeriesPoints};

/// Markers on a curve: some, so that it is told from others without colour.
const MARKERS: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CurveKind {
    /// False positive rate to the right, true positive rate upwards.
    Roc,
    /// Recall to the right, precision upwards. `positives` is the share of positives, 0 to 1: the precision of guessing.
    PrecisionRecall { positives: Option<f64> },
}

impl CurveKind {
    fn axes(self) -> (&'static str, &'static str) {
        match self {
            Self::Roc => ("False positive rate", "True positive rate"),
            Self::PrecisionRecall { .. } => ("Recall", "Precision"),
        }
    }

    fn area(self) -> &'static str {
        match self {
            Self::Roc => "AUC",
            Self::PrecisionRecall { .. } => "area",
        }
    }
}

/// The curve of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pub name: String,
    /// Both 0 to 1, in the order of the threshold; what lies outside is left out.
    pub points: Vec<(f64, f64)>,
    /// As the report says it; without it the curve's own, by trapezes.
    pub area: Option<f64>,
}

impl Curve {
    fn known(&self) -> Vec<(f64, f64)> {
        let within = |value: &f64| (0.0..=1.0).contains(value);
        self.points.iter().copied().filter(|(x, y)| within(x) && within(y)).collect()
    }

    fn area(&self) -> Option<f64> {
        let known = self.known();
        let own = known.windows(2).map(|pair| match pair {
            [(x, y), (next_x, next_y)] => (next_x - x) * f64::midpoint(*y, *next_y),
            _ => 0.0,
        });
        self.area.filter(|area| area.is_finite()).or_else(|| (known.len() > 1).then(|| own.sum::<f64>().abs()))
    }
}

/// The curves over each other.
///
/// # Errors
/// [`ChartError::Empty`] where no curve has a point.
pub fn curves(frame: &Frame, kind: CurveKind, told: &[Curve]) -> Result<Chart, ChartError> {
    let known: Vec<Vec<(f64, f64)>> = told.iter().map(Curve::known).collect();
    if known.iter().all(Vec::is_empty) {
        return Err(ChartError::Empty);
    }
    let (across_name, up_name) = kind.axes();
    let plot = Plot::new(
        frame,
        Axis::linear(across_name.to_owned(), (0.0, 1.0), across(frame)),
        Axis::linear(up_name.to_owned(), (0.0, 1.0), upwards(frame)),
    );
    let mut table = ChartTable { head: ["Curve", across_name, up_name].map(String::from).to_vec(), rows: Vec::new() };
    let mut series = Vec::new();
    for (curve, points) in told.iter().zip(&known) {
        let name = words::shown(&curve.name);
        let places = points
            .iter()
            .map(|(x, y)| {
                table.rows.push(vec![name.clone(), words::cell(Some(*x)), words::cell(Some(*y))]);
                plot.point((*x, *y), table.rows.len() - 1)
            })
            .collect();
        series.push(SeriesPoints { name, columns: columns([1, 2]), points: places });
    }
    let guess = match kind {
        CurveKind::Roc => Some([(0.0, 0.0), (1.0, 1.0)]),
        CurveKind::PrecisionRecall { positives } => {
            positives.filter(|share| (0.0..=1.0).contains(share)).map(|share| [(0.0, share), (1.0, share)])
        }
    };
    let mut key: Vec<_> = told
        .iter()
        .enumerate()
        .map(|(index, curve)| {
            let area = curve.area().map(|area| format!(", {} {}", kind.area(), words::number(area)));
            entry(Ink::series(index), &format!("{}{}", curve.name, area.unwrap_or_default()), KeyShape::Line)
        })
        .collect();
    key.extend(guess.map(|_| entry(Ink::CHANCE, "Guessing", KeyShape::Line)));
    plot.chart(frame, Told { series, key, summary: summary(kind, told), table }, "", |sheet, plot| {
        plot.axes(sheet)?;
        if let Some(guess) = guess {
            sheet.line(&guess.map(|place| plot.at(place)), Ink::CHANCE)?;
        }
        for (index, points) in known.iter().enumerate().filter(|(_, points)| !points.is_empty()) {
            let places: Vec<(f64, f64)> = points.iter().map(|place| plot.at(*place)).collect();
            sheet.line(&places, Ink::series(index))?;
            // Curves that coincide show each other's markers.
            let stride = places.len().div_ceil(MARKERS).max(1);
            for place in places.into_iter().skip(index % stride).step_by(stride) {
                sheet.marker(place, Marker::of(index), Ink::series(index))?;
            }
        }
        Ok(())
    })
}

fn summary(kind: CurveKind, told: &[Curve]) -> String {
    let mut ranked: Vec<(&Curve, f64)> = told.iter().filter_map(|curve| Some((curve, curve.area()?))).collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    let said = |(curve, area): &(&Curve, f64)| {
        format!("{} with {} {}", words::shown(&curve.name), kind.area(), words::number(*area))
    };
    match (ranked.first(), ranked.last()) {
        (Some(best), Some(worst)) if ranked.len() > 1 => format!("Best is {}, worst {}.", said(best), said(worst)),
        (Some(only), _) => format!("{}.", said(only)),
        _ => "No curve has two points.".to_owned(),
    }
}
