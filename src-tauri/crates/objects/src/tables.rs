//! Lake table formats whose logs must not be restored file by file.
//!
//! Data files of these tables are immutable: to bring a deleted one back is safe. Their log and metadata files name the
//! current state: to overwrite one changes the table behind its engine's back.

/// The format whose log or metadata a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableLog {
    Delta,
    Iceberg,
    Hudi,
}

impl TableLog {
    /// The format's own way back, in words.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Delta => {
                "It is part of a Delta table's log: `RESTORE TABLE … TO VERSION AS OF` takes the table back, and fails only where data files are gone"
            }
            Self::Iceberg => {
                "It is part of an Iceberg table's metadata: `rollback_to_snapshot` or `rollback_to_timestamp` takes the table back"
            }
            Self::Hudi => {
                "It is part of a Hudi table's timeline: `savepoint` and `restore` of the Hudi CLI take the table back"
            }
        }
    }
}

/// Whether a key is a table's log or metadata file. A folder named `metadata/` alone says nothing: an Iceberg file is known
/// by its name in it.
pub fn log_of(key: &str) -> Option<TableLog> {
    let mut folders: Vec<&str> = key.split('/').collect();
    let name = folders.pop().unwrap_or("");
    if folders.contains(&"_delta_log") {
        return Some(TableLog::Delta);
    }
    if folders.contains(&".hoodie") {
        return Some(TableLog::Hudi);
    }
    let iceberg = name == "version-hint.text"
        || [".metadata.json", ".metadata.json.gz", ".gz.metadata.json", ".avro", ".stats", ".puffin"]
            .iter()
            .any(|end| name.ends_with(end));
    (folders.last() == Some(&"metadata") && iceberg).then_some(TableLog::Iceberg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_known_by_their_folder_and_data_files_are_not_logs() {
        for (key, log) in [
            ("t/_delta_log/00000000000000000012.json", Some(TableLog::Delta)),
            ("t/_delta_log/_sidecars/x.parquet", Some(TableLog::Delta)),
            ("t/part-0001.parquet", None),
            ("t/_delta_log.csv", None),
            ("w/db/t/metadata/00003-abc.metadata.json", Some(TableLog::Iceberg)),
            ("w/db/t/metadata/snap-1-2-abc.avro", Some(TableLog::Iceberg)),
            ("w/db/t/metadata/version-hint.text", Some(TableLog::Iceberg)),
            ("w/db/t/metadata/readme.md", None),
            ("metadata/notes.avro.txt", None),
            ("t/.hoodie/20261121.commit", Some(TableLog::Hudi)),
            ("t/.hoodie/archived/x", Some(TableLog::Hudi)),
        ] {
            assert_eq!(log_of(key), log, "{key}");
        }
    }
}
