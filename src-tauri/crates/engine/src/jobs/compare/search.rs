//! The last success of the same job before a run, as far back as is looked; what kept a place from being looked through is
//! said.

use super::began;
use crate::{Desk, jobs::key_of};
use ::jobs::{link::kin, state::state_of};
use aws::{
    AwsError, Session,
    jobs::{
        eks,
        emr::{self, ClusterFact},
        glue, lambda, sagemaker, serverless,
    },
};
use contract::{
    Notice, Timestamp,
    jobs::{JobId, State, facts::RunFact},
};
use jiff::SignedDuration;
use std::sync::Arc;

/// Pages of runs that are looked through for the last success.
const MOST_PAGES: usize = 10;
/// Other clusters whose steps are looked through: many live for one night.
const MOST_CLUSTERS: usize = 40;
/// Of these so many may be refused before the others are not asked any more.
const MOST_UNREAD: usize = 5;
/// Runs without a name that are read one by one, for their program.
const MOST_READ: usize = 30;
/// How far back the log of a function is searched for a success.
const LAMBDA_BACK: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The first window of that log, and how much longer each is than the one before.
const FIRST_WINDOW: SignedDuration = SignedDuration::from_hours(1);
const GROWTH: i32 = 8;
/// What does not fit into a window of this length is not read.
const SHORTEST_WINDOW: SignedDuration = SignedDuration::from_mins(1);
const MOST_WINDOWS: usize = 12;
/// The error of a call stands this long before its end at most: without it a failure passes for a success.
const BEFORE_END: SignedDuration = SignedDuration::from_secs(10);

/// Looks for a success of the same kind among runs that come newest first.
pub(super) struct Search<'a> {
    run: &'a RunFact,
    kin: String,
    looked: usize,
    /// How far before the run was looked, where a log was searched by time.
    back: Option<SignedDuration>,
    /// A bound was reached: there are older runs that were not looked at.
    is_cut: bool,
    /// What could not be looked through.
    pub notices: Vec<Notice>,
}

impl<'a> Search<'a> {
    pub fn new(run: &'a RunFact) -> Self {
        Self { run, kin: kin(run), looked: 0, back: None, is_cut: false, notices: Vec::new() }
    }

    fn is_before(&self, one: &RunFact) -> bool {
        one.id != self.run.id
            && state_of(one) == State::Succeeded
            && began(one).is_some_and(|at| at < began(self.run).unwrap_or(Timestamp::MAX))
    }

    fn find(&self, runs: Vec<RunFact>) -> Option<RunFact> {
        runs.into_iter().find(|one| self.is_before(one) && kin(one) == self.kin)
    }

    fn pick(&mut self, runs: Vec<RunFact>) -> Option<RunFact> {
        self.looked += runs.len();
        self.find(runs)
    }

    /// That there is no success, and how far was looked.
    pub fn in_vain(&self) -> String {
        let looked = if self.looked == 1 { "1 run".to_owned() } else { format!("{} runs", self.looked) };
        match (self.back, self.is_cut) {
            (Some(back), _) if back < SHORTEST_WINDOW => {
                "Its log holds too many calls to be searched for the last success.".to_owned()
            }
            (Some(back), _) => {
                format!("Of the {} before this run {looked} were looked through: none succeeded.", long(back))
            }
            (None, true) => {
                format!("The newest {looked} were looked through, older ones were not: none of the same job succeeded.")
            }
            (None, false) => format!("{looked} looked through: no run of the same job succeeded before this one."),
        }
    }
}

/// `5 minutes`, `24 hours`, `14 days`: never more than was looked through.
fn long(span: SignedDuration) -> String {
    match (span.as_hours(), span.as_mins()) {
        (hours, _) if hours > 48 => format!("{} days", hours / 24),
        (hours, _) if hours > 1 => format!("{hours} hours"),
        (_, 1) => "minute".to_owned(),
        (_, minutes) => format!("{minutes} minutes"),
    }
}

/// The windows of a log, the newest first. A log is read from its oldest line on, so a window that cannot be read to its
/// end lacks the newest calls: a shorter one takes its place.
#[derive(Debug)]
struct Windows {
    start: Timestamp,
    until: Timestamp,
    oldest: Timestamp,
    span: SignedDuration,
}

impl Windows {
    fn before(start: Timestamp) -> Self {
        let oldest = start.checked_sub(LAMBDA_BACK).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { start, until: start, oldest, span: FIRST_WINDOW }
    }

    /// The next one, if any is left.
    fn window(&self) -> Option<(Timestamp, Timestamp)> {
        let from = self.until.checked_sub(self.span).map_or(self.oldest, |from| from.max(self.oldest));
        (from < self.until).then_some((from, self.until))
    }

    /// Goes on behind a window that was read. False when even the shortest could not be read to its end.
    fn read(&mut self, from: Timestamp, whole: bool) -> bool {
        let length = self.until.duration_since(from);
        if whole {
            self.until = from;
            self.span = length * GROWTH;
            return true;
        }
        self.span = (length / GROWTH).max(SHORTEST_WINDOW);
        length > SHORTEST_WINDOW
    }

    /// How far was looked.
    fn back(&self) -> SignedDuration {
        self.start.duration_since(self.until)
    }
}

impl Desk {
    /// The last success of the same job before a run, as a list tells it.
    pub(in crate::jobs) async fn success_before(
        &self,
        session: &Session,
        run: &RunFact,
    ) -> Result<Option<RunFact>, AwsError> {
        self.last_success_of(session, &mut Search::new(run)).await
    }

    pub(super) async fn last_success_of(
        &self,
        session: &Session,
        search: &mut Search<'_>,
    ) -> Result<Option<RunFact>, AwsError> {
        let mut token = None;
        match &search.run.id.clone() {
            JobId::Cluster { .. } => return Ok(None),
            JobId::Step { cluster, .. } => return self.among_steps(session, cluster, search).await,
            JobId::Serverless { application, .. } => return self.on_application(session, application, search).await,
            JobId::Lambda { function, .. } => return self.in_log(session, function, search).await,
            JobId::Eks { virtual_cluster, .. } => {
                for _ in 0..MOST_PAGES {
                    let (runs, next) = eks::runs_page(session, virtual_cluster, None, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
            }
            JobId::Glue { job, .. } => {
                let job = self.glue_job(session, job).await?;
                for _ in 0..MOST_PAGES {
                    let (runs, next) = glue::runs_page(session, &job, 100, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
            }
            JobId::SageMaker { kind, name } => {
                // Names are told apart by a date or a number.
                let stem = name.split(|c: char| c.is_ascii_digit()).next().filter(|stem| !stem.is_empty());
                for _ in 0..MOST_PAGES {
                    let wanted = sagemaker::Wanted { since: None, name: stem };
                    let (runs, next) = sagemaker::page(session, *kind, wanted, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
            }
        }
        search.is_cut = token.is_some();
        Ok(None)
    }

    /// Runs without a name are read one by one: their list does not say what they run.
    async fn on_application(
        &self,
        session: &Session,
        application: &str,
        search: &mut Search<'_>,
    ) -> Result<Option<RunFact>, AwsError> {
        let named = search.run.name.is_some();
        let (mut read, mut token) = (0, None);
        for _ in 0..MOST_PAGES {
            let (runs, next) = serverless::runs_page(session, application, None, token).await?;
            if named {
                if let Some(found) = search.pick(runs) {
                    return Ok(Some(found));
                }
            } else {
                let wanted: Vec<RunFact> =
                    runs.into_iter().filter(|one| one.name.is_none() && search.is_before(one)).collect();
                for one in wanted {
                    if read >= MOST_READ {
                        search.is_cut = true;
                        return Ok(None);
                    }
                    read += 1;
                    let described = self.described(session, &one.id).await?;
                    if let Some(found) = search.pick(vec![described.run.clone()]) {
                        return Ok(Some(found));
                    }
                }
            }
            token = next;
            if token.is_none() {
                break;
            }
        }
        search.is_cut = token.is_some();
        Ok(None)
    }

    /// By the ends of its calls in its log: no list has them.
    async fn in_log(
        &self,
        session: &Session,
        function: &str,
        search: &mut Search<'_>,
    ) -> Result<Option<RunFact>, AwsError> {
        let function = self.function(session, function).await?;
        let mut windows = Windows::before(search.run.started.unwrap_or_else(|| session.now()));
        // Of a window that was not read to its end: the newest may be missing.
        let (mut newest, mut is_newest) = (None, false);
        for _ in 0..MOST_WINDOWS {
            let Some((from, until)) = windows.window() else { break };
            let first = from.checked_sub(BEFORE_END).unwrap_or(from);
            let (mut runs, whole) = lambda::ended(session, &function, Some(first), Some(until)).await?;
            runs.retain(|run| run.ended.is_some_and(|ended| ended >= from));
            runs.reverse();
            if whole {
                if let Some(found) = search.pick(runs) {
                    (newest, is_newest) = (Some(found), true);
                    break;
                }
            } else {
                newest = search.find(runs).or(newest);
            }
            if !windows.read(from, whole) {
                break;
            }
        }
        search.back = Some(windows.back());
        if newest.is_some() && !is_newest {
            let long = "The log of the function is long: a newer success may be missing.";
            search.notices.push(Notice::warning(long));
        }
        if let Some(found) = &newest {
            self.inner.jobs.runs.put(key_of(session, &found.id), Arc::new(found.clone().into()));
        }
        Ok(newest)
    }

    async fn among_steps(
        &self,
        session: &Session,
        own: &str,
        search: &mut Search<'_>,
    ) -> Result<Option<RunFact>, AwsError> {
        let cluster = self.cluster(session, own).await?;
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let (runs, next) = match emr::steps_page(session, &cluster, token.take()).await {
                Ok(page) => page,
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => {
                    search
                        .notices
                        .push(Notice::warning(format!("The other steps of its cluster are left out: {error}.")));
                    break;
                }
            };
            if let Some(found) = search.pick(runs) {
                return Ok(Some(found));
            }
            token = next;
            if token.is_none() {
                break;
            }
        }
        search.is_cut = token.is_some();
        self.on_other_clusters(session, own, search).await
    }

    /// On clusters that were there before the run, the newest first. One that cannot be read leaves the others.
    async fn on_other_clusters(
        &self,
        session: &Session,
        own: &str,
        search: &mut Search<'_>,
    ) -> Result<Option<RunFact>, AwsError> {
        let before = began(search.run);
        let (mut clusters, mut unread, mut token) = (0, Vec::new(), None);
        let mut found = None;
        'pages: for _ in 0..MOST_PAGES {
            let (rows, next) = match emr::clusters_before(session, before, token.take()).await {
                Ok(page) => page,
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => {
                    search.notices.push(Notice::warning(format!("Other clusters are left out: {error}.")));
                    break;
                }
            };
            for row in rows.into_iter().filter(|row| row.id.own() != own) {
                if clusters >= MOST_CLUSTERS || unread.len() >= MOST_UNREAD {
                    search.is_cut = true;
                    break 'pages;
                }
                clusters += 1;
                match emr::steps_page(session, &ClusterFact::listed(row), None).await {
                    Ok((runs, older)) => {
                        search.is_cut |= older.is_some();
                        found = search.pick(runs);
                    }
                    Err(error @ AwsError::SignIn { .. }) => return Err(error),
                    Err(error) => unread.push(error),
                }
                if found.is_some() {
                    break 'pages;
                }
            }
            token = next;
            if token.is_none() {
                break;
            }
        }
        search.is_cut |= token.is_some();
        if let Some(first) = unread.first() {
            let clusters = match unread.len() {
                1 => "1 other cluster".to_owned(),
                many => format!("{many} other clusters"),
            };
            search.notices.push(Notice::warning(format!("The steps of {clusters} are left out: {first}.")));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_log_is_searched_backwards_over_two_weeks() {
        let start = at("2026-11-21T06:00:00Z");
        let mut windows = Windows::before(start);
        let mut seen = Vec::new();
        while let Some((from, until)) = windows.window() {
            seen.push((start.duration_since(until).as_hours(), start.duration_since(from).as_hours()));
            assert!(windows.read(from, true));
        }
        assert_eq!(seen, [(0, 1), (1, 9), (9, 73), (73, 336)], "a daily call ran 24 hours before");
        assert_eq!(windows.back(), LAMBDA_BACK);
    }

    #[test]
    fn a_window_that_is_full_gives_way_to_the_newest_part_of_it() {
        let start = at("2026-11-21T06:00:00Z");
        let mut windows = Windows::before(start);
        let (from, _) = windows.window().unwrap();
        assert!(windows.read(from, false));
        let (from, until) = windows.window().unwrap();
        assert_eq!((from, until), (at("2026-11-21T05:52:30Z"), start));
        assert!(windows.read(from, true));
        assert_eq!(windows.window().unwrap(), (at("2026-11-21T04:52:30Z"), from), "and on behind it");
        assert_eq!(windows.back(), SignedDuration::from_secs(450));

        let mut tries = 0;
        while let Some((from, _)) = windows.window() {
            tries += 1;
            if !windows.read(from, false) {
                break;
            }
        }
        assert!(tries < MOST_WINDOWS, "{tries}: one that is always full has an end");
        assert_eq!(windows.back(), SignedDuration::from_secs(450), "what was not read is not said to be");
    }

    #[test]
    fn how_far_was_looked_is_said() {
        let hours = SignedDuration::from_hours;
        let said = [hours(336), hours(73), hours(24), SignedDuration::from_secs(450)].map(long);
        assert_eq!(said, ["14 days", "3 days", "24 hours", "7 minutes"]);
    }
}
