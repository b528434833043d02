//! What was measured: quality, bias, explainability, and the traffic of today.

use super::*;

#[test]
fn quality() {
    let of = |change: fn(&mut Case)| verdict(GateId::Quality, change);
    let set = |case: &mut Case, auc: f64| case.evidence.evaluation = Part::There(evaluation(auc));
    assert_eq!(verdict(GateId::Quality, |case| set(case, 0.80)), Fail);
    assert_eq!(verdict(GateId::Quality, |case| set(case, 0.86)), Pass, "within noise");
    assert_eq!(of(|case| case.evidence.evaluation = Part::Absent), Unknown);
    assert_eq!(of(|case| case.before = None), Unknown);
    assert_eq!(
        of(|case| {
            let mut other = evaluation(0.99);
            other.set.digest = Some("e".into());
            case.evidence.evaluation = Part::There(other);
        }),
        Unknown,
        "better on another test set is not green"
    );
    assert_eq!(
        of(|case| {
            let mut blind = evaluation(0.99);
            blind.metrics[0].name = "own".into();
            case.evidence.evaluation = Part::There(blind);
        }),
        Unknown
    );
    assert_eq!(
        of(|case| {
            let mut floor = evaluation(0.87);
            floor.metrics.push(Metric { name: "auc_best_constant_classifier".into(), value: 0.9, deviation: None });
            case.evidence.evaluation = Part::There(floor);
            case.before = None;
        }),
        Fail
    );
}

#[test]
fn a_metric_of_the_teams_own_is_not_green_without_its_constraints() {
    let of = |unread: Option<&str>| {
        verdict(GateId::Quality, |case| {
            let with = |own: f64| {
                let mut both = evaluation(0.87);
                both.metrics.push(Metric { name: "overbooked".into(), value: own, deviation: None });
                both
            };
            case.before.as_mut().unwrap().evaluation = Part::There(with(0.1));
            let candidate = Evaluation { limits_unread: unread.map(str::to_owned), ..with(0.9) };
            case.evidence.evaluation = Part::There(candidate);
        })
    };
    assert_eq!(of(None), Pass, "nothing was to say which way is better");
    assert_eq!(of(Some("s3:GetObject is missing")), Unknown);
}

#[test]
fn bias() {
    let with = |facets: Vec<FacetMetric>| verdict(GateId::Bias, |case| case.evidence.bias = Part::There(facets));
    assert_eq!(with(vec![facet(Some(-0.11))]), Fail);
    assert_eq!(with(vec![facet(None)]), Unknown);
    assert_eq!(with(vec![FacetMetric { limit: None, ..facet(Some(0.03)) }]), Unknown, "nothing limits it");
    assert_eq!(with(vec![FacetMetric { facet_value: "south".into(), ..facet(Some(0.03)) }]), Fail, "other facets");
    assert_eq!(with(vec![FacetMetric { is_after: false, ..facet(Some(0.03)) }]), Fail, "the facet is gone");
    assert_eq!(verdict(GateId::Bias, |case| case.evidence.bias = Part::Absent), Unknown);
    let strict = verdict(GateId::Bias, |case| case.policy.bias_limits = vec![("DPPL".into(), 0.01)]);
    assert_eq!(strict, Fail, "the team's own limit goes first");
}

#[test]
fn bias_that_was_not_read_is_not_green() {
    let denied = || Part::Unreadable("s3:GetObject is missing".to_owned());
    assert_eq!(verdict(GateId::Bias, |case| case.evidence.bias = denied()), Unknown);
    let of = |change: fn(&mut Evidence)| {
        let mut case = Case::good();
        change(case.before.as_mut().unwrap());
        case.gate(GateId::Bias)
    };
    let gate = of(|before| before.bias = Part::Unreadable("s3:GetObject is missing".into()));
    assert_eq!(gate.verdict, Unknown, "a facet that went would not be seen");
    assert!(gate.words.starts_with("the bias report of version 7 was not read"), "{}", gate.words);
    assert_eq!(of(|before| before.bias = Part::Absent).verdict, Pass, "there is none to compare with");
    let unlimited = verdict(GateId::Bias, |case| {
        let other = FacetMetric { metric: "DI".into(), limit: None, ..facet(Some(1.0)) };
        case.evidence.bias = Part::There(vec![facet(Some(0.03)), other]);
        case.before.as_mut().unwrap().bias_limits = denied();
    });
    assert_eq!(unlimited, Unknown, "DI may have a limit in what was not read");
    let limited = verdict(GateId::Bias, |case| case.before.as_mut().unwrap().bias_limits = denied());
    assert_eq!(limited, Pass, "each value has a limit");
}

#[test]
fn a_limit_of_what_was_not_measured_is_not_kept() {
    let of = |change: fn(&mut Case)| {
        let mut case = Case::good();
        change(&mut case);
        case.gate(GateId::Bias)
    };
    let gate = of(|case| {
        let other = FacetMetric { metric: "DI".into(), ..facet(Some(0.9)) };
        case.before.as_mut().unwrap().bias_limits = Part::There(vec![facet(Some(0.1)), other]);
    });
    assert_eq!(gate.verdict, Unknown, "DI of north was left out");
    assert_eq!(gate.words, "DI of region=north has a limit by version 7 and was not measured");
    let gate = of(|case| case.policy.bias_limits = vec![("DI".into(), 0.2)]);
    assert_eq!((gate.verdict, gate.words.as_str()), (Unknown, "DI has a limit and was not measured"));
    let lost = of(|case| {
        let lost = FacetMetric { metric: "DI".into(), value: None, ..facet(None) };
        case.before.as_mut().unwrap().bias_limits = Part::There(vec![facet(Some(0.1)), lost]);
    });
    assert_eq!(lost.verdict, Pass, "what has no value limits nothing");
}

#[test]
fn explainability() {
    let with = |names: &[&str]| {
        verdict(GateId::Explainability, |case| case.evidence.attributions = Part::There(attributions(names)))
    };
    assert_eq!(with(&["tenure", "country", "age"]), Pass);
    assert_eq!(with(&["x", "y", "z", "age", "country", "tenure"]), Fail, "another order");
    assert_eq!(with(&["tenure", "country", "age", "guest_id"]), Warn);
    assert_eq!(with(&[]), Unknown);
    let of = |change: fn(&mut Case)| verdict(GateId::Explainability, change);
    assert_eq!(of(|case| case.evidence.attributions = Part::Unreadable("denied".into())), Unknown);
    assert_eq!(of(|case| case.before = None), Pass);
    assert_eq!(
        of(|case| {
            if let Some(before) = &mut case.before {
                before.attributions = Part::Absent;
            }
        }),
        Unknown
    );
}

#[test]
fn the_worst_label_decides() {
    let names = ["tenure", "country", "age"];
    let with = |after: Vec<Attribution>| {
        verdict(GateId::Explainability, |case| {
            if let Some(before) = &mut case.before {
                before.attributions = Part::There([of_label("gold", &names), of_label("silver", &names)].concat());
            }
            case.evidence.attributions = Part::There(after);
        })
    };
    assert_eq!(with([of_label("gold", &names), of_label("silver", &names)].concat()), Pass);
    let turned = of_label("silver", &["x", "y", "z", "age", "country", "tenure"]);
    assert_eq!(with([of_label("gold", &names), turned].concat()), Fail, "the first label is as it was");
    assert_eq!(with(of_label("gold", &names)), Unknown, "the other label is not explained");
}

#[test]
fn what_was_asked_last_month_is_not_todays_traffic() {
    let of = |drifts: Vec<FeatureDrift>| {
        let mut case = Case::good();
        if let Part::There(traffic) = &mut case.evidence.traffic {
            (traffic.old, traffic.drifts) = (Some("31 d".into()), drifts);
        }
        case.gate(GateId::Traffic)
    };
    let gate = of(vec![drift("tenure", Some(0.02))]);
    assert_eq!(gate.verdict, Unknown);
    assert!(gate.words.contains("31 d old, the hour to 06:00 UTC"), "{}", gate.words);
    assert_eq!(of(vec![drift("tenure", Some(0.4))]).verdict, Fail, "what is wrong already stays wrong");
}

#[test]
fn traffic() {
    let with = |drifts: Vec<FeatureDrift>, share: f64| {
        verdict(GateId::Traffic, |case| {
            case.policy.drifted_share = share;
            if let Part::There(traffic) = &mut case.evidence.traffic {
                traffic.drifts = drifts;
            }
        })
    };
    assert_eq!(with(vec![drift("a", Some(0.31)), drift("b", Some(0.02))], 0.0), Fail);
    assert_eq!(with(vec![drift("a", Some(0.31)), drift("b", Some(0.02))], 0.5), Warn);
    assert_eq!(with(vec![drift("a", None), drift("b", Some(0.02))], 0.0), Unknown);
    assert_eq!(with(vec![drift("a", None)], 0.0), Unknown);
    assert_eq!(verdict(GateId::Traffic, |case| case.evidence.traffic = Part::Absent), Unknown);
}

#[test]
fn thresholds_that_were_not_read_judge_no_traffic() {
    let of = |constrained: Part<Vec<Column>>, distance: f64| {
        let mut case = Case::good();
        case.evidence.baselines.constrained = constrained;
        if let Part::There(traffic) = &mut case.evidence.traffic {
            traffic.drifts = vec![drift("tenure", Some(distance))];
        }
        case.gate(GateId::Traffic)
    };
    for distance in [0.02, 0.4] {
        let gate = of(Part::Unreadable("s3:GetObject is missing".into()), distance);
        assert_eq!(gate.verdict, Unknown);
        assert!(gate.words.ends_with("data constraints not readable: s3:GetObject is missing"), "{}", gate.words);
    }
    assert_eq!(of(Part::Absent, 0.02).verdict, Pass, "without any, the defaults of the service hold");
}
