//! The numbers of a monitor that watches metrics: quality, bias, attribution.

use super::{exact, figure, prose, sheet::Sheet};
use crate::incident::report::{Block, Part, Span, Table, code, strong, text};
use ::objects::words;
use contract::drift::{LimitSide, MonitorMetricRow, MonitorMetrics};

/// What stands first in a document.
pub(super) fn in_short(told: &MonitorMetrics) -> Block {
    let violated = told.metrics.iter().filter(|row| row.violated == Some(true)).count();
    let all = told.metrics.len();
    Block::Line(vec![strong(format!("{violated} of {all} metrics violate their limits."))])
}

pub(super) fn part(told: &MonitorMetrics) -> Part {
    let silent = told.unpublished.iter().map(|(name, why)| {
        let dash = || text("–");
        vec![code(name), dash(), dash(), dash(), text("not published"), dash(), prose(why.as_deref())]
    });
    let rows: Vec<Vec<Span>> = told.metrics.iter().map(cells).chain(silent).collect();
    let head = ["Metric", "Value", "At", "Limit", "Verdict", "Violated", "Note"];
    Part { title: "Metrics", blocks: vec![Block::Table(Table::new(&head, rows))] }
}

fn cells(row: &MonitorMetricRow) -> Vec<Span> {
    let value = match row.deviation.filter(|_| row.value.is_some()) {
        Some(deviation) => format!("{} ± {}", figure(row.value), figure(Some(deviation))),
        None => figure(row.value),
    };
    let limit = row.limit.map_or_else(|| "–".to_owned(), |limit| format!("{} {}", side(row), figure(Some(limit))));
    let verdict = if row.violated == Some(true) { strong(verdict(row)) } else { text(verdict(row)) };
    vec![
        code(&row.id),
        text(value),
        text(words::instant(row.at)),
        text(limit),
        verdict,
        text(often(row).unwrap_or_else(|| "–".to_owned())),
        prose(row.note.as_deref()),
    ]
}

pub(super) fn of_rows(sheet: &mut Sheet, told: &MonitorMetrics) {
    for row in &told.metrics {
        let note: Vec<String> =
            [Some(format!("at {}", row.at)), often(row).map(|often| format!("violated {often}")), row.note.clone()]
                .into_iter()
                .flatten()
                .collect();
        sheet.row(&[
            ("section", "metric"),
            ("name", &row.id),
            ("kind", side(row)),
            ("value", &exact(row.value)),
            ("error", &exact(row.deviation)),
            ("threshold", &exact(row.limit)),
            ("verdict", verdict(row)),
            ("note", &note.join("; ")),
        ]);
    }
    for (name, why) in &told.unpublished {
        let note = why.as_deref().unwrap_or_default();
        sheet.row(&[("section", "metric"), ("name", name), ("verdict", "not published"), ("note", note)]);
    }
}

/// Where a value violates its limit.
fn side(row: &MonitorMetricRow) -> &'static str {
    match row.side {
        Some(LimitSide::Below) => "below",
        Some(LimitSide::Above) => "above",
        Some(LimitSide::Apart) => "far from",
        None => "",
    }
}

fn verdict(row: &MonitorMetricRow) -> &'static str {
    match (row.side, row.violated) {
        (None, _) => "no limit",
        (_, Some(true)) => "violated",
        (_, Some(false)) => "within its limit",
        (_, None) => "not known",
    }
}

/// `3 of 90 times`, of those that are judged.
fn often(row: &MonitorMetricRow) -> Option<String> {
    let unjudged = match row.values.saturating_sub(row.judged) {
        0 => String::new(),
        many => format!(", {many} not known"),
    };
    Some(format!("{} of {} times{unjudged}", row.violations?, row.judged))
}
