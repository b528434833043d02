use super::*;
use crate::{
    pipelines::read,
    sample::{PIPELINE, at, now},
};
use proptest::prelude::*;

fn fact(name: &str, status: &str, made: Option<StepMade>) -> PipelineStepFact {
    PipelineStepFact {
        name: name.into(),
        title: None,
        status: status.into(),
        reason: None,
        started: Some(at("2026-11-21T06:00:00Z")),
        ended: (status != "Executing").then(|| at("2026-11-21T06:10:00Z")),
        attempts: 1,
        cached_from: None,
        made,
    }
}

fn condition(outcome: &str) -> StepMade {
    StepMade::Condition { outcome: Some(outcome.into()) }
}

fn standing(graph: &StepGraph, name: &str) -> StepStanding {
    graph.steps.iter().find(|step| step.name == name).unwrap().standing
}

#[test]
fn what_a_step_waits_for_stands_before_it() {
    let graph = layout(&read(PIPELINE).unwrap());
    let places: Vec<(&str, u32, u32, &str)> =
        graph.steps.iter().map(|step| (step.name.as_str(), step.column, step.row, step.kind.as_str())).collect();
    assert_eq!(
        places,
        [
            ("Prepare", 0, 0, "processing"),
            ("Train", 1, 0, "training"),
            ("Evaluate", 2, 0, "processing"),
            ("Good", 3, 0, "condition"),
            ("Create", 4, 0, "create model"),
            ("GiveUp", 4, 1, "fail"),
            ("Register", 5, 0, "register model"),
        ]
    );
    let named = |link: &StepLink| {
        let name = |place: u32| graph.steps[place as usize].name.as_str();
        (name(link.from), name(link.to), link.kind)
    };
    let mut links: Vec<_> = graph.links.iter().map(named).collect();
    links.sort_unstable_by_key(|(from, to, _)| (*from, *to));
    assert_eq!(
        links,
        [
            ("Create", "Register", LinkKind::After),
            ("Evaluate", "Good", LinkKind::Uses),
            ("Good", "Create", LinkKind::If),
            ("Good", "GiveUp", LinkKind::Else),
            ("Prepare", "Train", LinkKind::Uses),
            ("Train", "Create", LinkKind::Uses),
            ("Train", "Evaluate", LinkKind::After),
        ],
        "Register hangs on Create, not on the condition"
    );
    let good = graph.steps.iter().position(|step| step.name == "Good").map(small);
    let held: Vec<&str> =
        graph.steps.iter().filter(|step| step.inside == good).map(|step| step.name.as_str()).collect();
    assert_eq!(held, ["Create", "GiveUp", "Register"]);
    assert!(graph.steps.iter().all(|step| step.standing == StepStanding::Waiting && step.run.is_none()));
}

#[test]
fn a_failed_step_leaves_what_is_behind_it_unreached() {
    let definition = read(PIPELINE).unwrap();
    let facts = [fact("Prepare", "Succeeded", None), fact("Train", "Failed", None)];
    let graph = with_runs(Some(&definition), &facts, PipelineStatus::Failed, now());
    assert_eq!(standing(&graph, "Train"), StepStanding::Failed);
    assert_eq!(standing(&graph, "Evaluate"), StepStanding::NotReached);
    assert_eq!(failed(&graph), [1]);
    let taken = graph.links.iter().filter(|link| link.is_taken).count();
    assert_eq!(taken, 1, "from Prepare to Train");
    // While others still run, what hangs on the failed one is lost already.
    let graph = with_runs(Some(&definition), &facts, PipelineStatus::Executing, now());
    assert_eq!(standing(&graph, "Good"), StepStanding::NotReached);
}

#[test]
fn a_condition_closes_its_other_branch() {
    let definition = read(PIPELINE).unwrap();
    let before = ["Prepare", "Train", "Evaluate"].map(|name| fact(name, "Succeeded", None));
    let with = |outcome: &str| {
        let facts: Vec<_> =
            before.iter().cloned().chain([fact("Good", "Succeeded", Some(condition(outcome)))]).collect();
        with_runs(Some(&definition), &facts, PipelineStatus::Executing, now())
    };
    let met = with("True");
    assert_eq!(standing(&met, "Create"), StepStanding::Waiting);
    assert_eq!(standing(&met, "GiveUp"), StepStanding::NotReached);
    let unmet = with("False");
    assert_eq!(standing(&unmet, "GiveUp"), StepStanding::Waiting);
    assert_eq!(standing(&unmet, "Register"), StepStanding::NotReached, "behind Create");
}

#[test]
fn steps_that_no_definition_tells_of_are_shown_all_the_same() {
    let made = StepMade::Run(JobId::SageMaker { kind: SageMakerKind::Training, name: "t".into() });
    let facts = [fact("A", "Succeeded", Some(made)), fact("B", "Executing", None)];
    let alone = with_runs(None, &facts, PipelineStatus::Executing, now());
    let told: Vec<(&str, u32, &str)> =
        alone.steps.iter().map(|step| (step.name.as_str(), step.column, step.kind.as_str())).collect();
    assert_eq!(told, [("A", 0, "training"), ("B", 1, "step")]);
    assert!(alone.links.is_empty());
    let run = alone.steps[1].run.as_ref().unwrap();
    assert_eq!((run.ended, run.seconds), (None, Some(2 * 3_600)), "until now");
    let beside = with_runs(Some(&read(PIPELINE).unwrap()), &facts[..1], PipelineStatus::Executing, now());
    assert_eq!(beside.steps.last().map(|step| (step.name.as_str(), step.column)), Some(("A", 6)));
}

#[test]
fn the_first_of_several_failures_comes_first() {
    let mut late = fact("Prepare", "Failed", None);
    late.ended = Some(at("2026-11-21T07:00:00Z"));
    let facts = [late, fact("Train", "Failed", None)];
    let graph = with_runs(Some(&read(PIPELINE).unwrap()), &facts, PipelineStatus::Failed, now());
    assert_eq!(failed(&graph), [1, 0]);
}

/// Steps that come after earlier ones, in any way, or after any at all.
fn definitions(only_earlier: bool) -> impl Strategy<Value = Definition> {
    let step = (
        prop::collection::vec(0_usize..40, 0..4),
        prop::collection::vec(0_usize..40, 0..3),
        0_usize..60,
        any::<bool>(),
    );
    prop::collection::vec(step, 0..30).prop_map(move |raw| {
        let count = raw.len();
        let steps = raw.into_iter().enumerate().map(|(at, (after, uses, holder, is_if))| {
            let names = |places: Vec<usize>| {
                let fits = |place: &usize| !only_earlier || *place < at;
                places.into_iter().filter(fits).map(|place| format!("s{place}")).collect()
            };
            let inside = (holder < count && (!only_earlier || holder < at)).then_some((holder, is_if));
            DefinedStep {
                name: format!("s{at}"),
                after: names(after),
                uses: names(uses),
                inside,
                kind: "Processing".into(),
                ..DefinedStep::default()
            }
        });
        Definition { parameters: Vec::new(), steps: steps.collect() }
    })
}

proptest! {
    #[test]
    fn every_step_has_a_place_of_its_own_and_links_lead_forwards(definition in definitions(true)) {
        let graph = layout(&definition);
        prop_assert_eq!(graph.steps.len(), definition.steps.len());
        prop_assert!(graph.steps.windows(2).all(|two| (two[0].column, two[0].row) < (two[1].column, two[1].row)));
        for link in &graph.links {
            let column = |place: u32| graph.steps.get(place as usize).map(|step| step.column);
            prop_assert!(column(link.from) < column(link.to), "{:?}", link);
            prop_assert!(column(link.from).is_some());
        }
    }

    #[test]
    fn circles_end_with_a_place_for_each(definition in definitions(false)) {
        let facts: Vec<_> = definition.steps.iter().step_by(2).map(|step| fact(&step.name, "Succeeded", None)).collect();
        let graph = with_runs(Some(&definition), &facts, PipelineStatus::Executing, now());
        let mut places: Vec<_> = graph.steps.iter().map(|step| (step.column, step.row)).collect();
        places.dedup();
        prop_assert_eq!(places.len(), definition.steps.len());
        let last = small(graph.steps.len());
        prop_assert!(graph.links.iter().all(|link| link.from < last && link.to < last && link.from != link.to));
        prop_assert!(failed(&graph).is_empty());
    }
}
