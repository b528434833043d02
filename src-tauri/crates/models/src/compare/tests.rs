//! Two versions beside each other.

use super::*;
use crate::{
    evidence::{Attribution, Column, EvaluationSet, FacetMetric, Metric, MetricLimit},
    sample::version,
};
use contract::models::{Better, ColumnChange, ConfusionMatrix};
use proptest::prelude::*;

fn metric(name: &str, value: f64, deviation: Option<f64>) -> Metric {
    Metric { name: name.into(), value, deviation }
}

fn evaluation(digest: &str, metrics: Vec<Metric>) -> Evaluation {
    Evaluation {
        metrics,
        limits: vec![
            MetricLimit { metric: "mape".into(), threshold: Some(0.2), better: Better::Lower },
            MetricLimit { metric: "auc".into(), threshold: None, better: Better::Higher },
        ],
        set: EvaluationSet { digest: Some(digest.into()), uri: None, rows: Some(41_208) },
        ..Evaluation::default()
    }
}

fn judged(left: Vec<Metric>, right: Vec<Metric>) -> Vec<(String, Judged)> {
    let (left, right) = (evaluation("d", left), evaluation("d", right));
    let basis = basis(Some(&left), Some(&right));
    let (rows, _) = metrics(&left, &right, &basis, &GatePolicy::default());
    rows.into_iter().map(|row| (row.name, row.judged)).collect()
}

#[test]
fn noise_direction_and_floor() {
    let one = |left: Metric, right: Metric| judged(vec![left], vec![right])[0].1;
    let sd = |value: f64| metric("mape", value, Some(0.004));
    assert_eq!(one(sd(0.124), sd(0.118)), Judged::Within, "2 sqrt(2) 0.004 = 0.0113");
    assert_eq!(one(sd(0.124), sd(0.112)), Judged::Better, "lower is better, as the constraint says");
    assert_eq!(one(sd(0.112), sd(0.124)), Judged::Worse);
    let auc = |value: f64, deviation: f64| metric("auc", value, Some(deviation));
    assert_eq!(one(auc(0.80, f64::NAN), auc(0.805, f64::NAN)), Judged::Within, "1 % where there is no deviation");
    assert_eq!(one(auc(0.80, f64::NAN), auc(0.82, 0.001)), Judged::Better);
    assert_eq!(one(auc(0.80, 0.001), auc(f64::NAN, 0.001)), Judged::NotComparable);
    assert_eq!(one(metric("own", 1.0, None), metric("own", 2.0, None)), Judged::NotComparable);
    let floor = judged(
        vec![metric("auc", 0.5, None)],
        vec![metric("auc", 0.6, None), metric("auc_best_constant_classifier", 0.6, None)],
    );
    assert_eq!(floor, [("auc".to_owned(), Judged::BelowFloor)]);
}

#[test]
fn recall_of_one_answer_is_no_floor() {
    // As Model Monitor writes it of 25 % positives: the constant says yes to all of them.
    let measured = |recall: f64| {
        let more = ["recall", "true_positive_rate"].map(|name| metric(name, recall, Some(0.01)));
        let floors = [("recall", 1.0), ("true_positive_rate", 1.0), ("precision", 0.25), ("f1", 0.4)];
        let floors = floors.map(|(name, value)| metric(&format!("{name}_best_constant_classifier"), value, None));
        let own = [metric("precision", 0.2, Some(0.01)), metric("f1", 0.8, Some(0.01))];
        more.into_iter().chain(own).chain(floors).collect::<Vec<_>>()
    };
    let told = judged(measured(0.8), measured(0.8));
    let of = |name: &str| told.iter().find(|(known, _)| known == name).unwrap().1;
    assert_eq!((of("recall"), of("true_positive_rate")), (Judged::Within, Judged::Within));
    assert_eq!((of("precision"), of("f1")), (Judged::BelowFloor, Judged::Within));
}

#[test]
fn another_test_set_is_never_better() {
    let side = |digest: &str| evaluation(digest, vec![metric("auc", 0.8, None)]);
    let (left, mut right) = (side("a"), side("b"));
    right.metrics[0].value = 0.99;
    let different = basis(Some(&left), Some(&right));
    assert!(matches!(different, Basis::Different(_)));
    let (rows, _) = metrics(&left, &right, &different, &GatePolicy::default());
    assert_eq!(rows[0].judged, Judged::NotComparable);
    let of = |digest: Option<&str>, uri: Option<&str>, rows: Option<u64>| {
        let set = EvaluationSet { digest: digest.map(str::to_owned), uri: uri.map(str::to_owned), rows };
        Evaluation { set, ..Evaluation::default() }
    };
    let pairs = [
        (of(Some("a"), None, None), of(Some("a"), None, None), true),
        (of(Some("a"), Some("s3://t"), Some(9)), of(Some("b"), Some("s3://t"), Some(9)), false),
        (of(None, Some("s3://t"), Some(9)), of(None, Some("s3://t"), Some(9)), true),
        (of(None, Some("s3://t"), None), of(None, Some("s3://t"), None), false),
        (of(None, None, Some(9)), of(None, None, Some(9)), false),
        (of(None, Some("s3://t"), Some(9)), of(None, Some("s3://t"), Some(8)), false),
        (of(None, None, None), of(None, None, None), false),
    ];
    for (one, other, same) in pairs {
        assert_eq!(matches!(basis(Some(&one), Some(&other)), Basis::Same(_)), same, "{one:?} {other:?}");
    }
    assert!(matches!(basis(None, Some(&right)), Basis::Unknown(_)));
    let binary = Evaluation { problem: Some("binary_classification".into()), ..left.clone() };
    let other = Evaluation { problem: Some("regression".into()), ..left };
    assert_eq!(basis(Some(&binary), Some(&other)), Basis::Different("binary classification against regression".into()));
}

#[test]
fn bias_is_a_distance_from_neutral() {
    let facet = |metric: &str, value: Option<f64>| FacetMetric {
        facet: "region".into(),
        facet_value: "north".into(),
        metric: metric.into(),
        is_after: true,
        value,
        error: value.is_none().then(|| "no predicted positives".into()),
        limit: None,
    };
    let same = Basis::Same(String::new());
    let one = |left: FacetMetric, right: FacetMetric, basis: &Basis| facets(&[left], &[right], basis)[0].judged;
    assert_eq!(one(facet("DPPL", Some(0.03)), facet("DPPL", Some(-0.11)), &same), Judged::Worse);
    assert_eq!(one(facet("DI", Some(1.4)), facet("DI", Some(1.1)), &same), Judged::Better, "neutral is 1");
    assert_eq!(one(facet("DI", Some(1.4)), facet("DI", None), &same), Judged::NotComparable);
    let other = Basis::Different("other test set".into());
    assert_eq!(one(facet("DI", Some(1.4)), facet("DI", Some(1.1)), &other), Judged::NotComparable);
    let rows = facets(&[facet("AD", Some(0.1))], &[facet("DI", Some(1.0))], &same);
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.judged == Judged::NotComparable), "in one report alone");
}

fn attributions(values: &[(&str, f64)]) -> Vec<Attribution> {
    of_label("label0", values)
}

fn of_label(label: &str, values: &[(&str, f64)]) -> Vec<Attribution> {
    let one =
        |(feature, value): &(&str, f64)| Attribution { label: label.into(), feature: (*feature).into(), value: *value };
    values.iter().map(one).collect()
}

#[test]
fn ranks_and_their_gain() {
    let left = attributions(&[("tenure", 0.5), ("age", 0.3), ("country", 0.1)]);
    let right = attributions(&[("age", 0.4), ("tenure", -0.6), ("id", 0.2)]);
    let rows: Vec<(String, Option<u32>, Option<u32>)> =
        ranks(&left, &right).into_iter().map(|row| (row.feature, row.left, row.right)).collect();
    let expected = [
        ("tenure", Some(1_u32), Some(1_u32)),
        ("age", Some(2), Some(2)),
        ("id", None, Some(3)),
        ("country", Some(3), None),
    ];
    assert_eq!(rows, expected.map(|(name, one, other)| (name.to_owned(), one, other)));
    assert_eq!(top(&right, 2), ["tenure", "age"]);
    assert!((ndcg(&left, &left).unwrap() - 1.0).abs() < 1e-12);
    // The first two change places: (0.3 + 0.5/log2(3) + 0.1/2) / (0.5 + 0.3/log2(3) + 0.1/2).
    let swapped = attributions(&[("age", 0.9), ("tenure", 0.8), ("country", 0.1)]);
    let third = 3.0_f64.log2();
    let expected = (0.3 + 0.5 / third + 0.05) / (0.5 + 0.3 / third + 0.05);
    assert!((ndcg(&left, &swapped).unwrap() - expected).abs() < 1e-12);
    assert_eq!(ndcg(&[], &left), None);
}

#[test]
fn what_the_right_does_not_have_comes_last_as_in_the_drift_of_a_monitor() {
    let left = attributions(&[("tenure", 0.5), ("age", 0.3), ("country", 0.1)]);
    let right = attributions(&[("tenure", 0.6), ("age", 0.4)]);
    let plain = |side: &[Attribution]| -> Vec<(String, f64)> {
        side.iter().map(|one| (one.feature.clone(), one.value)).collect()
    };
    let gain = ndcg(&left, &right).unwrap();
    assert!((gain - 1.0).abs() < 1e-12, "{gain}");
    let turned = attributions(&[("country", 0.6)]);
    let (one, other) = (ndcg(&left, &turned), crate::drift::ndcg(&plain(&left), &plain(&turned)));
    assert!(one.is_some() && one == other, "{one:?} {other:?}");
}

#[test]
fn the_label_that_changed_most_decides_and_all_labels_weigh() {
    let both =
        |first: &[(&str, f64)], second: &[(&str, f64)]| [of_label("gold", first), of_label("silver", second)].concat();
    let before = both(&[("stays", 0.9), ("age", 0.1)], &[("stays", 0.8), ("age", 0.2)]);
    let after = both(&[("stays", 0.9), ("age", 0.1)], &[("stays", 0.1), ("age", -0.9)]);
    let of_silver = crate::drift::ndcg(
        &[("stays".into(), 0.8), ("age".into(), 0.2)],
        &[("stays".into(), 0.1), ("age".into(), -0.9)],
    );
    assert_eq!(gains(&before, &after), [("silver", of_silver), ("gold", Some(1.0))], "the least first");
    assert_eq!(ndcg(&before, &after), of_silver);
    // By the mean of both labels, without their signs: 0.5 each; before 0.85 and 0.15.
    let rows = ranks(&before, &after);
    let values: Vec<(&str, Option<f64>, Option<f64>)> =
        rows.iter().map(|row| (row.feature.as_str(), row.left_value, row.right_value)).collect();
    let near = |told: Option<f64>, wanted: f64| told.is_some_and(|told| (told - wanted).abs() < 1e-12);
    assert_eq!(values.len(), 2, "{values:?}");
    assert!(near(values[0].1, 0.85) && near(values[0].2, 0.5), "{values:?}");
    assert!(near(values[1].1, 0.15) && near(values[1].2, 0.5), "{values:?}");
    // A label that is not explained any more is not the same order; a single one may be called otherwise.
    assert_eq!(gains(&before, &of_label("gold", &[("stays", 0.9), ("age", 0.1)]))[0], ("silver", None));
    assert_eq!(ndcg(&before, &of_label("gold", &[("stays", 0.9), ("age", 0.1)])), None);
    assert_eq!(ndcg(&of_label("label0", &[("age", 0.1)]), &of_label("churned", &[("age", 0.2)])), Some(1.0));
}

#[test]
fn columns_that_differ() {
    let of = |names: &[(&str, &str)]| -> Vec<Column> {
        names.iter().map(|(name, kind)| Column { name: (*name).into(), kind: (*kind).into() }).collect()
    };
    let left = of(&[("a", "Integral"), ("b", "String"), ("c", "Fractional")]);
    let same = of(&[("new", "String"), ("a", "Integral"), ("b", "Unknown"), ("c", "Fractional")]);
    let seen = |rows: Vec<contract::models::ColumnRow>| -> Vec<(String, ColumnChange)> {
        rows.into_iter().map(|row| (row.name, row.change)).collect()
    };
    assert_eq!(seen(columns(&left, &same)), [("new".to_owned(), ColumnChange::Added)]);
    let moved = of(&[("b", "String"), ("a", "Fractional")]);
    assert_eq!(
        seen(columns(&left, &moved)),
        [
            ("c".to_owned(), ColumnChange::Missing),
            ("a".to_owned(), ColumnChange::Kind),
            ("a".to_owned(), ColumnChange::Moved),
            ("b".to_owned(), ColumnChange::Moved),
        ]
    );
}

#[test]
fn a_whole_comparison() {
    let evidence = |value: f64| Evidence {
        evaluation: Part::There(evaluation("d", vec![metric("auc", value, Some(0.01)), metric("own", 1.0, None)])),
        bias: Part::Unreadable("access denied".into()),
        ..Evidence::default()
    };
    let (before, after) = (evidence(0.8), evidence(0.9));
    let (left, mut right) = (version(7), version(8));
    right.origin.commit = Some("9a9a9a9".into());
    right.containers[0].environment = vec![("THRESHOLD".into(), "0.6".into()), ("WORKERS".into(), "4".into())];
    let depth = |value: &str| vec![("max_depth".to_owned(), value.to_owned())];
    let (one, other) = (Part::There(depth("5")), Part::There(depth("6")));
    let of_left = Side { version: &left, evidence: &before, parameters: Some(&one), size: Some(1_048_576) };
    let of_right = Side { version: &right, evidence: &after, parameters: Some(&other), size: Some(2_097_152) };
    let made = compare(&of_left, &of_right, &GatePolicy::default());
    assert_eq!(made.words, "better on AUC");
    assert_eq!(made.basis, Basis::Same("same test set, 41,208 rows".into()));
    let places: Vec<(&str, Option<&str>)> =
        made.differences.iter().map(|one| (one.place.as_str(), one.now.as_deref())).collect();
    assert_eq!(
        places,
        [
            ("commit", Some("9a9a9a9")),
            ("max_depth", Some("6")),
            ("THRESHOLD", Some("0.6")),
            ("WORKERS", Some("4")),
            ("size", Some("2 MB (+100 %)")),
        ]
    );
    assert_eq!(made.notices.len(), 6, "bias, explanations and columns of both are named");
    assert!(made.has_parameters);
    // What was not read of one side is said, and is no difference.
    let denied = Part::Unreadable("sagemaker:DescribeTrainingJob is missing".to_owned());
    let made = compare(&of_left, &Side { parameters: Some(&denied), ..of_right }, &GatePolicy::default());
    assert!(!made.has_parameters && made.differences.iter().all(|one| one.what != "Parameter"));
    let said: Vec<&str> = made.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert!(
        said.contains(&"Training parameters of version 8: not readable: sagemaker:DescribeTrainingJob is missing."),
        "{said:?}"
    );
    let unasked = Side { parameters: None, ..of_left };
    let made = compare(&unasked, &Side { parameters: None, ..of_right }, &GatePolicy::default());
    assert_eq!((made.has_parameters, made.notices.len()), (false, 6), "what nobody asked for is not missed");
}

#[test]
fn a_facet_is_not_new_where_the_other_report_was_not_read() {
    let facet = FacetMetric {
        facet: "age".into(),
        facet_value: "55+".into(),
        metric: "DI".into(),
        is_after: true,
        value: Some(0.9),
        error: None,
        limit: None,
    };
    let with = |bias: Part<Vec<FacetMetric>>| Evidence { bias, ..Evidence::default() };
    let note = |before: Part<Vec<FacetMetric>>| {
        let (left, right) = (version(7), version(8));
        let (before, after) = (with(before), with(Part::There(vec![facet.clone()])));
        let side = |version, evidence| Side { version, evidence, parameters: None, size: None };
        let made = compare(&side(&left, &before), &side(&right, &after), &GatePolicy::default());
        assert_eq!(made.facets[0].judged, Judged::NotComparable);
        made.facets[0].note.clone().unwrap()
    };
    let unread = note(Part::Unreadable("s3:GetObject is missing".into()));
    assert_eq!(unread, "the bias report of version 7 was not read: s3:GetObject is missing");
    assert_eq!(note(Part::There(Vec::new())), "new in the candidate");
}

#[test]
fn a_version_alone_shows_all_of_its_numbers() {
    let mut told = evaluation(
        "d",
        vec![
            metric("auc", 0.6, Some(0.01)),
            metric("mape", 0.12, None),
            metric("auc_best_constant_classifier", 0.6, None),
        ],
    );
    told.classes = vec![("region=city".into(), metric("mape", 0.1, None))];
    told.confusion = Some(ConfusionMatrix { classes: vec!["a".into()], counts: vec![vec![Some(3.0)]] });
    let facet = FacetMetric {
        facet: "region".into(),
        facet_value: "north".into(),
        metric: "DI".into(),
        is_after: true,
        value: None,
        error: Some("no predicted positives".into()),
        limit: None,
    };
    let evidence = Evidence {
        evaluation: Part::There(told),
        bias: Part::There(vec![facet]),
        attributions: Part::There(attributions(&[("age", 0.2), ("tenure", 0.7)])),
        ..Evidence::default()
    };
    let made = alone(&version(1), &evidence, &GatePolicy::default());
    assert_eq!(made.mark.version, 1);
    let seen: Vec<(&str, Option<f64>, Judged, bool)> = made
        .metrics
        .iter()
        .map(|row| (row.name.as_str(), row.right.map(|told| told.value), row.judged, row.words.is_empty()))
        .collect();
    assert_eq!(
        seen,
        [("auc", Some(0.6), Judged::BelowFloor, false), ("mape", Some(0.12), Judged::NotComparable, true)]
    );
    assert!(made.metrics.iter().all(|row| row.left.is_none()));
    assert_eq!((made.classes[0].class.as_str(), made.classes[0].row.words.as_str()), ("region=city", ""));
    assert_eq!(made.confusion.as_ref().map(|told| told.classes.len()), Some(1));
    assert_eq!(made.facets[0].note.as_deref(), Some("no predicted positives"), "the report's own words");
    let places: Vec<(&str, Option<u32>)> = made.ranks.iter().map(|row| (row.feature.as_str(), row.right)).collect();
    assert_eq!(places, [("tenure", Some(1)), ("age", Some(2))]);
    assert!(made.notices.is_empty());
    let none = alone(&version(1), &Evidence::default(), &GatePolicy::default());
    assert_eq!((none.metrics.len(), none.notices.len()), (0, 3), "what is missing is said");
}

#[test]
fn a_metric_across_versions() {
    let versions = [version(7), version(8), version(9)];
    let evaluations = [
        (7, evaluation("a", vec![metric("auc", 0.91, None)])),
        (8, evaluation("b", vec![metric("auc", 0.85, None)])),
        (9, evaluation("b", vec![metric("auc", 0.84, None)])),
    ];
    let trend = trend("auc", &versions, &evaluations);
    assert_eq!(trend.points.iter().map(|point| point.set).collect::<Vec<_>>(), [Some(0), Some(1), Some(1)]);
    assert_eq!(
        trend.words,
        "AUC is 0.84 in version 9; best on this test set 0.85 in version 8; 2 test sets, not comparable with each other"
    );
}

#[test]
fn a_set_without_a_digest_is_one_with_what_it_is_compared_with() {
    let at = |digest: Option<&str>, uri: &str| {
        let mut told = evaluation("a", vec![metric("auc", 0.9, None)]);
        told.set = EvaluationSet { digest: digest.map(str::to_owned), uri: Some(uri.into()), rows: Some(100) };
        told
    };
    let numbers = |told: &[Evaluation]| sets(&told.iter().map(Some).collect::<Vec<_>>());
    let pair = [at(Some("d1"), "s3://b/test"), at(None, "s3://b/test")];
    assert_eq!(
        basis(Some(&pair[0]), Some(&pair[1])),
        Basis::Same("test set at the same address, 100 rows, a digest of one alone".into())
    );
    assert_eq!(numbers(&pair), [Some(0), Some(0)]);
    assert_eq!(numbers(&[at(None, "s3://b/test"), at(None, "s3://b/other")]), [Some(0), Some(1)]);
    let three = [at(Some("d1"), "s3://b/test"), at(None, "s3://b/test"), at(Some("d2"), "s3://b/test")];
    assert_eq!(numbers(&three), [Some(0), None, Some(1)], "nothing says which of the two it saw");
}

proptest! {
    #[test]
    fn changing_sides_changes_the_verdict(
        left in 0.01_f64..1.0, right in 0.01_f64..1.0, one in 0.0_f64..0.1, other in 0.0_f64..0.1
    ) {
        let (a, b) = (metric("auc", left, Some(one)), metric("auc", right, Some(other)));
        let there = judged(vec![a.clone()], vec![b.clone()])[0].1;
        let back = judged(vec![b], vec![a])[0].1;
        let turned = match there {
            Judged::Better => Judged::Worse,
            Judged::Worse => Judged::Better,
            same => same,
        };
        prop_assert_eq!(back, turned);
    }

    #[test]
    fn an_order_gains_at_most_the_ideal(values in proptest::collection::vec(0.0_f64..1.0, 1..20), turn in 0_usize..20) {
        let left: Vec<Attribution> = values
            .iter()
            .enumerate()
            .map(|(at, value)| Attribution { label: "label0".into(), feature: format!("f{at}"), value: *value })
            .collect();
        let mut right = left.clone();
        let by = turn % right.len();
        let turned: Vec<f64> = right.iter().cycle().skip(by).take(right.len()).map(|one| one.value).collect();
        for (one, value) in right.iter_mut().zip(turned) {
            one.value = value;
        }
        if let Some(gain) = ndcg(&left, &right) {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&gain));
        }
    }
}
