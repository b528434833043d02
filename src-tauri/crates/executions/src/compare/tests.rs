use super::*;
use contract::{
    Timestamp,
    executions::{DiffSide, Span, StateKind, StateStatus, Status},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn execution(name: &str, status: Status) -> ExecutionRow {
    ExecutionRow {
        arn: format!("arn:aws:states:eu-central-1:123456789012:execution:nightly-sales:{name}"),
        machine: "nightly-sales".to_owned(),
        machine_arn: "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly-sales".to_owned(),
        name: name.to_owned(),
        status,
        started: t("2026-11-21T05:00:00Z"),
        stopped: Some(t("2026-11-21T06:00:00Z")),
        redrives: 0,
        state: None,
        error: None,
        cause: None,
        version: None,
        looked: true,
    }
}

fn visit(name: &str, from: i64, seconds: Option<i64>, status: StateStatus) -> StateRow {
    let start = t("2026-11-21T05:00:00Z").as_second() + from;
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    StateRow {
        id: from.to_string(),
        name: name.to_owned(),
        kind: StateKind::Task,
        status,
        within: Vec::new(),
        depth: 0,
        entered: at(start),
        exited: seconds.map(|seconds| at(start + seconds)),
        attempts: 1,
        error: None,
        job: None,
        spans: Vec::<Span>::new(),
        redrive: 0,
    }
}

/// What one side of a test holds.
struct Run {
    execution: ExecutionRow,
    input: String,
    definition: String,
    states: Vec<StateRow>,
    jobs: Vec<(String, String)>,
}

impl Run {
    fn new(name: &str, input: &Value) -> Self {
        let states = vec![visit("Load", 0, Some(60), StateStatus::Succeeded)];
        let execution = execution(name, Status::Succeeded);
        Self { execution, input: input.to_string(), definition: "{}".to_owned(), states, jobs: Vec::new() }
    }

    fn side(&self) -> Side<'_> {
        Side {
            execution: &self.execution,
            input: Some(&self.input),
            definition: Some(&self.definition),
            states: &self.states,
            jobs: &self.jobs,
            version: None,
        }
    }
}

fn of(then: &Value, now: &Value) -> Vec<Difference> {
    let (then, now) = (Run::new("nightly-2026-11-20", then), Run::new("nightly-2026-11-21", now));
    compare(&then.side(), &now.side()).differences
}

fn places(differences: &[Difference]) -> Vec<(&str, Option<&str>, Option<&str>)> {
    differences.iter().map(|row| (row.place.as_str(), row.then.as_deref(), row.now.as_deref())).collect()
}

#[test]
fn what_shrank_comes_first_and_what_passes_last() {
    let then = json!({
        "id": "0a1b2c3d-0000-4000-8000-000000000001", "time": "2026-11-20T05:00:00Z",
        "detail": {"object": {"key": "in/2026-11-20.csv", "size": 104_857_600}, "sequencer": "0062E9"},
        "retries": 3, "mode": "full", "old": true
    });
    let now = json!({
        "id": "0a1b2c3d-0000-4000-8000-000000000002", "time": "2026-11-21T05:00:00Z",
        "detail": {"object": {"key": "in/2026-11-21.csv", "size": 1024}, "sequencer": "0062EA"},
        "retries": 2, "mode": 7, "new": null
    });
    let found = of(&then, &now);
    assert_eq!(
        places(&found),
        [
            ("$.detail.object.size", Some("104857600"), Some("1024")),
            ("$.mode", Some("full"), Some("7")),
            ("$.old", Some("true"), None),
            ("$.detail.object.key", Some("in/2026-11-20.csv"), Some("in/2026-11-21.csv")),
            ("$.retries", Some("3"), Some("2")),
            ("$.new", None, Some("null")),
            ("3 values that differ in every run: $.id, $.time and $.detail.sequencer", None, None),
        ]
    );
    assert!(found.iter().all(|row| row.what == "Input"));
}

#[test]
fn what_holds_the_name_of_its_run_passes_by() {
    let then = json!({"out": "s3://b/nightly-2026-11-20/x", "at": "run of 2026-11-20T05:00:00.123+01:00 began", "day": "2026-11-20"});
    let now =
        json!({"out": "s3://b/nightly-2026-11-21/x", "at": "run of 2026-11-21T05:00:00Z began", "day": "2026-11-21"});
    assert_eq!(
        places(&of(&then, &now)),
        [
            ("$.day", Some("2026-11-20"), Some("2026-11-21")),
            ("2 values that differ in every run: $.out and $.at", None, None),
        ]
    );
    // An id that came or went is no passing thing, and a list named `id` is not one either.
    assert_eq!(places(&of(&json!({"id": "a"}), &json!({}))), [("$.id", Some("a"), None)]);
    let shorter = of(&json!({"id": [1, 2, 3, 4, 5]}), &json!({"id": [1, 2]}));
    assert_eq!(places(&shorter), [("$.id.length()", Some("5"), Some("2"))]);
}

#[test]
fn keys_in_another_order_and_numbers_in_another_form_are_the_same() {
    let (then, now) = (Run::new("a", &json!({})), Run::new("b", &json!({})));
    let with = |run: &Run, input: &str| {
        compare(
            &Side { input: Some(input), ..run.side() },
            &Side { input: Some(r#"{"b":{"d":1,"c":[]},"a":2.0}"#), ..now.side() },
        )
    };
    let found = with(&then, r#"{"a":2,"b":{"c":[],"d":1}}"#);
    assert!(found.differences.is_empty(), "{found:?}");
    assert_eq!(found.same, ["Input", "Definition", "Branch", "Duration", "Version"]);
    assert_eq!(with(&then, r#"{"a":2,"b":{"c":[],"d":2}}"#).differences.len(), 1);
}

#[test]
fn arguments_are_compared_one_by_one() {
    let arguments = |list: &[&str], parameters: &str| json!({"JobDriver": {"SparkSubmit": {"EntryPointArguments": list, "SparkSubmitParameters": parameters}}});
    let mut then = Run::new("a", &json!({}));
    let mut now = Run::new("b", &json!({}));
    let before = arguments(
        &["--date", "2026-11-20", "--mode", "full"],
        "--class Main --conf spark.executor.memory=4g --conf spark.executor.cores=2",
    );
    let after = arguments(
        &["--dry-run", "--date", "2026-11-21", "--mode", "full"],
        "--class Main --conf spark.executor.cores=2 --conf spark.executor.memory=2g",
    );
    then.jobs = vec![("Submit".to_owned(), before.to_string())];
    // Three attempts with the same parameters are one job.
    now.jobs = vec![("Submit".to_owned(), after.to_string()); 3];
    let found = compare(&then.side(), &now.side());
    assert_eq!(
        places(&found.differences),
        [
            ("Submit $.JobDriver.SparkSubmit.EntryPointArguments[0]", None, Some("--dry-run")),
            ("Submit $.JobDriver.SparkSubmit.EntryPointArguments[2] (--date)", Some("2026-11-20"), Some("2026-11-21")),
            (
                "Submit $.JobDriver.SparkSubmit.SparkSubmitParameters[5] (spark.executor.memory)",
                Some("spark.executor.memory=4g"),
                Some("spark.executor.memory=2g")
            ),
        ]
        .map(|row| row)
    );
    assert!(found.differences.iter().all(|row| row.what == "Job parameters"));
    now.jobs.push(("Submit".to_owned(), "{}".to_owned()));
    let found = compare(&then.side(), &now.side());
    assert!(places(&found.differences).contains(&("Submit", Some("1 different jobs"), Some("2 different jobs"))));
}

#[test]
fn json_in_texts_is_compared_as_json() {
    let (then, now) = (json!({"body": "{\"rows\":10,\"day\":1}"}), json!({"body": "{\"day\":1,\"rows\":9}"}));
    assert_eq!(places(&of(&then, &now)), [("$.body.rows", Some("10"), Some("9"))]);
    assert_eq!(
        places(&of(&json!({"a b": {"0": 1}}), &json!({"a b": {"0": 2}}))),
        [("$['a b']['0']", Some("1"), Some("2"))]
    );
}

#[test]
fn what_was_not_reached_is_no_branch() {
    use StateStatus::{Aborted, Failed, Succeeded};
    let mut then = Run::new("a", &json!({}));
    let mut now = Run::new("b", &json!({}));
    then.states = vec![
        visit("Check", 0, Some(1), Succeeded),
        visit("Small", 1, Some(1), Succeeded),
        visit("Load", 2, Some(100), Succeeded),
        visit("Index", 102, Some(10), Succeeded),
        visit("Tell", 112, Some(1), Succeeded),
    ];
    now.states = vec![
        visit("Check", 0, Some(1), Succeeded),
        visit("Large", 1, Some(1), Succeeded),
        visit("Load", 2, Some(7), Failed),
        visit("Check", 9, Some(30), Aborted),
    ];
    now.execution.status = Status::Failed;
    now.execution.state = Some("Load".to_owned());
    let found = compare(&then.side(), &now.side());
    assert_eq!(
        places(&found.differences),
        [
            ("Large", None, Some("entered, succeeded")),
            ("Load", Some("1 m 40 s"), Some("7 s")),
            ("Small", Some("entered, succeeded"), None),
            ("after Load", Some("2 states entered: Index and Tell"), Some("not reached")),
        ]
    );
    let names: Vec<&str> = found.states.iter().map(|pair| pair.name.as_str()).collect();
    assert_eq!(names, ["Check", "Small", "Large", "Load", "Index", "Tell"]);
    let check = found.states.first().unwrap();
    assert_eq!(check.now.unwrap().visits, 2);
    assert_eq!(check.now.unwrap().millis, 31_000);
}

#[test]
fn a_duration_is_told_from_a_factor_of_two_and_five_seconds() {
    let with = |seconds: i64| {
        let mut then = Run::new("a", &json!({}));
        let mut now = Run::new("b", &json!({}));
        then.states = vec![visit("Load", 0, Some(5), StateStatus::Succeeded)];
        now.states = vec![visit("Load", 0, Some(seconds), StateStatus::Succeeded)];
        compare(&then.side(), &now.side()).differences.len()
    };
    assert_eq!((with(9), with(10), with(1), with(0)), (0, 1, 0, 1));
}

#[test]
fn a_definition_is_told_by_its_places_and_its_lines() {
    let mut then = Run::new("a", &json!({}));
    let mut now = Run::new("b", &json!({}));
    let definition = |seconds: u32| json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": seconds, "End": true}, "Other": {"Type": "Pass"}}});
    then.definition = definition(5).to_string();
    now.definition = definition(50).to_string();
    let found = compare(&then.side(), &now.side());
    assert_eq!(places(&found.differences), [("$.States.Wait.Seconds", Some("5"), Some("50"))]);
    let changed: Vec<(DiffSide, &str)> = found
        .definition
        .iter()
        .filter(|line| line.side != DiffSide::Both)
        .map(|line| (line.side, line.text.trim()))
        .collect();
    assert_eq!(
        changed,
        [
            (DiffSide::Gap, "2 equal lines"),
            (DiffSide::Then, "\"Seconds\": 5,"),
            (DiffSide::Now, "\"Seconds\": 50,"),
            (DiffSide::Gap, "4 equal lines")
        ]
    );
    let versions =
        compare(&Side { version: Some(":12"), ..then.side() }, &Side { version: Some(":13"), ..then.side() });
    assert_eq!(places(&versions.differences), [("nightly-sales", Some(":12"), Some(":13"))]);
}

#[test]
fn what_could_not_be_read_is_not_called_the_same() {
    let (then, now) = (Run::new("a", &json!({})), Run::new("b", &json!({})));
    let found = compare(&Side { input: None, states: &[], ..then.side() }, &now.side());
    assert_eq!(found.same, ["Definition", "Version"]);
    let texts: Vec<&str> = found.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Input: not compared, that of then could not be read.",
            "Branch: not compared, the history of then could not be read.",
            "Duration: not compared, the history of then could not be read."
        ]
    );
    assert!(found.differences.is_empty());
}

#[test]
fn long_lists_are_counted() {
    let then: Value = (0..100).map(|n| (format!("k{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    let now: Value = (0..100).map(|n| (format!("k{n}"), json!(n + 1))).collect::<serde_json::Map<_, _>>().into();
    let found = of(&then, &now);
    assert_eq!(found.len(), LISTED + 1);
    assert_eq!(found.last().unwrap().place, "60 more values");
}

#[test]
fn large_texts_without_a_line_in_common_end_soon() {
    let list =
        |from: u32| Value::from((0..60_000_u32).map(|n| Value::from(n * 2 + from)).collect::<Vec<_>>()).to_string();
    let started = std::time::Instant::now();
    let lines = diff_lines(&list(0), &list(1));
    assert_eq!(lines.len(), 4_001);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..1_000).prop_map(Value::from),
        "[a-c=\\- ]{0,6}".prop_map(Value::from),
        Just(json!("{\"a\":[1]}")),
        Just(json!("2026-11-21T05:00:00Z")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-d]|id|a b", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_side_is_the_same_as_itself(input in json_value(), text in "\\PC{0,40}") {
        let mut run = Run::new("nightly", &input);
        run.jobs = vec![("Load".to_owned(), input.to_string()), ("Load".to_owned(), text.clone())];
        run.definition = text;
        let found = compare(&run.side(), &run.side());
        prop_assert!(found.differences.is_empty() && found.input.is_empty() && found.definition.is_empty());
        prop_assert_eq!(found.same.len(), 6);
    }

    #[test]
    fn other_values_are_found(then in json_value(), now in json_value()) {
        let found = values::changes(&then, &now);
        let text = |value: &Value| value.to_string();
        if !found.is_empty() {
            prop_assert_ne!(text(&then), text(&now));
        }
        prop_assert!(found.iter().all(|change| change.then != change.now));
        // Both directions see the same number of places, but for settings that swap and lists that shrank.
        let back = values::changes(&now, &then);
        prop_assert_eq!(found.is_empty(), back.is_empty());
        let _ = of(&then, &now);
    }

    #[test]
    fn lines_rebuild_both_texts(then in "([a-c{}\\[\\]\"]{0,3}\n){0,12}[a-c]?", now in "([a-c{}\\[\\]\"]{0,3}\n){0,12}[a-c]?") {
        let lines = lines::all_lines(&then, &now);
        let side = |side: DiffSide| {
            let lines = lines.iter().filter(|line| line.side == DiffSide::Both || line.side == side);
            lines.map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
        };
        prop_assert_eq!(side(DiffSide::Then), then);
        prop_assert_eq!(side(DiffSide::Now), now);
    }

    #[test]
    fn folding_keeps_every_difference_and_counts_the_rest(then in "([a-c]\n){0,40}", now in "([a-c]\n){0,40}") {
        let all = lines::all_lines(&then, &now);
        let folded = diff_lines(&then, &now);
        let changed = |lines: &[contract::executions::DiffLine]| {
            lines.iter().filter(|line| matches!(line.side, DiffSide::Then | DiffSide::Now)).cloned().collect::<Vec<_>>()
        };
        prop_assert_eq!(changed(&all), changed(&folded));
        prop_assert_eq!(then == now, folded.is_empty());
        let counted = |line: &contract::executions::DiffLine| match line.side {
            DiffSide::Gap => line.text.split(' ').next().unwrap().parse::<usize>().unwrap(),
            _ => 1,
        };
        if !folded.is_empty() {
            prop_assert_eq!(folded.iter().map(counted).sum::<usize>(), all.len());
        }
    }

    #[test]
    fn laid_out_json_differs_only_where_it_differs(then in json_value(), now in json_value()) {
        let lines = diff_lines(&then.to_string(), &now.to_string());
        prop_assert_eq!(lines.is_empty(), then == now);
        let (before, _) = lines::laid_out(&then.to_string(), &now.to_string());
        prop_assert_eq!(serde_json::from_str::<Value>(&before).unwrap(), then);
    }

    #[test]
    fn any_text_can_be_compared(then in "(?s).{0,60}", now in "(?s).{0,60}") {
        let (run, other) = (Run::new("a", &json!({})), Run::new("b", &json!({})));
        let side = |run, text| Side { input: Some(text), definition: Some(text), ..Run::side(run) };
        let found = compare(&side(&run, &then), &side(&other, &now));
        prop_assert_eq!(then == now || serde_json::from_str::<Value>(&then).ok().is_some_and(|v| serde_json::from_str::<Value>(&now).ok() == Some(v)), found.definition.is_empty());
    }
}
