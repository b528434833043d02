//! The executions of one pipeline, newest first: the list at once, then who started the newest and which step failed.

use super::{cover, pure, steps};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, sets::SetWriter};
use aws::{AwsError, Session, models::pipelines};
use contract::{
    Notice, Timestamp,
    models::{OpenPipelineExecutions, PipelineExecutionRow, PipelineStatus, facts::PipelineExecutionFact},
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How often the list is read again while something runs, and otherwise.
const SOON: Duration = Duration::from_secs(5);
const LATER: Duration = Duration::from_secs(30);
/// Pages of 100 that are read at first; later only the newest.
const MOST_PAGES: usize = 5;
/// Executions that are looked at: each costs a call or two.
const LOOKED_AT: usize = 30;
const AT_ONCE: usize = 4;

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
                    let notices = cut.iter().chain(&refused).cloned().collect();
                    let is_asked = refused.is_none();
                    let show = show_executions(session, writer, facts, &mut shown, notices, is_asked);
                    refused = refused.or(Box::pin(show).await);
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

/// Shows what was listed, then looks at the newest, if they are to be asked for. The notice says that this is refused: it
/// would be refused again.
async fn show_executions(
    session: &Session,
    writer: &SetWriter<PipelineExecutionRow>,
    facts: Vec<PipelineExecutionFact>,
    shown: &mut HashMap<String, PipelineExecutionRow>,
    notices: Vec<Notice>,
    is_asked: bool,
) -> Option<Notice> {
    let now = session.now();
    let mut open = Vec::new();
    for (at, fact) in facts.into_iter().enumerate() {
        let status = PipelineStatus::of(&fact.status);
        let stands = shown.get(&fact.arn).is_some_and(|row| row.looked && row.status == status && status.is_over());
        if stands {
            continue;
        }
        // A row that was looked at keeps what was found until it is looked at again.
        let bare = pure::execution(&fact, None, false, now);
        let row = match shown.get(&fact.arn) {
            Some(known) => PipelineExecutionRow { by: known.by.clone(), ..bare },
            None => bare,
        };
        shown.insert(fact.arn.clone(), row);
        if at < LOOKED_AT {
            open.push(fact.arn);
        }
    }
    writer.show(in_order(shown), notices);
    if !is_asked {
        return None;
    }
    // Those that go on and are older than what was listed; the one that was not asked for the longest comes first.
    let mut older: Vec<_> = shown.values().filter(|row| !row.status.is_over() && row.as_of < now).collect();
    older.sort_by_key(|row| row.as_of);
    open.extend(older.into_iter().take(LOOKED_AT).map(|row| row.arn.clone()));
    let looks: Vec<_> = open.into_iter().map(|arn| look(session, arn)).collect();
    let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
    let mut missed: Option<AwsError> = None;
    while let Some(result) = looking.next().await {
        if writer.cancelled() {
            return None;
        }
        match result {
            Ok(row) => {
                writer.replace(row.clone());
                shown.insert(row.arn.clone(), row);
            }
            Err(error) => missed = missed.or(Some(error)),
        }
    }
    let error = missed?;
    let notice = left_out("Who started some of them and which step failed", &error);
    writer.notice(notice.clone());
    matches!(error, AwsError::Denied { .. }).then_some(notice)
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
    let (mut all, mut token) = (Vec::new(), None);
    for _ in 0..pages {
        let (page, next) = pipelines::executions_page(session, pipeline, token).await?;
        all.extend(page);
        token = next;
        if token.is_none() {
            break;
        }
    }
    all.iter_mut().for_each(cover);
    Ok((all, token.is_some()))
}
