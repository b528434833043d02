//! What the rows of the Objects pages can be filtered, sorted and copied by.

use crate::sets::{FieldSpec, Record, Value};
use contract::{
    objects::{BucketRow, Change, EntryKind, EntryRow, Purge, VersionRow, Versioning},
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

const CLASSES: &[&str] = &[
    "STANDARD",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "GLACIER",
    "DEEP_ARCHIVE",
    "REDUCED_REDUNDANCY",
];

impl Record for BucketRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("region"),
        FieldSpec::text("versioning").values(&["enabled", "suspended", "never"]),
        FieldSpec::of("created", FieldKind::Time),
        FieldSpec::text("old").searched(),
    ];

    fn id(&self) -> &str {
        &self.name
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::maybe(self.region.as_deref()),
            2 => self.versioning.map_or(Value::Missing, |versioning| {
                Value::text(match versioning {
                    Versioning::Enabled => "enabled",
                    Versioning::Suspended => "suspended",
                    Versioning::Never => "never",
                })
            }),
            3 => Value::time(self.created),
            4 => Value::maybe(self.old_versions.as_deref()),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name)
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Buckets(rows)
    }
}

fn is_folder(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Folder | EntryKind::DeletedFolder)
}

impl Record for EntryRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::of("size", FieldKind::Size),
        FieldSpec::of("stored", FieldKind::Time),
        FieldSpec::text("class").values(CLASSES),
        FieldSpec::text("etag"),
        FieldSpec::text("kind").values(&["folder", "object", "deleted"]),
        FieldSpec::of("deleted", FieldKind::Time),
    ];

    fn id(&self) -> &str {
        &self.key
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::size(self.size),
            2 => Value::time(self.stored),
            3 => Value::maybe(self.class.as_deref()),
            4 => Value::maybe(self.etag.as_deref()),
            5 => Value::text(match self.kind {
                EntryKind::Folder => "folder",
                EntryKind::Object => "object",
                EntryKind::DeletedFolder | EntryKind::DeletedObject => "deleted",
            }),
            6 => Value::time(self.deleted),
            _ => Value::Missing,
        }
    }

    /// Folders first, then in S3's order of keys.
    fn natural(&self, other: &Self) -> Ordering {
        is_folder(other.kind).cmp(&is_folder(self.kind)).then_with(|| self.key.as_bytes().cmp(other.key.as_bytes()))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Entries(rows)
    }
}

impl Record for VersionRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("version").searched(),
        FieldSpec::of("stored", FieldKind::Time),
        FieldSpec::of("size", FieldKind::Size),
        FieldSpec::of("change", FieldKind::Number),
        FieldSpec::text("class").values(CLASSES),
        FieldSpec::text("etag").searched(),
        FieldSpec::text("is").values(&["current", "marker", "data", "ambiguous", "same"]),
        FieldSpec::of("purge", FieldKind::Time),
        FieldSpec::text("checksum"),
    ];

    fn id(&self) -> &str {
        &self.fact.version_id
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.fact.version_id),
            1 => Value::Time(self.fact.last_modified),
            2 => Value::size(self.fact.size),
            3 => match self.change {
                Change::Size(bytes) => Value::Number(bytes),
                Change::SameBytes | Change::SameSize => Value::Number(0),
                Change::First | Change::Deleted => Value::Missing,
            },
            4 => Value::maybe(self.fact.class.as_deref()),
            5 => Value::maybe(self.fact.etag.as_deref()),
            6 => Value::text(if self.ambiguous.is_some() {
                "ambiguous"
            } else if self.fact.is_latest {
                "current"
            } else if self.fact.delete_marker {
                "marker"
            } else if self.change == Change::SameBytes {
                "same"
            } else {
                "data"
            }),
            7 => match self.purge {
                Purge::At(at) => Value::Time(at),
                Purge::Never | Purge::Kept { .. } | Purge::Unknown => Value::Missing,
            },
            8 => self.fact.checksums.first().map_or(Value::Missing, |checksum| Value::text(checksum.as_str())),
            _ => Value::Missing,
        }
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Versions(rows)
    }
}
