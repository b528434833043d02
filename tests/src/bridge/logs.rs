//! Logs as the window reads them, for tests that are about what is in them.

use super::{Channel, Core};
use anyhow::{Result, anyhow, bail};
use contract::{
    jobs::JobId,
    logs::{
        LogEvent, LogQuery, LogRow, LogState, LogView, LogWindow, OpenLog, ReadLog, SearchEvent, SearchLog, SearchState,
    },
    objects::EntryKind,
};

impl Core {
    /// Opens logs and waits until all of them are read.
    pub fn open_logs(&self, addresses: &[String], job: Option<JobId>) -> Result<(LogState, Channel<LogEvent>)> {
        let (reply, channel) = self.stream(&OpenLog { addresses: addresses.to_vec(), job })?;
        let state = reply.map_err(|fault| anyhow!("{addresses:?} could not be opened: {fault:?}"))?;
        if state.complete {
            return Ok((state, channel));
        }
        let state = channel.wait("the end of the log", |event| match event {
            LogEvent::Grew(state) if state.complete => Some(Ok(state.clone())),
            LogEvent::Grew(_) => None,
            LogEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
        })??;
        Ok((state, channel))
    }

    pub fn open_one(&self, address: &str) -> Result<LogState> {
        Ok(self.open_logs(&[address.to_owned()], None)?.0)
    }

    pub fn log_window(&self, state: &LogState, view: LogView, from: u64, to: u64) -> Result<LogWindow> {
        self.ask(&ReadLog { log: state.log, view, from, to, search: None })
    }

    /// All rows of a view.
    pub fn log_rows(&self, state: &LogState, view: LogView) -> Result<Vec<LogRow>> {
        let mut all = Vec::new();
        loop {
            let from = all.len() as u64;
            let window = self.log_window(state, view, from, from + 512)?;
            if window.rows.is_empty() {
                if window.total != from {
                    bail!("{view:?} of {} rows gave {from}", window.total);
                }
                return Ok(all);
            }
            all.extend(window.rows);
        }
    }

    /// Searches and waits for the end.
    pub fn search_in(&self, state: &LogState, query: LogQuery) -> Result<SearchState> {
        let (reply, channel) = self.stream(&SearchLog { log: state.log, query })?;
        let found = reply.map_err(|fault| anyhow!("{fault:?}"))?;
        if found.done {
            return Ok(found);
        }
        channel.wait("the end of the search", |event| match event {
            SearchEvent::Found(state) if state.done => Some(Ok(state.clone())),
            SearchEvent::Found(_) => None,
            SearchEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
        })?
    }

    /// Addresses of all files below a prefix of the bucket of logs.
    pub fn log_files(&self, prefix: &str) -> Result<Vec<String>> {
        let (mut folders, mut files) = (vec![prefix.to_owned()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in self.entries("lake-logs", &folder)? {
                match entry.kind {
                    EntryKind::Folder => folders.push(entry.key),
                    _ => files.push(format!("s3://lake-logs/{}", entry.key)),
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// The folder of the containers of a step's application, as its own log names it.
    pub fn containers_of(&self, cluster: &str, step: &str) -> Result<String> {
        let state = self.open_one(&format!("s3://lake-logs/emr/{cluster}/steps/{step}/stderr.gz"))?;
        let rows = self.log_rows(&state, LogView::Lines)?;
        let id = rows.iter().find_map(|row| row.text.split("Submitted application ").nth(1));
        let id = id.ok_or_else(|| anyhow!("{step} submitted nothing: {rows:#?}"))?.trim();
        Ok(format!("emr/{cluster}/containers/{id}/"))
    }

    /// One container's standard error: `1` is the driver.
    pub fn container(&self, cluster: &str, step: &str, number: u32) -> Result<String> {
        let files = self.log_files(&self.containers_of(cluster, step)?)?;
        let ending = format!("_{number:06}/stderr.gz");
        let found = files.iter().rev().find(|file| file.ends_with(&ending)).cloned();
        found.ok_or_else(|| anyhow!("{step} has no container {number}: {files:?}"))
    }
}
