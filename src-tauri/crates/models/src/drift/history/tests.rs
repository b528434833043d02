use super::*;
use crate::drift::{Method, Source};
use proptest::{collection::vec, prelude::*};

fn run(values: &[(&str, Option<f64>)]) -> Run {
    let drift =
        |(name, value): &(&str, Option<f64>)| FeatureDrift::judged((*name).to_owned(), *value, Some(0.1), Method::Psi);
    Run { source: Source::ModelMonitor, when: None, features: values.iter().map(drift).collect() }
}

/// What a threshold would have meant over these values.
fn what_if(values: &[Option<f64>], direction: Direction, threshold: f64, rule: AlertRule) -> WhatIf {
    let is_drift = |value: &Option<f64>| value.and_then(|value| direction.is_drift(value, threshold));
    alerts(&values.iter().map(is_drift).collect::<Vec<_>>(), rule)
}

#[test]
fn three_deviations_from_what_is_usual() {
    let past = [Some(0.1), Some(0.2), None, Some(0.1), Some(0.2), Some(f64::NAN), Some(0.1), Some(0.2)];
    let natural = natural_threshold(&past, Direction::Above).unwrap();
    assert_eq!(natural.runs, 6);
    assert!((natural.mean - 0.15).abs() < 1e-12 && (natural.deviation - 0.05).abs() < 1e-12);
    assert!((natural.threshold - 0.30).abs() < 1e-12);
    assert!(natural_threshold(&past, Direction::Below).unwrap().threshold < 1e-12, "no value lies below 0");
    assert_eq!(natural_threshold(&past[..4], Direction::Above), None);
}

#[test]
fn an_alert_is_so_many_of_the_last_runs() {
    let values = [0.2, 0.05, 0.2, 0.05, 0.05, 0.05, 0.2, 0.2].map(Some);
    let rule = AlertRule { violations: 2, of: 3 };
    let told = what_if(&values, Direction::Above, 0.1, rule);
    assert_eq!(told, WhatIf { measured: 8, violations: 4, in_alert: 2, raised: vec![2, 7] });
    let every = what_if(&values, Direction::Above, 0.1, AlertRule { violations: 1, of: 1 });
    assert_eq!((every.raised, every.in_alert), (vec![0, 2, 6], 4));
    assert_eq!(what_if(&values, Direction::Above, 0.3, rule).raised, Vec::<usize>::new());
    let gaps = what_if(&[Some(0.2), None, None, Some(0.2)], Direction::Above, 0.1, rule);
    assert_eq!((gaps.measured, gaps.in_alert), (2, 0), "what was not measured takes its place");
    let verdicts = [Some(true), None, Some(true), Some(false), Some(false), Some(true)];
    assert_eq!(alerts(&verdicts, rule), WhatIf { measured: 5, violations: 3, in_alert: 1, raised: vec![2] });
}

#[test]
fn the_hottest_feature_stands_first() {
    let runs = [run(&[("a", Some(0.1)), ("b", Some(0.2))]), run(&[("b", None), ("c", Some(0.9)), ("a", Some(0.15))])];
    let heat = Heat::of(&runs, FeatureDrift::severity);
    assert_eq!(heat.features, ["c", "b", "a"]);
    assert_eq!(heat.runs.len(), 2);
    assert_eq!(heat.cells[0][0], None, "it was not there yet");
    assert!(heat.cells[0][1].is_some_and(|cell| (cell - 9.0).abs() < 1e-9));
    assert_eq!(heat.cells[1][1], None);
    assert_eq!(series(&runs, "b"), [Some(0.2), None]);
    assert_eq!(Heat::of(&[], |_| None), Heat::default());
}

proptest! {
    #[test]
    fn a_higher_threshold_never_alerts_more(
        values in vec(prop_oneof![Just(None), (0.0..1.0_f64).prop_map(Some)], 0..60),
        low in 0.0..1.0_f64, more in 0.0..1.0_f64, violations in 1_usize..5, of in 1_usize..8,
    ) {
        let rule = AlertRule { violations, of };
        let (few, many) = (what_if(&values, Direction::Above, low + more, rule), what_if(&values, Direction::Above, low, rule));
        prop_assert!(few.violations <= many.violations && few.in_alert <= many.in_alert);
        prop_assert!(many.raised.len() <= many.in_alert && many.violations <= many.measured);
        prop_assert_eq!(few.measured, values.iter().flatten().count());
    }
}
