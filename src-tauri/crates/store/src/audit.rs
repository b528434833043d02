//! The audit log: one entry for everything that was changed or unlocked, appended and never touched again.
//!
//! Entries are numbered from 1 without gaps and chained by hash (see `chain` for what that proves and what not).
//! Triggers refuse UPDATE, DELETE and REPLACE, so no slip of this program can rewrite history.

use crate::{Store, StoreError, chain, words};
use contract::operations::AuditRow;
use contract::{OperationId, Timestamp};
use rusqlite::{OptionalExtension, Row};

/// An entry before it has its place in the chain. Texts are taken as they are: no secrets, the caller sees to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    pub at: Timestamp,
    /// The person at this computer: [`crate::whoami`].
    pub who: String,
    pub profile: String,
    pub account: String,
    pub region: String,
    /// `restore.run`, `restore.done`, `session.unlock`.
    pub action: String,
    pub target: String,
    pub result: String,
    pub operation: Option<OperationId>,
}

const COLUMNS: &str = "sequence, at, who, profile, account, region, action, target, result, operation, hash";

impl Store {
    /// Appends an entry and chains it to the last one, in one transaction: entries of several threads and instances
    /// never share a place. Blocking; on the disk when it returns.
    pub fn append_audit(&self, new: &NewAudit) -> Result<AuditRow, StoreError> {
        self.write(|tx| {
            let last: Option<(i64, String)> = tx
                .query_row("SELECT sequence, hash FROM audit_head WHERE id = 1", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            let (last, previous) = last.unwrap_or_else(|| (0, chain::genesis()));
            let sequence = words::unsigned(last) + 1;
            let at = new.at.to_string();
            let fields = [
                Some(at.as_str()),
                Some(&new.who),
                Some(&new.profile),
                Some(&new.account),
                Some(&new.region),
                Some(&new.action),
                Some(&new.target),
                Some(&new.result),
                new.operation.as_ref().map(|id| id.0.as_str()),
            ];
            let hash = chain::entry_hash(&previous, sequence, fields.map(|field| field.map(str::as_bytes)));
            let [at_, who, profile, account, region, action, target, result, operation] = fields;
            tx.prepare_cached(&format!(
                "INSERT INTO audit (sequence, {}, previous_hash, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                chain::FIELDS
            ))?
            .execute((
                words::count(sequence),
                at_,
                who,
                profile,
                account,
                region,
                action,
                target,
                result,
                operation,
                &previous,
                &hash,
            ))?;
            tx.execute(
                "INSERT INTO audit_head (id, sequence, hash) VALUES (1, ?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
                (words::count(sequence), &hash),
            )?;
            Ok(AuditRow {
                sequence,
                at: new.at,
                who: new.who.clone(),
                profile: new.profile.clone(),
                account: new.account.clone(),
                region: new.region.clone(),
                action: new.action.clone(),
                target: new.target.clone(),
                result: new.result.clone(),
                operation: new.operation.clone(),
                hash,
            })
        })
    }

    /// Entries, newest first. Blocking.
    pub fn audit(&self, offset: usize, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM audit ORDER BY sequence DESC LIMIT ?1 OFFSET ?2"))?;
        statement.query_and_then([words::index(limit), words::index(offset)], audit_row)?.collect()
    }

    /// The entries of one operation, oldest first. Blocking.
    pub fn audit_of(&self, operation: &OperationId) -> Result<Vec<AuditRow>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM audit WHERE operation = ?1 ORDER BY sequence"))?;
        statement.query_and_then([&operation.0], audit_row)?.collect()
    }

    /// How many entries there are. Blocking.
    pub fn audit_count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.connection().query_row("SELECT count(*) FROM audit", [], |row| row.get(0))?;
        Ok(words::unsigned(count))
    }
}

fn audit_row(row: &Row<'_>) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        sequence: words::unsigned(row.get("sequence")?),
        at: words::time(&row.get::<_, String>("at")?)?,
        who: row.get("who")?,
        profile: row.get("profile")?,
        account: row.get("account")?,
        region: row.get("region")?,
        action: row.get("action")?,
        target: row.get("target")?,
        result: row.get("result")?,
        operation: row.get::<_, Option<String>>("operation")?.map(OperationId),
        hash: row.get("hash")?,
    })
}
