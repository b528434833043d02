//! The buckets of the account, and the region of each.

use crate::time::timestamp;
use crate::{AwsError, Call, Session};
use contract::Timestamp;

/// A bucket as `ListBuckets` gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub name: String,
    /// Not every server says it.
    pub region: Option<String>,
    pub created: Option<Timestamp>,
}

const LIST_BUCKETS: Call = Call::new("ListBuckets", "s3:ListAllMyBuckets");
const HEAD_BUCKET: Call = Call::new("HeadBucket", "s3:ListBucket");

/// One page of buckets and the token of the next. Regions come only with `MaxBuckets`, so it is always sent.
pub async fn list_page(session: &Session, token: Option<String>) -> Result<(Vec<Bucket>, Option<String>), AwsError> {
    let reply = session
        .s3_in(session.region())
        .list_buckets()
        .max_buckets(1_000)
        .set_continuation_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_BUCKETS, error))?;
    let buckets = reply
        .buckets()
        .iter()
        .filter_map(|bucket| {
            let name = bucket.name()?.to_owned();
            session.remember_own(&name);
            if let Some(region) = bucket.bucket_region() {
                session.remember_region(&name, region);
            }
            Some(Bucket {
                name,
                region: bucket.bucket_region().map(str::to_owned),
                created: bucket.creation_date().map(timestamp),
            })
        })
        .collect();
    Ok((buckets, reply.continuation_token().filter(|token| !token.is_empty()).map(str::to_owned)))
}

/// The region of a bucket: remembered, or asked by `HeadBucket`, whose answer names it even when it refuses
/// (the SDK does not follow S3's region redirects).
pub async fn region(session: &Session, bucket: &str) -> Result<String, AwsError> {
    if let Some(region) = session.known_region(bucket) {
        return Ok(region);
    }
    let region = match session.s3_in(session.region()).head_bucket().bucket(bucket).send().await {
        Ok(reply) => reply.bucket_region().map(str::to_owned),
        Err(error) => {
            let raw = error.raw_response();
            let named = raw.and_then(|raw| raw.headers().get("x-amz-bucket-region")).map(str::to_owned);
            match named {
                Some(region) => Some(region),
                // An expired token, for one: an answer to HEAD has no body that could say so, the next call's has.
                None if raw.is_some_and(|raw| raw.status().as_u16() == 400) => return Ok(session.region().to_owned()),
                None => return Err(AwsError::from_sdk(HEAD_BUCKET, error)),
            }
        }
    };
    let region = region.unwrap_or_else(|| session.region().to_owned());
    session.remember_region(bucket, &region);
    Ok(region)
}

pub(crate) async fn client(session: &Session, bucket: &str) -> Result<aws_sdk_s3::Client, AwsError> {
    Ok(session.s3_in(&region(session, bucket).await?))
}
