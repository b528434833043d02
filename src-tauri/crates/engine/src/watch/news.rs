//! What is new, and the words in which a notification says it.
//!
//! A failure is news once: not if it ended before the program looked, not again when another profile sees the same
//! execution, and not if the person has said of its incident that it is seen, theirs, or to be left alone for a while.

use super::{
    failing::{Failing, Happened, Subject},
    quiet::time_zone,
};
use contract::{
    Timestamp,
    now::{AlertEvent, Mark, MarkKind},
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
    /// What it leads to.
    pub opens: AlertEvent,
}

/// New failures of one incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    pub incident: String,
    pub place: Place,
    subject: Subject,
    what: String,
    /// Of a machine its error, otherwise why.
    error: String,
    /// The error is but the status in words.
    bare: bool,
    opens: AlertEvent,
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
        for about in failing {
            let mut fresh = Vec::new();
            for one in &about.happened {
                if one.1 >= began && self.seen.insert((place.clone(), one.clone())) {
                    fresh.push(one.clone());
                }
            }
            fresh.retain(|end| !self.told.contains(end));
            let Some(newest) = fresh.iter().map(|(_, at)| *at).max() else { continue };
            let recent = self.incidents.get(&about.id).is_some_and(|at| now.duration_since(*at) < REPEAT);
            let silent = marks.get(&about.id).is_some_and(|mark| silences(mark, newest, now));
            if !told || recent || silent {
                continue;
            }
            news.push(News {
                incident: about.id.clone(),
                place: place.clone(),
                subject: about.subject,
                what: about.what.clone(),
                error: about.words.clone(),
                bare: about.bare,
                opens: about.opens.clone(),
                fresh: fresh.len(),
                newest,
            });
            self.incidents.insert(about.id.clone(), now);
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
    news.iter().map(|one| Alert { title: title(one), body: body(one, zone), opens: one.opens.clone() }).collect()
}

/// What failed in the quiet hours, in one notification.
pub(super) fn summary(news: &[News], zone: Zone) -> Option<Alert> {
    match news {
        [] => None,
        [one] => Some(Alert {
            title: format!("In the quiet hours: {}", title(one)),
            body: body(one, zone),
            opens: one.opens.clone(),
        }),
        several => Some(together(several, zone, "In the quiet hours: ")),
    }
}

fn together(news: &[News], zone: Zone, before: &str) -> Alert {
    let whats: BTreeSet<&str> = news.iter().map(|one| one.what.as_str()).collect();
    let count = whats.len();
    let all = |subjects: &[Subject]| news.iter().all(|one| subjects.contains(&one.subject));
    let words = match news.first().map(|one| one.subject) {
        Some(subject) if all(&[subject]) => counted(subject, count == 1),
        _ if count == 1 => "thing to look at",
        _ if all(&[Subject::Machine, Subject::Job, Subject::Late, Subject::LateMachine]) => {
            "machines and jobs failed or are late"
        }
        _ => "things to look at",
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
        opens: AlertEvent::Open { incident: None },
    }
}

/// What of one kind has happened, behind its number.
fn counted(subject: Subject, is_one: bool) -> &'static str {
    match (subject, is_one) {
        (Subject::Machine, true) => "machine failed",
        (Subject::Machine, false) => "machines failed",
        (Subject::Job, true) => "job failed",
        (Subject::Job, false) => "jobs failed",
        (Subject::Late, true) => "job is late",
        (Subject::Late, false) => "jobs are late",
        (Subject::LateMachine, true) => "machine is late",
        (Subject::LateMachine, false) => "machines are late",
        (Subject::Pending, true) => "version waits for a decision",
        (Subject::Pending, false) => "versions wait for a decision",
        (Subject::Drift, true) => "monitor found drift",
        (Subject::Drift, false) => "monitors found drift",
        (Subject::Silent, true) => "monitor is silent",
        (Subject::Silent, false) => "monitors are silent",
        (Subject::Endpoint, true) => "endpoint is in trouble",
        (Subject::Endpoint, false) => "endpoints are in trouble",
    }
}

fn title(news: &News) -> String {
    let (what, error) = (plain(&news.what, 80), plain(&news.error, 80));
    match news.subject {
        Subject::Late | Subject::LateMachine => plain(&news.error, 160),
        Subject::Pending => format!("{what} waits for a decision"),
        Subject::Drift => format!("{what} found drift"),
        Subject::Silent => format!("{what} is silent"),
        Subject::Endpoint => format!("{what} is in trouble"),
        Subject::Machine | Subject::Job => match (news.bare, error.as_str()) {
            (_, "") => format!("{what} failed"),
            (true, word) => format!("{what} {word}"),
            (false, error) => format!("{what} failed: {error}"),
        },
    }
}

fn body(news: &News, zone: Zone) -> String {
    let (place, at) = (plain(&news.place.to_string(), 80), clock(news.newest, zone));
    match news.subject {
        Subject::Late => format!("Late job · {place} · since {at}"),
        Subject::LateMachine => format!("Late state machine · {place} · since {at}"),
        Subject::Pending | Subject::Drift | Subject::Silent | Subject::Endpoint => {
            format!("{}\n{place} · {at}", plain(&news.error, 160))
        }
        Subject::Machine | Subject::Job => {
            let failures = if news.fresh == 1 { "failure" } else { "failures" };
            format!("{} new {failures} · {place} · {at}", news.fresh)
        }
    }
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
mod tests;
