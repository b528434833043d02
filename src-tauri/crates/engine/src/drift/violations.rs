//! What a monitor itself found: the violations of a report.

use super::files::file;
use ::models::monitor::{
    Violations,
    violations::{Check, Violation},
};
use aws::Session;
use contract::{drift::ViolationGroup, models::metric_title};

/// Violations of a report, by the URI of their file.
pub(super) async fn read(session: &Session, uri: &str) -> Result<Vec<Violation>, String> {
    let read = file(session, uri).await?;
    let found = Violations::read(&read.bytes).map_err(|error| format!("{uri} cannot be read: {error}"))?;
    Ok(found.violations)
}

/// The distance that the monitor tells of a feature, if it drifted for it.
pub(super) fn told(violations: &[Violation], feature: &str) -> Option<f64> {
    let is_of = |one: &&Violation| one.check == Check::BaselineDrift && one.feature.as_deref() == Some(feature);
    violations.iter().find(is_of).and_then(|one| one.value)
}

/// By what was checked, in the order of the file.
pub(super) fn grouped(violations: &[Violation]) -> Vec<ViolationGroup> {
    let mut groups: Vec<ViolationGroup> = Vec::new();
    for one in violations {
        let (check, title) = names(&one.check);
        let facet = one.facet.as_deref().zip(one.facet_value.as_deref());
        let name = match (one.feature.as_deref(), facet, one.metric.as_deref()) {
            (Some(feature), ..) => feature.to_owned(),
            (None, Some((facet, value)), Some(metric)) => format!("{metric} of {facet} {value}"),
            (None, Some((facet, value)), None) => format!("{facet} {value}"),
            (None, None, Some(metric)) => metric_title(metric).into_owned(),
            (None, None, None) => one.label.as_deref().unwrap_or("the data set").to_owned(),
        };
        let said = one.description.as_deref().map(str::trim).unwrap_or_default();
        let line = (name, crate::jobs::masked(said));
        match groups.iter_mut().find(|group| group.check == check) {
            Some(group) => group.lines.push(line),
            None => groups.push(ViolationGroup { check: check.to_owned(), title: title.to_owned(), lines: vec![line] }),
        }
    }
    groups
}

/// As the file has it, and in words.
fn names(check: &Check) -> (&str, &str) {
    match check {
        Check::DataType => ("data_type_check", "other types than in the baseline"),
        Check::Completeness => ("completeness_check", "missing values"),
        Check::BaselineDrift => ("baseline_drift_check", "drift from the baseline"),
        Check::MissingColumn => ("missing_column_check", "columns that are missing"),
        Check::ExtraColumn => ("extra_column_check", "columns that the baseline does not have"),
        Check::CategoricalValues => ("categorical_values_check", "values that the baseline does not have"),
        Check::BiasDrift => ("bias_drift_check", "bias outside of its limits"),
        Check::AttributionDrift => ("feature_attribution_drift_check", "other features matter than before"),
        Check::Other(name) => match name.as_str() {
            "LessThanThreshold" => (name.as_str(), "below the threshold"),
            "GreaterThanThreshold" => (name.as_str(), "above the threshold"),
            other => (other, other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_stand_by_what_was_checked() {
        let text = br#"{"violations": [
          {"feature_name": "a", "constraint_check_type": "baseline_drift_check",
           "description": "Baseline drift distance: 0.4 exceeds threshold: 0.1"},
          {"feature_name": "b", "constraint_check_type": "completeness_check", "description": "Value: 0.8 does not meet"},
          {"feature_name": "c", "constraint_check_type": "baseline_drift_check", "description": "x"},
          {"metric_name": "f1", "constraint_check_type": "LessThanThreshold", "description": "y"}]}"#;
        let read = Violations::read(text).unwrap().violations;
        let groups = grouped(&read);
        let seen: Vec<(&str, usize)> = groups.iter().map(|group| (group.title.as_str(), group.lines.len())).collect();
        assert_eq!(seen, [("drift from the baseline", 2), ("missing values", 1), ("below the threshold", 1)]);
        assert_eq!(groups[2].lines, [("F1".to_owned(), "y".to_owned())]);
        assert_eq!(told(&read, "a"), Some(0.4));
        assert_eq!((told(&read, "b"), told(&read, "c")), (None, None));
    }
}
