//! S3: buckets, listings, versions, and the writes of a restore.

pub mod buckets;
pub mod describe;
pub mod facts;
pub mod listing;
mod versions_xml;
pub mod write;

pub(crate) use versions_xml::decode;
pub use versions_xml::{ListedVersions, read_versions};

use contract::objects::RestoreStatus;

/// Reads `x-amz-restore`: `ongoing-request="false", expiry-date="Fri, 21 Dec 2026 00:00:00 GMT"`.
pub(crate) fn restore_status(header: &str) -> RestoreStatus {
    let expires = header
        .split_once("expiry-date=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .and_then(|(date, _)| jiff::fmt::rfc2822::parse(date).ok())
        .map(|date| date.timestamp());
    RestoreStatus { in_progress: header.contains("ongoing-request=\"true\""), expires }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_restore_header_is_read() {
        let done = restore_status(r#"ongoing-request="false", expiry-date="Fri, 23 Dec 2026 00:00:00 GMT""#);
        assert!(!done.in_progress);
        assert!(restore_status(r#"ongoing-request="true""#).in_progress);
        let dated = restore_status(r#"ongoing-request="false", expiry-date="Wed, 23 Dec 2026 00:00:00 GMT""#);
        assert_eq!(dated.expires, Some("2026-12-23T00:00:00Z".parse().unwrap()));
    }
}
