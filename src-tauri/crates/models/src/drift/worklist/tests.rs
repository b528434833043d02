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
fn without_a_report_importance_is_not_known() {
    let demand = run(&[("b", 0.5), ("a", 0.2)]);
    let list = worklist(&[Watched { model: "demand", run: &demand, importance: &[] }]);
    assert_eq!(list.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(list[0].places[0].importance, None);
    assert!(worklist(&[]).is_empty());
}
