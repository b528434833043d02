//! What is new, and the words in which a notification says it.
//!
//! A failure is news once: not if it ended before the program looked, not again when another profile sees the same
//! execution, and not if the person has said of its incident that it is seen, theirs, or to be left alone for a while.

use super::{
    failing::{Failing, Happened},
    quiet::time_zone,
};
use contract::{
    Timestamp,
    now::{Mark, MarkKind, NowKind},
    settings::{Place, Zone},
};
use jiff::SignedDuration;
use std::collections::{BTreeSet, HashMap, HashSet};

/// An incident that goes on failing is told again after this time at the earliest.
const REPEAT: SignedDuration = SignedDuration::from_mins(15);
/// How long is remembered what was told: longer than any incident stays on the page of a day.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
/// Incidents at once that have a notification each; more are one.
const MOST_ALONE: usize = 3;
/// Machines and jobs that one notification names.
const NAMED: usize = 3;

/// A notification of the desktop. Its texts are plain: whoever shows it escapes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub title: String,
    pub body: String,
    /// What it leads to; without one, the page Now.
    pub incident: Option<String>,
}

/// New failures of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    pub incident: String,
    pub place: Place,
    kind: NowKind,
    what: String,
    /// Of a job, why it failed or is late.
    error: String,
    /// The error is but the status in words.
    bare: bool,
    fresh: usize,
    newest: Timestamp,
}

/// What was seen and told since the program started.
#[derive(Debug, Default)]
pub(super) struct Memory {
    seen: HashSet<(Place, Happened)>,
    told: HashSet<Happened>,
    incidents: HashMap<String, Timestamp>,
}

impl Memory {
    /// Whether a notification told of something by this name.
    pub fn was_told(&self, name: &str) -> bool {
        self.told.iter().any(|(told, _)| told == name)
    }

    /// Takes note of the incidents of a place, and answers with those that have failed anew since `began`, the time of
    /// the first look. What may not be `told` is only noted.
    pub fn note(
        &mut self,
        place: &Place,
        failing: &[Failing],
        marks: &HashMap<String, Mark>,
        (began, now): (Timestamp, Timestamp),
        told: bool,
    ) -> Vec<News> {
        self.forget(now);
        let mut news = Vec::new();
        for Failing { row, happened } in failing {
            let mut fresh = Vec::new();
            for one in happened {
                if one.1 >= began && self.seen.insert((place.clone(), one.clone())) {
                    fresh.push(one.clone());
                }
            }
            fresh.retain(|end| !self.told.contains(end));
            let Some(newest) = fresh.iter().map(|(_, at)| *at).max() else { continue };
            let recent = self.incidents.get(&row.id).is_some_and(|at| now.duration_since(*at) < REPEAT);
            let silent = marks.get(&row.id).is_some_and(|mark| silences(mark, newest, now));
            if !told || recent || silent {
                continue;
            }
            let error = match row.kind {
                NowKind::Failed => row.error.clone().unwrap_or_default(),
                _ => row.why.clone(),
            };
            news.push(News {
                incident: row.id.clone(),
                place: place.clone(),
                kind: row.kind,
                what: row.what.clone(),
                bare: row.kind == NowKind::Failed && row.status.is_none_or(|status| status.word() == error),
                error,
                fresh: fresh.len(),
                newest,
            });
            self.incidents.insert(row.id.clone(), now);
            self.told.extend(fresh);
        }
        news
    }

    fn forget(&mut self, now: Timestamp) {
        let kept = |at: Timestamp| now.duration_since(at) < REMEMBERED;
        self.seen.retain(|(_, (_, at))| kept(*at));
        self.told.retain(|(_, at)| kept(*at));
        self.incidents.retain(|_, at| kept(*at));
    }
}

/// Whether nothing is raised for an incident. On the page a snoozed incident comes back when it fails again; on the
/// desktop it is left alone for the time that the person chose.
pub(super) fn silences(mark: &Mark, newest: Timestamp, now: Timestamp) -> bool {
    match mark.kind {
        MarkKind::Mine => true,
        MarkKind::Seen => newest <= mark.at,
        MarkKind::Snoozed => mark.until.is_none_or(|until| now < until),
    }
}

/// One notification for each incident, or one for all if there are many.
pub(super) fn alerts(news: &[News], zone: Zone) -> Vec<Alert> {
    if news.len() > MOST_ALONE {
        return vec![together(news, zone, "")];
    }
    news.iter()
        .map(|one| Alert { title: title(one), body: body(one, zone), incident: Some(one.incident.clone()) })
        .collect()
}

/// What failed in the quiet hours, in one notification.
pub(super) fn summary(news: &[News], zone: Zone) -> Option<Alert> {
    match news {
        [] => None,
        [one] => Some(Alert {
            title: format!("In the quiet hours: {}", title(one)),
            body: body(one, zone),
            incident: Some(one.incident.clone()),
        }),
        several => Some(together(several, zone, "In the quiet hours: ")),
    }
}

fn together(news: &[News], zone: Zone, before: &str) -> Alert {
    let whats: BTreeSet<&str> = news.iter().map(|one| one.what.as_str()).collect();
    let count = whats.len();
    let all = |kind: NowKind| news.iter().all(|one| one.kind == kind);
    let words = match count {
        1 if all(NowKind::Failed) => "machine failed",
        1 if all(NowKind::FailedJob) => "job failed",
        1 if all(NowKind::Late) => "job is late",
        _ if all(NowKind::Failed) => "machines failed",
        _ if all(NowKind::FailedJob) => "jobs failed",
        _ if all(NowKind::Late) => "jobs are late",
        _ => "machines and jobs failed or are late",
    };
    let mut names: Vec<String> = whats.iter().take(NAMED).map(|name| plain(name, 60)).collect();
    if count > NAMED {
        names.push(format!("{} more", count - NAMED));
    }
    let last = names.pop().unwrap_or_default();
    let names = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    let places: BTreeSet<String> = news.iter().map(|one| plain(&one.place.to_string(), 80)).collect();
    let newest = news.iter().map(|one| one.newest).max().map(|at| clock(at, zone)).unwrap_or_default();
    Alert {
        title: format!("{before}{count} {words}"),
        body: format!("{names}\n{} · newest {newest}", places.into_iter().collect::<Vec<_>>().join(", ")),
        incident: None,
    }
}

fn title(news: &News) -> String {
    if news.kind == NowKind::Late {
        return plain(&news.error, 160);
    }
    let (what, error) = (plain(&news.what, 80), plain(&news.error, 80));
    match (news.bare, error.as_str()) {
        (_, "") => format!("{what} failed"),
        (true, word) => format!("{what} {word}"),
        (false, error) => format!("{what} failed: {error}"),
    }
}

fn body(news: &News, zone: Zone) -> String {
    let failures = if news.fresh == 1 { "failure" } else { "failures" };
    let place = plain(&news.place.to_string(), 80);
    if news.kind == NowKind::Late {
        return format!("Late job · {place} · since {}", clock(news.newest, zone));
    }
    format!("{} new {failures} · {place} · {}", news.fresh, clock(news.newest, zone))
}

fn clock(at: Timestamp, zone: Zone) -> String {
    at.to_zoned(time_zone(zone)).strftime("%H:%M %Z").to_string()
}

/// A stranger's text in one short line, with nothing that moves or hides other text.
fn plain(text: &str, most: usize) -> String {
    let harmful = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let clean: String = text.chars().map(|c| if harmful(c) { ' ' } else { c }).collect();
    let clean = clean.trim();
    if clean.chars().count() <= most {
        return clean.to_owned();
    }
    let mut cut: String = clean.chars().take(most).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{executions::Status, now::NowRow};

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
        }
    }

    fn failing(rows: &[NowRow]) -> Vec<Failing> {
        let ended = |arn: &String| at(arn.split_once(':').unwrap().1);
        let of = |row: &NowRow| row.executions.iter().map(|arn| (arn.clone(), ended(arn))).collect();
        rows.iter().map(|row| Failing { row: row.clone(), happened: of(row) }).collect()
    }

    fn of_job(kind: NowKind, job: &str, why: &str) -> Failing {
        let row = NowRow { kind, why: why.into(), status: None, ..incident("p", job, "FAILED", &[]) };
        Failing { row, happened: vec![(format!("eu-west-1 {job}"), at("06:30"))] }
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
        assert_eq!(
            told.note("q", &[incident("q", "daily", "Bad", &["06:30"])], "06:33"),
            [],
            "another profile sees it"
        );
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
        assert_eq!(
            summary(&news, Zone::Utc).unwrap().title,
            "In the quiet hours: 2 machines and jobs failed or are late"
        );
        let mine = Mark { kind: MarkKind::Mine, who: "me".into(), at: at("06:00"), until: None };
        let marks = rows.iter().map(|failing| (failing.row.id.clone(), mine.clone())).collect();
        assert_eq!(Memory::default().note(&place("p"), &rows, &marks, times, true), []);
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
        assert_eq!(few[0].incident.as_deref(), Some("practice daily Bad.Thing"));
        let many = alerts(&news(&["a", "b", "c", "d", "e"]), Zone::Utc);
        assert_eq!(many.len(), 1);
        assert_eq!(many[0].title, "5 machines failed");
        assert_eq!(many[0].body, "a, b, c and 2 more\npractice eu-west-1 · newest 06:31 UTC");
        assert_eq!(many[0].incident, None);
    }

    #[test]
    fn quiet_hours_end_with_one_summary() {
        assert_eq!(summary(&[], Zone::Utc), None);
        let one = summary(&news(&["daily"]), Zone::Utc).unwrap();
        assert_eq!(one.title, "In the quiet hours: daily failed: Bad.Thing");
        assert_eq!(summary(&news(&["a", "b"]), Zone::Utc).unwrap().title, "In the quiet hours: 2 machines failed");
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
}
