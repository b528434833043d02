//! One version of a model with no other one beside it.

use super::{
    Body, Export, Stamp,
    comparison::{self, HEAD},
    confusion, exact, figure, noted, prose,
    sheet::Sheet,
};
use crate::incident::report::{Block, Part, Span, Table, code, maybe, strong, text};
use ::objects::words;
use contract::{
    exports::FileFormat,
    models::{
        ContainerRow, FacetRow, Judged, MetricRow, RankRow, VersionDetail, VersionMark,
        requests::{ModelNumbers, ModelReply},
    },
};

/// `own` are the numbers of the version that `told` is about.
pub(super) fn export(told: &ModelReply, own: &ModelNumbers, format: FileFormat, stamp: &Stamp) -> Export {
    let detail = &told.detail;
    let (group, version) = (comparison::group(&detail.mark.arn), detail.mark.version);
    // A package without a group has a name of its own and no number.
    let (name, title) = if version == 0 {
        (group.to_owned(), format!("Model package {group}"))
    } else {
        (format!("{group}-v{version}"), format!("{group}: version {version}"))
    };
    Export {
        name,
        title,
        charts: own.charts.iter().chain(&own.dependence).cloned().collect(),
        body: Body::of(format, || parts(told, own, stamp), || sheet(told, own, stamp)),
    }
}

fn parts(told: &ModelReply, own: &ModelNumbers, stamp: &Stamp) -> Vec<Part> {
    let numbers = &own.numbers;
    let mut parts = vec![Part { title: "", blocks: summary(told, own, stamp) }];
    let mut put = |title: &'static str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            parts.push(Part { title, blocks });
        }
    };
    let table = |head: &[&str], rows: Vec<Vec<Span>>| {
        if rows.is_empty() { Vec::new() } else { vec![Block::Table(Table::new(head, rows))] }
    };
    let containers = told.detail.containers.iter().map(container).collect();
    put("Containers", table(&["Image", "Its digest", "Artefact"], containers));
    let metrics = numbers.metrics.iter().map(|row| metric(row, vec![text(&row.name)])).collect();
    put("Metrics", table(&["Metric", "Value", "Direction", "Verdict", "Why"], metrics));
    let classes = numbers.classes.iter().map(|one| metric(&one.row, vec![text(&one.class), text(&one.row.name)]));
    put("By class", table(&["Class", "Metric", "Value", "Direction", "Verdict", "Why"], classes.collect()));
    put("Confusion", confusion::blocks(&[(numbers.mark.version, numbers.confusion.as_ref())]));
    put("Bias by facet", table(&["Facet", "Metric", "Of", "Value", "Why"], numbers.facets.iter().map(facet).collect()));
    let ranks =
        numbers.ranks.iter().map(|row| vec![text(place(row)), code(&row.feature), text(figure(row.right_value))]);
    put("Features by importance", table(&["Place", "Feature", "Importance"], ranks.collect()));
    parts
}

fn summary(told: &ModelReply, own: &ModelNumbers, stamp: &Stamp) -> Vec<Block> {
    let VersionDetail { mark, status, created_by, .. } = &told.detail;
    let mut facts = vec![
        ("ARN", code(&mark.arn)),
        ("Approval", text(approval(mark))),
        ("Package status", text(status)),
        ("Registered", text(mark.created.map_or_else(|| "not known".to_owned(), words::instant))),
        ("Registered by", maybe(created_by.as_deref())),
    ];
    facts.extend(stamp.facts());
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(noted(told.notices.iter().chain(&told.detail.notices).chain(&own.numbers.notices)));
    blocks
}

/// An approval is that of a version in a group.
fn approval(mark: &VersionMark) -> &'static str {
    if mark.version == 0 { "none: it is in no group" } else { mark.approval.word() }
}

fn container(row: &ContainerRow) -> Vec<Span> {
    vec![code(&row.image), maybe(row.image_digest.as_deref()), maybe(row.model_data.as_deref())]
}

fn metric(row: &MetricRow, mut cells: Vec<Span>) -> Vec<Span> {
    // Alone, it is judged against a constant answer and nothing else.
    let below = row.judged == Judged::BelowFloor;
    cells.extend([
        text(comparison::measured(row.right)),
        text(row.better.map_or("not known", |better| better.word())),
        if below { strong(row.judged.word()) } else { text("–") },
        text(&row.words),
    ]);
    cells
}

fn facet(row: &FacetRow) -> Vec<Span> {
    vec![
        code(format!("{}={}", row.facet, row.facet_value)),
        text(&row.metric),
        text(comparison::when(row)),
        text(figure(row.right)),
        prose(row.note.as_deref()),
    ]
}

fn place(row: &RankRow) -> String {
    row.right.map_or_else(|| "–".to_owned(), |place| place.to_string())
}

/// With the columns of a comparison, whose left side is empty: one program reads both.
fn sheet(told: &ModelReply, own: &ModelNumbers, stamp: &Stamp) -> Sheet {
    let (detail, numbers) = (&told.detail, &own.numbers);
    let mut sheet = Sheet::new(&HEAD);
    let about = [
        (
            "version",
            Some(detail.mark.version)
                .filter(|version| *version > 0)
                .map(|version| version.to_string())
                .unwrap_or_default(),
        ),
        ("arn", detail.mark.arn.clone()),
        ("status", approval(&detail.mark).to_owned()),
        ("package status", detail.status.clone()),
    ];
    for (name, value) in &about {
        sheet.row(&[("section", "about"), ("name", name), ("right", value)]);
    }
    for (name, value) in stamp.named() {
        sheet.row(&[("section", "about"), ("name", name), ("why", &value)]);
    }
    for notice in told.notices.iter().chain(&detail.notices).chain(&numbers.notices) {
        sheet.row(&[("section", "about"), ("name", "notice"), ("why", &notice.text)]);
    }
    for container in &detail.containers {
        let digest = container.image_digest.as_deref().unwrap_or_default();
        sheet.row(&[("section", "container"), ("name", "image"), ("right", &container.image), ("why", digest)]);
        let artefact = container.model_data.as_deref().unwrap_or_default();
        sheet.row(&[("section", "container"), ("name", "artefact"), ("right", artefact)]);
    }
    for row in &numbers.metrics {
        comparison::numbers(&mut sheet, "metric", &row.name, row);
    }
    for class in &numbers.classes {
        let name = format!("{} of {}", class.row.name, class.class);
        comparison::numbers(&mut sheet, "class", &name, &class.row);
    }
    confusion::rows(&mut sheet, None, numbers.confusion.as_ref());
    for row in &numbers.facets {
        let name = format!("{} of {}={}, {}", row.metric, row.facet, row.facet_value, comparison::when(row));
        let why = row.note.as_deref().unwrap_or_default();
        sheet.row(&[("section", "bias"), ("name", &name), ("right", &exact(row.right)), ("why", why)]);
    }
    for row in &numbers.ranks {
        sheet.row(&[("section", "place"), ("name", &row.feature), ("right", &place(row))]);
        sheet.row(&[("section", "importance"), ("name", &row.feature), ("right", &exact(row.right_value))]);
    }
    for chart in own.charts.iter().chain(&own.dependence) {
        sheet.points(chart);
    }
    sheet
}
