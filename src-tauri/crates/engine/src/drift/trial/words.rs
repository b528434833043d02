//! What a trial says: how many reports and alerts there would be, what stays as it is, and what reports do not tell.

use super::{DAYS, Effect, Rule, Terms};
use crate::drift::{
    counted,
    index::{Column, Index},
};
use ::models::drift::Method;
use contract::{
    Timestamp,
    drift::{ThresholdTrial, TryThreshold},
};

/// What a trial found, in a sentence.
pub(super) fn words(told: &ThresholdTrial, terms: &Terms, is_one: bool) -> String {
    if told.runs == 0 {
        return format!("No report of the last {DAYS} days could be read");
    }
    let reports = counted(usize::try_from(told.runs).unwrap_or_default(), "report");
    let span = counted(usize::try_from(told.days).unwrap_or_default(), "day");
    let alert = match (&terms.rule, told.alerts_then, told.alerts_now) {
        (Rule::Of(rule), Some(then), Some(now)) => {
            let whose = if is_one { " over all features" } else { "" };
            let when =
                if rule.of <= 1 { "each run".to_owned() } else { format!("{} of {} runs", rule.violations, rule.of) };
            let times = counted(usize::try_from(then).unwrap_or_default(), "time");
            format!("by distances alone the alert{whose} ({when}) would be raised {times} (today {now})")
        }
        (Rule::Unread(why), ..) => format!("its alert could not be read: {why}"),
        _ => "no alert rests on the schedule".to_owned(),
    };
    format!("{} of {reports} of {span} would still be beyond it (today {}); {alert}", told.then, told.now)
}

/// What stays as it is, whatever the threshold.
pub(super) fn aside(effects: &[(&str, &Column, Effect)], request: &TryThreshold) -> Vec<String> {
    if let Some(asked) = request.feature.as_deref() {
        let Some((.., effect)) = effects.iter().find(|(name, ..)| *name == asked) else { return Vec::new() };
        let is_off = *effect == Effect::IsOff;
        return is_off.then(|| "Its check is turned off, so it stays as it is".to_owned()).into_iter().collect();
    }
    let told = [
        (Effect::HasOwn, "with a threshold of its own", "with thresholds of their own"),
        (Effect::IsTest, "that is judged by a test", "that are judged by tests"),
        (Effect::IsOfRows, "that is judged by its completeness", "that are judged by their completeness"),
        (Effect::IsOff, "whose check is turned off", "whose checks are turned off"),
    ];
    let one = |(of, one, several): (Effect, &str, &str)| {
        let many = effects.iter().filter(|(_, _, effect)| *effect == of).count();
        match many {
            0 => None,
            1 => Some(format!("1 feature {one} stays as it is")),
            _ => Some(format!("{many} features {several} stay as they are")),
        }
    };
    told.into_iter().filter_map(one).collect()
}

/// Where a stricter limit may find less than there was: reports that do not tell what it limits.
pub(super) fn untold(
    index: &Index,
    terms: &Terms,
    effects: &[(&str, &Column, Effect)],
    times: &[Timestamp],
    request: &TryThreshold,
) -> Option<String> {
    let Some(asked) = request.feature.as_deref() else {
        return untold_of_all(index, terms, effects, times, request.threshold);
    };
    let (name, column, _) = effects.iter().find(|(name, _, effect)| *name == asked && effect.moves())?;
    if column.threshold.is_some_and(|today| request.threshold >= today) {
        return None;
    }
    let is_of_rows = column.method == Method::Completeness;
    let rows = index.rows(name);
    let tells = |at: Timestamp| {
        let cell = column.cells.get(&at);
        if is_of_rows {
            cell.is_some_and(|cell| cell.is_gone || cell.is_of_completeness())
                || rows.is_some_and(|rows| rows.contains_key(&at))
        } else {
            cell.is_some()
        }
    };
    let many = times.iter().filter(|at| !tells(**at)).count();
    match (many, is_of_rows) {
        (0, _) => None,
        (1, true) => {
            Some("1 report does not tell how many of its rows have no value: it is counted as today".to_owned())
        }
        (_, true) => {
            Some(format!("{many} reports do not tell how many of its rows have no value: they are counted as today"))
        }
        (1, false) => Some("1 report tells no distance of it: no drift of its values is found there".to_owned()),
        (_, false) => Some(format!("{many} reports tell no distance of it: no drift of its values is found there")),
    }
}

/// The same of a limit for all features: of those that some report has no distance of.
fn untold_of_all(
    index: &Index,
    terms: &Terms,
    effects: &[(&str, &Column, Effect)],
    times: &[Timestamp],
    threshold: f64,
) -> Option<String> {
    let config = terms.constraints.as_ref().map(|constraints| &constraints.monitoring);
    let today = config.and_then(|config| config.comparison_threshold).or(Method::LInfinityRobust.default_threshold());
    if today.is_some_and(|today| threshold >= today) {
        return None;
    }
    let has_none = |(name, column, effect): &&(&str, &Column, Effect)| {
        let rows = index.rows(name).filter(|_| effect.moves());
        // What no report counts the rows of was not in it at all.
        rows.is_some_and(|rows| times.iter().any(|at| rows.contains_key(at) && !column.cells.contains_key(at)))
    };
    match effects.iter().filter(has_none).count() {
        0 => None,
        1 => Some("Some reports tell no distance of 1 feature: no drift of its values is found there".to_owned()),
        many => {
            Some(format!("Some reports tell no distance of {many} features: no drift of their values is found there"))
        }
    }
}
