//! A file that a version points at, as the bytes that a person looks at and signs for.
//!
//! Objects change under their names, so what was seen is pinned by the version, the ETag and a digest of the very bytes
//! that were handed over, not of what another call would bring.

use crate::{
    AwsError, Call, Session,
    jobs::text,
    objects::{buckets, describe},
    time::timestamp,
};
use contract::Timestamp;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const GET: Call = Call::new("GetObject", "s3:GetObject");
const GET_VERSION: Call = Call::new("GetObject", "s3:GetObjectVersion");

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub bucket: String,
    pub key: String,
    /// `None` where the bucket keeps no versions.
    pub version_id: Option<String>,
    /// With its quotes.
    pub etag: Option<String>,
    pub modified: Option<Timestamp>,
    /// Bytes.
    pub size: u64,
    /// `None` if it is larger than was allowed: then nothing was read of it.
    pub content: Option<Content>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub bytes: Vec<u8>,
    /// `sha256:` and 64 hex digits, as the registry writes digests.
    pub digest: String,
}

/// Reads an object whole (of `version_id`, or as it is now) if it has no more than `most` bytes.
pub async fn read(
    session: &Session,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
    most: u64,
) -> Result<Evidence, AwsError> {
    let call = if version_id.is_some() { GET_VERSION } else { GET };
    let client = buckets::client(session, bucket).await?;
    let mut reply = client
        .get_object()
        .bucket(bucket)
        .key(key)
        .set_version_id(version_id.map(str::to_owned))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(call, error))?;
    let size = reply.content_length().and_then(|length| u64::try_from(length).ok());
    let mut bytes = Vec::new();
    // A server may leave the length out, so what arrives is counted too.
    let mut fits = size.is_none_or(|size| size <= most);
    while fits && let Some(chunk) = reply.body.next().await {
        let chunk = chunk.map_err(|error| AwsError::Unreachable { call, message: error.to_string() })?;
        bytes.extend_from_slice(&chunk);
        fits = bytes.len() as u64 <= most;
    }
    Ok(Evidence {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: text(reply.version_id()).filter(|id| id != "null"),
        etag: text(reply.e_tag()),
        modified: reply.last_modified().map(timestamp),
        size: size.unwrap_or(bytes.len() as u64),
        content: fits.then(|| Content { digest: digest(&bytes), bytes }),
    })
}

/// An object as it is now, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// `None` where the bucket keeps no versions.
    pub version_id: Option<String>,
    /// With its quotes.
    pub etag: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
}

/// What [`read`] would read, by one `HeadObject`.
pub async fn stamp(session: &Session, bucket: &str, key: &str) -> Result<Stamp, AwsError> {
    let client = buckets::client(session, bucket).await?;
    let head = describe::head(&client, bucket, key, None).await?;
    Ok(Stamp {
        version_id: text(head.version_id()).filter(|id| id != "null"),
        etag: text(head.e_tag()),
        size: head.content_length().and_then(|length| u64::try_from(length).ok()),
    })
}

/// `sha256:` and 64 hex digits.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    fn wire() -> Wire {
        let wire = Wire::start(|_, _| {
            Reply::new(200, "abc")
                .header("etag", "\"900150983cd24fb0d6963f7d28e17f72\"")
                .header("x-amz-version-id", "v1")
                .header("last-modified", "Wed, 19 Nov 2025 00:00:00 GMT")
        });
        wire.session.remember_region("ml-data", "eu-west-1");
        wire
    }

    #[tokio::test]
    async fn what_was_read_is_pinned() {
        let wire = wire();
        let found = read(&wire.session, "ml-data", "churn/quality.json", Some("v1"), 3).await.unwrap();
        let (asked, _) = wire.only();
        assert!(asked.contains("churn/quality.json") && asked.contains("versionId=v1"), "{asked}");
        let content = found.content.unwrap();
        assert_eq!(content.bytes, b"abc");
        // The example of FIPS 180-4.
        assert_eq!(content.digest, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((found.version_id.as_deref(), found.size), (Some("v1"), 3));
        assert_eq!(found.etag.as_deref(), Some("\"900150983cd24fb0d6963f7d28e17f72\""));
        assert_eq!(found.modified, Some("2025-11-19T00:00:00Z".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_stamp_is_that_of_what_is_read() {
        let wire = wire();
        let stamp = stamp(&wire.session, "ml-data", "churn/quality.json").await.unwrap();
        let (asked, _) = wire.only();
        assert!(asked.starts_with("HEAD "), "{asked}");
        assert_eq!((stamp.version_id.as_deref(), stamp.size), (Some("v1"), Some(3)));
        assert_eq!(stamp.etag.as_deref(), Some("\"900150983cd24fb0d6963f7d28e17f72\""));
    }

    #[tokio::test]
    async fn an_object_that_is_too_large_is_not_read() {
        let found = read(&wire().session, "ml-data", "churn/quality.json", None, 2).await.unwrap();
        assert_eq!((found.content, found.size, found.version_id.as_deref()), (None, 3, Some("v1")));
    }
}
