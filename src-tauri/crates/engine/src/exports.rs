//! What a page shows as a file for people without this program: a document, a table, or a picture of the charts.
//!
//! What always holds: a file is made of what the page's own request answers, so both hold the same numbers; texts go the way
//! of the incident's report, so no secret goes along and none gets out of its place; a cell of a table is never a formula;
//! and a file is there whole or not at all.

mod comparison;
mod confusion;
mod drift;
mod endpoint;
mod followed;
mod metrics;
mod sheet;
#[cfg(test)]
mod tests;
mod version;

use crate::{
    Desk, EngineError, Saved,
    incident::report::{Block, Part, Report, Said, Span, code, html::html, text},
    objects::destination,
};
use ::objects::{download, words};
use aws::Session;
use charts::{
    ChartError,
    png::{self, Page},
};
use contract::{
    Notice, Severity, Timestamp,
    charts::Chart,
    drift::{EndpointHealth, FeatureDetail, FollowedView},
    exports::{ExportReport, FileFormat, Subject},
    models::requests::{CompareModels, DescribeModel, ModelComparison, ModelNumbers, ModelReply},
};
use sheet::Sheet;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::io::AsyncWriteExt as _;

/// A file before it is written, under the name to offer for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What was read for a file.
#[derive(Debug)]
enum Told {
    Comparison(Box<ModelComparison>),
    Version(Box<(ModelReply, ModelNumbers)>),
    Monitor(Box<drift::Monitor>),
    Feature { schedule: String, detail: Box<FeatureDetail> },
    Endpoint { hours: u32, health: Box<EndpointHealth> },
    Followed { days: u32, view: Box<FollowedView> },
}

/// What a file is made of.
#[derive(Debug)]
struct Export {
    /// Of the file's name: what it is, without the day and the ending.
    name: String,
    title: String,
    charts: Vec<Chart>,
    body: Body,
}

/// What a format has beside the charts.
#[derive(Debug)]
enum Body {
    /// Without charts, the first one below the title.
    Page(Vec<Part>),
    Table(Sheet),
    Picture,
}

impl Body {
    /// Only what the format shows is made.
    fn of(format: FileFormat, page: impl FnOnce() -> Vec<Part>, table: impl FnOnce() -> Sheet) -> Self {
        match format {
            FileFormat::Html => Self::Page(page()),
            FileFormat::Csv => Self::Table(table()),
            FileFormat::Png => Self::Picture,
        }
    }
}

/// Who exports, from where, and when.
#[derive(Debug, Clone)]
struct Stamp {
    profile: String,
    region: String,
    /// `None`: the service did not say.
    account: Option<String>,
    by: Option<String>,
    at: Timestamp,
}

impl Stamp {
    async fn of(session: &Session) -> Self {
        // What is exported is known already; who asks may be unknown.
        let who = session.identity().await.ok();
        let some = |text: String| (!text.is_empty()).then_some(text);
        let (account, by) = who.map_or((None, None), |who| (some(who.account), some(who.arn)));
        Self {
            profile: session.profile().to_owned(),
            region: session.region().to_owned(),
            account,
            by,
            at: session.now(),
        }
    }

    fn named(&self) -> [(&'static str, String); 5] {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "not known".to_owned());
        [
            ("Account", known(&self.account)),
            ("Region", self.region.clone()),
            ("Profile", self.profile.clone()),
            ("Exported", words::instant(self.at)),
            ("Exported by", known(&self.by)),
        ]
    }

    fn facts(&self) -> Vec<(&'static str, Span)> {
        self.named()
            .into_iter()
            .map(|(name, value)| (name, if name == "Exported" { text(value) } else { code(value) }))
            .collect()
    }

    /// Below the title of a picture.
    fn line(&self) -> String {
        let account = self.account.as_ref().map(|account| format!("account {account}, ")).unwrap_or_default();
        let by = self.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
        format!("{account}{}, exported {}{by}", self.region, words::instant(self.at))
    }

    /// `2026-11-22`, in UTC.
    fn day(&self) -> String {
        self.at.strftime("%Y-%m-%d").to_string()
    }
}

impl Desk {
    /// Makes a file of what a page shows.
    pub async fn export_report(&self, request: &ExportReport) -> Result<Document, EngineError> {
        let session = self.session()?;
        let stamp = Stamp::of(&session).await;
        let told = match &request.subject {
            Subject::Comparison(asked) => Told::Comparison(Box::new(Box::pin(self.compare_models(asked)).await?)),
            Subject::Version(asked) => self.version_told(asked).await?,
            Subject::Drift(asked) => {
                let read = Box::pin(self.monitor_told(&session, asked, request.format)).await?;
                Told::Monitor(Box::new(read))
            }
            Subject::Feature(asked) => {
                let detail = Box::new(Box::pin(self.read_feature(asked)).await?);
                Told::Feature { schedule: asked.schedule.clone(), detail }
            }
            Subject::Endpoint(asked) => {
                let health = Box::new(Box::pin(self.read_endpoint_health(asked)).await?);
                Told::Endpoint { hours: asked.hours, health }
            }
            Subject::Followed(asked) => {
                let view = Box::new(Box::pin(self.read_followed(asked)).await?);
                Told::Followed { days: asked.days, view }
            }
        };
        // The stamp names this profile; what was read meanwhile of another is not what it says.
        self.still_open(&session)?;
        document(told, request.format, stamp).await
    }

    /// A version is compared where its page compares it, and stands alone otherwise.
    async fn version_told(&self, asked: &DescribeModel) -> Result<Told, EngineError> {
        let mut told = Box::pin(self.describe_model(asked)).await?;
        if let Some(own) = told.numbers.take() {
            return Ok(Told::Version(Box::new((told, own))));
        }
        let left = told.against.ok_or_else(|| EngineError::NotNow("There is nothing to export.".to_owned()))?;
        let both = CompareModels { left, right: told.detail.mark.arn };
        Ok(Told::Comparison(Box::new(Box::pin(self.compare_models(&both)).await?)))
    }

    /// Makes a picture of a chart that the window shows.
    pub async fn chart_picture(&self, chart: Chart) -> Result<Document, EngineError> {
        let name = file_name(&chart.caption, None, "png");
        let bytes = aside(move || picture("", "", &[chart])).await?;
        Ok(Document { name, bytes })
    }

    /// Writes a document into `target`: a folder, or a file. A file that is there stays as it is.
    pub async fn save_document(&self, document: &Document, target: &Path) -> Result<Saved, EngineError> {
        let path = destination(target, &document.name)?;
        write_whole(&path, &document.bytes).await.map_err(EngineError::File)?;
        Ok(Saved { path, bytes: document.bytes.len() as u64 })
    }
}

async fn document(told: Told, format: FileFormat, stamp: Stamp) -> Result<Document, EngineError> {
    aside(move || told.export(format, &stamp).document(format, &stamp)).await
}

/// A file may be made of a hundred thousand cells, so it is made beside everything else.
pub(crate) async fn aside<T: Send + 'static>(
    make: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    let answer = tokio::task::spawn_blocking(make).await;
    answer.map_err(|_| EngineError::NotNow("The file could not be made.".to_owned()))?
}

impl Told {
    fn export(&self, format: FileFormat, stamp: &Stamp) -> Export {
        match self {
            Self::Comparison(told) => comparison::export(told, format, stamp),
            Self::Version(told) => version::export(&told.0, &told.1, format, stamp),
            Self::Monitor(told) => drift::of_monitor(told, format, stamp),
            Self::Feature { schedule, detail } => drift::of_feature(schedule, detail, format, stamp),
            Self::Endpoint { hours, health } => endpoint::export(*hours, health, format, stamp),
            Self::Followed { days, view } => followed::export(*days, view, format, stamp),
        }
    }
}

impl Export {
    fn document(self, format: FileFormat, stamp: &Stamp) -> Result<Document, EngineError> {
        let name = file_name(&self.name, Some(&stamp.day()), format.ending());
        let bytes = match self.body {
            Body::Page(parts) => html(&report(&self.title, parts, self.charts)).into_bytes(),
            Body::Table(sheet) => sheet.csv().into_bytes(),
            Body::Picture => picture(&self.title, &stamp.line(), &self.charts)?,
        };
        Ok(Document { name, bytes })
    }
}

fn report(title: &str, mut parts: Vec<Part>, charts: Vec<Chart>) -> Report {
    if !charts.is_empty() {
        let blocks = charts.into_iter().map(|chart| Block::Chart(Box::new(chart))).collect();
        parts.push(Part { title: "Charts", blocks });
    }
    Report { title: Said::of(title), parts }
}

fn picture(title: &str, note: &str, charts: &[Chart]) -> Result<Vec<u8>, EngineError> {
    let (title, note) = (Said::of(title).line(), Said::of(note).line());
    png::encode(&Page { title: &title, note: &note, charts }).map_err(|error| match error {
        ChartError::Empty => {
            EngineError::NotNow("There is no chart to save: nothing that it shows could be drawn.".to_owned())
        }
        ChartError::Drawing(why) => EngineError::NotNow(format!("The picture could not be drawn: {why}.")),
    })
}

/// `cancellation-v14-against-v12-2026-11-22.html`: safe wherever it is stored.
pub(crate) fn file_name(what: &str, day: Option<&str>, ending: &str) -> String {
    let plain: String =
        what.chars().map(|letter| if matches!(letter, '/' | '\\' | ' ') { '-' } else { letter }).collect();
    let day = day.map(|day| format!("-{day}")).unwrap_or_default();
    download::file_name(&format!("{plain}{day}.{ending}"))
}

/// Beside its place first, and there at once: nobody ever reads half a file. What is there by now stays as it is.
pub(crate) async fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let draft = draft_of(path);
    let written = async {
        let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(&draft).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        file.sync_all().await?;
        drop(file);
        take_place(&draft, path).await
    }
    .await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&draft).await;
    }
    written
}

/// Where a file is written before it takes its place: another name beside it each time.
pub(crate) fn draft_of(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".quarterdeck-{}-{number}.part", std::process::id()))
}

/// A draft that is written whole becomes the file, unless something is there by now; then the draft stays.
pub(crate) async fn take_place(draft: &Path, path: &Path) -> std::io::Result<()> {
    // To rename replaces whatever is there, so the place is taken first.
    tokio::fs::OpenOptions::new().write(true).create_new(true).open(path).await?;
    let moved = tokio::fs::rename(draft, path).await;
    if moved.is_err() {
        let _ = tokio::fs::remove_file(path).await;
    }
    moved
}

/// Notices as they stand in a document.
fn noted<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Vec<Block> {
    let block = |notice: &Notice| match notice.severity {
        Severity::Info => Block::Line(vec![text(&notice.text)]),
        Severity::Warning | Severity::Refusal => Block::Warning(Said::of(&notice.text)),
    };
    notices.into_iter().map(block).collect()
}

/// A text, or a dash.
fn prose(told: Option<&str>) -> Span {
    text(told.unwrap_or("–"))
}

/// Six digits that count, or a dash.
fn figure(value: Option<f64>) -> String {
    let told = charts::figure(value);
    if told.is_empty() { "–".to_owned() } else { told }
}

/// As a program reads it, with every digit; nothing where it is not known.
fn exact(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

/// What a reading of reports tells meanwhile is for nobody.
fn unheard() -> crate::DriftEvents {
    Arc::new(|_| ())
}
