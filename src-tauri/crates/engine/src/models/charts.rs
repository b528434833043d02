//! The pictures of the area. A chart that cannot be drawn is left out: its numbers stand beside it anyway.

use super::{live::Pair, read::Read};
use ::charts::{CdfPair, Curve, CurveKind, Frame, Line, Rank, TimeSeries, Worse, cdf_pair, curves, ranks, time_series};
use contract::{
    charts::Chart,
    models::{Basis, Better, MetricTrend, VersionComparison, metric_title},
};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 300;
/// Shares of positives that differ by less lie on one line: a thousandth is less than a pixel.
const SAME_SHARE: f64 = 0.001;
const NOT_COMPARABLE: &str = "Not comparable: each curve is of its own test set.";
const PERHAPS: &str = "Nothing says that both curves are of the same test set.";

fn frame(caption: impl Into<String>, offset_minutes: i32) -> Frame {
    Frame { width: WIDTH, height: HEIGHT, offset_minutes, caption: caption.into() }
}

/// Curves that both evaluations hold, and the ranks of features. Curves of two test sets are drawn, and say so.
pub(super) fn comparison(left: &Read, right: &Read, told: &VersionComparison) -> Vec<Chart> {
    let measured = match told.basis {
        Basis::Same(_) => "",
        Basis::Different(_) => ", on different test sets",
        Basis::Unknown(_) => ", on test sets that may differ",
    };
    let title = |read: &Read| format!("version {}", read.version.version);
    let mut all = Vec::new();
    let kinds = [
        ("receiver_operating_characteristic_curve", CurveKind::Roc, "ROC"),
        (
            "precision_recall_curve",
            CurveKind::PrecisionRecall { positives: shared(left.positives, right.positives) },
            "Precision against recall",
        ),
    ];
    for (name, kind, caption) in kinds {
        let of = |read: &Read| {
            let found = read.curves.iter().find(|curve| curve.name == name)?;
            Some(Curve { name: title(read), points: found.points.clone(), area: None })
        };
        if let (Some(one), Some(other)) = (of(left), of(right)) {
            let drawn = curves(&frame(format!("{caption}{measured}"), 0), kind, &[one, other]).ok();
            // Which of two is better is no question where they were measured on other data.
            all.extend(drawn.map(|chart| match told.basis {
                Basis::Same(_) => chart,
                Basis::Different(_) => Chart { summary: NOT_COMPARABLE.to_owned(), ..chart },
                Basis::Unknown(_) => Chart { summary: PERHAPS.to_owned(), ..chart },
            }));
        }
    }
    let told: Vec<Rank> = told
        .ranks
        .iter()
        .map(|row| Rank { feature: row.feature.clone(), before: row.left_value, after: row.right_value })
        .collect();
    if !told.is_empty() {
        let (before, after) = (title(left), title(right));
        let told = ranks(&frame("What explains the predictions", 0), [before.as_str(), after.as_str()], &told);
        all.extend(told.ok());
    }
    all
}

/// The share of positives, which is the precision of guessing. One line is right for two curves only where they agree.
fn shared(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.zip(other).filter(|(one, other)| (one - other).abs() < SAME_SHARE).map(|(one, _)| one)
}

/// A metric over the times at which versions were registered. Each test set is a line of its own: points of different
/// ones cannot be compared.
pub(super) fn trend(trend: &MetricTrend, offset_minutes: i32) -> Option<Chart> {
    let title = metric_title(&trend.metric);
    let mut lines: Vec<(Option<u32>, Line)> = Vec::new();
    for point in &trend.points {
        let (Some(at), Some(measured)) = (point.mark.created, point.measured) else { continue };
        let value = (at, Some(measured.value));
        if let Some((_, line)) = lines.iter_mut().find(|(set, _)| *set == point.set) {
            line.points.push(value);
            continue;
        }
        let name = point
            .set
            .map_or_else(|| format!("{title}, test set not known"), |set| format!("{title}, test set {}", set + 1));
        lines.push((point.set, Line { name, points: vec![value] }));
    }
    let told = TimeSeries {
        name: title.to_string(),
        unit: String::new(),
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        thresholds: Vec::new(),
        marks: Vec::new(),
        step: None,
        worse: if trend.better == Some(Better::Lower) { Worse::High } else { Worse::Low },
        logarithmic: false,
    };
    time_series(&frame(format!("{title} over the versions"), offset_minutes), &told).ok()
}

/// The feature that fits today's traffic worst.
pub(super) fn traffic(pair: &Pair, endpoint: &str) -> Option<Chart> {
    let told = CdfPair {
        feature: pair.feature.clone(),
        unit: String::new(),
        baseline: pair.baseline.clone(),
        current: pair.current.clone(),
    };
    cdf_pair(&frame(format!("{}: its baseline against what {endpoint} sees", pair.feature), 0), &told).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_guessing_is_right_for_both_or_for_none() {
        assert_eq!(shared(Some(0.42), Some(0.42)), Some(0.42));
        assert_eq!(shared(Some(0.42), Some(0.420_1)), Some(0.42));
        assert_eq!(shared(Some(0.42), Some(0.31)), None, "of two test sets");
        assert_eq!(shared(Some(0.42), None), None);
        assert_eq!(shared(None, None), None);
    }
}
