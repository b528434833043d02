//! Partial dependence: what a model predicts when one feature is set to a value for all rows, over the values of the feature.

use crate::{
    ChartError, Frame,
    axis::extent,
    ink::Ink,
    plot::{Axis, Plot, Told, across, columns, entry, upwards},
    sheet::Marker,
    words,
};
use contract::charts::{Chart, ChartTable, KeyShape, SeriesPoints};

/// Curves that the summary tells of.
const TOLD: usize = 2;

/// Of one version, or of one of its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependence {
    pub name: String,
    /// Values of the feature with the mean prediction; what is not finite is left out.
    pub points: Vec<(f64, f64)>,
}

impl Dependence {
    /// By the value of the feature.
    fn known(&self) -> Vec<(f64, f64)> {
        let mut known: Vec<(f64, f64)> =
            self.points.iter().copied().filter(|(value, told)| value.is_finite() && told.is_finite()).collect();
        known.sort_by(|one, other| one.0.total_cmp(&other.0));
        known
    }
}

/// The curves of one feature over each other.
///
/// # Errors
/// [`ChartError::Empty`] where no curve has a point.
pub fn dependence(frame: &Frame, feature: &str, told: &[Dependence]) -> Result<Chart, ChartError> {
    let known: Vec<Vec<(f64, f64)>> = told.iter().map(Dependence::known).collect();
    let all = || known.iter().flatten();
    let (Some(ends), Some(heights)) = (extent(all().map(|point| point.0)), extent(all().map(|point| point.1))) else {
        return Err(ChartError::Empty);
    };
    let plot = Plot::new(
        frame,
        Axis::linear(words::shown(feature), ends, across(frame)),
        Axis::linear("Mean prediction".to_owned(), heights, upwards(frame)),
    );
    let head = vec!["Curve".to_owned(), words::shown(feature), "Mean prediction".to_owned()];
    let mut table = ChartTable { head, rows: Vec::new() };
    let mut series = Vec::new();
    let mut key = Vec::new();
    for (index, (curve, points)) in told.iter().zip(&known).enumerate() {
        let name = words::shown(&curve.name);
        let mut places = Vec::with_capacity(points.len());
        for (value, prediction) in points {
            places.push(plot.point((*value, *prediction), table.rows.len()));
            table.rows.push(vec![name.clone(), words::cell(Some(*value)), words::cell(Some(*prediction))]);
        }
        key.push(entry(Ink::series(index), &curve.name, KeyShape::Line));
        series.push(SeriesPoints { name, columns: columns([1, 2]), points: places });
    }
    let summary = summary(feature, told, &known);
    plot.chart(frame, Told { series, key, summary, table }, "", |sheet, plot| {
        plot.axes(sheet)?;
        for (index, points) in known.iter().enumerate().filter(|(_, points)| !points.is_empty()) {
            let places: Vec<(f64, f64)> = points.iter().map(|place| plot.at(*place)).collect();
            sheet.line(&places, Ink::series(index))?;
            for place in places {
                sheet.marker(place, Marker::of(index), Ink::series(index))?;
            }
        }
        Ok(())
    })
}

/// `As price goes from 1 to 4, version 14 predicts between 0.2 and 0.58.`
fn summary(feature: &str, told: &[Dependence], known: &[Vec<(f64, f64)>]) -> String {
    let said = told.iter().zip(known).filter_map(|(curve, points)| {
        let (from, to) = extent(points.iter().map(|point| point.0))?;
        let (least, most) = extent(points.iter().map(|point| point.1))?;
        Some(format!(
            "As {} goes from {} to {}, {} predicts between {} and {}.",
            words::shown(feature),
            words::number(from),
            words::number(to),
            words::shown(&curve.name),
            words::number(least),
            words::number(most),
        ))
    });
    said.take(TOLD).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame { width: 480, height: 240, offset_minutes: 0, caption: "price".into() }
    }

    #[test]
    fn a_feature_has_a_curve_for_each_version() {
        let of = |name: &str, points: Vec<(f64, f64)>| Dependence { name: name.into(), points };
        let told = [
            of("version 13", vec![(1.0, 0.2), (3.0, 0.5), (2.0, 0.35), (4.0, f64::NAN)]),
            of("version 14", vec![(1.0, 0.1), (4.0, 0.6)]),
        ];
        let chart = dependence(&frame(), "price", &told).unwrap();
        let names: Vec<&str> = chart.key.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["version 13", "version 14"]);
        assert_eq!(chart.table.rows.len(), 5, "what is not finite is left out");
        let values: Vec<&str> = chart.table.rows.iter().take(3).map(|row| row[1].as_str()).collect();
        assert!(values.is_sorted(), "a line goes from left to right: {values:?}");
        assert!(
            chart.summary.starts_with("As price goes from 1 to 3, version 13 predicts between 0.2"),
            "{}",
            chart.summary
        );
    }

    #[test]
    fn nothing_known_is_no_chart() {
        assert_eq!(dependence(&frame(), "price", &[]), Err(ChartError::Empty));
        let blind = Dependence { name: "version 1".into(), points: vec![(f64::NAN, 1.0)] };
        assert_eq!(dependence(&frame(), "price", &[blind]), Err(ChartError::Empty));
    }
}
