//! Two values on a line each, so that a person sees in what they differ.

use super::{
    cut,
    values::{Change, text},
};
use serde_json::Value;

/// Equal characters that are shown before the first difference.
const BEFORE: usize = 24;

/// The values of a change, each in at most so many characters and a `…` at either end.
pub(super) fn texts(change: &Change, most: usize) -> (Option<String>, Option<String>) {
    match (&change.then, &change.now) {
        (Some(then), Some(now)) => {
            let (then, now) = both(then, now, most);
            (Some(then), Some(now))
        }
        (then, now) => {
            let alone = |value: &Option<Value>| value.as_ref().map(|value| text(value, most));
            (alone(then), alone(now))
        }
    }
}

/// As plain text, unless that is the same for both: they differ far behind, in white space, or in being a text at all. Then
/// as JSON, from a little before the difference on.
fn both(then: &Value, now: &Value, most: usize) -> (String, String) {
    let plain = (text(then, most), text(now, most));
    if plain.0 != plain.1 {
        return plain;
    }
    let (then, now) = (written(then), written(now));
    let same = then.iter().zip(&now).take_while(|(then, now)| then == now).count();
    let from = same.saturating_sub(BEFORE);
    let part = |text: &[char]| {
        let rest: String = text.iter().skip(from).collect();
        format!("{}{}", if from > 0 { "…" } else { "" }, cut(&rest, most))
    };
    (part(&then), part(&now))
}

/// JSON, in which the controls that it leaves alone are written out as well.
fn written(value: &Value) -> Vec<char> {
    let mut signs = Vec::new();
    for sign in value.to_string().chars() {
        if sign.is_control() {
            signs.extend(sign.escape_unicode());
        } else {
            signs.push(sign);
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown(then: &Value, now: &Value) -> (String, String) {
        both(then, now, 60)
    }

    #[test]
    fn a_difference_far_behind_is_shown() {
        let long = "x".repeat(200);
        let (then, now) = shown(&json!(format!("{long} day=20")), &json!(format!("{long} day=21")));
        assert_eq!(then, format!("…{} day=20\"", "x".repeat(18)));
        assert_eq!(now, format!("…{} day=21\"", "x".repeat(18)));
    }

    #[test]
    fn a_difference_in_white_space_or_kind_is_shown() {
        assert_eq!(shown(&json!("a\nb"), &json!("a b")), ("\"a\\nb\"".into(), "\"a b\"".into()));
        assert_eq!(shown(&json!("1"), &json!(1)), ("\"1\"".into(), "1".into()));
        assert_eq!(shown(&json!("\u{7f}"), &json!(" ")), ("\"\\u{7f}\"".into(), "\" \"".into()));
        assert_eq!(shown(&json!("a"), &json!("b")), ("a".into(), "b".into()), "plain where that is enough");
    }

    proptest! {
        #[test]
        fn two_texts_that_differ_look_different(then in "[a \\n\\x7f]{0,90}", now in "[a \\n\\x7f]{0,90}") {
            prop_assume!(then != now);
            let (then, now) = shown(&Value::from(then), &Value::from(now));
            prop_assert_ne!(&then, &now);
            prop_assert!(then.chars().count() <= 62 && !now.contains('\n'));
        }
    }
}
