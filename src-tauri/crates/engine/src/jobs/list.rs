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
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the runs that go on are asked for again.
const AGAIN: Duration = Duration::from_secs(4);
/// How often a list looks for what is new.
const AGAIN_HOME: Duration = Duration::from_secs(30);
/// The same over all engines.
const AGAIN_ALL: Duration = Duration::from_secs(90);
/// Runs that are asked for one by one in a round: the newest.
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
                self.look_again(session, writer).await;
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

    /// Asks again for what goes on.
    async fn look_again(&self, session: &Session, writer: &SetWriter<Listed>) {
        let mut open: Vec<Listed> = writer.rows_by_id().into_values().filter(|one| !one.row.state.is_over()).collect();
        if open.is_empty() {
            return;
        }
        open.sort_by_key(|one| std::cmp::Reverse(one.row.created));
        let asking: Vec<_> = open
            .into_iter()
            .take(MOST_LOOKS)
            .map(|one| async move { self.described(session, &one.row.id).await })
            .collect();
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
