//! A copy by parts: begun, or continued where a crash cut it off, and completed under the condition of the whole.

use super::{Copy, CopyWatch, Parts, Tries, Written, conditions, encryption, storage_class};
use crate::{AwsError, Call, WritePermit, objects::describe};
use aws_sdk_s3::{
    Client,
    operation::{RequestId as _, head_object::HeadObjectOutput},
    types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart},
};
use std::sync::Arc;
use tokio::task::JoinSet;

const CREATE_UPLOAD: Call = Call::new("CreateMultipartUpload", "s3:PutObject");
const COPY_PART: Call = Call::new("UploadPartCopy", "s3:PutObject");
const LIST_PARTS: Call = Call::new("ListParts", "s3:ListMultipartUploadParts");
const COMPLETE_UPLOAD: Call = Call::new("CompleteMultipartUpload", "s3:PutObject");
const ABORT_UPLOAD: Call = Call::new("AbortMultipartUpload", "s3:AbortMultipartUpload");

/// S3 allows at most this many parts.
const MAX_PARTS: u64 = 10_000;

pub(super) struct Upload<'a> {
    pub permit: &'a WritePermit,
    pub client: Client,
    pub owner: Option<String>,
    pub copy: &'a Copy,
    pub head: HeadObjectOutput,
    pub parts: Parts,
    pub watch: &'a dyn CopyWatch,
}

impl Upload<'_> {
    pub async fn run(&self, earlier: Option<&str>) -> Result<Written, AwsError> {
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
                // What was begun and cannot be finished must not go on costing storage. What only interrupts leaves the
                // upload: it is in the journal, and resuming continues it.
                if !is_interruption(&error) {
                    self.abort(&upload_id).await;
                }
                Err(error)
            }
        }
    }

    /// Copies nothing by itself: metadata, tags, class and encryption are all set here.
    async fn create(&self, request_ids: &mut Vec<String>) -> Result<String, AwsError> {
        let head = &self.head;
        let expires = head.expires_string().map(str::to_owned);
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
            .customize()
            // As it was stored: S3 keeps any text, and the SDK's own field takes a date alone.
            .mutate_request(move |request| {
                if let Some(expires) = &expires
                    && let Err(error) = request.headers_mut().try_insert("expires", expires.clone())
                {
                    tracing::warn!(%error, "the copy goes without Expires");
                }
            })
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
        match aborted {
            Ok(_) => self.watch.aborted(),
            Err(error) => tracing::warn!(%error, "an upload could not be aborted; the bucket's lifecycle has to"),
        }
    }
}

/// No network, no credentials, no permit any more (a production profile is locked again after a quarter of an hour, which a
/// large copy outlasts), or a service that is too busy now.
fn is_interruption(error: &AwsError) -> bool {
    matches!(
        error,
        AwsError::Unreachable { .. } | AwsError::SignIn { .. } | AwsError::Refused(_) | AwsError::Busy { .. }
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        objects::write::{Condition, copy},
        wire::{Reply, Wire},
    };
    use std::sync::{Mutex, OnceLock};

    #[derive(Default)]
    struct Watch {
        begun: Mutex<Option<String>>,
        stop: bool,
    }

    impl CopyWatch for Watch {
        fn upload(&self, upload_id: &str) {
            *self.begun.lock().unwrap() = Some(upload_id.to_owned());
        }

        fn aborted(&self) {
            *self.begun.lock().unwrap() = None;
        }

        fn bytes(&self, _: u64) {}

        fn cancelled(&self) -> bool {
            self.stop
        }
    }

    const BEGUN: &str = "<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>";
    const PART: &str = "<CopyPartResult><ETag>&quot;p&quot;</ETag></CopyPartResult>";

    fn ten_bytes() -> Copy {
        Copy {
            bucket: "lake-raw".into(),
            copy_source: "lake-raw/big.tar?versionId=v1".into(),
            source_key: "big.tar".into(),
            source_version: "v1".into(),
            source_etag: "\"e\"".into(),
            size: 10,
            to_key: "big.tar".into(),
            condition: Condition::IfMatch("\"now\"".into()),
        }
    }

    /// What a copy by two parts says, and the calls that it made; each part is answered by `part`.
    async fn copied(watch: &Watch, part: impl Fn(&Wire) -> Reply + Send + Sync + 'static) -> (AwsError, Vec<String>) {
        let served: Arc<OnceLock<Wire>> = Arc::default();
        let own = Arc::clone(&served);
        let wire = Wire::start(move |call, _| match call {
            call if call.starts_with("HEAD ") => Reply::new(200, "").header("etag", "\"e\""),
            call if call.contains("tagging") => Reply::new(200, "<Tagging><TagSet></TagSet></Tagging>"),
            call if call.starts_with("POST ") => Reply::new(200, BEGUN),
            call if call.starts_with("PUT ") => own.get().map_or_else(|| Reply::new(500, ""), &part),
            _ => Reply::new(204, ""),
        });
        wire.session.remember_region("lake-raw", "eu-west-1");
        let permit = wire.permit();
        assert!(served.set(wire).is_ok());
        let wire = served.get().unwrap();
        let parts = Parts { threshold: 1, size: 5, at_once: 1 };
        let error = copy(&permit, &wire.session, &ten_bytes(), parts, None, watch).await.unwrap_err();
        (error, wire.seen().into_iter().map(|(call, _)| call).collect())
    }

    fn aborts(calls: &[String]) -> usize {
        calls.iter().filter(|call| call.starts_with("DELETE ")).count()
    }

    #[tokio::test]
    async fn an_upload_outlives_the_end_of_its_permit() {
        let watch = Watch::default();
        let (error, calls) = copied(&watch, |wire| {
            // The profile is locked while the first part is on its way.
            wire.lock();
            Reply::new(200, PART)
        })
        .await;
        assert!(matches!(error, AwsError::Refused(_)), "{error}");
        assert_eq!(watch.begun.lock().unwrap().as_deref(), Some("u-1"), "the journal knows it");
        assert_eq!(calls.iter().filter(|call| call.starts_with("PUT ")).count(), 1, "{calls:?}");
        assert_eq!(aborts(&calls), 0, "what was copied is there for whoever resumes: {calls:?}");
    }

    #[tokio::test]
    async fn an_upload_that_cannot_be_finished_is_given_up() {
        const GONE: &str = "<Error><Code>NoSuchVersion</Code><Message>gone</Message></Error>";
        let watch = Watch::default();
        let (error, calls) = copied(&watch, |_| Reply::new(404, GONE)).await;
        assert!(error.is_absent(), "{error}");
        assert_eq!(aborts(&calls), 1, "{calls:?}");
        assert_eq!(*watch.begun.lock().unwrap(), None, "the journal does not go on naming it");
        let stopped = Watch { stop: true, ..Watch::default() };
        let (error, calls) = copied(&stopped, |_| Reply::new(200, PART)).await;
        assert!(matches!(error, AwsError::Cancelled), "{error}");
        assert_eq!(aborts(&calls), 1, "by the person: {calls:?}");
    }

    #[test]
    fn what_is_over_soon_is_no_reason_to_begin_anew() {
        let call = COPY_PART;
        let busy = AwsError::Busy { call, message: "SlowDown".into(), request_id: None };
        let denied = AwsError::Denied { call, message: "no".into(), request_id: None };
        assert!(is_interruption(&busy) && !is_interruption(&denied) && !is_interruption(&AwsError::Cancelled));
    }

    #[test]
    fn tags_become_a_query_string() {
        let tags = [("team".to_owned(), "a&b=c".to_owned()), ("é ".to_owned(), "+".to_owned())];
        assert_eq!(tagging(&tags), "team=a%26b%3Dc&%C3%A9%20=%2B");
    }
}
