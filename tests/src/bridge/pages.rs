//! What the pages of the window do with several commands, for tests that are about what comes out.

use super::{Core, heard::PATIENCE};
use anyhow::{Result, anyhow, bail};
use contract::{
    Fault, OperationId, SetId,
    command::Streaming,
    objects::{BucketRow, EntryRow, OpenBuckets, OpenEntries, OpenVersions, VersionRow},
    operations::{AuditRow, OpenAudit, OperationState, ReadReceipt, Receipt, RunOperation},
    plan::Plan,
    restore::{Destination, Method, Pick, PlanRestore, PlanUndo, RestoreItem},
    sets::{ReadRows, Rows, SetEvent, SetState},
};
use std::{
    thread,
    time::{Duration, Instant},
};

impl Core {
    /// Opens a set and waits until all of it is read.
    pub fn open<C: Streaming<Event = SetEvent, Reply = SetState>>(&self, request: &C) -> Result<SetState> {
        self.try_open(request)?.map_err(|fault| anyhow!("`{}` failed: {fault:?}", C::NAME))
    }

    /// The same for a set that may fail, at once or while it is read.
    pub fn try_open<C: Streaming<Event = SetEvent, Reply = SetState>>(
        &self,
        request: &C,
    ) -> Result<Result<SetState, Fault>> {
        let (reply, channel) = self.stream(request)?;
        if let Err(fault) = reply {
            return Ok(Err(fault));
        }
        channel.wait("the end of the set", |event| match event {
            SetEvent::Grew(state) if state.complete => Some(Ok(state.clone())),
            SetEvent::Grew(_) => None,
            SetEvent::Failed(fault) => Some(Err(fault.clone())),
        })
    }

    /// All rows of the set's view, window by window.
    pub fn rows<T>(&self, set: SetId, of: impl Fn(Rows) -> Option<Vec<T>>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        loop {
            let from = all.len() as u64;
            let window = self.ask(&ReadRows { set, from, to: from + 512 })?;
            let rows = of(window.rows).ok_or_else(|| anyhow!("the set holds rows of another kind"))?;
            if rows.is_empty() {
                return Ok(all);
            }
            all.extend(rows);
        }
    }

    pub fn buckets(&self) -> Result<Vec<BucketRow>> {
        let state = self.open(&OpenBuckets {})?;
        self.rows(state.set, |rows| if let Rows::Buckets(rows) = rows { Some(rows) } else { None })
    }

    pub fn entries_of(&self, set: SetId) -> Result<Vec<EntryRow>> {
        self.rows(set, |rows| if let Rows::Entries(rows) = rows { Some(rows) } else { None })
    }

    /// One folder, with ghosts.
    pub fn entries(&self, bucket: &str, prefix: &str) -> Result<Vec<EntryRow>> {
        let state = self.open(&OpenEntries { bucket: bucket.into(), prefix: prefix.into(), deleted: true })?;
        self.entries_of(state.set)
    }

    pub fn versions_of(&self, set: SetId) -> Result<Vec<VersionRow>> {
        self.rows(set, |rows| if let Rows::Versions(rows) = rows { Some(rows) } else { None })
    }

    pub fn versions(&self, bucket: &str, key: &str) -> Result<Vec<VersionRow>> {
        let state = self.open(&OpenVersions { bucket: bucket.into(), key: key.into() })?;
        self.versions_of(state.set)
    }

    /// The audit log, newest first.
    pub fn audit(&self) -> Result<Vec<AuditRow>> {
        let state = self.open(&OpenAudit {})?;
        self.rows(state.set, |rows| if let Rows::Audit(rows) = rows { Some(rows) } else { None })
    }

    /// Plans to bring one key back in place, the way that the program chooses.
    pub fn plan(&self, bucket: &str, key: &str, pick: Pick) -> Result<Plan> {
        self.ask(&restore(bucket, key, pick))
    }

    pub fn plan_undo(&self, operation: &OperationId) -> Result<Plan> {
        self.ask(&PlanUndo { operation: operation.clone() })
    }

    /// Confirms a plan as it asks for it and waits for the end.
    pub fn run(&self, plan: &Plan) -> Result<Receipt> {
        let id = self.ask(&RunOperation { plan: plan.id.clone(), typed: Some(plan.name.clone()) })?;
        self.ended(&id)
    }

    /// Confirms a plan that must succeed, with every check of its receipt.
    pub fn succeed(&self, plan: &Plan) -> Result<Receipt> {
        let receipt = self.run(plan)?;
        if receipt.operation.state != OperationState::Succeeded {
            bail!(
                "{} ended {:?}: {}\n{:#?}",
                plan.title,
                receipt.operation.state,
                receipt.operation.note,
                receipt.steps
            );
        }
        if let Some(check) = receipt.steps.iter().flat_map(|step| &step.checks).find(|check| !check.ok) {
            bail!("{}: the check {} failed: {}", plan.title, check.what, check.text);
        }
        Ok(receipt)
    }

    /// Waits until the operation runs no more.
    pub fn ended(&self, id: &OperationId) -> Result<Receipt> {
        let end = Instant::now() + PATIENCE;
        loop {
            let receipt = self.ask(&ReadReceipt { operation: id.clone() })?;
            if receipt.operation.state != OperationState::Running {
                return Ok(receipt);
            }
            if Instant::now() > end {
                bail!("{} still runs: {:#?}", receipt.operation.title, receipt);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// One key, in place.
pub fn restore(bucket: &str, key: &str, pick: Pick) -> PlanRestore {
    PlanRestore {
        bucket: bucket.into(),
        items: vec![RestoreItem { key: key.into(), folder: false, pick }],
        destination: Destination::InPlace,
        method: Method::Auto,
    }
}

/// A deleted folder, in place.
pub fn restore_folder(bucket: &str, prefix: &str, pick: Pick) -> PlanRestore {
    let mut request = restore(bucket, prefix, pick);
    request.items.iter_mut().for_each(|item| item.folder = true);
    request
}
