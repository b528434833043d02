#![allow(clippy::unreadable_literal, reason = "reference values are copied whole")]

use super::*;
use crate::drift::significance::{tests_samples, tests_ties};
use proptest::{collection::vec, prelude::*};

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9
}

/// Evidently 0.7.23 of the same samples.
#[test]
fn evidently_says_the_same() {
    let (one, other) = tests_samples();
    let bins = Bins::evidently(&one, &other).unwrap();
    assert!(close(bins.filled().psi(), 1.4169381085695356), "{}", bins.filled().psi());
    assert!(close(bins.jensen_shannon(), 0.2691377014393354), "{}", bins.jensen_shannon());
}

#[test]
fn evidently_bins_a_few_values_by_value() {
    let (one, other) = tests_ties();
    let bins = Bins::evidently(&one, &other).unwrap();
    assert!(bins.edges.is_empty() && bins.fillers() != [None, None]);
    assert!(close(bins.filled().psi(), 4.307988270282976), "{}", bins.filled().psi());
    assert!(close(bins.jensen_shannon(), 0.43948900982776035));
    assert_eq!(Bins::evidently(&[], &one), None);
}

/// Deequ's own test of its index.
#[test]
fn the_stability_index_that_deequ_publishes() {
    let share =
        |counts: [f64; 10]| -> Vec<f64> { counts.iter().map(|count| count / counts.iter().sum::<f64>()).collect() };
    let expected = share([428.0, 425.0, 414.0, 427.0, 440.0, 447.0, 380.0, 386.0, 444.0, 386.0]);
    let actual = share([426.0, 437.0, 429.0, 391.0, 469.0, 433.0, 360.0, 443.0, 371.0, 418.0]);
    let bins = Bins { edges: Vec::new(), baseline: expected, current: actual };
    assert!(close(bins.psi(), 0.007406694184014186), "{}", bins.psi());
}

/// SciPy's `jensenshannon` of these shares, with base e and with base 2 squared.
#[test]
fn divergence_in_bits() {
    let bins = Bins { edges: Vec::new(), baseline: vec![0.2, 0.3, 0.5], current: vec![0.1, 0.6, 0.3] };
    assert!(close(bins.jensen_shannon(), 0.215901330055803));
    assert!(close(bins.jensen_shannon_divergence(), 0.06724889839732029));
}

#[test]
fn gaps_are_infinite_until_they_are_filled() {
    let bins = Bins { edges: Vec::new(), baseline: vec![0.5, 0.5, 0.0], current: vec![0.5, 0.0, 0.5] };
    assert!(bins.psi().is_infinite() && bins.filled().psi().is_finite());
    assert!(close(bins.hellinger(), 0.5_f64.sqrt()));
    let tiny = Bins { edges: Vec::new(), baseline: vec![1.0 - 1e-5, 1e-5, 0.0], current: vec![0.5, 0.25, 0.25] };
    assert!(tiny.filled().baseline[2] < 1e-10, "less than the smallest bin that is there");
    assert_eq!(tiny.fillers(), [Some(tiny.filled().baseline[2]), None], "as it is told");
}

#[test]
fn deciles_of_ties_are_fewer() {
    let (one, other) = tests_ties();
    let of = |values: &[f64]| Distribution::of_values(values).unwrap();
    let bins = Bins::deciles(&of(&one), &of(&other));
    assert_eq!(bins.edges, vec![0.0, 1.0, 2.0, 3.0]);
    assert!(close(bins.baseline.iter().sum(), 1.0) && close(bins.current.iter().sum(), 1.0));
    assert_eq!(bins.fillers()[0], Some(FLOOR), "values above the largest of the baseline have a bin");
}

#[test]
fn values_that_are_new_beside_ties_have_a_bin() {
    let of = |values: &[f64]| Distribution::of_values(values).unwrap();
    let apart = |one: &[f64], other: &[f64]| {
        let bins = Bins::deciles(&of(one), &of(other));
        assert!(close(bins.baseline.iter().sum(), 1.0) && close(bins.current.iter().sum(), 1.0), "{bins:?}");
        assert_eq!(bins.edges.len() + 1, bins.baseline.len());
        (bins.filled().psi(), bins.jensen_shannon(), bins.hellinger())
    };
    let farthest = |(psi, jensen_shannon, hellinger): (f64, f64, f64)| {
        psi > 9.0 && close(jensen_shannon, 2.0_f64.ln().sqrt()) && close(hellinger, 1.0)
    };
    // A constant, and other values below or above it.
    assert!(farthest(apart(&[0.0; 50], &[-1.0; 50])), "{:?}", apart(&[0.0; 50], &[-1.0; 50]));
    assert!(farthest(apart(&[0.0; 50], &[1.0; 50])));
    let (zeros, ones) = ([0.0; 25], [1.0; 25]);
    assert!(farthest(apart(&[zeros, ones].concat(), &[-1.0; 50])));
    // A tenth on the smallest value, which is one decile; less than a tenth, which is none; and between two values.
    assert!(farthest(apart(&[vec![0.0; 5], (1..46).map(f64::from).collect()].concat(), &[-1.0; 50])));
    let (few, between) = ([vec![0.0; 2], vec![1.0; 48]].concat(), [vec![0.0; 2], vec![0.5; 48]].concat());
    assert!(apart(&few, &between).0 > 5.0 && apart(&few, &[0.0; 50]).0 > 5.0);
    // What is nowhere has no bin, so that nothing is added by what is put in the place of nothing.
    assert_eq!(Bins::deciles(&of(&[0.0; 50]), &of(&[0.0; 50])).edges, [0.0]);
}

#[test]
fn what_shares_nothing_is_at_the_bound_and_not_beyond() {
    let other: [i8; 72] = [
        0, 0, 0, -7, 1, 1, -7, -4, 24, 1, 0, 26, -7, 6, 1, 2, 2, -1, -7, -1, 2, -1, 1, -7, -1, -1, -1, -1, 2, 3, 7, -1,
        -1, -1, -1, 17, 5, 8, 10, -7, -7, -1, 3, 11, -1, 27, -7, -1, 4, 3, -1, -1, 14, 2, 3, -1, 18, -1, -1, 12, -7,
        -1, -1, 13, 14, -1, -2, 0, -7, 3, -2, -3,
    ];
    let (one, other) = ([-6.0], other.map(f64::from));
    let of = |values: &[f64]| Distribution::of_values(values).unwrap();
    for bins in [Bins::evidently(&one, &other).unwrap(), Bins::deciles(&of(&one), &of(&other))] {
        assert!(bins.jensen_shannon() <= 2.0_f64.ln().sqrt(), "{}", bins.jensen_shannon());
        assert!(bins.jensen_shannon_divergence() <= 1.0 + 1e-15);
    }
}

proptest! {
    #[test]
    fn symmetric_bounded_and_nothing_from_itself(
        one in vec((-30_i8..30).prop_map(f64::from), 1..80),
        other in vec((-30_i8..30).prop_map(f64::from), 1..80),
    ) {
        let of = |values: &[f64]| Distribution::of_values(values).unwrap();
        for bins in [Bins::evidently(&one, &other).unwrap(), Bins::deciles(&of(&one), &of(&other))] {
            prop_assert!(close(bins.baseline.iter().sum(), 1.0) && close(bins.current.iter().sum(), 1.0));
            let turned = Bins { edges: Vec::new(), baseline: bins.current.clone(), current: bins.baseline.clone() };
            prop_assert!(close(bins.filled().psi(), turned.filled().psi()) && bins.filled().psi() >= 0.0);
            prop_assert!(close(bins.jensen_shannon(), turned.jensen_shannon()));
            prop_assert!((0.0..=0.832_554_611_157_698).contains(&bins.jensen_shannon()));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&bins.jensen_shannon_divergence()));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&bins.hellinger()));
            let same = Bins { edges: Vec::new(), baseline: bins.baseline.clone(), current: bins.baseline.clone() };
            prop_assert!(close(same.filled().psi(), 0.0) && same.jensen_shannon() < 1e-7 && close(same.hellinger(), 0.0));
        }
    }
}
