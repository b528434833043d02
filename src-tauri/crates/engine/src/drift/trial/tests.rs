use super::*;
use ::models::{
    drift::{FeatureDrift, Method, Rows, Run, Source},
    monitor::constraints::FeatureConstraint,
};

fn at(hour: u32) -> Timestamp {
    format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
}

fn of(name: &str, value: f64, threshold: f64) -> FeatureDrift {
    FeatureDrift::judged(name.into(), Some(value), Some(threshold), Method::LInfinityRobust)
}

fn run(hour: u32, features: Vec<FeatureDrift>) -> Run {
    Run { source: Source::ModelMonitor, when: Some(at(hour)), features }
}

const VALUES: [f64; 10] = [0.05, 0.12, 0.3, 0.08, 0.2, 0.11, 0.4, 0.02, 0.15, 0.09];

fn index() -> Index {
    let mut index = Index::default();
    for (hour, value) in (0..10).zip(VALUES) {
        let run = run(hour, vec![of("tenure", value, 0.1), of("country", 0.01, 0.1)]);
        index.put(at(hour), at(hour + 1), Ok(&run));
    }
    index.put(at(11), at(12), Err("cut".into()));
    index
}

fn terms(rule: Rule) -> Terms {
    Terms { constraints: None, limits: None, rule, from: Timestamp::MIN, until: at(12), of: 11 }
}

fn each() -> Rule {
    Rule::Of(AlertRule { violations: 1, of: 1 })
}

fn asked(feature: Option<&str>, threshold: f64) -> TryThreshold {
    TryThreshold { schedule: "s".into(), feature: feature.map(str::to_owned), threshold }
}

fn own(name: &str, overrides: MonitoringConfig) -> FeatureConstraint {
    FeatureConstraint { name: name.into(), overrides: Some(overrides), ..FeatureConstraint::default() }
}

fn limit(threshold: f64) -> MonitoringConfig {
    MonitoringConfig { comparison_threshold: Some(threshold), ..MonitoringConfig::default() }
}

#[test]
fn a_higher_threshold_never_raises_more() {
    let index = index();
    let mut last = u32::MAX;
    for threshold in [0.0, 0.05, 0.1, 0.15, 0.3, 1.0] {
        let told = trial(&index, &terms(each()), &asked(None, threshold)).unwrap();
        assert!(told.then <= last, "{told:?}");
        assert_eq!((told.now, told.runs), (6, 10), "a report that could not be read is none");
        last = told.then;
    }
    assert_eq!(last, 0);
}

#[test]
fn no_threshold_takes_away_that_a_column_is_missing() {
    let missing = |reason: &str| {
        let told = FeatureDrift::judged("tenure".into(), Some(1.0), Some(0.1), Method::Missingness);
        FeatureDrift { reason: reason.into(), ..told }
    };
    let mut index = Index::default();
    index.put(at(0), at(1), Ok(&run(0, vec![missing("the column is missing in the current data")])));
    index.put(at(1), at(2), Ok(&run(1, vec![missing("missing values 1 is above 0.1")])));
    for feature in [None, Some("tenure")] {
        let told = trial(&index, &terms(each()), &asked(feature, 1.5)).unwrap();
        assert_eq!((told.now, told.then), (2, 1), "rows without a value have a threshold: {told:?}");
        assert_eq!((told.alerts_now, told.alerts_then), (Some(1), Some(1)));
    }
}

#[test]
fn what_a_threshold_would_have_meant_is_told() {
    let told = trial(&index(), &terms(each()), &asked(Some("tenure"), 0.25)).unwrap();
    assert_eq!(
        told.words,
        "2 of 10 reports of 1 day would still be beyond it (today 6); by distances alone the alert over all features (each run) would be \
         raised 2 times (today 3)"
    );
    assert!(told.difference.is_empty(), "without a file there is none to change");
    assert!(trial(&index(), &terms(each()), &asked(Some("nobody"), 0.25)).is_err());
}

#[test]
fn alerts_are_counted_by_the_rule_of_the_schedule() {
    let rule = || Rule::Of(AlertRule { violations: 2, of: 3 });
    let told = trial(&index(), &terms(rule()), &asked(None, 0.14)).unwrap();
    // Beyond 0.1: runs 1, 2, 4, 5, 6, 8; beyond 0.14: 2, 4, 6, 8.
    assert_eq!((told.now, told.then, told.runs), (6, 4, 10));
    assert_eq!((told.alerts_now, told.alerts_then), (Some(1), Some(3)), "{}", told.words);
    assert!(
        told.words.contains("; by distances alone the alert (2 of 3 runs) would be raised 3 times (today 1)"),
        "{}",
        told.words
    );
    let none = trial(&index(), &terms(Rule::Nothing), &asked(None, 0.14)).unwrap();
    assert_eq!((none.alerts_now, none.alerts_then), (None, None));
    assert!(none.words.ends_with("; no alert rests on the schedule"), "{}", none.words);
    let unread = trial(&index(), &terms(Rule::Unread("denied".into())), &asked(None, 0.14)).unwrap();
    assert!(unread.words.ends_with("; its alert could not be read: denied"), "{}", unread.words);
}

#[test]
fn the_time_that_was_read_is_told() {
    let late = Terms { from: at(4), until: "2026-11-24T00:00:00Z".parse().unwrap(), of: 9, ..terms(each()) };
    let told = trial(&index(), &late, &asked(None, 0.1)).unwrap();
    assert_eq!((told.runs, told.now, told.days), (6, 4, 3));
    assert!(told.words.starts_with("4 of 6 reports of 3 days would"), "{}", told.words);
    assert!(told.words.ends_with(". Read so far: 7 of 9 reports"), "{}", told.words);
    let nothing = trial(&Index::default(), &terms(each()), &asked(None, 0.1)).unwrap();
    assert!(nothing.words.starts_with("No report of the last 90 days could be read"), "{}", nothing.words);
    assert!(nothing.difference.is_empty());
}

#[test]
fn what_is_turned_off_raises_nothing() {
    let mut index = Index::default();
    for hour in 0..3 {
        let off = FeatureDrift { drifted: None, ..of("tenure", 0.5, 0.1) };
        index.put(at(hour), at(hour + 1), Ok(&run(hour, vec![off, of("rate", 0.01, 0.1)])));
    }
    let off = MonitoringConfig { compares: Some(false), ..MonitoringConfig::default() };
    let constraints = Constraints { features: vec![own("tenure", off)], ..Constraints::default() };
    let terms = Terms { constraints: Some(constraints), of: 3, ..terms(each()) };
    let all = trial(&index, &terms, &asked(None, 0.2)).unwrap();
    assert_eq!((all.now, all.then, all.alerts_now, all.alerts_then), (0, 0, Some(0), Some(0)));
    assert!(all.words.ends_with(". 1 feature whose check is turned off stays as it is"), "{}", all.words);
    let one = trial(&index, &terms, &asked(Some("tenure"), 0.2)).unwrap();
    assert_eq!((one.now, one.then), (0, 0));
    assert!(one.words.ends_with(". Its check is turned off, so it stays as it is"), "{}", one.words);
}

#[test]
fn a_threshold_for_all_leaves_those_that_have_their_own() {
    let mut index = Index::default();
    for hour in 0..4 {
        let run = run(hour, vec![of("tenure", 0.35, 0.3), of("rate", 0.15, 0.1), of("stay", 0.15, 0.1)]);
        index.put(at(hour), at(hour + 1), Ok(&run));
    }
    let constraints = Constraints {
        features: vec![own("tenure", limit(0.3)), own("stay", MonitoringConfig::default())],
        monitoring: limit(0.1),
        ..Constraints::default()
    };
    let terms = Terms { constraints: Some(constraints), of: 4, ..terms(each()) };
    let told = trial(&index, &terms, &asked(None, 0.5)).unwrap();
    assert_eq!((told.now, told.then), (4, 4), "the feature with its own threshold drifts as before");
    assert!(told.words.ends_with(". 1 feature with a threshold of its own stays as it is"), "{}", told.words);
    let one = trial(&index, &terms, &asked(Some("tenure"), 0.5)).unwrap();
    assert_eq!((one.now, one.then, one.alerts_then), (4, 0, Some(1)), "the others are beyond theirs");
}

#[test]
fn rows_without_a_value_lie_above_their_limit_whatever_the_values_are_judged_by() {
    let missing = || FeatureDrift::judged("tenure".into(), Some(0.18), Some(0.1), Method::Missingness);
    let mut index = Index::default();
    index.put(at(0), at(1), Ok(&run(0, vec![of("tenure", 0.05, 0.1)])));
    index.put(at(1), at(2), Ok(&run(1, vec![missing()])));
    let tried = |index: &Index, feature: Option<&str>, threshold: f64| {
        let told = trial(index, &Terms { of: 2, ..terms(each()) }, &asked(feature, threshold)).unwrap();
        (told.now, told.then)
    };
    assert_eq!(tried(&index, Some("tenure"), 0.15), (1, 1));
    assert_eq!(tried(&index, Some("tenure"), 0.3), (1, 0));
    let test = FeatureDrift::judged("tenure".into(), Some(0.2), Some(0.05), Method::ChiSquare);
    index.put(at(0), at(2), Ok(&run(0, vec![test])));
    assert_eq!(tried(&index, Some("tenure"), 0.15), (1, 1), "a p-value of 0.2 is no drift below 0.15");
    assert_eq!(tried(&index, None, 0.3), (1, 1), "one that is judged by a test stays as it is");
}

#[test]
fn what_completeness_decides_has_its_own_limit_and_its_own_place_in_the_file() {
    let share = |value| FeatureDrift::judged("tenure".into(), Some(value), Some(0.02), Method::Completeness);
    let mut index = Index::default();
    index.put(at(0), at(1), Ok(&run(0, vec![of("tenure", 0.05, 0.1), of("rate", 0.3, 0.1)])));
    index.put(at(1), at(2), Ok(&run(1, vec![share(0.05), of("rate", 0.3, 0.1)])));
    index.put(at(2), at(3), Ok(&run(2, vec![share(0.3), of("rate", 0.3, 0.1)])));
    let file = FILE.replace("\"Integral\"", "\"Integral\", \"completeness\": 0.98");
    let constraints = Constraints::read(file.as_bytes()).unwrap();
    let limits = Limits { name: "constraints.json".into(), text: file };
    let terms = Terms { constraints: Some(constraints), limits: Some(Arc::new(limits)), of: 3, ..terms(each()) };
    let one = trial(&index, &terms, &asked(Some("tenure"), 0.1)).unwrap();
    assert_eq!((one.now, one.then), (2, 1), "its distance of 0.05 has another limit: {one:?}");
    let line = "+    {\"name\": \"tenure\", \"inferred_type\": \"Integral\", \"completeness\": 0.9},";
    assert!(one.difference.iter().any(|found| found == line), "{:?}", one.difference);
    let less = trial(&index, &terms, &asked(Some("tenure"), 0.01)).unwrap();
    assert_eq!((less.now, less.then), (2, 2));
    let untold = ". 1 report does not tell how many of its rows have no value: it is counted as today";
    assert!(less.words.ends_with(untold), "{}", less.words);
    let all = trial(&index, &terms, &asked(None, 0.5)).unwrap();
    assert_eq!((all.now, all.then), (3, 2), "rows without a value are as many as before");
    assert!(all.words.ends_with(". 1 feature that is judged by its completeness stays as it is"), "{}", all.words);
    assert!(!all.difference.iter().any(|line| line.starts_with(['+', '-']) && line.contains("completeness")));
    // It is checked also where distributions are not compared.
    let off = MonitoringConfig { compares: Some(false), ..MonitoringConfig::default() };
    let terms =
        Terms { constraints: Some(Constraints { monitoring: off, ..Constraints::default() }), limits: None, ..terms };
    assert_eq!(trial(&index, &terms, &asked(Some("tenure"), 0.1)).map(|told| told.then).ok(), Some(1));
}

#[test]
fn a_stricter_limit_finds_rows_without_a_value_that_violated_nothing() {
    let rows = |missing: f64, apart: Option<f64>| Rows { missing: Some(missing), apart };
    // Completeness decides: 0.01 and 0.02 lie within today's 0.03, in reports that were judged by their distance.
    let within = |part: f64| FeatureDrift { rows: rows(part, None), ..of("tenure", 0.05, 0.1) };
    let beyond = FeatureDrift::judged("tenure".into(), Some(0.05), Some(0.03), Method::Completeness);
    let mut index = Index::default();
    index.put(at(0), at(1), Ok(&run(0, vec![within(0.01)])));
    index.put(at(1), at(2), Ok(&run(1, vec![within(0.02)])));
    // Too many values for a distance, and rows that are counted all the same.
    let wide = FeatureDrift {
        rows: rows(0.025, None),
        ..FeatureDrift::judged("tenure".into(), None, Some(0.1), Method::LInfinityRobust)
    };
    index.put(at(2), at(3), Ok(&run(2, vec![wide])));
    index.put(at(3), at(4), Ok(&run(3, vec![FeatureDrift { rows: rows(0.05, None), ..beyond }])));
    let tried = |index: &Index, feature: Option<&str>, threshold: f64| {
        let told = trial(index, &Terms { of: 4, ..terms(each()) }, &asked(feature, threshold)).unwrap();
        (told.now, told.then, told.words)
    };
    for (threshold, then) in [(0.03, 1), (0.02, 2), (0.015, 3), (0.005, 4)] {
        let (now, found, words) = tried(&index, Some("tenure"), threshold);
        assert_eq!((now, found), (1, then), "{threshold}: {words}");
        assert!(words.ends_with("raised 1 time (today 1)"), "every report counts its rows: {words}");
    }
    // Our own rule decides: the limit of distances is one for the rows too.
    let mut index = Index::default();
    index.put(at(0), at(1), Ok(&run(0, vec![FeatureDrift { rows: rows(0.2, Some(0.08)), ..of("rate", 0.03, 0.1) }])));
    index.put(at(1), at(2), Ok(&run(1, vec![FeatureDrift { rows: rows(0.2, None), ..of("rate", 0.01, 0.1) }])));
    for feature in [Some("rate"), None] {
        let (now, then, words) = tried(&index, feature, 0.05);
        assert_eq!((now, then), (0, 1), "what is chance is drift by no limit: {words}");
    }
    let none = FeatureDrift::judged("rate".into(), None, Some(0.1), Method::LInfinityRobust);
    index.put(at(2), at(3), Ok(&run(2, vec![FeatureDrift { rows: rows(0.2, Some(0.09)), ..none }])));
    let (_, then, words) = tried(&index, Some("rate"), 0.05);
    assert_eq!(then, 2);
    assert!(words.contains(". 1 report tells no distance of it: no drift of its values"), "{words}");
    let (_, _, words) = tried(&index, None, 0.05);
    assert!(words.contains(". Some reports tell no distance of 1 feature: no drift"), "{words}");
    assert!(!tried(&index, None, 0.2).2.contains("no distance"), "a laxer limit finds no more");
    // One that never had a distance is tried by its rows alone.
    let never = FeatureDrift::judged("code".into(), None, Some(0.1), Method::LInfinityRobust);
    let mut index = Index::default();
    index.put(at(0), at(1), Ok(&run(0, vec![FeatureDrift { rows: rows(0.2, Some(0.09)), ..never }])));
    assert_eq!(
        (tried(&index, Some("code"), 0.05).1, tried(&index, None, 0.05).1, tried(&index, None, 0.1).1),
        (1, 1, 0)
    );
}

const FILE: &str = r#"{
  "features": [
    {"name": "tenure", "inferred_type": "Integral"},
    {"name": "country", "inferred_type": "String"}
  ],
  "monitoring_config": {
    "evaluate_constraints": "Enabled",
    "distribution_constraints": {
      "comparison_threshold": 0.1
    }
  }
}
"#;

/// Terms with a file.
fn filed() -> Terms {
    let limits = Limits { name: "constraints.json".into(), text: FILE.into() };
    let constraints = Constraints::read(FILE.as_bytes()).unwrap();
    Terms { constraints: Some(constraints), limits: Some(Arc::new(limits)), ..terms(each()) }
}

#[test]
fn the_change_is_that_of_the_file() {
    let all = trial(&index(), &filed(), &asked(None, 0.25)).unwrap();
    assert_eq!(
        all.difference,
        [
            "--- a/constraints.json",
            "+++ b/constraints.json",
            "@@ -6,7 +6,7 @@",
            "   \"monitoring_config\": {",
            "     \"evaluate_constraints\": \"Enabled\",",
            "     \"distribution_constraints\": {",
            "-      \"comparison_threshold\": 0.1",
            "+      \"comparison_threshold\": 0.25",
            "     }",
            "   }",
            " }",
        ]
    );
    // The feature has no threshold of its own: nothing is taken away from it.
    let one = trial(&index(), &filed(), &asked(Some("tenure"), 0.25)).unwrap();
    let added = "+    {\"monitoring_config_overrides\": {\"distribution_constraints\": {\"comparison_threshold\": 0.25}},\
                 \"name\": \"tenure\", \"inferred_type\": \"Integral\"},";
    assert!(one.difference.iter().any(|line| line == added), "{:?}", one.difference);
    let same = trial(&index(), &filed(), &asked(None, 0.1)).unwrap();
    assert!(same.difference.is_empty(), "{:?}", same.difference);
}

#[test]
fn features_of_both_kinds_change_both_thresholds() {
    let mut index = index();
    index.set_texts(["country".to_owned()].into());
    let terms = filed();
    let told = edited(&index, &terms, &effects(&index, &terms, false), &asked(None, 0.25)).unwrap();
    let new = Constraints::read(told.new.as_bytes()).unwrap();
    assert_eq!((new.monitoring.comparison_threshold, new.monitoring.categorical_threshold), (Some(0.25), Some(0.25)));
    let text = edited(&index, &terms, &effects(&index, &terms, true), &asked(Some("country"), 0.25)).unwrap();
    let new = Constraints::read(text.new.as_bytes()).unwrap();
    assert_eq!(new.features[1].overrides.as_ref().unwrap().categorical_threshold, Some(0.25));
}
