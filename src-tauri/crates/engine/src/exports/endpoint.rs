//! How an endpoint does: what serves there, what watches it, and what CloudWatch has of it.

use super::{Body, Export, Stamp, drift, noted, prose, sheet::Sheet};
use crate::incident::report::{Block, Part, Span, Table, code, maybe, strong, text};
use ::objects::words;
use contract::{
    Timestamp,
    drift::{EndpointHealth, MonitorRow},
    exports::FileFormat,
    models::facts::{AlarmFact, VariantFact},
};

pub(super) fn export(hours: u32, told: &EndpointHealth, format: FileFormat, stamp: &Stamp) -> Export {
    let (name, span) = (&told.endpoint.name, span(hours));
    Export {
        name: format!("{name}-{span}"),
        title: format!("Endpoint {name}, {span}"),
        charts: told.charts.clone(),
        body: Body::of(format, || parts(told, stamp), || sheet(told, stamp)),
    }
}

/// `1 hour`, `3 hours`, `7 days`.
fn span(hours: u32) -> String {
    match hours {
        1 => "1 hour".to_owned(),
        hours if hours > 24 && hours.is_multiple_of(24) => drift::span(hours / 24),
        hours => format!("{hours} hours"),
    }
}

/// Each alarm that a deployment rolls back on, with what is known of it. `None`: none has this name.
fn alarms(told: &EndpointHealth) -> Vec<(&str, Option<&AlarmFact>)> {
    let found = told.rollback.as_deref().unwrap_or_default();
    let of = |name: &String| found.iter().find(|alarm| alarm.name == *name);
    told.endpoint.rollback_alarms.iter().map(|name| (name.as_str(), of(name))).collect()
}

fn state_of(told: &EndpointHealth, alarm: Option<&AlarmFact>) -> String {
    match alarm {
        Some(alarm) => alarm.state.clone(),
        None if told.rollback.is_none() => "not read".to_owned(),
        None => "there is no such alarm".to_owned(),
    }
}

fn serves(variant: &VariantFact) -> Option<&str> {
    variant.package.as_deref().or(variant.model.as_deref())
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn parts(told: &EndpointHealth, stamp: &Stamp) -> Vec<Part> {
    let at = |at: Option<Timestamp>| text(at.map_or_else(|| "–".to_owned(), words::instant));
    let mut parts = vec![Part { title: "", blocks: summary(told, stamp) }];
    let mut add = |title: &'static str, head: &[&str], rows: Vec<Vec<Span>>| {
        if !rows.is_empty() {
            parts.push(Part { title, blocks: vec![Block::Table(Table::new(head, rows))] });
        }
    };
    let variants = told.endpoint.variants.iter().map(|one| {
        vec![
            code(&one.name),
            maybe(serves(one)),
            text(number(one.weight)),
            text(number(one.instances)),
            prose(one.instance_type.as_deref()),
        ]
    });
    add("Variants", &["Variant", "Serves", "Weight", "Instances", "Type"], variants.collect());
    let schedules = told.schedules.iter().flatten().map(|row| {
        let kind = row.kind.map_or("not known", |kind| kind.word());
        vec![code(&row.schedule), text(kind), text(&row.status), text(&row.words), at(row.last_run)]
    });
    add("Schedules", &["Schedule", "Watches", "Status", "Health", "Last run"], schedules.collect());
    let alarms = alarms(told).into_iter().map(|(name, alarm)| {
        let state = state_of(told, alarm);
        let state = if state == "OK" { text(state) } else { strong(state) };
        vec![code(name), state, at(alarm.and_then(|alarm| alarm.since))]
    });
    add("A deployment rolls back on", &["Alarm", "State", "Since"], alarms.collect());
    if !told.unpublished.is_empty() {
        let words = format!("{}. What is not published is not zero: it is not known.", told.unpublished.join(", "));
        parts.push(Part { title: "Not published in this time", blocks: vec![Block::Line(vec![text(words)])] });
    }
    parts
}

fn summary(told: &EndpointHealth, stamp: &Stamp) -> Vec<Block> {
    let endpoint = &told.endpoint;
    let mut facts = vec![
        ("Endpoint", code(&endpoint.name)),
        ("ARN", code(&endpoint.arn)),
        ("State", text(&endpoint.status)),
        ("Configuration", maybe(endpoint.config.as_deref())),
    ];
    facts.extend(endpoint.reason.as_ref().map(|reason| ("Reason", text(reason))));
    facts.extend(endpoint.pending_config.as_deref().map(|config| ("Being deployed", code(config))));
    facts.extend(stamp.facts());
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(noted(&told.notices));
    blocks
}

fn sheet(told: &EndpointHealth, stamp: &Stamp) -> Sheet {
    let endpoint = &told.endpoint;
    let facts = [
        ("endpoint", endpoint.name.as_str()),
        ("arn", endpoint.arn.as_str()),
        ("state", endpoint.status.as_str()),
        ("reason", endpoint.reason.as_deref().unwrap_or_default()),
        ("configuration", endpoint.config.as_deref().unwrap_or_default()),
        ("being deployed", endpoint.pending_config.as_deref().unwrap_or_default()),
    ];
    let mut sheet = drift::about(&facts, &told.notices, stamp);
    for one in &endpoint.variants {
        let serves = serves(one).unwrap_or_default();
        let weight = number(one.weight);
        sheet.row(&[
            ("section", "variant"),
            ("name", &one.name),
            ("kind", one.instance_type.as_deref().unwrap_or_default()),
            ("value", &weight),
            ("note", serves),
        ]);
    }
    for row in told.schedules.iter().flatten() {
        of_schedule(&mut sheet, row);
    }
    for (name, alarm) in alarms(told) {
        let since = number(alarm.and_then(|alarm| alarm.since));
        let state = state_of(told, alarm);
        sheet.row(&[("section", "rollback alarm"), ("name", name), ("verdict", &state), ("note", &since)]);
    }
    for name in &told.unpublished {
        sheet.row(&[("section", "metric"), ("name", name), ("verdict", "not published")]);
    }
    for chart in &told.charts {
        sheet.chart(chart);
    }
    sheet
}

fn of_schedule(sheet: &mut Sheet, row: &MonitorRow) {
    sheet.row(&[
        ("section", "schedule"),
        ("name", &row.schedule),
        ("kind", row.kind.map_or("", |kind| kind.word())),
        ("verdict", &row.status),
        ("note", &row.words),
    ]);
}
