use super::*;
use contract::{
    executions::Status,
    now::{NowKind, NowRow},
};

fn at(text: &str) -> Timestamp {
    format!("2026-11-21T{text}:00Z").parse().unwrap()
}

fn place(profile: &str) -> Place {
    Place { profile: profile.into(), region: "eu-west-1".into() }
}

/// An incident of executions that are named by the time at which they ended.
fn incident(profile: &str, machine: &str, error: &str, ended: &[&str]) -> NowRow {
    NowRow {
        id: format!("{profile} {machine} {error}"),
        kind: NowKind::Failed,
        what: machine.into(),
        machine: Some(machine.into()),
        status: Some(Status::Failed),
        error: Some(error.into()),
        why: String::new(),
        runs: ended.len() as u64,
        newest: at("00:00"),
        oldest: at("00:00"),
        executions: ended.iter().map(|end| format!("{machine}:{end}")).collect(),
        jobs: Vec::new(),
        absence: None,
        profile: profile.into(),
        region: "eu-west-1".into(),
        mark: None,
        operation: None,
        members: Vec::new(),
    }
}

fn failing(rows: &[NowRow]) -> Vec<Failing> {
    let ended = |arn: &String| at(arn.split_once(':').unwrap().1);
    let of = |row: &NowRow| row.executions.iter().map(|arn| (arn.clone(), ended(arn))).collect();
    rows.iter().map(|row| Failing::of(row, of(row))).collect()
}

fn of_job(kind: NowKind, job: &str, why: &str) -> Failing {
    let row = NowRow { kind, why: why.into(), machine: None, status: None, ..incident("p", job, "FAILED", &[]) };
    Failing::of(&row, vec![(format!("eu-west-1 {job}"), at("06:30"))])
}

struct Told(Memory, HashMap<String, Mark>);

impl Told {
    fn note(&mut self, profile: &str, rows: &[NowRow], now: &str) -> Vec<(String, usize)> {
        let times = (at("06:00"), at(now));
        let news = self.0.note(&place(profile), &failing(rows), &self.1, times, true);
        news.into_iter().map(|news| (news.what, news.fresh)).collect()
    }
}

#[test]
fn only_what_ended_since_the_first_look_is_news_and_only_once() {
    let mut told = Told(Memory::default(), HashMap::new());
    assert_eq!(told.note("p", &[incident("p", "daily", "Bad", &["05:00"])], "06:01"), [], "it was there before");
    let again = [incident("p", "daily", "Bad", &["06:30", "05:00"])];
    assert_eq!(told.note("p", &again, "06:31"), [("daily".to_owned(), 1)], "it failed again");
    assert_eq!(told.note("p", &again, "06:32"), []);
    assert_eq!(told.note("q", &[incident("q", "daily", "Bad", &["06:30"])], "06:33"), [], "another profile sees it");
    let more = [incident("p", "daily", "Bad", &["06:40", "06:30"])];
    assert_eq!(told.note("p", &more, "06:41"), [], "told ten minutes ago");
    let more = [incident("p", "daily", "Bad", &["07:40", "06:40"]), incident("p", "daily", "Other", &["07:39"])];
    assert_eq!(told.note("p", &more, "07:41"), [("daily".to_owned(), 1), ("daily".to_owned(), 1)]);
}

#[test]
fn what_may_not_be_told_is_no_news_later() {
    let mut memory = Memory::default();
    let rows = failing(&[incident("p", "daily", "Bad", &["06:30"])]);
    let times = (at("06:00"), at("06:31"));
    assert_eq!(memory.note(&place("p"), &rows, &HashMap::new(), times, false), []);
    assert_eq!(memory.note(&place("p"), &rows, &HashMap::new(), times, true), [], "the profile was unlocked");
    assert_eq!(memory.note(&place("q"), &rows, &HashMap::new(), times, true).len(), 1, "another may tell it");
}

#[test]
fn failed_and_late_jobs_are_told_once_and_not_against_a_mark() {
    let rows = [
        of_job(NowKind::FailedJob, "clean", "Glue job run: no space left"),
        of_job(NowKind::Late, "feed", "feed has not run for 3 d: trigger nightly is disabled"),
    ];
    let times = (at("06:00"), at("06:40"));
    let mut memory = Memory::default();
    let news = memory.note(&place("p"), &rows, &HashMap::new(), times, true);
    let told = alerts(&news, Zone::Utc);
    assert_eq!(told[0].title, "clean failed: Glue job run: no space left");
    assert_eq!(told[0].body, "1 new failure · p eu-west-1 · 06:30 UTC");
    assert_eq!(told[1].title, "feed has not run for 3 d: trigger nightly is disabled");
    assert_eq!(told[1].body, "Late job · p eu-west-1 · since 06:30 UTC");
    assert!(memory.was_told("eu-west-1 clean") && !memory.was_told("eu-west-1 other"));
    assert_eq!(memory.note(&place("q"), &rows, &HashMap::new(), times, true), [], "another profile sees them");
    assert_eq!(summary(&news, Zone::Utc).unwrap().title, "In the quiet hours: 2 machines and jobs failed or are late");
    let mine = Mark { kind: MarkKind::Mine, who: "me".into(), at: at("06:00"), until: None };
    let marks = rows.iter().map(|failing| (failing.id.clone(), mine.clone())).collect();
    assert_eq!(Memory::default().note(&place("p"), &rows, &marks, times, true), []);
}

#[test]
fn a_late_state_machine_is_told_in_the_words_of_a_late_job() {
    let words = "menu-sync has not run for 3 d: schedule default/menu-sync-morning is disabled";
    let late = |machine: &str| {
        let row = NowRow { kind: NowKind::Late, why: words.into(), ..incident("p", machine, "", &[]) };
        Failing::of(&row, vec![(format!(" arn:{machine} Late"), at("06:30"))])
    };
    let times = (at("06:00"), at("06:40"));
    let news = Memory::default().note(&place("p"), &[late("menu-sync")], &HashMap::new(), times, true);
    let told = alerts(&news, Zone::Utc);
    assert_eq!(told[0].title, words);
    assert_eq!(told[0].body, "Late state machine · p eu-west-1 · since 06:30 UTC");
    let both = [late("menu-sync"), late("stock-levels")];
    let news = Memory::default().note(&place("p"), &both, &HashMap::new(), times, true);
    assert_eq!(summary(&news, Zone::Utc).unwrap().title, "In the quiet hours: 2 machines are late");
}

#[test]
fn marks_silence_an_incident_as_long_as_they_hold() {
    let mark = |kind, until: Option<&str>| Mark { kind, who: "me".into(), at: at("06:35"), until: until.map(at) };
    let (before, after, now) = (at("06:30"), at("06:40"), at("06:41"));
    assert!(silences(&mark(MarkKind::Seen, None), before, now));
    assert!(!silences(&mark(MarkKind::Seen, None), after, now), "it failed after it was seen");
    assert!(silences(&mark(MarkKind::Mine, None), after, now));
    assert!(silences(&mark(MarkKind::Snoozed, Some("08:00")), after, now));
    assert!(!silences(&mark(MarkKind::Snoozed, Some("08:00")), after, at("08:00")));
    let mut told = Told(Memory::default(), HashMap::from([("p daily Bad".into(), mark(MarkKind::Mine, None))]));
    assert_eq!(told.note("p", &[incident("p", "daily", "Bad", &["06:40"])], "06:41"), []);
}

fn news(machines: &[&str]) -> Vec<News> {
    let rows: Vec<NowRow> =
        machines.iter().map(|machine| incident("practice", machine, "Bad.Thing", &["06:30", "06:31"])).collect();
    let times = (at("06:00"), at("06:32"));
    Memory::default().note(&place("practice"), &failing(&rows), &HashMap::new(), times, true)
}

#[test]
fn few_incidents_speak_for_themselves_and_many_together() {
    let few = alerts(&news(&["daily", "weekly"]), Zone::Utc);
    assert_eq!(few.len(), 2);
    assert_eq!(few[0].title, "daily failed: Bad.Thing");
    assert_eq!(few[0].body, "2 new failures · practice eu-west-1 · 06:31 UTC");
    let incident = Some("practice daily Bad.Thing".to_owned());
    assert_eq!(few[0].opens, AlertEvent::Open { incident });
    let many = alerts(&news(&["a", "b", "c", "d", "e"]), Zone::Utc);
    assert_eq!(many.len(), 1);
    assert_eq!(many[0].title, "5 machines failed");
    assert_eq!(many[0].body, "a, b, c and 2 more\npractice eu-west-1 · newest 06:31 UTC");
    assert_eq!(many[0].opens, AlertEvent::Open { incident: None });
}

#[test]
fn quiet_hours_end_with_one_summary() {
    assert_eq!(summary(&[], Zone::Utc), None);
    let one = summary(&news(&["daily"]), Zone::Utc).unwrap();
    assert_eq!(one.title, "In the quiet hours: daily failed: Bad.Thing");
    assert_eq!(summary(&news(&["a", "b"]), Zone::Utc).unwrap().title, "In the quiet hours: 2 machines failed");
}

fn of_model(subject: Subject, what: &str, words: &str) -> Failing {
    Failing {
        id: format!("p eu-west-1 {what}"),
        subject,
        what: what.into(),
        words: words.into(),
        bare: false,
        newest: at("06:30"),
        opens: AlertEvent::Monitor { place: place("p"), schedule: what.into() },
        happened: vec![(format!(" eu-west-1 {what}"), at("06:30"))],
    }
}

#[test]
fn news_of_models_are_told_once_and_lead_to_what_they_tell_of() {
    let rows = [
        of_model(Subject::Silent, "churn-data", "the schedule is stopped"),
        of_model(Subject::Endpoint, "churn-live", "it failed: no capacity"),
        of_model(Subject::Pending, "churn 7", "registered by ana 3 d ago; nobody has decided"),
    ];
    let times = (at("06:00"), at("06:40"));
    let mut memory = Memory::default();
    let news = memory.note(&place("p"), &rows, &HashMap::new(), times, true);
    let told = alerts(&news, Zone::Utc);
    let titles: Vec<&str> = told.iter().map(|alert| alert.title.as_str()).collect();
    assert_eq!(titles, ["churn-data is silent", "churn-live is in trouble", "churn 7 waits for a decision"]);
    assert_eq!(told[1].body, "it failed: no capacity\np eu-west-1 · 06:30 UTC");
    assert_eq!(told[0].opens, AlertEvent::Monitor { place: place("p"), schedule: "churn-data".into() });
    assert_eq!(memory.note(&place("p"), &rows, &HashMap::new(), times, true), []);
    assert_eq!(memory.note(&place("q"), &rows, &HashMap::new(), times, true), [], "another profile, as early");
    assert_eq!(summary(&news, Zone::Utc).unwrap().title, "In the quiet hours: 3 things to look at");
    let late = (at("06:31"), at("06:40"));
    assert_eq!(Memory::default().note(&place("p"), &rows, &HashMap::new(), late, true), [], "it was so before");
}

#[test]
fn one_name_with_two_kinds_of_trouble_is_one_thing() {
    let silent = of_model(Subject::Silent, "churn", "the schedule is stopped");
    let drift = of_model(Subject::Drift, "churn", "two features");
    let happened = vec![(" eu-west-1 drift churn".to_owned(), at("06:30"))];
    let rows = [silent, Failing { id: "p eu-west-1 drift churn".into(), happened, ..drift }];
    let times = (at("06:00"), at("06:40"));
    let news = Memory::default().note(&place("p"), &rows, &HashMap::new(), times, true);
    assert_eq!(summary(&news, Zone::Utc).unwrap().title, "In the quiet hours: 1 thing to look at");
}

#[test]
fn many_of_one_kind_are_one_notification_of_that_kind() {
    let names = ["a", "b", "c", "d"];
    let told = |subject: Subject| {
        let rows: Vec<Failing> = names.iter().map(|name| of_model(subject, name, "why")).collect();
        let times = (at("06:00"), at("06:40"));
        let news = Memory::default().note(&place("p"), &rows, &HashMap::new(), times, true);
        alerts(&news, Zone::Utc).into_iter().map(|alert| alert.title).collect::<Vec<_>>()
    };
    assert_eq!(told(Subject::Silent), ["4 monitors are silent"]);
    assert_eq!(told(Subject::Drift), ["4 monitors found drift"]);
    assert_eq!(told(Subject::Pending), ["4 versions wait for a decision"]);
    assert_eq!(told(Subject::Endpoint), ["4 endpoints are in trouble"]);
}

#[test]
fn words_of_strangers_stay_in_their_line() {
    assert_eq!(plain("a\nb\u{202e}c\u{7}", 60), "a b c");
    assert_eq!(plain(&"x".repeat(100), 5), "xxxxx…");
    let mut failed = news(&["daily"]);
    failed[0].error = "timed out".into();
    failed[0].bare = true;
    assert_eq!(alerts(&failed, Zone::Utc)[0].title, "daily timed out");
}
