//! The pictures of the area. A chart that cannot be drawn is left out: its numbers stand beside it anyway.

use super::{live::Pair, read::Read};
use ::charts::{
    CdfPair, Curve, CurveKind, Dependence, Frame, Line, Rank, TimeSeries, Worse, cdf_pair, curves, importances, ranks,
    time_series,
};
use ::models::monitor::{clarify::PartialDependence, evaluation};
use contract::{
    charts::Chart,
    models::{Basis, Better, MetricTrend, VersionComparison, VersionNumbers, metric_title, version_words},
};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 300;
/// Shares of positives that differ by less lie on one line: a thousandth is less than a pixel.
const SAME_SHARE: f64 = 0.001;
/// Features whose partial dependence is drawn.
const MOST_FEATURES: usize = 12;
const NOT_COMPARABLE: &str = "Not comparable: each curve is of its own test set.";
const EXPLAINS: &str = "What explains the predictions";
const PERHAPS: &str = "Nothing says that both curves are of the same test set.";

fn frame(caption: impl Into<String>, offset_minutes: i32) -> Frame {
    Frame { width: WIDTH, height: HEIGHT, offset_minutes, caption: caption.into() }
}

/// A curve of an evaluation by its name, how it is drawn with a share of positives, and its caption.
type Drawing = (&'static str, fn(Option<f64>) -> CurveKind, &'static str);

const CURVES: [Drawing; 2] = [
    ("receiver_operating_characteristic_curve", |_| CurveKind::Roc, "ROC"),
    ("precision_recall_curve", |positives| CurveKind::PrecisionRecall { positives }, "Precision against recall"),
];

fn title(read: &Read) -> String {
    version_words(read.version.version)
}

/// The curve of this name, if the evaluation holds it.
fn curve(title: &str, held: &[evaluation::Curve], name: &str) -> Option<Curve> {
    let found = held.iter().find(|curve| curve.name == name)?;
    Some(Curve { name: title.to_owned(), points: found.points.clone(), area: None })
}

/// Curves over each other, and the ranks of features. Curves of two test sets are drawn, and say so; one that only one of the
/// two holds is drawn alone.
pub(super) fn comparison(left: &Read, right: &Read, told: &VersionComparison) -> Vec<Chart> {
    let measured = match told.basis {
        Basis::Same(_) => "",
        Basis::Different(_) => ", on different test sets",
        Basis::Unknown(_) => ", on test sets that may differ",
    };
    let mut all = Vec::new();
    for drawing @ (name, kind, caption) in CURVES {
        let of = |read: &Read| curve(&title(read), &read.curves, name);
        match (of(left), of(right)) {
            (Some(one), Some(other)) => {
                let kind = kind(shared(left.positives, right.positives));
                let drawn = curves(&frame(format!("{caption}{measured}"), 0), kind, &[one, other]).ok();
                // Which of two is better is no question where they were measured on other data.
                all.extend(drawn.map(|chart| match told.basis {
                    Basis::Same(_) => chart,
                    Basis::Different(_) => Chart { summary: NOT_COMPARABLE.to_owned(), ..chart },
                    Basis::Unknown(_) => Chart { summary: PERHAPS.to_owned(), ..chart },
                }));
            }
            (Some(only), None) => all.extend(single(drawing, only, left.positives)),
            (None, Some(only)) => all.extend(single(drawing, only, right.positives)),
            (None, None) => {}
        }
    }
    let told: Vec<Rank> = told
        .ranks
        .iter()
        .map(|row| Rank { feature: row.feature.clone(), before: row.left_value, after: row.right_value })
        .collect();
    if !told.is_empty() {
        let (before, after) = (title(left), title(right));
        let told = ranks(&frame(EXPLAINS, 0), [before.as_str(), after.as_str()], &told);
        all.extend(told.ok());
    }
    all
}

fn single((_, kind, caption): Drawing, curve: Curve, positives: Option<f64>) -> Option<Chart> {
    curves(&frame(caption, 0), kind(positives), &[curve]).ok()
}

/// The same of one version, with no other beside it.
pub(super) fn alone(read: &Read, told: &VersionNumbers) -> Vec<Chart> {
    let weights: Vec<(String, f64)> =
        told.ranks.iter().filter_map(|row| Some((row.feature.clone(), row.right_value?))).collect();
    of_one(&title(read), &read.curves, read.positives, &weights)
}

fn of_one(title: &str, held: &[evaluation::Curve], positives: Option<f64>, weights: &[(String, f64)]) -> Vec<Chart> {
    let mut all: Vec<Chart> =
        CURVES.into_iter().filter_map(|drawing| single(drawing, curve(title, held, drawing.0)?, positives)).collect();
    all.extend(importances(&frame(EXPLAINS, 0), title, weights).ok());
    all
}

/// What versions predict as one feature changes, a picture a feature; those of the last version first.
pub(super) fn dependence(reads: &[&Read]) -> Vec<Chart> {
    let told: Vec<(String, &[PartialDependence])> =
        reads.iter().map(|read| (title(read), read.dependence.as_slice())).collect();
    dependences(&told)
}

fn dependences(told: &[(String, &[PartialDependence])]) -> Vec<Chart> {
    let mut features: Vec<&str> = Vec::new();
    for one in told.iter().rev().flat_map(|(_, held)| held.iter()) {
        if !features.contains(&one.feature.as_str()) {
            features.push(&one.feature);
        }
    }
    let drawn = features.into_iter().filter_map(|feature| {
        let lines: Vec<Dependence> = told
            .iter()
            .flat_map(|(title, held)| {
                held.iter().filter(move |one| one.feature == feature).flat_map(move |one| lines(title, one))
            })
            .collect();
        ::charts::dependence(&frame(format!("Partial dependence on {feature}"), 0), feature, &lines).ok()
    });
    drawn.take(MOST_FEATURES).collect()
}

/// A line for each label. Values that are no numbers have no order, and a line between them would tell of one.
fn lines(title: &str, told: &PartialDependence) -> Vec<Dependence> {
    let values: Option<Vec<f64>> = told.values.iter().map(|value| value.trim().parse().ok()).collect();
    let Some(values) = values else { return Vec::new() };
    let several = told.predictions.len() > 1;
    let line = |(label, predicted): &(String, Vec<f64>)| Dependence {
        name: if several { format!("{title}, {label}") } else { title.to_owned() },
        points: values.iter().copied().zip(predicted.iter().copied()).collect(),
    };
    told.predictions.iter().map(line).collect()
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
        lines.push((point.set, Line { name, points: vec![value], ..Line::default() }));
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
    fn one_version_has_its_curves_and_what_explains_it() {
        let held = |name: &str| evaluation::Curve {
            name: name.into(),
            axes: ("across".into(), "up".into()),
            points: vec![(0.0, 0.0), (0.2, 0.7), (1.0, 1.0)],
        };
        let weights = [("age".to_owned(), 0.2), ("stays".to_owned(), 0.6)];
        let captions = |held: &[evaluation::Curve], weights: &[(String, f64)]| -> Vec<String> {
            of_one("version 1", held, None, weights).into_iter().map(|chart| chart.caption).collect()
        };
        let both = [held("precision_recall_curve"), held("receiver_operating_characteristic_curve")];
        assert_eq!(captions(&both, &weights), ["ROC", "Precision against recall", EXPLAINS]);
        assert_eq!(captions(&both[1..], &[]), ["ROC"], "a curve needs no other one");
        assert!(captions(&[], &[]).is_empty());
        let drawn = of_one("version 1", &both, Some(0.42), &[]);
        let key: Vec<&str> = drawn[1].key.iter().map(|entry| entry.name.as_str()).collect();
        assert!(key.len() == 2 && key[0].starts_with("version 1") && key[1] == "Guessing", "{key:?}");
    }

    #[test]
    fn a_feature_has_one_picture_of_all_versions() {
        let told = |feature: &str, values: &[&str], labels: &[&str]| PartialDependence {
            feature: feature.into(),
            data_type: None,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            distribution: Vec::new(),
            predictions: labels.iter().map(|label| ((*label).to_owned(), vec![0.2, 0.5])).collect(),
        };
        let before = [told("price", &["1", "2"], &["label0"]), told("room", &["twin", "suite"], &["label0"])];
        let after = [told("price", &["1", "2.5"], &["gold", "silver"]), told("age", &["30", "60"], &["gold"])];
        let drawn = dependences(&[("version 1".into(), before.as_slice()), ("version 2".into(), after.as_slice())]);
        let captions: Vec<&str> = drawn.iter().map(|chart| chart.caption.as_str()).collect();
        assert_eq!(captions, ["Partial dependence on price", "Partial dependence on age"], "no line between rooms");
        let names: Vec<&str> = drawn[0].key.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["version 1", "version 2, gold", "version 2, silver"]);
    }

    #[test]
    fn one_line_of_guessing_is_right_for_both_or_for_none() {
        assert_eq!(shared(Some(0.42), Some(0.42)), Some(0.42));
        assert_eq!(shared(Some(0.42), Some(0.420_1)), Some(0.42));
        assert_eq!(shared(Some(0.42), Some(0.31)), None, "of two test sets");
        assert_eq!(shared(Some(0.42), None), None);
        assert_eq!(shared(None, None), None);
    }
}
