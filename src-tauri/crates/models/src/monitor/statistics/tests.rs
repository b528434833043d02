use super::*;

const TWO: &str = r#"{"version": 0.0, "dataset": {"item_count": 100}, "features": [
  {"name": "guests", "inferred_type": "Integral", "numerical_statistics": {
    "common": {"num_present": 99, "num_missing": 1}, "mean": 2.31, "sum": 231.0, "std_dev": 0.83, "min": 1.0, "max": 3.0,
    "approximate_num_distinct_values": 3, "completeness": 0.99,
    "distribution": {"kll": {
      "buckets": [{"lower_bound": 1.0, "upper_bound": 1.2, "count": 24.0}, {"lower_bound": 1.2, "upper_bound": 3.0, "count": 75.0}],
      "sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[3.0, 1.0, 2], [1.0, 3.0]]}}}}},
  {"name": "channel", "inferred_type": "String", "string_statistics": {
    "common": {"num_present": 100, "num_missing": 0}, "distinct_count": 2.0,
    "distribution": {"categorical": {"buckets": [{"value": "web", "count": 60}, {"value": "desk", "count": 40.0}]}}}}]}"#;

#[test]
fn numbers_and_words() {
    let read = Statistics::read(TWO.as_bytes()).unwrap();
    assert_eq!((read.version.as_deref(), read.items), (Some("0.0"), Some(100.0)));
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let guests = read.feature("guests").unwrap();
    assert_eq!(guests.missing_share(), Some(0.01));
    let Summary::Numeric(numeric) = &guests.summary else { panic!("{guests:?}") };
    assert_eq!((numeric.mean, numeric.std_dev, numeric.distinct), (Some(2.31), Some(0.83), Some(3.0)));
    assert_eq!(numeric.buckets.len(), 2);
    let sketch = numeric.sketch.as_ref().unwrap();
    assert_eq!((sketch.k, sketch.levels.len()), (Some(2048.0), 2));
    assert_eq!(sketch.items().map(|(_, weight)| weight.to_string()).collect::<String>(), "11122");
    assert!((sketch.weight() - 7.0).abs() < 1e-12 && !sketch.is_exact());
    let Summary::Text(text) = &read.feature("channel").unwrap().summary else { panic!("text") };
    assert_eq!(text.categories.as_ref().unwrap()[1], ("desk".to_owned(), 40.0));
}

#[test]
fn a_column_of_many_values_has_no_distribution() {
    let read = Statistics::read(
        br#"{"version": 7, "features": [{"name": "id", "inferred_type": "String", "string_statistics":
            {"common": {"num_present": 10, "num_missing": null}, "distinct_count": 24000.0}}]}"#,
    )
    .unwrap();
    assert_eq!(read.version.as_deref(), Some("7"));
    let Summary::Text(text) = &read.features[0].summary else { panic!("text") };
    assert_eq!((text.categories.as_ref(), text.distinct), (None, Some(24_000.0)));
    assert_eq!(read.features[0].missing_share(), None);
}

#[test]
fn one_that_is_broken_costs_itself_only() {
    let read = Statistics::read(
        br#"{"features": [
            {"name": "a", "numerical_statistics": {"mean": NaN, "std_dev": "Infinity", "common": {}, "distribution": {"kll": {
                "buckets": [{"lower_bound": 0, "upper_bound": 1}], "sketch": {"data": [[1, "NaN", null]]}}}}},
            {"name": "b", "numerical_statistics": 5},
            "c",
            {"name": "d", "numerical_statistics": {"distribution": {"kll": {"sketch": {"data": 4}}}}},
            {"inferred_type": "Unknown"}]}"#,
    )
    .unwrap();
    let names: Vec<&str> = read.features.iter().map(|feature| feature.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "d", "feature 5"]);
    let Summary::Numeric(numeric) = &read.features[0].summary else { panic!("numeric") };
    assert_eq!((numeric.mean, numeric.std_dev, numeric.buckets.len()), (None, None, 0));
    assert_eq!(numeric.sketch.as_ref().unwrap().levels, vec![vec![1.0]]);
    let places: Vec<&str> = read.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(places, ["a", "a", "b", "feature 3", "d", "feature 5"]);
}

#[test]
fn another_file_is_refused() {
    assert!(matches!(Statistics::read(b"{\"violations\": []}"), Err(ReadError::OtherFile { .. })));
    assert!(matches!(Statistics::read(b"{\"features\": {\"a\": 1}}"), Err(ReadError::OtherFile { .. })));
    assert!(matches!(Statistics::read(b"<html>"), Err(ReadError::NotJson { .. })));
    assert_eq!(Statistics::read(b"{\"features\": []}").unwrap(), Statistics::default());
}
