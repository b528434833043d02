//! All matches of one signature over all files and facts, as one thing.

use super::Ignored;
use crate::catalogue::{Catalogue, Class, Signature};
use crate::input::{Ended, Facts, Role, Side};
use crate::scan::{Evidence, FileScan, Hits, Scan, scan_fact};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Executors often go a moment before the driver says that it stopped.
const SECONDS_BEFORE: i64 = 5;

/// Records by which two groups are compared: a cluster may have 50,000 files.
const RECORDS: usize = 512;

/// What is known of one signature in this job.
#[derive(Debug)]
pub(super) struct Group<'c> {
    pub signature: &'c Signature,
    pub total: Hits,
    pub values: BTreeMap<String, String>,
    pub times: Vec<Timestamp>,
    /// The service says so itself.
    pub in_facts: bool,
    /// Stands in an executor's own log.
    pub in_executors: bool,
    pub files: BTreeSet<u32>,
    /// The first records that it matched: file, line, depth below the first exception.
    pub records: Vec<(u32, u64, u32)>,
    /// The last line of each file.
    pub lasts: Vec<(u32, u64)>,
}

pub(super) struct Grouped<'c> {
    pub groups: Vec<Group<'c>>,
    pub noise: Vec<Ignored>,
}

pub(super) fn group<'c>(catalogue: &'c Catalogue, scan: &Scan, facts: &Facts) -> Grouped<'c> {
    let stop = stop(scan);
    let mut groups: BTreeMap<u16, Group<'c>> = BTreeMap::new();
    let mut noise: BTreeMap<u16, u64> = BTreeMap::new();
    for (id, file) in &scan.files {
        for ((index, _), hits) in &file.hits {
            let Some(signature) = catalogue.at(*index) else { continue };
            if signature.class == Class::Noise || (signature.benign_after_shutdown && benign(file, hits, stop, facts)) {
                *noise.entry(*index).or_default() += hits.count;
                continue;
            }
            let group = groups.entry(*index).or_insert_with(|| Group::new(signature));
            group.take(hits);
            group.in_executors |= matches!(file.source.role, Role::Executor { .. });
            group.files.insert(id.0);
            let room = RECORDS.saturating_sub(group.records.len());
            group.records.extend(hits.depths.iter().take(room).map(|(line, depth)| (id.0, *line, *depth)));
            group.lasts.extend(hits.last.map(|(line, _)| (id.0, line)));
        }
    }
    for (number, (name, text)) in (0_u64..).zip(facts.lines()) {
        for ((index, _), hits) in scan_fact(catalogue, &name, &text).hits {
            let Some(signature) = catalogue.at(index) else { continue };
            if signature.class == Class::Noise || (signature.benign_after_shutdown && facts.ended() == Ended::Well) {
                continue;
            }
            let group = groups.entry(index).or_insert_with(|| Group::new(signature));
            group.take(&hits);
            group.in_facts = true;
            group.records.extend(hits.depths.values().map(|depth| (u32::MAX, number, *depth)));
        }
    }
    let noise = noise.into_iter().filter_map(|(index, count)| {
        let signature = catalogue.at(index)?;
        Some(Ignored { signature: signature.id.clone(), title: signature.title.clone(), count })
    });
    Grouped { groups: groups.into_values().collect(), noise: noise.collect() }
}

/// The driver stopped, as its own log says; `at` if that has times.
#[derive(Clone, Copy)]
struct Stop {
    at: Option<Timestamp>,
}

fn stop(scan: &Scan) -> Option<Stop> {
    let drivers = scan.files.values().filter(|file| file.source.role.side() == Side::Driver);
    let stops: Vec<_> = drivers.filter_map(|file| file.shutdown).map(|(_, at)| at).collect();
    if stops.is_empty() { None } else { Some(Stop { at: stops.into_iter().flatten().min() }) }
}

/// A SIGTERM behind the end of the driver is how executors are told to go.
fn benign(file: &FileScan, hits: &Hits, stop: Option<Stop>, facts: &Facts) -> bool {
    if facts.ended() == Ended::Well {
        return true;
    }
    let Some((first, at)) = hits.first else { return false };
    if file.source.role.side() == Side::Driver {
        return file.shutdown.is_some_and(|(line, _)| first >= line);
    }
    match (stop, at) {
        (Some(Stop { at: Some(stop) }), Some(at)) => at.as_second() >= stop.as_second() - SECONDS_BEFORE,
        (Some(_), _) => true,
        (None, _) => false,
    }
}

impl<'c> Group<'c> {
    fn new(signature: &'c Signature) -> Self {
        Self {
            signature,
            total: Hits::default(),
            values: BTreeMap::new(),
            times: Vec::new(),
            in_facts: false,
            in_executors: false,
            files: BTreeSet::new(),
            records: Vec::new(),
            lasts: Vec::new(),
        }
    }

    fn take(&mut self, hits: &Hits) {
        self.total.join(hits);
        self.values.clone_from(&self.total.values);
        self.times.extend([hits.first, hits.last].into_iter().flatten().filter_map(|(_, at)| at));
    }

    /// Records that said so themselves.
    pub fn originals(&self) -> u64 {
        let own = self.total.count - self.total.quoted;
        if own == 0 { self.total.count } else { own }
    }

    pub fn only_quoted(&self) -> bool {
        self.total.count == self.total.quoted
    }

    /// Lines to show: originals first, an executor's own log before what a driver says of it, a log before a fact, the
    /// ones with a trace first, then by place. Equal lines of several files are folded.
    pub fn evidence(&self) -> Vec<Evidence> {
        let mut lines: Vec<Evidence> = self.total.kept.clone();
        if !self.only_quoted() {
            lines.retain(|line| !line.quoted);
        }
        let own = |line: &Evidence| line.place.side == Side::Executor && line.place.executor.is_some();
        lines
            .sort_by_key(|line| (line.fact.is_some(), !own(line), line.trace.is_none(), line.at, line.file, line.line));
        let mut folded: Vec<Evidence> = Vec::new();
        for line in lines {
            match folded.iter_mut().find(|known| known.key == line.key && known.fact == line.fact) {
                Some(known) => known.count += line.count,
                None => folded.push(line),
            }
        }
        folded
    }

    /// In a record that `other` matched too.
    pub fn shares_a_record(&self, other: &Self) -> bool {
        self.records.iter().any(|(file, line, _)| other.at(*file, *line).is_some())
    }

    fn at(&self, file: u32, line: u64) -> Option<u32> {
        self.records.iter().find(|(f, l, _)| (*f, *l) == (file, line)).map(|(.., depth)| *depth)
    }

    /// In a record of both, `other` stands below a deeper `Caused by`.
    pub fn is_above(&self, other: &Self) -> bool {
        let mut depths = self.records.iter().filter_map(|(file, line, depth)| Some((*depth, other.at(*file, *line)?)));
        depths.any(|(mine, theirs)| mine < theirs)
    }
}
