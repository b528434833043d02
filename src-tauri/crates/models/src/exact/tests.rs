use crate::{
    drift::{
        Comparison, FeatureDrift, Method, Rows, Run, Source,
        categories::ChiSquare,
        compare::{LInfinity, Legacy, Missing, Place},
    },
    series::{Reading, Subject},
};
use proptest::{collection::vec, option, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

/// All bits of a number, and so every NaN as the one that there is.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

fn back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// Any bits: numbers of every size, both zeros, infinities, NaN.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        -1e3..1e3,
        prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, 5e-324]),
    ]
}

fn feature() -> impl Strategy<Value = FeatureDrift> {
    let method =
        prop_oneof![Just(Method::LInfinityRobust), Just(Method::Unknown), any::<String>().prop_map(Method::Named),];
    let numbers = [(); 5].map(|()| option::of(number()));
    let fields = (any::<String>(), numbers, method, any::<Option<bool>>());
    fields.prop_map(|(name, [value, error, threshold, missing, apart], method, drifted)| FeatureDrift {
        reason: format!("of {name}"),
        name,
        value,
        error,
        threshold,
        method,
        drifted,
        rows: Rows { missing, apart },
    })
}

fn of_feature(one: &FeatureDrift) -> (&str, [Option<u64>; 5], &Method, Option<bool>, &str) {
    (
        &one.name,
        [one.value, one.error, one.threshold, one.rows.missing, one.rows.apart].map(|number| number.map(bits)),
        &one.method,
        one.drifted,
        &one.reason,
    )
}

/// Every number of it.
fn of_comparison(one: &Comparison) -> Vec<Option<u64>> {
    let distance = one.l_infinity.as_ref();
    let at = distance.and_then(|distance| match distance.at {
        Place::Value(at) => Some(at),
        Place::Category(_) => None,
    });
    let legacy = one.legacy.as_ref();
    let (test, missing) = (one.chi_square, one.missing);
    let all = [
        distance.map(|distance| distance.simple),
        distance.map(|distance| distance.robust),
        distance.and_then(|distance| distance.error),
        at,
        legacy.map(|legacy| legacy.simple),
        legacy.map(|legacy| legacy.robust),
        one.psi,
        one.jensen_shannon,
        one.jensen_shannon_divergence,
        one.hellinger,
        one.wasserstein,
        one.wasserstein_normed,
        test.map(|test| test.statistic),
        test.map(|test| test.p),
        missing.map(|missing| missing.baseline),
        missing.map(|missing| missing.current),
        missing.map(|missing| missing.robust),
    ];
    all.into_iter().map(|value| value.map(bits)).collect()
}

fn comparison(values: &[f64], has_place: bool) -> Comparison {
    let mut values = values.iter().copied().cycle();
    let mut next = || values.next().unwrap();
    let at = if has_place { Place::Value(next()) } else { Place::Category("a \"word\"".into()) };
    Comparison {
        name: "fare".into(),
        is_approximate: has_place,
        is_gone: !has_place,
        l_infinity: Some(LInfinity { simple: next(), robust: next(), error: has_place.then(&mut next), at }),
        legacy: Some(Legacy { simple: next(), robust: next(), reason: "it counts once".into() }),
        psi: Some(next()),
        jensen_shannon: Some(next()),
        jensen_shannon_divergence: Some(next()),
        hellinger: Some(next()),
        wasserstein: has_place.then(&mut next),
        wasserstein_normed: Some(next()),
        chi_square: Some(ChiSquare { statistic: next(), p: next(), degrees: 3, regrouped: 1 }),
        missing: Some(Missing { baseline: next(), current: next(), robust: next() }),
        notes: vec!["approximate".into()],
    }
}

#[test]
fn numbers_stand_as_text_and_what_is_none_is_null() {
    let feature = FeatureDrift::judged("a".into(), Some(f64::INFINITY), None, Method::Psi);
    let text = serde_json::to_string(&feature).unwrap();
    assert!(text.contains(r#""value":"inf","error":null,"threshold":null"#), "{text}");
    assert!(serde_json::from_str::<FeatureDrift>(&text.replace("inf", "much")).is_err());
}

proptest! {
    #[test]
    fn a_run_comes_back_to_the_last_bit(features in vec(feature(), 0..6), second in 0_i64..4_000_000_000) {
        let when = contract::Timestamp::from_second(second).ok();
        let run = Run { source: Source::ModelMonitor, when, features };
        let again = back(&run);
        prop_assert_eq!((again.source, again.when), (run.source, run.when));
        let of = |run: &Run| run.features.iter().map(|one| format!("{:?}", of_feature(one))).collect::<Vec<_>>();
        prop_assert_eq!(of(&again), of(&run));
    }

    #[test]
    fn a_comparison_comes_back_to_the_last_bit(values in vec(number(), 1..20), has_place in any::<bool>()) {
        let one = comparison(&values, has_place);
        let again = back(&one);
        prop_assert_eq!(of_comparison(&again), of_comparison(&one));
        prop_assert_eq!((&again.name, again.is_approximate, &again.notes), (&one.name, one.is_approximate, &one.notes));
        let place = |one: &Comparison| matches!(one.l_infinity.as_ref().unwrap().at, Place::Category(_));
        prop_assert_eq!(place(&again), place(&one));
    }

    #[test]
    fn a_reading_comes_back_to_the_last_bit(value in option::of(number()), deviation in option::of(number())) {
        let reading = Reading { subject: Subject::new("DI", Some("age".into())), value, deviation, error: None };
        let again = back(&reading);
        prop_assert_eq!([again.value.map(bits), again.deviation.map(bits)], [value.map(bits), deviation.map(bits)]);
        prop_assert_eq!((again.subject, again.error), (reading.subject, reading.error));
    }
}
