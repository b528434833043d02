//! The executions of one pipeline, newest first: the list at once, then who started the newest and which step failed.
//!
//! What was found out of one that is over is kept on this computer, so the next opening asks for it no more. One that failed
//! or was stopped may have been retried and have ended so again, which the list does not tell: after some hours it is asked
//! for anew.

use super::{cover, pure, steps};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, sets::SetWriter};
use aws::{AwsError, Session, models::pipelines, pages::up_to};
use contract::{
    Notice, Timestamp,
    models::{OpenPipelineExecutions, PipelineExecutionRow, PipelineStatus, facts::PipelineExecutionFact},
    plan::PipelineAction,
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::EndedRun;

/// How often the list is read again while something runs, and otherwise.
const SOON: Duration = Duration::from_secs(5);
const LATER: Duration = Duration::from_secs(30);
/// Pages of 100 that are read at first; later only the newest.
const MOST_PAGES: usize = 5;
/// Executions that are looked at: each costs a call or two.
const LOOKED_AT: usize = 30;
const AT_ONCE: usize = 4;
/// Seconds after which one that did not succeed is asked for again.
const HOLDS: i64 = 6 * 3_600;

/// What is kept of an execution that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Ended {
    /// Why it failed, as the list said it.
    said: Option<String>,
    row: PipelineExecutionRow,
}

impl Ended {
    /// Whether it is the end that the list tells of.
    fn stands(&self, fact: &PipelineExecutionFact, now: Timestamp) -> bool {
        let status = PipelineStatus::of(&fact.status);
        let holds =
            status == PipelineStatus::Succeeded || now.as_second().saturating_sub(self.row.as_of.as_second()) < HOLDS;
        self.row.status == status && self.said == fact.reason && holds
    }
}

impl Desk {
    pub fn open_pipeline_executions(
        &self,
        request: OpenPipelineExecutions,
        events: Events,
    ) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<PipelineExecutionRow>(session.now(), events);
        let desk = self.clone();
        load(
            writer,
            move |writer| async move { desk.load_pipeline_executions(&session, &request.pipeline, &writer).await },
        );
        Ok(state)
    }

    async fn load_pipeline_executions(
        &self,
        session: &Session,
        pipeline: &str,
        writer: &Arc<SetWriter<PipelineExecutionRow>>,
    ) -> Result<Timestamp, EngineError> {
        let mut shown: HashMap<String, PipelineExecutionRow> = HashMap::new();
        let mut cut: Option<Notice> = None;
        let mut refused: Option<Notice> = None;
        let mut first = true;
        loop {
            let begun = session.now();
            let pages = if first { MOST_PAGES } else { 1 };
            match listed(session, pipeline, pages).await {
                Ok((facts, has_more)) => {
                    if first && has_more {
                        cut = Some(Notice::warning("Only the newest 500 executions were read."));
                    }
                    self.recall_ended(&facts, &mut shown, begun).await;
                    let notices = cut.iter().chain(&refused).cloned().collect();
                    let said = refused.is_none().then(|| ends(&facts));
                    let show = show_executions(session, writer, facts, &mut shown, notices, said.is_some());
                    let (looked, why) = Box::pin(show).await;
                    refused = refused.or(why);
                    self.keep_ended(looked, said.unwrap_or_default(), begun).await;
                }
                Err(error) if !first && !matches!(error, AwsError::SignIn { .. }) => {
                    writer.notice(left_out("What is new", &error));
                    self.pause(LATER).await;
                    if writer.cancelled() {
                        return Ok(session.now());
                    }
                    continue;
                }
                Err(error) => return Err(Self::failed(session)(error)),
            }
            first = false;
            if writer.cancelled() {
                return Ok(session.now());
            }
            writer.finish(session.now());
            // One of which nothing was heard in this round is not asked for sooner on its account.
            let moves = shown.values().any(|row| !row.status.is_over() && row.as_of >= begun);
            self.pause(if moves { SOON } else { LATER }).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }
}

impl Desk {
    /// Puts what is kept of those that are over, and were not shown yet, among what is shown. A store that fails costs calls,
    /// never a row.
    async fn recall_ended(
        &self,
        facts: &[PipelineExecutionFact],
        shown: &mut HashMap<String, PipelineExecutionRow>,
        now: Timestamp,
    ) {
        let is_new = |fact: &&PipelineExecutionFact| {
            PipelineStatus::of(&fact.status).is_over() && !shown.contains_key(&fact.arn)
        };
        let wanted: Vec<String> = facts.iter().filter(is_new).map(|fact| fact.arn.clone()).collect();
        if wanted.is_empty() {
            return;
        }
        let kept = self.inner.store.run(move |store| store.kept_runs::<Ended>(&wanted)).await;
        let mut kept = kept.unwrap_or_else(|error| {
            tracing::warn!(%error, "what is kept of executions of pipelines could not be read");
            HashMap::new()
        });
        for fact in facts {
            if let Some(ended) = kept.remove(&fact.arn).filter(|ended| ended.stands(fact, now)) {
                shown.insert(fact.arn.clone(), ended.row);
            }
        }
    }

    /// Keeps those that were found to be over; `said` is why they failed, as the list said it.
    async fn keep_ended(
        &self,
        looked: Vec<PipelineExecutionRow>,
        mut said: HashMap<String, Option<String>>,
        now: Timestamp,
    ) {
        let over = looked.into_iter().filter(|row| row.looked && row.status.is_over());
        let runs: Vec<EndedRun<Ended>> = over
            .filter_map(|row| {
                let (said, started) = (said.remove(&row.arn)?, row.started?);
                Some(EndedRun { arn: row.arn.clone(), started, told: Ended { said, row } })
            })
            .collect();
        if runs.is_empty() {
            return;
        }
        if let Err(error) = self.inner.store.run(move |store| store.keep_runs(now, &runs)).await {
            tracing::warn!(%error, "executions of pipelines could not be kept");
        }
    }

    /// An execution that is about to go on again is found out again.
    pub(crate) async fn forget_ended(&self, action: &PipelineAction) {
        let PipelineAction::Retry { execution, .. } = action else { return };
        let arn = execution.clone();
        if let Err(error) = self.inner.store.run(move |store| store.forget_run(&arn)).await {
            tracing::warn!(%error, "an execution of a pipeline could not be forgotten");
        }
    }
}

/// Why those that are over failed, as the list says it, by ARN.
fn ends(facts: &[PipelineExecutionFact]) -> HashMap<String, Option<String>> {
    let over = facts.iter().filter(|fact| PipelineStatus::of(&fact.status).is_over());
    over.map(|fact| (fact.arn.clone(), fact.reason.clone())).collect()
}

/// Shows what was listed, then looks at the newest, if they are to be asked for. Answers what was found out; the notice says
/// that this is refused: it would be refused again.
async fn show_executions(
    session: &Session,
    writer: &SetWriter<PipelineExecutionRow>,
    facts: Vec<PipelineExecutionFact>,
    shown: &mut HashMap<String, PipelineExecutionRow>,
    notices: Vec<Notice>,
    is_asked: bool,
) -> (Vec<PipelineExecutionRow>, Option<Notice>) {
    let now = session.now();
    let mut open = taken(shown, facts, now);
    writer.show(in_order(shown), notices);
    let mut looked = Vec::new();
    if !is_asked {
        return (looked, None);
    }
    let others = turns(shown, &open, &writer.in_sight(), now);
    open.extend(others);
    let looks: Vec<_> = open.into_iter().map(|arn| look(session, arn)).collect();
    let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
    let mut missed: Option<AwsError> = None;
    while let Some(result) = looking.next().await {
        if writer.cancelled() {
            return (looked, None);
        }
        match result {
            Ok(row) => {
                writer.replace(row.clone());
                looked.push(row.clone());
                shown.insert(row.arn.clone(), row);
            }
            Err(error) => missed = missed.or(Some(error)),
        }
    }
    let Some(error) = missed else { return (looked, None) };
    let notice = left_out("Who started some of them and which step failed", &error);
    writer.notice(notice.clone());
    (looked, matches!(error, AwsError::Denied { .. }).then_some(notice))
}

/// Puts what was listed among what is shown. Answers which are to be looked at whatever else is: the newest, and those that
/// have ended since.
fn taken(
    shown: &mut HashMap<String, PipelineExecutionRow>,
    facts: Vec<PipelineExecutionFact>,
    now: Timestamp,
) -> Vec<String> {
    let mut open = Vec::new();
    for (at, fact) in facts.into_iter().enumerate() {
        let status = PipelineStatus::of(&fact.status);
        let known = shown.get(&fact.arn);
        let is_told = known.is_some_and(|row| row.looked && row.status == status);
        // What is over stands; what goes on below the newest keeps what was found until its turn comes.
        if is_told && (status.is_over() || at >= LOOKED_AT) {
            continue;
        }
        let has_ended = status.is_over() && known.is_some_and(|row| !row.status.is_over());
        // A row that was looked at keeps who started it until it is looked at again.
        let by = known.and_then(|row| row.by.clone());
        let bare = pure::execution(&fact, None, false, now);
        let row = PipelineExecutionRow { by: by.or_else(|| bare.by.clone()), ..bare };
        shown.insert(fact.arn.clone(), row);
        if at < LOOKED_AT || has_ended {
            open.push(fact.arn);
        }
    }
    open
}

/// Whose turn it is beside these: those that go on, wherever they stand in the list, and those in sight of which only the
/// list told. What is in sight comes first, then what was never looked at, then what was not asked for the longest.
fn turns(
    shown: &HashMap<String, PipelineExecutionRow>,
    open: &[String],
    sight: &[String],
    now: Timestamp,
) -> Vec<String> {
    let is_seen = |row: &PipelineExecutionRow| sight.contains(&row.arn);
    let is_due = |row: &&PipelineExecutionRow| {
        let goes_on = !row.status.is_over() && (row.as_of < now || !row.looked);
        (goes_on || (!row.looked && is_seen(row))) && !open.contains(&row.arn)
    };
    let mut due: Vec<&PipelineExecutionRow> = shown.values().filter(is_due).collect();
    due.sort_by_key(|row| (!is_seen(row), row.looked, row.as_of));
    due.into_iter().take(LOOKED_AT).map(|row| row.arn.clone()).collect()
}

/// Newest first.
fn in_order(shown: &HashMap<String, PipelineExecutionRow>) -> Vec<PipelineExecutionRow> {
    let mut rows: Vec<PipelineExecutionRow> = shown.values().cloned().collect();
    rows.sort_by(|one, other| other.started.cmp(&one.started).then_with(|| one.arn.cmp(&other.arn)));
    rows
}

/// An execution with who started it; with its steps too, unless all went well.
async fn look(session: &Session, arn: String) -> Result<PipelineExecutionRow, AwsError> {
    let mut fact = pipelines::execution_alone(session, &arn).await?;
    cover(&mut fact);
    let steps = match PipelineStatus::of(&fact.status) {
        PipelineStatus::Succeeded => Vec::new(),
        _ => steps(session, &arn).await?,
    };
    Ok(pure::execution(&fact, Some(&steps), true, session.now()))
}

async fn listed(
    session: &Session,
    pipeline: &str,
    pages: usize,
) -> Result<(Vec<PipelineExecutionFact>, bool), AwsError> {
    let (mut all, more) = up_to(pages, |token| pipelines::executions_page(session, pipeline, token)).await?;
    all.iter_mut().for_each(cover);
    Ok((all, more))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(status: &str, reason: Option<&str>) -> PipelineExecutionFact {
        PipelineExecutionFact {
            arn: "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/train/execution/a1".into(),
            pipeline: "train".into(),
            title: None,
            description: None,
            status: status.into(),
            reason: reason.map(str::to_owned),
            started: Some(at(0)),
            modified: None,
            by: None,
            parameters: None,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_200_000 + second).unwrap()
    }

    fn ended(status: &str, reason: Option<&str>) -> Ended {
        let row = pure::execution(&fact(status, reason), Some(&[]), true, at(100));
        Ended { said: reason.map(str::to_owned), row }
    }

    #[test]
    fn an_end_stands_until_the_list_tells_of_another_or_may_hide_one() {
        let (well, badly) = (ended("Succeeded", None), ended("Failed", Some("no data")));
        assert!(well.stands(&fact("Succeeded", None), at(90 * 86_400)), "it cannot be retried");
        assert!(badly.stands(&fact("Failed", Some("no data")), at(100 + HOLDS - 1)));
        assert!(!badly.stands(&fact("Failed", Some("no data")), at(100 + HOLDS)), "it may have failed again");
        assert!(!badly.stands(&fact("Failed", Some("no memory")), at(200)));
        assert!(!badly.stands(&fact("Succeeded", None), at(200)), "it was retried");
        assert!(!badly.stands(&fact("Executing", None), at(200)));
    }

    /// Executions as a page lists them, all with this status but for those that are told.
    fn page(status: &str, others: &[(usize, &str)]) -> Vec<PipelineExecutionFact> {
        let one = |place: usize| {
            let own = others.iter().find(|(at, _)| *at == place).map_or(status, |(_, own)| own);
            PipelineExecutionFact { arn: place.to_string(), ..fact(own, None) }
        };
        (0..100).map(one).collect()
    }

    /// What looking at these would find.
    fn look_at(shown: &mut HashMap<String, PipelineExecutionRow>, arns: &[String], second: i64) {
        for arn in arns {
            let row = shown.get_mut(arn).unwrap();
            (row.looked, row.as_of) = (true, at(second));
        }
    }

    #[test]
    fn one_that_goes_on_far_down_has_its_turn_and_is_looked_at_when_it_ends() {
        let mut shown = HashMap::new();
        let running = [(40, "Executing"), (70, "Executing")];
        let open = taken(&mut shown, page("Succeeded", &running), at(0));
        assert_eq!(open.len(), LOOKED_AT, "the newest, whatever they are");
        let mut first = turns(&shown, &open, &[], at(0));
        first.sort();
        assert_eq!(first, ["40", "70"]);
        look_at(&mut shown, &[open, first].concat(), 0);
        // The next round: nothing but what goes on, and it keeps what was found meanwhile.
        assert!(taken(&mut shown, page("Succeeded", &running), at(5)).is_empty());
        assert!(shown["40"].looked);
        assert_eq!(turns(&shown, &[], &["70".to_owned()], at(5)), ["70", "40"], "what is in sight comes first");
        look_at(&mut shown, &["70".to_owned()], 5);
        assert_eq!(turns(&shown, &[], &[], at(10)), ["40", "70"], "then what was not asked for the longest");
        // One has ended: which step failed is not in the list.
        let open = taken(&mut shown, page("Succeeded", &[(40, "Failed"), (70, "Executing")]), at(10));
        assert_eq!(open, ["40"]);
        assert!(!shown["40"].looked && shown["70"].looked);
    }

    #[test]
    fn those_in_sight_are_looked_at_and_never_too_many_at_once() {
        let mut shown = HashMap::new();
        let open = taken(&mut shown, page("Failed", &[]), at(0));
        assert!(turns(&shown, &open, &[], at(0)).is_empty(), "what is over and out of sight costs nothing");
        let sight: Vec<String> = (20..80).map(|place: usize| place.to_string()).collect();
        let seen = turns(&shown, &open, &sight, at(0));
        assert_eq!(seen.len(), LOOKED_AT);
        assert!(seen.iter().all(|arn| sight.contains(arn) && !open.contains(arn)), "{seen:?}");
        assert!(turns(&shown, &[], &[], at(5)).is_empty());
        let many = taken(&mut HashMap::new(), page("Executing", &[]), at(0));
        assert_eq!(many.len(), LOOKED_AT);
    }

    #[test]
    fn only_those_that_are_over_have_an_end() {
        let told = ends(&[fact("Executing", None), fact("Failed", Some("no data"))]);
        assert_eq!(told.into_values().collect::<Vec<_>>(), [Some("no data".to_owned())]);
    }
}
