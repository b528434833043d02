//! The hash chain of the audit log: how an entry becomes a hash, and how the chain is checked.
//!
//! `hash(n) = SHA-256(FORMAT ‖ hash(n-1) ‖ n ‖ fields)`, where `hash(0)`, the genesis hash, is SHA-256 of
//! [`GENESIS_TEXT`], `n` is 8 bytes big-endian, and the fields come in the order of the table's columns, each as a
//! presence byte (0 or 1) and, if present, its length (8 bytes big-endian) and its bytes. Because of the lengths no two
//! different entries have the same encoding, whatever separators a key or a name holds. What is hashed is the text as
//! it is stored, times included, so an edit that would parse to the same time shows as well.
//!
//! **What the chain finds:** an edited field, an entry removed, added or moved, and a cut-off tail (the head, kept in
//! another table, then points beyond the last entry).
//!
//! **What it cannot find:** someone who may write the database file may also compute the whole chain and the head anew,
//! or put back an older copy of the file, because there is no secret in the chain and nobody outside this computer has
//! seen a hash. It is evidence against mistakes and against edits by hand, not against a determined owner of the
//! account. Who needs more keeps a recent hash elsewhere: the log shows them. It says nothing about writes that were
//! made around this program either; CloudTrail does.

use crate::{Store, StoreError, words};
use contract::operations::AuditCheck;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, TransactionBehavior};
use sha2::{Digest, Sha256};

/// The genesis hash is SHA-256 of this text.
pub const GENESIS_TEXT: &str = "quarterdeck audit log, format 1";

const FORMAT: &[u8] = b"quarterdeck audit entry, format 1\n";

/// Between `sequence` and the hashes, in the order in which they are hashed.
pub(crate) const FIELDS: &str = "at, who, profile, account, region, action, target, result, operation";
pub(crate) const FIELD_COUNT: usize = 9;

pub(crate) fn genesis() -> String {
    hex(&Sha256::digest(GENESIS_TEXT))
}

/// The hash of one entry, lower-case hex. `previous` is taken as the text that is stored.
pub(crate) fn entry_hash<'a>(
    previous: &str,
    sequence: u64,
    fields: impl IntoIterator<Item = Option<&'a [u8]>>,
) -> String {
    let mut hasher = Sha256::new();
    hasher.update(FORMAT);
    hasher.update(previous.as_bytes());
    hasher.update(sequence.to_be_bytes());
    for field in fields {
        match field {
            None => hasher.update([0]),
            Some(bytes) => {
                hasher.update([1]);
                hasher.update((bytes.len() as u64).to_be_bytes());
                hasher.update(bytes);
            }
        }
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

impl Store {
    /// Recomputes the whole chain and compares it with what is stored. `broken_at` is the sequence number of the first
    /// entry that does not follow; after a cut-off tail, that of the first one missing.
    ///
    /// Blocking, about a second for 100,000 entries in a debug build. Streams, in one read transaction on a connection of its own,
    /// so that writers do not wait.
    pub fn check_audit(&self) -> Result<AuditCheck, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(self.path(), flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        let reading = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        check(&reading)
    }
}

fn check(connection: &Connection) -> Result<AuditCheck, StoreError> {
    let count: i64 = connection.query_row("SELECT count(*) FROM audit", [], |row| row.get(0))?;
    let entries = words::unsigned(count);
    let mut statement =
        connection.prepare(&format!("SELECT {FIELDS}, sequence, previous_hash, hash FROM audit ORDER BY sequence"))?;
    let mut rows = statement.query([])?;
    let mut last = (0_u64, genesis());
    while let Some(row) = rows.next()? {
        let expected = last.0 + 1;
        match follows(row, expected, &last.1)? {
            Some(hash) => last = (expected, hash),
            None => return Ok(AuditCheck { entries, broken_at: Some(expected) }),
        }
    }
    let head: Option<(i64, String)> = connection
        .query_row("SELECT sequence, hash FROM audit_head WHERE id = 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let head = head.map_or((0, genesis()), |(sequence, hash)| (words::unsigned(sequence), hash));
    // An entry that nobody told the head about breaks at itself, a missing one at its place.
    let broken_at =
        (head != last).then(|| if head.0 < last.0 { head.0 + 1 } else { last.0 + u64::from(head.0 > last.0) });
    Ok(AuditCheck { entries, broken_at })
}

/// The row's hash, if the row is the expected one and its hash follows from its content and the hash before.
fn follows(row: &Row<'_>, expected: u64, previous: &str) -> Result<Option<String>, StoreError> {
    let mut fields = [None; FIELD_COUNT];
    for (column, field) in fields.iter_mut().enumerate() {
        *field = match row.get_ref(column)? {
            ValueRef::Null => None,
            ValueRef::Text(bytes) => Some(bytes),
            // Not what this program writes.
            _ => return Ok(None),
        };
    }
    let ValueRef::Integer(sequence) = row.get_ref(FIELD_COUNT)? else { return Ok(None) };
    let (ValueRef::Text(stored_previous), ValueRef::Text(stored)) =
        (row.get_ref(FIELD_COUNT + 1)?, row.get_ref(FIELD_COUNT + 2)?)
    else {
        return Ok(None);
    };
    let hash = entry_hash(previous, expected, fields);
    let good =
        words::unsigned(sequence) == expected && stored_previous == previous.as_bytes() && stored == hash.as_bytes();
    Ok(good.then_some(hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_format_is_pinned() {
        assert_eq!(genesis(), "7ba312f400c80e2ad8abe7df85fe19e706b9fa985ec41cc093111ddda6fbca94");
        let fields = [Some("a".as_bytes()), None, Some("".as_bytes())];
        assert_eq!(
            entry_hash(&genesis(), 1, fields),
            "a7bc99b8f3b2c4cf56aa20b8cb3b7a0f16f3b5136b38146ab89fee5be3791d9c"
        );
    }

    fn hash(sequence: u64, fields: &[Option<String>]) -> String {
        entry_hash("", sequence, fields.iter().map(|field| field.as_deref().map(str::as_bytes)))
    }

    proptest! {
        /// Different entries never have the same encoding, wherever their text is cut.
        #[test]
        fn moving_text_between_fields_changes_the_hash(text in any::<String>(), cut in any::<prop::sample::Index>()) {
            let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = cuts[cut.index(cuts.len())];
            let (left, right) = text.split_at(at);
            let split = hash(1, &[Some(left.to_owned()), Some(right.to_owned())]);
            let whole = hash(1, &[Some(text.clone()), Some(String::new())]);
            prop_assert_eq!(split == whole, right.is_empty());
            prop_assert_ne!(hash(1, &[Some(text.clone()), None]), whole.clone());
            prop_assert_ne!(hash(2, &[Some(text.clone()), Some(String::new())]), whole);
        }
    }
}
