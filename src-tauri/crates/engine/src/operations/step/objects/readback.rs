//! What was written beside what it was made from.

use super::check;
use ::objects::size;
use aws::AwsError;
use contract::{objects::VersionDetail, operations::Check};

pub(super) fn size_words(ours: u64, theirs: u64) -> String {
    if ours == theirs {
        format!("{} ({ours} bytes)", size::words(ours))
    } else {
        format!("{ours} bytes, but the source has {theirs}")
    }
}

/// The copy beside its source. A lifecycle rule may have removed the source since: the copy is none the worse for it.
pub(super) fn compared(theirs: Result<VersionDetail, AwsError>, ours: &VersionDetail) -> Result<Check, AwsError> {
    match theirs {
        Ok(theirs) => Ok(compare_checksum(&theirs, ours)),
        Err(error) if error.is_absent() => Ok(check(
            "checksum",
            true,
            "not comparable: the source was removed after it was copied; the size was compared",
        )),
        Err(error) => Err(error),
    }
}

/// By the checksum of the whole object where both have one of the same kind; by ETag only where an ETag is one of the
/// bytes (no parts, no KMS); else it says that nothing could be compared, which is no failure.
fn compare_checksum(theirs: &VersionDetail, ours: &VersionDetail) -> Check {
    let whole = |text: &Option<String>| text.clone().filter(|text| !text.ends_with("composite"));
    if let (Some(one), Some(two)) = (whole(&theirs.checksum), whole(&ours.checksum))
        && one.split(' ').next() == two.split(' ').next()
    {
        return check(
            "checksum",
            one == two,
            if one == two { two } else { format!("{two}, but the source has {one}") },
        );
    }
    let plain = |detail: &VersionDetail| {
        detail.parts.is_none()
            && !detail.encryption.as_deref().is_some_and(|kind| kind.contains("KMS") || kind.contains("SSE-C"))
    };
    if plain(theirs) && plain(ours) {
        let same = theirs.etag == ours.etag;
        return check(
            "checksum",
            same,
            if same {
                format!("MD5 {}", ours.etag.trim_matches('"'))
            } else {
                format!("ETag {}, but the source has {}", ours.etag, theirs.etag)
            },
        );
    }
    check(
        "checksum",
        true,
        "not comparable: source and copy have no checksum of the whole object in common; the size was compared",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::objects::describe;

    fn detail(etag: &str) -> VersionDetail {
        VersionDetail {
            bucket: "lake-raw".into(),
            key: "a".into(),
            version_id: Some("v1".into()),
            size: 10,
            last_modified: "2026-11-21T08:00:00Z".parse().unwrap(),
            etag: etag.into(),
            checksum: None,
            class: "STANDARD".into(),
            archive: None,
            content_type: None,
            headers: Vec::new(),
            metadata: Vec::new(),
            tags: None,
            encryption: None,
            lock: None,
            restore: None,
            parts: None,
            notices: Vec::new(),
        }
    }

    #[test]
    fn a_copy_whose_source_was_removed_meanwhile_is_done() {
        let gone = || AwsError::NotFound {
            call: describe::HEAD,
            code: "NoSuchVersion".into(),
            message: "gone".into(),
            request_id: None,
        };
        let check = compared(Err(gone()), &detail("\"a\"")).unwrap();
        assert!(check.ok && check.text.contains("removed after"), "{check:?}");
        let denied = AwsError::Denied { call: describe::HEAD, message: "no".into(), request_id: None };
        assert!(compared(Err(denied), &detail("\"a\"")).is_err());
        assert!(!compared(Ok(detail("\"b\"")), &detail("\"a\"")).unwrap().ok);
    }
}
