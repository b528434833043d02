//! Logs Insights: what a query may cost, its run, its rows.
//!
//! What always holds: nothing is scanned before the person asked for it; a run that nobody waits for any more is stopped at
//! the service, whoever went away; and what was paid for stays until some newer runs take its place, so that going to a
//! line and back costs nothing. The service gives all rows again at every look, so they are put in place of those before.

mod line;
mod run;

use crate::{Desk, EngineError, sets::Events};
use aws::{
    AwsError, Session,
    logs::insights::{self, Named, Started},
};
use contract::{
    InsightsId, Notice,
    insights::{
        EstimateInsights, FindInsightsLine, InsightsEstimate, InsightsEvent, InsightsLine, InsightsReply,
        InsightsStart, InsightsState, ListLogGroups, LogGroup, LogGroups, MOST_GROUPS, MOST_TEXT, OpenInsightsRows,
        PrepareInsights, ShowInsights, StartInsights, StopInsights,
    },
    jobs::{JobId, LogPlace},
    sets::SetState,
};
use futures_util::{StreamExt as _, stream};
use line::Line;
use run::Run;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Where a run reports what it found.
pub type InsightsEvents = Arc<dyn Fn(InsightsEvent) + Send + Sync>;

/// Runs that are kept; the oldest goes.
const MOST_RUNS: usize = 8;
/// Log groups that are offered at once, and pages that are looked through for them.
const MOST_LISTED: usize = 50;
const MOST_PAGES: usize = 10;
/// Groups that are described at once.
const AT_ONCE: usize = 4;
/// The code of the service for too many queries at once.
const TOO_MANY: &str = "LimitExceededException";

/// The runs that the window may ask for.
#[derive(Debug, Default)]
pub(crate) struct Insights {
    last: AtomicU64,
    /// How often all were closed.
    closings: AtomicU64,
    open: Mutex<BTreeMap<InsightsId, Arc<Run>>>,
}

impl Insights {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<InsightsId, Arc<Run>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> InsightsId {
        InsightsId(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn get(&self, id: InsightsId) -> Result<Arc<Run>, EngineError> {
        self.lock().get(&id).cloned().ok_or(EngineError::Gone("this query"))
    }

    fn keep(&self, run: &Arc<Run>) {
        let mut open = self.lock();
        open.insert(run.id, Arc::clone(run));
        while open.len() > MOST_RUNS {
            if let Some((_, oldest)) = open.pop_first() {
                oldest.stop();
            }
        }
    }

    /// The window has reloaded or closed, or another profile is open.
    pub fn close_all(&self) {
        self.closings.fetch_add(1, Ordering::SeqCst);
        for run in std::mem::take(&mut *self.lock()).values() {
            run.stop();
        }
    }
}

impl Desk {
    /// The log groups of a run and the queries that fit it.
    pub async fn prepare_insights(&self, request: PrepareInsights) -> Result<InsightsStart, EngineError> {
        let session = self.session()?;
        let groups = match &request.job {
            Some(job) => self.groups_of(&session, job).await?,
            None => Vec::new(),
        };
        Ok(InsightsStart { groups, queries: ::jobs::insights::ready(request.job.as_ref()) })
    }

    async fn groups_of(&self, session: &Session, job: &JobId) -> Result<Vec<String>, EngineError> {
        let run = self.run_fact(session, job).await?;
        let mut groups = Vec::new();
        for place in ::jobs::layout::places(&run, &[]) {
            if let LogPlace::CloudWatch { group, .. } = place
                && !groups.contains(&group)
            {
                groups.push(group);
            }
        }
        Ok(groups)
    }

    /// Log groups to choose from.
    pub async fn list_log_groups(&self, request: ListLogGroups) -> Result<LogGroups, EngineError> {
        let session = self.session()?;
        let holds = request.holds.trim();
        let lower = holds.to_lowercase();
        let (mut groups, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = insights::groups_page(&session, Named::Holding(holds), token).await;
            let (found, next) = page.map_err(Self::failed(&session))?;
            groups.extend(found.into_iter().filter(|group| group.name.to_lowercase().contains(&lower)));
            token = next;
            if token.is_none() || groups.len() >= MOST_LISTED {
                break;
            }
        }
        let more = token.is_some() || groups.len() > MOST_LISTED;
        groups.truncate(MOST_LISTED);
        Ok(LogGroups { groups, more })
    }

    /// What a query may cost. Scans nothing.
    pub async fn estimate_insights(&self, request: EstimateInsights) -> Result<InsightsEstimate, EngineError> {
        check_groups(&request.groups)?;
        let session = self.session()?;
        let now = session.now();
        let (from, until) = request.within.resolve(now);
        let asked = request.groups.iter().map(|name| described(&session, name)).collect::<Vec<_>>();
        let described = stream::iter(asked).buffered(AT_ONCE).collect::<Vec<_>>().await;
        let (mut bytes, mut stored, mut notices) = (0_u64, 0_u64, Vec::new());
        for (name, group) in request.groups.iter().zip(described) {
            match group.map_err(Self::failed(&session))? {
                Some(group) => {
                    bytes = bytes.saturating_add(::jobs::insights::scanned(&group, from, until, now));
                    stored = stored.saturating_add(group.stored.unwrap_or_default());
                    if group.stored.is_none() {
                        notices.push(Notice::warning(format!("{name} does not say how much it holds.")));
                    }
                }
                None => notices.push(Notice::warning(format!("There is no log group {name} here."))),
            }
        }
        let basis = format!(
            "An estimate: what the groups hold, by DescribeLogGroups, and the share of the range in the time that they are \
             kept, as if they were written to evenly, {}.",
            ::jobs::insights::price(session.region())
        );
        Ok(InsightsEstimate { bytes, stored, micros: ::jobs::insights::micros(bytes), basis, notices })
    }

    /// Starts a query; its events tell what it found.
    pub async fn start_insights(
        &self,
        request: StartInsights,
        events: InsightsEvents,
    ) -> Result<InsightsReply, EngineError> {
        check_groups(&request.groups)?;
        check_text(&request.text)?;
        let session = self.session()?;
        let StartInsights { groups, text, within } = request;
        let closings = self.inner.insights.closings.load(Ordering::SeqCst);
        let (from, until) = within.resolve(session.now());
        let started = insights::start(&session, &groups, &text, from, until).await;
        let query = match started.map_err(|error| refused(&session, error))? {
            Started::Running(query) => query,
            Started::Malformed(wrong) => return Ok(InsightsReply::Malformed(wrong)),
        };
        let scope = ::jobs::command::Scope { profile: Some(session.profile()), region: Some(session.region()) };
        let command = ::jobs::insights::command(&groups, &text, from, until, scope);
        let run =
            Arc::new(Run::new(self.inner.insights.next(), session.clone(), query, groups, (from, until), command));
        self.inner.insights.keep(&run);
        // Whoever asked was gone before the service had answered, so nobody else would stop it.
        if self.inner.insights.closings.load(Ordering::SeqCst) != closings {
            run.stop();
        }
        let state = run.state();
        tokio::spawn(run.follow(events));
        Ok(InsightsReply::Started(state))
    }

    pub fn show_insights(&self, request: ShowInsights) -> Result<InsightsState, EngineError> {
        Ok(self.inner.insights.get(request.query)?.state())
    }

    pub fn stop_insights(&self, request: StopInsights) {
        if let Ok(run) = self.inner.insights.get(request.query) {
            run.stop();
        }
    }

    /// The rows of a run, as they come.
    pub fn open_insights_rows(&self, request: OpenInsightsRows, events: Events) -> Result<SetState, EngineError> {
        let run = self.inner.insights.get(request.query)?;
        let (state, writer) = self.inner.sets.open::<Line>(run.session.now(), events);
        crate::desk::load(writer, |writer| async move { Ok(run.fill(&writer).await) });
        Ok(state)
    }

    /// The stream and the time of the line behind a row.
    pub async fn find_insights_line(&self, request: FindInsightsLine) -> Result<InsightsLine, EngineError> {
        let run = self.inner.insights.get(request.query)?;
        run.line(&request.row).await
    }
}

fn check_groups(groups: &[String]) -> Result<(), EngineError> {
    if groups.is_empty() || groups.len() > MOST_GROUPS {
        return Err(EngineError::BadInput(format!("Choose 1 to {MOST_GROUPS} log groups.")));
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), EngineError> {
    if text.trim().is_empty() {
        return Err(EngineError::BadInput("Write a query first.".to_owned()));
    }
    if text.chars().count() > MOST_TEXT {
        let most = crate::logs::number(MOST_TEXT as u64);
        return Err(EngineError::BadInput(format!("A query has at most {most} characters.")));
    }
    Ok(())
}

/// The group with exactly this name: pages come by name, so it is the first that begins so.
async fn described(session: &Session, name: &str) -> Result<Option<LogGroup>, AwsError> {
    let (groups, _) = insights::groups_page(session, Named::Beginning(name), None).await?;
    Ok(groups.into_iter().find(|group| group.name == name))
}

fn refused(session: &Session, error: AwsError) -> EngineError {
    if matches!(&error, AwsError::Service { code, .. } if code == TOO_MANY) {
        let words = "As many queries run in this account and region as may run at once (30 unless the quota was raised). \
                     Wait for one of them, then run it again.";
        return EngineError::NotNow(words.to_owned());
    }
    Desk::failed(session)(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_query_is_refused_before_it_is_sent() {
        let words = |result: Result<(), EngineError>| result.unwrap_err().to_string();
        assert_eq!(words(check_groups(&[])), "Choose 1 to 50 log groups.");
        assert!(check_groups(&vec!["/g".to_owned(); MOST_GROUPS]).is_ok());
        assert!(check_groups(&vec!["/g".to_owned(); MOST_GROUPS + 1]).is_err());
        assert_eq!(words(check_text(" \n")), "Write a query first.");
        assert_eq!(words(check_text(&"x".repeat(MOST_TEXT + 1))), "A query has at most 10,000 characters.");
        assert!(check_text("fields @message").is_ok());
    }
}
