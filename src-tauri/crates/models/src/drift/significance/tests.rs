#![allow(clippy::unreadable_literal, reason = "reference values are copied whole")]

use super::*;
use proptest::{collection::vec, prelude::*};

fn close(one: f64, other: f64, part: f64) -> bool {
    (one - other).abs() <= part * other.abs()
}

/// SciPy 1.17.1, `chi2.sf`.
#[test]
fn chi_square_as_scipy_has_it() {
    for (degrees, statistic, p) in [
        (1, 3.84, 0.05004352124870519),
        (2, 5.0, 0.0820849986238988),
        (3, 7.5, 0.0575584519726364),
        (10, 4.2, 0.9378738848199973),
        (51, 80.0, 0.005851324693766105),
        (1000, 1100.0, 0.014614408126295192),
    ] {
        let ours = chi_square_p(statistic, degrees);
        assert!(close(ours, p, 1e-10), "{degrees} {statistic}: {ours}");
    }
    assert!(chi_square_p(f64::NAN, 1).is_nan() && chi_square_p(1.0, 0).is_nan());
    assert!(close(chi_square_p(0.0, 3), 1.0, 0.0) && chi_square_p(f64::INFINITY, 3) <= 0.0);
}

/// SciPy 1.17.1, `ks_2samp`.
#[test]
fn kolmogorov_and_smirnov_as_scipy_has_them() {
    let (one, other) = tests_samples();
    let test = kolmogorov_smirnov(&one, &other).unwrap();
    assert!(test.is_exact && close(test.p, 0.35504808666772125, 1e-9), "{test:?}");
    let moved: Vec<f64> = one.iter().map(|value| value * 1.2 + 0.3).collect();
    let test = kolmogorov_smirnov(&one, &moved).unwrap();
    assert!(close(test.statistic, 0.18333333333333332, 1e-9) && close(test.p, 0.2671202776187836, 1e-9), "{test:?}");
    let (one, other) = tests_ties();
    let test = kolmogorov_smirnov(&one, &other).unwrap();
    assert!(close(test.statistic, 0.28888888888888886, 1e-9) && close(test.p, 0.02258055429922651, 1e-9), "{test:?}");
    assert_eq!(kolmogorov_smirnov(&[], &one), None);
}

/// SciPy 1.17.1, `kstwo.sf`.
#[test]
fn of_many_rows_from_the_distribution_of_one_sample() {
    for (rows, gap, p) in [
        (141.0, 0.05, 0.854845693009663),
        (5000.0, 0.02, 0.03613941395325637),
        (952.0, 0.11, 1.733350229886921e-10),
        (20000.0, 0.005, 0.6974088406327613),
    ] {
        let ours = above(rows, gap);
        assert!(close(ours, p, 1e-5), "{rows} {gap}: {ours}");
    }
    let long: Vec<f64> = (0..10_001).map(f64::from).collect();
    let test = kolmogorov_smirnov(&long, &long[..5_000]).unwrap();
    assert!(!test.is_exact && test.p < 1e-9);
}

proptest! {
    #[test]
    fn p_values_are_parts_and_fall(statistic in 0.0..400.0_f64, more in 0.01..50.0_f64, degrees in 1_u32..200) {
        let (near, far) = (chi_square_p(statistic, degrees), chi_square_p(statistic + more, degrees));
        prop_assert!((0.0..=1.0).contains(&near) && far <= near + 1e-12);
        prop_assert!(chi_square_p(statistic, degrees + 1) >= near - 1e-12);
    }

    #[test]
    fn the_test_is_symmetric(one in vec(-3_i8..3, 1..30), other in vec(-3_i8..3, 1..30)) {
        let (one, other): (Vec<f64>, Vec<f64>) =
            (one.into_iter().map(f64::from).collect(), other.into_iter().map(f64::from).collect());
        let (there, back) = (kolmogorov_smirnov(&one, &other).unwrap(), kolmogorov_smirnov(&other, &one).unwrap());
        prop_assert!((there.p - back.p).abs() < 1e-12 && (0.0..=1.0).contains(&there.p));
        prop_assert!(kolmogorov_smirnov(&one, &one).unwrap().p >= 1.0);
    }

    #[test]
    fn of_few_rows_every_order_is_counted(long in 1_usize..6, short in 1_usize..6) {
        // All ways to lay `long` crosses and `short` circles in a row.
        let orders = (0_u32..1 << (long + short)).filter(|order| usize::try_from(order.count_ones()).unwrap() == long);
        let gaps: Vec<f64> = orders.map(|order| {
            let (mut crosses, mut circles, mut gap) = (0, 0, 0.0_f64);
            for at in 0..long + short {
                if (order >> at) & 1 == 1 { crosses += 1 } else { circles += 1 }
                gap = gap.max((count(crosses) / count(long) - count(circles) / count(short)).abs());
            }
            gap
        }).collect();
        for gap in &gaps {
            let plain = count(gaps.iter().filter(|other| **other >= gap - 1e-9).count()) / count(gaps.len());
            prop_assert!((paths_outside(long, short, *gap) - plain).abs() < 1e-12);
        }
    }
}
