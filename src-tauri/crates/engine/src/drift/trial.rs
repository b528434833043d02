//! What another threshold would have meant for the reports of the past.

use super::{
    index::{Column, Index},
    key, number, small,
};
use crate::{Desk, EngineError, executions::lock};
use ::models::drift::{
    Direction,
    history::{AlertRule, what_if},
};
use contract::{
    Timestamp,
    drift::{ThresholdTrial, TryThreshold},
};
use std::collections::BTreeSet;

/// Days that are read if nobody read any before.
const DAYS: u32 = 30;
/// A report counts by itself: how many of them raise an alert is a rule of its own.
const EACH: AlertRule = AlertRule { violations: 1, of: 1 };

impl Desk {
    pub async fn try_threshold(&self, request: &TryThreshold) -> Result<ThresholdTrial, EngineError> {
        if !request.threshold.is_finite() || request.threshold < 0.0 {
            return Err(EngineError::BadInput("A threshold is a number, 0 or more.".into()));
        }
        let session = self.session()?;
        let known = self.inner.drift.shelf.last(&key(&session, &request.schedule));
        // A page that asks has read the reports; a threshold that is dragged must not read them again.
        let known = known.filter(|index| !lock(index).times(Timestamp::MIN).is_empty());
        let index = if let Some(index) = known {
            index
        } else {
            let gathered = self.gather(&session, &request.schedule, DAYS).await?;
            self.read_rest(&session, &gathered, &|| ()).await;
            gathered.index
        };
        let index = lock(&index);
        trial(&index, request)
    }
}

fn trial(index: &Index, request: &TryThreshold) -> Result<ThresholdTrial, EngineError> {
    let times = index.times(Timestamp::MIN);
    let columns: Vec<(&str, &Column)> = match request.feature.as_deref() {
        None => index.columns().collect(),
        Some(name) => match index.column(name) {
            Some(column) => vec![(name, column)],
            None => return Err(EngineError::NotFound(format!("No report has a distance of {name}."))),
        },
    };
    // Thresholds of tests lie on the other side and mean something else: those stay as they are when all are tried.
    let is_tried = |column: &Column| request.feature.is_some() || direction(column).is_upward();
    let (mut now, mut then): (BTreeSet<usize>, BTreeSet<usize>) = (BTreeSet::new(), BTreeSet::new());
    for (_, column) in &columns {
        let values: Vec<Option<f64>> = times.iter().map(|at| column.cells.get(at).map(|cell| cell.value)).collect();
        let beyond = |threshold: f64| raised(&values, direction(column), threshold);
        let today = column.threshold.map(&beyond).unwrap_or_default();
        then.extend(if is_tried(column) { beyond(request.threshold) } else { today.clone() });
        now.extend(today);
    }
    let (now, then, runs) = (now.len(), then.len(), times.len());
    let against = match then.cmp(&now) {
        std::cmp::Ordering::Less => format!("{} fewer than today", now - then),
        std::cmp::Ordering::Equal => "as many as today".to_owned(),
        std::cmp::Ordering::Greater => format!("{} more than today", then - now),
    };
    Ok(ThresholdTrial {
        now: small(now),
        then: small(then),
        runs: small(runs),
        words: format!("{then} of {runs} reports would still raise it, {against}"),
        difference: difference(index, &columns, request),
    })
}

fn direction(column: &Column) -> Direction {
    column.method.direction().unwrap_or(Direction::Above)
}

/// Places of the reports that lie beyond a threshold.
fn raised(values: &[Option<f64>], direction: Direction, threshold: f64) -> Vec<usize> {
    let one = |value: &Option<f64>| what_if(std::slice::from_ref(value), direction, threshold, EACH).violations > 0;
    values.iter().enumerate().filter(|(_, value)| one(value)).map(|(place, _)| place).collect()
}

/// The change as it stands in `constraints.json`.
fn difference(index: &Index, columns: &[(&str, &Column)], request: &TryThreshold) -> Vec<String> {
    let to = number(request.threshold);
    let line = |sign: char, indent: &str, name: &str, value: &str| format!("{sign} {indent}\"{name}\": {value}");
    let (common, of_text) = ("comparison_threshold", "categorical_comparison_threshold");
    if let (Some(feature), [(_, column), ..]) = (request.feature.as_deref(), columns) {
        let name = if index.is_text(feature) { of_text } else { common };
        let mut lines = vec![
            format!("    \"name\": {},", serde_json::Value::from(feature)),
            "    \"monitoring_config_overrides\": { \"distribution_constraints\": {".to_owned(),
        ];
        lines.extend(column.threshold.map(|from| line('-', "    ", name, &number(from))));
        lines.push(line('+', "    ", name, &to));
        lines.push("    } }".to_owned());
        return lines;
    }
    let of = |is_text: bool| columns.iter().find(|(name, _)| index.is_text(name) == is_text);
    let mut lines = vec!["  \"monitoring_config\": { \"distribution_constraints\": {".to_owned()];
    for (is_text, name) in [(false, common), (true, of_text)] {
        if let Some((_, column)) = of(is_text) {
            lines.extend(column.threshold.map(|from| line('-', "  ", name, &number(from))));
            lines.push(line('+', "  ", name, &to));
        }
    }
    lines.push("  } }".to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::models::drift::{FeatureDrift, Method, Run, Source};

    fn at(hour: u32) -> Timestamp {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn index() -> Index {
        let mut index = Index::default();
        for (hour, value) in (0..10).zip([0.05, 0.12, 0.3, 0.08, 0.2, 0.11, 0.4, 0.02, 0.15, 0.09]) {
            let of = |name: &str, value: f64| {
                FeatureDrift::judged(name.into(), Some(value), Some(0.1), Method::LInfinityRobust)
            };
            let features = vec![of("tenure", value), of("country", 0.01)];
            let run = Run { source: Source::ModelMonitor, when: Some(at(hour)), features };
            index.put(at(hour), at(hour + 1), Ok(&run));
        }
        index.put(at(11), at(12), Err("cut".into()));
        index
    }

    #[test]
    fn a_higher_threshold_never_raises_more() {
        let index = index();
        let mut last = u32::MAX;
        for threshold in [0.0, 0.05, 0.1, 0.15, 0.3, 1.0] {
            let request = TryThreshold { schedule: "s".into(), feature: None, threshold };
            let told = trial(&index, &request).unwrap();
            assert!(told.then <= last, "{told:?}");
            assert_eq!((told.now, told.runs), (6, 10), "a report that could not be read is none");
            last = told.then;
        }
        assert_eq!(last, 0);
    }

    #[test]
    fn the_change_is_that_of_the_file() {
        let request = TryThreshold { schedule: "s".into(), feature: Some("tenure".into()), threshold: 0.25 };
        let told = trial(&index(), &request).unwrap();
        assert_eq!(told.words, "2 of 10 reports would still raise it, 4 fewer than today");
        assert_eq!(
            told.difference,
            [
                "    \"name\": \"tenure\",",
                "    \"monitoring_config_overrides\": { \"distribution_constraints\": {",
                "-     \"comparison_threshold\": 0.1",
                "+     \"comparison_threshold\": 0.25",
                "    } }",
            ]
        );
        let unknown = TryThreshold { feature: Some("nobody".into()), ..request };
        assert!(trial(&index(), &unknown).is_err());
    }
}
