//! What an alarm's history says: when it was raised, and when that was over.
//!
//! `HistoryData` is JSON of the service's making, in a field of its own; where it cannot be read, the one line of the summary
//! says the same ("Amazon CloudWatch API Reference": AlarmHistoryItem; the shape as `describe-alarm-history` shows it).

use contract::{Timestamp, models::facts::AlarmHistoryFact};
use serde_json::Value;

/// The state of an alarm whose threshold is crossed.
const RAISED: &str = "ALARM";
const FINE: &str = "OK";

/// An alarm went from one state to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmChange {
    pub alarm: String,
    pub at: Timestamp,
    /// None where only the state that it is in is known.
    pub from: Option<String>,
    pub to: String,
}

/// What a change means to who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Raised,
    Over,
    /// Nothing is published any more, so nothing is known.
    Silent,
}

impl Turn {
    pub fn word(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Over => "over",
            Self::Silent => "without data",
        }
    }
}

impl AlarmChange {
    /// None where it was not raised before and is not raised now.
    pub fn turn(&self) -> Option<Turn> {
        let was_raised = self.from.as_deref().map(|from| from == RAISED);
        match (was_raised, self.to.as_str()) {
            (Some(false) | None, RAISED) => Some(Turn::Raised),
            (Some(true) | None, FINE) => Some(Turn::Over),
            (Some(true), RAISED) | (Some(false), _) => None,
            (Some(true) | None, _) => Some(Turn::Silent),
        }
    }
}

/// The changes of one alarm, the oldest first. What cannot be read is left out.
pub fn changes(history: &[AlarmHistoryFact]) -> Vec<AlarmChange> {
    let mut all: Vec<AlarmChange> = history.iter().filter_map(change).collect();
    all.sort_by_key(|change| change.at);
    let mut before: Option<String> = None;
    for change in &mut all {
        change.from = change.from.take().or(before);
        before = Some(change.to.clone());
    }
    all
}

fn change(fact: &AlarmHistoryFact) -> Option<AlarmChange> {
    let of_data = fact.data.as_deref().and_then(states);
    let (from, to) = of_data.or_else(|| fact.summary.as_deref().and_then(told))?;
    Some(AlarmChange { alarm: fact.alarm.clone(), at: fact.at, from, to })
}

/// The old state, where it is said, and the new one.
fn states(data: &str) -> Option<(Option<String>, String)> {
    let read: Value = serde_json::from_str(data).ok()?;
    let state = |name: &str| word(read.get(name)?.get("stateValue")?.as_str()?);
    Some((state("oldState"), state("newState")?))
}

/// The same of a summary.
fn told(summary: &str) -> Option<(Option<String>, String)> {
    let (_, states) = summary.split_once("updated from ")?;
    let (from, to) = states.split_once(" to ")?;
    Some((word(from), word(to)?))
}

/// A state is one word of capitals: `INSUFFICIENT_DATA`.
fn word(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|sign: char| !(sign.is_ascii_uppercase() || sign == '_')).unwrap_or(text.len());
    text.get(..end).filter(|word| !word.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> Timestamp {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn fact(hour: u32, data: Option<&str>, summary: Option<&str>) -> AlarmHistoryFact {
        AlarmHistoryFact {
            alarm: "churn-f1".into(),
            at: at(hour),
            data: data.map(str::to_owned),
            summary: summary.map(str::to_owned),
        }
    }

    const ENDED: &str = r#"{"version":"1.0","oldState":{"stateValue":"ALARM","stateReason":"testing purposes"},
        "newState":{"stateValue":"OK","stateReason":"Threshold Crossed: 2 datapoints were not greater than the threshold (70.0).",
        "stateReasonData":{"version":"1.0","period":300,"recentDatapoints":[38.958,40.292],"threshold":70.0}}}"#;

    fn turns(history: &[AlarmHistoryFact]) -> Vec<(Timestamp, Option<Turn>)> {
        changes(history).iter().map(|change| (change.at, change.turn())).collect()
    }

    #[test]
    fn data_and_summary_say_the_same() {
        let of_data = changes(&[fact(3, Some(ENDED), None)]);
        let of_summary = changes(&[fact(3, None, Some("Alarm updated from ALARM to OK"))]);
        assert_eq!(of_data, of_summary);
        let [one] = of_data.as_slice() else { panic!("{of_data:?}") };
        assert_eq!((one.from.as_deref(), one.to.as_str(), one.turn()), (Some("ALARM"), "OK", Some(Turn::Over)));
        let broken = changes(&[fact(3, Some("{\"version\":"), Some("Alarm updated from OK to ALARM. It acts."))]);
        assert_eq!(broken.first().and_then(AlarmChange::turn), Some(Turn::Raised), "{broken:?}");
    }

    #[test]
    fn only_what_was_raised_can_be_over() {
        let history = [
            fact(9, None, Some("Alarm updated from INSUFFICIENT_DATA to OK")),
            fact(7, None, Some("Alarm updated from ALARM to INSUFFICIENT_DATA")),
            fact(5, None, Some("Alarm updated from OK to ALARM")),
            fact(4, None, Some("Alarm updated from INSUFFICIENT_DATA to OK")),
        ];
        assert_eq!(
            turns(&history),
            [(at(4), None), (at(5), Some(Turn::Raised)), (at(7), Some(Turn::Silent)), (at(9), None)],
            "the service tells the newest first"
        );
        let alone = AlarmChange { alarm: "a".into(), at: at(1), from: None, to: "OK".into() };
        assert_eq!(alone.turn(), Some(Turn::Over), "as much as the state alone can say");
    }

    #[test]
    fn what_is_not_said_follows_from_the_change_before() {
        let ends = r#"{"newState":{"stateValue":"OK"}}"#;
        let begins = r#"{"newState":{"stateValue":"ALARM"}}"#;
        let history = [fact(5, Some(ends), None), fact(2, Some(begins), None)];
        assert_eq!(turns(&history), [(at(2), Some(Turn::Raised)), (at(5), Some(Turn::Over))]);
        assert_eq!(changes(&history).last().and_then(|change| change.from.clone()).as_deref(), Some("ALARM"));
    }

    #[test]
    fn what_is_no_change_of_state_is_left_out() {
        for text in ["Alarm \"churn-f1\" created", "Alarm updated from OK", "Alarm updated from  to ", ""] {
            assert_eq!(changes(&[fact(1, None, Some(text))]), [], "{text}");
        }
        for data in ["[]", "null", r#"{"newState":{"stateValue":7}}"#, r#"{"newState":{"stateValue":"<b>"}}"#] {
            assert_eq!(changes(&[fact(1, Some(data), None)]), [], "{data}");
        }
    }
}
