use super::*;
use crate::drift::{FeatureDrift, Method, Source};

fn run(values: &[(&str, f64)]) -> Run {
    let drift =
        |(name, value): &(&str, f64)| FeatureDrift::judged((*name).to_owned(), Some(*value), Some(0.1), Method::Psi);
    Run { source: Source::ModelMonitor, when: None, features: values.iter().map(drift).collect() }
}

fn worth(values: &[(&str, f64)]) -> Vec<(String, f64)> {
    values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

#[test]
fn what_drifted_and_matters_comes_first_and_once_for_all_models() {
    let demand = run(&[("price", 0.2), ("guests", 0.5), ("noise", 0.9), ("fine", 0.01)]);
    let churn = run(&[("price", 0.3), ("fine", 0.02), ("noise", 0.05)]);
    let (shap, other) =
        (worth(&[("price", 3.0), ("guests", -1.0), ("noise", 0.0)]), worth(&[("price", 1.0), ("nan", f64::NAN)]));
    let list = worklist(&[
        Watched { model: "demand", run: &demand, importance: &shap },
        Watched { model: "churn", run: &churn, importance: &other },
    ]);
    let told: Vec<(&str, usize, usize)> =
        list.iter().map(|column| (column.name.as_str(), column.places.len(), column.models)).collect();
    assert_eq!(told, [("price", 2, 2), ("guests", 1, 1), ("noise", 1, 2)]);
    assert!((list[0].score - (2.0 * 0.75 + 3.0)).abs() < 1e-9);
    assert_eq!(list[0].places[0].model, "churn", "the most pressing place");
    assert!(list[1].places[0].importance.is_some_and(|part| (part - 0.25).abs() < 1e-12), "a negative one matters");
    assert!(list[2].score.abs() < 1e-12);
}

#[test]
fn one_broken_column_of_seventy_models_is_one_line() {
    let drifted = run(&[("weather", 0.4), ("price", 0.01)]);
    let names: Vec<String> = (0..70).map(|number| format!("model-{number:02}")).collect();
    let shap = worth(&[("weather", 1.0), ("price", 1.0)]);
    // Nothing says what it is worth to every seventh of them.
    let watched: Vec<Watched<'_>> = names
        .iter()
        .enumerate()
        .map(|(at, model)| {
            let importance: &[(String, f64)] = if at.is_multiple_of(7) { &[] } else { &shap };
            Watched { model, run: &drifted, importance }
        })
        .collect();
    let list = worklist(&watched);
    let [weather] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((weather.name.as_str(), weather.places.len(), weather.models), ("weather", 70, 70));
    assert_eq!(weather.unknown, 10);
    assert_eq!(weather.places.iter().filter(|place| place.importance.is_none()).count(), 10);
    assert!((weather.score - 70.0 * 4.0 * 0.5).abs() < 1e-9, "half of two features, known or not: {}", weather.score);
}

#[test]
fn without_a_report_importance_is_not_known() {
    let demand = run(&[("a", 0.2), ("b", 0.5)]);
    let list = worklist(&[Watched { model: "demand", run: &demand, importance: &[] }]);
    assert_eq!(list.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["b", "a"], "what drifted further");
    assert_eq!((list[0].places[0].importance, list[0].unknown), (None, 1));
    assert!(worklist(&[]).is_empty());
}

#[test]
fn what_is_not_known_is_not_taken_for_unimportant() {
    let (churn, fraud) = (run(&[("noise", 0.9), ("tenure", 0.01)]), run(&[("amount", 0.2), ("age", 0.01)]));
    let shap = worth(&[("noise", 1.0), ("tenure", 99.0)]);
    let list = worklist(&[
        Watched { model: "churn", run: &churn, importance: &shap },
        Watched { model: "fraud", run: &fraud, importance: &[] },
    ]);
    let told: Vec<(&str, usize)> = list.iter().map(|column| (column.name.as_str(), column.unknown)).collect();
    assert_eq!(told, [("amount", 1), ("noise", 0)], "noise is known to matter little");
    // A report of other features says nothing of this one.
    let other = worth(&[("age", 1.0)]);
    let list = worklist(&[Watched { model: "fraud", run: &fraud, importance: &other }]);
    assert!((list[0].score - 1.0).abs() < 1e-9 && list[0].unknown == 1, "{list:?}");
}
