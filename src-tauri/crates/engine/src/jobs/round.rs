//! One look at engines: rows appear in the set as they are read, and what could not be read is said and left as it was.

use super::{key, key_of, row};
use crate::{Desk, executions::lock, sets::SetWriter};
use aws::{AwsError, Session, jobs::Described};
use contract::{
    Notice, Timestamp,
    jobs::{Engine, JobRow, facts::RunFact},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex},
};

/// Names that one notice gives.
const MOST_NAMES: usize = 5;

/// A row with its identity as text.
#[derive(Debug, Clone)]
pub(super) struct Keyed<R> {
    pub key: String,
    pub row: R,
}

pub(super) type Listed = Keyed<JobRow>;

pub(super) fn listed(row: JobRow) -> Listed {
    Keyed { key: row.id.to_string(), row }
}

/// See the module above.
pub(super) struct Round<'a> {
    pub desk: &'a Desk,
    pub session: &'a Session,
    pub writer: &'a SetWriter<Listed>,
    /// Runs that were there between these times; all of them without.
    pub bounds: Option<(Timestamp, Timestamp)>,
    found: Mutex<HashSet<String>>,
    notices: Mutex<Vec<Notice>>,
    /// Homes whose runs could not be listed, by the reason.
    skipped: Mutex<BTreeMap<(Engine, String), Vec<String>>>,
    /// Homes and engines that could not be read: their rows stay.
    unread: Mutex<BTreeSet<(Engine, Option<String>)>>,
    first: bool,
}

impl<'a> Round<'a> {
    pub fn new(
        desk: &'a Desk,
        session: &'a Session,
        writer: &'a SetWriter<Listed>,
        bounds: Option<(Timestamp, Timestamp)>,
        first: bool,
    ) -> Self {
        Self {
            desk,
            session,
            writer,
            bounds,
            found: Mutex::default(),
            notices: Mutex::default(),
            skipped: Mutex::default(),
            unread: Mutex::default(),
            first,
        }
    }

    pub fn since(&self) -> Option<Timestamp> {
        self.bounds.map(|(from, _)| from)
    }

    pub fn cancelled(&self) -> bool {
        self.writer.cancelled()
    }

    /// Runs as a list gives them. `whole` ones are as good as described: the list leaves nothing out, and they have no tags.
    pub fn take(&self, runs: Vec<RunFact>, whole: bool) {
        let now = self.session.now();
        let mut rows = Vec::with_capacity(runs.len());
        for run in runs {
            let there = self.bounds.is_none_or(|bounds| was_there(&run, bounds));
            if !there {
                continue;
            }
            let listed = listed(row(&run, now));
            lock(&self.found).insert(listed.key.clone());
            rows.push(listed);
            self.desk.inner.jobs.ids.put(key(self.session, &run.id.own()), run.id.clone());
            if whole {
                let key = key_of(self.session, &run.id);
                self.desk.inner.jobs.runs.put(key, Arc::new(Described::from(run)));
            }
        }
        self.writer.append(rows);
    }

    pub fn notice(&self, notice: Notice) {
        if self.first {
            self.writer.notice(notice.clone());
        }
        lock(&self.notices).push(notice);
    }

    /// What runs belong to was read up to here; whether there is `more` behind it, whose runs are then missing.
    pub fn cut(&self, homes: &str, read: usize, more: bool) {
        if let Some(notice) = cut(homes, read, more) {
            self.notice(notice);
        }
    }

    /// The runs of one home could not be read, or not all.
    pub fn skip(&self, engine: Engine, home: &str, error: &AwsError) {
        lock(&self.unread).insert((engine, Some(home.to_owned())));
        let reason = why(error);
        let homes = vec![home.to_owned()];
        let first = !lock(&self.skipped).contains_key(&(engine, reason.clone()));
        // The others of the same reason join it when the round is over.
        if self.first && first {
            self.writer.notice(not_listed(engine, &reason, &homes));
        }
        lock(&self.skipped).entry((engine, reason)).or_default().extend(homes);
    }

    /// An engine could not be read at all.
    pub fn skip_engine(&self, engine: Engine, error: &AwsError) {
        lock(&self.unread).insert((engine, None));
        self.notice(Notice::warning(format!("{} is left out: {}.", engine.word(), why(error))));
    }

    /// One of the lists of an engine could not be read: what it told before stays.
    pub fn skip_list(&self, engine: Engine, list: &str, error: &AwsError) {
        lock(&self.unread).insert((engine, None));
        self.notice(Notice::warning(format!("The {list} of {} could not be listed: {}.", engine.word(), why(error))));
    }

    /// Takes out what is not there any more, and what was said of an earlier round.
    pub fn end(self) {
        let (found, unread) = (lock(&self.found), lock(&self.unread));
        let stays = |one: &Listed| {
            let (engine, home) = (one.row.id.engine(), one.row.id.home().map(str::to_owned));
            found.contains(&one.key) || unread.contains(&(engine, None)) || unread.contains(&(engine, home))
        };
        let kept: HashMap<String, Listed> = self.writer.rows_by_id();
        let rows = kept.into_values().filter(stays).collect();
        let mut notices = std::mem::take(&mut *lock(&self.notices));
        notices.extend(lock(&self.skipped).iter().map(|((engine, reason), homes)| not_listed(*engine, reason, homes)));
        self.writer.show(rows, notices);
    }
}

fn cut(homes: &str, read: usize, more: bool) -> Option<Notice> {
    let read = crate::logs::number(read as u64);
    more.then(|| {
        Notice::warning(format!("Only the first {read} {homes} were looked through: runs of others are missing."))
    })
}

fn why(error: &AwsError) -> String {
    match error {
        AwsError::Denied { call, .. } => format!("the permission {} is missing", call.action),
        _ => error.to_string(),
    }
}

fn not_listed(engine: Engine, reason: &str, homes: &[String]) -> Notice {
    let named = homes.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = homes.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Notice::warning(format!("Runs of {named}{more} on {} could not be listed: {reason}.", engine.word()))
}

/// Whether a run was there at some time between two moments. One that tells no time is.
pub(super) fn was_there(run: &RunFact, (from, until): (Timestamp, Timestamp)) -> bool {
    let began = run.created.or(run.started);
    let ended = run.ended.or_else(|| ::jobs::state::state_of(run).is_over().then_some(began).flatten());
    began.is_none_or(|began| began < until) && ended.is_none_or(|ended| ended >= from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_that_were_not_read_are_said() {
        let said = cut("functions of Lambda", 2_000, true).unwrap();
        assert_eq!(said.severity, contract::Severity::Warning);
        assert_eq!(
            said.text,
            "Only the first 2,000 functions of Lambda were looked through: runs of others are missing."
        );
        assert_eq!(cut("functions of Lambda", 2_000, false), None);
    }
}
