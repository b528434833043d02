//! What is kept of reports that were read: a number for each feature and report.

use super::files::Folder;
use crate::executions::lock;
use ::models::drift::{Direction, FeatureDrift, Method, Rows, Run, Source};
use contract::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

/// Schedules that are kept; the one that was looked at longest ago goes first.
const KEPT: usize = 40;
/// Numbers that are kept of all of them.
const MOST_CELLS: usize = 4_000_000;

/// One feature in one report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub value: f64,
    /// The column was missing: that is drift by no threshold.
    pub is_gone: bool,
    /// To both sides, from the sketches.
    pub error: Option<f64>,
    /// 1 at the threshold.
    pub severity: Option<f64>,
    pub drifted: Option<bool>,
    /// On which side of a threshold its method puts drift.
    pub direction: Option<Direction>,
    of: Of,
}

/// What a number is of. Those of different things are no one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A distance of the values.
    Values,
    /// By how much the part of the rows without a value is another one.
    Missing,
    /// The part of the rows without a value.
    Completeness,
}

impl Of {
    fn method(method: &Method) -> Self {
        match method {
            Method::Missingness => Self::Missing,
            Method::Completeness => Self::Completeness,
            _ => Self::Values,
        }
    }
}

impl Cell {
    /// Its limit is the completeness of the constraints, whatever the threshold of distances.
    pub fn is_of_completeness(&self) -> bool {
        self.of == Of::Completeness
    }
}

/// One feature over the reports.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub cells: BTreeMap<Timestamp, Cell>,
    /// Of the newest report.
    pub method: Method,
    pub threshold: Option<f64>,
    newest: Timestamp,
}

impl Column {
    /// Reports whose number is of the same thing as this method's: of the rows without a value, or of the values.
    pub fn alike(&self, method: &Method) -> impl Iterator<Item = (Timestamp, Cell)> {
        let of = Of::method(method);
        self.cells.iter().filter(move |(_, cell)| cell.of == of).map(|(at, cell)| (*at, *cell))
    }
}

/// A report that was looked at.
#[derive(Debug, Clone)]
struct Seen {
    stored: Timestamp,
    trouble: Option<String>,
}

/// The reports of one schedule, compared with one baseline.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Of the baseline: with another one all distances are others.
    mark: String,
    reports: BTreeMap<Timestamp, Seen>,
    columns: HashMap<String, Column>,
    /// The rows without a value, also of reports that have no number of the feature: for limits that are tried.
    rows: HashMap<String, BTreeMap<Timestamp, Rows>>,
    /// Features of text: the file has a threshold of its own for them.
    texts: BTreeSet<String>,
}

impl Index {
    pub fn of(mark: String) -> Self {
        Self { mark, ..Self::default() }
    }

    /// Reports that were not read yet, or were written anew since; the newest first.
    pub fn missing(&self, folders: &BTreeMap<Timestamp, Folder>) -> Vec<(Timestamp, Timestamp, String)> {
        let wanted = folders.iter().rev().filter_map(|(at, folder)| Some((*at, folder.statistics?, &folder.uri)));
        let unread = wanted.filter(|(at, stored, _)| self.reports.get(at).is_none_or(|seen| seen.stored != *stored));
        unread.map(|(at, stored, uri)| (at, stored, format!("{uri}/statistics.json"))).collect()
    }

    pub fn put(&mut self, at: Timestamp, stored: Timestamp, run: Result<&Run, String>) {
        for column in self.columns.values_mut() {
            column.cells.remove(&at);
        }
        for rows in self.rows.values_mut() {
            rows.remove(&at);
        }
        let trouble = match run {
            Ok(run) => {
                for feature in &run.features {
                    self.take(at, feature);
                }
                None
            }
            Err(trouble) => Some(trouble),
        };
        self.reports.insert(at, Seen { stored, trouble });
    }

    fn take(&mut self, at: Timestamp, feature: &FeatureDrift) {
        if feature.rows.missing.is_some() {
            self.rows.entry(feature.name.clone()).or_default().insert(at, feature.rows);
        }
        let value = feature.value.filter(|value| value.is_finite());
        if value.is_none() && feature.rows.missing.is_none() {
            return;
        }
        let column = self.columns.entry(feature.name.clone()).or_insert_with(|| Column {
            cells: BTreeMap::new(),
            method: feature.method.clone(),
            threshold: feature.threshold,
            newest: Timestamp::MIN,
        });
        let Some(value) = value else { return };
        let cell = Cell {
            value,
            is_gone: feature.is_gone(),
            error: feature.error,
            severity: feature.severity(),
            drifted: feature.drifted,
            direction: feature.method.direction(),
            of: Of::method(&feature.method),
        };
        column.cells.insert(at, cell);
        if at >= column.newest {
            (column.method, column.threshold, column.newest) = (feature.method.clone(), feature.threshold, at);
        }
    }

    /// Which features are text.
    pub fn set_texts(&mut self, texts: BTreeSet<String>) {
        self.texts = texts;
    }

    pub fn is_text(&self, feature: &str) -> bool {
        self.texts.contains(feature)
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// The rows without a value of a feature, of the reports that count them.
    pub fn rows(&self, name: &str) -> Option<&BTreeMap<Timestamp, Rows>> {
        self.rows.get(name)
    }

    /// Features that some report has a number of.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.known().filter(|(_, column)| !column.cells.is_empty())
    }

    /// With those of which only the rows without a value are counted.
    pub fn known(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// Reports that could be read, the oldest first.
    pub fn times(&self, from: Timestamp) -> Vec<Timestamp> {
        self.reports.range(from..).filter(|(_, seen)| seen.trouble.is_none()).map(|(at, _)| *at).collect()
    }

    /// The newest report that could be read, as far as it is kept.
    pub fn newest(&self) -> Option<Run> {
        let (at, _) = self.reports.iter().rev().find(|(_, seen)| seen.trouble.is_none())?;
        let of = |(name, column): (&String, &Column)| {
            let cell = column.cells.get(at)?;
            let mut feature =
                FeatureDrift::judged(name.clone(), Some(cell.value), column.threshold, column.method.clone());
            // Its constraints may have turned the check off.
            feature.drifted = cell.drifted;
            feature.error = cell.error;
            Some(feature)
        };
        let features = self.columns.iter().filter_map(of).collect();
        Some(Run { source: Source::ModelMonitor, when: Some(*at), features })
    }

    /// Reports that could not be read, and why.
    pub fn troubles(&self, from: Timestamp) -> Vec<(Timestamp, &str)> {
        self.reports.range(from..).filter_map(|(at, seen)| Some((*at, seen.trouble.as_deref()?))).collect()
    }

    fn cells(&self) -> usize {
        let numbers: usize = self.columns.values().map(|column| column.cells.len()).sum();
        numbers + self.rows.values().map(BTreeMap::len).sum::<usize>()
    }
}

/// The indexes of all schedules, the one that was looked at last at the end.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<Vec<(String, Arc<Mutex<Index>>)>>);

impl Shelf {
    /// The index of a schedule, whatever its baseline was when it was read.
    pub fn last(&self, key: &str) -> Option<Arc<Mutex<Index>>> {
        lock(&self.0).iter().find(|(name, _)| name == key).map(|(_, index)| Arc::clone(index))
    }

    /// The index of a schedule for a baseline; empty if there is none yet, or if the baseline is another one now.
    pub fn index(&self, key: &str, mark: &str) -> Arc<Mutex<Index>> {
        let mut all = lock(&self.0);
        let place = all.iter().position(|(name, _)| name == key);
        let known = place.map(|place| all.remove(place).1).filter(|index| lock(index).mark == mark);
        let index = known.unwrap_or_else(|| Arc::new(Mutex::new(Index::of(mark.to_owned()))));
        all.push((key.to_owned(), Arc::clone(&index)));
        while all.len() > KEPT
            || (all.len() > 1 && all.iter().map(|(_, index)| lock(index).cells()).sum::<usize>() > MOST_CELLS)
        {
            all.remove(0);
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> Timestamp {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn run(value: f64) -> Run {
        let feature = FeatureDrift::judged("tenure".into(), Some(value), Some(0.1), Method::LInfinityRobust);
        Run { source: Source::ModelMonitor, when: None, features: vec![feature] }
    }

    #[test]
    fn a_report_is_read_again_only_if_it_was_written_again() {
        let mut index = Index::default();
        let folder = Folder { uri: "s3://b/r".into(), statistics: Some(at(7)), ..Folder::default() };
        let folders = BTreeMap::from([(at(6), folder)]);
        assert_eq!(index.missing(&folders), [(at(6), at(7), "s3://b/r/statistics.json".to_owned())]);
        index.put(at(6), at(7), Ok(&run(0.2)));
        assert!(index.missing(&folders).is_empty());
        index.put(at(6), at(8), Err("cut".into()));
        assert_eq!(index.missing(&folders).len(), 1);
        assert_eq!(index.troubles(Timestamp::MIN), [(at(6), "cut")]);
        assert!(index.column("tenure").is_some_and(|column| column.cells.is_empty()), "what it said is not kept");
    }

    #[test]
    fn the_newest_report_is_told_again_as_it_was_judged() {
        let mut index = Index::default();
        assert_eq!(index.newest(), None);
        index.put(at(5), at(6), Ok(&run(0.3)));
        index.put(at(6), at(7), Ok(&run(0.2)));
        index.put(at(7), at(8), Err("cut".into()));
        let newest = index.newest().unwrap();
        assert_eq!(newest, Run { when: Some(at(6)), ..run(0.2) });
    }

    #[test]
    fn distances_and_missing_values_are_no_one_series() {
        let mut index = Index::default();
        index.put(at(5), at(6), Ok(&run(0.03)));
        let missing = FeatureDrift::judged("tenure".into(), Some(0.18), Some(0.1), Method::Missingness);
        index.put(at(6), at(7), Ok(&Run { features: vec![missing], ..run(0.0) }));
        let column = index.column("tenure").unwrap();
        assert_eq!((column.cells.len(), column.method.clone()), (2, Method::Missingness));
        let times = |method: &Method| column.alike(method).map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(times(&Method::Missingness), [at(6)]);
        assert_eq!(times(&Method::LInfinitySimple), [at(5)]);
        assert!(times(&Method::Completeness).is_empty(), "a part, and no difference of parts");
        let newest = index.newest().unwrap();
        assert_eq!((newest.features[0].drifted, newest.features[0].value), (Some(true), Some(0.18)));
    }

    #[test]
    fn rows_are_kept_of_a_feature_without_a_distance() {
        let mut index = Index::default();
        let none = FeatureDrift::judged("code".into(), None, Some(0.1), Method::LInfinityRobust);
        let rows = Rows { missing: Some(0.2), apart: None };
        index.put(at(5), at(6), Ok(&Run { features: vec![none.clone(), FeatureDrift { rows, ..none }], ..run(0.0) }));
        assert_eq!(index.columns().count(), 0, "there is no number to show");
        assert_eq!(index.known().map(|(name, _)| name).collect::<Vec<_>>(), ["code"]);
        assert_eq!(index.rows("code").and_then(|rows| rows.get(&at(5))), Some(&rows));
        index.put(at(5), at(7), Err("cut".into()));
        assert!(index.rows("code").is_some_and(BTreeMap::is_empty), "what it said is not kept");
    }

    #[test]
    fn another_baseline_begins_anew() {
        let shelf = Shelf::default();
        lock(&shelf.index("a", "one")).put(at(6), at(7), Ok(&run(0.2)));
        assert_eq!(lock(&shelf.index("a", "one")).times(Timestamp::MIN), [at(6)]);
        assert!(lock(&shelf.index("a", "two")).times(Timestamp::MIN).is_empty());
        for other in 0..KEPT {
            shelf.index(&other.to_string(), "one");
        }
        assert_eq!(lock(&shelf.0).len(), KEPT);
    }
}
