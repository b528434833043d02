//! What a listing does not show of a version, and its bytes.

use super::{buckets, restore_status};
use crate::time::timestamp;
use crate::{AwsError, Call, Session};
use aws_sdk_s3::{operation::head_object::HeadObjectOutput, types::ChecksumMode};
use contract::{Notice, Timestamp, objects::VersionDetail};
use std::path::Path;
use tokio::io::AsyncWriteExt;

pub const HEAD: Call = Call::new("HeadObject", "s3:GetObjectVersion");
pub const GET_TAGGING: Call = Call::new("GetObjectTagging", "s3:GetObjectVersionTagging");
const GET: Call = Call::new("GetObject", "s3:GetObjectVersion");

/// `HeadObject` and `GetObjectTagging` of one version (`None`: the current one).
pub async fn version(
    session: &Session,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
) -> Result<VersionDetail, AwsError> {
    let client = buckets::client(session, bucket).await?;
    let (head, tags) = tokio::join!(head(&client, bucket, key, version_id), tags(&client, bucket, key, version_id));
    let head = head?;
    let mut notices = Vec::new();
    let tags = match tags {
        Ok(tags) => Some(tags),
        Err(AwsError::Denied { .. }) => {
            notices.push(Notice::warning(format!("Tags could not be read: {} is missing.", GET_TAGGING.action)));
            None
        }
        Err(error) => {
            notices.push(Notice::warning(format!("Tags could not be read: {error}.")));
            None
        }
    };
    Ok(detail(bucket, key, version_id, &head, tags, notices))
}

pub(crate) async fn head(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
) -> Result<HeadObjectOutput, AwsError> {
    client
        .head_object()
        .bucket(bucket)
        .key(key)
        .set_version_id(version_id.map(str::to_owned))
        .checksum_mode(ChecksumMode::Enabled)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(HEAD, error))
}

pub(crate) async fn tags(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
) -> Result<Vec<(String, String)>, AwsError> {
    let reply = client
        .get_object_tagging()
        .bucket(bucket)
        .key(key)
        .set_version_id(version_id.map(str::to_owned))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET_TAGGING, error))?;
    Ok(reply.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

fn detail(
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
    head: &HeadObjectOutput,
    tags: Option<Vec<(String, String)>>,
    notices: Vec<Notice>,
) -> VersionDetail {
    let headers = [
        ("cache-control", head.cache_control()),
        ("content-disposition", head.content_disposition()),
        ("content-encoding", head.content_encoding()),
        ("content-language", head.content_language()),
        ("expires", head.expires_string()),
        ("website-redirect-location", head.website_redirect_location()),
    ];
    let mut metadata: Vec<(String, String)> =
        head.metadata().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
    metadata.sort();
    let etag = head.e_tag().unwrap_or_default().to_owned();
    VersionDetail {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: head.version_id().or(version_id).map(str::to_owned),
        size: head.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
        last_modified: head.last_modified().map_or(Timestamp::UNIX_EPOCH, timestamp),
        parts: etag.trim_matches('"').rsplit_once('-').and_then(|(_, parts)| parts.parse().ok()),
        etag,
        checksum: checksum(head),
        class: head.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned(),
        archive: head.archive_status().map(|status| status.as_str().to_owned()),
        content_type: head.content_type().map(str::to_owned),
        headers: headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect(),
        metadata,
        tags,
        encryption: encryption(head),
        lock: lock(head),
        restore: head.restore().map(restore_status),
        notices,
    }
}

/// The checksum as `ALGORITHM value`, `composite` said when it is one of parts and not of the whole object.
pub(crate) fn checksum(head: &HeadObjectOutput) -> Option<String> {
    let (name, value) = [
        ("CRC64NVME", head.checksum_crc64_nvme()),
        ("SHA256", head.checksum_sha256()),
        ("CRC32C", head.checksum_crc32_c()),
        ("CRC32", head.checksum_crc32()),
        ("SHA1", head.checksum_sha1()),
    ]
    .into_iter()
    .find_map(|(name, value)| Some((name, value?)))?;
    let composite = head.checksum_type().is_some_and(|kind| kind.as_str() == "COMPOSITE") || value.contains('-');
    Some(if composite { format!("{name} {value} composite") } else { format!("{name} {value}") })
}

fn encryption(head: &HeadObjectOutput) -> Option<String> {
    if let Some(algorithm) = head.sse_customer_algorithm() {
        return Some(format!("SSE-C {algorithm}"));
    }
    let kind = head.server_side_encryption()?;
    Some(match (kind.as_str(), head.ssekms_key_id()) {
        ("AES256", _) => "SSE-S3".to_owned(),
        ("aws:kms", Some(key)) => format!("SSE-KMS {key}"),
        ("aws:kms", None) => "SSE-KMS".to_owned(),
        ("aws:kms:dsse", Some(key)) => format!("DSSE-KMS {key}"),
        (other, _) => other.to_owned(),
    })
}

fn lock(head: &HeadObjectOutput) -> Option<String> {
    let retention = head.object_lock_mode().map(|mode| {
        let until = head.object_lock_retain_until_date().map(timestamp);
        until.map_or_else(|| mode.as_str().to_owned(), |until| format!("{} until {until}", mode.as_str()))
    });
    let hold =
        head.object_lock_legal_hold_status().filter(|status| status.as_str() == "ON").map(|_| "legal hold".to_owned());
    match (retention, hold) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one),
        (Some(retention), Some(hold)) => Some(format!("{retention}, {hold}")),
    }
}

/// The first `bytes` bytes of a version, by a ranged GET.
pub async fn first_bytes(
    session: &Session,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
    bytes: u32,
) -> Result<Vec<u8>, AwsError> {
    let client = buckets::client(session, bucket).await?;
    let reply = client
        .get_object()
        .bucket(bucket)
        .key(key)
        .set_version_id(version_id.map(str::to_owned))
        .range(format!("bytes=0-{}", bytes.max(1) - 1))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET, error));
    let reply = match reply {
        // The range of an empty object cannot be satisfied.
        Err(AwsError::Service { status: 416, .. }) => return Ok(Vec::new()),
        other => other?,
    };
    let body =
        reply.body.collect().await.map_err(|error| AwsError::Unreachable { call: GET, message: error.to_string() })?;
    let mut body = body.to_vec();
    body.truncate(bytes as usize);
    Ok(body)
}

/// Streams a version into a file that must not exist yet. `progress` hears of the bytes written so far. On failure the
/// half-written file is removed.
pub async fn save(
    session: &Session,
    bucket: &str,
    key: &str,
    version_id: Option<&str>,
    path: &Path,
    mut progress: impl FnMut(u64),
) -> Result<u64, AwsError> {
    let client = buckets::client(session, bucket).await?;
    let mut reply = client
        .get_object()
        .bucket(bucket)
        .key(key)
        .set_version_id(version_id.map(str::to_owned))
        .checksum_mode(ChecksumMode::Enabled)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET, error))?;
    let mut file =
        tokio::fs::OpenOptions::new().write(true).create_new(true).open(path).await.map_err(AwsError::File)?;
    let mut written = 0;
    let result = async {
        while let Some(chunk) = reply.body.next().await {
            let chunk = chunk.map_err(|error| AwsError::Unreachable { call: GET, message: error.to_string() })?;
            file.write_all(&chunk).await.map_err(AwsError::File)?;
            written += chunk.len() as u64;
            progress(written);
        }
        file.flush().await.map_err(AwsError::File)?;
        file.sync_all().await.map_err(AwsError::File)
    }
    .await;
    if let Err(error) = result {
        drop(file);
        let _ = tokio::fs::remove_file(path).await;
        return Err(error);
    }
    Ok(written)
}
