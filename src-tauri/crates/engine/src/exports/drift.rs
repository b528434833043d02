//! What a monitor's reports say, and one feature of one report.

use super::{Body, Export, Stamp, exact, figure, metrics, noted, prose, sheet::Sheet, unheard};
use crate::{
    Desk, EngineError,
    drift::list_runs,
    incident::report::{Block, Part, Said, Span, Table, code, maybe, strong, text},
};
use ::objects::words;
use aws::Session;
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{
        DescribeMonitor, DriftView, FeatureDetail, FeatureRow, MonitorDetail, MonitorMetrics, MonitorRunRow, ReadDrift,
        StatisticRow,
    },
    exports::FileFormat,
    models::facts::MonitorKind,
};

/// Of both sheets.
pub(super) const HEAD: [&str; 12] = [
    "section",
    "name",
    "kind",
    "value",
    "error",
    "threshold",
    "verdict",
    "model_monitor",
    "natural",
    "importance",
    "drifted_runs",
    "note",
];
/// Runs that stand in a document; the sheet has all.
const MOST_RUNS: usize = 500;

/// A monitor over some days.
#[derive(Debug)]
pub(super) struct Monitor {
    detail: MonitorDetail,
    view: DriftView,
    runs: Vec<MonitorRunRow>,
    /// Of one that watches metrics, with their pictures.
    metrics: Option<(MonitorMetrics, Vec<Chart>)>,
    days: u32,
    /// What could not be read beside it.
    missed: Vec<Notice>,
}

impl Monitor {
    fn charts(&self) -> impl Iterator<Item = &Chart> {
        let drawn = self.metrics.iter().flat_map(|(_, charts)| charts);
        self.view.map.iter().chain(&self.view.matters).chain(drawn)
    }

    fn notices(&self) -> impl Iterator<Item = &Notice> {
        let of_metrics = self.metrics.iter().flat_map(|(told, _)| &told.notices);
        self.detail.notices.iter().chain(&self.view.notices).chain(of_metrics).chain(&self.missed)
    }
}

impl Desk {
    pub(super) async fn monitor_told(
        &self,
        session: &Session,
        asked: &ReadDrift,
        format: FileFormat,
    ) -> Result<Monitor, EngineError> {
        let described = DescribeMonitor { schedule: asked.schedule.clone() };
        let detail = Box::pin(self.describe_monitor(&described)).await?;
        let view = Box::pin(self.read_drift(asked.clone(), unheard())).await?;
        let mut missed = Vec::new();
        let has_metrics = detail.row.kind.is_some_and(|kind| kind != MonitorKind::DataQuality);
        let metrics = if has_metrics {
            let read = Box::pin(self.draw_metrics(session, asked)).await;
            read.map_err(|error| missed.push(Notice::warning(format!("Its metrics are left out: {error}.")))).ok()
        } else {
            None
        };
        let runs = if format == FileFormat::Png {
            Vec::new()
        } else {
            Box::pin(list_runs(session, &asked.schedule, asked.days)).await.unwrap_or_else(|error| {
                missed.push(Notice::warning(format!("Its runs are left out: {error}.")));
                Vec::new()
            })
        };
        Ok(Monitor { detail, view, runs, metrics, days: asked.days, missed })
    }
}

pub(super) fn of_monitor(told: &Monitor, format: FileFormat, stamp: &Stamp) -> Export {
    let (schedule, days) = (&told.detail.row.schedule, span(told.days));
    Export {
        name: format!("{schedule}-{days}"),
        title: format!("Drift of {schedule}, {days}"),
        charts: told.charts().cloned().collect(),
        body: Body::of(format, || parts(told, stamp), || sheet(told, stamp)),
    }
}

/// `1 day`, `30 days`.
pub(super) fn span(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn parts(told: &Monitor, stamp: &Stamp) -> Vec<Part> {
    let mut parts = vec![Part { title: "", blocks: summary(told, stamp) }];
    parts.extend(told.metrics.iter().map(|(told, _)| metrics::part(told)));
    let features: Vec<_> = told.view.features.iter().map(|row| feature(row, told.view.read)).collect();
    if !features.is_empty() {
        let head = [
            "Feature",
            "Type",
            "Method",
            "Distance",
            "Threshold",
            "Verdict",
            "Model Monitor",
            "Natural threshold",
            "Drifted in",
            "Importance",
            "Note",
        ];
        parts.push(Part { title: "Features", blocks: vec![Block::Table(Table::new(&head, features))] });
    }
    let violations = told.view.violations.iter().flat_map(|group| {
        group.lines.iter().map(|(name, said)| vec![text(&group.title), code(&group.check), code(name), text(said)])
    });
    let violations: Vec<_> = violations.collect();
    if !violations.is_empty() {
        let table = Table::new(&["What", "Check", "Where", "The monitor says"], violations);
        parts.push(Part { title: "Violations of the newest report", blocks: vec![Block::Table(table)] });
    }
    let runs: Vec<_> = told
        .runs
        .iter()
        .take(MOST_RUNS)
        .map(|run| vec![text(words::instant(run.scheduled)), state(&run.status), prose(run.reason.as_deref())])
        .collect();
    if !runs.is_empty() {
        let mut blocks = vec![Block::Table(Table::new(&["Scheduled", "Status", "Reason"], runs))];
        if told.runs.len() > MOST_RUNS {
            let all = told.runs.len();
            blocks.push(Block::Line(vec![text(format!("The newest {MOST_RUNS} of {all} runs; a CSV has all."))]));
        }
        parts.push(Part { title: "Runs", blocks });
    }
    parts
}

fn summary(told: &Monitor, stamp: &Stamp) -> Vec<Block> {
    let (row, view) = (&told.detail.row, &told.view);
    let at = |at: Option<Timestamp>| text(at.map_or_else(|| "–".to_owned(), words::instant));
    let mut facts = vec![
        ("Schedule", code(&row.schedule)),
        ("Watches", text(row.kind.map_or("not known", |kind| kind.word()))),
        ("Endpoint", maybe(row.endpoint.as_deref())),
        ("Model group", maybe(row.group.as_deref())),
        ("Status", text(&row.status)),
        ("Last run", at(row.last_run)),
        ("Reports read", text(format!("{} of {}", view.read, view.of))),
        ("Newest report", at(view.newest)),
    ];
    facts.extend(stamp.facts());
    let drifted = view.features.iter().filter(|row| row.drifted == Some(true)).count();
    let mut blocks: Vec<Block> = told.metrics.iter().map(|(told, _)| metrics::in_short(told)).collect();
    if !view.features.is_empty() {
        let all = view.features.len();
        blocks.push(Block::Line(vec![strong(format!("{drifted} of {all} features drifted in the newest report."))]));
    }
    blocks.push(Block::Line(vec![text(&told.detail.health.words)]));
    blocks.push(Block::Facts(facts));
    // A quiet monitor is no good sign if it measures nothing.
    for problem in &told.detail.health.problems {
        blocks.push(Block::Warning(Said::of(&format!("{} {}", problem.words, problem.remedy))));
    }
    blocks.extend(noted(told.notices()));
    blocks
}

fn feature(row: &FeatureRow, reports: u32) -> Vec<Span> {
    vec![
        code(&row.name),
        text(&row.kind),
        text(&row.method),
        text(measured(row.distance, row.error)),
        text(figure(row.threshold)),
        verdict(row.drifted),
        text(figure(row.told)),
        text(figure(row.natural)),
        text(format!("{} of {reports} reports", row.drifted_runs)),
        text(figure(row.importance)),
        prose(row.note.as_deref()),
    ]
}

fn measured(value: Option<f64>, error: Option<f64>) -> String {
    match error.filter(|error| value.is_some() && *error > 0.0) {
        Some(error) => format!("{} ± {}", figure(value), figure(Some(error))),
        None => figure(value),
    }
}

pub(super) fn drifted(is: Option<bool>) -> &'static str {
    match is {
        Some(true) => "drifted",
        Some(false) => "no drift",
        None => "not known",
    }
}

pub(super) fn verdict(is: Option<bool>) -> Span {
    if is == Some(true) { strong(drifted(is)) } else { text(drifted(is)) }
}

fn state(status: &str) -> Span {
    if status == "Completed" { text(status) } else { strong(status) }
}

/// The rows that stand above all others of a sheet.
pub(super) fn about<'a>(facts: &[(&str, &str)], notices: impl IntoIterator<Item = &'a Notice>, stamp: &Stamp) -> Sheet {
    let mut sheet = Sheet::new(&HEAD);
    for (name, value) in facts {
        sheet.row(&[("section", "about"), ("name", name), ("note", value)]);
    }
    for (name, value) in stamp.named() {
        sheet.row(&[("section", "about"), ("name", name), ("note", &value)]);
    }
    for notice in notices {
        sheet.row(&[("section", "about"), ("name", "notice"), ("note", &notice.text)]);
    }
    sheet
}

fn sheet(told: &Monitor, stamp: &Stamp) -> Sheet {
    let view = &told.view;
    let read = format!("{} of {}", view.read, view.of);
    let newest = view.newest.map(|at| at.to_string()).unwrap_or_default();
    let facts = [
        ("schedule", told.detail.row.schedule.as_str()),
        ("endpoint", told.detail.row.endpoint.as_deref().unwrap_or_default()),
        ("status", told.detail.row.status.as_str()),
        ("health", told.detail.health.words.as_str()),
        ("reports read", read.as_str()),
        ("newest report", newest.as_str()),
    ];
    let mut sheet = about(&facts, told.notices(), stamp);
    if let Some((numbers, _)) = &told.metrics {
        metrics::of_rows(&mut sheet, numbers);
    }
    for row in &view.features {
        of_row(&mut sheet, row);
    }
    for group in &view.violations {
        for (name, said) in &group.lines {
            sheet.row(&[("section", "violation"), ("name", name), ("kind", &group.check), ("note", said)]);
        }
    }
    for run in &told.runs {
        let at = run.scheduled.to_string();
        let reason = run.reason.as_deref().unwrap_or_default();
        sheet.row(&[("section", "run"), ("name", &at), ("verdict", &run.status), ("note", reason)]);
    }
    for chart in told.charts() {
        sheet.chart(chart);
    }
    sheet
}

fn of_row(sheet: &mut Sheet, row: &FeatureRow) {
    sheet.row(&[
        ("section", "feature"),
        ("name", &row.name),
        ("kind", &row.method),
        ("value", &exact(row.distance)),
        ("error", &exact(row.error)),
        ("threshold", &exact(row.threshold)),
        ("verdict", drifted(row.drifted)),
        ("model_monitor", &exact(row.told)),
        ("natural", &exact(row.natural)),
        ("importance", &exact(row.importance)),
        ("drifted_runs", &row.drifted_runs.to_string()),
        ("note", row.note.as_deref().unwrap_or_default()),
    ]);
}

pub(super) fn of_feature(schedule: &str, told: &FeatureDetail, format: FileFormat, stamp: &Stamp) -> Export {
    Export {
        name: format!("{schedule}-{}", told.row.name),
        title: format!("{} of {schedule} at {}", told.row.name, words::instant(told.run)),
        charts: told.charts.clone(),
        body: Body::of(format, || parts_of_feature(schedule, told, stamp), || sheet_of_feature(schedule, told, stamp)),
    }
}

fn parts_of_feature(schedule: &str, told: &FeatureDetail, stamp: &Stamp) -> Vec<Part> {
    let row = &told.row;
    let mut facts = vec![
        ("Feature", code(&row.name)),
        ("Schedule", code(schedule)),
        ("Report", text(words::instant(told.run))),
        ("Type", text(&row.kind)),
        ("Method", text(&row.method)),
        ("Distance", text(measured(row.distance, row.error))),
        ("Threshold", text(figure(row.threshold))),
        ("Verdict", verdict(row.drifted)),
        ("Model Monitor says", text(figure(row.told))),
        ("Natural threshold", text(figure(row.natural))),
        (
            "Drifted in",
            text(match row.drifted_runs {
                1 => "1 report".to_owned(),
                many => format!("{many} reports"),
            }),
        ),
        ("Importance", text(figure(row.importance))),
    ];
    facts.extend(stamp.facts());
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(row.note.as_ref().map(|note| Block::Line(vec![text(note)])));
    blocks.extend(noted(&told.notices));
    let mut parts = vec![Part { title: "", blocks }];
    if !told.statistics.is_empty() {
        let head = ["Statistic", "Value", "Threshold", "Rule", "Verdict", "Note"];
        let rows = told.statistics.iter().map(statistic).collect();
        parts.push(Part { title: "Statistics", blocks: vec![Block::Table(Table::new(&head, rows))] });
    }
    parts
}

fn statistic(row: &StatisticRow) -> Vec<Span> {
    vec![
        text(&row.name),
        text(measured(row.value, row.error)),
        text(figure(row.threshold)),
        prose(row.rule.as_deref()),
        if has_verdict(row) { verdict(row.drifted) } else { text("no rule") },
        prose(row.note.as_deref()),
    ]
}

/// Without a rule there is no verdict to be known.
fn has_verdict(row: &StatisticRow) -> bool {
    row.drifted.is_some() || row.threshold.is_some()
}

fn sheet_of_feature(schedule: &str, told: &FeatureDetail, stamp: &Stamp) -> Sheet {
    let run = told.run.to_string();
    let facts = [("schedule", schedule), ("report", run.as_str()), ("type", told.row.kind.as_str())];
    let mut sheet = about(&facts, &told.notices, stamp);
    of_row(&mut sheet, &told.row);
    for row in &told.statistics {
        sheet.row(&[
            ("section", "statistic"),
            ("name", &row.name),
            ("kind", row.rule.as_deref().unwrap_or_default()),
            ("value", &exact(row.value)),
            ("error", &exact(row.error)),
            ("threshold", &exact(row.threshold)),
            ("verdict", if has_verdict(row) { drifted(row.drifted) } else { "no rule" }),
            ("note", row.note.as_deref().unwrap_or_default()),
        ]);
    }
    for chart in &told.charts {
        sheet.chart(chart);
    }
    sheet
}
