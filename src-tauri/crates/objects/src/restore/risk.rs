//! How much is at stake in a plan, and what the person has to do to confirm it.

use super::{overwrites, written_key};
use crate::{key, tables};
use contract::{
    Notice,
    plan::{Action, Confirm, Risk, Step},
    session::Environment,
};
use std::collections::{BTreeMap, BTreeSet};

/// More objects than this are a high risk whatever is done to them: nobody reads so many lines before confirming.
const MANY: usize = 100;

/// High on production, when more than one object is overwritten in place, when a lake table's log or metadata is written, and
/// for more than 100 objects. One low-risk step elsewhere is confirmed by the button itself; production asks for the name.
pub fn plan_risk(environment: Environment, steps: &[Step]) -> (Risk, Confirm) {
    let production = environment == Environment::Production;
    let in_place = steps.iter().filter(|step| overwrites(step)).count();
    let table_log = steps.iter().any(|step| tables::log_of(written_key(step)).is_some());
    let high = production || in_place > 1 || table_log || steps.len() > MANY;
    let confirm = match (production, high, steps.len()) {
        (true, _, _) => Confirm::TypeName,
        (false, false, 0 | 1) => Confirm::Inline,
        (false, _, _) => Confirm::Dialog,
    };
    (if high { Risk::High } else { Risk::Low }, confirm)
}

/// Refusals for steps of one plan that would write to the same key, as a template without `{name}` makes them, or a selection
/// of several versions of one key. Marker removals of one key belong together and do not clash.
pub fn clashes(steps: &[Step]) -> Vec<Notice> {
    let mut writers: BTreeMap<&str, u64> = BTreeMap::new();
    for step in steps.iter().filter(|step| matches!(step.action, Action::Copy { .. })) {
        *writers.entry(written_key(step)).or_default() += 1;
    }
    let uncovered: BTreeSet<&str> = steps
        .iter()
        .filter(|step| matches!(step.action, Action::RemoveMarker { .. }))
        .map(|step| step.key.as_str())
        .collect();
    let in_place: BTreeSet<&str> =
        steps.iter().filter(|step| written_key(step) == step.key).map(|step| step.key.as_str()).collect();
    writers
        .into_iter()
        .filter(|(to_key, count)| *count > 1 || uncovered.contains(to_key))
        .map(|(to_key, count)| {
            if in_place.contains(to_key) {
                let key = key::shown(to_key);
                return Notice::refusal(format!("{key}: several versions are selected, and one alone can become current"));
            }
            Notice::refusal(format!("{count} objects would be written to {}: the template must tell them apart, by {{dir}} and {{name}} for example", key::shown(to_key)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{copy_step, marker_step};
    use contract::{Severity, plan::Seen};

    fn object() -> Seen {
        Seen::Object { version_id: "v2".into(), etag: "b".into(), size: 3 }
    }

    #[test]
    fn one_low_risk_step_is_inline_and_production_always_asks_for_the_name() {
        let one = [copy_step("a", "a", 1, object())];
        assert_eq!(plan_risk(Environment::Other, &one), (Risk::Low, Confirm::Inline));
        assert_eq!(plan_risk(Environment::Production, &one), (Risk::High, Confirm::TypeName));
        assert_eq!(plan_risk(Environment::Production, &[marker_step("a", "m")]), (Risk::High, Confirm::TypeName));
    }

    #[test]
    fn several_overwrites_are_high_but_several_undeletes_are_not() {
        let overwrites = [copy_step("a", "a", 1, object()), copy_step("b", "b", 1, object())];
        assert_eq!(plan_risk(Environment::Other, &overwrites), (Risk::High, Confirm::Dialog));
        let undeletes = [marker_step("a", "m"), marker_step("b", "m")];
        assert_eq!(plan_risk(Environment::Other, &undeletes), (Risk::Low, Confirm::Dialog));
        let many: Vec<Step> = (0..101).map(|n| marker_step(&n.to_string(), "m")).collect();
        assert_eq!(plan_risk(Environment::Other, &many), (Risk::High, Confirm::Dialog));
    }

    #[test]
    fn table_logs_are_high_whatever_is_done() {
        let key = "t/_delta_log/00000000000000000001.json";
        assert_eq!(plan_risk(Environment::Other, &[copy_step(key, key, 1, object())]), (Risk::High, Confirm::Dialog));
        assert_eq!(plan_risk(Environment::Other, &[marker_step(key, "m")]), (Risk::High, Confirm::Dialog));
    }

    #[test]
    fn copies_to_one_key_clash() {
        let steps = [
            copy_step("a/x", "archive/x", 1, Seen::Nothing),
            copy_step("b/x", "archive/x", 1, Seen::Nothing),
            marker_step("c", "m1"),
            marker_step("c", "m2"),
        ];
        let notices = clashes(&steps);
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].severity, Severity::Refusal);
        assert!(notices[0].text.starts_with("2 objects would be written to archive/x"), "{}", notices[0].text);
        assert!(clashes(&steps[1..]).is_empty());
    }

    #[test]
    fn two_versions_of_one_key_cannot_both_become_current() {
        let twice = [copy_step("c", "c", 1, object()), copy_step("c", "c", 2, object())];
        let mixed = [marker_step("c", "m1"), copy_step("c", "c", 1, Seen::Marker { version_id: "m1".into() })];
        for steps in [twice, mixed] {
            let notices = clashes(&steps);
            assert!(matches!(notices.as_slice(), [one] if one.severity == Severity::Refusal), "{notices:?}");
            assert!(notices[0].text.starts_with("c: several versions are selected"), "{}", notices[0].text);
        }
        let apart = [marker_step("c", "m1"), copy_step("d", "d", 1, object())];
        assert!(clashes(&apart).is_empty());
    }
}
