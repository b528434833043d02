//! The writes of a restore. Every one takes a permit, asks it before each call, and is conditional on what was seen.
//!
//! There is no function here that deletes a version with data in it: a restore writes a new version or removes a
//! delete marker, its undo adds one.

mod upload;

use super::{buckets, describe};
use crate::{AwsError, Call, Session, WritePermit};
use aws_sdk_s3::{
    Client,
    operation::{RequestId as _, head_object::HeadObjectOutput},
    types::{MetadataDirective, ServerSideEncryption, StorageClass, TaggingDirective},
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
use upload::Upload;

const COPY: Call = Call::new("CopyObject", "s3:PutObject");
const REMOVE_MARKER: Call = Call::new("DeleteObject", "s3:DeleteObjectVersion");
const ADD_MARKER: Call = Call::new("DeleteObject", "s3:DeleteObject");

/// `CopyObject` takes no more than 5 GiB.
pub const COPY_LIMIT: u64 = 5 * 1024 * 1024 * 1024;
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
    /// That upload was aborted: there is nothing left to continue or to pay for.
    fn aborted(&self);
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

/// A copy takes the bucket's default encryption unless the source's is said. A KMS key is: who may read an object hangs on it.
/// Without one the default is at least as strong, and may be what the bucket's policy insists on.
fn encryption(head: &HeadObjectOutput) -> (Option<ServerSideEncryption>, Option<String>) {
    match head.server_side_encryption() {
        Some(kind @ (ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse)) => {
            (Some(kind.clone()), head.ssekms_key_id().map(str::to_owned))
        }
        _ => (None, None),
    }
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
    fn a_key_of_kms_is_kept_and_everything_else_is_the_buckets_to_say() {
        let stored = |kind: Option<ServerSideEncryption>| {
            let head = HeadObjectOutput::builder().set_server_side_encryption(kind).ssekms_key_id("k");
            encryption(&head.build())
        };
        for kind in [ServerSideEncryption::AwsKms, ServerSideEncryption::AwsKmsDsse] {
            assert_eq!(stored(Some(kind.clone())), (Some(kind), Some("k".to_owned())));
        }
        for other in [Some(ServerSideEncryption::Aes256), None] {
            assert_eq!(stored(other), (None, None), "a bucket whose default is KMS keeps its default");
        }
    }
}
