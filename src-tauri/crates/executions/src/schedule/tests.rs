use super::*;
use contract::executions::{Standing, facts::StartRule};
use proptest::prelude::*;

fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn cron(fields: &str) -> Schedule {
    Schedule::read(&format!("cron({fields})"), None).unwrap()
}

/// The next starts after a moment.
fn starts(schedule: &Schedule, after: &str, count: usize) -> Vec<String> {
    let mut at = t(after);
    let mut all = Vec::new();
    while all.len() < count
        && let Some(next) = schedule.next(at)
    {
        all.push(next.to_string());
        at = next;
    }
    all
}

/// New York's rules, without a time zone database.
fn new_york(fields: &str) -> Schedule {
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    Schedule::with_zone(&format!("cron({fields})"), zone).unwrap()
}

#[test]
fn the_examples_of_the_documentation() {
    // "Cron expressions", EventBridge user guide. 2026-11-21 is a Saturday.
    for (fields, expected) in [
        ("0 10 * * ? *", "2026-11-21T10:00:00Z"),
        ("15 12 * * ? *", "2026-11-21T12:15:00Z"),
        ("0 18 ? * MON-FRI *", "2026-11-23T18:00:00Z"),
        ("0 8 1 * ? *", "2026-12-01T08:00:00Z"),
        ("0/15 * * * ? *", "2026-11-21T08:15:00Z"),
        ("0/10 * ? * MON-FRI *", "2026-11-23T00:00:00Z"),
        ("0/5 8-17 ? * MON-FRI *", "2026-11-23T08:00:00Z"),
        ("0/30 20-2 ? * MON-FRI *", "2026-11-23T00:00:00Z"),
        ("0 9 ? * 2#1 *", "2026-12-07T09:00:00Z"),
        ("0 0 L * ? *", "2026-11-30T00:00:00Z"),
        ("15 10 ? * 6L 2026-2027", "2026-11-27T10:15:00Z"),
        ("0 0 3W * ? *", "2026-12-03T00:00:00Z"),
        ("0 5 29 FEB ? *", "2028-02-29T05:00:00Z"),
        ("0 0 LW * ? *", "2026-11-30T00:00:00Z"),
        ("0 0 L-2 * ? *", "2026-11-28T00:00:00Z"),
        ("0 0 ? * L *", "2026-11-28T00:00:00Z"),
        ("0 0 ? * SUN,1 *", "2026-11-22T00:00:00Z"),
        ("1/10 8 * * ? *", "2026-11-21T08:11:00Z"),
    ] {
        assert_eq!(starts(&cron(fields), "2026-11-21T08:10:00Z", 1), [expected], "{fields}");
    }
}

#[test]
fn the_nearest_weekday_stays_in_its_month() {
    // 1 August 2026 is a Saturday: Monday the 3rd. 31 May 2026 is a Sunday: Friday the 29th. 15 August is a Saturday.
    assert_eq!(starts(&cron("0 0 1W 8 ? 2026"), "2026-01-01T00:00:00Z", 2), ["2026-08-03T00:00:00Z"]);
    assert_eq!(starts(&cron("0 0 31W 5 ? 2026"), "2026-01-01T00:00:00Z", 2), ["2026-05-29T00:00:00Z"]);
    assert_eq!(starts(&cron("0 0 15W 8 ? 2026"), "2026-01-01T00:00:00Z", 2), ["2026-08-14T00:00:00Z"]);
    assert_eq!(starts(&cron("0 0 16W 8 ? 2026"), "2026-01-01T00:00:00Z", 2), ["2026-08-17T00:00:00Z"]);
    assert_eq!(starts(&cron("0 0 31W 6 ? 2026"), "2026-01-01T00:00:00Z", 2), Vec::<String>::new());
}

#[test]
fn ranges_run_over_the_end() {
    assert_eq!(
        starts(&cron("0 22-1 ? * FRI-SUN *"), "2026-11-20T12:00:00Z", 4),
        ["2026-11-20T22:00:00Z", "2026-11-20T23:00:00Z", "2026-11-21T00:00:00Z", "2026-11-21T01:00:00Z"]
    );
}

#[test]
fn what_is_not_a_schedule_is_refused_with_its_reason() {
    for (text, reason) in [
        ("", "is not a schedule"),
        ("cron(0 5 * * ?)", "has 5 fields"),
        ("cron(0 5 * * * *)", "must be ?"),
        ("cron(0 5 ? * ? *)", "only one"),
        ("cron(60 5 * * ? *)", "field minutes"),
        ("cron(0 24 * * ? *)", "field hours"),
        ("cron(0 5 32 * ? *)", "field day of month"),
        ("cron(0 5 * FOO ? *)", "field month"),
        ("cron(0 5 ? * 8 *)", "field day of week"),
        ("cron(0 5 ? * 2#6 *)", "field day of week"),
        ("cron(0 5 * * ? 1969)", "field year"),
        ("cron(0 5 * * ? 2027-2026)", "field year"),
        ("cron(0/0 5 * * ? *)", "field minutes"),
        ("cron(0,, 5 * * ? *)", "field minutes"),
        ("rate(0 minutes)", "write a number"),
        ("rate(-1 minutes)", "write a number"),
        ("rate(9223372036854775807 days)", "write a number"),
        ("rate(5 weeks)", "write a number"),
        ("at(2026-13-01T00:00:00)", "yyyy-mm-dd"),
        ("at(tomorrow)", "yyyy-mm-dd"),
    ] {
        let error = Schedule::read(text, None).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn an_impossible_date_never_comes() {
    assert_eq!(cron("0 0 31 2 ? *").next(t("2026-01-01T00:00:00Z")), None);
    assert_eq!(cron("0 0 31 2 ? *").previous(t("2026-01-01T00:00:00Z")), None);
    assert_eq!(cron("0 0 1 1 ? 2020").next(t("2026-01-01T00:00:00Z")), None);
    assert_eq!(cron("0 0 1 1 ? 2020").previous(t("2026-01-01T00:00:00Z")), Some(t("2020-01-01T00:00:00Z")));
}

#[test]
fn rates_and_single_times() {
    let rate = Schedule::read("rate(12 hours)", None).unwrap();
    assert_eq!(rate.next(t("2026-11-21T00:30:00Z")), Some(t("2026-11-21T12:30:00Z")));
    assert_eq!(rate.previous(t("2026-11-21T12:30:00Z")), Some(t("2026-11-21T00:30:00Z")));
    let at = Schedule::read("at(2026-11-21T05:00:00)", Some("+01:00")).unwrap();
    assert_eq!(at.next(t("2026-11-21T03:59:59Z")), Some(t("2026-11-21T04:00:00Z")));
    assert_eq!(at.next(t("2026-11-21T04:00:00Z")), None);
    assert_eq!(at.previous(t("2026-11-21T04:00:00Z")), None);
    assert_eq!(at.previous(t("2026-11-21T04:00:01Z")), Some(t("2026-11-21T04:00:00Z")));
}

#[test]
fn zones_by_offset_and_by_name() {
    let five = |zone| Schedule::read("cron(0 5 * * ? *)", Some(zone)).unwrap().next(t("2026-11-21T00:00:00Z")).unwrap();
    for zone in ["UTC", "Etc/UTC", "GMT", "", "Z"] {
        assert_eq!(five(zone), t("2026-11-21T05:00:00Z"), "{zone}");
    }
    assert_eq!(five("+01:00"), t("2026-11-21T04:00:00Z"));
    assert_eq!(five("UTC-0330"), t("2026-11-21T08:30:00Z"));
    assert_eq!(five("Etc/GMT+5"), t("2026-11-21T10:00:00Z"));
    let error = Schedule::read("cron(0 5 * * ? *)", Some("Mars/Olympus")).unwrap_err();
    assert!(error.contains("Mars/Olympus"), "{error}");
}

#[test]
fn a_schedule_keeps_the_time_on_the_wall_of_its_zone() {
    // Berlin goes to summer time on 29 March 2026 and back on 25 October.
    let berlin = |fields: &str| Schedule::read(&format!("cron({fields})"), Some("Europe/Berlin")).unwrap();
    assert_eq!(
        starts(&berlin("0 5 * * ? *"), "2026-03-27T12:00:00Z", 3),
        ["2026-03-28T04:00:00Z", "2026-03-29T03:00:00Z", "2026-03-30T03:00:00Z"]
    );
    assert_eq!(
        starts(&berlin("0 5 * * ? *"), "2026-10-23T12:00:00Z", 3),
        ["2026-10-24T03:00:00Z", "2026-10-25T04:00:00Z", "2026-10-26T04:00:00Z"]
    );
    let half_past_two = berlin("30 2 * * ? *");
    assert_eq!(starts(&half_past_two, "2026-03-28T12:00:00Z", 1), ["2026-03-30T00:30:00Z"], "skipped on the 29th");
    assert_eq!(
        starts(&half_past_two, "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        "once on the 25th, the first time"
    );
}

#[test]
fn a_skipped_hour_is_skipped_and_a_repeated_hour_runs_once() {
    // 8 March 2026, 02:00 to 03:00 does not exist; 1 November 2026, 01:00 to 02:00 comes twice.
    assert_eq!(
        starts(&new_york("30 2 * * ? *"), "2026-03-07T00:00:00Z", 3),
        ["2026-03-07T07:30:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"]
    );
    assert_eq!(
        starts(&new_york("30 1 * * ? *"), "2026-10-31T12:00:00Z", 2),
        ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
    );
    // Asked in the second of the two hours.
    let quarter = new_york("0/15 * * * ? *");
    assert_eq!(quarter.next(t("2026-11-01T06:10:00Z")), Some(t("2026-11-01T07:00:00Z")));
    assert_eq!(quarter.previous(t("2026-11-01T06:10:00Z")), Some(t("2026-11-01T05:45:00Z")));
}

fn rule(name: &str, expression: Option<&str>, enabled: bool) -> StartRule {
    StartRule {
        name: name.to_owned(),
        expression: expression.map(str::to_owned),
        pattern: None,
        zone: None,
        enabled,
        target: "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly".to_owned(),
    }
}

fn stands(rules: &[StartRule], last: Option<&str>, created: Option<&str>, now: &str) -> Standing {
    standing(rules, last.map(t), created.map(t), t(now)).unwrap().standing
}

#[test]
fn a_clock_is_on_time_late_or_has_never_run() {
    let nightly = [rule("rule nightly", Some("cron(0 5 * * ? *)"), true)];
    let expected = standing(&nightly, Some(t("2026-11-21T05:00:21Z")), None, t("2026-11-21T09:00:00Z")).unwrap();
    assert_eq!((expected.by.as_str(), expected.standing), ("rule nightly", Standing::OnTime));
    assert_eq!(expected.next, Some(t("2026-11-22T05:00:00Z")));
    // Within the grace of five minutes, and after it.
    let last = Some("2026-11-20T05:00:21Z");
    assert_eq!(stands(&nightly, last, None, "2026-11-21T05:04:59Z"), Standing::OnTime);
    assert_eq!(stands(&nightly, last, None, "2026-11-21T05:05:01Z"), Standing::Late(t("2026-11-21T05:00:00Z")));
    // Since the first that is missing, not the last.
    assert_eq!(stands(&nightly, last, None, "2026-11-25T09:00:00Z"), Standing::Late(t("2026-11-21T05:00:00Z")));
    // Started by hand shortly before: the clock's own run is missing.
    assert_eq!(
        stands(&nightly, Some("2026-11-21T04:59:00Z"), None, "2026-11-21T06:00:00Z"),
        Standing::Late(t("2026-11-21T05:00:00Z"))
    );
    assert_eq!(stands(&nightly, None, None, "2026-11-21T09:00:00Z"), Standing::NeverRan);
    assert_eq!(stands(&nightly, None, Some("2026-11-21T05:30:00Z"), "2026-11-21T09:00:00Z"), Standing::OnTime);
    assert_eq!(stands(&nightly, None, Some("2026-11-20T05:30:00Z"), "2026-11-21T09:00:00Z"), Standing::NeverRan);
    // A run of last January is no longer kept in August: nothing can be said.
    let yearly = [rule("rule yearly", Some("cron(0 5 1 1 ? *)"), true)];
    assert_eq!(stands(&yearly, None, None, "2026-08-01T00:00:00Z"), Standing::Unknown);
}

#[test]
fn a_rate_is_late_after_one_and_a_half_periods() {
    let hourly = [rule("schedule default/hourly", Some("rate(1 hour)"), true)];
    let last = Some("2026-11-21T05:00:00Z");
    let expected = standing(&hourly, last.map(t), None, t("2026-11-21T06:29:00Z")).unwrap();
    assert_eq!((expected.standing, expected.next), (Standing::OnTime, Some(t("2026-11-21T07:00:00Z"))));
    assert_eq!(stands(&hourly, last, None, "2026-11-21T06:31:00Z"), Standing::Late(t("2026-11-21T06:00:00Z")));
    // A minute is no time at all to be late by.
    let every_minute = [rule("schedule default/often", Some("rate(1 minute)"), true)];
    assert_eq!(stands(&every_minute, last, None, "2026-11-21T05:05:30Z"), Standing::OnTime);
    assert_eq!(stands(&every_minute, last, None, "2026-11-21T05:06:30Z"), Standing::Late(t("2026-11-21T05:01:00Z")));
    assert_eq!(stands(&hourly, None, Some("2026-11-21T05:00:00Z"), "2026-11-21T05:30:00Z"), Standing::OnTime);
    assert_eq!(stands(&hourly, None, Some("2026-11-21T05:00:00Z"), "2026-11-21T07:30:00Z"), Standing::NeverRan);
    assert_eq!(stands(&hourly, None, None, "2026-11-21T07:30:00Z"), Standing::NeverRan);
}

#[test]
fn switched_off_events_and_what_cannot_be_read() {
    let now = "2026-11-21T09:00:00Z";
    let off = rule("rule nightly", Some("cron(0 5 * * ? *)"), false);
    let events = rule("rule on-upload", None, true);
    assert_eq!(stands(std::slice::from_ref(&off), None, None, now), Standing::Disabled);
    assert_eq!(stands(std::slice::from_ref(&events), None, None, now), Standing::Unknown);
    assert_eq!(stands(&[events.clone(), off], None, None, now), Standing::Disabled);
    assert_eq!(stands(&[rule("rule on-upload", None, false)], None, None, now), Standing::Disabled);
    assert_eq!(stands(&[rule("rule odd", Some("every day"), true)], None, None, now), Standing::Unknown);
    assert_eq!(standing(&[], None, None, t(now)), None);
    // The late one of two is the answer.
    let both =
        [rule("rule weekly", Some("cron(0 5 ? * MON *)"), true), rule("rule nightly", Some("cron(0 5 * * ? *)"), true)];
    let expected = standing(&both, Some(t("2026-11-18T05:00:10Z")), None, t(now)).unwrap();
    assert_eq!((expected.by.as_str(), expected.standing), ("rule nightly", Standing::Late(t("2026-11-19T05:00:00Z"))));
}

fn field(least: i16, most: i16) -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        (least..=most).prop_map(|n| n.to_string()),
        (least..=most, least..=most).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        (least..=most, 1..=most).prop_map(|(a, step)| format!("{a}/{step}")),
        (least..=most, least..=most).prop_map(|(a, b)| format!("{a},{b}")),
    ]
}

prop_compose! {
    fn any_cron()(
        minutes in field(0, 59),
        hours in field(0, 23),
        days in prop_oneof![
            field(1, 31).prop_map(|day| (day, "?".to_owned())),
            field(1, 7).prop_map(|day| ("?".to_owned(), day)),
            (1..=31).prop_map(|day| (format!("{day}W"), "?".to_owned())),
            (1..=7, 1..=5).prop_map(|(day, nth)| ("?".to_owned(), format!("{day}#{nth}"))),
            (1..=7).prop_map(|day| ("?".to_owned(), format!("{day}L"))),
            Just(("L".to_owned(), "?".to_owned())),
        ],
        month in field(1, 12),
    ) -> String {
        format!("{minutes} {hours} {} {month} {} *", days.0, days.1)
    }
}

proptest! {
    #[test]
    fn next_and_previous_are_inverse_and_go_on(fields in any_cron(), second in 0..4_000_000_000_i64, dst: bool) {
        let schedule = if dst { new_york(&fields) } else { cron(&fields) };
        let after = Timestamp::from_second(second).unwrap();
        if let Some(next) = schedule.next(after) {
            prop_assert!(next > after);
            let second = SignedDuration::from_secs(1);
            prop_assert_eq!(schedule.previous(next + second), Some(next));
            // Nothing lies between.
            prop_assert!(schedule.previous(next).is_none_or(|before| before <= after));
            prop_assert!(schedule.next(next).is_none_or(|later| later > next));
        }
    }

    #[test]
    fn anything_may_be_written(text in "\\PC{0,40}|(cron|rate|at)\\([ -~]{0,30}\\)", zone in "\\PC{0,12}|[A-Z+:0-9/-]{0,9}") {
        let now = t("2026-11-21T09:00:00Z");
        if let Ok(schedule) = Schedule::read(&text, Some(&zone)) {
            let _ = (schedule.next(now), schedule.previous(now));
            let _ = (schedule.next(Timestamp::MAX), schedule.previous(Timestamp::MIN));
        }
        let rules = [rule("rule x", Some(&text), true)];
        prop_assert!(standing(&rules, Some(now), None, now).is_some());
    }
}
