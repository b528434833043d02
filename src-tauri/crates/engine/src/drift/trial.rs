//! What another threshold would have meant for the reports of the past, and for the alerts that rest on them.

mod words;

use super::{
    TrialEvents,
    files::why,
    gather::REPORT_EVERY,
    index::{Cell, Column, Index},
    key,
    scene::Limits,
    small,
};
use crate::{Desk, Document, EngineError, executions::lock, exports::file_name};
use ::models::{
    drift::{
        Direction, Method, Rows,
        history::{AlertRule, alerts},
    },
    monitor::{
        Constraints,
        constraints::{MonitoringConfig, edit},
    },
};
use aws::{Session, models::monitors};
use contract::{
    Timestamp,
    drift::{ThresholdTrial, TrialEvent, TryThreshold},
    exports::SaveConstraints,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use words::{aside, untold, words};

/// Days that are looked back.
const DAYS: u32 = 90;
/// How long the past of a schedule is taken as it was read: a threshold that is dragged asks many times.
const FRESH: Duration = Duration::from_mins(1);

/// The last of those who ask.
#[derive(Debug, Default)]
pub(super) struct Asked {
    number: u64,
    /// Whose past.
    key: String,
    /// Of the reading of it.
    stop: CancellationToken,
}

impl Asked {
    /// One more asks. A past that nobody asks for any more is not read further.
    fn next(&mut self, key: &str, all: &CancellationToken) -> (u64, CancellationToken) {
        if self.key != key || self.stop.is_cancelled() {
            self.stop.cancel();
            key.clone_into(&mut self.key);
            self.stop = all.child_token();
        }
        self.number += 1;
        (self.number, self.stop.clone())
    }
}

/// What thresholds are tried on.
#[derive(Debug)]
pub(super) struct Past {
    index: Arc<Mutex<Index>>,
    terms: Terms,
    /// Read to its end.
    whole: AtomicBool,
}

/// What holds for a schedule today.
#[derive(Debug)]
struct Terms {
    constraints: Option<Constraints>,
    /// Their file.
    limits: Option<Arc<Limits>>,
    rule: Rule,
    from: Timestamp,
    until: Timestamp,
    /// Reports that there are in this time.
    of: usize,
}

/// When the alert of a schedule is raised.
#[derive(Debug)]
enum Rule {
    Of(AlertRule),
    Nothing,
    /// Why.
    Unread(String),
}

/// What a threshold that is tried does to a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Moves,
    /// It has a threshold of its own, which the one for all does not change.
    HasOwn,
    /// Its threshold is that of a test, lies on the other side and means something else.
    IsTest,
    /// The rows without a value decide today, by the completeness of its constraints; its distances move.
    IsOfRows,
    /// Its check is turned off.
    IsOff,
}

impl Effect {
    fn moves(self) -> bool {
        matches!(self, Self::Moves | Self::IsOfRows)
    }
}

/// What lay beyond its threshold in one report: today, and by the threshold that is tried.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    /// Of what is asked about.
    asked: [bool; 2],
    /// Of all features: what the alert counts.
    any: [bool; 2],
}

impl Found {
    fn take(&mut self, found: [bool; 2], is_asked: bool) {
        for verdicts in std::iter::once(&mut self.any).chain(is_asked.then_some(&mut self.asked)) {
            for (verdict, is) in verdicts.iter_mut().zip(found) {
                *verdict |= is;
            }
        }
    }
}

/// What two parts of rows may differ by because they were reckoned in another order.
const ROUNDED: f64 = 1e-11;

/// A limit that is tried on a feature.
#[derive(Debug, Clone, Copy)]
struct Tried {
    threshold: f64,
    /// It limits the part of the rows without a value, as the completeness of the constraints does.
    is_of_rows: bool,
}

impl Tried {
    /// What a report found beside this limit: the number that decided in it, and the rows that did not.
    fn is_beyond(self, cell: &Cell, rows: Rows) -> bool {
        let now = cell.drifted == Some(true);
        // No threshold changes that a column is missing.
        if cell.is_gone {
            return now;
        }
        let decided = if cell.is_of_completeness() == self.is_of_rows {
            cell.direction.unwrap_or(Direction::Above).is_drift(cell.value, self.threshold) == Some(true)
        } else {
            now
        };
        decided || self.is_beyond_by_rows(rows)
    }

    /// A stricter limit finds rows without a value in reports where today's finds nothing.
    fn is_beyond_by_rows(self, rows: Rows) -> bool {
        if self.is_of_rows {
            rows.missing.is_some_and(|part| part - self.threshold > ROUNDED)
        } else {
            rows.apart.is_some_and(|apart| apart > self.threshold)
        }
    }
}

impl Desk {
    pub async fn try_threshold(
        &self,
        request: &TryThreshold,
        events: TrialEvents,
    ) -> Result<ThresholdTrial, EngineError> {
        checked(request)?;
        let session = self.session()?;
        let key = key(&session, &request.schedule);
        let drift = &self.inner.drift;
        let (number, stop) = lock(&drift.asked).next(&key, &drift.stop());
        let is_last = || lock(&drift.asked).number == number && !stop.is_cancelled();
        let tell = |past: &Past| {
            if is_last()
                && let Ok(trial) = past.trial(request)
            {
                events(TrialEvent { trial });
            }
        };
        // Reports are read by the first one who asks; the last one is told meanwhile, and the others are not waited for.
        let reading = loop {
            let reading = tokio::time::timeout(REPORT_EVERY, drift.trying.lock()).await;
            if !is_last() {
                return Err(EngineError::Gone("this trial"));
            }
            if let Ok(reading) = reading {
                break reading;
            }
            if let Some(past) = drift.tried.last(&key) {
                tell(&past);
            }
        };
        if let Some(past) = drift.tried.get(&key, FRESH).filter(|past| past.whole.load(Ordering::Relaxed)) {
            return past.trial(request);
        }
        let gathered = self.gather(&session, &request.schedule, DAYS).await?;
        let terms = Terms {
            constraints: gathered.scene.base.as_deref().and_then(|base| base.constraints.clone()),
            limits: gathered.scene.base.as_deref().and_then(|base| base.limits.clone()),
            rule: rule(&session, &request.schedule).await,
            from: gathered.scene.from,
            until: session.now(),
            of: gathered.scene.reports().count(),
        };
        let past = Arc::new(Past { index: Arc::clone(&gathered.index), terms, whole: AtomicBool::new(false) });
        drift.tried.put(key.clone(), Arc::clone(&past));
        let told = || tell(&past);
        told();
        self.read_rest(&session, &gathered, &stop, &told).await;
        past.whole.store(!stop.is_cancelled(), Ordering::Relaxed);
        drift.tried.put(key, Arc::clone(&past));
        drop(reading);
        past.trial(request)
    }

    /// The change of a trial as a patch, or the whole file with it: of the constraints that the trial was made with.
    pub async fn constraints_file(&self, request: &SaveConstraints) -> Result<Document, EngineError> {
        checked(&request.trial)?;
        let session = self.session()?;
        let key = key(&session, &request.trial.schedule);
        let tried = &self.inner.drift.tried;
        let past = if let Some(past) = tried.last(&key) {
            past
        } else {
            Box::pin(self.try_threshold(&request.trial, Arc::new(|_| ()))).await?;
            tried.last(&key).ok_or(EngineError::Gone("this trial"))?
        };
        let file = past.edited(&request.trial).ok_or_else(|| {
            EngineError::NotNow(
                "There is no change to save: constraints.json says this already, or has no place for it.".into(),
            )
        })?;
        let (text, ending) = if request.is_whole {
            (file.new, "json")
        } else {
            (edit::patch(&file.old, &file.new, &file.name), "patch")
        };
        let day = session.now().strftime("%Y-%m-%d").to_string();
        let name = file_name(&format!("{}-constraints", request.trial.schedule), Some(&day), ending);
        Ok(Document { name, bytes: text.into_bytes() })
    }
}

fn checked(request: &TryThreshold) -> Result<(), EngineError> {
    if request.threshold.is_finite() && request.threshold >= 0.0 {
        Ok(())
    } else {
        Err(EngineError::BadInput("A threshold is a number, 0 or more.".into()))
    }
}

/// What the alert of a schedule rests on.
async fn rule(session: &Session, schedule: &str) -> Rule {
    let many = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    match Box::pin(monitors::alerts(session, schedule)).await {
        Ok(alerts) => match alerts.first() {
            Some(alert) => Rule::Of(AlertRule { violations: many(alert.failing), of: many(alert.of) }),
            None => Rule::Nothing,
        },
        Err(error) => Rule::Unread(why(&error)),
    }
}

impl Past {
    fn trial(&self, request: &TryThreshold) -> Result<ThresholdTrial, EngineError> {
        trial(&lock(&self.index), &self.terms, request)
    }

    fn edited(&self, request: &TryThreshold) -> Option<Edited> {
        let index = lock(&self.index);
        edited(&index, &self.terms, &effects(&index, &self.terms, request.feature.is_some()), request)
    }
}

/// The lines of a patch.
fn lines(patch: &str) -> Vec<String> {
    patch.split_terminator('\n').map(str::to_owned).collect()
}

fn trial(index: &Index, terms: &Terms, request: &TryThreshold) -> Result<ThresholdTrial, EngineError> {
    if let Some(name) = request.feature.as_deref().filter(|name| index.column(name).is_none()) {
        return Err(EngineError::NotFound(format!("No report has a distance of {name}.")));
    }
    let effects = effects(index, terms, request.feature.is_some());
    let times = index.times(terms.from);
    let mut reports: BTreeMap<Timestamp, Found> = times.iter().map(|at| (*at, Found::default())).collect();
    for (name, column, effect) in &effects {
        let is_asked = request.feature.as_deref().is_none_or(|asked| asked == *name);
        let moves = is_asked && effect.moves();
        // Of what a limit is tried: a distance has another one than the part of the rows without a value.
        let tried = Tried {
            threshold: request.threshold,
            is_of_rows: request.feature.is_some() && column.method == Method::Completeness,
        };
        let rows = index.rows(name);
        for (at, cell) in column.cells.range(terms.from..) {
            let Some(found) = reports.get_mut(at) else { continue };
            let now = cell.drifted == Some(true);
            let rows = rows.and_then(|rows| rows.get(at)).copied().unwrap_or_default();
            let then = if moves { tried.is_beyond(cell, rows) } else { now };
            found.take([now, then], is_asked);
        }
        // Reports without a distance have their rows all the same.
        let rest = rows.filter(|_| moves).into_iter().flat_map(|rows| rows.range(terms.from..));
        for (at, rows) in rest.filter(|(at, _)| !column.cells.contains_key(*at)) {
            if let Some(found) = reports.get_mut(at) {
                found.take([false, tried.is_beyond_by_rows(*rows)], is_asked);
            }
        }
    }
    let troubles = index.troubles(terms.from);
    let mut runs: BTreeMap<Timestamp, Option<[bool; 2]>> =
        reports.iter().map(|(at, found)| (*at, Some(found.any))).collect();
    runs.extend(troubles.iter().map(|(at, _)| (*at, None)));
    let raised = |of: fn([bool; 2]) -> bool| {
        let Rule::Of(rule) = terms.rule else { return None };
        let verdicts: Vec<Option<bool>> = runs.values().map(|run| run.map(of)).collect();
        Some(small(alerts(&verdicts, rule).raised.len()))
    };
    let edited = edited(index, terms, &effects, request);
    let many = |of: fn([bool; 2]) -> bool| small(reports.values().filter(|found| of(found.asked)).count());
    let mut told = ThresholdTrial {
        now: many(|[now, _]| now),
        then: many(|[_, then]| then),
        alerts_now: raised(|[now, _]| now),
        alerts_then: raised(|[_, then]| then),
        runs: small(times.len()),
        days: times.first().map_or(0, |oldest| days(*oldest, terms.until)),
        words: String::new(),
        difference: edited.map(|file| lines(&edit::shown(&file.old, &file.new, &file.name))).unwrap_or_default(),
    };
    told.words = words(&told, terms, request.feature.is_some());
    told.words.extend(aside(&effects, request).into_iter().map(|one| format!(". {one}")));
    told.words.extend(untold(index, terms, &effects, &times, request).map(|one| format!(". {one}")));
    let read = times.len() + troubles.len();
    told.words.extend((read < terms.of).then(|| format!(". Read so far: {read} of {} reports", terms.of)));
    Ok(told)
}

/// What the threshold does to each feature that was measured.
fn effects<'a>(index: &'a Index, terms: &Terms, is_one: bool) -> Vec<(&'a str, &'a Column, Effect)> {
    let nothing = MonitoringConfig::default();
    let all = terms.constraints.as_ref().map_or(&nothing, |constraints| &constraints.monitoring);
    let features = terms.constraints.as_ref().map(|constraints| constraints.features.as_slice()).unwrap_or_default();
    let own: HashMap<&str, &MonitoringConfig> =
        features.iter().filter_map(|feature| Some((feature.name.as_str(), feature.overrides.as_ref()?))).collect();
    let effect = |(name, column): (&'a str, &'a Column)| {
        let own = own.get(name).copied();
        let is_of_rows = column.method == Method::Completeness;
        // Completeness is no comparison of distributions.
        let is_off =
            |config: &MonitoringConfig| config.is_off() || (config.compares == Some(false) && !(is_one && is_of_rows));
        let threshold =
            own.and_then(|own| if index.is_text(name) { own.categorical_threshold } else { own.comparison_threshold });
        let effect = if own.map_or_else(|| is_off(all), |own| is_off(&own.clone().over(all))) {
            Effect::IsOff
        } else if is_one {
            Effect::Moves
        } else if column.cells.values().any(|cell| cell.direction.is_some_and(|way| !way.is_upward())) {
            Effect::IsTest
        } else if threshold.is_some() {
            Effect::HasOwn
        } else if is_of_rows {
            Effect::IsOfRows
        } else {
            Effect::Moves
        };
        (name, column, effect)
    };
    index.known().map(effect).collect()
}

/// Days from one moment to another, begun ones too.
fn days(from: Timestamp, until: Timestamp) -> u32 {
    let seconds = until.as_second().saturating_sub(from.as_second()).max(1);
    u32::try_from((seconds + 86_399) / 86_400).unwrap_or(u32::MAX)
}

/// The file of the constraints before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edited {
    name: String,
    old: String,
    new: String,
}

/// The file with the threshold that is tried. `None`: there is no file, nothing in it moves, or it has no such feature.
fn edited(index: &Index, terms: &Terms, effects: &[(&str, &Column, Effect)], request: &TryThreshold) -> Option<Edited> {
    let file = terms.limits.as_deref()?;
    let threshold = request.threshold;
    let new = if let Some(feature) = request.feature.as_deref() {
        if index.column(feature).is_some_and(|column| column.method == Method::Completeness) {
            edit::with_most_missing(&file.text, feature, threshold)?
        } else {
            edit::with_threshold(&file.text, Some(feature), index.is_text(feature), threshold)?
        }
    } else {
        let mut text = file.text.clone();
        for is_text in [false, true] {
            // One without a distance is no reason to change the threshold of its kind.
            let moves = |(feature, column, effect): &(&str, &Column, Effect)| {
                effect.moves() && !column.cells.is_empty() && index.is_text(feature) == is_text
            };
            if effects.iter().any(moves) {
                text = edit::with_threshold(&text, None, is_text, threshold)?;
            }
        }
        text
    };
    (new != file.text).then(|| Edited { name: file.name.clone(), old: file.text.clone(), new })
}

#[cfg(test)]
mod tests;
