//! Another threshold in the text of a `constraints.json`, and the change as a patch.
//!
//! Only the number changes, or is put in where it belongs: keys, their order, their spelling and all spaces stay as the
//! analyser or a person wrote them, so that a patch applies to the file itself.

use super::DIGITS;
use crate::monitor::json::word;
use serde_json::{Value, value::RawValue};
use similar::{Algorithm, udiff::unified_diff};
use std::{collections::HashMap, ops::Range};

/// Lines beside a change.
const AROUND: usize = 3;
/// Fewer lines are no layout: a change in them says nothing to an eye.
const LAID_OUT: usize = 4;
const SNAKE: &str = "monitoring_config_overrides";
const CAMEL: &str = "monitoringConfigOverrides";

/// The members of an object, as they are written.
type Members<'a> = HashMap<String, &'a RawValue>;

/// The text with another threshold, of one feature or of all that have none of their own. `is_text` is that of categories.
/// `None`: it is no object, it has no such feature, or no number can be written so.
pub fn with_threshold(text: &str, feature: Option<&str>, is_text: bool, threshold: f64) -> Option<String> {
    let value = serde_json::Number::from_f64(threshold)?.to_string();
    let key = if is_text { "categorical_comparison_threshold" } else { "comparison_threshold" };
    let file = text.strip_prefix('\u{feff}').unwrap_or(text);
    let whole = file.trim();
    let (at, put) = match feature {
        None => edit(file, whole, &["monitoring_config", "distribution_constraints", key], &value)?,
        Some(name) => {
            let one = feature_of(whole, name)?;
            match overrides(one) {
                Some(own) => edit(file, own, &["distribution_constraints", key], &value)?,
                None => edit(file, one, &[spelling(file), "distribution_constraints", key], &value)?,
            }
        }
    };
    let mut edited = file.to_owned();
    edited.replace_range(at, &put);
    // The mark in front of it is part of the file.
    let mark = text.strip_suffix(file).unwrap_or_default();
    Some(format!("{mark}{edited}"))
}

/// The text in which so large a part of a feature's rows may be without a value: its completeness is what is left. `None`: it is
/// no object, it has no such feature, or it is no part.
pub fn with_most_missing(text: &str, feature: &str, part: f64) -> Option<String> {
    let least = Some(1.0 - part).filter(|least| (0.0..=1.0).contains(least))?;
    // Without what the subtraction leaves in the last digits.
    let value = serde_json::Number::from_f64((least * DIGITS).round() / DIGITS)?.to_string();
    let file = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (at, put) = edit(file, feature_of(file.trim(), feature)?, &["completeness"], &value)?;
    let mut edited = file.to_owned();
    edited.replace_range(at, &put);
    let mark = text.strip_suffix(file).unwrap_or_default();
    Some(format!("{mark}{edited}"))
}

/// A unified diff that `patch -p1` applies; empty where nothing differs. `name` is that of the file.
pub fn patch(old: &str, new: &str, name: &str) -> String {
    let (before, after) = (format!("a/{name}"), format!("b/{name}"));
    unified_diff(Algorithm::Myers, old, new, AROUND, Some((before.as_str(), after.as_str())))
}

/// The change for an eye: the patch, or that of both texts laid out where they stand in one line.
pub fn shown(old: &str, new: &str, name: &str) -> String {
    if old.lines().count() >= LAID_OUT {
        return patch(old, new, name);
    }
    match (laid_out(old), laid_out(new)) {
        (Some(old), Some(new)) => patch(&old, &new, name),
        _ => patch(old, new, name),
    }
}

fn laid_out(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
    Some(format!("{}\n", serde_json::to_string_pretty(&value).ok()?))
}

/// The object of a feature.
fn feature_of<'a>(whole: &'a str, name: &str) -> Option<&'a str> {
    let root: Members<'a> = serde_json::from_str(whole).ok()?;
    let features: Vec<&'a RawValue> = serde_json::from_str(root.get("features")?.get()).ok()?;
    features.into_iter().map(RawValue::get).find(|feature| {
        let members: Option<Members<'_>> = serde_json::from_str(feature).ok();
        let own = members.and_then(|members| serde_json::from_str::<Value>(members.get("name")?.get()).ok());
        own.as_ref().and_then(word).as_deref() == Some(name)
    })
}

/// Where the reader finds the settings of a feature: beside its name, or inside of the constraints of its type.
fn overrides(feature: &str) -> Option<&str> {
    let members: Members<'_> = serde_json::from_str(feature).ok()?;
    let inner = ["num_constraints", "string_constraints"].into_iter().filter_map(|name| Some(members.get(name)?.get()));
    let places = std::iter::once(feature).chain(inner.filter(|text| is_object(text)));
    places.filter_map(|place| serde_json::from_str::<Members<'_>>(place).ok()).find_map(|members| {
        [SNAKE, CAMEL].into_iter().find_map(|name| members.get(name).map(|own| own.get()).filter(|own| is_object(own)))
    })
}

fn is_object(text: &str) -> bool {
    text.starts_with('{')
}

/// As the file spells it elsewhere.
fn spelling(file: &str) -> &'static str {
    if file.contains(CAMEL) && !file.contains(SNAKE) { CAMEL } else { SNAKE }
}

/// What of the file makes way for what, so that the value stands at a path below an object.
fn edit(file: &str, object: &str, path: &[&str], value: &str) -> Option<(Range<usize>, String)> {
    let members: Members<'_> = serde_json::from_str(object).ok()?;
    let (name, rest) = path.split_first()?;
    let start = offset(file, object)?;
    let inner = object.strip_prefix('{')?;
    let space = inner.strip_suffix(inner.trim_start()).unwrap_or_default();
    let put = || nested(file, rest, value, if space.contains('\n') { space } else { "" });
    if let Some(old) = members.get(*name).map(|member| member.get()) {
        if !rest.is_empty() && old.starts_with('{') {
            return edit(file, old, rest, value);
        }
        let at = offset(file, old)?;
        return Some((at..at + old.len(), put()));
    }
    let member = format!("\"{name}\"{}{}", colon(file), put());
    if members.is_empty() {
        return Some((start..start + object.len(), format!("{{{member}}}")));
    }
    // Before the others: behind the last one, its line would change too.
    let first = start + 1;
    Some((first..first, format!("{space}{member},")))
}

/// The value inside of the objects that are missing. `space` stands before a member: a line break and its indent, or nothing.
fn nested(file: &str, path: &[&str], value: &str, space: &str) -> String {
    let Some((name, rest)) = path.split_first() else { return value.to_owned() };
    let step = if space.is_empty() { "" } else { step(file) };
    let inside = format!("{space}{step}");
    let value = nested(file, rest, value, &inside);
    format!("{{{inside}\"{name}\"{}{value}{space}}}", colon(file))
}

/// The indent of one level.
fn step(file: &str) -> &str {
    let inner = file.trim_start().strip_prefix('{').unwrap_or_default();
    let space = inner.strip_suffix(inner.trim_start()).unwrap_or_default();
    space.rsplit('\n').next().filter(|step| !step.is_empty()).unwrap_or("  ")
}

fn colon(file: &str) -> &'static str {
    [" : ", ": "].into_iter().find(|colon| file.contains(&format!("\"{colon}"))).unwrap_or(":")
}

/// Where a part of the file begins in it.
fn offset(file: &str, part: &str) -> Option<usize> {
    let at = part.as_ptr().addr().checked_sub(file.as_ptr().addr())?;
    (file.get(at..)?.starts_with(part)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Constraints;

    const LAID: &str = r#"{
  "version" : 0.0,
  "features" : [ {
    "name" : "tenure",
    "inferred_type" : "Integral",
    "completeness" : 1.0,
    "num_constraints" : {
      "is_non_negative" : true
    }
  }, {
    "name" : "country",
    "inferred_type" : "String",
    "string_constraints" : {
      "monitoringConfigOverrides" : {
        "distribution_constraints" : {
          "categorical_comparison_threshold" : 0.30,
          "perform_comparison" : "Enabled"
        }
      }
    }
  }, {
    "name" : "rate",
    "monitoring_config_overrides" : { }
  } ],
  "monitoring_config" : {
    "evaluate_constraints" : "Enabled",
    "distribution_constraints" : {
      "comparison_threshold" : 0.1,
      "comparison_method" : "Robust"
    }
  }
}"#;

    const FLAT: &str =
        r#"{"features":[{"name":"a","completeness":1.0}],"monitoring_config":{"evaluate_constraints":"Enabled"}}"#;

    /// Applies a unified diff, as `patch` does: each hunk at its line, every line of it as it is there.
    fn applied(old: &str, patch: &str) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut out, mut at) = (String::new(), 0);
        let mut lines = patch.split_inclusive('\n').skip(2).peekable();
        while let Some(line) = lines.next() {
            if let Some(head) = line.strip_prefix("@@ -") {
                let first: usize = head.split([',', ' ']).next().unwrap().parse().unwrap();
                while at + 1 < first {
                    out.push_str(old[at]);
                    at += 1;
                }
                continue;
            }
            let is_cut = lines.peek().is_some_and(|next| next.starts_with('\\'));
            let text = line.get(1..).unwrap();
            let text = if is_cut { text.strip_suffix('\n').unwrap() } else { text };
            match line.chars().next().unwrap() {
                '+' => out.push_str(text),
                '\\' => {}
                sign => {
                    assert_eq!(old[at], text, "a line of the patch stands in the file");
                    at += 1;
                    if sign == ' ' {
                        out.push_str(text);
                    }
                }
            }
        }
        out.extend(old[at..].iter().copied());
        out
    }

    fn constraints(text: &str) -> Constraints {
        Constraints::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_patch_makes_the_new_file_of_the_old_one() {
        let cases =
            [(None, false), (None, true), (Some("tenure"), false), (Some("country"), true), (Some("rate"), false)];
        for text in [LAID.to_owned(), format!("{LAID}\n"), LAID.replace('\n', "\r\n"), format!("\u{feff}{LAID}")] {
            for (feature, is_text) in cases {
                let new = with_threshold(&text, feature, is_text, 0.25).unwrap();
                assert_eq!(applied(&text, &patch(&text, &new, "constraints.json")), new, "{feature:?}");
                let (mut old, new) = (constraints(&text), constraints(&new));
                assert_ne!(old, new);
                let config = match feature {
                    None => &mut old.monitoring,
                    Some(name) => {
                        let one = old.features.iter_mut().find(|one| one.name == name).unwrap();
                        one.overrides.get_or_insert_default()
                    }
                };
                let place = if is_text { &mut config.categorical_threshold } else { &mut config.comparison_threshold };
                *place = Some(0.25);
                assert_eq!(old, new, "nothing else changed");
            }
        }
    }

    #[test]
    fn only_the_number_changes_where_there_is_one() {
        let new = with_threshold(LAID, Some("country"), true, 0.25).unwrap();
        assert_eq!(new, LAID.replace("0.30", "0.25"));
        let told = patch(LAID, &new, "constraints.json");
        assert!(told.starts_with("--- a/constraints.json\n+++ b/constraints.json\n@@ -13,7 +13,7 @@\n"), "{told}");
        let changed: Vec<&str> = told.lines().skip(2).filter(|line| line.starts_with(['+', '-'])).collect();
        let line = |sign: char, value: &str| format!("{sign}          \"categorical_comparison_threshold\" : {value},");
        assert_eq!(changed, [line('-', "0.30"), line('+', "0.25")]);
        assert_eq!(patch(LAID, LAID, "constraints.json"), "");
    }

    #[test]
    fn what_is_not_there_is_added_and_nothing_taken_away() {
        let new = with_threshold(LAID, Some("tenure"), false, 0.25).unwrap();
        let told = patch(LAID, &new, "constraints.json");
        let changed: Vec<&str> = told.lines().skip(2).filter(|line| line.starts_with(['+', '-'])).collect();
        assert_eq!(
            changed,
            [
                "+    \"monitoring_config_overrides\" : {",
                "+      \"distribution_constraints\" : {",
                "+        \"comparison_threshold\" : 0.25",
                "+      }",
                "+    },",
            ]
        );
        // As the file spells it, where it spells it one way.
        let camel = LAID.replace("monitoring_config_overrides", "monitoringConfigOverrides");
        let new = with_threshold(&camel, Some("tenure"), false, 0.25).unwrap();
        assert!(!new.contains("monitoring_config_overrides") && new.len() > camel.len());
    }

    #[test]
    fn a_file_in_one_line_is_laid_out_for_the_eye_alone() {
        let new = with_threshold(FLAT, None, false, 0.25).unwrap();
        assert_eq!(
            new,
            FLAT.replace(
                r#""monitoring_config":{"#,
                r#""monitoring_config":{"distribution_constraints":{"comparison_threshold":0.25},"#
            )
        );
        assert_eq!(applied(FLAT, &patch(FLAT, &new, "c")), new);
        let told = shown(FLAT, &new, "c");
        let added = "+    \"distribution_constraints\": {\n+      \"comparison_threshold\": 0.25\n+    },\n";
        assert!(told.contains(added) && told.lines().skip(2).all(|line| !line.starts_with('-')), "{told}");
        assert_eq!(shown(LAID, &LAID.replace("0.30", "0.2"), "c"), patch(LAID, &LAID.replace("0.30", "0.2"), "c"));
    }

    #[test]
    fn completeness_is_what_is_left_of_the_rows() {
        let new = with_most_missing(LAID, "tenure", 0.18).unwrap();
        assert_eq!(new, LAID.replace("\"completeness\" : 1.0", "\"completeness\" : 0.82"), "without further digits");
        assert_eq!(applied(LAID, &patch(LAID, &new, "constraints.json")), new);
        let new = with_most_missing(LAID, "country", 0.25).unwrap();
        assert_eq!(applied(LAID, &patch(LAID, &new, "constraints.json")), new);
        let mut old = constraints(LAID);
        old.features[1].completeness = Some(0.75);
        assert_eq!(old, constraints(&new), "it is put in, and nothing else changed");
        assert_eq!(with_most_missing(FLAT, "a", 0.0).as_deref(), Some(FLAT));
        for (feature, part) in [("nobody", 0.1), ("tenure", 1.5), ("tenure", -0.1), ("tenure", f64::NAN)] {
            assert_eq!(with_most_missing(LAID, feature, part), None, "{feature} {part}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_not() {
        assert_eq!(with_threshold(LAID, Some("nobody"), false, 0.25), None);
        assert_eq!(with_threshold(LAID, None, false, f64::NAN), None);
        for text in ["", "[]", "{\"features\": 1", "{\"a\": NaN}"] {
            assert_eq!(with_threshold(text, None, false, 0.25), None, "{text}");
        }
        assert_eq!(
            with_threshold("{\"monitoring_config\": null}", None, false, 1.0).unwrap(),
            "{\"monitoring_config\": {\"distribution_constraints\": {\"comparison_threshold\": 1.0}}}"
        );
    }
}
