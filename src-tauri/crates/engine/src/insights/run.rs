//! One run of a query: asked for its results until it is over, or stopped.

use super::{
    InsightsEvents,
    line::{Line, lines, place},
};
use crate::{Desk, EngineError, sets::SetWriter};
use aws::{
    AwsError, Session,
    logs::insights::{self, Results, Standing},
};
use contract::{
    Fault, InsightsId, Notice, Timestamp,
    insights::{InsightsEvent, InsightsField, InsightsLine, InsightsState, InsightsStatus, MOST_ROWS},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long to wait before the first look, and at most between two: most queries take a second or two, some an hour.
const FIRST: Duration = Duration::from_millis(300);
const MOST_PAUSE: Duration = Duration::from_secs(5);
/// Looks in a row that may get no answer.
const TRIES: u32 = 6;

#[derive(Debug)]
pub(super) struct Run {
    pub id: InsightsId,
    pub session: Session,
    /// The service's own id.
    query: String,
    groups: Vec<String>,
    begun: Instant,
    seen: Mutex<Seen>,
    /// Moves with every change.
    changed: watch::Sender<u64>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Seen {
    state: InsightsState,
    lines: Arc<Vec<Line>>,
}

impl Run {
    pub fn new(
        id: InsightsId,
        session: Session,
        query: String,
        groups: Vec<String>,
        range: (Timestamp, Timestamp),
        command: String,
    ) -> Self {
        let state = InsightsState {
            query: id,
            status: InsightsStatus::Running,
            fields: Vec::new(),
            rows: 0,
            matched: 0,
            scanned: 0,
            bytes: 0,
            micros: 0,
            price: ::jobs::insights::price(session.region()),
            took: 0,
            from: range.0,
            until: range.1,
            command,
            notices: Vec::new(),
            revision: 0,
        };
        Self {
            id,
            session,
            query,
            groups,
            begun: Instant::now(),
            seen: Mutex::new(Seen { state, lines: Arc::default() }),
            changed: watch::Sender::new(0),
            stop: CancellationToken::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn state(&self) -> InsightsState {
        self.lock().state.clone()
    }

    /// Stops it at the service too, unless it is over.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Asks for results until the run is over.
    pub async fn follow(self: Arc<Self>, events: InsightsEvents) {
        let mut pause = FIRST;
        let mut unanswered = 0;
        let over = loop {
            tokio::select! {
                () = self.stop.cancelled() => break self.end_early().await,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 3 / 2).min(MOST_PAUSE);
            match insights::results(&self.session, &self.query).await {
                Ok(results) => {
                    unanswered = 0;
                    match self.take(results).await {
                        InsightsStatus::Running => events(InsightsEvent::Changed(self.state())),
                        over => break over,
                    }
                }
                Err(AwsError::Busy { .. } | AwsError::Unreachable { .. }) if unanswered < TRIES => unanswered += 1,
                Err(error) => {
                    // It would go on to scan for nobody.
                    let _ = insights::stop(&self.session, &self.query).await;
                    events(InsightsEvent::Failed(Fault::from(Desk::failed(&self.session)(error))));
                    break InsightsStatus::Failed;
                }
            }
        };
        self.change(|seen| seen.state.status = over);
        events(InsightsEvent::Changed(self.state()));
    }

    /// The person does not wait for it. What it scanned until then was paid for, and is told.
    async fn end_early(self: &Arc<Self>) -> InsightsStatus {
        if let Err(error) = insights::stop(&self.session, &self.query).await {
            tracing::warn!(%error, "a query could not be stopped");
            let words = format!("The service could not be told to stop: {error}");
            self.change(|seen| seen.state.notices.push(Notice::warning(words)));
        }
        if let Ok(results) = insights::results(&self.session, &self.query).await
            && self.take(results).await == InsightsStatus::Complete
        {
            return InsightsStatus::Complete;
        }
        InsightsStatus::Stopped
    }

    /// Puts these results in place of those before. Masking ten thousand rows takes a moment, so elsewhere.
    async fn take(self: &Arc<Self>, results: Results) -> InsightsStatus {
        let standing = results.standing;
        let run = Arc::clone(self);
        let taken = tokio::task::spawn_blocking(move || {
            let Results { rows, matched, scanned, bytes, .. } = results;
            let given = rows.len();
            let (fields, lines) = lines(rows, crate::jobs::masked);
            run.show(&fields, lines, given, [matched, scanned, bytes]);
        });
        let status = match standing {
            Standing::Running => InsightsStatus::Running,
            Standing::Complete => InsightsStatus::Complete,
            Standing::Cancelled => InsightsStatus::Stopped,
            Standing::Failed => InsightsStatus::Failed,
            Standing::TimedOut => InsightsStatus::TimedOut,
        };
        if taken.await.is_ok() { status } else { InsightsStatus::Failed }
    }

    /// Of the rows that the service gave, those that are kept.
    fn show(
        &self,
        fields: &Arc<Vec<InsightsField>>,
        lines: Vec<Line>,
        given: usize,
        [matched, scanned, bytes]: [u64; 3],
    ) {
        let rows = lines.len() as u64;
        self.change(|seen| {
            let state = &mut seen.state;
            (state.rows, state.matched, state.scanned, state.bytes) = (rows, matched, scanned, bytes);
            state.micros = ::jobs::insights::micros(bytes);
            state.fields.clone_from(fields);
            let partial = [
                (
                    given as u64 >= MOST_ROWS,
                    "Only the first 10,000 rows are given: narrow the range, or count with stats.",
                ),
                (
                    given > lines.len(),
                    "Only the first rows are kept, 32 MB of them: ask for fewer fields, or narrow the range.",
                ),
            ];
            for (_, words) in partial.into_iter().filter(|(is, _)| *is) {
                let notice = Notice::warning(words);
                if !state.notices.contains(&notice) {
                    state.notices.push(notice);
                }
            }
            seen.lines = Arc::new(lines);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.lock();
        change(&mut seen);
        seen.state.took = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        seen.state.revision += 1;
        drop(seen);
        self.changed.send_modify(|count| *count += 1);
    }

    /// Shows the rows in a set until there are no more, or nobody looks. Answers with when that was.
    pub async fn fill(&self, writer: &SetWriter<Line>) -> Timestamp {
        let mut changed = self.changed.subscribe();
        loop {
            changed.borrow_and_update();
            let (over, lines) = {
                let seen = self.lock();
                (seen.state.status != InsightsStatus::Running, Arc::clone(&seen.lines))
            };
            writer.show(lines.to_vec(), Vec::new());
            if over {
                return self.session.now();
            }
            tokio::select! {
                () = writer.closed() => return self.session.now(),
                moved = changed.changed() => if moved.is_err() {
                    return self.session.now();
                },
            }
        }
    }

    /// The stream and the time of the line behind a row: as the row tells them, else as the service does.
    pub async fn line(&self, row: &str) -> Result<InsightsLine, EngineError> {
        let line = row.parse::<usize>().ok().and_then(|at| self.lock().lines.get(at).cloned());
        let line = line.ok_or_else(|| EngineError::NotFound("The query has no such row.".to_owned()))?;
        let only = match self.groups.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        };
        if let Some(found) = place(|name| line.cell(name), only) {
            return Ok(addressed(found));
        }
        let Some(pointer) = line.pointer() else {
            return Err(EngineError::NotFound("A row that counts has no one line behind it.".to_owned()));
        };
        let record = insights::record(&self.session, pointer).await.map_err(Desk::failed(&self.session))?;
        let field = |name: &str| record.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        place(field, only)
            .map(addressed)
            .ok_or_else(|| EngineError::NotFound("The service does not say which stream the line is of.".to_owned()))
    }
}

/// To the second: many programs tell no more than that in their lines.
fn addressed((group, stream, at): (&str, &str, Timestamp)) -> InsightsLine {
    InsightsLine { address: format!("{group}:{stream}"), at: Timestamp::from_second(at.as_second()).ok() }
}
