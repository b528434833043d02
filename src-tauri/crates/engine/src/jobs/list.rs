//! Runs of all engines, or of one home; then live.

use super::{
    round::{Listed, Round, listed},
    row,
};
use crate::{Desk, EngineError, Events, desk::load, executions::list::DAY, sets::SetWriter};
use aws::{AwsError, Session};
use contract::{
    Notice, Timestamp,
    jobs::{Engine, HomeId, JobId, JobsOf, OpenJobs},
    range::Within,
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the runs that go on are asked for again.
const AGAIN: Duration = Duration::from_secs(4);
/// How often a list looks for what is new.
const AGAIN_HOME: Duration = Duration::from_secs(30);
/// The same over all engines.
const AGAIN_ALL: Duration = Duration::from_secs(90);
/// Runs that are asked for one by one in a round: the newest, or those whose turn it is.
const MOST_LOOKS: usize = 200;
const AT_ONCE: usize = 4;

impl Desk {
    pub fn open_jobs(&self, request: OpenJobs, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<Listed>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_jobs(&session, request, &writer).await });
        Ok(state)
    }

    async fn load_jobs(
        &self,
        session: &Session,
        request: OpenJobs,
        writer: &Arc<SetWriter<Listed>>,
    ) -> Result<Timestamp, EngineError> {
        let (within, every) = match request.of {
            JobsOf::All => (request.within.or(Some(DAY)), AGAIN_ALL),
            JobsOf::Home(_) => (request.within, AGAIN_HOME),
        };
        let mut first = true;
        let mut turns = Turns::default();
        loop {
            let begun = Instant::now();
            let bounds = within.map(|within: Within| within.resolve(session.now()));
            let round = Round::new(self, session, writer, bounds, first);
            let outcome = match &request.of {
                JobsOf::All => self.read_all(&round).await,
                JobsOf::Home(home) => self.read_one(home, &round, first).await,
            };
            if writer.cancelled() {
                return Ok(session.now());
            }
            outcome.map_err(Self::failed(session))?;
            round.end();
            writer.finish(session.now());
            first = false;
            while begun.elapsed() < every {
                self.pause(AGAIN).await;
                if writer.cancelled() {
                    return Ok(session.now());
                }
                self.look_again(session, writer, &mut turns).await;
            }
        }
    }

    /// All engines side by side. Each that fails is left out, unless nobody would answer.
    pub(super) async fn read_all(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let reading = Engine::ALL.map(|engine| async move { (engine, self.read_engine(engine, round).await) });
        let mut read = stream::iter(reading).buffer_unordered(Engine::ALL.len());
        let mut answered = false;
        let mut last = None;
        while let Some((engine, outcome)) = read.next().await {
            match outcome {
                Ok(()) => answered = true,
                // No other engine would accept these credentials.
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => {
                    round.skip_engine(engine, &error);
                    last = Some(error);
                }
            }
        }
        match last {
            Some(error @ AwsError::Unreachable { .. }) if !answered => Err(error),
            _ => Ok(()),
        }
    }

    /// The runs of a home, whose failure is that of the list; later a failure is a notice.
    async fn read_one(&self, home: &HomeId, round: &Round<'_>, first: bool) -> Result<(), AwsError> {
        match self.read_home(home, round).await {
            Err(error) if !first && !matches!(error, AwsError::SignIn { .. }) => {
                round.skip(home.engine(), home.own(), &error);
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// Reads what a list leaves out of these runs, in their order. What is known and over is not asked for again, so that
    /// the next round reaches the others.
    pub(super) async fn fill(&self, ids: Vec<JobId>, round: &Round<'_>) {
        let mut missed = None;
        let (ids, waiting) = due(ids, MOST_LOOKS, |id| self.is_known(round.session, id));
        if let Some(notice) = unread(&waiting) {
            round.notice(notice);
        }
        let reading: Vec<_> =
            ids.into_iter().map(|id| async move { self.described(round.session, &id).await }).collect();
        let mut read = stream::iter(reading).buffer_unordered(AT_ONCE);
        while let Some(outcome) = read.next().await {
            if round.cancelled() {
                return;
            }
            match outcome {
                Ok(described) => round.take(vec![described.run.clone()], false),
                Err(error) => missed = Some(error),
            }
        }
        if let Some(error) = missed {
            round.notice(Notice::warning(format!("Start and use of some runs are missing: {error}.")));
        }
    }

    /// Asks again for what goes on, for as many as one round has room for.
    async fn look_again(&self, session: &Session, writer: &SetWriter<Listed>, turns: &mut Turns) {
        let open = writer.rows_by_id().into_values().filter(|one| !one.row.state.is_over());
        let ids = turns.next(open.map(|one| (one.row.id, one.row.created)).collect(), MOST_LOOKS);
        if ids.is_empty() {
            return;
        }
        let asking: Vec<_> = ids.into_iter().map(|id| async move { self.described(session, &id).await }).collect();
        let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
        while let Some(outcome) = asked.next().await {
            if writer.cancelled() {
                return;
            }
            match outcome {
                Ok(described) => writer.replace(listed(row(&described.run, session.now()))),
                Err(error) => tracing::debug!(%error, "a run could not be read again"),
            }
        }
        writer.finish(session.now());
    }
}

/// Which of the runs that go on were asked for in which round, so that each gets its turn.
#[derive(Debug, Default)]
struct Turns {
    round: u64,
    asked: HashMap<JobId, u64>,
}

impl Turns {
    /// Those of the next round, of ids with the time that each was created: what was never asked for first, then what was not
    /// for the longest time, and of those that waited as long the newest. What is open no more is forgotten.
    fn next(&mut self, mut open: Vec<(JobId, Option<Timestamp>)>, most: usize) -> Vec<JobId> {
        self.round += 1;
        let mut asked = std::mem::take(&mut self.asked);
        open.sort_by(|(one, created), (other, later)| {
            asked.get(one).cmp(&asked.get(other)).then_with(|| later.cmp(created))
        });
        let mut next = Vec::with_capacity(most.min(open.len()));
        for (id, _) in open {
            if next.len() < most {
                self.asked.insert(id.clone(), self.round);
                next.push(id);
            } else if let Some((id, round)) = asked.remove_entry(&id) {
                self.asked.insert(id, round);
            }
        }
        next
    }
}

/// Those that are read in this round, and those that wait: what is known takes no place.
fn due(ids: Vec<JobId>, most: usize, is_known: impl Fn(&JobId) -> bool) -> (Vec<JobId>, Vec<JobId>) {
    let mut asked = 0;
    ids.into_iter().partition(|id| {
        let asks = !is_known(id);
        asked += usize::from(asks);
        !asks || asked <= most
    })
}

/// That these wait for a later round; they are of one home, or of one engine.
fn unread(waiting: &[JobId]) -> Option<Notice> {
    let first = waiting.first()?;
    let of = first.home().unwrap_or(first.engine().word());
    let (left, most) = (crate::logs::number(waiting.len() as u64), MOST_LOOKS);
    let runs = if waiting.len() == 1 { "run" } else { "runs" };
    let text = format!("Start and use of {left} {runs} of {of} are not read yet: {most} are asked for at a time.");
    Some(Notice::info(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_that_goes_on_gets_its_turn() {
        let run = |number: i64| {
            let id = JobId::Serverless { application: "00f".into(), run: format!("{number:016}"), attempt: None };
            (id, Timestamp::from_second(number).ok())
        };
        let ids = |numbers: &[i64]| numbers.iter().map(|number| run(*number).0).collect::<Vec<_>>();
        let open = |numbers: std::ops::Range<i64>| numbers.map(run).collect::<Vec<_>>();
        let mut turns = Turns::default();
        assert_eq!(turns.next(open(0..5), 2), ids(&[4, 3]), "the newest first");
        assert_eq!(turns.next(open(0..5), 2), ids(&[2, 1]));
        assert_eq!(turns.next(open(0..5), 2), ids(&[0, 4]), "then those that were asked for first");
        // What began since waits for nobody; what is over is forgotten.
        assert_eq!(turns.next(open(1..7), 2), ids(&[6, 5]));
        assert_eq!(turns.next(open(1..7), 2), ids(&[3, 2]));
        assert_eq!(turns.asked.len(), 6);
        assert_eq!(turns.next(open(4..6), 9), ids(&[4, 5]), "all, where there is room");
        assert_eq!(turns.asked.len(), 2);
        assert!(turns.next(Vec::new(), 2).is_empty());
    }

    #[test]
    fn runs_that_wait_for_a_later_round_are_said() {
        let run = |number: usize| JobId::Serverless {
            application: "00f".into(),
            run: format!("{number:016}"),
            attempt: None,
        };
        let ids: Vec<JobId> = (0..5).map(run).collect();
        let (now, waiting) = due(ids.clone(), 2, |_| false);
        assert_eq!((now, waiting), (ids[..2].to_vec(), ids[2..].to_vec()));
        let (now, waiting) = due(ids.clone(), 2, |id| ids[..2].contains(id));
        assert_eq!((now, waiting.clone()), (ids[..4].to_vec(), ids[4..].to_vec()), "the next round goes on");
        let said = unread(&waiting).unwrap();
        assert_eq!(said.text, "Start and use of 1 run of 00f are not read yet: 200 are asked for at a time.");
        assert_eq!(said.severity, contract::Severity::Info, "it is read in a later round");
        assert_eq!(unread(&[]), None);
        let job = JobId::SageMaker { kind: contract::jobs::SageMakerKind::Training, name: "churn".into() };
        assert!(unread(&[job.clone(), job]).is_some_and(|said| said.text.contains("2 runs of SageMaker are")));
    }
}
