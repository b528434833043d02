//! What a monitor's reports say, and one feature of one report.

use super::{Export, Stamp, exact, figure, noted, prose, sheet::Sheet, unheard};
use crate::{
    Desk, EngineError,
    drift::list_runs,
    incident::report::{Block, Part, Said, Span, Table, code, maybe, strong, text},
};
use ::objects::words;
use aws::Session;
use contract::{
    Notice, Timestamp,
    drift::{
        DescribeMonitor, DriftView, FeatureDetail, FeatureRow, MonitorDetail, MonitorRunRow, ReadDrift, StatisticRow,
    },
};

/// Of both sheets.
const HEAD: [&str; 12] = [
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
struct Monitor<'a> {
    detail: &'a MonitorDetail,
    view: &'a DriftView,
    runs: &'a [MonitorRunRow],
    days: u32,
    /// What could not be read beside it.
    missed: &'a [Notice],
}

impl Desk {
    pub(super) async fn export_drift(
        &self,
        session: &Session,
        asked: &ReadDrift,
        stamp: &Stamp,
    ) -> Result<Export, EngineError> {
        let described = DescribeMonitor { schedule: asked.schedule.clone() };
        let detail = Box::pin(self.describe_monitor(&described)).await?;
        let view = Box::pin(self.read_drift(asked.clone(), unheard())).await?;
        let mut missed = Vec::new();
        let runs = Box::pin(list_runs(session, &asked.schedule, asked.days)).await.unwrap_or_else(|error| {
            missed.push(Notice::warning(format!("Its runs are left out: {error}.")));
            Vec::new()
        });
        let monitor = Monitor { detail: &detail, view: &view, runs: &runs, days: asked.days, missed: &missed };
        Ok(of_monitor(&monitor, stamp))
    }
}

fn of_monitor(told: &Monitor<'_>, stamp: &Stamp) -> Export {
    let (schedule, days) = (&told.detail.row.schedule, span(told.days));
    Export {
        name: format!("{schedule}-{days}"),
        title: format!("Drift of {schedule}, {days}"),
        parts: parts(told, stamp),
        charts: told.view.map.clone().into_iter().collect(),
        sheet: sheet(told, stamp),
    }
}

/// `1 day`, `30 days`.
fn span(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn parts(told: &Monitor<'_>, stamp: &Stamp) -> Vec<Part> {
    let mut parts = vec![Part { title: "", blocks: summary(told, stamp) }];
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

fn summary(told: &Monitor<'_>, stamp: &Stamp) -> Vec<Block> {
    let (row, view) = (&told.detail.row, told.view);
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
    let mut blocks = Vec::new();
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
    for notices in [&told.detail.notices, &view.notices] {
        blocks.extend(noted(notices));
    }
    blocks.extend(noted(told.missed));
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

fn drifted(is: Option<bool>) -> &'static str {
    match is {
        Some(true) => "drifted",
        Some(false) => "no drift",
        None => "not known",
    }
}

fn verdict(is: Option<bool>) -> Span {
    if is == Some(true) { strong(drifted(is)) } else { text(drifted(is)) }
}

fn state(status: &str) -> Span {
    if status == "Completed" { text(status) } else { strong(status) }
}

/// The rows that stand above all others of a sheet.
fn about(facts: &[(&str, &str)], notices: &[&Notice], stamp: &Stamp) -> Sheet {
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

fn sheet(told: &Monitor<'_>, stamp: &Stamp) -> Sheet {
    let view = told.view;
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
    let notices: Vec<&Notice> = told.detail.notices.iter().chain(&view.notices).chain(told.missed).collect();
    let mut sheet = about(&facts, &notices, stamp);
    for row in &view.features {
        of_row(&mut sheet, row);
    }
    for group in &view.violations {
        for (name, said) in &group.lines {
            sheet.row(&[("section", "violation"), ("name", name), ("kind", &group.check), ("note", said)]);
        }
    }
    for run in told.runs {
        let at = run.scheduled.to_string();
        let reason = run.reason.as_deref().unwrap_or_default();
        sheet.row(&[("section", "run"), ("name", &at), ("verdict", &run.status), ("note", reason)]);
    }
    if let Some(map) = &view.map {
        sheet.chart(map);
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

pub(super) fn of_feature(schedule: &str, told: &FeatureDetail, stamp: &Stamp) -> Export {
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
        ("Drifted in", text(format!("{} reports", row.drifted_runs))),
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
    Export {
        name: format!("{schedule}-{}", row.name),
        title: format!("{} of {schedule} at {}", row.name, words::instant(told.run)),
        parts,
        charts: told.charts.clone(),
        sheet: sheet_of_feature(schedule, told, stamp),
    }
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
    let mut sheet = about(&facts, &told.notices.iter().collect::<Vec<_>>(), stamp);
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
