#![allow(clippy::unreadable_literal, reason = "reference values are copied whole")]

use super::*;
use proptest::{collection::vec, prelude::*};

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9
}

fn of(values: &[f64]) -> Distribution {
    Distribution::of_values(values).unwrap()
}

fn sketch(levels: &[&[f64]]) -> Sketch {
    Sketch { c: Some(0.64), k: Some(2_048.0), levels: levels.iter().map(|level| level.to_vec()).collect() }
}

fn buckets(of: &[(f64, f64, f64)]) -> Vec<Bucket> {
    of.iter().map(|(lower, upper, count)| Bucket { lower: *lower, upper: *upper, count: *count }).collect()
}

/// The samples of the published values: deequ's `KLLDistanceTest`.
#[test]
fn deequ_tests_its_distance_with_these() {
    let apart = of(&[1.0, 2.0, 3.0, 4.0]).apart(&of(&[2.0, 3.0, 4.0, 5.0]));
    assert!(close(apart.largest, 0.25) && close(apart.area, 1.0));
}

#[test]
fn scipy_says_the_same() {
    let (one, other) = crate::drift::significance::tests_samples();
    let apart = of(&one).apart(&of(&other));
    assert!(close(apart.area, 1.4447089947089946), "{apart:?}");
    assert!(close(apart.largest, 0.17777777777777778) && close(apart.at, 14.285714285714286));
    assert!(close(apart.area / of(&one).deviation(), 0.3469432615006689));
}

#[test]
fn one_weight_for_each_distinct_value_hides_all_of_it() {
    let column = |ones: usize, twos: usize, threes: usize| -> Vec<f64> {
        [vec![1.0; ones], vec![2.0; twos], vec![3.0; threes]].concat()
    };
    let (one, other) = (sketch(&[&column(24, 21, 55)]), sketch(&[&column(60, 25, 15)]));
    let (right, right_other) = (Distribution::of_sketch(&one).unwrap(), Distribution::of_sketch(&other).unwrap());
    assert!(close(right.apart(&right_other).largest, 0.40));
    let legacy = Distribution::legacy(&one, &right).unwrap();
    let legacy_other = Distribution::legacy(&other, &right_other).unwrap();
    assert!(close(legacy.apart(&legacy_other).largest, 0.0));
    assert!(close(legacy.weight(), 3.0));
    let distinct = sketch(&[&[1.0, 2.0, 3.0], &[4.0, 5.0]]);
    assert_eq!(Distribution::legacy(&distinct, &Distribution::of_sketch(&distinct).unwrap()), None);
}

#[test]
fn the_highest_level_gives_a_repeated_value_its_legacy_weight() {
    let sketch = sketch(&[&[1.0, 1.0, 5.0], &[], &[1.0, 2.0]]);
    let right = Distribution::of_sketch(&sketch).unwrap();
    assert!(close(right.weight(), 11.0) && close(right.up_to(1.0), 6.0 / 11.0));
    let legacy = Distribution::legacy(&sketch, &right).unwrap();
    assert!(close(legacy.weight(), 9.0) && close(legacy.up_to(1.0), 4.0 / 9.0));
}

#[test]
fn the_error_of_a_sketch_is_that_of_its_size() {
    let of = |levels: &[&[f64]]| Distribution::of_sketch(&sketch(levels)).unwrap().basis().error().unwrap();
    assert!(close(of(&[&[1.0, 2.0]]), 0.0), "nothing was left out yet");
    let error = of(&[&[1.0], &[2.0]]);
    assert!((error - 0.0014).abs() < 5e-5, "{error}");
    assert_eq!(Basis::Buckets.error(), None);
}

#[test]
fn buckets_are_straight_lines() {
    let even = Distribution::of_buckets(&buckets(&[(0.0, 1.0, 5.0), (1.0, 2.0, 5.0)])).unwrap();
    assert!(close(even.up_to(0.5), 0.25) && close(even.below(1.5), 0.75) && close(even.up_to(9.0), 1.0));
    assert!(close(even.up_to(-1.0), 0.0) && close(even.quantile(0.25), 0.5) && close(even.quantile(1.0), 2.0));
    assert!(close(even.deviation(), (4.0_f64 / 12.0).sqrt()));
    let moved = Distribution::of_buckets(&buckets(&[(1.0, 3.0, 7.0)])).unwrap();
    let apart = even.apart(&moved);
    assert!(close(apart.largest, 0.5) && close(apart.area, 1.0), "{apart:?}");
    let constant = Distribution::of_buckets(&buckets(&[(5.0, 5.0, 3.0); 10])).unwrap();
    assert!(close(constant.up_to(5.0), 1.0) && close(constant.below(5.0), 0.0) && close(constant.deviation(), 0.0));
    assert_eq!(Distribution::of_buckets(&buckets(&[(0.0, 2.0, 1.0), (1.0, 3.0, 1.0)])), None, "they overlap");
    assert_eq!(Distribution::of_buckets(&[]), None);
}

#[test]
fn lines_that_cross_have_two_areas() {
    let one = Distribution::of_buckets(&buckets(&[(0.0, 1.0, 1.0), (1.0, 2.0, 3.0)])).unwrap();
    let other = Distribution::of_buckets(&buckets(&[(0.0, 1.0, 3.0), (1.0, 2.0, 1.0)])).unwrap();
    assert!(close(one.apart(&other).area, 0.5));
    assert!(close(area(2.0, 1.0, -1.0), 1.0) && close(area(2.0, 1.0, 1.0), 2.0) && close(area(2.0, 0.0, 0.0), 0.0));
}

#[test]
fn what_is_no_number_is_left_out() {
    let some = of(&[f64::NAN, 1.0, f64::INFINITY, -0.0, 0.0]);
    assert_eq!(some.distinct(), 2, "both zeros are one");
    assert!(close(some.weight(), 3.0));
    assert_eq!(Distribution::of_values(&[f64::NAN]), None);
}

/// Every item of a sketch, without a thought for speed.
fn stepped(sketch: &Sketch) -> Distribution {
    let items = sketch.items().map(|(value, weight)| (ordered(value), weight));
    Distribution::stepped(items.collect(), basis(sketch)).unwrap()
}

fn few() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![vec((-4_i8..4).prop_map(f64::from), 1..40), vec(-1e6..1e6_f64, 1..40)]
}

proptest! {
    #[test]
    fn keys_are_ordered_as_their_numbers(one: f64, other: f64) {
        prop_assume!(!one.is_nan() && !other.is_nan());
        prop_assert_eq!(one < other, ordered(one) < ordered(other));
        prop_assert!(value(ordered(one)).total_cmp(&(one + 0.0)).is_eq());
    }

    #[test]
    fn distances_are_symmetric_and_nothing_is_far_from_itself(one in few(), other in few()) {
        let (left, right) = (of(&one), of(&other));
        let (there, back) = (left.apart(&right), right.apart(&left));
        prop_assert!(close(there.largest, back.largest));
        prop_assert!((there.area - back.area).abs() <= 1e-9 * (1.0 + there.area));
        prop_assert!((0.0..=1.0).contains(&there.largest) && there.area >= 0.0);
        let same = left.apart(&left);
        prop_assert!(same.largest <= 0.0 && same.area <= 0.0);
    }

    #[test]
    fn the_largest_difference_is_that_of_the_definition(one in few(), other in few()) {
        let share = |values: &[f64], at: f64| {
            let below = values.iter().filter(|value| **value <= at).count();
            crate::drift::count(below) / crate::drift::count(values.len())
        };
        let plain = one.iter().chain(&other).map(|at| (share(&one, *at) - share(&other, *at)).abs()).fold(0.0, f64::max);
        let apart = of(&one).apart(&of(&other));
        prop_assert!(close(apart.largest, plain));
        if apart.largest > 0.0 {
            prop_assert!(close((share(&one, apart.at) - share(&other, apart.at)).abs(), plain));
        }
    }

    #[test]
    fn a_sketch_of_one_level_is_its_values_in_any_order(one in few(), turn in 0_usize..40) {
        let mut turned = one.clone();
        turned.rotate_left(turn % one.len());
        let kll = Distribution::of_sketch(&sketch(&[&turned])).unwrap();
        let apart = kll.apart(&of(&one));
        prop_assert!(apart.largest <= 0.0 && close(kll.weight(), of(&one).weight()));
    }

    #[test]
    fn both_ranks_in_one_walk_are_those_of_the_plain_way(
        one in vec(few(), 1..4), other in vec(few(), 1..4), before in few()
    ) {
        let levels = |of: &[Vec<f64>]| sketch(&of.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let (one, other) = (levels(&one), levels(&other));
        // In the room of another feature.
        let mut room = Room::default();
        let earlier = Ranked::of_sketch(&sketch(&[&before, &before]), &mut room).unwrap();
        room.take_back(earlier);
        let (left, right) =
            (Ranked::of_sketch(&one, &mut room).unwrap(), Ranked::of_sketch(&other, &mut room).unwrap());
        let (plain_left, plain_right) = (stepped(&one), stepped(&other));
        prop_assert_eq!(&left.right, &plain_left);
        prop_assert_eq!(&right.right, &plain_right);
        let (apart, counted) = left.apart(&right);
        let plain = plain_left.apart(&plain_right);
        prop_assert!(close(apart.largest, plain.largest));
        prop_assert!((apart.area - plain.area).abs() <= 1e-9 * (1.0 + plain.area), "{:?} and {:?}", apart, plain);
        prop_assert!(apart.largest <= 0.0 || close(apart.at, plain.at));
        let (legacy_left, legacy_right) =
            (Distribution::legacy(&one, &plain_left), Distribution::legacy(&other, &plain_right));
        prop_assert_eq!(counted.is_some(), legacy_left.is_some() || legacy_right.is_some());
        if let Some(counted) = counted {
            let (left, right) = (legacy_left.unwrap_or(plain_left), legacy_right.unwrap_or(plain_right));
            prop_assert!(close(counted.largest, left.apart(&right).largest));
            prop_assert!(close(counted.weights[0], left.weight()) && close(counted.weights[1], right.weight()));
        }
    }

    #[test]
    fn an_item_of_a_level_is_so_many_values(one in few(), two in few()) {
        let kll = Distribution::of_sketch(&sketch(&[&one, &[], &two])).unwrap();
        let four = two.iter().flat_map(|value| [*value; 4]);
        let all: Vec<f64> = one.iter().copied().chain(four).collect();
        prop_assert!(kll.apart(&of(&all)).largest <= 0.0);
    }

    #[test]
    fn merging_never_goes_further_than_the_parts(one in few(), two in few(), base in few()) {
        let base = of(&base);
        let both = of(&[one.as_slice(), two.as_slice()].concat());
        let parts = of(&one).apart(&base).largest.max(of(&two).apart(&base).largest);
        prop_assert!(both.apart(&base).largest <= parts + 1e-12);
    }

    #[test]
    fn quantiles_turn_shares_round(one in few(), part in 0.001..1.0_f64) {
        let all = of(&one);
        let at = all.quantile(part);
        prop_assert!(all.up_to(at) >= part - 1e-12 && all.below(at) <= part + 1e-12);
    }

    #[test]
    fn shares_rise(one in vec((0.0..10.0_f64, 0.0..5.0_f64), 1..10), steps in vec(-1.0..60.0_f64, 2..20)) {
        let mut at = 0.0;
        let list: Vec<Bucket> = one.iter().map(|(width, count)| {
            let lower = at;
            at += width;
            Bucket { lower, upper: at, count: *count }
        }).collect();
        let Some(all) = Distribution::of_buckets(&list) else { return Ok(()) };
        let mut steps = steps;
        steps.sort_by(f64::total_cmp);
        let shares: Vec<f64> = steps.iter().flat_map(|step| [all.below(*step), all.up_to(*step)]).collect();
        prop_assert!(shares.is_sorted_by(|one, next| *one <= next + 1e-12), "{:?}", shares);
        prop_assert!(shares.iter().all(|share| (-1e-12..=1.0 + 1e-12).contains(share)));
        prop_assert!(all.apart(&all).area <= 1e-12);
    }
}
