use super::*;
use contract::{Severity, executions::facts::EventDetail};

const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:menu-images";
const EXECUTION: &str = "arn:aws:states:eu-west-1:123456789012:execution:menu-images:winter-menu";

fn definition(states: &serde_json::Value) -> Definition {
    let start = states.as_object().and_then(|states| states.keys().next()).unwrap();
    Definition::read(&serde_json::json!({ "StartAt": start, "States": states }).to_string()).unwrap()
}

fn asked(definition: &Definition, events: &[HistoryEvent], failed: &[String], way: Way) -> Vec<String> {
    let subject =
        Subject { execution: EXECUTION, machine: MACHINE, definition: Some(definition), events, failed_states: failed };
    let line = |need: Need| format!("{:?} {} {}", need.who, need.actions.join("+"), need.resources.join(" or "));
    needs(&subject, way).into_iter().map(line).collect()
}

#[test]
fn a_plain_machine_asks_for_its_caller_alone() {
    let plain = definition(&serde_json::json!({ "A": { "Type": "Pass", "End": true } }));
    assert_eq!(
        asked(&plain, &[], &[], Way::Both),
        [
            format!("Caller states:RedriveExecution {EXECUTION}"),
            format!("Caller states:StartExecution {MACHINE}"),
            format!("Caller states:DescribeExecution {EXECUTION}"),
        ]
    );
    assert_eq!(
        asked(&plain, &[], &[], Way::Redrive),
        [format!("Caller states:RedriveExecution {EXECUTION}"), format!("Caller states:DescribeExecution {EXECUTION}")]
    );
    let of_an_alias = Subject {
        execution: EXECUTION,
        machine: &format!("{MACHINE}:live"),
        definition: None,
        events: &[],
        failed_states: &[],
    };
    assert_eq!(needs(&of_an_alias, Way::Start)[0].resources, [MACHINE]);
}

#[test]
fn the_role_redrives_the_children_of_a_map_run_that_failed() {
    let map = definition(&serde_json::json!({ "Resize all": {
        "Type": "Map", "Label": "ResizeImages", "End": true,
        "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "Resize", "States": { "Resize": { "Type": "Pass", "End": true } },
        },
    } }));
    let started = |run: &str| HistoryEvent {
        detail: EventDetail {
            map_run: Some(format!("arn:aws:states:eu-west-1:123456789012:mapRun:menu-images/{run}")),
            ..EventDetail::default()
        },
        ..HistoryEvent::default()
    };
    let events = [started("ResizeImages:u-1"), started("ResizeImages:u-1"), started("Other:u-2")];
    let failed = ["Resize all".to_owned()];
    let role = |way| {
        let mut needs = asked(&map, &events, &failed, way);
        needs.retain(|need| need.starts_with("Role"));
        needs
    };
    let children = "arn:aws:states:eu-west-1:123456789012:execution:menu-images";
    let start = format!("Role states:StartExecution {MACHINE}");
    let follow =
        format!("Role states:DescribeExecution+states:StopExecution {children}:* or {children}/ResizeImages:*");
    let redrive = format!("Role states:RedriveExecution {children}/ResizeImages:*");
    assert_eq!(role(Way::Redrive), [redrive, start.clone(), follow.clone()]);
    assert_eq!(role(Way::Start), [start, follow], "a new run makes a new Map Run");
    assert!(
        !asked(&map, &events, &[], Way::Redrive).iter().any(|need| need.starts_with("Role states:Redrive")),
        "a Map Run that succeeded is kept"
    );
}

#[test]
fn the_role_starts_nested_executions_and_waits_for_them() {
    let child = "arn:aws:states:eu-west-1:123456789012:stateMachine:nightly-rollup-store";
    let nested = |resource: &str, field: &str, named: &str| {
        definition(&serde_json::json!({ "Roll up": {
            "Type": "Task", "Resource": resource, (field): { "StateMachineArn": named }, "End": true,
        } }))
    };
    let role = |definition: &Definition| {
        let mut needs = asked(definition, &[], &[], Way::Redrive);
        needs.retain(|need| need.starts_with("Role"));
        needs
    };
    let start = format!("Role states:StartExecution {child}");
    let waiting = nested("arn:aws:states:::states:startExecution.sync:2", "Parameters", &format!("{child}:live"));
    assert_eq!(
        role(&waiting),
        [
            start.clone(),
            "Role states:DescribeExecution+states:StopExecution arn:aws:states:eu-west-1:123456789012:execution:nightly-rollup-store:*".to_owned(),
            "Role events:PutTargets+events:PutRule+events:DescribeRule arn:aws:events:eu-west-1:123456789012:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule".to_owned(),
        ]
    );
    assert_eq!(role(&nested("arn:aws:states:::states:startExecution", "Arguments", child)), [start]);
    assert!(role(&nested("arn:aws:states:::states:startExecution", "Arguments", "{% $child %}")).is_empty());
    assert!(role(&nested("arn:aws:states:::lambda:invoke", "Parameters", child)).is_empty());
}

fn found() -> Permissions {
    Permissions {
        caller: "user/reader".to_owned(),
        role: "role/menu-images".to_owned(),
        denied: vec![Denied {
            who: Who::Role,
            way: Way::Redrive,
            action: "states:RedriveExecution".to_owned(),
            resource: "arn:aws:states:eu-west-1:1:execution:m/l:*".to_owned(),
            purpose: "the Map Run of l".to_owned(),
        }],
        unchecked: None,
    }
}

#[test]
fn what_is_denied_is_named_and_advised_against() {
    let notices = found().notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].severity, Severity::Warning);
    assert!(
        notices[0].text.starts_with(
            "The state machine (role/menu-images) may not perform states:RedriveExecution on \
             arn:aws:states:eu-west-1:1:execution:m/l:* (for the Map Run of l). Better not to go on"
        ),
        "{}",
        notices[0].text
    );
    let (recommend, why) = found().temper(Recommend::Redrive, "A redrive goes on.".to_owned());
    assert_eq!(recommend, Recommend::Neither);
    assert_eq!(
        why,
        "A redrive goes on. But role/menu-images may not perform states:RedriveExecution, so the redrive would most likely be \
         refused: have it allowed first."
    );
    let (recommend, why) = found().temper(Recommend::StartAgain, "A new run.".to_owned());
    assert_eq!((recommend, why.as_str()), (Recommend::StartAgain, "A new run."), "it does not need that");
}

#[test]
fn what_could_not_be_asked_is_one_line_and_nothing_is_said_when_all_is_allowed() {
    let unchecked =
        Permissions { unchecked: Some("Permissions were not checked.".to_owned()), ..Permissions::default() };
    assert_eq!(unchecked.notices(), [Notice::info("Permissions were not checked.")]);
    assert_eq!(unchecked.temper(Recommend::Redrive, "Go.".to_owned()), (Recommend::Redrive, "Go.".to_owned()));
    assert!(Permissions::default().notices().is_empty());
}
