use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(value: &Value) -> Definition {
    Definition::read(&serde_json::to_string_pretty(value).unwrap()).unwrap()
}

fn problem(text: &str) -> DefinitionProblem {
    Definition::read(text).unwrap_err()
}

/// The line of the text that a problem names, from its column on.
fn place<'a>(text: &'a str, problem: &DefinitionProblem) -> &'a str {
    let line = text.lines().nth(problem.line as usize - 1).unwrap();
    let at = line.char_indices().nth(problem.column as usize - 1).map_or(line.len(), |(at, _)| at);
    &line[at..]
}

pub(crate) fn daily() -> Value {
    let notify = json!([{ "ErrorEquals": ["States.TaskFailed"], "Next": "SendFailureNotification" }]);
    json!({
        "Comment": "From the tills to the lake", "StartAt": "CheckInput", "TimeoutSeconds": 3600,
        "States": {
            "CheckInput": { "Type": "Pass", "Next": "SubmitEMRServerlessJob" },
            "SubmitEMRServerlessJob": {
                "Type": "Task", "Resource": "arn:aws:states:::emr-serverless:startJobRun.sync",
                "Parameters": { "ApplicationId": "00f1", "JobDriver": { "SparkSubmit": { "EntryPoint": "s3://code/job.py" } } },
                "Retry": [{ "ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 30, "MaxAttempts": 2 }],
                "Catch": notify, "Next": "UpdateRedshiftSchema"
            },
            "UpdateRedshiftSchema": {
                "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "update-schema" },
                "Catch": notify, "Next": "LoadDataToRedshift"
            },
            "LoadDataToRedshift": {
                "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:207755103348:function:load-redshift:live",
                "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "SendFailureNotification" }], "Next": "SendSuccess"
            },
            "SendSuccess": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true },
            "SendFailureNotification": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true }
        }
    })
}

#[test]
fn the_daily_pipeline() {
    let definition = read(&daily());
    assert_eq!(definition.start, "CheckInput");
    assert_eq!(definition.comment.as_deref(), Some("From the tills to the lake"));
    assert_eq!(definition.timeout_seconds, Some(3600.0));
    let names: Vec<&str> = definition.states.iter().map(|state| state.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "CheckInput",
            "SubmitEMRServerlessJob",
            "UpdateRedshiftSchema",
            "LoadDataToRedshift",
            "SendSuccess",
            "SendFailureNotification"
        ]
    );
    assert_eq!(definition.handlers(), [false, false, false, false, false, true]);
    let words: Vec<String> = definition.states.iter().map(State::words).collect();
    assert_eq!(
        words,
        [
            "",
            "EMR Serverless startJobRun",
            "Lambda update-schema",
            "Lambda load-redshift",
            "SNS publish",
            "SNS publish"
        ]
    );
    let submit = definition.state("SubmitEMRServerlessJob").unwrap();
    assert_eq!(submit.retry_words().as_deref(), Some("Retry 2 times after 30 s, ×2"));
    assert_eq!(
        submit.catches,
        [Catch { errors: vec!["States.TaskFailed".into()], next: "SendFailureNotification".into() }]
    );
    assert_eq!(submit.text["Parameters"]["ApplicationId"], "00f1");
    assert!(definition.state("SendSuccess").unwrap().end);
}

#[test]
fn nested_states_stand_behind_what_holds_them() {
    let branch = |name: &str| json!({ "StartAt": name, "States": { name: { "Type": "Pass", "End": true } } });
    let definition = read(&json!({ "StartAt": "Both", "States": {
        "Both": { "Type": "Parallel", "Next": "Each", "Branches": [
            branch("Left"),
            { "StartAt": "Tables", "States": { "Tables": { "Type": "Map", "ItemsPath": "$.tables", "Iterator": branch("Copy"), "End": true } } },
        ] },
        "Each": { "Type": "Map", "MaxConcurrency": 40, "ItemReader": { "Resource": "arn:aws:states:::s3:listObjectsV2" },
            "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "File",
                "States": { "File": { "Type": "Task", "Resource": "${LoadFile}", "End": true } } }, "End": true },
    } }));
    let shape: Vec<_> = definition.states.iter().map(|s| (s.name.as_str(), s.kind, s.parent, s.branch)).collect();
    assert_eq!(
        shape,
        [
            ("Both", StateKind::Parallel, None, 0),
            ("Left", StateKind::Pass, Some(0), 0),
            ("Tables", StateKind::Map, Some(0), 1),
            ("Copy", StateKind::Pass, Some(2), 0),
            ("Each", StateKind::DistributedMap, None, 0),
            ("File", StateKind::Task, Some(4), 0),
        ]
    );
    assert_eq!(definition.states[0].starts, ["Left", "Tables"]);
    assert_eq!(definition.states[2].starts, ["Copy"]);
    assert_eq!(definition.states[0].words(), "2 branches");
    assert_eq!(definition.states[2].words(), "over tables");
    assert_eq!(definition.states[4].words(), "over S3 listObjectsV2, 40 at once");
    assert_eq!(definition.states[5].words(), "${LoadFile}");
    // What a state holds is not in its text, all else is.
    assert_eq!(definition.states[0].text["Branches"], json!([{ "StartAt": "Left" }, { "StartAt": "Tables" }]));
    assert_eq!(definition.states[4].text["ItemProcessor"]["ProcessorConfig"]["ExecutionType"], "STANDARD");
    assert!(!definition.states[4].text.to_string().contains("LoadFile"));
    assert_eq!(definition.handlers(), [false; 6]);
}

#[test]
fn the_query_language_is_inherited_and_can_be_changed() {
    let definition = read(&json!({ "QueryLanguage": "JSONata", "StartAt": "Enough", "States": {
        "Enough": { "Type": "Choice", "Default": "Old", "Choices": [
            { "Condition": "{% $states.input.rows  <\n 1000 and $exists($states.input.day) %}", "Next": "Nap" },
            { "Condition": true, "Next": "Nap" } ] },
        "Nap": { "Type": "Wait", "Seconds": "{% $states.input.delay %}", "Next": "Old" },
        "Old": { "Type": "Parallel", "QueryLanguage": "JSONPath", "End": true, "Branches": [
            { "StartAt": "Inner", "States": { "Inner": { "Type": "Succeed" } } } ] },
    } }));
    let jsonata: Vec<bool> = definition.states.iter().map(|state| state.jsonata).collect();
    assert_eq!(jsonata, [true, true, false, false]);
    assert_eq!(definition.states[0].choices[0].label, "rows < 1000 and $exists(day)");
    assert_eq!(definition.states[0].choices[1].label, "true");
    assert_eq!(definition.states[1].words(), "waits delay s");
}

#[test]
fn conditions_in_plain_words() {
    for (rule, words) in [
        (json!({ "Variable": "$.rows", "NumericLessThan": 1000 }), "rows < 1000"),
        (json!({ "Next": "X", "NumericGreaterThanEqualsPath": "$.least", "Variable": "$.rows" }), "rows ≥ least"),
        (json!({ "Variable": "$.status", "StringEquals": "RUNNING" }), "status = RUNNING"),
        (json!({ "Variable": "$.status", "StringEquals": "" }), "status = \"\""),
        (json!({ "Variable": "$.file", "StringMatches": "*.csv" }), "file matches *.csv"),
        (json!({ "Variable": "$.path", "StringEqualsPath": "$.other.path" }), "path = other.path"),
        (json!({ "Variable": "$.done", "BooleanEquals": true }), "done = true"),
        (json!({ "Variable": "$.at", "TimestampLessThanEquals": "2026-11-21T00:00:00Z" }), "at ≤ 2026-11-21T00:00:00Z"),
        (json!({ "Variable": "$.day", "IsPresent": true }), "day is present"),
        (json!({ "Variable": "$.day", "IsPresent": false }), "day is absent"),
        (json!({ "Variable": "$.day", "IsNull": false }), "day is not null"),
        (json!({ "Variable": "$", "IsString": true }), "the input is a string"),
        (json!({ "Variable": "$$.Execution.Name", "StringLessThan": "b" }), "$$.Execution.Name < b"),
        (json!({ "Not": { "Variable": "$.day", "IsPresent": true } }), "not (day is present)"),
        (
            json!({ "And": [{ "Variable": "$.a", "IsPresent": true },
                { "Or": [{ "Variable": "$.a", "NumericEquals": 1 }, { "Variable": "$.b", "IsNumeric": true }] }] }),
            "a is present and (a = 1 or b is a number)",
        ),
        (json!({ "Variable": "$.x", "SomethingNew": 7 }), "x SomethingNew 7"),
        (json!({}), ""),
    ] {
        assert_eq!(rule::label(rule.as_object().unwrap()), words);
    }
    let long = json!({ "Variable": "$.näme", "StringEquals": "ü".repeat(500) });
    let label = rule::label(long.as_object().unwrap());
    assert_eq!(label.chars().count(), 60);
    assert!(label.starts_with("näme = üüü") && label.ends_with('…'), "{label}");
}

#[test]
fn resources_in_words() {
    let nested =
        json!({ "Parameters": { "StateMachineArn": "arn:aws:states:eu-west-1:1:stateMachine:nightly-child" } });
    let by_arn =
        json!({ "Arguments": { "FunctionName": "arn:aws:lambda:eu-west-1:1:function:load-redshift:$LATEST" } });
    let by_path = json!({ "Parameters": { "FunctionName.$": "$.function" } });
    let by_jsonata = json!({ "Arguments": { "FunctionName": "{% $f %}" } });
    let glue = json!({ "Parameters": { "JobName": "clean-orders" } });
    for (resource, raw, words) in [
        ("arn:aws:states:::states:startExecution.sync:2", &nested, "Step Functions nightly-child"),
        ("arn:aws:states:::lambda:invoke", &by_arn, "Lambda load-redshift"),
        ("arn:aws-cn:states:::lambda:invoke.waitForTaskToken", &by_path, "Lambda invoke, waits for token"),
        ("arn:aws:states:::lambda:invoke", &by_jsonata, "Lambda invoke"),
        ("arn:aws:states:::glue:startJobRun.sync", &glue, "Glue clean-orders"),
        ("arn:aws:states:::elasticmapreduce:addStep.sync", &Value::Null, "EMR addStep"),
        ("arn:aws:states:::aws-sdk:redshiftdata:executeStatement", &Value::Null, "Redshift Data executeStatement"),
        ("arn:aws:states:::aws-sdk:s3:putObject", &Value::Null, "S3 putObject"),
        ("arn:aws:states:::something-new:do", &Value::Null, "something-new do"),
        ("arn:aws:states:eu-west-1:1:activity:approve", &Value::Null, "activity approve"),
        ("arn:aws:lambda:eu-west-1:1:function:load", &Value::Null, "Lambda load"),
        ("not an arn", &Value::Null, "not an arn"),
        ("", &Value::Null, ""),
        ("arn:aws:states", &Value::Null, "arn:aws:states"),
    ] {
        assert_eq!(resource_words(resource, raw), words);
    }
}

#[test]
fn waits_fails_and_retries_in_words() {
    let words = |state: Value| read(&json!({ "StartAt": "S", "States": { "S": state } })).states[0].words();
    assert_eq!(words(json!({ "Type": "Wait", "Seconds": 300, "End": true })), "waits 300 s");
    assert_eq!(words(json!({ "Type": "Wait", "SecondsPath": "$.delay", "End": true })), "waits $.delay s");
    assert_eq!(words(json!({ "Type": "Wait", "TimestampPath": "$.when", "End": true })), "until $.when");
    assert_eq!(words(json!({ "Type": "Wait", "End": true })), "");
    assert_eq!(words(json!({ "Type": "Fail", "Error": "TooFewRows" })), "TooFewRows");
    assert_eq!(words(json!({ "Type": "Quantum", "End": true })), "Quantum");
    assert_eq!(words(json!({ "End": true })), "");
    assert_eq!(words(json!({ "Type": "Parallel", "Branches": "no list", "End": true })), "0 branches");

    let retry = |rules: Value| {
        let state = json!({ "Type": "Task", "Resource": "r", "Retry": rules, "End": true });
        read(&json!({ "StartAt": "S", "States": { "S": state } })).states[0].retry_words()
    };
    assert_eq!(retry(json!([])), None);
    assert_eq!(retry(json!([{ "ErrorEquals": ["X"], "MaxAttempts": 0 }])), None);
    assert_eq!(retry(json!([{ "ErrorEquals": ["X"] }])).unwrap(), "Retry 3 times after 1 s, ×2");
    assert_eq!(retry(json!([{ "MaxAttempts": 1, "IntervalSeconds": 5 }])).unwrap(), "Retry once after 5 s");
    assert_eq!(
        retry(json!([{ "MaxAttempts": 0 }, { "MaxAttempts": 4, "BackoffRate": 1 }, { "BackoffRate": 1.5 }])).unwrap(),
        "Retry 4 times after 1 s, 1 more"
    );
}

#[test]
fn handlers_are_reached_only_through_a_catch() {
    let definition = read(&json!({ "StartAt": "A", "States": {
        "A": { "Type": "Task", "Resource": "r", "Next": "B", "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Tell" }] },
        "B": { "Type": "Task", "Resource": "r", "Next": "Done", "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Done" }] },
        "Tell": { "Type": "Pass", "Next": "Sort" },
        "Sort": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "A" }], "Default": "Give up" },
        "Give up": { "Type": "Fail" },
        "Done": { "Type": "Succeed" },
        "Nobody": { "Type": "Succeed" },
    } }));
    assert_eq!(definition.handlers(), [false, false, true, true, true, false, false]);
}

#[test]
fn what_is_wrong_has_its_place() {
    let text =
        "{\n  \"StartAt\": \"Ä\",\n  \"States\": {\n    \"Ä\": { \"Type\": \"Pass\", \"Next\": \"Nöwhere\" }\n  }\n}";
    let found = problem(text);
    assert_eq!(found.message, "Next of Ä leads to Nöwhere, and there is no such state beside it");
    assert_eq!(place(text, &found), "\"Nöwhere\" }");

    let nested = serde_json::to_string_pretty(&json!({ "StartAt": "P", "States": {
        "P": { "Type": "Parallel", "End": true, "Branches": [
            { "StartAt": "a,}\"", "States": { "a,}\"": { "Type": "Pass", "End": true } } },
            { "StartAt": "b", "States": { "b": { "Type": "Choice", "Choices": [
                { "Variable": "$.x", "IsPresent": true, "Next": "b" },
                { "Variable": "$.x", "IsPresent": false, "Next": "P" } ] } } } ] } } }))
    .unwrap();
    let found = problem(&nested);
    // A branch sees its own states alone.
    assert_eq!(found.message, "Next of b leads to P, and there is no such state beside it");
    assert_eq!(place(&nested, &found), "\"P\"");

    for (text, message, rest) in [
        ("[1]", "A definition is a JSON object", "[1]"),
        ("  {\"States\": {}}", "StartAt is missing", "{\"States\": {}}"),
        ("{\"StartAt\": \"A\"}", "States is missing", "{\"StartAt\": \"A\"}"),
        ("{\"StartAt\": \"A\", \"States\": {}}", "There are no states", "{}}"),
        ("{\"StartAt\": \"A\", \"States\": {\"A\": 7}}", "A is no JSON object", "7}}"),
        (
            "{\"StartAt\": \"B\", \"States\": {\"A\": {}}}",
            "StartAt leads to B, and there is no such state beside it",
            "\"B\", \"States\": {\"A\": {}}}",
        ),
        (
            "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Task\", \"Catch\": [{\"Next\": \"B\"}]}}}",
            "Next of A leads to B, and there is no such state beside it",
            "\"B\"}]}}}",
        ),
        (
            "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Parallel\", \"Branches\": [{\"States\": {\"B\": {}}}]}}}",
            "StartAt is missing",
            "{\"States\": {\"B\": {}}}]}}}",
        ),
        (
            "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Parallel\", \"Branches\": [8]}}}",
            "A JSON object with StartAt and States belongs here",
            "8]}}}",
        ),
        ("{\"StartAt\": \"A\", }", "Not JSON: trailing comma", "}"),
        ("{\"StartAt\": \"A\"", "The text ends too early: EOF while parsing an object", "\""),
        ("", "The text ends too early: EOF while parsing a value", ""),
    ] {
        let found = problem(text);
        assert_eq!(found.message, message, "{text}");
        if !text.is_empty() {
            assert_eq!(place(text, &found), rest, "{text}");
        }
    }
    assert_eq!((problem("").line, problem("").column), (1, 1));
}

#[test]
fn hostile_nesting_is_refused_and_does_not_crash() {
    let mut deep = json!({ "Type": "Pass", "End": true });
    for _ in 0..20 {
        deep = json!({ "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "S", "States": { "S": deep } } });
    }
    let definition = read(&json!({ "StartAt": "S", "States": { "S": deep.clone() } }));
    assert_eq!(definition.states.len(), 21);
    assert_eq!(definition.states[20].parent, Some(19));
    for _ in 0..40 {
        deep = json!({ "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "S", "States": { "S": deep } } });
    }
    let text = json!({ "StartAt": "S", "States": { "S": deep } }).to_string();
    assert_eq!(problem(&text).message, "Nested too deeply to be read");
    assert_eq!(problem(&"[".repeat(1_000_000)).message, "Nested too deeply to be read");
    assert_eq!(problem(&"{\"Not\":".repeat(100_000)).message, "Nested too deeply to be read");
}

#[test]
fn a_large_definition_is_read_whole() {
    let mut states = serde_json::Map::new();
    for number in 0..5_000 {
        states.insert(format!("S{number}"), json!({ "Type": "Pass", "Next": format!("S{}", (number + 1) % 5_000) }));
    }
    let definition = read(&json!({ "StartAt": "S0", "States": states }));
    assert_eq!(definition.states.len(), 5_000);
    assert_eq!(definition.handlers(), vec![false; 5_000]);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        if let Err(found) = Definition::read(&text) {
            prop_assert!(found.line >= 1 && found.column >= 1 && !found.message.is_empty());
        }
    }

    /// Every prefix of a definition is no definition, and the place is in the text.
    #[test]
    fn half_a_definition_is_refused_at_its_end(part in any::<prop::sample::Index>(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&daily()).unwrap() } else { daily().to_string() };
        let mut cut = part.index(text.len());
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        let found = problem(&text[..cut]);
        prop_assert!(found.message.starts_with("The text ends too early"));
        prop_assert_eq!(found.line as usize, text[..cut].matches('\n').count() + 1);
    }

    /// Whatever one value of a definition becomes, it is read or refused with a place.
    #[test]
    fn a_changed_word_is_read_or_refused(word in 0..80_usize, with in "[\\[\\]{}:,\"0-9a-zÄ ]{0,6}") {
        let text = daily().to_string();
        let mut parts: Vec<&str> = text.split('"').collect();
        let word = word % parts.len();
        parts[word] = &with;
        let text = parts.join("\"");
        match Definition::read(&text) {
            Ok(definition) => prop_assert!(definition.place(&definition.start).is_some()),
            Err(found) => {
                let line = text.split('\n').nth(found.line as usize - 1);
                prop_assert!(line.is_some_and(|line| found.column as usize <= line.chars().count() + 1));
            }
        }
    }
}
