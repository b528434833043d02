//! What there is at a place of logs: objects below a prefix in S3, streams of a group in CloudWatch Logs.

use crate::{
    AwsError, Call, Session,
    objects::{buckets, decode},
    pace::Api,
    time::timestamp,
};
use aws_sdk_s3::types::EncodingType;
use contract::{
    Timestamp,
    jobs::facts::{ListedLog, LogStore},
};
use std::collections::BTreeMap;

pub const LIST_OBJECTS: Call = Call::new("ListObjectsV2", "s3:ListBucket");
pub const DESCRIBE_STREAMS: Call = Call::new("DescribeLogStreams", "logs:DescribeLogStreams");
const DESCRIBE_GROUPS: Call = Call::new("DescribeLogGroups", "logs:DescribeLogGroups");

/// One page of the objects below a prefix and the token of the next.
pub async fn objects_page(
    session: &Session,
    bucket: &str,
    prefix: &str,
    token: Option<String>,
) -> Result<(Vec<ListedLog>, Option<String>), AwsError> {
    let client = buckets::client(session, bucket).await?;
    let reply = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix(prefix)
        .encoding_type(EncodingType::Url)
        .set_continuation_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_OBJECTS, error))?;
    let encoded = reply.encoding_type().is_some();
    let found = reply.contents().iter().filter_map(|object| {
        let key = object.key()?;
        let path = if encoded { decode(key) } else { key.to_owned() };
        // A folder's own placeholder is no log.
        (!path.ends_with('/')).then(|| ListedLog {
            store: LogStore::Bucket(bucket.to_owned()),
            path,
            size: object.size().and_then(super::count),
            last_write: object.last_modified().map(timestamp),
        })
    });
    let next = reply.next_continuation_token().map(str::to_owned).filter(|_| reply.is_truncated() == Some(true));
    Ok((found.collect(), next))
}

/// One page of the streams whose names begin so, and the token of the next.
pub async fn streams_page(
    session: &Session,
    group: &str,
    prefix: &str,
    token: Option<String>,
) -> Result<(Vec<ListedLog>, Option<String>), AwsError> {
    session.pace(Api::DescribeLogStreams).await;
    let reply = session
        .logs_in(session.region())
        .describe_log_streams()
        .log_group_name(group)
        .set_log_stream_name_prefix(Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_STREAMS, error))?;
    let found = reply.log_streams().iter().filter_map(|stream| {
        let written = stream.last_event_timestamp().or(stream.creation_time());
        Some(ListedLog {
            store: LogStore::Group(group.to_owned()),
            path: stream.log_stream_name()?.to_owned(),
            // Zero for every stream since 2019, as the service says itself.
            size: None,
            last_write: written.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
        })
    });
    Ok((found.collect(), reply.next_token().map(str::to_owned)))
}

/// The streams in which a filter finds anything between two times.
pub async fn streams_with(
    session: &Session,
    group: &str,
    filter: &str,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<Vec<ListedLog>, AwsError> {
    let mut found: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut token = None;
    for _ in 0..super::lambda::MOST_PAGES {
        let (lines, next) = super::lambda::lines_page(session, group, &[], Some(filter), from, until, token).await?;
        for line in lines {
            let last = found.entry(line.stream).or_insert(line.at);
            *last = (*last).max(line.at);
        }
        // One run writes into one stream; the rest of the group is searched only while there is none.
        if next.is_none() || !found.is_empty() {
            break;
        }
        token = next;
    }
    let listed =
        |(path, at)| ListedLog { store: LogStore::Group(group.to_owned()), path, size: None, last_write: Some(at) };
    Ok(found.into_iter().map(listed).collect())
}

/// For how many days a group keeps its lines; `None` is for ever, or that there is no such group.
pub async fn kept_days(session: &Session, group: &str) -> Result<Option<u32>, AwsError> {
    let reply = session
        .logs_in(session.region())
        .describe_log_groups()
        .log_group_name_prefix(group)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_GROUPS, error))?;
    let found = reply.log_groups().iter().find(|one| one.log_group_name() == Some(group));
    Ok(found.and_then(|group| group.retention_in_days()).and_then(super::small))
}
