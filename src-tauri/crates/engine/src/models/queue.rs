//! What waits for a decision, oldest first; the gates of each come in one by one.

use super::{decide::Shared, registry::TOGETHER};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, sets::SetWriter};
use aws::{AwsError, Session};
use contract::{
    Notice, Timestamp,
    models::{GateSummary, QueueRow},
    sets::SetState,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How often it is looked for what is new.
const AGAIN: Duration = Duration::from_mins(1);
/// Versions whose evidence is read side by side.
const AT_ONCE: usize = 6;

impl Desk {
    pub fn open_queue(&self, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<QueueRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_queue(&session, &writer).await });
        Ok(state)
    }

    async fn load_queue(&self, session: &Session, writer: &Arc<SetWriter<QueueRow>>) -> Result<Timestamp, EngineError> {
        // Rows with the time of the version's last change: what did not change is not looked at again.
        let mut judged: HashMap<String, (Option<Timestamp>, QueueRow)> = HashMap::new();
        let mut first = true;
        loop {
            let registry = match Box::pin(self.registry(session, TOGETHER)).await {
                Ok(registry) => registry,
                Err(error) if !first && !matches!(error, AwsError::SignIn { .. }) => {
                    writer.notice(left_out("What is new", &error));
                    self.pause(AGAIN).await;
                    if writer.cancelled() {
                        return Ok(session.now());
                    }
                    continue;
                }
                Err(error) => return Err(Self::failed(session)(error)),
            };
            first = false;
            let team = |group: &contract::models::facts::GroupFact| {
                Some((group.name.clone(), ::models::rows::team(group.tags.as_deref())?))
            };
            let teams: Vec<(String, String)> = registry.groups.iter().filter_map(team).collect();
            let rows = ::models::rows::queue(&registry.versions, &teams, registry.as_of);
            let changed: HashMap<&str, Option<Timestamp>> =
                registry.versions.iter().map(|version| (version.arn.as_str(), version.modified)).collect();
            let at = |arn: &str| changed.get(arn).copied().flatten();
            let mut open: Vec<QueueRow> = Vec::new();
            let mut shown: Vec<QueueRow> = Vec::new();
            for row in rows {
                match judged.get(&row.arn) {
                    Some((when, known)) if *when == at(&row.arn) => {
                        shown.push(QueueRow { gates: known.gates.clone(), metric: known.metric.clone(), ..row });
                    }
                    _ => {
                        shown.push(row.clone());
                        open.push(row);
                    }
                }
            }
            writer.show(shown, registry.notices.clone());
            // Who one is and which rules listen is asked only where there is something left to judge.
            let shared = if open.is_empty() {
                None
            } else {
                match Box::pin(self.shared(session, registry.clone())).await {
                    Ok(shared) => Some(shared),
                    Err(error @ EngineError::Aws { source: AwsError::SignIn { .. }, .. }) => return Err(error),
                    Err(error) => {
                        writer.notice(Notice::warning(format!("Gates are left out: {error}.")));
                        None
                    }
                }
            };
            let Some(shared) = shared else {
                writer.finish(session.now());
                self.pause(AGAIN).await;
                if writer.cancelled() {
                    return Ok(session.now());
                }
                continue;
            };
            let mut looking = FuturesUnordered::new();
            loop {
                while looking.len() < AT_ONCE && !open.is_empty() {
                    // What is on the screen comes first, wherever it was scrolled or sorted to.
                    let sight = writer.in_sight();
                    let next = open.iter().position(|row| sight.contains(&row.arn)).unwrap_or(0);
                    looking.push(Box::pin(self.judge_row(session, &shared, open.remove(next))));
                }
                let Some(row) = looking.next().await else { break };
                if writer.cancelled() {
                    return Ok(session.now());
                }
                if row.gates.is_some() {
                    judged.insert(row.arn.clone(), (at(&row.arn), row.clone()));
                }
                writer.replace(row);
            }
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

    /// A row with its gates; as it was if the version is not in the registry any more.
    async fn judge_row(&self, session: &Session, shared: &Shared, row: QueueRow) -> QueueRow {
        let Some(version) = shared.registry.versions.iter().find(|version| version.arn == row.arn) else {
            return row;
        };
        let looked = Box::pin(self.glance_at_model(session, shared, version)).await;
        let gates: GateSummary = looked.draft().summary;
        let evaluation = looked.candidate.evidence.evaluation.there().cloned();
        ::models::rows::judged(row, Some(gates), evaluation.as_ref(), None)
    }
}
