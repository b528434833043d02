//! What a page shows as a file for people without this program: a document, a table, or a picture of the charts.
//!
//! What always holds: a file is made of what the page's own request answers, so both hold the same numbers; texts go the way
//! of the incident's report, so no secret goes along and none gets out of its place; a cell of a table is never a formula;
//! and a file is there whole or not at all.

mod comparison;
mod drift;
mod sheet;
#[cfg(test)]
mod tests;

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
    exports::{ExportReport, FileFormat, Subject},
};
use sheet::Sheet;
use std::{
    path::Path,
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

/// What a file is made of, whatever its format.
#[derive(Debug)]
struct Export {
    /// Of the file's name: what it is, without the day and the ending.
    name: String,
    title: String,
    /// Without charts, the first one below the title.
    parts: Vec<Part>,
    charts: Vec<Chart>,
    sheet: Sheet,
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
        let export = match &request.subject {
            Subject::Comparison(asked) => comparison::export(&Box::pin(self.compare_models(asked)).await?, &stamp),
            Subject::Drift(asked) => Box::pin(self.export_drift(&session, asked, &stamp)).await?,
            Subject::Feature(asked) => {
                let detail = Box::pin(self.read_feature(asked)).await?;
                drift::of_feature(&asked.schedule, &detail, &stamp)
            }
        };
        document(export, request.format, &stamp).await
    }

    /// Makes a picture of a chart that the window shows.
    pub async fn chart_picture(&self, chart: Chart) -> Result<Document, EngineError> {
        let name = file_name(&chart.caption, None, "png");
        let bytes = picture(String::new(), String::new(), vec![chart]).await?;
        Ok(Document { name, bytes })
    }

    /// Writes a document into `target`: a folder, or a file. A file that is there stays as it is.
    pub async fn save_document(&self, document: &Document, target: &Path) -> Result<Saved, EngineError> {
        let path = destination(target, &document.name)?;
        write_whole(&path, &document.bytes).await.map_err(EngineError::File)?;
        Ok(Saved { path, bytes: document.bytes.len() as u64 })
    }
}

async fn document(export: Export, format: FileFormat, stamp: &Stamp) -> Result<Document, EngineError> {
    let name = file_name(&export.name, Some(&stamp.day()), format.ending());
    let bytes = match format {
        FileFormat::Html => html(&export.report()).into_bytes(),
        FileFormat::Csv => export.sheet.csv().into_bytes(),
        FileFormat::Png => picture(export.title, stamp.line(), export.charts).await?,
    };
    Ok(Document { name, bytes })
}

impl Export {
    fn report(self) -> Report {
        let mut parts = self.parts;
        if !self.charts.is_empty() {
            let blocks = self.charts.into_iter().map(|chart| Block::Chart(Box::new(chart))).collect();
            parts.push(Part { title: "Charts", blocks });
        }
        Report { title: Said::of(&self.title), parts }
    }
}

async fn picture(title: String, note: String, charts: Vec<Chart>) -> Result<Vec<u8>, EngineError> {
    let drawn = tokio::task::spawn_blocking(move || {
        let (title, note) = (Said::of(&title).line(), Said::of(&note).line());
        png::encode(&Page { title: &title, note: &note, charts: &charts })
    });
    let drawn = drawn.await.map_err(|_| EngineError::NotNow("The picture could not be drawn.".to_owned()))?;
    drawn.map_err(|error| match error {
        ChartError::Empty => {
            EngineError::NotNow("There is no chart to save: nothing that it shows could be drawn.".to_owned())
        }
        ChartError::Drawing(why) => EngineError::NotNow(format!("The picture could not be drawn: {why}.")),
    })
}

/// `cancellation-v14-against-v12-2026-11-22.html`: safe wherever it is stored.
fn file_name(what: &str, day: Option<&str>, ending: &str) -> String {
    let plain: String =
        what.chars().map(|letter| if matches!(letter, '/' | '\\' | ' ') { '-' } else { letter }).collect();
    let day = day.map(|day| format!("-{day}")).unwrap_or_default();
    download::file_name(&format!("{plain}{day}.{ending}"))
}

/// Beside its place first, and there at once: nobody ever reads half a file.
async fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let draft = path.with_file_name(format!(".quarterdeck-{}-{number}.part", std::process::id()));
    let written = async {
        let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(&draft).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        file.sync_all().await?;
        drop(file);
        tokio::fs::rename(&draft, path).await
    }
    .await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&draft).await;
    }
    written
}

/// Notices as they stand in a document.
fn noted(notices: &[Notice]) -> Vec<Block> {
    let block = |notice: &Notice| match notice.severity {
        Severity::Info => Block::Line(vec![text(&notice.text)]),
        Severity::Warning | Severity::Refusal => Block::Warning(Said::of(&notice.text)),
    };
    notices.iter().map(block).collect()
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
