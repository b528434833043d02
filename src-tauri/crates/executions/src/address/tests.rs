use super::*;
use proptest::prelude::*;

const EXECUTION: &str =
    "arn:aws:states:eu-central-1:123456789012:execution:nightly-sales:0a1b2c3d-0000-4000-8000-00000000000f";

fn titles(text: &str) -> Vec<String> {
    resolve(text).into_iter().map(|found| found.title).collect()
}

fn arn_of(found: &Found) -> String {
    match &found.kind {
        FoundKind::Execution { arn }
        | FoundKind::Machine { arn }
        | FoundKind::MapRun { arn }
        | FoundKind::Activity { arn } => arn.clone(),
        FoundKind::Alarm { arn, .. } => arn.clone().unwrap_or_default(),
    }
}

fn arns(text: &str) -> Vec<String> {
    resolve(text).iter().map(arn_of).collect()
}

#[test]
fn every_kind_of_arn() {
    let a = "arn:aws:states:eu-central-1:123456789012";
    for (arn, title) in [
        (format!("{a}:execution:nightly:run-1"), "execution run-1 of nightly"),
        (format!("{a}:execution:nightly/Load:run-1"), "child execution run-1 of Load of nightly"),
        (format!("{a}:express:ingest:run-1:0a1b"), "Express execution run-1 of ingest"),
        (format!("{a}:express:nightly/Load:run-1:0a1b"), "Express child execution run-1 of Load of nightly"),
        (format!("{a}:stateMachine:nightly"), "state machine nightly"),
        (format!("{a}:stateMachine:nightly:12"), "state machine nightly, version 12"),
        (format!("{a}:stateMachine:nightly:live"), "state machine nightly, alias live"),
        (format!("{a}:stateMachine:nightly/Load"), "state machine nightly, Map state Load"),
        (format!("{a}:mapRun:nightly/Load:0a1b2c3d-0000-4000-8000-00000000000f"), "Map Run Load of nightly"),
        (format!("{a}:activity:approve"), "activity approve"),
        (
            "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:nightly failed: twice".to_owned(),
            "alarm nightly failed: twice",
        ),
        ("arn:aws-cn:states:cn-north-1:123456789012:execution:m:n".to_owned(), "execution n of m"),
        ("arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:größe:n.1".to_owned(), "execution n.1 of größe"),
    ] {
        let found = resolve(&format!("  {arn}\n"));
        assert_eq!(found.len(), 1, "{arn}: {found:?}");
        assert_eq!((arn_of(&found[0]).as_str(), found[0].title.as_str()), (arn.as_str(), title));
        assert_eq!((found[0].from, found[0].to), (2, 2 + arn.chars().count()), "{arn}");
        assert_eq!(found[0].account.as_deref(), Some("123456789012"));
        assert_eq!(found[0].region.as_deref(), arn.split(':').nth(3));
    }
}

#[test]
fn what_is_no_address_is_none() {
    for text in [
        "",
        "nightly-sales",
        "arn:aws:states:eu-central-1:123456789012:execution:nightly",
        "arn:aws:states:eu-central-1:123456789012:execution:nightly:",
        "arn:aws:states:eu-central-1:12345:execution:m:n",
        "arn:aws:states::123456789012:execution:m:n",
        "arn:gcp:states:eu-central-1:123456789012:execution:m:n",
        "arn:aws:states:eu-central-1:123456789012:mapRun:m:u",
        "arn:aws:states:eu-central-1:123456789012:thing:m:n",
        "arn:aws:states:eu-central-1:123456789012:activity:a/b",
        "arn:aws:s3:::bucket/key",
        "arn:aws:states:::glue:startJobRun.sync",
        "warn:aws:states:eu-central-1:123456789012:execution:m:n",
        "arn:aws:cloudwatch:eu-central-1:123456789012:dashboard:x",
        "https://example.com/#alarmsV2:alarm/x",
        "- Name: a list of names",
        &format!("arn:aws:states:eu-central-1:123456789012:execution:m:{}", "x".repeat(81)),
    ] {
        assert_eq!(resolve(text), Vec::new(), "{text}");
    }
}

#[test]
fn a_sentence_around_an_arn_is_left_out() {
    let arn = "arn:aws:states:eu-central-1:123456789012:execution:m:run-1";
    for text in [
        format!("Failed: {arn}."),
        format!("({arn})"),
        format!("<{arn}>"),
        format!("\"{arn}\","),
        format!("'{arn}'!"),
        format!("`{arn}`"),
        format!("[StateMachineArn = {arn}]"),
        format!("{{\"executionArn\":\"{arn}\",\"x\":1}}"),
        format!("{{\\\"executionArn\\\":\\\"{arn}\\\"}}"),
        format!("{arn}: Lambda.Unknown"),
        format!("{arn}?x=1"),
        format!("ARN={arn};"),
        format!("“{arn}”…"),
        format!("**{arn}**"),
        format!("{arn}\n- Next line"),
        format!("{arn}\nError: boom"),
    ] {
        assert_eq!(arns(&text), [arn], "{text}");
        let found = &resolve(&text)[0];
        assert_eq!(text.chars().skip(found.from).take(found.to - found.from).collect::<String>(), arn, "{text}");
    }
    // No version is read out of a sentence.
    assert_eq!(titles("arn:aws:states:eu-central-1:123456789012:stateMachine:m: failed"), ["state machine m"]);
}

#[test]
fn wrapped_arns_are_joined() {
    for at in 1..EXECUTION.len() {
        let (head, tail) = EXECUTION.split_at(at);
        // A break at a colon behind the machine's name cannot be told from its end; all others can.
        for text in [
            format!("It is {head}\n{tail} and so on"),
            format!("> It is {head} \r\n> {tail}\r\n"),
            format!("{head}=\n{tail}"),
        ] {
            let found = arns(&text);
            if head.len() > 3 {
                assert_eq!(found, [EXECUTION], "{text}");
            }
        }
    }
    // A name is joined when the text is nothing else.
    let arn = "arn:aws:states:eu-central-1:123456789012:execution:nightly:2026-11-21";
    let (head, tail) = arn.split_at(arn.len() - 3);
    assert_eq!(arns(&format!("{head}\n{tail}\n")), [arn]);
    assert_eq!(arns(&format!("{head}\n{tail}\nfrom Anna Smith")), [head]);
    assert_eq!(arns(&format!("{arn}\n{EXECUTION}")), [arn, EXECUTION]);
    let url = format!(
        "https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/{EXECUTION}"
    );
    for at in [url.len() - EXECUTION.len(), url.len() - 70, url.len() - 50] {
        let (head, tail) = url.split_at(at);
        assert_eq!(arns(&format!("See {head}\n{tail} now")), [EXECUTION], "{head}");
    }
}

#[test]
fn console_addresses_old_and_new() {
    let encoded = EXECUTION.replace(':', "%3A");
    let twice = encoded.replace('%', "%25");
    let express = "arn:aws:states:eu-central-1:123456789012:express:ingest:run-1:0a1b";
    let machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly";
    let run = "arn:aws:states:eu-central-1:123456789012:mapRun:nightly/Load:0a1b2c3d-0000-4000-8000-00000000000f";
    let home = "https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#";
    for (url, arn) in [
        (format!("{home}/v2/executions/details/{EXECUTION}"), EXECUTION),
        (format!("{home}/executions/details/{EXECUTION}"), EXECUTION),
        (format!("{home}/v2/executions/details/{encoded}"), EXECUTION),
        (format!("{home}/express-executions/details/{express}?startDate=1700000000000"), express),
        (format!("{home}/statemachines/view/{machine}"), machine),
        (format!("{home}/statemachines/view/{machine}?statusFilter=FAILED"), machine),
        (format!("{home}/v2/executions/map-runs/details?mapRunArn={run}&x=1"), run),
        (format!("https://console.amazonaws.cn/states/home#/executions/details/{EXECUTION}"), EXECUTION),
        (
            format!(
                "https://x.awsapps.com/start/#/console?account_id=1&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fstates%2Fhome%23%2Fexecutions%2Fdetails%2F{twice}"
            ),
            EXECUTION,
        ),
    ] {
        let text = format!("See <{url}>.");
        let found = resolve(&text);
        assert_eq!(found.iter().map(arn_of).collect::<Vec<_>>(), [arn], "{url}");
        assert_eq!((found[0].from, found[0].to), (5, 5 + url.chars().count()), "{url}");
        assert_eq!(arns(&format!("({url}), and")), [arn], "{url}");
    }
    assert_eq!(arns(&format!("details/{encoded} ")), [EXECUTION]);
}

#[test]
fn addresses_of_alarms() {
    for (url, name, region, account) in [
        (
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/My%20Alarm%3A%20%28x%29?~(search~'x)",
            "My Alarm: (x)",
            Some("eu-west-1"),
            None,
        ),
        (
            "https://us-east-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=us-east-1#alarmsV2:alarm/nightly-failed",
            "nightly-failed",
            Some("us-east-1"),
            None,
        ),
        (
            "https://123456789012-a1b2.eu-central-1.console.aws.amazon.com/cloudwatch/home#alarmsV2:alarm/a?x",
            "a",
            Some("eu-central-1"),
            Some("123456789012"),
        ),
        (
            "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#s=Alarms&alarm=old",
            "old",
            Some("us-east-1"),
            None,
        ),
        (
            "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#alarm:alarmFilter=ANY;name=gov",
            "gov",
            Some("us-gov-west-1"),
            None,
        ),
        ("https://console.aws.amazon.com/cloudwatch/home#alarmsV2:alarm/nowhere", "nowhere", None, None),
    ] {
        let found = resolve(url);
        assert_eq!(found.len(), 1, "{url}");
        assert_eq!(found[0].kind, FoundKind::Alarm { name: name.to_owned(), arn: None });
        assert_eq!((found[0].region.as_deref(), found[0].account.as_deref()), (region, account), "{url}");
    }
}

const MAIL: &str = "You are receiving this email because your Amazon CloudWatch Alarm \"nightly failed\" in the EU (Frankfurt) region has entered the ALARM state, because \"Threshold Crossed: 1 datapoint [1.0 (21/11/26 05:05:00)] was greater than or equal to the threshold (1.0).\" at \"Saturday 21 November, 2026 05:10:11 UTC\".

View this alarm in the AWS Management Console:
https://eu-central-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=eu-central-1#alarmsV2:alarm/nightly%20failed

Alarm Details:
- Name:                       nightly failed
- Description:                Runbook: https://wiki.example.com/nightly
- State Change:               OK -> ALARM
- AWS Account:                123456789012
- Alarm Arn:                  arn:aws:cloudwatch:eu-central-1:123456789012:alarm:nightly failed

Monitored Metric:
- MetricNamespace:                     AWS/States
- MetricName:                          ExecutionsFailed
- Dimensions:                          [StateMachineArn = arn:aws:states:eu-central-1:123456789012:stateMachine:nightly-sales]
- Period:                              300 seconds
";

#[test]
fn a_mail_of_an_alarm() {
    for mail in [MAIL.to_owned(), MAIL.replace('\n', "\r\n"), MAIL.replace('\n', "\n> ")] {
        let found = resolve(&mail);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            found[0].kind,
            FoundKind::Alarm {
                name: "nightly failed".to_owned(),
                arn: Some("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:nightly failed".to_owned())
            }
        );
        assert_eq!(
            (found[0].region.as_deref(), found[0].account.as_deref()),
            (Some("eu-central-1"), Some("123456789012"))
        );
        assert_eq!(found[1].title, "state machine nightly-sales");
    }
    // Without address and ARN, the name and the account remain.
    let bare = "ALARM\n- Name:  nightly failed \n- AWS Account: 123456789012";
    let found = resolve(bare);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].title.as_str(), found[0].account.as_deref()), ("alarm nightly failed", Some("123456789012")));
    assert_eq!(
        bare.chars().skip(found[0].from).take(found[0].to - found[0].from).collect::<String>(),
        "nightly failed"
    );
}

#[test]
fn names_of_alarms_end_where_their_surroundings_say() {
    let arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a b";
    assert_eq!(titles(&format!("{{\"AlarmArn\":\"{arn}\",\"x\":\"y\"}}")), ["alarm a b"]);
    assert_eq!(titles(&format!("the alarm {arn} went off")), ["alarm a"]);
    assert_eq!(titles(&format!("Alarm ARN: {arn}\nnext")), ["alarm a b"]);
    assert_eq!(titles("see arn:aws:cloudwatch:eu-central-1:123456789012:alarm:x."), ["alarm x"]);
}

#[test]
fn one_thing_is_found_once() {
    let machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly";
    assert_eq!(
        arns(&format!("{EXECUTION} {machine} {EXECUTION}\n{machine}:3")),
        [EXECUTION.to_owned(), machine.to_owned(), format!("{machine}:3")]
    );
    let two = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:x arn:aws:cloudwatch:eu-west-1:123456789012:alarm:x";
    assert_eq!(resolve(two).len(), 2);
}

#[test]
fn a_hostile_paste_ends_soon() {
    let started = std::time::Instant::now();
    for unit in [
        "arn:aws:states:",
        "https://a%3A/arn:aws\n",
        "arn:",
        "arn%3A",
        "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:\n",
    ] {
        let _ = resolve(&unit.repeat(400_000 / unit.len()));
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn any_text_may_be_pasted(text in "(?s).{0,120}|[arn:sw%/htpc.3A\n -]{0,120}|arn:aws:(states|cloudwatch):[a-z1-]{3,9}:123456789012:(alarm|execution|stateMachine):(?s).{0,40}") {
        let count = text.chars().count();
        for found in resolve(&text) {
            prop_assert!(found.from < found.to && found.to <= count, "{found:?}");
            prop_assert!(!found.title.is_empty());
        }
    }

    #[test]
    fn a_known_arn_is_found_in_any_text(before in "(?s).{0,60}", after in "(?s).{0,60}", at in 0..3_usize) {
        // What stands right before it must not run into it, and what is open before it must not swallow it.
        prop_assume!(!before.to_ascii_lowercase().contains("arn") && !before.contains("http"));
        let text = match at {
            0 => format!("{before} {EXECUTION} {after}"),
            1 => format!("{before}\n{EXECUTION}\n{after}"),
            _ => format!("{before} <{EXECUTION}>{after}"),
        };
        prop_assert!(arns(&text).contains(&EXECUTION.to_owned()), "{text:?}");
    }
}
