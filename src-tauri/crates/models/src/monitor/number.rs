//! A number as monitors write it: a number, `"NaN"` and `"Infinity"` as strings, digits as a string, `null`.

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use std::fmt;

/// NaN is what is no number: a reader of one field does not give up the others for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) f64);

impl Number {
    /// None unless finite.
    pub(crate) fn finite(self) -> Option<f64> {
        Some(self.0).filter(|number| number.is_finite())
    }
}

/// A number of a JSON value; NaN where there is none. Infinities are kept.
pub(crate) fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) => spelled(text),
        _ => f64::NAN,
    }
}

/// A finite number of a JSON value.
pub(crate) fn finite(value: Option<&Value>) -> Option<f64> {
    value.map(number).filter(|number| number.is_finite())
}

/// As Java, Python and JavaScript spell them: `NaN`, `nan`, `Infinity`, `-inf`.
pub(crate) fn spelled(text: &str) -> f64 {
    text.trim().parse().unwrap_or(f64::NAN)
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any).map(Self)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and values of a statistic, which are floats to their writers"
    )]
    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and values of a statistic, which are floats to their writers"
    )]
    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<f64, E> {
        Ok(f64::NAN)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        Ok(spelled(text))
    }

    fn visit_unit<E: Error>(self) -> Result<f64, E> {
        Ok(f64::NAN)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<f64, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(f64::NAN)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<f64, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_nan_and_stops_nothing() {
        let text = r#"[1, -2, 2.5, "NaN", "Infinity", "-Infinity", " 3.5 ", null, true, "x", [1], {"a": 1}]"#;
        let numbers: Vec<Number> = serde_json::from_str(text).unwrap();
        let shown: Vec<String> = numbers.iter().map(|number| number.0.to_string()).collect();
        assert_eq!(shown.join(" "), "1 -2 2.5 NaN inf -inf 3.5 NaN NaN NaN NaN NaN");
        assert_eq!(numbers.iter().filter(|number| number.finite().is_some()).count(), 4);
        let values: Vec<Value> = serde_json::from_str(text).unwrap();
        let again: Vec<String> = values.iter().map(|value| number(value).to_string()).collect();
        assert_eq!(again, shown);
    }
}
