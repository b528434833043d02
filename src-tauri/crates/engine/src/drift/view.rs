//! What the reports of a schedule come to: the map, the features, the violations.

use super::{
    counted,
    gather::Gathered,
    index::Index,
    moment, number,
    scene::{Base, Whole},
    small,
    violations::{grouped, told},
};
use crate::executions::lock;
use ::models::{
    drift::{Comparison, Direction, FeatureDrift, Method, history::natural_threshold},
    monitor::violations::Violation,
};
use charts::{Frame, HeatMap, HeatRow, ScatterPoint, heat_map, scatter};
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{DriftView, FeatureRow},
};
use std::collections::HashMap;

/// Features that are drawn; all of them stand in the list.
const MOST_ROWS: usize = 60;
/// Columns that are drawn: of more reports, some share one.
const MOST_COLUMNS: usize = 180;
/// Reports that a notice names.
const MOST_NAMED: usize = 3;
/// Pixels of a row, and of what stands around them.
const ROW: u32 = 16;
const AROUND: u32 = 64;
/// Pixels of the picture of drift against importance.
const HIGH: u32 = 260;

/// A picture's size in pixels, within reason.
pub(super) fn frame(width: u32, height: u32, offset_minutes: i32, caption: impl Into<String>) -> Frame {
    Frame { width: width.clamp(240, 4_000), height, offset_minutes, caption: caption.into() }
}

pub(super) fn view(gathered: &Gathered, offset_minutes: i32, width: u32) -> DriftView {
    let index = lock(&gathered.index);
    let from = gathered.scene.from;
    let times = index.times(from);
    let mut notices = gathered.notices.clone();
    notices.extend(troubles(&index, from));
    let mut features: Vec<FeatureRow> = match (&gathered.newest, &gathered.scene.base) {
        (Some(newest), Some(base)) => {
            let pairs = newest.comparisons.iter().zip(&newest.run.features);
            let said = Said { base, violations: &gathered.violations, importance: &gathered.importance };
            pairs.map(|(comparison, drift)| row(&index, newest, &said, (comparison, drift), from)).collect()
        }
        _ => Vec::new(),
    };
    features.sort_by(|one, other| {
        let of = |row: &FeatureRow| row.distance.unwrap_or(f64::NEG_INFINITY);
        of(other).total_cmp(&of(one)).then_with(|| one.name.cmp(&other.name))
    });
    DriftView {
        schedule: gathered.scene.summary.name.clone(),
        read: small(times.len()),
        of: small(gathered.scene.reports().count()),
        map: map(&index, &times, offset_minutes, width),
        matters: matters(gathered, offset_minutes, width),
        features,
        violations: grouped(&gathered.violations),
        newest: gathered.newest.as_ref().map(|newest| newest.at),
        notices,
    }
}

/// Of a monitor that compares no columns, or of one without a baseline: what it says itself.
pub(super) fn of_violations(gathered: &Gathered) -> DriftView {
    let newest = gathered.scene.folders.keys().next_back().copied();
    let mut notices = gathered.notices.clone();
    if !gathered.scene.is_of_data() {
        notices
            .push(Notice::info("Only monitors of data quality compare columns; shown is what this one found itself."));
    }
    DriftView {
        schedule: gathered.scene.summary.name.clone(),
        read: u32::from(newest.is_some()),
        of: u32::from(newest.is_some()),
        map: None,
        matters: None,
        features: Vec::new(),
        violations: grouped(&gathered.violations),
        newest,
        notices,
    }
}

/// Reports that could not be read cost themselves only, and are named.
fn troubles(index: &Index, from: Timestamp) -> Option<Notice> {
    let troubles = index.troubles(from);
    let (at, why) = troubles.last()?;
    let others: Vec<String> = troubles.iter().rev().skip(1).take(MOST_NAMED).map(|(at, _)| moment(*at)).collect();
    let also = match (troubles.len() - 1, others.join(", ")) {
        (0, _) => String::new(),
        (more, named) if more <= MOST_NAMED => format!(" Nor those of {named}."),
        (more, named) => format!(" Nor those of {named} and {} more.", more - MOST_NAMED),
    };
    let what = counted(troubles.len(), "report");
    Some(Notice::warning(format!("{what} left out: that of {} cannot be used: {why}.{also}", moment(*at))))
}

/// What is known beside the report.
pub(super) struct Said<'a> {
    pub base: &'a Base,
    pub violations: &'a [Violation],
    pub importance: &'a [(String, f64)],
}

/// One feature of a report.
pub(super) fn row(
    index: &Index,
    whole: &Whole,
    said: &Said<'_>,
    (comparison, drift): (&Comparison, &FeatureDrift),
    from: Timestamp,
) -> FeatureRow {
    let name = &drift.name;
    let kind = match said.base.statistics.feature(name) {
        Some(feature) => feature.inferred_type.as_ref(),
        None => whole.types.get(name),
    };
    let is_distance = matches!(drift.method, Method::LInfinityRobust | Method::LInfinitySimple);
    let error = comparison.l_infinity.as_ref().and_then(|distance| distance.error);
    let column = index.column(name);
    let drifted_runs =
        column.map_or(0, |column| column.cells.range(from..).filter(|(_, cell)| cell.drifted == Some(true)).count());
    FeatureRow {
        name: name.clone(),
        kind: kind.map_or("Unknown", String::as_str).to_owned(),
        distance: drift.value,
        error: error.filter(|_| is_distance),
        threshold: drift.threshold,
        told: told(said.violations, name),
        method: drift.method.name().to_owned(),
        drifted: drift.drifted,
        drifted_runs: small(drifted_runs),
        natural: natural(index, name, whole.at),
        importance: said.importance.iter().find(|(feature, _)| feature == name).map(|(_, part)| *part),
        note: note(comparison, drift),
    }
}

/// Mean and three deviations of the reports before one.
pub(super) fn natural(index: &Index, feature: &str, before: Timestamp) -> Option<f64> {
    let column = index.column(feature)?;
    let past = column.alike(&column.method).filter(|(at, _)| *at < before);
    let values: Vec<Option<f64>> = past.map(|(_, cell)| Some(cell.value)).collect();
    let direction = column.method.direction().unwrap_or(Direction::Above);
    natural_threshold(&values, direction).map(|natural| natural.threshold)
}

/// Why the monitor's number is another one, or why there is none.
fn note(comparison: &Comparison, drift: &FeatureDrift) -> Option<String> {
    if let Some((found, legacy)) = comparison.told_otherwise(drift) {
        let sees = drift.threshold.map(|threshold| found > threshold);
        let is_over = drift.value.zip(drift.threshold).map(|(value, threshold)| value > threshold);
        let lead = match (is_over, sees) {
            (Some(true), Some(false)) => "Model Monitor cannot see this drift: tied values. It finds",
            (Some(false), Some(true)) => "Model Monitor sees drift where there is none: tied values. It finds",
            _ => "Model Monitor itself finds",
        };
        return Some(format!("{lead} {}: {}", number(found), legacy.reason));
    }
    let is_unsaid = drift.value.is_none() || (drift.drifted.is_none() && drift.threshold.is_some());
    if is_unsaid {
        return Some(drift.reason.clone());
    }
    // Which of the two it is judged by is not the monitor's choice.
    if matches!(drift.method, Method::Missingness | Method::Completeness) {
        return Some(drift.reason.clone());
    }
    comparison.is_approximate.then(|| comparison.notes.join("; "))
}

/// Features by reports: how often its threshold each distance is. The hottest rows; of many reports the worst of some.
fn map(index: &Index, times: &[Timestamp], offset_minutes: i32, width: u32) -> Option<Chart> {
    let share = times.len().div_ceil(MOST_COLUMNS).max(1);
    let groups: Vec<&[Timestamp]> = times.chunks(share).collect();
    let mut rows: Vec<(f64, HeatRow)> = index
        .columns()
        .map(|(name, column)| {
            let worst = |group: &[Timestamp]| -> Option<f64> {
                let cells = group.iter().filter_map(|at| column.cells.get(at)?.severity);
                cells.reduce(f64::max)
            };
            let values: Vec<Option<f64>> = groups.iter().map(|group| worst(group)).collect();
            let hottest = values.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
            // The mark is the verdict of the table: at the very limit a number alone does not tell it.
            let has_drifted = |at: &Timestamp| column.cells.get(at).is_some_and(|cell| cell.drifted == Some(true));
            let drifted = groups.iter().map(|group| group.iter().any(has_drifted)).collect();
            (hottest, HeatRow { feature: name.to_owned(), values, drifted })
        })
        .collect();
    let all = rows.len();
    rows.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.feature.cmp(&other.1.feature)));
    rows.truncate(MOST_ROWS);
    let of_each = if share > 1 { format!(", the worst of each {share} reports") } else { String::new() };
    let which =
        if all > rows.len() { format!(", the {} hottest of {all} features", rows.len()) } else { String::new() };
    let caption = format!("Distance by feature and report, in thresholds{of_each}{which}");
    let height = AROUND + ROW * small(rows.len());
    let told = HeatMap {
        measure: "distance in thresholds".to_owned(),
        runs: groups.iter().filter_map(|group| group.first().copied()).collect(),
        features: rows.into_iter().map(|(_, row)| row).collect(),
        threshold: Some(1.0),
    };
    heat_map(&frame(width, height, offset_minutes, caption), &told).ok()
}

/// What drifted and matters is far to the right and high up. Methods differ, so drift is counted in thresholds.
fn matters(gathered: &Gathered, offset_minutes: i32, width: u32) -> Option<Chart> {
    let newest = gathered.newest.as_ref()?;
    let worth: HashMap<&str, f64> =
        gathered.importance.iter().map(|(feature, part)| (feature.as_str(), *part)).collect();
    let point = |drift: &FeatureDrift| {
        let importance = *worth.get(drift.name.as_str())?;
        let drifted = Some(drift.drifted == Some(true));
        Some(ScatterPoint { feature: drift.name.clone(), drift: drift.severity()?, importance, drifted })
    };
    let told: Vec<ScatterPoint> = newest.run.features.iter().filter_map(point).collect();
    let is_left = |drift: &&FeatureDrift| drift.drifted == Some(true) && !worth.contains_key(drift.name.as_str());
    let caption = against(newest.run.features.iter().filter(is_left).count());
    scatter(&frame(width, HIGH, offset_minutes, caption), "thresholds", Some(1.0), &told).ok()
}

/// What the picture shows, and how many features that drifted have no place in it.
fn against(left: usize) -> String {
    let shown = "Drift of the newest report against importance";
    match left {
        0 => shown.to_owned(),
        1 => format!("{shown}; 1 feature that drifted is left out, for its importance is not known"),
        _ => format!("{shown}; {left} features that drifted are left out, for their importance is not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::models::drift::{Run, Source};

    #[test]
    fn the_map_marks_what_the_table_says_at_the_very_limit() {
        let at: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        let judged = |name: &str, method: Method| FeatureDrift::judged(name.into(), Some(0.1), Some(0.1), method);
        let features = vec![judged("bins", Method::Psi), judged("distance", Method::LInfinityRobust)];
        assert_eq!(features.iter().map(|one| one.drifted).collect::<Vec<_>>(), [Some(true), Some(false)]);
        let mut index = Index::default();
        index.put(at, at, Ok(&Run { source: Source::ModelMonitor, when: Some(at), features }));
        let map = map(&index, &[at], 0, 640).unwrap();
        assert_eq!(map.svg.matches("class=\"chart-breach\"").count(), 2, "one cross, of two lines: {}", map.svg);
    }

    #[test]
    fn a_feature_of_unknown_importance_is_not_left_out_silently() {
        assert_eq!(against(0), "Drift of the newest report against importance");
        assert!(against(1).ends_with("; 1 feature that drifted is left out, for its importance is not known"));
        assert!(against(2).contains("2 features that drifted"));
    }
}
