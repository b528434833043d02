//! All that is known around one schedule, so that "quiet" is not taken for "good".

use super::{
    Importance, counted, cut_off,
    files::{file, newest_hour, why},
    key,
    served::Served,
};
use crate::{Desk, ends::left_out};
use ::models::{
    health::{self, Look, Watched},
    monitor::{Constraints, Explanations},
};
use aws::{
    AwsError, Session,
    models::{
        deployed,
        endpoints::{self, Described},
        monitors::{self, definitions},
        registry::{self, Included},
    },
    pages::up_to,
};
use contract::{
    Notice, Timestamp,
    drift::{MonitorRow, Origin},
    models::{
        MonitorHealth,
        facts::{
            AlertFact, DeployedModel, EvidencePart, JobDefinitionFact, MonitorKind, MonitorRunFact, ScheduleFact,
            ScheduleSummary, VersionFact,
        },
    },
};
use std::{sync::Arc, time::Duration};

/// How long what changes rarely is taken as it was read.
pub(super) const RARELY: Duration = Duration::from_mins(10);
/// Pages of a list of the region.
pub(super) const MOST_PAGES: usize = 20;

/// What was read around a schedule; what could not be read is a notice.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    pub summary: ScheduleSummary,
    pub expression: Option<String>,
    pub definition: Option<Arc<JobDefinitionFact>>,
    pub endpoint: Option<Arc<Described>>,
    /// The service does not know it.
    pub is_endpoint_gone: bool,
    /// The version that the endpoint serves.
    pub live: Option<Arc<VersionFact>>,
    pub is_live_unread: bool,
    pub alerts: Option<Vec<AlertFact>>,
    /// Newest first.
    pub runs: Option<Vec<MonitorRunFact>>,
    pub has_checks: Option<bool>,
    pub truth: Look<Timestamp>,
    /// Of the last run that made a report.
    pub violations: Option<u32>,
    pub group: Option<String>,
    pub notices: Vec<Notice>,
}

impl Looked {
    /// A schedule of which nothing else was read yet.
    pub fn bare(summary: ScheduleSummary, models: &[DeployedModel]) -> Self {
        let group = summary.endpoint.as_deref().and_then(|endpoint| group_of(models, endpoint));
        let alerts =
            models.iter().find(|model| model.schedules.iter().any(|one| one.name == summary.name)).map(|model| {
                let own = model.alerts.iter().filter(|(schedule, _, _)| *schedule == summary.name);
                own.map(|(_, _, alert)| alert.clone()).collect()
            });
        Self {
            summary,
            expression: None,
            definition: None,
            endpoint: None,
            is_endpoint_gone: false,
            live: None,
            is_live_unread: false,
            alerts,
            runs: None,
            has_checks: None,
            truth: Look::Unread,
            violations: None,
            group,
            notices: Vec::new(),
        }
    }

    pub fn last(&self) -> Option<&MonitorRunFact> {
        self.runs.as_deref().and_then(<[MonitorRunFact]>::first).or(self.summary.last.as_ref())
    }

    pub fn health(&self, now: Timestamp) -> MonitorHealth {
        let endpoint = self.endpoint.as_deref().map(|described| &described.endpoint);
        let capture = match endpoint {
            Some(endpoint) => endpoint.capture.as_ref().map_or(Look::Nothing, Look::There),
            None => Look::Unread,
        };
        let watched = Watched {
            schedule: &self.summary,
            expression: self.expression.as_deref(),
            definition: self.definition.as_deref(),
            runs: self.runs.as_deref(),
            alerts: self.alerts.as_deref(),
            is_endpoint_gone: self.is_endpoint_gone,
            capture,
            live: self.live.as_deref(),
            is_live_unread: self.is_live_unread,
            has_checks: self.has_checks,
            truth: self.truth,
        };
        health::health(&watched, now)
    }

    pub fn row(&self, health: &MonitorHealth, now: Timestamp) -> MonitorRow {
        let last = self.last();
        let found = self.violations.filter(|many| *many > 0);
        let found = found.map(|many| counted(usize::try_from(many).unwrap_or_default(), "violation"));
        let words = match found {
            Some(found) if health.problems.is_empty() => found,
            _ => health.words.clone(),
        };
        MonitorRow {
            schedule: self.summary.name.clone(),
            source: Origin::ModelMonitor,
            kind: self.summary.kind,
            endpoint: self.summary.endpoint.clone(),
            group: self.group.clone(),
            status: self.summary.status.clone(),
            last_run: last.map(|run| run.scheduled),
            last: last.map(|run| run.status.clone()),
            violations: self.violations,
            alert: self.alerts.as_ref().map(|alerts| alerts.iter().any(|alert| alert.is_raised)),
            health: health.state,
            words,
            as_of: now,
        }
    }

    fn missed(&mut self, what: &str, error: &AwsError) {
        self.notices.push(left_out(what, error));
    }
}

/// The group of the version that an endpoint serves: `arn:…:model-package/GROUP/7`.
pub(super) fn group_of(models: &[DeployedModel], endpoint: &str) -> Option<String> {
    let serves = |model: &&DeployedModel| model.endpoints.iter().any(|(name, _)| name == endpoint);
    let package = models.iter().filter(serves).find_map(|model| model.package.as_deref())?;
    group_in(package)
}

pub(super) fn group_in(package: &str) -> Option<String> {
    let (_, name) = package.split_once(":model-package/")?;
    name.split_once('/').map(|(group, _)| group.to_owned())
}

/// `CompletedWithViolations: Job completed successfully with 3 violations.`
fn told_violations(message: &str) -> Option<u32> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let (number, _) = words.iter().zip(words.iter().skip(1)).find(|(_, next)| next.starts_with("violation"))?;
    number.parse().ok()
}

impl Desk {
    /// Every model with where it serves and what watches it.
    pub(crate) async fn dashboard(
        &self,
        session: &Session,
        age: Duration,
    ) -> Result<Arc<Vec<DeployedModel>>, AwsError> {
        let key = key(session, "");
        if let Some(known) = self.inner.drift.models.get(&key, age) {
            return Ok(known);
        }
        let (all, is_cut) = up_to(MOST_PAGES, |token| deployed::page(session, token)).await?;
        let all = Arc::new(all);
        self.inner.drift.models_cut.put(key.clone(), is_cut);
        self.inner.drift.models.put(key, Arc::clone(&all));
        Ok(all)
    }

    /// That there are more models than were read the last time: what those serve, and what watches them, is not known.
    pub(super) fn models_beyond(&self, session: &Session) -> Option<Notice> {
        let is_cut = self.inner.drift.models_cut.last(&key(session, "")).unwrap_or_default();
        cut_off(is_cut, MOST_PAGES, "models")
    }

    /// A schedule with what its list and the dashboard say of it, else described.
    async fn schedule_around(
        &self,
        session: &Session,
        summary: &ScheduleSummary,
        age: Duration,
        deeply: bool,
    ) -> Result<Arc<ScheduleFact>, AwsError> {
        let is_told = summary.expression.is_some() && summary.definition.is_some() && summary.kind.is_some();
        if deeply || !is_told {
            return self.schedule_fact(session, &summary.name, age).await;
        }
        let expression = summary.expression.clone();
        Ok(Arc::new(ScheduleFact { summary: summary.clone(), expression, reason: None, inline: None }))
    }

    pub(super) async fn schedule_fact(
        &self,
        session: &Session,
        name: &str,
        age: Duration,
    ) -> Result<Arc<ScheduleFact>, AwsError> {
        let key = key(session, name);
        if let Some(known) = self.inner.drift.schedules.get(&key, age) {
            return Ok(known);
        }
        let fact = Arc::new(monitors::schedule(session, name).await?);
        self.inner.drift.schedules.put(key, Arc::clone(&fact));
        Ok(fact)
    }

    pub(super) async fn definition_of(
        &self,
        session: &Session,
        fact: &ScheduleFact,
    ) -> Result<Option<Arc<JobDefinitionFact>>, AwsError> {
        if let Some(inline) = &fact.inline {
            return Ok(Some(Arc::new(inline.clone())));
        }
        let (Some(name), Some(kind)) = (fact.summary.definition.as_deref(), fact.summary.kind) else { return Ok(None) };
        let key = key(session, &format!("{}/{name}", kind.code()));
        if let Some(known) = self.inner.drift.definitions.last(&key) {
            return Ok(Some(known));
        }
        let definition = Arc::new(definitions::describe(session, kind, name).await?);
        self.inner.drift.definitions.put(key, Arc::clone(&definition));
        Ok(Some(definition))
    }

    pub(super) async fn endpoint_of(
        &self,
        session: &Session,
        name: &str,
        age: Duration,
    ) -> Result<Arc<Described>, AwsError> {
        let key = key(session, name);
        if let Some(known) = self.inner.drift.endpoints.get(&key, age) {
            return Ok(known);
        }
        let described = Arc::new(endpoints::describe(session, name).await?);
        self.inner.drift.endpoints.put(key, Arc::clone(&described));
        Ok(described)
    }

    async fn live_version(
        &self,
        session: &Session,
        endpoint: &Described,
    ) -> Result<Option<Arc<VersionFact>>, AwsError> {
        let Some(package) = served(endpoint) else { return Ok(None) };
        let key = key(session, package);
        if let Some(known) = self.inner.drift.versions.get(&key, RARELY) {
            return Ok(Some(known));
        }
        let version = Arc::new(registry::describe_version(session, package, Included::Metadata).await?);
        self.inner.drift.versions.put(key, Arc::clone(&version));
        Ok(Some(version))
    }

    /// Whether the constraints of a definition check anything.
    async fn has_checks(&self, session: &Session, definition: &JobDefinitionFact) -> Result<Option<bool>, String> {
        let Some(uri) = definition.baseline.constraints.as_deref() else { return Ok(None) };
        let key = key(session, uri);
        if let Some(known) = self.inner.drift.checks.get(&key, RARELY) {
            return Ok(Some(known));
        }
        let read = file(session, uri).await?;
        let constraints = Constraints::read(&read.bytes).map_err(|error| format!("{uri}: {error}"))?;
        let has = constraints.checks_anything();
        self.inner.drift.checks.put(key, has);
        Ok(Some(has))
    }

    /// The newest hour of ground truth below a prefix; none without any.
    async fn newest_truth(&self, session: &Session, uri: &str, age: Duration) -> Result<Option<Timestamp>, AwsError> {
        let key = key(session, uri);
        if let Some(known) = self.inner.drift.truths.get(&key, age) {
            return Ok(known);
        }
        let newest = newest_hour(session, uri).await?;
        self.inner.drift.truths.put(key, newest);
        Ok(newest)
    }

    /// Violations of the last run, if it made a report.
    async fn violations_in(&self, session: &Session, run: &MonitorRunFact) -> Result<Option<u32>, AwsError> {
        match run.status.as_str() {
            "Completed" => return Ok(Some(0)),
            "CompletedWithViolations" => {}
            _ => return Ok(None),
        }
        let Some(job) = run.job.as_deref() else { return Ok(None) };
        let key = key(session, job);
        if let Some(known) = self.inner.drift.violations.last(&key) {
            return Ok(Some(known));
        }
        let found = monitors::processing(session, job).await?;
        let many = found.exit_message.as_deref().and_then(told_violations);
        if let Some(many) = many {
            self.inner.drift.violations.put(key, many);
        }
        Ok(many)
    }

    /// Reads what is around a schedule. `age` is how old endpoint and schedule may be, unless the endpoint is in `served`; with
    /// `deeply`, ground truth is looked for again and the runs are listed too.
    pub(super) async fn look_at_monitor(
        &self,
        session: &Session,
        mut looked: Looked,
        served: &Served,
        age: Duration,
        deeply: bool,
    ) -> Looked {
        match self.schedule_around(session, &looked.summary, age, deeply).await {
            Ok(fact) => {
                looked.expression.clone_from(&fact.expression);
                if looked.summary.last.is_none() {
                    looked.summary.last.clone_from(&fact.summary.last);
                }
                match self.definition_of(session, &fact).await {
                    Ok(definition) => looked.definition = definition,
                    Err(error) => looked.missed("The job definition", &error),
                }
            }
            Err(error) => looked.missed("When the schedule runs, and with what,", &error),
        }
        if let Some(name) = looked.summary.endpoint.clone() {
            let described = match served.get(&name) {
                Some(described) => Ok(Arc::clone(described)),
                None => self.endpoint_of(session, &name, age).await,
            };
            match described {
                Ok(described) => {
                    match self.live_version(session, &described).await {
                        // Where its models were not read, nothing says that they are of no version.
                        Ok(live) => {
                            looked.is_live_unread = live.is_none() && !described.missing.is_empty();
                            looked.live = live;
                        }
                        Err(error) => {
                            looked.is_live_unread = true;
                            looked.missed("The version that serves", &error);
                        }
                    }
                    looked.endpoint = Some(described);
                }
                Err(error) if error.is_absent() => looked.is_endpoint_gone = true,
                Err(error) => looked.missed("The endpoint", &error),
            }
        }
        if let Some(live) = &looked.live {
            looked.group = Some(live.group.clone());
        }
        if deeply {
            let wanted = monitors::Wanted { schedule: Some(&looked.summary.name), ..monitors::Wanted::default() };
            match monitors::runs_page(session, wanted, None).await {
                Ok((runs, _)) => looked.runs = Some(runs),
                Err(error) => looked.missed("The list of runs", &error),
            }
            match monitors::alerts(session, &looked.summary.name).await {
                Ok(alerts) => looked.alerts = Some(alerts),
                Err(error) => looked.missed("The list of alerts", &error),
            }
        }
        if let Some(definition) = looked.definition.clone() {
            if looked.summary.kind == Some(MonitorKind::DataQuality) {
                match self.has_checks(session, &definition).await {
                    Ok(has) => looked.has_checks = has,
                    Err(why) => looked.notices.push(Notice::warning(format!("Whether anything is checked: {why}."))),
                }
            }
            if let Some(truth) = definition.ground_truth.as_deref() {
                match self.newest_truth(session, truth, if deeply { Duration::ZERO } else { RARELY }).await {
                    Ok(newest) => looked.truth = newest.map_or(Look::Nothing, Look::There),
                    Err(error) => {
                        let text = format!("The ground truth below {truth} could not be listed: {}.", why(&error));
                        looked.notices.push(Notice::warning(text));
                    }
                }
            }
        }
        let last = looked.last().cloned();
        if let Some(last) = last {
            match self.violations_in(session, &last).await {
                Ok(many) => looked.violations = many,
                Err(error) => looked.missed("The number of violations", &error),
            }
        }
        looked
    }

    /// What the features are worth to the version that serves, as parts of all; empty if nothing says so.
    pub(super) async fn importance_of(&self, session: &Session, endpoint: &str) -> Result<Importance, String> {
        let described = self.endpoint_of(session, endpoint, RARELY).await.map_err(|error| why(&error))?;
        let live = self.live_version(session, &described).await.map_err(|error| why(&error))?;
        let Some(uri) = live.as_deref().and_then(explained) else { return Ok(Importance::default()) };
        let key = key(session, uri);
        if let Some(known) = self.inner.drift.importance.get(&key, RARELY) {
            return Ok(known);
        }
        let read = file(session, uri).await?;
        let explained = Explanations::read(&read.bytes).map_err(|error| format!("{uri}: {error}"))?;
        let features = explained.importances();
        let sum: f64 = features.iter().map(|(_, value)| value.abs()).sum();
        let parts =
            features.into_iter().filter(|_| sum > 0.0).map(|(name, value)| (name.to_owned(), value.abs() / sum));
        let parts: Importance = Arc::new(parts.collect());
        self.inner.drift.importance.put(key, Arc::clone(&parts));
        Ok(parts)
    }

    /// The same as far as it was read before, whenever that was.
    pub(super) fn kept_importance(&self, session: &Session, endpoint: &str) -> Importance {
        let drift = &self.inner.drift;
        let described = drift.endpoints.last(&key(session, endpoint));
        let package = described.as_deref().and_then(served);
        let live = package.and_then(|package| drift.versions.last(&key(session, package)));
        let report = live.as_deref().and_then(explained);
        report.and_then(|uri| drift.importance.last(&key(session, uri))).unwrap_or_default()
    }
}

/// The version that most of an endpoint's traffic goes to.
fn served(endpoint: &Described) -> Option<&str> {
    let variants = endpoint.endpoint.variants.iter().filter(|variant| variant.package.is_some());
    let heaviest = variants.reduce(|most, next| if next.weight > most.weight { next } else { most })?;
    heaviest.package.as_deref()
}

/// Where the explainability report of a version lies.
fn explained(live: &VersionFact) -> Option<&str> {
    let file = live.metrics.iter().find(|file| file.part == EvidencePart::Explainability)?;
    Some(&file.uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_message_tells_the_violations() {
        let message = "CompletedWithViolations: Job completed successfully with 3 violations.";
        assert_eq!(told_violations(message), Some(3));
        assert_eq!(told_violations("Completed: Job completed successfully with no violations."), None);
    }

    #[test]
    fn the_group_stands_in_the_name_of_the_package() {
        assert_eq!(group_in("arn:aws:sagemaker:eu-west-1:1:model-package/churn/14").as_deref(), Some("churn"));
        assert_eq!(group_in("arn:aws:sagemaker:eu-west-1:1:model-package/churn"), None);
    }
}
