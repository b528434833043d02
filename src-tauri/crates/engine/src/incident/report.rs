//! The report of an incident: what its page shows, as a document that leaves the program.
//!
//! Made of the incident alone: no call is made here, no clock is read, no file is touched. What always holds: every text is
//! a [`Said`], so no secret goes along; and whoever writes the report down escapes it, so no text gets out of its place.

pub mod html;
pub mod markdown;
mod plot;
mod said;
mod sizes;
mod stages;
#[cfg(test)]
mod tests;

use crate::logs::number;
use contract::{
    Notice, Severity, Timestamp,
    charts::Chart,
    incident::{ChainLink, EndEvidence, Incident, IncidentAction, IncidentCause, IncidentTarget, InputObject, Quote},
    jobs::{Stages, facts::ObjectFact},
    settings::Place,
};
use objects::{size, words};
pub use said::Said;

/// A document, in parts.
#[derive(Debug)]
pub struct Report {
    pub title: Said,
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub struct Part {
    /// Empty for the first one, which stands below the title.
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub enum Block {
    Line(Line),
    /// Something to mind.
    Warning(Said),
    Facts(Vec<(&'static str, Span)>),
    /// In this order.
    Steps(Vec<Line>),
    /// Lines as they stand in a log.
    Quote(Said),
    Table(Table),
    Timeline(Vec<Mark>),
    Chart(Box<Chart>),
}

/// Spans with a space between them.
pub type Line = Vec<Span>;

#[derive(Debug)]
pub enum Span {
    Text(Said),
    Strong(Said),
    /// A name, an id, an address.
    Code(Said),
}

#[derive(Debug)]
pub struct Table {
    pub head: Vec<Said>,
    pub rows: Vec<Vec<Span>>,
}

impl Table {
    pub fn new(head: &[&str], rows: Vec<Vec<Span>>) -> Self {
        Self { head: head.iter().map(|name| Said::of(name)).collect(), rows }
    }
}

/// Its title is looked for where stages are told before it.
const DO: &str = "What can be done";

impl Report {
    /// Tells the stages of the job that failed, before what can be done.
    pub fn tell_stages(&mut self, stages: &Stages) {
        let blocks = stages::slowest(stages);
        if !blocks.is_empty() {
            let at = self.parts.iter().position(|part| part.title == DO).unwrap_or(self.parts.len());
            self.parts.insert(at, Part { title: "Slowest stages", blocks });
        }
    }
}

/// Something on the timeline.
#[derive(Debug)]
pub struct Mark {
    pub at: Timestamp,
    pub source: Said,
    pub text: Said,
    pub failure: bool,
}

/// Heads of the table that stands beside the plot.
pub const TIMELINE: &[&str] = &["Time", "Source", "What happened"];

pub(crate) fn text(text: impl AsRef<str>) -> Span {
    Span::Text(Said::of(text.as_ref()))
}

pub(crate) fn strong(text: impl AsRef<str>) -> Span {
    Span::Strong(Said::of(text.as_ref()))
}

pub(crate) fn code(text: impl AsRef<str>) -> Span {
    Span::Code(Said::of(text.as_ref()))
}

pub(crate) fn maybe(text: Option<&str>) -> Span {
    text.map_or_else(|| self::text("–"), code)
}

/// What was found out of an incident, which was seen in this place.
pub fn of(incident: &Incident, place: &Place) -> Report {
    let title = match &incident.cause {
        Some(cause) => cause.title.clone(),
        None => format!("Why {} failed", incident.execution.name),
    };
    let mut parts = vec![Part { title: "", blocks: facts(incident, place) }];
    let mut add = |title: &'static str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            parts.push(Part { title, blocks });
        }
    };
    add("Chain", chain(&incident.chain));
    add("Cause", cause(incident.cause.as_ref(), incident.looking.is_empty()));
    add("Said now, and not when it last succeeded", said_now(incident));
    add("What it read", inputs(&incident.inputs));
    add("Replication and loads", ends(&incident.ends));
    add("What is different from the last success", changes(incident));
    add(DO, actions(&incident.actions));
    add("What happened", timeline(incident));
    Report { title: Said::of(&title), parts }
}

fn facts(incident: &Incident, place: &Place) -> Vec<Block> {
    let row = &incident.execution;
    let mut facts = vec![
        ("Execution", code(&row.name)),
        ("State machine", code(&row.machine)),
        ("Status", text(row.status.word())),
        ("Started", text(words::instant(row.started))),
    ];
    facts.extend(row.stopped.map(|stopped| ("Ended", text(words::instant(stopped)))));
    facts.extend([
        ("ARN", code(&row.arn)),
        ("Profile and region", text(place.to_string())),
        ("As of", text(words::instant(incident.as_of))),
    ]);
    let mut blocks = vec![Block::Facts(facts)];
    if !incident.looking.is_empty() {
        let missing = incident.looking.join(", ");
        let said =
            format!("Not all was found out when this was written. Still being read, and missing here: {missing}.");
        blocks.push(Block::Warning(Said::of(&said)));
    }
    blocks.extend(incident.notices.iter().map(|notice| match notice.severity {
        Severity::Info => Block::Line(vec![text(&notice.text)]),
        Severity::Warning | Severity::Refusal => Block::Warning(Said::of(&notice.text)),
    }));
    blocks
}

fn chain(links: &[ChainLink]) -> Vec<Block> {
    let line = |link: &ChainLink| {
        let mut line = vec![text(link.kind.word()), code(&link.name)];
        line.extend(link.text.as_ref().map(text));
        line.extend(link.at.map(|at| text(words::instant(at))));
        line
    };
    if links.is_empty() { Vec::new() } else { vec![Block::Steps(links.iter().map(line).collect())] }
}

fn cause(cause: Option<&IncidentCause>, complete: bool) -> Vec<Block> {
    let Some(cause) = cause else {
        return if complete { vec![Block::Line(vec![text("No cause was found.")])] } else { Vec::new() };
    };
    let mut blocks = vec![Block::Line(vec![strong(&cause.title)]), Block::Line(vec![text(&cause.text)])];
    blocks.extend(cause.retry.map(|retry| Block::Line(vec![text(format!("Run as it is, {}.", retry.words()))])));
    let sure = match cause.confidence {
        Some(percent) => format!("{percent} % sure, from the logs."),
        None => "As the service says.".to_owned(),
    };
    let sure = match cause.severity {
        Some(severity) => format!("Severity: {}. {sure}", severity.word()),
        None => sure,
    };
    blocks.push(Block::Line(vec![text(sure)]));
    blocks.extend(cause.evidence.iter().flat_map(quote));
    let settings = cause.settings.iter().map(|setting| {
        let value = |value: Option<&String>| match value {
            Some(value) => Span::Code(Said::value(&setting.key, value)),
            None => text("–"),
        };
        let why = [Some(setting.why.as_str()).filter(|why| !why.is_empty()), setting.kind.elsewhere()];
        let why = why.into_iter().flatten().collect::<Vec<_>>().join("; ");
        vec![code(&setting.key), value(setting.current.as_ref()), value(setting.value.as_ref()), text(why)]
    });
    let rows: Vec<_> = settings.collect();
    if !rows.is_empty() {
        blocks.push(Block::Table(Table::new(&["Setting", "Now", "Suggested", "Why"], rows)));
    }
    blocks
}

fn said_now(incident: &Incident) -> Vec<Block> {
    let times = |count: u64| text(format!("{} ×", number(count)));
    let rows: Vec<_> = incident.said_now.iter().map(|new| vec![times(new.count), code(&new.text)]).collect();
    if rows.is_empty() { Vec::new() } else { vec![Block::Table(Table::new(&["Times", "Message"], rows))] }
}

/// The line, and where it stands.
fn quote(quote: &Quote) -> Vec<Block> {
    let mut blocks = vec![Block::Quote(Said::of(&quote.line.text))];
    blocks.extend(quote.place.as_ref().map(|place| {
        let line = place.line.map(|line| format!(", line {}", number(line.saturating_add(1)))).unwrap_or_default();
        Block::Line(vec![text(format!("In {}{line}:", place.file)), code(&place.address)])
    }));
    blocks
}

fn inputs(inputs: &[InputObject]) -> Vec<Block> {
    let rows: Vec<_> = inputs.iter().map(input).collect();
    let head = &["Object", "Version", "Size", "Stored", "Verdict"];
    if rows.is_empty() {
        return Vec::new();
    }
    let charts = inputs.iter().filter_map(sizes::chart).map(|chart| Block::Chart(Box::new(chart)));
    std::iter::once(Block::Table(Table::new(head, rows))).chain(charts).collect()
}

fn input(input: &InputObject) -> Vec<Span> {
    let verdict = |notice: &Notice| match notice.severity {
        Severity::Info => notice.text.clone(),
        Severity::Warning | Severity::Refusal => format!("⚠ {}", notice.text),
    };
    let mut verdicts: Vec<String> = input.verdicts.iter().map(verdict).collect();
    if verdicts.is_empty() {
        verdicts.push("Nothing stands out.".to_owned());
    }
    let other = |before: &&ObjectFact| before.exists && before.version_id != input.read.version_id;
    if let Some(before) = input.before.as_ref().filter(other) {
        let version = before.version_id.as_deref().unwrap_or("without an id");
        let size = before.size.map(|size| format!(" ({})", size::words(size))).unwrap_or_default();
        verdicts.push(format!("The last success read version {version}{size}."));
    }
    if let Some(better) = &input.better {
        let (stored, size) = (words::instant(better.stored), size::words(better.size));
        let now = if better.current { ", current by now" } else { "" };
        let whole = if better.by_size { "Whole by its size" } else { "Whole" };
        verdicts.push(format!("{whole}: version {} of {stored} ({size}{now}).", better.version_id));
    }
    vec![
        code(format!("s3://{}/{}", input.bucket, input.key)),
        maybe(input.read.version_id.as_deref()),
        text(input.read.size.map_or_else(|| "–".to_owned(), size::words)),
        text(input.read.modified.map_or_else(|| "–".to_owned(), words::instant)),
        text(verdicts.join(" ")),
    ]
}

fn ends(all: &[EndEvidence]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for end in all {
        blocks.push(Block::Line(vec![strong(&end.title)]));
        blocks.push(Block::Line(vec![text(&end.text), text(format!("{} % sure.", end.confidence))]));
        blocks.extend(end.evidence.iter().flat_map(quote));
        let errors = end.errors.iter().flat_map(|errors| &errors.rows).map(|row| {
            vec![code(&row.file), text(row.line.to_string()), maybe(row.column.as_deref()), text(&row.reason)]
        });
        let rows: Vec<_> = errors.collect();
        if !rows.is_empty() {
            blocks.push(Block::Table(Table::new(&["File", "Line", "Column", "Reason"], rows)));
        }
    }
    blocks
}

fn changes(incident: &Incident) -> Vec<Block> {
    let row = |change: &contract::executions::Difference| {
        let side = |value: Option<&String>| match value {
            Some(value) => Span::Code(Said::value(&change.place, value)),
            None => text("–"),
        };
        vec![text(&change.what), code(&change.place), side(change.then.as_ref()), side(change.now.as_ref())]
    };
    let rows: Vec<_> = incident.changes.iter().map(row).collect();
    let head = &["What", "Where", "Last success", "This run"];
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Table(Table::new(head, rows))];
    blocks.extend(more_changes(incident));
    blocks
}

/// Where a document ends, the comparison in the program goes on.
fn more_changes(incident: &Incident) -> Option<Block> {
    let more = incident.more_changes.iter().map(|more| {
        let of = if matches!(more.of, IncidentTarget::Job(_)) { "the job" } else { "the execution" };
        (number(more.count), of)
    });
    let more: Vec<_> = more.collect();
    let (count, of) = more.first()?;
    let rest: Vec<String> = more.iter().skip(1).map(|(count, of)| format!(", {count} more of {of}")).collect();
    let words = format!("And {count} more differences of {of}{}: its comparison shows them.", rest.concat());
    Some(Block::Line(vec![text(words)]))
}

fn actions(actions: &[IncidentAction]) -> Vec<Block> {
    let line = |action: &IncidentAction| {
        let mut line = vec![strong(&action.title), text(&action.why)];
        line.extend(action.warning.as_ref().map(|warning| text(format!("⚠ {warning}"))));
        line.extend(action.withheld.as_ref().map(|withheld| text(format!("Withheld: {withheld}"))));
        line
    };
    if actions.is_empty() { Vec::new() } else { vec![Block::Steps(actions.iter().map(line).collect())] }
}

fn timeline(incident: &Incident) -> Vec<Block> {
    let marks: Vec<Mark> = incident
        .timeline
        .iter()
        .map(|moment| Mark {
            at: moment.at,
            source: Said::of(&moment.source),
            text: Said::of(&moment.text),
            failure: moment.failure,
        })
        .collect();
    if marks.is_empty() { Vec::new() } else { vec![Block::Timeline(marks)] }
}
