//! What of monitors and endpoints somebody should look at, in few calls: the lists of the region, the model dashboard, and
//! what other pages have read before. Only a few things are looked into at a time, in turn.

use super::{
    cut_off,
    endpoint::{Asked, CALLS, ERRORS, INVOCATIONS, query},
    key,
    list::{joined, schedules},
    look::RARELY,
    moment,
    worklist::{self, Newest},
};
use crate::{Desk, ends::left_out, jobs::masked};
use ::models::{
    health::{Watched, health},
    series::is_of_endpoint,
};
use aws::{
    AwsError, Session,
    models::{
        endpoints::{self, EndpointItem},
        metrics,
    },
    pages::up_to,
};
use contract::{
    Notice, Timestamp,
    drift::{MonitorRow, Origin, WorkRow},
    models::{
        HealthState, MonitorHealth,
        facts::{AlarmFact, DeployedModel, MetricName, MetricQuery, MonitorKind, ScheduleSummary},
    },
    now::{ModelTrouble, TroubleAbout},
};
use jiff::SignedDuration;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// How old the dashboard may be.
const LATELY: Duration = Duration::from_mins(2);
/// Schedules whose last run nothing else tells, and endpoints whose reason is asked for, in one look.
const MOST_ASKED: usize = 5;
/// Pages of a list of the region.
const MOST_PAGES: usize = 10;
/// Requests are counted over the last hour, in periods of five minutes.
const COUNTED: SignedDuration = SignedDuration::from_hours(1);
const PERIOD: u32 = 300;
/// Percent of the requests that may be answered with 5XX: below it, single failures would be told all the time.
const MOST_FAILING: f64 = 1.0;

/// What was found in one place.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub rows: Vec<ModelTrouble>,
    /// What shows at every look, so that its beginning is seen; the rest becomes known when something looks closer. `None`: not
    /// all of it could be read this time, so what is missing may go on.
    pub news: Option<Vec<ModelTrouble>>,
    pub notices: Vec<Notice>,
}

/// A trouble seen by this session. `own` names it in its profile and region.
pub(crate) fn trouble_at(
    session: &Session,
    own: &str,
    words: String,
    since: Option<Timestamp>,
    about: TroubleAbout,
) -> ModelTrouble {
    let (profile, region) = (session.profile().to_owned(), session.region().to_owned());
    ModelTrouble { id: format!("{profile} {region} {own}"), profile, region, words, since, about }
}

impl Desk {
    /// Monitors that measure nothing: as far as lists tell, and as a closer look found, of which a few are taken each time.
    pub(crate) async fn silent_monitors(&self, session: &Session) -> Result<Found, AwsError> {
        let (all, models) = tokio::join!(schedules(session), self.dashboard(session, LATELY));
        let ((mut all, cut), models) = (all?, models?);
        joined(&mut all, &models);
        let now = session.now();
        let (mut rows, mut news) = (Vec::new(), Vec::new());
        let mut notices: Vec<Notice> = cut.into_iter().collect();
        let (mut asked, mut unread, mut quiet) = (0, 0_usize, Vec::new());
        let there: HashSet<String> = all.iter().map(|summary| summary.name.clone()).collect();
        for mut summary in all {
            let is_known = summary.last.is_some() || summary.status != "Scheduled";
            if !is_known {
                let kept = self.inner.drift.schedules.get(&key(session, &summary.name), RARELY);
                let fact = match kept {
                    None if asked < MOST_ASKED => {
                        asked += 1;
                        self.schedule_fact(session, &summary.name, RARELY).await.ok()
                    }
                    kept => kept,
                };
                let Some(fact) = fact else {
                    unread += 1;
                    continue;
                };
                summary.last.clone_from(&fact.summary.last);
            }
            let health = bare_health(&summary, now);
            if health.state == HealthState::Silent {
                let row = silent(session, &health, health.last_run.or(summary.modified));
                if is_known {
                    news.push(row.clone());
                }
                rows.push(row);
            } else {
                quiet.push(summary);
            }
        }
        if unread > 0 {
            notices.push(Notice::warning(format!("When {} ran last is not known.", super::counted(unread, "monitor"))));
        }
        let listed: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
        let closer = self.look_closer(session, quiet, &models).await;
        notices.extend(closer.notice(rows.len(), there.len()));
        // What nobody looked at again is silent still, however long ago that was; its row says since when.
        let is_there = |row: &&MonitorRow| row.source != Origin::ModelMonitor || there.contains(&row.schedule);
        let silent = closer.rows.iter().filter(|row| row.health == HealthState::Silent).filter(is_there);
        for row in silent {
            let trouble = told(session, row);
            if listed.contains(&trouble.id) {
                continue;
            }
            if closer.has_begun(row) {
                news.push(trouble.clone());
            }
            rows.push(trouble);
        }
        rows.sort_by_key(|row| row.since);
        Ok(Found { rows, news: Some(news), notices })
    }

    /// Columns that drifted and matter, by the reports that were read, a few more each time; then monitors that found something,
    /// and whose report nobody has read yet; then those of quality, bias and attributions that did.
    pub(crate) async fn drift_that_matters(&self, session: &Session) -> Result<Found, AwsError> {
        let models = self.dashboard(session, LATELY).await?;
        let of_data: BTreeMap<&str, &ScheduleSummary> = models
            .iter()
            .flat_map(|model| &model.schedules)
            .filter(|one| one.kind == Some(MonitorKind::DataQuality))
            .map(|one| (one.name.as_str(), one))
            .collect();
        let mut violated: Vec<&ScheduleSummary> = of_data.values().copied().filter(|one| has_violations(one)).collect();
        let when = |one: &ScheduleSummary| one.last.as_ref().map(|run| run.scheduled);
        violated.sort_by_key(|one| (!is_raised(&models, &one.name), std::cmp::Reverse(when(one))));
        // A monitor may be blind to what its report shows: those without a violation have their turn too.
        let others = of_data.values().copied().filter(|one| !has_violations(one));
        let wanted: Vec<&ScheduleSummary> = violated.iter().copied().chain(others).collect();
        Box::pin(self.read_next(session, &wanted)).await;
        let mut known: Vec<Arc<Newest>> = of_data.values().filter_map(|one| self.kept_newest(session, one)).collect();
        let watched: HashSet<&str> = of_data.values().filter_map(|one| one.endpoint.as_deref()).collect();
        let elsewhere = self.kept_elsewhere(session);
        let unwatched = |one: &&Arc<Newest>| one.endpoint.as_deref().is_none_or(|endpoint| !watched.contains(endpoint));
        known.extend(elsewhere.iter().filter(unwatched).cloned());
        let mut news: Vec<ModelTrouble> = violated.iter().map(|one| unread(session, one)).collect();
        let read: HashSet<&str> = known.iter().map(|one| one.schedule.as_str()).collect();
        let mut rows: Vec<ModelTrouble> =
            worklist::rows(known.iter(), session.now()).iter().map(|row| drifted(session, row, &known)).collect();
        let missing = violated.iter().zip(&news).filter(|(one, _)| !read.contains(one.name.as_str()));
        rows.extend(missing.map(|(_, row)| row.clone()));
        let others: Vec<ModelTrouble> = beside_data(&models).into_iter().map(|one| unread(session, one)).collect();
        rows.extend(others.iter().cloned());
        news.extend(others);
        Ok(Found { rows, news: Some(news), notices: self.models_beyond(session).into_iter().collect() })
    }

    /// Endpoints that failed, are rolled back or answer with errors, and those with an alarm that is raised.
    pub(crate) async fn troubled_endpoints(&self, session: &Session) -> Result<Found, AwsError> {
        let (all, raised, failing) = tokio::join!(listed(session), raised(session), failing(session));
        let ((all, cut), mut is_whole) = (all?, true);
        let mut notices: Vec<Notice> = cut.into_iter().collect();
        let mut missed = |what: &str, error: &AwsError| {
            // What is refused is refused every time.
            is_whole &= matches!(error, AwsError::Denied { .. });
            notices.push(left_out(what, error));
        };
        let raised = raised.unwrap_or_else(|error| {
            missed("Alarms on endpoints", &error);
            Vec::new()
        });
        let failing = failing.unwrap_or_else(|error| {
            missed("How many requests endpoints answer with 5XX", &error);
            HashMap::new()
        });
        let mut asked = 0;
        let mut rows = Vec::new();
        for item in &all {
            let mut words = Vec::new();
            let mut since: Option<Timestamp> = None;
            if let Some(said) = status_words(&item.status) {
                let reason = if asked < MOST_ASKED {
                    asked += 1;
                    let described = self.endpoint_of(session, &item.name, RARELY).await.ok();
                    described.and_then(|described| described.endpoint.reason.clone())
                } else {
                    None
                };
                since = item.modified;
                words.push(reason.map_or_else(|| said.to_owned(), |reason| format!("{said}: {}", masked(&reason))));
            }
            words.extend(failing.get(&item.name).and_then(Requests::words));
            for alarm in raised.iter().filter(|alarm| is_of(alarm, &item.name)) {
                since = since.max(alarm.since);
                words.push(format!("alarm {} is raised", alarm.name));
            }
            if !words.is_empty() {
                let about = TroubleAbout::Endpoint { endpoint: item.name.clone(), status: item.status.clone() };
                rows.push(trouble_at(session, &format!("endpoint {}", item.name), words.join("; "), since, about));
            }
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.since));
        Ok(Found { news: is_whole.then(|| rows.clone()), rows, notices })
    }
}

/// As the list and the dashboard tell it: a rhythm and what is captured are not known.
fn bare_health(summary: &ScheduleSummary, now: Timestamp) -> MonitorHealth {
    health(&Watched::bare(summary), now)
}

fn silent(session: &Session, health: &MonitorHealth, since: Option<Timestamp>) -> ModelTrouble {
    let (schedule, endpoint) = (health.schedule.clone(), health.endpoint.clone());
    let about = TroubleAbout::Silent { schedule, kind: health.kind, endpoint };
    trouble_at(session, &format!("silent monitor {}", health.schedule), masked(&health.words), since, about)
}

/// A row of the page of monitors.
fn told(session: &Session, row: &MonitorRow) -> ModelTrouble {
    let about = TroubleAbout::Silent { schedule: row.schedule.clone(), kind: row.kind, endpoint: row.endpoint.clone() };
    trouble_at(session, &format!("silent monitor {}", row.schedule), masked(&row.words), row.last_run, about)
}

fn has_violations(one: &ScheduleSummary) -> bool {
    one.last.as_ref().is_some_and(|run| run.status == "CompletedWithViolations")
}

/// Monitors of quality, bias and attributions whose last run found something: those with a raised alert first, then the newest.
/// Nothing of them is reckoned again, and no line of a column stands for them.
fn beside_data(models: &[DeployedModel]) -> Vec<&ScheduleSummary> {
    let of_others: BTreeMap<&str, &ScheduleSummary> = models
        .iter()
        .flat_map(|model| &model.schedules)
        .filter(|one| one.kind.is_some_and(|kind| kind != MonitorKind::DataQuality) && has_violations(one))
        .map(|one| (one.name.as_str(), one))
        .collect();
    let mut found: Vec<&ScheduleSummary> = of_others.into_values().collect();
    let when = |one: &ScheduleSummary| one.last.as_ref().map(|run| run.scheduled);
    found.sort_by_key(|one| (!is_raised(models, &one.name), std::cmp::Reverse(when(one))));
    found
}

fn is_raised(models: &[DeployedModel], schedule: &str) -> bool {
    models.iter().flat_map(|model| &model.alerts).any(|(of, _, alert)| of == schedule && alert.is_raised)
}

/// A monitor whose last run found something that nobody has looked into.
fn unread(session: &Session, one: &ScheduleSummary) -> ModelTrouble {
    let since = one.last.as_ref().map(|run| run.scheduled);
    let at = since.map_or_else(String::new, |at| format!(" of {}", moment(at)));
    let about = TroubleAbout::Drift {
        feature: None,
        schedule: one.name.clone(),
        endpoints: one.endpoint.iter().cloned().collect(),
        distance: None,
        threshold: None,
        importance: None,
    };
    let what = match one.kind {
        Some(kind) if kind != MonitorKind::DataQuality => format!("what of {} is beyond its limit", kind.word()),
        _ => "which features drifted".to_owned(),
    };
    let words = format!("violations in the run{at}; open it to see {what}");
    trouble_at(session, &format!("violations {}", one.name), words, since, about)
}

/// A line of the worklist.
fn drifted(session: &Session, row: &WorkRow, known: &[Arc<Newest>]) -> ModelTrouble {
    let schedule = row.schedules.first().cloned().unwrap_or_default();
    let since = known.iter().find(|one| one.schedule == schedule).and_then(|one| one.run.when);
    let about = TroubleAbout::Drift {
        feature: Some(row.feature.clone()),
        schedule,
        endpoints: row.endpoints.clone(),
        distance: Some(row.distance),
        threshold: row.threshold,
        importance: row.importance,
    };
    trouble_at(session, &format!("drift {}", row.feature), row.words.clone(), since, about)
}

/// All endpoints of the region, and a notice where there are more than were read.
pub(super) async fn listed(session: &Session) -> Result<(Vec<EndpointItem>, Option<Notice>), AwsError> {
    let (all, is_cut) = up_to(MOST_PAGES, |token| endpoints::page(session, token)).await?;
    Ok((all, cut_off(is_cut, MOST_PAGES, "endpoints")))
}

async fn raised(session: &Session) -> Result<Vec<AlarmFact>, AwsError> {
    let (all, _) = up_to(MOST_PAGES, |token| metrics::raised_page(session, token)).await?;
    Ok(all)
}

fn is_of(alarm: &AlarmFact, endpoint: &str) -> bool {
    alarm.metrics.iter().any(|metric| is_of_endpoint(metric, endpoint))
}

/// What a status that is no good sign means.
fn status_words(status: &str) -> Option<&'static str> {
    match status {
        "Failed" => Some("it failed"),
        "RollingBack" => Some("its last deployment is being rolled back"),
        "UpdateRollbackFailed" => Some("its last deployment could not be rolled back"),
        "OutOfService" => Some("it is out of service"),
        _ => None,
    }
}

/// Requests to an endpoint in the last hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Requests {
    failed: f64,
    all: f64,
}

impl Requests {
    fn words(&self) -> Option<String> {
        let share = (self.all > 0.0).then(|| self.failed / self.all * 100.0)?;
        (share >= MOST_FAILING).then(|| format!("{share:.0} % of the requests of the last hour were answered with 5XX"))
    }
}

/// Requests by endpoint, of those that publish how many failed.
async fn failing(session: &Session) -> Result<HashMap<String, Requests>, AwsError> {
    let (_, name, _) = ERRORS;
    let wanted = metrics::Wanted { namespace: CALLS, name: Some(name), dimensions: &[] };
    let (published, _) = up_to(MOST_PAGES, |token| metrics::published_page(session, wanted, token)).await?;
    let variants: Vec<(String, String)> = published.iter().filter_map(variant).collect();
    let of = |metric: Asked| variants.iter().map(move |(endpoint, variant)| query(endpoint, variant, metric, PERIOD));
    let queries: Vec<MetricQuery> = of(ERRORS).chain(of(INVOCATIONS)).collect();
    if queries.is_empty() {
        return Ok(HashMap::new());
    }
    let until = session.now();
    let from = until.checked_sub(COUNTED).unwrap_or(Timestamp::MIN);
    let series = metrics::series(session, &queries, from, until).await?;
    let sums: Vec<f64> = series.iter().map(|one| one.points.iter().map(|(_, value)| value).sum()).collect();
    let (failed, all) = sums.split_at(variants.len().min(sums.len()));
    let mut requests: HashMap<String, Requests> = HashMap::new();
    for ((endpoint, _), (failed, all)) in variants.into_iter().zip(failed.iter().zip(all)) {
        let sum = requests.entry(endpoint).or_default();
        sum.failed += failed;
        sum.all += all;
    }
    Ok(requests)
}

/// Endpoint and variant of a metric that is told of a variant as a whole.
fn variant(metric: &MetricName) -> Option<(String, String)> {
    let of = |wanted: &str| metric.dimensions.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    (metric.dimensions.len() == 2).then(|| Some((of("EndpointName")?, of("VariantName")?))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::{AlertFact, MonitorRunFact};

    #[test]
    fn monitors_of_more_than_data_have_their_lines() {
        let schedule = |name: &str, kind: MonitorKind, status: &str, hour: i64| ScheduleSummary {
            name: name.into(),
            arn: String::new(),
            status: "Scheduled".into(),
            kind: Some(kind),
            endpoint: Some("churn".into()),
            definition: None,
            expression: None,
            created: None,
            modified: None,
            last: Some(MonitorRunFact {
                schedule: name.into(),
                scheduled: Timestamp::from_second(hour * 3_600).unwrap(),
                created: None,
                modified: None,
                status: status.into(),
                job: None,
                reason: None,
                kind: Some(kind),
                endpoint: Some("churn".into()),
            }),
        };
        let violated = "CompletedWithViolations";
        let schedules = vec![
            schedule("churn-data", MonitorKind::DataQuality, violated, 9),
            schedule("churn-quality", MonitorKind::ModelQuality, violated, 1),
            schedule("churn-bias", MonitorKind::Bias, violated, 2),
            schedule("churn-shap", MonitorKind::Explainability, violated, 3),
            schedule("churn-shap-2", MonitorKind::Explainability, "Completed", 4),
        ];
        let raised = AlertFact { name: "a".into(), is_raised: true, failing: 1, of: 1, modified: None, is_shown: true };
        let model = DeployedModel {
            schedules,
            alerts: vec![("churn-quality".into(), Some(MonitorKind::ModelQuality), raised)],
            ..DeployedModel::default()
        };
        // An endpoint of two models has its schedules at both.
        let models = [model.clone(), model];
        let names: Vec<&str> = beside_data(&models).into_iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["churn-quality", "churn-shap", "churn-bias"]);
    }

    #[test]
    fn single_failures_are_no_trouble() {
        let words = |failed, all| Requests { failed, all }.words();
        assert_eq!(words(0.0, 0.0), None, "nobody asked");
        assert_eq!(words(2.0, 900.0), None);
        assert_eq!(words(22.0, 100.0).as_deref(), Some("22 % of the requests of the last hour were answered with 5XX"));
    }

    #[test]
    fn a_metric_of_a_variant_has_its_two_names_and_no_other() {
        let metric = |dimensions: &[(&str, &str)]| MetricName {
            namespace: CALLS.into(),
            name: "Invocation5XXErrors".into(),
            dimensions: dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let both = [("EndpointName", "churn"), ("VariantName", "blue")];
        assert_eq!(variant(&metric(&both)), Some(("churn".into(), "blue".into())));
        assert_eq!(variant(&metric(&both[..1])), None);
        assert_eq!(variant(&metric(&[both[0], both[1], ("InferenceComponentName", "a")])), None);
    }

    #[test]
    fn an_alarm_is_of_the_endpoint_that_it_names() {
        let alarm = AlarmFact {
            name: "churn-5xx".into(),
            state: "ALARM".into(),
            metrics: vec![MetricName {
                namespace: CALLS.into(),
                name: "Invocation5XXErrors".into(),
                dimensions: vec![("EndpointName".into(), "churn".into())],
            }],
            acts: true,
            ..AlarmFact::default()
        };
        assert!(is_of(&alarm, "churn") && !is_of(&alarm, "churn-eu"));
        let monitored = MetricName {
            namespace: "aws/sagemaker/Endpoints/model-metrics".into(),
            name: "f1".into(),
            dimensions: vec![
                ("Endpoint".into(), "churn".into()),
                ("MonitoringSchedule".into(), "churn-quality".into()),
            ],
        };
        let quality = AlarmFact { metrics: vec![monitored], ..alarm };
        assert!(is_of(&quality, "churn") && !is_of(&quality, "churn-quality"), "by what its monitor publishes");
    }

    #[test]
    fn a_status_is_a_trouble_only_if_something_went_wrong() {
        assert!(
            ["Failed", "RollingBack", "UpdateRollbackFailed", "OutOfService"]
                .iter()
                .all(|status| status_words(status).is_some())
        );
        assert!(["InService", "Updating", "Creating", "Deleting"].iter().all(|status| status_words(status).is_none()));
    }
}
