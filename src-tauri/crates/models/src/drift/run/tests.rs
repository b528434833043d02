use super::*;

fn judged(value: f64, threshold: f64, method: Method) -> FeatureDrift {
    FeatureDrift::judged("a".to_owned(), Some(value), Some(threshold), method)
}

#[test]
fn reasons_say_the_side() {
    assert_eq!(judged(0.3412, 0.1, Method::LInfinityRobust).reason, "L-infinity, robust 0.3412 is above 0.1");
    assert_eq!(judged(0.1, 0.1, Method::LInfinityRobust).reason, "L-infinity, robust 0.1 is at or below 0.1");
    assert_eq!(judged(0.1, 0.1, Method::Psi).reason, "PSI 0.1 is at or above 0.1");
    assert_eq!(judged(8.2e-21, 0.05, Method::ChiSquare).reason, "chi-square p-value 8.200e-21 is below 0.05");
    assert_eq!(judged(0.9, 0.05, Method::KolmogorovSmirnov).reason, "Kolmogorov-Smirnov p-value 0.9 is above 0.05");
    let nothing = FeatureDrift::judged("a".to_owned(), None, Some(0.1), Method::Psi);
    assert_eq!((nothing.drifted, nothing.reason.as_str()), (None, "there is no value"));
    assert_eq!(judged(0.9, 0.1, Method::Unknown).drifted, None);
    assert_eq!(judged(f64::NAN, 0.1, Method::Psi).drifted, None);
}

#[test]
fn severity_is_one_at_the_threshold_and_more_is_worse() {
    for (method, fine, limit, bad) in [
        (Method::Psi, 0.05, 0.1, 0.3),
        (Method::ChiSquare, 0.5, 0.05, 1e-30),
        (Method::Ndcg, 0.95, 0.9, 0.6),
        (Method::Completeness, 0.05, 0.1, 0.3),
        (Method::KolmogorovSmirnov, 1.0, 0.05, 0.0),
    ] {
        let of = |value| judged(value, limit, method.clone()).severity().unwrap();
        assert!((of(limit) - 1.0).abs() < 1e-9 && of(fine) < 1.0 && of(bad) > 1.0, "{method:?}");
    }
    let full = |share| judged(share, 0.0, Method::Completeness).severity().unwrap();
    assert!(full(0.0) < 1.0 && full(1e-6) > 1.0 && full(0.2) > full(0.1), "a limit of no row at all is one");
    assert_eq!(judged(1.0, 0.1, Method::Unknown).severity(), None);
}

#[test]
fn drift_beyond_a_threshold_at_the_end_of_its_scale_weighs_too() {
    for (method, limit, bad, worse) in [
        (Method::LInfinityRobust, 0.0, 0.05, 0.3),
        (Method::Psi, 0.0, 0.05, 0.3),
        (Method::Wasserstein, 0.0, 3.0, 30.0),
        (Method::ChiSquare, 1.0, 0.5, 1e-30),
        (Method::Ndcg, 1.0, 0.95, 0.6),
    ] {
        let of = |value| judged(value, limit, method.clone());
        assert_eq!(of(bad).drifted, Some(true), "{method:?}");
        let (bad, worse) = (of(bad).severity().unwrap(), of(worse).severity().unwrap());
        assert!(bad > 1.0 && worse > bad, "{method:?}: {bad}, {worse}");
    }
    assert_eq!(judged(0.0, 0.0, Method::LInfinityRobust).severity(), Some(0.0), "it has not drifted");
    assert_eq!(judged(f64::INFINITY, 0.0, Method::Wasserstein).severity(), None);
}

#[test]
fn violations_are_what_the_monitor_said() {
    let text = br#"{"violations": [
        {"feature_name": "guests", "constraint_check_type": "baseline_drift_check",
         "description": "Baseline drift distance: 0.34 exceeds threshold: 0.1"},
        {"feature_name": "fare", "constraint_check_type": "data_type_check", "description": "Value: 0.4"},
        {"label": "label0", "constraint_check_type": "feature_attribution_drift_check", "metric_name": "shap",
         "description": "Feature attribution drift 0.76 exceeds threshold 0.9"}]}"#;
    let run = Run::of_violations(&Violations::read(text).unwrap(), None);
    let [drift, order] = run.features.as_slice() else { panic!("two") };
    assert_eq!((drift.value, drift.threshold, drift.drifted), (Some(0.34), Some(0.1), Some(true)));
    assert_eq!((order.method.clone(), order.value, order.drifted), (Method::Ndcg, Some(0.76), Some(true)));
    assert!(order.severity().unwrap() > 2.0, "the text says exceeds, and it is below");
    assert_eq!(run.drifted_share(), Some(1.0));
}

#[test]
fn numbers_are_shown_with_four_digits() {
    let text: Vec<String> = [0.0, 0.1, -2.5, 1234.56, 1e9, 3.2e-7, f64::NAN].into_iter().map(shown).collect();
    assert_eq!(text, ["0", "0.1", "-2.5", "1234.6", "1.000e9", "3.200e-7", "NaN"]);
}
