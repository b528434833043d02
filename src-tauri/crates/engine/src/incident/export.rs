//! The report of an incident as a file or as text for the clipboard, of what was told of it last.

use super::report::{self, html::html, markdown::markdown};
use crate::{Desk, EngineError, Saved, exports::write_whole, objects::destination};
use ::objects::download;
use contract::incident::ExportFormat;
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
        let report = report::of(&told.incident, &told.place);
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
        Ok(markdown(&report::of(&told.incident, &told.place)))
    }
}
