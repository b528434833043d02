//! All pipelines of the region: names first, then how the newest executions of each ended.

use super::{newest, pure, read};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, sets::SetWriter};
use aws::{AwsError, Session, models::pipelines, pages::up_to};
use contract::{
    Notice, Timestamp,
    models::{
        PipelineRow, PipelineStatus,
        facts::{PipelineExecutionFact, PipelineFact},
    },
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the list is read again.
const AGAIN: Duration = Duration::from_secs(30);
/// An execution of long ago may be retried, and the list does not tell: each pipeline is asked again after this time.
const AT_LEAST: Duration = Duration::from_mins(5);
/// Pipelines whose executions are listed side by side.
const AT_ONCE: usize = 4;
/// Pages of pipelines: 100 each.
const MOST_PAGES: usize = 10;

/// The executions of a pipeline as they were last listed.
#[derive(Debug, Clone)]
struct Listed {
    at: Instant,
    last_run: Option<Timestamp>,
    modified: Option<Timestamp>,
    runs: Vec<PipelineExecutionFact>,
    /// None where its definition was not read.
    registers: Option<Vec<String>>,
}

impl Listed {
    fn stands(&self, fact: &PipelineFact) -> bool {
        let moves = self.runs.iter().take(pure::STRIP).any(|run| !PipelineStatus::of(&run.status).is_over());
        !moves && self.last_run == fact.last_run && self.modified == fact.modified && self.at.elapsed() < AT_LEAST
    }

    /// What its definition registers, if that was read and is the same one still.
    fn registered(&self, fact: &PipelineFact) -> Option<&[String]> {
        self.registers.as_deref().filter(|_| self.modified == fact.modified)
    }
}

impl Desk {
    pub fn open_pipelines(&self, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<PipelineRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_pipelines(&session, &writer).await });
        Ok(state)
    }

    async fn load_pipelines(
        &self,
        session: &Session,
        writer: &Arc<SetWriter<PipelineRow>>,
    ) -> Result<Timestamp, EngineError> {
        let mut listed: HashMap<String, Listed> = HashMap::new();
        let mut first = true;
        loop {
            match all(session).await {
                Ok((facts, cut)) => {
                    Box::pin(show_pipelines(session, writer, &facts, &mut listed, cut)).await;
                }
                // What was read stays, with the reason why it is not newer.
                Err(error) if !first && !matches!(error, AwsError::SignIn { .. }) => {
                    writer.notice(left_out("What is new", &error));
                    self.pause(AGAIN).await;
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
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }
}

async fn show_pipelines(
    session: &Session,
    writer: &SetWriter<PipelineRow>,
    facts: &[PipelineFact],
    listed: &mut HashMap<String, Listed>,
    cut: Option<Notice>,
) {
    let now = session.now();
    let known = writer.rows_by_id();
    let fresh = facts.iter().filter(|fact| !known.contains_key(&fact.name));
    writer.append(fresh.map(|fact| pure::pipeline(fact, None, &[], now)).collect());
    let mut rows: Vec<PipelineRow> = Vec::new();
    let mut open: Vec<PipelineFact> = Vec::new();
    for fact in facts {
        match listed.get(&fact.name).filter(|listed| listed.stands(fact)) {
            Some(listed) => {
                let registers = listed.registered(fact).unwrap_or_default();
                rows.push(pure::pipeline(fact, Some(&listed.runs), registers, now));
            }
            None => open.push(fact.clone()),
        }
    }
    let looks: Vec<_> = open
        .into_iter()
        .map(|fact| {
            let known = listed.get(&fact.name).and_then(|listed| listed.registered(&fact)).map(<[String]>::to_vec);
            look(session, fact, known)
        })
        .collect();
    let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
    while let Some((fact, runs, registers)) = looking.next().await {
        if writer.cancelled() {
            return;
        }
        let shown = registers.as_deref().unwrap_or_default();
        let row = match runs {
            Ok(runs) => {
                let row = pure::pipeline(&fact, Some(&runs), shown, now);
                let (last_run, modified) = (fact.last_run, fact.modified);
                listed.insert(fact.name, Listed { at: Instant::now(), last_run, modified, runs, registers });
                row
            }
            // What was listed before is better than nothing.
            Err(error) => {
                let before = listed.get(&fact.name).map(|listed| listed.runs.as_slice());
                let problem = Some(left_out("How its executions ended", &error).text);
                PipelineRow { problem, ..pure::pipeline(&fact, before, shown, now) }
            }
        };
        writer.replace(row.clone());
        rows.push(row);
    }
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    writer.show(rows, cut.into_iter().collect());
}

/// What a pipeline's newest executions are, and which groups it registers versions in, unless that is `known`. `None`: its
/// definition could not be read this time.
async fn look(
    session: &Session,
    fact: PipelineFact,
    known: Option<Vec<String>>,
) -> (PipelineFact, Result<Vec<PipelineExecutionFact>, AwsError>, Option<Vec<String>>) {
    let runs = newest(session, &fact.name).await;
    let registers = match known {
        Some(known) => Some(known),
        // What cannot be read is not known, which is no fault of the row.
        None => match pipelines::describe(session, &fact.name).await {
            Ok(described) => Some(read(described.definition.as_deref()).map(|one| one.registers()).unwrap_or_default()),
            Err(error) => {
                tracing::debug!(%error, pipeline = fact.name, "the definition of a pipeline could not be read");
                None
            }
        },
    };
    (fact, runs, registers)
}

/// Every pipeline, and a notice if there are more than are read.
async fn all(session: &Session) -> Result<(Vec<PipelineFact>, Option<Notice>), AwsError> {
    let (all, more) = up_to(MOST_PAGES, |token| pipelines::page(session, token)).await?;
    Ok((all, more.then(|| Notice::warning("Only the newest 1,000 pipelines were read."))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_that_was_not_read_is_asked_for_again() {
        let fact = |modified: i64| PipelineFact {
            name: "train".into(),
            arn: String::new(),
            title: None,
            description: None,
            created: None,
            modified: Timestamp::from_second(modified).ok(),
            last_run: None,
            role: None,
            definition: None,
        };
        let listed = |registers: Option<&[&str]>| Listed {
            at: Instant::now(),
            last_run: None,
            modified: fact(1).modified,
            runs: Vec::new(),
            registers: registers.map(|all| all.iter().map(|one| (*one).to_owned()).collect()),
        };
        assert_eq!(listed(None).registered(&fact(1)), None, "what could not be read once is not nothing");
        assert_eq!(listed(Some(&[])).registered(&fact(1)), Some(&[][..]), "it registers nothing");
        assert_eq!(listed(Some(&["churn"])).registered(&fact(1)), Some(&["churn".to_owned()][..]));
        assert_eq!(listed(Some(&["churn"])).registered(&fact(2)), None, "it was changed since");
    }
}
