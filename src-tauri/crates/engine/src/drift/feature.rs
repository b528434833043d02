//! One feature of one report against its baseline: pictures, and every statistic that its files allow.

use super::{
    charting::{Size, distributions, over_time},
    days_before, moment, number,
    scene::whole,
    small,
    view::{Said, natural, row},
    violations,
};
use crate::{Desk, EngineError, executions::lock};
use ::models::{
    drift::{
        Comparison, FeatureDrift, Method,
        compare::{LInfinity, Place},
    },
    monitor::constraints::FeatureConstraint,
};
use contract::{
    Notice, Timestamp,
    drift::{FeatureDetail, ReadFeature, StatisticRow},
};

const DAY: i64 = 86_400;

/// Beside the schedule's own method, in the order of the table.
static METHODS: [Method; 10] = [
    Method::LInfinityRobust,
    Method::LInfinitySimple,
    Method::ChiSquare,
    Method::Psi,
    Method::JensenShannon,
    Method::Hellinger,
    Method::WassersteinNormed,
    Method::Wasserstein,
    Method::Completeness,
    Method::Missingness,
];

impl Desk {
    pub async fn read_feature(&self, request: &ReadFeature) -> Result<FeatureDetail, EngineError> {
        let session = self.session()?;
        let age = request.run.map_or(0, |run| session.now().as_second().saturating_sub(run.as_second()) / DAY + 1);
        let days = u32::try_from(age).unwrap_or_default().max(request.days);
        let gathered = self.gather(&session, &request.schedule, days).await?;
        // A report from before the time that is looked back at may be shown; it is not counted.
        let from = days_before(session.now(), request.days.max(1)).max(gathered.scene.from);
        let Some(base) = gathered.scene.base.as_ref() else {
            let why = gathered.notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" ");
            return Err(EngineError::NotNow(format!("This schedule compares no columns. {why}")));
        };
        self.read_rest(&session, &gathered, &self.inner.drift.stop(), &|| ()).await;
        let mut notices = gathered.notices.clone();
        let newest = gathered.newest.as_deref();
        let is_newest = |run: Timestamp| newest.is_some_and(|newest| newest.at == run);
        // What is kept of the newest report has no distributions.
        let kept = newest.filter(|newest| newest.statistics.is_none()).map(|newest| newest.at);
        let other = match request.run.filter(|run| !is_newest(*run)).or(kept) {
            None => None,
            Some(run) => {
                let folder = gathered.scene.folders.get(&run);
                let Some(uri) = folder.filter(|folder| folder.statistics.is_some()).map(|folder| folder.uri.clone())
                else {
                    return Err(EngineError::NotFound(format!("There is no report of {}.", moment(run))));
                };
                let read = whole(&session, base, run, format!("{uri}/statistics.json")).await;
                let said = match folder.and_then(|folder| folder.violations.as_deref()) {
                    _ if is_newest(run) => gathered.violations.clone(),
                    Some(uri) => violations::read(&session, uri).await.unwrap_or_else(|why| {
                        notices.push(Notice::warning(format!("What Model Monitor says is left out: {why}.")));
                        Vec::new()
                    }),
                    None => Vec::new(),
                };
                Some((read.map_err(EngineError::NotNow)?, said))
            }
        };
        let (report, said) = match (&other, newest) {
            (Some((report, said)), _) => (report, said),
            (None, Some(newest)) => (newest, &gathered.violations),
            (None, None) => return Err(EngineError::NotFound("There is no report that can be read.".into())),
        };
        let pair = report.comparisons.iter().zip(&report.run.features).find(|(_, drift)| drift.name == request.feature);
        let Some((comparison, drift)) = pair else {
            return Err(EngineError::NotFound(format!("The report has no feature {}.", request.feature)));
        };
        let index = lock(&gathered.index);
        let said = Said { base, violations: said, importance: &gathered.importance };
        let row = row(&index, report, &said, (comparison, drift), from);
        let read = small(index.times(from).len());
        let size = Size { width: request.width, offset_minutes: request.offset_minutes };
        let mut charts = Vec::new();
        if let Some(column) = index.column(&request.feature) {
            let usual = natural(&index, &request.feature, report.at);
            charts.extend(over_time(column, drift, usual, from, size));
        }
        drop(index);
        let current = report.statistics.as_ref().and_then(|statistics| statistics.feature(&request.feature));
        let sides = base.statistics.feature(&request.feature).zip(current);
        if let Some((baseline, current)) = sides {
            charts.extend(distributions(baseline, current, farthest(comparison), size));
        }
        notices.extend(comparison.notes.iter().map(|note| Notice::info(format!("{}: {note}.", request.feature))));
        let own = base.constraints.as_ref().map(|constraints| constraints.features.as_slice()).unwrap_or_default();
        let own = own.iter().find(|feature| feature.name == request.feature);
        let statistics = statistics(comparison, drift, own.and_then(FeatureConstraint::most_missing));
        Ok(FeatureDetail { row, run: report.at, read, charts, statistics, notices })
    }
}

/// The value at which both distributions are furthest apart.
fn farthest(comparison: &Comparison) -> Option<f64> {
    match &comparison.l_infinity.as_ref()?.at {
        Place::Value(at) => Some(*at).filter(|at| at.is_finite()),
        Place::Category(_) => None,
    }
}

/// What can honestly be said of two summaries: no test of significance from sketches, whose own error it would measure.
/// `most_missing` is the part of the rows that completeness in the constraints lets be without a value.
fn statistics(comparison: &Comparison, drift: &FeatureDrift, most_missing: Option<f64>) -> Vec<StatisticRow> {
    let mut rows = vec![statistic(comparison, drift, &drift.method, most_missing)];
    if let Some((value, legacy)) = comparison.told_otherwise(drift) {
        rows.push(StatisticRow {
            name: "Model Monitor's own".to_owned(),
            value: Some(value),
            error: None,
            threshold: drift.threshold,
            rule: drift.threshold.map(|_| "the schedule's own".to_owned()),
            drifted: drift.threshold.map(|threshold| value > threshold),
            note: Some(legacy.reason.clone()),
        });
    }
    let others = METHODS.iter().filter(|method| **method != drift.method && comparison.value(method).is_some());
    rows.extend(others.map(|method| statistic(comparison, drift, method, most_missing)));
    if matches!(comparison.l_infinity, Some(LInfinity { at: Place::Value(_), .. })) {
        rows.push(StatisticRow {
            name: Method::KolmogorovSmirnov.name().to_owned(),
            value: None,
            error: None,
            threshold: None,
            rule: None,
            drifted: None,
            note: Some("not reckoned: from sketches it would measure their error; D is L-infinity, simple".to_owned()),
        });
    }
    rows
}

fn statistic(
    comparison: &Comparison,
    drift: &FeatureDrift,
    method: &Method,
    most_missing: Option<f64>,
) -> StatisticRow {
    let value = comparison.value(method);
    let is_own = *method == drift.method;
    let threshold = match method {
        _ if is_own => drift.threshold,
        Method::Completeness => most_missing,
        _ => method.default_threshold(),
    };
    let rule = match method {
        Method::Completeness => "completeness in constraints.json",
        Method::Missingness => "our own rule",
        _ if is_own => "the schedule's own",
        Method::LInfinityRobust | Method::LInfinitySimple => "Model Monitor's default",
        _ => "Evidently's default",
    };
    let direction = method.direction();
    let drifted =
        direction.zip(value).zip(threshold).and_then(|((way, value), threshold)| way.is_drift(value, threshold));
    StatisticRow {
        name: method.name().to_owned(),
        value,
        error: error(comparison, method),
        threshold,
        rule: threshold.map(|_| rule.to_owned()),
        drifted: if is_own { drift.drifted } else { drifted },
        note: note(comparison, method),
    }
}

fn error(comparison: &Comparison, method: &Method) -> Option<f64> {
    let is_distance = matches!(method, Method::LInfinityRobust | Method::LInfinitySimple);
    comparison.l_infinity.as_ref().filter(|_| is_distance)?.error
}

fn note(comparison: &Comparison, method: &Method) -> Option<String> {
    let beginning = |words: &[&str]| {
        let mut notes = comparison.notes.iter();
        notes.find(|note| words.iter().any(|word| note.starts_with(word))).cloned()
    };
    match method {
        Method::LInfinityRobust => Some("less what so few rows may differ by chance".to_owned()),
        Method::LInfinitySimple => comparison.l_infinity.as_ref().map(|distance| match &distance.at {
            Place::Value(at) => format!("largest at {}", number(*at)),
            Place::Category(category) => format!("largest for {category}"),
        }),
        Method::ChiSquare | Method::ChiSquareStatistic => beginning(&["chi-square", "too few"]),
        Method::Psi => beginning(&["PSI"]).or_else(|| bins(comparison)),
        Method::JensenShannon | Method::Hellinger => bins(comparison),
        Method::WassersteinNormed => Some("in standard deviations of the baseline".to_owned()),
        Method::Wasserstein => Some("in the unit of the feature".to_owned()),
        Method::Completeness => Some("rows without a value; Model Monitor's own check".to_owned()),
        Method::Missingness => comparison.missing.map(|missing| {
            let percent = |part: f64| number((part * 10_000.0).round() / 100.0);
            format!("{} % missing, {} % in the baseline", percent(missing.current), percent(missing.baseline))
        }),
        _ => None,
    }
}

fn bins(comparison: &Comparison) -> Option<String> {
    let is_numeric = matches!(comparison.l_infinity, Some(LInfinity { at: Place::Value(_), .. }));
    is_numeric.then(|| "over the deciles of the baseline".to_owned())
}
