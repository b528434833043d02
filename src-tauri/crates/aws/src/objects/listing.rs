//! Listings: entries of a folder, and versions in S3's own order.

use super::{buckets, decode, versions_xml::Marker};
use crate::{AwsError, Call, ListedVersions, Session, capture::Capture, time::timestamp};
use aws_sdk_s3::types::{EncodingType, OptionalObjectAttributes};
use contract::{
    Timestamp,
    objects::{EntryKind, EntryRow},
};

const LIST_OBJECTS: Call = Call::new("ListObjectsV2", "s3:ListBucket");
/// A right of its own, separate from `s3:ListBucket`.
pub const LIST_VERSIONS: Call = Call::new("ListObjectVersions", "s3:ListBucketVersions");

/// One page of a folder's current objects and subfolders, with the token of the next.
pub async fn entries_page(
    session: &Session,
    bucket: &str,
    prefix: &str,
    token: Option<String>,
) -> Result<(Vec<EntryRow>, Option<String>), AwsError> {
    let client = buckets::client(session, bucket).await?;
    let reply = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix(prefix)
        .delimiter("/")
        .encoding_type(EncodingType::Url)
        .set_continuation_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_OBJECTS, error))?;
    let text = |value: &str| if reply.encoding_type().is_some() { decode(value) } else { value.to_owned() };
    let folders = reply.common_prefixes().iter().filter_map(|folder| folder.prefix()).map(|folder| {
        let key = text(folder);
        EntryRow {
            name: name(&key, prefix),
            key,
            kind: EntryKind::Folder,
            size: None,
            stored: None,
            class: None,
            etag: None,
            deleted: None,
        }
    });
    let objects = reply.contents().iter().filter_map(|object| {
        let key = text(object.key()?);
        Some(EntryRow {
            name: name(&key, prefix),
            key,
            kind: EntryKind::Object,
            size: object.size().and_then(|size| u64::try_from(size).ok()),
            stored: object.last_modified().map(timestamp),
            class: object.storage_class().map(|class| class.as_str().to_owned()),
            etag: object.e_tag().map(str::to_owned),
            deleted: None::<Timestamp>,
        })
    });
    let rows = folders.chain(objects).collect();
    Ok((rows, reply.next_continuation_token().map(str::to_owned).filter(|_| reply.is_truncated() == Some(true))))
}

/// Current objects below a prefix that were stored between two times: keys with their times, and whether there are more
/// than were read. A page has 1,000 keys, by name.
pub async fn stored_between(
    session: &Session,
    bucket: &str,
    prefix: &str,
    from: Timestamp,
    until: Timestamp,
    most_pages: usize,
) -> Result<(Vec<(String, Timestamp)>, bool), AwsError> {
    let client = buckets::client(session, bucket).await?;
    let mut found = Vec::new();
    let mut token = None;
    for _ in 0..most_pages {
        let reply = client
            .list_objects_v2()
            .bucket(bucket)
            .prefix(prefix)
            .encoding_type(EncodingType::Url)
            .set_continuation_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(LIST_OBJECTS, error))?;
        found.extend(reply.contents().iter().filter_map(|object| {
            let stored = timestamp(object.last_modified()?);
            // One-second resolution of the service.
            let inside = stored.as_second() >= from.as_second() && stored <= until;
            let key = object.key()?;
            let key = if reply.encoding_type().is_some() { decode(key) } else { key.to_owned() };
            inside.then_some((key, stored))
        }));
        token = reply.next_continuation_token().map(str::to_owned).filter(|_| reply.is_truncated() == Some(true));
        if token.is_none() {
            return Ok((found, false));
        }
    }
    Ok((found, true))
}

/// What is left of a key below a prefix. An object named like the folder itself keeps its last part.
fn name(key: &str, prefix: &str) -> String {
    match key.strip_prefix(prefix) {
        Some("") => key.rsplit_once('/').map_or(key, |_| "/").to_owned(),
        Some(rest) => rest.to_owned(),
        None => key.to_owned(),
    }
}

/// Which versions to list.
#[derive(Debug, Clone, Default)]
pub struct VersionQuery {
    pub bucket: String,
    pub prefix: String,
    /// `/` lists one folder.
    pub delimiter: Option<String>,
    pub from: Option<Marker>,
    pub max_keys: Option<i32>,
}

/// One page of versions and markers in the order of the XML.
pub async fn versions_page(session: &Session, query: &VersionQuery) -> Result<ListedVersions, AwsError> {
    let client = buckets::client(session, &query.bucket).await?;
    let capture = Capture::default();
    client
        .list_object_versions()
        .bucket(&query.bucket)
        .prefix(&query.prefix)
        .set_delimiter(query.delimiter.clone())
        .encoding_type(EncodingType::Url)
        .optional_object_attributes(OptionalObjectAttributes::RestoreStatus)
        .set_max_keys(query.max_keys)
        .set_key_marker(query.from.as_ref().map(|from| from.key.clone()))
        .set_version_id_marker(query.from.as_ref().and_then(|from| from.version_id.clone()))
        .customize()
        .interceptor(capture.clone())
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_VERSIONS, error))?;
    let body = capture.take();
    let page = super::read_versions(&body).map_err(|message| AwsError::Unreadable { call: LIST_VERSIONS, message })?;
    // Seen on other servers: a marker that does not move. Better an error than an endless loop.
    if page.next.is_some() && page.next == query.from {
        return Err(AwsError::Unreadable {
            call: LIST_VERSIONS,
            message: "the next page begins where this one began".into(),
        });
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_is_left_of_the_key() {
        assert_eq!(name("data/in/a.csv", "data/in/"), "a.csv");
        assert_eq!(name("data/in/", "data/"), "in/");
        assert_eq!(name("//", "/"), "/");
        assert_eq!(name("data/in/", "data/in/"), "/", "the folder's own placeholder object");
    }
}
