#![allow(clippy::unreadable_literal, reason = "reference values are copied whole")]

use super::*;
use crate::monitor::statistics::{Bucket, Sketch};

fn close(one: Option<f64>, other: f64) -> bool {
    one.is_some_and(|one| (one - other).abs() <= 1e-9)
}

fn feature(name: &str, summary: Summary) -> Feature {
    Feature { name: name.to_owned(), inferred_type: None, present: Some(100.0), missing: Some(0.0), summary }
}

fn numbers(name: &str, values: &[f64]) -> Feature {
    let sketch = Sketch { c: None, k: Some(2_048.0), levels: vec![values.to_vec()] };
    feature(name, Summary::Numeric(Numeric { sketch: Some(sketch), ..Numeric::default() }))
}

fn words(name: &str, counts: &[(&str, f64)]) -> Feature {
    let categories = counts.iter().map(|(category, number)| ((*category).to_owned(), *number)).collect();
    feature(name, Summary::Text(Text { distinct: None, categories: Some(categories) }))
}

fn column(ones: usize, twos: usize, threes: usize) -> Vec<f64> {
    [vec![1.0; ones], vec![2.0; twos], vec![3.0; threes]].concat()
}

fn all(features: Vec<Feature>) -> Statistics {
    Statistics { features, ..Statistics::default() }
}

#[test]
fn model_monitor_is_blind_where_values_repeat() {
    let (one, other) = (numbers("guests", &column(24, 21, 55)), numbers("guests", &column(60, 25, 15)));
    let told = compare_feature(&one, &other);
    let distance = told.l_infinity.as_ref().unwrap();
    assert!(close(Some(distance.simple), 0.40) && distance.error == Some(0.0));
    assert!((distance.robust - 0.145).abs() < 5e-4 && distance.robust > 0.1, "{distance:?}");
    assert_eq!(distance.at, Place::Value(2.0));
    let legacy = told.legacy.as_ref().unwrap();
    assert!(legacy.simple <= 0.0 && legacy.robust <= 0.0);
    let judged = told.judged(&MonitoringConfig::default(), None);
    assert_eq!((judged.drifted, judged.threshold), (Some(true), Some(0.1)));
    assert!(
        judged.reason.contains("the default; Model Monitor itself finds 0: it counts each of the 3"),
        "{}",
        judged.reason
    );
    let same = compare_feature(&one, &one);
    assert_eq!(same.legacy, None, "both are nothing");
}

#[test]
fn what_stands_in_the_place_of_nothing_is_told_as_it_is() {
    let note = |one: &[(&str, f64)], other: &[(&str, f64)]| {
        let told = compare_feature(&words("plan", one), &words("plan", other));
        told.notes.into_iter().find(|note| note.starts_with("PSI"))
    };
    let one_side =
        |text: &str| Some(format!("PSI: a bin with values on one side only has {text} in the place of nothing"));
    let (few, rare) = ([("a", 60.0), ("b", 40.0)], [("a", 99_999.0), ("b", 1.0)]);
    assert_eq!(note(&few, &few), None);
    assert_eq!(note(&few, &[("a", 60.0), ("c", 40.0)]), one_side("0.0001"));
    assert_eq!(note(&rare, &[("a", 50.0), ("b", 30.0), ("c", 20.0)]), one_side("1.000e-11"));
    let both = one_side("1.000e-11 in the baseline, and 0.0001 in the current data,");
    assert_eq!(note(&rare, &[("a", 80.0), ("c", 20.0)]), both);
}

#[test]
fn a_value_that_occurs_twice_among_thousands_explains_nothing() {
    // Two levels, so that the ranks have an error; one value of the lowest is there twice.
    let side = |from: u32| {
        let low: Vec<f64> = (from..from + 1_000).map(f64::from).chain([f64::from(from)]).collect();
        let high: Vec<f64> = (from..from + 1_000).map(|value| f64::from(value) + 0.5).collect();
        let sketch = Sketch { c: None, k: Some(2_048.0), levels: vec![low, high] };
        feature("rate", Summary::Numeric(Numeric { sketch: Some(sketch), ..Numeric::default() }))
    };
    let told = compare_feature(&side(0), &side(400));
    let legacy = told.legacy.as_ref().unwrap();
    let distance = told.l_infinity.as_ref().unwrap();
    assert!((legacy.robust - distance.robust).abs() < distance.error.unwrap(), "{legacy:?} and {distance:?}");
    let judged = told.judged(&MonitoringConfig::default(), None);
    assert_eq!((judged.drifted, told.told_otherwise(&judged)), (Some(true), None));
    assert!(!judged.reason.contains("Model Monitor"), "{}", judged.reason);
    // It counts where it decides.
    let between = f64::midpoint(legacy.robust, distance.robust);
    let config = MonitoringConfig { comparison_threshold: Some(between), ..MonitoringConfig::default() };
    let judged = told.judged(&config, None);
    assert!(
        told.told_otherwise(&judged).is_some() && judged.reason.contains("Model Monitor itself finds"),
        "{judged:?}"
    );
}

#[test]
fn all_statistics_of_one_pair() {
    let (one, other) = crate::drift::significance::tests_samples();
    let told = compare_feature(&numbers("price", &one), &numbers("price", &other));
    assert!(close(told.value(&Method::LInfinitySimple), 0.17777777777777778));
    assert!(close(told.wasserstein, 1.4447089947089946) && close(told.wasserstein_normed, 0.3469432615006689));
    let chance = 1.8 * (105.0_f64 / 2_700.0).sqrt();
    assert!(close(told.value(&Method::LInfinityRobust), (0.17777777777777778 - chance).max(0.0)));
    for method in [Method::Psi, Method::JensenShannon, Method::JensenShannonDivergence, Method::Hellinger] {
        assert!(told.value(&method).is_some_and(|value| value > 0.0), "{method:?}");
    }
    assert_eq!((told.chi_square, told.value(&Method::KolmogorovSmirnov)), (None, None), "no p-value of a sketch");
    assert!(!told.is_approximate);
}

#[test]
fn columns_that_came_and_went() {
    let before = all(vec![numbers("a", &[1.0]), numbers("gone", &[1.0]), words("kind", &[("x", 1.0)])]);
    let now = all(vec![numbers("new", &[1.0]), numbers("kind", &[1.0]), numbers("a", &[1.0])]);
    let told = compare(&before, &now);
    let names: Vec<&str> = told.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["a", "gone", "kind", "new"]);
    assert!(
        told[0].l_infinity.is_some() && told[1..].iter().all(|one| one.l_infinity.is_none() && !one.notes.is_empty())
    );
    let run = run(&told, None, None);
    let gone = &run.features[1];
    assert_eq!((gone.drifted, gone.value, gone.method.clone()), (Some(true), Some(1.0), Method::Missingness));
    assert_eq!(gone.reason, "the column is missing in the current data");
    assert_eq!(run.features.iter().map(FeatureDrift::is_gone).collect::<Vec<_>>(), [false, true, false, false]);
    assert!(gone.severity().is_some_and(|times| (times - 10.0).abs() < 1e-9));
    let others: Vec<Option<bool>> = [0, 2, 3].map(|at: usize| run.features[at].drifted).to_vec();
    assert_eq!(others, [Some(false), None, None], "what is new has nothing to be compared with");
    assert_eq!(run.drifted_share(), Some(0.5));
    let uncompared = MonitoringConfig { compares: Some(false), ..MonitoringConfig::default() };
    assert_eq!(
        (told[1].judged(&uncompared, None).drifted, told[0].judged(&uncompared, None).drifted),
        (Some(true), None)
    );
    let off = MonitoringConfig { evaluates: Some(false), ..MonitoringConfig::default() };
    assert_eq!(told[1].judged(&off, None).drifted, None, "nothing is checked");
}

#[test]
fn settings_choose_method_and_threshold() {
    let text = br#"{"features": [{"name": "b", "monitoring_config_overrides": {"distribution_constraints": {"comparison_threshold": 0.9}}},
        {"name": "c", "monitoring_config_overrides": {"distribution_constraints": {"perform_comparison": "Disabled"}}}],
        "monitoring_config": {"distribution_constraints": {"comparison_threshold": 0.2, "comparison_method": "Simple",
        "categorical_comparison_threshold": 0.05, "categorical_drift_method": "LInfinity"}}}"#;
    let constraints = Constraints::read(text).unwrap();
    let (one, other) = (column(50, 25, 25), column(25, 25, 50));
    let names = ["a", "b", "c"];
    let mut before: Vec<Feature> = names.iter().map(|name| numbers(name, &one)).collect();
    let mut now: Vec<Feature> = names.iter().map(|name| numbers(name, &other)).collect();
    before.push(words("d", &[("x", 50.0), ("y", 50.0)]));
    now.push(words("d", &[("x", 56.0), ("y", 44.0)]));
    let run = run(&compare(&all(before), &all(now)), Some(&constraints), None);
    let told: Vec<_> = run.features.iter().map(|one| (one.threshold.unwrap().to_string(), one.drifted)).collect();
    let expected = [("0.2", Some(true)), ("0.9", Some(false)), ("0.2", None), ("0.05", Some(true))];
    assert_eq!(told, expected.map(|(threshold, drifted)| (threshold.to_owned(), drifted)));
    assert!(run.features.iter().all(|one| one.method == Method::LInfinitySimple));
    assert!(run.features[2].reason.starts_with("not checked"));
    let chi =
        MonitoringConfig { categorical_method: Some(CategoricalMethod::ChiSquared), ..MonitoringConfig::default() };
    let judged = compare_feature(&words("d", &[("x", 50.0), ("y", 50.0)]), &words("d", &[("x", 90.0), ("y", 10.0)]))
        .judged(&chi, None);
    assert_eq!((judged.method, judged.drifted, judged.threshold), (Method::ChiSquare, Some(true), Some(0.05)));
}

#[test]
fn buckets_are_approximate_and_columns_without_them_not_comparable() {
    let bucket = |lower, upper, count| Bucket { lower, upper, count };
    let coarse = |buckets| feature("price", Summary::Numeric(Numeric { buckets, ..Numeric::default() }));
    let told = compare_feature(
        &coarse(vec![bucket(0.0, 1.0, 50.0), bucket(1.0, 2.0, 50.0)]),
        &coarse(vec![bucket(0.5, 2.5, 100.0)]),
    );
    assert!(told.is_approximate && close(told.value(&Method::LInfinitySimple), 0.25));
    assert_eq!(told.l_infinity.as_ref().unwrap().error, None);
    assert_eq!(told.legacy, None);
    let many = feature("id", Summary::Text(Text { distinct: Some(1e5), categories: None }));
    let told = compare_feature(&many, &many);
    assert!(told.notes[0].starts_with("not comparable"), "{:?}", told.notes);
    assert!(compare_feature(&coarse(vec![]), &coarse(vec![])).l_infinity.is_none());
}

#[test]
fn rows_without_a_value_drift_of_their_own() {
    let with =
        |missing: f64| Feature { present: Some(1_000.0 - missing), missing: Some(missing), ..numbers("a", &[1.0]) };
    let told = compare_feature(&with(10.0), &with(400.0));
    let missing = told.missing.unwrap();
    assert!((missing.baseline - 0.01).abs() < 1e-12 && (missing.current - 0.4).abs() < 1e-12);
    assert!(close(Some(missing.robust), 0.39 - 1.8 * (2_000.0_f64 / 1e6).sqrt()));
    assert!(close(told.value(&Method::Missingness), 0.39));
    assert!(compare_feature(&with(10.0), &with(10.0)).missing.unwrap().robust <= 0.0);
    let default = MonitoringConfig::default();
    let judged = told.judged(&default, None);
    assert_eq!((judged.method.clone(), judged.drifted, judged.threshold), (Method::Missingness, Some(true), Some(0.1)));
    assert!(judged.reason.starts_with(
        "missing values 0.39 is above 0.1, the default of distances, by our own rule, for its constraints set no completeness; \
         L-infinity, robust 0 is at"
    ));
    assert_eq!(told.told_otherwise(&judged), None);
    let lenient = MonitoringConfig { comparison_threshold: Some(0.5), ..MonitoringConfig::default() };
    let judged = told.judged(&lenient, None);
    assert_eq!((judged.method, judged.drifted), (Method::LInfinityRobust, Some(false)), "within its limit");
    let few = |missing: f64| Feature { present: Some(20.0 - missing), missing: Some(missing), ..numbers("a", &[1.0]) };
    let told = compare_feature(&few(0.0), &few(4.0));
    assert_eq!(told.judged(&default, None).drifted, Some(false), "so few rows differ so much by chance");
    let simple = MonitoringConfig { method: Some(NumericMethod::Simple), ..MonitoringConfig::default() };
    assert_eq!(told.judged(&simple, None).method, Method::Missingness, "it asks for no allowance");
    let off = MonitoringConfig { compares: Some(false), ..MonitoringConfig::default() };
    assert_eq!(compare_feature(&with(10.0), &with(400.0)).judged(&off, None).drifted, None);
}

#[test]
fn rows_without_a_value_are_kept_for_other_limits() {
    let with =
        |missing: f64| Feature { present: Some(1_000.0 - missing), missing: Some(missing), ..numbers("a", &[1.0]) };
    let default = MonitoringConfig::default();
    let told = compare_feature(&with(10.0), &with(100.0));
    let judged = told.judged(&default, None);
    assert_eq!((judged.drifted, judged.method), (Some(false), Method::LInfinityRobust), "within today's limit");
    assert!(close(judged.rows.missing, 0.1) && close(judged.rows.apart, 0.09), "{:?}", judged.rows);
    let limited = told.judged(&default, Some(0.2)).rows;
    assert!(close(limited.missing, 0.1) && limited.apart.is_none(), "completeness decides: {limited:?}");
    let chance = compare_feature(&with(10.0), &with(11.0)).judged(&default, None).rows;
    assert!(close(chance.missing, 0.011) && chance.apart.is_none(), "{chance:?}");
    let uncounted = Feature { missing: None, ..with(10.0) };
    assert_eq!(compare_feature(&with(10.0), &uncounted).judged(&default, None).rows, Rows::default());
}

#[test]
fn completeness_in_the_constraints_decides_about_rows_without_a_value() {
    let with =
        |missing: f64| Feature { present: Some(1_000.0 - missing), missing: Some(missing), ..numbers("a", &[1.0]) };
    let default = MonitoringConfig::default();
    let told = compare_feature(&with(10.0), &with(30.0));
    let judged = told.judged(&default, Some(0.02));
    assert_eq!((judged.method.clone(), judged.drifted), (Method::Completeness, Some(true)));
    assert!(close(judged.value, 0.03) && close(judged.threshold, 0.02), "{judged:?}");
    assert!(judged.severity().is_some_and(|times| (times - 1.1).abs() < 1e-9), "{judged:?}");
    assert!(
        judged.reason.starts_with(
            "missing share 0.03 is above 0.02, all that completeness in its constraints allows; L-infinity, robust 0 is"
        ),
        "{}",
        judged.reason
    );
    assert_eq!(told.told_otherwise(&judged), None);
    assert_eq!(told.judged(&default, None).drifted, Some(false), "our own rule allows a tenth");
    // No row at all may be without a value.
    let judged = told.judged(&default, Some(0.0));
    assert_eq!((judged.drifted, judged.threshold), (Some(true), Some(0.0)));
    assert!(judged.severity().is_some_and(|times| (times - 1.3).abs() < 1e-9), "{judged:?}");
    // Far from the baseline, and still what the constraints allow.
    let many = compare_feature(&with(10.0), &with(400.0));
    let judged = many.judged(&default, Some(0.5));
    assert_eq!((judged.method, judged.drifted), (Method::LInfinityRobust, Some(false)));
    assert_eq!(many.judged(&default, None).method, Method::Missingness);
    // Exactly as many as are allowed: 1 - 0.9 is a little less than a tenth.
    let exact = compare_feature(&with(100.0), &with(100.0));
    assert_eq!(exact.judged(&default, Some(1.0 - 0.9)).drifted, Some(false));
    let few = Feature { present: Some(1.0 / 3.0), missing: Some(2.0 / 3.0), ..numbers("a", &[1.0]) };
    assert_eq!(compare_feature(&few, &few).judged(&default, Some(2.0 / 3.0)).drifted, Some(false));
}

#[test]
fn completeness_is_checked_where_distributions_are_not_compared() {
    let side = |values: &[f64], missing: f64| Feature {
        present: Some(1_000.0 - missing),
        missing: Some(missing),
        ..numbers("a", values)
    };
    let (low, high): (Vec<f64>, Vec<f64>) = ((0..500).map(f64::from).collect(), (400..900).map(f64::from).collect());
    let text = |compares: &str, evaluates: &str| {
        format!(
            r#"{{"features": [{{"name": "a", "completeness": 0.98}}], "monitoring_config": {{
                "evaluate_constraints": "{evaluates}", "distribution_constraints": {{"perform_comparison": "{compares}"}}}}}}"#
        )
    };
    let judged = |compares: &str, evaluates: &str| {
        let constraints = Constraints::read(text(compares, evaluates).as_bytes()).unwrap();
        let told = compare(&all(vec![side(&low, 0.0)]), &all(vec![side(&high, 50.0)]));
        run(&told, Some(&constraints), None).features.remove(0)
    };
    let told = judged("Disabled", "Enabled");
    assert_eq!((told.method.clone(), told.drifted), (Method::Completeness, Some(true)));
    assert_eq!(told.reason, "missing share 0.05 is above 0.02, all that completeness in its constraints allows");
    assert_eq!(judged("Enabled", "Enabled").method, Method::LInfinityRobust, "the values have drifted too");
    assert_eq!(judged("Enabled", "Disabled").drifted, None, "nothing is checked");
    let gone = compare(&all(vec![side(&low, 0.0)]), &all(vec![numbers("b", &[1.0])]));
    let constraints = Constraints::read(text("Enabled", "Enabled").as_bytes()).unwrap();
    let gone = run(&gone, Some(&constraints), None).features.remove(0);
    assert_eq!((gone.method, gone.drifted, gone.value), (Method::Missingness, Some(true), Some(1.0)));
}

#[test]
fn values_that_drifted_are_told_before_those_that_are_missing() {
    let side = |values: &[f64], missing: f64| Feature {
        present: Some(1_000.0 - missing),
        missing: Some(missing),
        ..numbers("a", values)
    };
    let (low, high): (Vec<f64>, Vec<f64>) = ((0..500).map(f64::from).collect(), (400..900).map(f64::from).collect());
    let judged = compare_feature(&side(&low, 0.0), &side(&high, 400.0)).judged(&MonitoringConfig::default(), None);
    assert_eq!((judged.method, judged.drifted), (Method::LInfinityRobust, Some(true)));
    // A p-value is no limit for shares.
    let chi = MonitoringConfig {
        categorical_method: Some(CategoricalMethod::ChiSquared),
        categorical_threshold: Some(0.01),
        ..MonitoringConfig::default()
    };
    let text = |missing: f64| Feature {
        present: Some(1_000.0 - missing),
        missing: Some(missing),
        ..words("d", &[("x", 50.0), ("y", 50.0)])
    };
    let judged = compare_feature(&text(0.0), &text(300.0)).judged(&chi, None);
    assert_eq!((judged.method, judged.threshold, judged.drifted), (Method::Missingness, Some(0.1), Some(true)));
}

#[test]
fn five_thousand_features_are_read_and_compared_in_their_order() {
    let file = |moved: u32| {
        let feature = |number: u32| {
            let moved = if number.is_multiple_of(5) { moved } else { 0 };
            let values: Vec<u32> = (moved..moved + 40).collect();
            let sketch = serde_json::json!({ "parameters": { "c": 0.64, "k": 2048 }, "data": [values] });
            serde_json::json!({ "name": format!("f{number}"), "numerical_statistics": {
                "common": { "num_present": 40, "num_missing": 0 }, "distribution": { "kll": { "sketch": sketch } } } })
        };
        let features: Vec<serde_json::Value> = (0..5_000).map(feature).collect();
        let text = serde_json::json!({ "version": 0.0, "features": features }).to_string();
        Statistics::read(text.as_bytes()).unwrap()
    };
    let (before, now) = (file(0), file(30));
    assert!(before.problems.is_empty() && now.problems.is_empty());
    let told = compare(&before, &now);
    assert_eq!(told.len(), 5_000);
    assert!(told.iter().zip(0_u32..).all(|(one, number)| one.name == format!("f{number}")));
    let run = run(&told, None, None);
    assert_eq!(run.features.iter().filter(|feature| feature.drifted == Some(true)).count(), 1_000);
}
