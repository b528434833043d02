//! What Evidently or MLflow tell of one endpoint or model.

use super::{Body, Export, Stamp, drift, exact, figure, noted, prose, sheet::Sheet};
use crate::incident::report::{Block, Part, Table, code, maybe, strong, text};
use ::objects::words;
use contract::{
    charts::Chart,
    drift::{FollowedReport, FollowedView},
    exports::FileFormat,
};

pub(super) fn export(days: u32, told: &FollowedView, format: FileFormat, stamp: &Stamp) -> Export {
    let row = &told.row;
    let (tool, span) = (row.source.word(), drift::span(days));
    let of = row.endpoint.as_deref().unwrap_or(&row.schedule);
    Export {
        name: format!("{of}-{tool}-{span}"),
        title: format!("Drift of {of} by {tool}, {span}"),
        charts: charts(told).cloned().collect(),
        body: Body::of(format, || parts(told, stamp), || sheet(told, stamp)),
    }
}

fn charts(told: &FollowedView) -> impl Iterator<Item = &Chart> {
    told.map.iter().chain(&told.over_time)
}

/// Reports that could be used.
fn read(told: &FollowedView) -> usize {
    told.reports.iter().filter(|report| report.trouble.is_none()).count()
}

fn found(report: &FollowedReport) -> String {
    match (&report.trouble, report.drifted) {
        (Some(trouble), _) => trouble.clone(),
        (None, Some((drifted, of))) => format!("{drifted} of {of} features drifted"),
        (None, None) => "not known".to_owned(),
    }
}

fn parts(told: &FollowedView, stamp: &Stamp) -> Vec<Part> {
    let mut parts = vec![Part { title: "", blocks: summary(told, stamp) }];
    let reports = read(told);
    let features: Vec<_> = told
        .features
        .iter()
        .map(|row| {
            vec![
                code(&row.name),
                drift::verdict(row.test.drifted),
                text(figure(row.test.value)),
                text(&row.test.method),
                prose(row.test.rule.as_deref()),
                text(format!("{} of {reports} reports", row.drifted_reports)),
                text(&row.reason),
            ]
        })
        .collect();
    if !features.is_empty() {
        let head = ["Feature", "Verdict", "Value", "Test", "Rule", "Drifted in", "Why"];
        parts.push(Part {
            title: "Tests of the newest report",
            blocks: vec![Block::Table(Table::new(&head, features))],
        });
    }
    let reports: Vec<_> = told
        .reports
        .iter()
        .map(|report| {
            let said = found(report);
            let said = if report.trouble.is_some() { strong(said) } else { text(said) };
            vec![text(words::instant(report.at)), said, code(&report.place)]
        })
        .collect();
    if !reports.is_empty() {
        let table = Table::new(&["Of", "Found", "File"], reports);
        parts.push(Part { title: "Reports", blocks: vec![Block::Table(table)] });
    }
    parts
}

fn summary(told: &FollowedView, stamp: &Stamp) -> Vec<Block> {
    let row = &told.row;
    let mut facts = vec![
        ("Told by", text(row.source.word())),
        ("Endpoint", maybe(row.endpoint.as_deref())),
        ("Place", code(&row.schedule)),
        ("Source", code(&told.source)),
        ("Reports read", text(format!("{} of {}", read(told), told.reports.len()))),
    ];
    facts.extend(stamp.facts());
    let mut blocks = vec![Block::Line(vec![strong(&row.words)])];
    blocks.extend(told.dataset.as_ref().map(|dataset| Block::Line(vec![text(format!("{dataset}."))])));
    blocks.push(Block::Facts(facts));
    blocks.extend(noted(&told.notices));
    blocks
}

fn sheet(told: &FollowedView, stamp: &Stamp) -> Sheet {
    let row = &told.row;
    let facts = [
        ("told by", row.source.word()),
        ("endpoint", row.endpoint.as_deref().unwrap_or_default()),
        ("place", row.schedule.as_str()),
        ("source", told.source.as_str()),
        ("health", row.words.as_str()),
        ("data set", told.dataset.as_deref().unwrap_or_default()),
    ];
    let mut sheet = drift::about(&facts, &told.notices, stamp);
    for row in &told.features {
        sheet.row(&[
            ("section", "feature"),
            ("name", &row.name),
            ("kind", &row.test.method),
            ("value", &exact(row.test.value)),
            ("threshold", &exact(row.test.threshold)),
            ("verdict", drift::drifted(row.test.drifted)),
            ("drifted_runs", &row.drifted_reports.to_string()),
            ("note", &row.reason),
        ]);
    }
    for report in &told.reports {
        let at = report.at.to_string();
        sheet.row(&[("section", "report"), ("name", &at), ("verdict", &found(report)), ("note", &report.place)]);
    }
    for chart in charts(told) {
        sheet.chart(chart);
    }
    sheet
}
