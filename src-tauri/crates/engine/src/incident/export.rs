//! The report of an incident as a file or as text for the clipboard, of what was told of it last.

use super::{
    Told,
    report::{self, Report, html::html, markdown::markdown},
};
use crate::{Desk, EngineError, Saved, exports::write_whole, objects::destination};
use ::objects::download;
use contract::incident::{ChainKind, ExportFormat, IncidentTarget};
use std::path::Path;

impl Desk {
    /// The file name to offer for the report of an open incident.
    pub fn report_name(&self, execution: &str, format: ExportFormat) -> Result<String, EngineError> {
        let told = self.inner.incidents.told(execution)?;
        let row = &told.incident.execution;
        let ending = match format {
            ExportFormat::Markdown => "md",
            ExportFormat::Html => "html",
        };
        Ok(format!("{}.{ending}", download::file_name(&format!("incident-{}-{}", row.machine, row.name))))
    }

    /// Writes the report of an open incident into `target`: a folder, or a file. A file that is there stays as it is.
    pub async fn save_report(
        &self,
        execution: &str,
        format: ExportFormat,
        target: &Path,
    ) -> Result<Saved, EngineError> {
        let told = self.inner.incidents.told(execution)?;
        let report = self.report_of(&told);
        let text = match format {
            ExportFormat::Markdown => markdown(&report),
            ExportFormat::Html => html(&report),
        };
        let path = destination(target, &self.report_name(execution, format)?)?;
        write_whole(&path, text.as_bytes()).await.map_err(EngineError::File)?;
        Ok(Saved { path, bytes: text.len() as u64 })
    }

    pub fn incident_as_markdown(&self, execution: &str) -> Result<String, EngineError> {
        let told = self.inner.incidents.told(execution)?;
        Ok(markdown(&self.report_of(&told)))
    }

    /// Stages are told where they were looked at before: reading an event log takes longer than a person waits for a file.
    fn report_of(&self, told: &Told) -> Report {
        let mut report = report::of(&told.incident, &told.place);
        let job = told.incident.chain.iter().rev().find_map(|link| match &link.target {
            Some(IncidentTarget::Job(job)) if link.kind == ChainKind::Job => Some(job),
            _ => None,
        });
        let session = self
            .session()
            .ok()
            .filter(|session| session.profile() == told.place.profile && session.region() == told.place.region);
        if let Some(stages) = session.zip(job).and_then(|(session, job)| self.known_stages(&session, job)) {
            report.tell_stages(&stages);
        }
        report
    }
}
