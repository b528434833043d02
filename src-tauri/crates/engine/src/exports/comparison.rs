//! Two versions of a model beside each other.

use super::{Body, Export, Stamp, confusion, exact, figure, noted, prose, sheet::Sheet};
use crate::incident::report::{Block, Part, Said, Span, Table, code, maybe, strong, text};
use ::objects::words;
use contract::{
    exports::FileFormat,
    models::{Basis, FacetRow, Judged, Measured, MetricRow, VersionComparison, VersionMark, requests::ModelComparison},
};

pub(super) const HEAD: [&str; 13] = [
    "section",
    "name",
    "left",
    "right",
    "difference",
    "verdict",
    "direction",
    "left_deviation",
    "right_deviation",
    "tolerance",
    "why",
    "at",
    "value",
];

pub(super) fn export(told: &ModelComparison, format: FileFormat, stamp: &Stamp) -> Export {
    let comparison = &told.comparison;
    let (left, right) = (&comparison.left, &comparison.right);
    let group = group(&right.arn);
    let other = self::group(&left.arn);
    // Versions of two groups, as a shared one and its copy, need both names.
    let (name, title) = if group == other {
        (
            format!("{group}-v{}-against-v{}", right.version, left.version),
            format!("{group}: version {} against version {}", right.version, left.version),
        )
    } else {
        (
            format!("{group}-v{}-against-{other}-v{}", right.version, left.version),
            format!("{group} version {} against {other} version {}", right.version, left.version),
        )
    };
    Export {
        name,
        title,
        charts: told.charts.iter().chain(&told.dependence).cloned().collect(),
        body: Body::of(format, || parts(comparison, stamp), || sheet(told, stamp)),
    }
}

/// The group of a version, or the name of a package without one.
pub(super) fn group(arn: &str) -> &str {
    let mut parts = arn.rsplit('/');
    let last = parts.next().unwrap_or(arn);
    parts.next().filter(|group| !group.contains(':')).unwrap_or(last)
}

fn parts(told: &VersionComparison, stamp: &Stamp) -> Vec<Part> {
    let mut parts = vec![Part { title: "", blocks: summary(told, stamp) }];
    let mut put = |title: &'static str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            parts.push(Part { title, blocks });
        }
    };
    let table = |head: &[&str], rows: Vec<Vec<Span>>| {
        if rows.is_empty() { Vec::new() } else { vec![Block::Table(Table::new(head, rows))] }
    };
    let (left, right) = (format!("Version {}", told.left.version), format!("Version {}", told.right.version));
    let (left, right) = (left.as_str(), right.as_str());
    let metrics = ["Metric", left, right, "Difference", "Direction", "Verdict", "Why"];
    put("Metrics", table(&metrics, told.metrics.iter().map(|row| metric(row, vec![text(&row.name)])).collect()));
    let by_class = ["Class", "Metric", left, right, "Difference", "Direction", "Verdict", "Why"];
    let classes = told.classes.iter().map(|class| metric(&class.row, vec![text(&class.class), text(&class.row.name)]));
    put("By class", table(&by_class, classes.collect()));
    let [one, other] = &told.confusions;
    put("Confusion", confusion::blocks(&[(told.left.version, one.as_ref()), (told.right.version, other.as_ref())]));
    let bias = ["Facet", "Metric", "Of", left, right, "Difference", "Verdict", "Why"];
    put("Bias by facet", table(&bias, told.facets.iter().map(facet).collect()));
    let places = [
        format!("Place, {left}"),
        format!("Place, {right}"),
        format!("Importance, {left}"),
        format!("Importance, {right}"),
    ];
    let [one, two, three, four] = &places;
    let ranks = told.ranks.iter().map(|row| {
        let place = |place: Option<u32>| place.map_or_else(|| "–".to_owned(), |place| place.to_string());
        vec![
            code(&row.feature),
            text(place(row.left)),
            text(place(row.right)),
            text(moved(row.left, row.right)),
            text(figure(row.left_value)),
            text(figure(row.right_value)),
        ]
    });
    put("Features by importance", table(&["Feature", one, two, "Change", three, four], ranks.collect()));
    let columns = told.columns.iter().map(|row| {
        vec![code(&row.name), text(row.change.word()), maybe(row.left.as_deref()), maybe(row.right.as_deref())]
    });
    put("Columns of the data that differ", table(&["Column", "Change", left, right], columns.collect()));
    let differences = told.differences.iter().map(|row| {
        let side = |value: Option<&String>| match value {
            Some(value) => Span::Code(Said::value(&row.place, value)),
            None => text("–"),
        };
        vec![text(&row.what), code(&row.place), side(row.then.as_ref()), side(row.now.as_ref())]
    });
    // What was not read is not said to have been compared.
    let title = if told.has_parameters { "Parameters, environment and artefact" } else { "Environment and artefact" };
    put(title, table(&["What", "Where", left, right], differences.collect()));
    parts
}

fn summary(told: &VersionComparison, stamp: &Stamp) -> Vec<Block> {
    let side = |mark: &VersionMark| {
        let made = mark.created.map(|at| format!(", registered {}", words::instant(at))).unwrap_or_default();
        text(format!("version {}, {}{made}", mark.version, mark.approval.word()))
    };
    let mut facts = vec![
        ("Left", side(&told.left)),
        ("Its ARN", code(&told.left.arn)),
        ("Right", side(&told.right)),
        ("Its ARN", code(&told.right.arn)),
    ];
    facts.extend(stamp.facts());
    let mut blocks = vec![Block::Line(vec![strong(&told.words)]), basis(&told.basis), Block::Facts(facts)];
    blocks.extend(noted(&told.notices));
    blocks
}

/// Numbers of different data are no verdict: that stands where it cannot be missed.
fn basis(basis: &Basis) -> Block {
    match basis {
        Basis::Same(words) => Block::Line(vec![text(format!("Measured on the same data: {words}."))]),
        Basis::Different(words) => Block::Warning(Said::of(&format!("Not comparable: {words}."))),
        Basis::Unknown(words) => Block::Warning(Said::of(&format!("Not comparable, as far as is known: {words}."))),
    }
}

fn metric(row: &MetricRow, mut cells: Vec<Span>) -> Vec<Span> {
    cells.extend([
        text(measured(row.left)),
        text(measured(row.right)),
        text(figure(row.difference)),
        text(row.better.map_or("not known", |better| better.word())),
        verdict(row.judged),
        text(reason(row)),
    ]);
    cells
}

fn reason(row: &MetricRow) -> String {
    match row.floor {
        // What lies below it says so already.
        Some(floor) if row.judged != Judged::BelowFloor => {
            let said = format!("a constant answer would reach {}", figure(Some(floor)));
            if row.words.is_empty() { said } else { format!("{}; {said}", row.words) }
        }
        _ => row.words.clone(),
    }
}

pub(super) fn measured(told: Option<Measured>) -> String {
    let value = figure(told.map(|told| told.value));
    match told.and_then(|told| told.deviation) {
        Some(deviation) => format!("{value} ± {}", figure(Some(deviation))),
        None => value,
    }
}

fn verdict(judged: Judged) -> Span {
    match judged {
        Judged::BelowFloor | Judged::Worse => strong(judged.word()),
        Judged::NotComparable | Judged::Within | Judged::Better => text(judged.word()),
    }
}

fn facet(row: &FacetRow) -> Vec<Span> {
    vec![
        code(format!("{}={}", row.facet, row.facet_value)),
        text(&row.metric),
        text(when(row)),
        text(figure(row.left)),
        text(figure(row.right)),
        text(figure(row.left.zip(row.right).map(|(left, right)| right - left))),
        verdict(row.judged),
        prose(row.note.as_deref()),
    ]
}

pub(super) fn when(row: &FacetRow) -> &'static str {
    if row.is_after { "after training" } else { "before training" }
}

/// `2 up`, `1 down`, `new`, `gone`.
fn moved(left: Option<u32>, right: Option<u32>) -> String {
    match (left, right) {
        (Some(left), Some(right)) if left > right => format!("{} up", left - right),
        (Some(left), Some(right)) if left < right => format!("{} down", right - left),
        (Some(_), Some(_)) => "same place".to_owned(),
        (None, Some(_)) => "new".to_owned(),
        (Some(_), None) => "gone".to_owned(),
        (None, None) => "–".to_owned(),
    }
}

fn sheet(reply: &ModelComparison, stamp: &Stamp) -> Sheet {
    let told = &reply.comparison;
    let mut sheet = Sheet::new(&HEAD);
    let about = |sheet: &mut Sheet, name: &str, left: &str, right: &str| {
        sheet.row(&[("section", "about"), ("name", name), ("left", left), ("right", right)]);
    };
    let of = |mark: &VersionMark| (mark.version.to_string(), mark.arn.clone(), mark.approval.word());
    let (left, right) = (of(&told.left), of(&told.right));
    about(&mut sheet, "version", &left.0, &right.0);
    about(&mut sheet, "arn", &left.1, &right.1);
    about(&mut sheet, "status", left.2, right.2);
    for (name, value) in stamp.named() {
        sheet.row(&[("section", "about"), ("name", name), ("why", &value)]);
    }
    let (compared, why) = match &told.basis {
        Basis::Same(words) => ("comparable", words),
        Basis::Different(words) | Basis::Unknown(words) => ("not comparable", words),
    };
    sheet.row(&[("section", "about"), ("name", "test set"), ("verdict", compared), ("why", why)]);
    sheet.row(&[("section", "about"), ("name", "in short"), ("why", &told.words)]);
    for notice in &told.notices {
        sheet.row(&[("section", "about"), ("name", "notice"), ("why", &notice.text)]);
    }
    for row in &told.metrics {
        numbers(&mut sheet, "metric", &row.name, row);
    }
    for class in &told.classes {
        numbers(&mut sheet, "class", &format!("{} of {}", class.row.name, class.class), &class.row);
    }
    let [one, other] = &told.confusions;
    confusion::rows(&mut sheet, one.as_ref(), other.as_ref());
    for row in &told.facets {
        sheet.row(&[
            ("section", "bias"),
            ("name", &format!("{} of {}={}, {}", row.metric, row.facet, row.facet_value, when(row))),
            ("left", &exact(row.left)),
            ("right", &exact(row.right)),
            ("difference", &exact(row.left.zip(row.right).map(|(left, right)| right - left))),
            ("verdict", row.judged.word()),
            ("why", row.note.as_deref().unwrap_or_default()),
        ]);
    }
    for row in &told.ranks {
        let place = |place: Option<u32>| place.map(|place| place.to_string()).unwrap_or_default();
        let (left, right) = (place(row.left), place(row.right));
        let change = moved(row.left, row.right);
        sheet.row(&[
            ("section", "place"),
            ("name", &row.feature),
            ("left", &left),
            ("right", &right),
            ("verdict", &change),
        ]);
        let (left, right) = (exact(row.left_value), exact(row.right_value));
        sheet.row(&[("section", "importance"), ("name", &row.feature), ("left", &left), ("right", &right)]);
    }
    for row in &told.columns {
        sheet.row(&[
            ("section", "column"),
            ("name", &row.name),
            ("left", row.left.as_deref().unwrap_or_default()),
            ("right", row.right.as_deref().unwrap_or_default()),
            ("verdict", row.change.word()),
        ]);
    }
    for row in &told.differences {
        let side =
            |value: Option<&String>| value.map(|value| Said::value(&row.place, value).line()).unwrap_or_default();
        sheet.row(&[
            ("section", &row.what),
            ("name", &row.place),
            ("left", &side(row.then.as_ref())),
            ("right", &side(row.now.as_ref())),
            ("verdict", "different"),
        ]);
    }
    for chart in reply.charts.iter().chain(&reply.dependence) {
        sheet.points(chart);
    }
    sheet
}

pub(super) fn numbers(sheet: &mut Sheet, section: &str, name: &str, row: &MetricRow) {
    let value = |told: Option<Measured>| exact(told.map(|told| told.value));
    let deviation = |told: Option<Measured>| exact(told.and_then(|told| told.deviation));
    sheet.row(&[
        ("section", section),
        ("name", name),
        ("left", &value(row.left)),
        ("right", &value(row.right)),
        ("difference", &exact(row.difference)),
        ("verdict", row.judged.word()),
        ("direction", row.better.map_or("not known", |better| better.word())),
        ("left_deviation", &deviation(row.left)),
        ("right_deviation", &deviation(row.right)),
        ("tolerance", &exact(row.tolerance)),
        ("why", &row.words),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_constant_reaches_is_said_once() {
        let row = |judged: Judged, words: &str| MetricRow {
            name: "auc".into(),
            better: None,
            left: None,
            right: None,
            difference: None,
            tolerance: None,
            floor: Some(0.5),
            judged,
            words: words.into(),
        };
        let told = |judged: Judged, words: &str| reason(&row(judged, words));
        let floor = format!("a constant answer would reach {}", figure(Some(0.5)));
        assert_eq!(
            told(Judged::Worse, "noise of both together is 0.02"),
            format!("noise of both together is 0.02; {floor}")
        );
        assert_eq!(told(Judged::Better, ""), floor);
        let below = "always giving one answer reaches 0.5";
        assert_eq!(told(Judged::BelowFloor, below), below);
    }
}
