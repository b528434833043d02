//! Whether a monitor measures at all.
//!
//! A schedule that says `Scheduled` and reports no violation looks the same whether all is well or nothing is measured:
//! no runs, no captured data, no ground truth, checks that are switched off, a baseline of another version. Each of
//! these is looked for here, and only a schedule without any of them is called measured.

mod rhythm;

use crate::wording::{cut, moment, seconds, span};
use contract::{
    Timestamp,
    drift::{MonitorRow, Origin},
    models::{
        Glance, GlanceState, HealthState, MonitorHealth, Silence, SilenceKind,
        facts::{
            AlertFact, CaptureFact, DeployedModel, EvidencePart, JobDefinitionFact, MonitorKind, MonitorRunFact,
            ScheduleSummary, VersionFact,
        },
    },
};
pub use rhythm::{next_run, rhythm};

/// Seconds after the hour within which a run starts ("Schedule model monitoring jobs").
const START: i64 = 20 * 60;

/// One schedule with what was read around it. `None` is "not read".
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    pub schedule: &'a ScheduleSummary,
    pub expression: Option<&'a str>,
    pub definition: Option<&'a JobDefinitionFact>,
    /// Newest first.
    pub runs: Option<&'a [MonitorRunFact]>,
    pub alerts: Option<&'a [AlertFact]>,
    /// The service does not know the endpoint.
    pub is_endpoint_gone: bool,
    /// Of the endpoint.
    pub capture: Look<&'a CaptureFact>,
    /// The version that the endpoint serves.
    pub live: Option<&'a VersionFact>,
    /// Which version that is, or what its baselines are, could not be read.
    pub is_live_unread: bool,
    /// Whether any check of the constraints is enabled.
    pub has_checks: Option<bool>,
    /// The newest ground truth below the definition's prefix.
    pub truth: Look<Timestamp>,
}

/// Something that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look<T> {
    /// Nobody looked, or it could not be read.
    #[default]
    Unread,
    Nothing,
    There(T),
}

impl<'a> Watched<'a> {
    /// A schedule of which nothing else was read.
    pub fn bare(schedule: &'a ScheduleSummary) -> Self {
        Self {
            schedule,
            expression: None,
            definition: None,
            runs: None,
            alerts: None,
            is_endpoint_gone: false,
            capture: Look::Unread,
            live: None,
            is_live_unread: false,
            has_checks: None,
            truth: Look::Unread,
        }
    }

    fn last(&self) -> Option<&'a MonitorRunFact> {
        self.runs.and_then(<[MonitorRunFact]>::first).or(self.schedule.last.as_ref())
    }
}

/// What is wrong with a monitor, and whether it measures.
pub fn health(watched: &Watched<'_>, now: Timestamp) -> MonitorHealth {
    let schedule = watched.schedule;
    let looks = [
        gone(watched),
        running(watched, now),
        failing(watched),
        capture(watched),
        truth(watched, now),
        checks(watched),
        baseline(watched),
    ];
    let problems: Vec<Silence> = looks.into_iter().flatten().chain(alerts(watched)).collect();
    let last = watched.last();
    let unread = unread(watched);
    let deaf = |kind: SilenceKind| {
        !matches!(kind, SilenceKind::OtherBaseline | SilenceKind::AlertNotShown | SilenceKind::NoAlert)
    };
    let state = if problems.iter().any(|problem| deaf(problem.kind)) {
        HealthState::Silent
    } else if !problems.is_empty() {
        HealthState::Doubtful
    } else if unread.is_some() {
        HealthState::Unknown
    } else {
        HealthState::Measured
    };
    let words = match (problems.first(), unread) {
        (Some(first), _) => match problems.len() {
            1 => first.words.clone(),
            more => format!("{}; {} more", first.words, more - 1),
        },
        (None, Some(unread)) => unread.to_owned(),
        // When it ran stands beside, in the window's zone.
        (None, None) => "measured".to_owned(),
    };
    MonitorHealth {
        schedule: schedule.name.clone(),
        kind: schedule.kind,
        endpoint: schedule.endpoint.clone(),
        state,
        problems,
        last_run: last.map(|run| run.scheduled),
        words,
    }
}

/// What would have to be known before it may be called measured, and is not.
fn unread(watched: &Watched<'_>) -> Option<&'static str> {
    let Watched { schedule, definition, .. } = watched;
    if watched.last().is_none() {
        return Some("no run is known");
    }
    if watched.capture == Look::Unread && schedule.endpoint.is_some() {
        return Some("whether its endpoint captures data was not read");
    }
    let Some(definition) = definition else { return Some("what it compares with was not read") };
    if watched.truth == Look::Unread && definition.ground_truth.is_some() {
        return Some("whether labels are written for it was not read");
    }
    if watched.has_checks.is_none() && schedule.kind == Some(MonitorKind::DataQuality) {
        return Some("whether it checks anything was not read");
    }
    watched.is_live_unread.then_some("which version its endpoint serves was not read")
}

fn silence(kind: SilenceKind, words: impl Into<String>, remedy: impl Into<String>) -> Silence {
    Silence { kind, words: words.into(), remedy: remedy.into() }
}

fn gone(watched: &Watched<'_>) -> Option<Silence> {
    let name = watched.schedule.endpoint.as_deref().filter(|_| watched.is_endpoint_gone)?;
    Some(silence(
        SilenceKind::EndpointGone,
        format!("its endpoint {name} does not exist any more"),
        "Delete the schedule, or make one for the endpoint that serves now.",
    ))
}

fn running(watched: &Watched<'_>, now: Timestamp) -> Option<Silence> {
    let status = watched.schedule.status.as_str();
    if status == "Stopped" || status == "Failed" {
        let words = format!("the schedule is {}", status.to_ascii_lowercase());
        return Some(silence(SilenceKind::Stopped, words, "Start the schedule."));
    }
    let last = watched.last().map(|run| run.scheduled);
    // A schedule that was changed just now begins its rhythm again.
    let since = last.max(watched.schedule.modified).or(watched.schedule.created)?;
    let every = watched.expression.map_or(Some(rhythm::LONGEST), rhythm)?;
    let quiet = seconds(since, now);
    if quiet <= 2 * every + START {
        return None;
    }
    let words = match last {
        Some(last) => format!("scheduled, and has not run for {}", span(seconds(last, now))),
        None => format!("scheduled for {}, and has never run", span(quiet)),
    };
    Some(silence(
        SilenceKind::NotRunning,
        words,
        "Look at the schedule's failure reason and at its role; stopping and starting it begins its rhythm again.",
    ))
}

fn failing(watched: &Watched<'_>) -> Option<Silence> {
    let last = watched.last().filter(|run| run.status == "Failed")?;
    let reason = last.reason.as_deref().map_or_else(String::new, |reason| format!(": {}", cut(reason, 160)));
    let failed = watched.runs.unwrap_or_default().iter().take_while(|run| run.status == "Failed").count();
    let words = match failed {
        0 | 1 => format!("the last run failed{reason}"),
        many => format!("the last {many} runs failed{reason}"),
    };
    Some(silence(SilenceKind::Failing, words, "Open the run: its exit message says why."))
}

fn capture(watched: &Watched<'_>) -> Option<Silence> {
    watched.schedule.endpoint.as_ref()?;
    let words = match watched.capture {
        Look::Nothing => "its endpoint captures no data".to_owned(),
        Look::There(capture) if !capture.is_on || capture.status != "Started" => {
            format!("data capture of its endpoint is {}", capture.status.to_ascii_lowercase())
        }
        Look::There(capture) if capture.sampling == Some(0) => "its endpoint captures 0 % of the requests".to_owned(),
        Look::There(_) | Look::Unread => return None,
    };
    Some(silence(SilenceKind::CaptureOff, words, "Turn data capture on in the endpoint's configuration."))
}

fn truth(watched: &Watched<'_>, now: Timestamp) -> Option<Silence> {
    let prefix = watched.definition?.ground_truth.as_deref()?;
    let every = watched.expression.and_then(rhythm).unwrap_or(rhythm::LONGEST);
    let words = match watched.truth {
        Look::Nothing => format!("there is no ground truth below {prefix}"),
        Look::There(newest) if seconds(newest, now) > 2 * every.max(rhythm::LONGEST) => {
            format!("no ground truth for {}", span(seconds(newest, now)))
        }
        Look::There(_) | Look::Unread => return None,
    };
    Some(silence(SilenceKind::GroundTruthMissing, words, "Labels have to be written below the prefix, hour by hour."))
}

/// Part of the address of Model Monitor's own container. What another one checks without constraints, nobody knows.
const ANALYZER: &str = "/sagemaker-model-monitor-analyzer";

fn checks(watched: &Watched<'_>) -> Option<Silence> {
    if watched.has_checks == Some(false) {
        return Some(silence(
            SilenceKind::ChecksDisabled,
            "its constraints check nothing: every check is disabled",
            "Enable evaluate_constraints or the comparison of distributions in constraints.json.",
        ));
    }
    let of_data = watched.schedule.kind == Some(MonitorKind::DataQuality);
    let definition = watched.definition.filter(|_| of_data && watched.has_checks.is_none())?;
    let is_named = definition.baseline.constraints.is_some() || definition.baseline.job.is_some();
    let is_own = definition.image.as_deref().is_some_and(|image| image.contains(ANALYZER));
    (is_own && !is_named).then(|| {
        silence(
            SilenceKind::ChecksDisabled,
            "it names no constraints: it counts, and checks nothing",
            "Name the constraints of a baseline in its job definition.",
        )
    })
}

/// Parts of `DriftCheckBaselines` that a monitor of this kind compares with.
fn parts(kind: MonitorKind) -> &'static [EvidencePart] {
    match kind {
        MonitorKind::DataQuality => &[EvidencePart::DataConstraints, EvidencePart::DataStatistics],
        MonitorKind::ModelQuality => &[EvidencePart::QualityConstraints],
        MonitorKind::Bias => &[EvidencePart::PostTrainingBias, EvidencePart::PreTrainingBias],
        MonitorKind::Explainability => &[EvidencePart::ExplainabilityConstraints],
    }
}

fn baseline(watched: &Watched<'_>) -> Option<Silence> {
    let (live, definition, kind) = (watched.live?, watched.definition?, watched.schedule.kind?);
    let own: Vec<&str> =
        live.baselines.iter().filter(|file| parts(kind).contains(&file.part)).map(|file| file.uri.as_str()).collect();
    let given = &definition.baseline;
    let given = [given.constraints.as_deref(), given.statistics.as_deref()];
    let other = given.into_iter().flatten().find(|uri| !own.contains(uri)).filter(|_| !own.is_empty())?;
    Some(silence(
        SilenceKind::OtherBaseline,
        format!("compares with {other}, which is no baseline of version {}, the one that serves", live.version),
        format!("Point the schedule at the baselines of version {}.", live.version),
    ))
}

fn alerts(watched: &Watched<'_>) -> Vec<Silence> {
    let Some(alerts) = watched.alerts else { return Vec::new() };
    if alerts.is_empty() {
        return vec![silence(SilenceKind::NoAlert, "no alert rests on it", "Add an alert: N of the last M runs.")];
    }
    alerts
        .iter()
        .filter(|alert| !alert.is_shown)
        .map(|alert| {
            silence(
                SilenceKind::AlertNotShown,
                format!("alert {} is not shown on the model dashboard", alert.name),
                "Turn the alert's dashboard indicator on.",
            )
        })
        .collect()
}

/// Seconds after which a closer look that found nothing wrong says nothing of today: captured data or checks may have been
/// turned off since. What is wrong stays until somebody looks again.
const LOOKED: i64 = 86_400;

/// A monitor with what the last closer look at it found, if there was one.
struct Glimpse {
    kind: Option<MonitorKind>,
    state: HealthState,
    words: String,
    has_run: bool,
}

/// The monitors of some models. `looked` are the rows of the list of monitors: what it takes a closer look to see, such as checks
/// that are disabled, they alone tell. What the dashboard itself tells is newer than they are.
fn glimpses(models: &[&DeployedModel], looked: &[MonitorRow], now: Timestamp) -> Vec<Glimpse> {
    let glimpse = |schedule: &ScheduleSummary| {
        let bare = health(&Watched::bare(schedule), now);
        let stands = |row: &MonitorRow| row.health != HealthState::Measured || seconds(row.as_of, now) <= LOOKED;
        let of = |row: &&MonitorRow| row.source == Origin::ModelMonitor && row.schedule == schedule.name && stands(row);
        let closer = looked.iter().find(of).filter(|_| bare.state != HealthState::Silent);
        let has_run = bare.last_run.is_some() || closer.is_some_and(|row| row.last_run.is_some());
        let (state, words) = closer.map_or((bare.state, bare.words), |row| (row.health, row.words.clone()));
        Glimpse { kind: schedule.kind, state, words, has_run }
    };
    models.iter().flat_map(|model| &model.schedules).map(glimpse).collect()
}

/// All monitors of the models of a group in one cell: good only if each is known to measure.
pub fn monitors(models: &[&DeployedModel], looked: &[MonitorRow], now: Timestamp) -> Glance {
    let glance = |state, words: String| Glance { state, words };
    if models.is_empty() {
        return glance(GlanceState::Nothing, "serves nowhere".to_owned());
    }
    let seen = glimpses(models, looked, now);
    let all = seen.len();
    if all == 0 {
        return glance(GlanceState::Warning, "serves, and nothing watches it".to_owned());
    }
    let of = |state: HealthState| seen.iter().filter(move |one| one.state == state);
    let kind = |one: &Glimpse| one.kind.map_or("monitor", MonitorKind::word);
    if let Some(first) = of(HealthState::Silent).next() {
        let silent = of(HealthState::Silent).count();
        return glance(GlanceState::Wrong, format!("{silent} of {all} silent: {} {}", kind(first), first.words));
    }
    if let Some(first) = of(HealthState::Doubtful).next() {
        let doubtful = of(HealthState::Doubtful).count();
        return glance(GlanceState::Warning, format!("{doubtful} of {all} in doubt: {} {}", kind(first), first.words));
    }
    let ran = seen.iter().filter(|one| one.has_run).count();
    if ran < all {
        return glance(GlanceState::Unknown, format!("{} of {all} without a run", all - ran));
    }
    let unknown = of(HealthState::Unknown).count();
    if unknown > 0 {
        return glance(GlanceState::Unknown, format!("{unknown} of {all} not known to measure"));
    }
    glance(GlanceState::Good, format!("{all} measuring"))
}

/// What the data monitors of the models of a group last found, in one cell. A run without a violation is good only where
/// everything is known to measure.
pub fn drift(models: &[&DeployedModel], looked: &[MonitorRow], now: Timestamp) -> Glance {
    let glance = |state, words: String| Glance { state, words };
    if models.is_empty() {
        return glance(GlanceState::Nothing, "serves nowhere".to_owned());
    }
    let raised = models.iter().flat_map(|model| &model.alerts).find(|(_, _, alert)| alert.is_raised);
    if let Some((schedule, kind, alert)) = raised {
        let kind = kind.map_or("monitor", MonitorKind::word);
        return glance(GlanceState::Wrong, format!("{kind}: alert {} of {schedule} is raised", alert.name));
    }
    let mut runs: Vec<&MonitorRunFact> = models
        .iter()
        .flat_map(|model| &model.schedules)
        .filter_map(|schedule| schedule.last.as_ref())
        .filter(|run| run.status.starts_with("Completed"))
        .collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.scheduled));
    let violated: Vec<&&MonitorRunFact> = runs.iter().filter(|run| run.status == "CompletedWithViolations").collect();
    match (violated.first(), runs.first()) {
        (Some(run), _) => {
            let kind = run.kind.map_or("monitor", MonitorKind::word);
            glance(GlanceState::Warning, format!("{kind}: violations in the run of {}", moment(run.scheduled)))
        }
        (None, Some(run)) => {
            let seen = glimpses(models, looked, now);
            let of = |state: HealthState| seen.iter().filter(|one| one.state == state).count();
            let found = format!("no violation, {}", moment(run.scheduled));
            let all = seen.len();
            match (of(HealthState::Silent), of(HealthState::Doubtful), of(HealthState::Unknown)) {
                (0, 0, 0) => glance(GlanceState::Good, found),
                (0, 0, unknown) => {
                    glance(GlanceState::Unknown, format!("{found}; {unknown} of {all} monitors not known to measure"))
                }
                (0, doubtful, _) => {
                    glance(GlanceState::Unknown, format!("{found}; {doubtful} of {all} monitors in doubt"))
                }
                (silent, ..) => glance(GlanceState::Unknown, format!("{found}; {silent} of {all} monitors silent")),
            }
        }
        (None, None) => glance(GlanceState::Unknown, "nothing measured".to_owned()),
    }
}

#[cfg(test)]
mod tests;
