//! Closer looks at monitors, a few at each look of the watch and in turn: what lists cannot tell, such as captured data, ground
//! truth and checks that are disabled, is so known on Now without anybody opening the page of monitors.

use super::{
    key,
    look::{Looked, RARELY},
};
use crate::Desk;
use aws::Session;
use contract::{
    Notice, Timestamp,
    drift::{MonitorRow, Origin},
    models::{
        HealthState,
        facts::{DeployedModel, ScheduleSummary},
    },
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Monitors that are looked at in one look of the watch.
const MOST_LOOKED: usize = 5;
/// How soon one is looked at again at the earliest: what is kept around it is as old.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// What closer looks found so far, whoever took them.
#[derive(Debug)]
pub(super) struct Closer {
    pub rows: Arc<Vec<MonitorRow>>,
    /// Monitors that measured at a look: of one that is silent now, the beginning was seen.
    heard: HashSet<String>,
    /// Of the monitors that lists tell nothing bad of.
    looked: usize,
}

impl Closer {
    /// Silent now, and not at the first look already.
    pub fn has_begun(&self, row: &MonitorRow) -> bool {
        row.health == HealthState::Silent && self.heard.contains(&row.schedule)
    }

    /// What is not known yet. `known` monitors are known to be silent without a look.
    pub fn notice(&self, known: usize, all: usize) -> Option<Notice> {
        let looked = known + self.looked;
        let text = format!("Captured data, ground truth and checks: {looked} of {all} monitors looked at so far.");
        (looked < all).then(|| Notice::info(text))
    }
}

impl Desk {
    /// Looks at a few of the monitors that lists tell nothing bad of.
    pub(super) async fn look_closer(
        &self,
        session: &Session,
        quiet: Vec<ScheduleSummary>,
        models: &[DeployedModel],
    ) -> Closer {
        let (drift, place, now) = (&self.inner.drift, key(session, ""), session.now());
        let names: Vec<String> = quiet.iter().map(|one| one.name.clone()).collect();
        let next = due(quiet, &drift.listed.last(&place).unwrap_or_default(), now);
        if !next.is_empty() {
            let served = self.served(session, models, RARELY).await.unwrap_or_default();
            let bare = next.into_iter().map(|summary| Looked::bare(summary, models));
            let looks: Vec<_> =
                bare.map(|looked| self.look_at_monitor(session, looked, &served, RARELY, false)).collect();
            let mut looking = stream::iter(looks).buffer_unordered(MOST_LOOKED);
            let mut fresh = Vec::new();
            while let Some(looked) = looking.next().await {
                fresh.push((looked.row(&looked.health(now), now), looked.notices.is_empty()));
            }
            // Its page may have read all of them meanwhile.
            let kept = drift.listed.last(&place).unwrap_or_default();
            drift.listed.put(place.clone(), Arc::new(merged(&kept, fresh)));
        }
        let rows = drift.listed.last(&place).unwrap_or_default();
        for row in rows.iter().filter(|row| measures(row)) {
            drift.heard.put(key(session, &row.schedule), true);
        }
        let is_heard = |row: &&MonitorRow| drift.heard.last(&key(session, &row.schedule)).unwrap_or_default();
        let heard = rows.iter().filter(is_heard).map(|row| row.schedule.clone()).collect();
        let seen: HashSet<&str> = rows.iter().map(|row| row.schedule.as_str()).collect();
        let looked = names.iter().filter(|name| seen.contains(name.as_str())).count();
        Closer { rows, heard, looked }
    }
}

fn measures(row: &MonitorRow) -> bool {
    row.source == Origin::ModelMonitor && matches!(row.health, HealthState::Measured | HealthState::Doubtful)
}

/// Those whose turn it is: the ones that nobody looked at, then those that were looked at longest ago.
fn due(quiet: Vec<ScheduleSummary>, looked: &[MonitorRow], now: Timestamp) -> Vec<ScheduleSummary> {
    let times: HashMap<&str, Timestamp> = looked.iter().map(|row| (row.schedule.as_str(), row.as_of)).collect();
    let aged = quiet.into_iter().map(|one| (times.get(one.name.as_str()).copied(), one));
    let mut due: Vec<(Option<Timestamp>, ScheduleSummary)> =
        aged.filter(|(at, _)| at.is_none_or(|at| now.duration_since(at) >= AGAIN)).collect();
    due.sort_by_key(|(at, _)| *at);
    due.into_iter().take(MOST_LOOKED).map(|(_, one)| one).collect()
}

/// The kept rows with the new ones in their places. A look in which something could not be read, which is told beside, does not
/// end a silence.
fn merged(kept: &[MonitorRow], fresh: Vec<(MonitorRow, bool)>) -> Vec<MonitorRow> {
    let names: HashSet<String> = fresh.iter().map(|(row, _)| row.schedule.clone()).collect();
    let mut all: Vec<MonitorRow> = kept.iter().filter(|row| !names.contains(&row.schedule)).cloned().collect();
    all.extend(fresh.into_iter().map(|(row, is_whole)| {
        let was_silent = |one: &&MonitorRow| one.schedule == row.schedule && one.health == HealthState::Silent;
        match kept.iter().find(was_silent).filter(|_| !is_whole) {
            Some(before) => MonitorRow { as_of: row.as_of, ..before.clone() },
            None => row,
        }
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn summary(name: &str) -> ScheduleSummary {
        ScheduleSummary {
            name: name.into(),
            arn: String::new(),
            status: "Scheduled".into(),
            kind: None,
            endpoint: None,
            definition: None,
            expression: None,
            created: None,
            modified: None,
            last: None,
        }
    }

    fn row(name: &str, health: HealthState, minute: i64) -> MonitorRow {
        MonitorRow {
            schedule: name.into(),
            source: Origin::ModelMonitor,
            kind: None,
            endpoint: None,
            group: None,
            status: "Scheduled".into(),
            last_run: None,
            last: None,
            violations: None,
            alert: None,
            health,
            words: String::new(),
            as_of: at(minute),
        }
    }

    #[test]
    fn who_was_never_looked_at_comes_first_and_nobody_twice_in_ten_minutes() {
        let measured = |name, minute| row(name, HealthState::Measured, minute);
        let looked = [measured("a", 5), measured("b", 0), measured("c", 12)];
        let names = |quiet: &[&str]| -> Vec<String> {
            let quiet = quiet.iter().map(|name| summary(name)).collect();
            due(quiet, &looked, at(20)).into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names(&["a", "b", "c", "d"]), ["d", "b", "a"]);
        assert_eq!(names(&["1", "2", "3", "4", "5", "6"]), ["1", "2", "3", "4", "5"], "the others have their turn");
    }

    #[test]
    fn a_look_that_could_not_read_all_ends_no_silence() {
        let kept =
            [row("a", HealthState::Silent, 1), row("b", HealthState::Silent, 1), row("c", HealthState::Silent, 1)];
        let fresh = vec![(row("a", HealthState::Unknown, 20), false), (row("b", HealthState::Measured, 20), true)];
        let all: Vec<(String, HealthState, Timestamp)> =
            merged(&kept, fresh).into_iter().map(|row| (row.schedule, row.health, row.as_of)).collect();
        let expected = [
            ("c".to_owned(), HealthState::Silent, at(1)),
            ("a".to_owned(), HealthState::Silent, at(20)),
            ("b".to_owned(), HealthState::Measured, at(20)),
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn only_a_silence_whose_beginning_was_seen_is_news() {
        let silent = row("a", HealthState::Silent, 1);
        let mut closer = Closer { rows: Arc::default(), heard: HashSet::new(), looked: 3 };
        assert!(!closer.has_begun(&silent), "it was so at the first look");
        closer.heard.insert("a".into());
        assert!(closer.has_begun(&silent) && !closer.has_begun(&row("a", HealthState::Measured, 2)));
        assert!(measures(&row("a", HealthState::Doubtful, 1)) && !measures(&row("a", HealthState::Unknown, 1)));
        assert!(closer.notice(2, 30).is_some_and(|notice| notice.text.contains(" 5 of 30 monitors looked at")));
        assert_eq!(closer.notice(2, 5), None, "all are known");
    }
}
