//! The writes of a restore. Every one takes a permit, asks it before each call, and is conditional on what was seen.
//!
//! There is no function here that deletes a version with data in it: a restore writes a new version or removes a
//! delete marker, its undo adds one.

use super::{buckets, describe};
use crate::{AwsError, Call, Session, WritePermit};
use aws_sdk_s3::{
    Client,
    operation::{RequestId as _, head_object::HeadObjectOutput},
    types::{
        ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, MetadataDirective, ServerSideEncryption,
        StorageClass, TaggingDirective,
    },
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::task::JoinSet;

const COPY: Call = Call::new("CopyObject", "s3:PutObject");
const CREATE_UPLOAD: Call = Call::new("CreateMultipartUpload", "s3:PutObject");
const COPY_PART: Call = Call::new("UploadPartCopy", "s3:PutObject");
const LIST_PARTS: Call = Call::new("ListParts", "s3:ListMultipartUploadParts");
const COMPLETE_UPLOAD: Call = Call::new("CompleteMultipartUpload", "s3:PutObject");
const ABORT_UPLOAD: Call = Call::new("AbortMultipartUpload", "s3:AbortMultipartUpload");
const REMOVE_MARKER: Call = Call::new("DeleteObject", "s3:DeleteObjectVersion");
const ADD_MARKER: Call = Call::new("DeleteObject", "s3:DeleteObject");

/// `CopyObject` takes no more than 5 GiB.
pub const COPY_LIMIT: u64 = 5 * 1024 * 1024 * 1024;
/// S3 allows at most this many parts.
const MAX_PARTS: u64 = 10_000;

/// What the destination must look like at the moment of the write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The current version has this ETag.
    IfMatch(String),
    /// There is no object, or its current version is a delete marker.
    IfNoneMatch,
}

/// A copy within one bucket.
#[derive(Debug, Clone)]
pub struct Copy {
    pub bucket: String,
    /// `bucket/key?versionId=…`, percent-encoded: the SDK sends it as it is.
    pub copy_source: String,
    pub source_key: String,
    pub source_version: String,
    pub source_etag: String,
    pub size: u64,
    pub to_key: String,
    pub condition: Condition,
}

/// When and how a copy goes by parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Above this many bytes.
    pub threshold: u64,
    /// Bytes of a part; made larger where 10,000 parts would not do.
    pub size: u64,
    pub at_once: usize,
}

impl Default for Parts {
    fn default() -> Self {
        Self { threshold: COPY_LIMIT, size: 512 * 1024 * 1024, at_once: 8 }
    }
}

/// What a running copy tells, and asks, its operation.
pub trait CopyWatch: Send + Sync {
    /// An upload was begun: journal it, so that it can be continued or aborted.
    fn upload(&self, upload_id: &str);
    /// Bytes copied so far.
    fn bytes(&self, done: u64);
    fn cancelled(&self) -> bool;
}

/// What a write answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The new version (or marker), where the bucket keeps versions.
    pub version_id: Option<String>,
    pub etag: Option<String>,
    pub request_ids: Vec<String>,
}

/// Copies a version on top of its key or to another key, by parts above the threshold. `upload_id` continues an upload
/// that a crash cut off.
pub async fn copy(
    permit: &WritePermit,
    session: &Session,
    copy: &Copy,
    parts: Parts,
    upload_id: Option<&str>,
    watch: &dyn CopyWatch,
) -> Result<Written, AwsError> {
    permit.check()?;
    let client = buckets::client(session, &copy.bucket).await?;
    let owner = session.expected_owner(&copy.bucket).await;
    let head = describe::head(&client, &copy.bucket, &copy.source_key, Some(&copy.source_version)).await?;
    if copy.size > parts.threshold {
        let upload = Upload { permit, client, owner, copy, head, parts, watch };
        upload.run(upload_id).await
    } else {
        let written = copy_whole(&client, owner, copy, &head).await?;
        watch.bytes(copy.size);
        Ok(written)
    }
}

/// Counts the tries of one conditional write. The SDK repeats a call whose answer was lost; if the first try was done, the
/// repeated one meets its own work and its condition fails. That must not be taken for somebody else's write.
#[derive(Debug, Clone, Default)]
struct Tries(Arc<AtomicU32>);

impl Tries {
    fn judge(&self, error: AwsError) -> AwsError {
        match error {
            AwsError::Changed { call, message, request_id } | AwsError::NotFound { call, message, request_id, .. }
                if self.0.load(Ordering::Relaxed) > 1 =>
            {
                AwsError::Repeated { call, message, request_id }
            }
            other => other,
        }
    }
}

impl Intercept for Tries {
    fn name(&self) -> &'static str {
        "Tries"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

async fn copy_whole(
    client: &Client,
    owner: Option<String>,
    copy: &Copy,
    head: &HeadObjectOutput,
) -> Result<Written, AwsError> {
    let (if_match, if_none_match) = conditions(&copy.condition);
    let (encryption, key) = encryption(head);
    let tries = Tries::default();
    let reply = client
        .copy_object()
        .bucket(&copy.bucket)
        .key(&copy.to_key)
        .copy_source(&copy.copy_source)
        .copy_source_if_match(&copy.source_etag)
        .metadata_directive(MetadataDirective::Copy)
        .tagging_directive(TaggingDirective::Copy)
        .set_storage_class(storage_class(head))
        .set_server_side_encryption(encryption)
        .set_ssekms_key_id(key)
        .set_website_redirect_location(head.website_redirect_location().map(str::to_owned))
        .set_if_match(if_match)
        .set_if_none_match(if_none_match)
        .set_expected_bucket_owner(owner.clone())
        .set_expected_source_bucket_owner(owner)
        .customize()
        .interceptor(tries.clone())
        .send()
        .await
        .map_err(|error| tries.judge(AwsError::from_sdk(COPY, error)))?;
    let etag = reply.copy_object_result().and_then(|result| result.e_tag()).map(str::to_owned);
    if etag.is_none() {
        // S3 may answer 200 and put an error into the body.
        return Err(AwsError::Unreadable {
            call: COPY,
            message: "the answer holds no result; the copy may not have happened".into(),
        });
    }
    Ok(Written {
        version_id: reply.version_id().map(str::to_owned),
        etag,
        request_ids: reply.request_id().map(str::to_owned).into_iter().collect(),
    })
}

fn conditions(condition: &Condition) -> (Option<String>, Option<String>) {
    match condition {
        Condition::IfMatch(etag) => (Some(etag.clone()), None),
        Condition::IfNoneMatch => (None, Some("*".to_owned())),
    }
}

/// A copy becomes STANDARD unless the class is said.
fn storage_class(head: &HeadObjectOutput) -> Option<StorageClass> {
    head.storage_class().cloned()
}

/// A copy takes the bucket's default encryption unless the source's is said.
fn encryption(head: &HeadObjectOutput) -> (Option<ServerSideEncryption>, Option<String>) {
    match head.server_side_encryption() {
        Some(kind) => (Some(kind.clone()), head.ssekms_key_id().map(str::to_owned)),
        None => (None, None),
    }
}

struct Upload<'a> {
    permit: &'a WritePermit,
    client: Client,
    owner: Option<String>,
    copy: &'a Copy,
    head: HeadObjectOutput,
    parts: Parts,
    watch: &'a dyn CopyWatch,
}

impl Upload<'_> {
    async fn run(&self, earlier: Option<&str>) -> Result<Written, AwsError> {
        let mut request_ids = Vec::new();
        let (upload_id, done) = match earlier {
            Some(upload_id) => match self.parts_done(upload_id).await {
                Ok(done) => (upload_id.to_owned(), done),
                Err(error) if error.is_absent() => (self.create(&mut request_ids).await?, Vec::new()),
                Err(error) => return Err(error),
            },
            None => (self.create(&mut request_ids).await?, Vec::new()),
        };
        match self.finish(&upload_id, done, &mut request_ids).await {
            Ok(written) => Ok(written),
            Err(error) => {
                // What was begun and cannot be finished must not go on costing storage. After a lost network the
                // upload stays: it is in the journal, and resuming continues it.
                if !matches!(error, AwsError::Unreachable { .. } | AwsError::SignIn { .. }) {
                    self.abort(&upload_id).await;
                }
                Err(error)
            }
        }
    }

    /// Copies nothing by itself: metadata, tags, class and encryption are all set here.
    async fn create(&self, request_ids: &mut Vec<String>) -> Result<String, AwsError> {
        let head = &self.head;
        let tags =
            describe::tags(&self.client, &self.copy.bucket, &self.copy.source_key, Some(&self.copy.source_version))
                .await?;
        let (encryption, key) = encryption(head);
        let reply = self
            .client
            .create_multipart_upload()
            .bucket(&self.copy.bucket)
            .key(&self.copy.to_key)
            .set_metadata(head.metadata().cloned())
            .set_tagging(Some(tagging(&tags)).filter(|tags| !tags.is_empty()))
            .set_content_type(head.content_type().map(str::to_owned))
            .set_cache_control(head.cache_control().map(str::to_owned))
            .set_content_disposition(head.content_disposition().map(str::to_owned))
            .set_content_encoding(head.content_encoding().map(str::to_owned))
            .set_content_language(head.content_language().map(str::to_owned))
            .set_website_redirect_location(head.website_redirect_location().map(str::to_owned))
            .set_storage_class(storage_class(head))
            .set_server_side_encryption(encryption)
            .set_ssekms_key_id(key)
            .set_checksum_algorithm(Some(ChecksumAlgorithm::Crc64Nvme))
            .set_expected_bucket_owner(self.owner.clone())
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(CREATE_UPLOAD, error))?;
        request_ids.extend(reply.request_id().map(str::to_owned));
        let upload_id = reply
            .upload_id()
            .ok_or(AwsError::Unreadable { call: CREATE_UPLOAD, message: "no upload id".into() })?
            .to_owned();
        self.watch.upload(&upload_id);
        Ok(upload_id)
    }

    async fn parts_done(&self, upload_id: &str) -> Result<Vec<CompletedPart>, AwsError> {
        let mut done = Vec::new();
        let mut marker = None;
        loop {
            let page = self
                .client
                .list_parts()
                .bucket(&self.copy.bucket)
                .key(&self.copy.to_key)
                .upload_id(upload_id)
                .set_part_number_marker(marker)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(LIST_PARTS, error))?;
            done.extend(page.parts().iter().map(|part| {
                CompletedPart::builder()
                    .set_part_number(part.part_number())
                    .set_e_tag(part.e_tag().map(str::to_owned))
                    .set_checksum_crc64_nvme(part.checksum_crc64_nvme().map(str::to_owned))
                    .build()
            }));
            marker = page.next_part_number_marker().map(str::to_owned).filter(|_| page.is_truncated() == Some(true));
            if marker.is_none() {
                return Ok(done);
            }
        }
    }

    async fn finish(
        &self,
        upload_id: &str,
        mut done: Vec<CompletedPart>,
        request_ids: &mut Vec<String>,
    ) -> Result<Written, AwsError> {
        let part_size = self.parts.size.max(self.copy.size.div_ceil(MAX_PARTS)).max(1);
        let count = i32::try_from(self.copy.size.div_ceil(part_size)).unwrap_or(i32::MAX);
        let mut missing: Vec<i32> =
            (1..=count).rev().filter(|number| !done.iter().any(|part| part.part_number() == Some(*number))).collect();
        let bytes_of = |number: i32| {
            let from = u64::from(number.unsigned_abs() - 1) * part_size;
            part_size.min(self.copy.size - from)
        };
        let mut bytes: u64 = done.iter().filter_map(CompletedPart::part_number).map(bytes_of).sum();
        self.watch.bytes(bytes);
        let copy = Arc::new(self.copy.clone());
        let mut running = JoinSet::new();
        loop {
            if self.watch.cancelled() {
                return Err(AwsError::Cancelled);
            }
            while running.len() < self.parts.at_once.max(1)
                && let Some(number) = missing.pop()
            {
                self.permit.check()?;
                let from = u64::from(number.unsigned_abs() - 1) * part_size;
                let range = format!("bytes={from}-{}", from + bytes_of(number) - 1);
                running.spawn(copy_part(
                    self.client.clone(),
                    self.owner.clone(),
                    Arc::clone(&copy),
                    upload_id.to_owned(),
                    number,
                    range,
                ));
            }
            let Some(finished) = running.join_next().await else { break };
            let part =
                finished.map_err(|error| AwsError::Unreachable { call: COPY_PART, message: error.to_string() })??;
            bytes += part.part_number().map_or(0, bytes_of);
            self.watch.bytes(bytes);
            done.push(part);
        }
        done.sort_by_key(CompletedPart::part_number);
        self.permit.check()?;
        let (if_match, if_none_match) = conditions(&self.copy.condition);
        let tries = Tries::default();
        let reply = self
            .client
            .complete_multipart_upload()
            .bucket(&self.copy.bucket)
            .key(&self.copy.to_key)
            .upload_id(upload_id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(done)).build())
            .set_mpu_object_size(i64::try_from(self.copy.size).ok())
            .set_if_match(if_match)
            .set_if_none_match(if_none_match)
            .set_expected_bucket_owner(self.owner.clone())
            .customize()
            .interceptor(tries.clone())
            .send()
            .await
            .map_err(|error| tries.judge(AwsError::from_sdk(COMPLETE_UPLOAD, error)))?;
        request_ids.extend(reply.request_id().map(str::to_owned));
        Ok(Written {
            version_id: reply.version_id().map(str::to_owned),
            etag: reply.e_tag().map(str::to_owned),
            request_ids: std::mem::take(request_ids),
        })
    }

    async fn abort(&self, upload_id: &str) {
        let aborted = self
            .client
            .abort_multipart_upload()
            .bucket(&self.copy.bucket)
            .key(&self.copy.to_key)
            .upload_id(upload_id)
            .set_expected_bucket_owner(self.owner.clone())
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(ABORT_UPLOAD, error));
        if let Err(error) = aborted {
            tracing::warn!(%error, "an upload could not be aborted; the bucket's lifecycle has to");
        }
    }
}

async fn copy_part(
    client: Client,
    owner: Option<String>,
    copy: Arc<Copy>,
    upload_id: String,
    number: i32,
    range: String,
) -> Result<CompletedPart, AwsError> {
    let reply = client
        .upload_part_copy()
        .bucket(&copy.bucket)
        .key(&copy.to_key)
        .upload_id(upload_id)
        .part_number(number)
        .copy_source(&copy.copy_source)
        .copy_source_if_match(&copy.source_etag)
        .copy_source_range(range)
        .set_expected_bucket_owner(owner.clone())
        .set_expected_source_bucket_owner(owner)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(COPY_PART, error))?;
    let result = reply.copy_part_result();
    let etag = result
        .and_then(|result| result.e_tag())
        .ok_or(AwsError::Unreadable { call: COPY_PART, message: "the answer holds no ETag".into() })?;
    Ok(CompletedPart::builder()
        .part_number(number)
        .e_tag(etag)
        .set_checksum_crc64_nvme(result.and_then(|result| result.checksum_crc64_nvme()).map(str::to_owned))
        .build())
}

/// Tags as the header wants them: a query string.
fn tagging(tags: &[(String, String)]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    tags.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect::<Vec<_>>().join("&")
}

/// Removes one delete marker by its version id. The caller has checked that the id is a marker's: nothing here deletes
/// a version with data.
pub async fn remove_marker(
    permit: &WritePermit,
    session: &Session,
    bucket: &str,
    key: &str,
    marker_id: &str,
) -> Result<Written, AwsError> {
    permit.check()?;
    let client = buckets::client(session, bucket).await?;
    let reply = client
        .delete_object()
        .bucket(bucket)
        .key(key)
        .version_id(marker_id)
        .set_expected_bucket_owner(session.expected_owner(bucket).await)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(REMOVE_MARKER, error))?;
    Ok(Written {
        version_id: reply.version_id().map(str::to_owned),
        etag: None,
        request_ids: reply.request_id().map(str::to_owned).into_iter().collect(),
    })
}

/// Hides the current version behind a new delete marker, if it still has this ETag.
pub async fn add_marker(
    permit: &WritePermit,
    session: &Session,
    bucket: &str,
    key: &str,
    etag: &str,
) -> Result<Written, AwsError> {
    permit.check()?;
    let client = buckets::client(session, bucket).await?;
    let tries = Tries::default();
    let reply = client
        .delete_object()
        .bucket(bucket)
        .key(key)
        .if_match(etag)
        .set_expected_bucket_owner(session.expected_owner(bucket).await)
        .customize()
        .interceptor(tries.clone())
        .send()
        .await
        .map_err(|error| tries.judge(AwsError::from_sdk(ADD_MARKER, error)))?;
    Ok(Written {
        version_id: reply.version_id().map(str::to_owned),
        etag: None,
        request_ids: reply.request_id().map(str::to_owned).into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_a_query_string() {
        let tags = [("team".to_owned(), "a&b=c".to_owned()), ("é ".to_owned(), "+".to_owned())];
        assert_eq!(tagging(&tags), "team=a%26b%3Dc&%C3%A9%20=%2B");
    }
}
