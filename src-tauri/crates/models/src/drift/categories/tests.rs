#![allow(clippy::unreadable_literal, reason = "reference values are copied whole")]

use super::*;
use crate::drift::compare;
use proptest::{collection::vec, prelude::*};

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9
}

fn of(counts: &[(&str, f64)]) -> Categories {
    Categories::of(counts.iter().map(|(category, number)| ((*category).to_owned(), *number)))
}

/// The published values are those of deequ's `KLLDistanceTest`, of its samples.
#[test]
fn deequ_says_the_same_of_the_largest_difference() {
    let one = of(&[("a", 10.0), ("b", 20.0), ("c", 25.0), ("d", 10.0), ("e", 5.0)]);
    let other = of(&[("a", 11.0), ("b", 20.0), ("c", 25.0), ("d", 10.0), ("e", 10.0)]);
    let (simple, at) = one.largest_difference(&other).unwrap();
    assert!(close(simple, 0.06015037593984962) && at == "e");
    assert!(close(compare::robust(simple, one.total(), other.total()), 0.0));
    let other = of(&[("f", 11.0), ("a", 20.0), ("c", 25.0), ("d", 10.0), ("e", 10.0)]);
    assert!(close(one.largest_difference(&other).unwrap().0, 0.2857142857142857));
    let one = of(&[("a", 207.0), ("b", 20.0), ("c", 25.0), ("d", 14.0), ("e", 25.0), ("g", 13.0)]);
    let other = of(&[("a", 22.0), ("b", 20.0), ("c", 25.0), ("d", 12.0), ("e", 13.0), ("f", 15.0)]);
    let simple = one.largest_difference(&other).unwrap().0;
    let robust = |alpha| compare::robust_at(simple, one.total(), other.total(), alpha);
    assert!(close(robust(0.003), 0.2726338046550349) && close(robust(0.1), 0.33774199396969184));
}

#[test]
fn deequ_says_the_same_of_chi_square() {
    let baseline = of(&[("a", 223.0), ("b", 20.0), ("c", 25.0), ("d", 12.0), ("e", 13.0), ("f", 15.0)]);
    let current = of(&[("a", 207.0), ("b", 20.0), ("c", 25.0), ("d", 14.0), ("e", 25.0), ("g", 13.0)]);
    let test = baseline.chi_square(&current).unwrap();
    assert!(close(test.statistic, 28.175042782458068) && close(test.p, 3.3640191298478506e-5), "{test:?}");
    assert_eq!((test.degrees, test.regrouped), (5, 0));
    let baseline = of(&[("a", 223.0), ("b", 20.0), ("c", 25.0), ("d", 12.0), ("e", 13.0)]);
    let current = of(&[("a", 207.0), ("b", 20.0), ("c", 25.0), ("d", 14.0), ("e", 25.0)]);
    assert!(close(baseline.chi_square(&current).unwrap().p, 0.013227994814265176));
}

#[test]
fn small_categories_are_put_together() {
    let baseline = of(&[("a", 60.0), ("b", 30.0), ("c", 4.0), ("d", 3.0), ("e", 3.0)]);
    let current = of(&[("a", 50.0), ("b", 40.0), ("c", 4.0), ("d", 3.0), ("e", 3.0)]);
    let test = baseline.chi_square(&current).unwrap();
    assert_eq!((test.regrouped, test.degrees), (2, 2), "d and e become one of 6, and c goes to them");
    let few = of(&[("a", 6.0), ("b", 3.0)]);
    assert_eq!(few.chi_square(&few), None, "two of which 10 each are not expected become one");
    assert_eq!(few.chi_square(&of(&[("z", 9.0)])), None, "none that the baseline knows");
    assert_eq!(of(&[("a", f64::NAN), ("b", -1.0)]), Categories::default());
}

fn some() -> impl Strategy<Value = Categories> {
    vec((0_u8..8, 1_u16..200), 1..8).prop_map(|counts| {
        Categories::of(counts.into_iter().map(|(category, number)| (category.to_string(), f64::from(number))))
    })
}

proptest! {
    #[test]
    fn symmetric_bounded_and_nothing_from_itself(one in some(), other in some()) {
        let there = one.largest_difference(&other).unwrap().0;
        prop_assert!(close(there, other.largest_difference(&one).unwrap().0) && (0.0..=1.0).contains(&there));
        prop_assert!(one.largest_difference(&one).unwrap().0 <= 0.0);
        if let Some(test) = one.chi_square(&other) {
            prop_assert!((0.0..=1.0).contains(&test.p) && test.statistic >= 0.0);
        }
        if let Some(test) = one.chi_square(&one) {
            prop_assert!(test.statistic < 1e-9 && test.p > 0.999);
        }
    }
}
