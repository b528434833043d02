//! What a row holds in a field, in a form that can be compared and written.

use contract::{Timestamp, sets::FieldKind};
use std::{borrow::Cow, cmp::Ordering};

/// A field that the filter line, the order and the copy may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    pub name: &'static str,
    pub kind: FieldKind,
    /// Values to offer; with them a plain value must be equal, without them it must be contained.
    pub values: &'static [&'static str],
    /// A word without a field is looked for here.
    pub searched: bool,
    /// An order by this field groups the rows; what those without a value are called.
    pub sections: Option<&'static str>,
}

impl FieldSpec {
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: FieldKind::Text, values: &[], searched: false, sections: None }
    }
    pub const fn of(name: &'static str, kind: FieldKind) -> Self {
        Self { name, kind, values: &[], searched: false, sections: None }
    }
    #[must_use]
    pub const fn searched(mut self) -> Self {
        self.searched = true;
        self
    }
    #[must_use]
    pub const fn sections(mut self, nameless: &'static str) -> Self {
        self.sections = Some(nameless);
        self
    }
    #[must_use]
    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }
}

/// A field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    /// Bytes, counts, seconds.
    Number(i64),
    /// Of [`Value::real`], which makes sure that it is a number.
    Real(f64),
    Time(Timestamp),
    Missing,
}

impl<'a> Value<'a> {
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub fn size(size: Option<u64>) -> Self {
        size.map_or(Self::Missing, |size| Self::Number(i64::try_from(size).unwrap_or(i64::MAX)))
    }

    /// What is not a number is missing, so that there is an order, with it at the end.
    pub fn real(number: Option<f64>) -> Self {
        // Nothing has no sign.
        number.filter(|number| !number.is_nan()).map_or(Self::Missing, |number| Self::Real(number + 0.0))
    }

    pub fn time(time: Option<Timestamp>) -> Self {
        time.map_or(Self::Missing, Self::Time)
    }

    pub fn maybe(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::text)
    }

    /// Order of a column. What is missing comes last in either direction, so that sorting never buries the rest.
    pub fn order(&self, other: &Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Missing, Self::Missing) => return Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, Self::Missing) => return Ordering::Less,
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Number(one), Self::Number(two)) => one.cmp(two),
            (Self::Real(one), Self::Real(two)) => one.total_cmp(two),
            (Self::Time(one), Self::Time(two)) => one.cmp(two),
            // A field has values of one kind. Were it not so, a sort would still need one order of all.
            _ => self.kind().cmp(&other.kind()),
        };
        if descending { order.reverse() } else { order }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Text(_) => 0,
            Self::Number(_) => 1,
            Self::Real(_) => 2,
            Self::Time(_) => 3,
            Self::Missing => 4,
        }
    }

    /// For the clipboard: exact bytes, ISO 8601 times.
    pub fn written(&self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Real(number) => Cow::Owned(number.to_string()),
            Self::Time(time) => Cow::Owned(time.to_string()),
            Self::Missing => Cow::Borrowed(""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value<'static>> {
        prop_oneof![
            "[a-c]{0,2}".prop_map(Value::text),
            (-3_i64..3).prop_map(Value::Number),
            (-3.0..3.0_f64).prop_map(|number| Value::real(Some(number))),
            (0_i64..3).prop_map(|second| Value::time(Timestamp::from_second(second).ok())),
            Just(Value::Missing),
        ]
    }

    proptest! {
        #[test]
        fn any_values_have_one_order(one in values(), two in values(), three in values(), descending: bool) {
            let order = |left: &Value<'_>, right: &Value<'_>| left.order(right, descending);
            prop_assert_eq!(order(&one, &one), Ordering::Equal);
            prop_assert_eq!(order(&one, &two), order(&two, &one).reverse());
            if order(&one, &two).is_le() && order(&two, &three).is_le() {
                prop_assert!(order(&one, &three).is_le());
            }
        }
    }

    #[test]
    fn real_numbers_are_in_the_order_of_numbers_and_what_is_none_comes_last() {
        let mut values =
            [Some(10.5), Some(f64::NAN), Some(9.25), None, Some(-0.5), Some(f64::INFINITY)].map(Value::real);
        values.sort_by(|one, other| one.order(other, false));
        let written =
            |values: &[Value<'_>]| values.iter().map(|value| value.written().into_owned()).collect::<Vec<_>>();
        assert_eq!(written(&values), ["-0.5", "9.25", "10.5", "inf", "", ""]);
        values.sort_by(|one, other| one.order(other, true));
        assert_eq!(written(&values), ["inf", "10.5", "9.25", "-0.5", "", ""]);
        assert_eq!(Value::real(Some(-0.0)).order(&Value::real(Some(0.0)), false), Ordering::Equal);
    }
}
