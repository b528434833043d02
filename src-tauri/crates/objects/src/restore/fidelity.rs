//! What becomes of each attribute of a version that is brought back.
//!
//! This describes our own writes: a copy up to 5 GiB lets S3 copy metadata and tags (directive `COPY`), sets the source's
//! storage class and website redirect, and its encryption where that is KMS; a copy by parts sets all of them. Locks and
//! ACLs are not set.
//! Removing a delete marker changes nothing.

use contract::{
    facts::BucketFacts,
    objects::VersionDetail,
    plan::{Fidelity, Outcome},
};

/// One line for each attribute. `removal` is a marker removal, `by_parts` a copy above the threshold.
pub fn fidelity(detail: &VersionDetail, facts: &BucketFacts, by_parts: bool, removal: bool) -> Vec<Fidelity> {
    if removal {
        return ["metadata", "tags", "storage class", "encryption", "ACL", "object lock", "date", "version id"]
            .into_iter()
            .map(|attribute| line(attribute, Outcome::Kept, "the version itself becomes current again"))
            .collect();
    }
    let mut lines = vec![
        metadata(detail),
        tags(detail),
        class(detail),
        encryption(detail, facts),
        acl(facts),
        lock(detail, facts),
        line("date", Outcome::Changed, "becomes the time of the restore"),
        line("version id", Outcome::Changed, "the copy gets a new one; the old version stays"),
        etag(detail, facts, by_parts),
    ];
    if let Some((_, to)) =
        detail.headers.iter().find(|(name, _)| name.to_ascii_lowercase().contains("website-redirect"))
    {
        lines.push(line("website redirect", Outcome::Kept, crate::key::shown(to)));
    }
    lines
}

fn line(attribute: &str, outcome: Outcome, note: impl Into<String>) -> Fidelity {
    Fidelity { attribute: attribute.to_owned(), outcome, note: note.into() }
}

fn pairs(pairs: &[(String, String)]) -> String {
    let shown: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", crate::key::shown(name), crate::key::shown(value))).collect();
    shown.join(", ")
}

fn metadata(detail: &VersionDetail) -> Fidelity {
    let mut parts = Vec::new();
    parts.extend(detail.content_type.as_ref().map(|kind| format!("content-type={}", crate::key::shown(kind))));
    let headers: Vec<_> = detail
        .headers
        .iter()
        .filter(|(name, _)| !name.to_ascii_lowercase().contains("website-redirect"))
        .cloned()
        .collect();
    parts.extend((!headers.is_empty()).then(|| pairs(&headers)));
    parts.extend((!detail.metadata.is_empty()).then(|| pairs(&detail.metadata)));
    line("metadata", Outcome::Kept, if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
}

fn tags(detail: &VersionDetail) -> Fidelity {
    match &detail.tags {
        Some(tags) if tags.is_empty() => line("tags", Outcome::Kept, "none"),
        Some(tags) => line("tags", Outcome::Kept, pairs(tags)),
        // By parts it is our own call that is refused, in one piece S3's.
        None => line(
            "tags",
            Outcome::Unknown,
            "could not be read; they are copied only with s3:GetObjectVersionTagging, and the copy is refused without",
        ),
    }
}

fn class(detail: &VersionDetail) -> Fidelity {
    match detail.class.as_str() {
        class @ ("GLACIER" | "DEEP_ARCHIVE") => line(
            "storage class",
            Outcome::Kept,
            format!("{class}: the copy is archived again and cannot be read at once"),
        ),
        class => line("storage class", Outcome::Kept, class),
    }
}

/// Since January 2023 S3 encrypts everything; where no default could be told, it is `SSE-S3` ("Setting default encryption").
const SSE_S3: &str = "SSE-S3";

fn encryption(detail: &VersionDetail, facts: &BucketFacts) -> Fidelity {
    let own = detail.encryption.as_deref().unwrap_or(SSE_S3);
    if own.contains("KMS") {
        return line("encryption", Outcome::Kept, own);
    }
    if own.starts_with("SSE-C") {
        return line(
            "encryption",
            Outcome::CannotKeep,
            "SSE-C: the copy needs the customer's key, which only its owner has",
        );
    }
    match &facts.encryption {
        Err(missing) => line(
            "encryption",
            Outcome::Unknown,
            format!("becomes the bucket's default, which could not be read: {}", missing.reason),
        ),
        Ok(default) => {
            let default = default.as_deref().unwrap_or(SSE_S3);
            if default == own {
                line("encryption", Outcome::Kept, own)
            } else {
                line("encryption", Outcome::Changed, format!("{own} becomes bucket default {default}"))
            }
        }
    }
}

fn acl(facts: &BucketFacts) -> Fidelity {
    match &facts.acl_enabled {
        Ok(false) => line("ACL", Outcome::Kept, "ACLs are off; the bucket owner owns every object"),
        Ok(true) => line("ACL", Outcome::Changed, "becomes private, owned by the account that copies"),
        Err(missing) => {
            line("ACL", Outcome::Unknown, format!("object ownership could not be read: {}", missing.reason))
        }
    }
}

fn lock(detail: &VersionDetail, facts: &BucketFacts) -> Fidelity {
    let default = match &facts.object_lock {
        Ok(None) => return line("object lock", Outcome::Kept, "none; the bucket has no Object Lock"),
        Ok(Some(default)) => default.retention.as_deref(),
        Err(missing) => {
            return line("object lock", Outcome::Unknown, format!("could not be read: {}", missing.reason));
        }
    };
    let gets = default.map_or("no retention".to_owned(), |retention| format!("the bucket's default ({retention})"));
    match &detail.lock {
        Some(lock) => line(
            "object lock",
            Outcome::CannotKeep,
            format!("the copy gets {gets}; the old version keeps {}", crate::key::shown(lock)),
        ),
        None if default.is_some() => line("object lock", Outcome::Changed, format!("the copy gets {gets}")),
        None => line("object lock", Outcome::Kept, "none"),
    }
}

/// An ETag is the MD5 of the bytes only for objects stored in one piece without KMS or customer keys ("Object", API reference).
fn etag(detail: &VersionDetail, facts: &BucketFacts, by_parts: bool) -> Fidelity {
    let parts = detail.etag.trim_matches('"').contains('-');
    let kms = encryption(detail, facts).note.contains("KMS");
    if by_parts || parts || kms {
        line("ETag", Outcome::Changed, "is not a digest of the bytes here; the copy is checked by size and checksum")
    } else {
        line("ETag", Outcome::Kept, "the MD5 of the bytes")
    }
}

#[cfg(test)]
mod tests;
