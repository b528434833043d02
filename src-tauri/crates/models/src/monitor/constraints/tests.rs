use super::*;

const NEW: &str = r#"{"version": 0.0, "features": [
  {"name": "guests", "inferred_type": "Integral", "completeness": 1.0, "num_constraints": {"is_non_negative": true},
   "monitoringConfigOverrides": {"distribution_constraints": {"comparison_threshold": 0.3}}},
  {"name": "channel", "inferred_type": "String", "completeness": 0.98,
   "string_constraints": {"domains": ["web", "desk", 7], "monitoring_config_overrides": {"evaluate_constraints": "Disabled"}}},
  {"completeness": 1.0}],
  "monitoring_config": {"evaluate_constraints": "Enabled", "emit_metrics": "Disabled", "datatype_check_threshold": 1.0,
   "domain_content_threshold": 1.0, "distribution_constraints": {"perform_comparison": "Enabled", "comparison_threshold": 0.1,
   "comparison_method": "Robust", "categorical_comparison_threshold": 0.2, "categorical_drift_method": "ChiSquared"}}}"#;

const OLD: &str = r#"{"features": [], "monitoring_config": {"evaluate_constraints": "Enabled", "distribution_constraints": {
  "enable_comparisons": true, "min_domain_mass": 0.9, "comparison_threshold": 1.0, "comparison_method": "earth_mover"}}}"#;

const QUALITY: &str = r#"{"version": 0.0, "regression_constraints": {
  "mae": {"threshold": 0.504, "comparison_operator": "GreaterThanThreshold"},
  "r2": {"threshold": -3.2, "comparison_operator": "LessThanThreshold"},
  "odd": {"threshold": "NaN", "comparison_operator": "Sideways"}}}"#;

#[test]
fn settings_of_a_feature_go_before_those_of_all() {
    let read = Constraints::read(NEW.as_bytes()).unwrap();
    assert_eq!(read.features.len(), 2);
    assert_eq!(read.problems, [Problem::new("feature 3", "it has no name")]);
    assert_eq!(read.features[0].is_non_negative, Some(true));
    assert_eq!(read.features[1].domains.as_ref().unwrap(), &["web", "desk", "7"]);
    let guests = read.config_of("guests");
    assert_eq!((guests.comparison_threshold, guests.method), (Some(0.3), Some(NumericMethod::Robust)));
    assert!(read.config_of("channel").is_off() && !read.config_of("another").is_off());
    assert_eq!(read.config_of("another"), read.monitoring);
    assert_eq!(read.monitoring.datatype_threshold, Some(1.0));
    let most: Vec<Option<f64>> = read.features.iter().map(FeatureConstraint::most_missing).collect();
    assert_eq!(most, [Some(0.0), Some(0.02)], "without the last digits of the subtraction");
    let of = |completeness| FeatureConstraint { completeness, ..FeatureConstraint::default() }.most_missing();
    assert_eq!([of(None), of(Some(1.2)), of(Some(-0.1)), of(Some(f64::NAN))], [None; 4]);
    assert_eq!(read.monitoring.categorical_method, Some(CategoricalMethod::ChiSquared));
    assert_eq!(read.monitoring.emits_metrics, Some(false));
}

#[test]
fn each_feature_may_have_its_checks_turned_off_by_itself() {
    let read = Constraints::read(NEW.as_bytes()).unwrap();
    assert!(read.checks_anything(), "guests are checked");
    let with = |all: Option<bool>, own: &[Option<bool>]| {
        let feature = |evaluates: Option<bool>| FeatureConstraint {
            overrides: Some(MonitoringConfig { evaluates, ..MonitoringConfig::default() }),
            ..FeatureConstraint::default()
        };
        let monitoring = MonitoringConfig { evaluates: all, ..MonitoringConfig::default() };
        Constraints { features: own.iter().copied().map(feature).collect(), monitoring, ..Constraints::default() }
    };
    let of = |all: Option<bool>, own: &[Option<bool>]| with(all, own).checks_anything();
    assert!(of(None, &[]) && !of(Some(false), &[]));
    assert!(of(Some(false), &[None, Some(true)]), "one of them is");
    assert!(!of(Some(false), &[None, None]));
    assert!(!of(Some(true), &[Some(false), Some(false)]), "none of them is");
    assert!(of(None, &[Some(false), None]));
}

#[test]
fn old_keys_and_unknown_methods() {
    let read = Constraints::read(OLD.as_bytes()).unwrap();
    assert_eq!((read.monitoring.compares, read.monitoring.domain_threshold), (Some(true), Some(0.9)));
    assert_eq!(read.monitoring.method, Some(NumericMethod::Other("earth_mover".to_owned())));
    assert_eq!(read.problems, [Problem::new("monitoring_config", "earth_mover is not known")]);
    assert_eq!(read.monitoring.categorical_threshold, None, "what is absent is not made up");
}

#[test]
fn the_side_that_is_a_violation_says_what_is_better() {
    let read = MetricConstraints::read(QUALITY.as_bytes()).unwrap();
    assert_eq!(read.problem.as_deref(), Some("regression"));
    let of = |name: &str| read.metrics.iter().find(|metric| metric.metric == name).unwrap();
    assert_eq!((of("mae").is_higher_better(), of("mae").is_violated_by(0.6)), (Some(false), Some(true)));
    assert_eq!((of("r2").is_higher_better(), of("r2").is_violated_by(-3.0)), (Some(true), Some(false)));
    assert_eq!((of("odd").is_higher_better(), of("odd").is_violated_by(1.0)), (None, None));
    assert_eq!(of("mae").is_violated_by(f64::NAN), None);
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn another_file_is_refused() {
    assert!(Constraints::read(br#"{"regression_constraints": {}}"#).is_err());
    assert!(MetricConstraints::read(br#"{"features": []}"#).is_err());
    assert!(Constraints::read(br#"{"monitoring_config": {}}"#).is_ok());
}
