//! Reads the XML of `ListObjectVersions` in its own order.
//!
//! "Amazon S3 returns object versions in the order in which they were stored, with the most recently stored returned
//! first" (S3 User Guide, Listing objects in a versioning-enabled bucket). Versions and delete markers stand
//! interleaved in the XML; the SDK splits them into two lists, and with dates of one-second resolution the order
//! between a put and a delete in the same second is lost. So the order is taken from here.
//! Keys are decoded when the answer says `<EncodingType>url</EncodingType>`.

use contract::{
    Timestamp,
    objects::{RestoreStatus, VersionFact},
};
use quick_xml::{Reader, events::Event};

/// One page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedVersions {
    /// Versions and markers as the service ordered them.
    pub versions: Vec<VersionFact>,
    pub folders: Vec<String>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Marker>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marker {
    pub key: String,
    pub version_id: Option<String>,
}

/// Decodes a value of an answer that was asked for with `encoding-type=url`: form encoding, so `+` is a space.
pub(crate) fn decode(value: &str) -> String {
    percent_encoding::percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Reads one answer.
///
/// # Errors
/// What is wrong, for an answer that is not a list of versions or names a version without key, id or date.
pub fn read_versions(body: &[u8]) -> Result<ListedVersions, String> {
    let body = std::str::from_utf8(body).map_err(|error| format!("at byte {}: not UTF-8", error.valid_up_to()))?;
    let mut reader = Reader::from_str(body);
    let mut page = Page::default();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| format!("at byte {}: {error}", reader.error_position()))? {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
                page.open(&path)?;
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => text.push_str(&resolve(&reference)?),
            Event::Empty(start) => {
                path.push(start.local_name().as_ref().to_owned());
                page.open(&path)?;
                page.close(&path, "")?;
                path.pop();
            }
            Event::End(_) => {
                page.close(&path, &text)?;
                path.pop();
                text.clear();
            }
            Event::Eof if !path.is_empty() || !page.seen_root => return Err("the answer ends in the middle".into()),
            Event::Eof => break,
            _ => {}
        }
    }
    page.finish()
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    quick_xml::escape::resolve_predefined_entity(&name)
        .map(str::to_owned)
        .ok_or_else(|| format!("unknown entity &{name};"))
}

#[derive(Debug, Default)]
struct Page {
    seen_root: bool,
    encoded: bool,
    truncated: bool,
    next_key: Option<String>,
    next_version: Option<String>,
    folders: Vec<String>,
    entries: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    delete_marker: bool,
    key: Option<String>,
    version_id: Option<String>,
    is_latest: bool,
    last_modified: Option<Timestamp>,
    etag: Option<String>,
    size: Option<u64>,
    class: Option<String>,
    checksums: Vec<String>,
    owner: Option<String>,
    owner_id: Option<String>,
    restore: Option<RestoreStatus>,
}

impl Page {
    fn open(&mut self, path: &[String]) -> Result<(), String> {
        match path {
            [root] if root == "ListVersionsResult" => self.seen_root = true,
            [other] => return Err(format!("the answer is a {other}, not a list of versions")),
            [_, kind] if kind == "Version" || kind == "DeleteMarker" => {
                self.entries.push(Entry { delete_marker: kind == "DeleteMarker", ..Entry::default() });
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &[String], text: &str) -> Result<(), String> {
        let Some((_, inner)) = path.split_first() else { return Ok(()) };
        let inner: Vec<&str> = inner.iter().map(String::as_str).collect();
        match inner.as_slice() {
            ["EncodingType"] => self.encoded = text.eq_ignore_ascii_case("url"),
            ["IsTruncated"] => self.truncated = text == "true",
            ["NextKeyMarker"] => self.next_key = Some(text.to_owned()),
            ["NextVersionIdMarker"] => self.next_version = Some(text.to_owned()).filter(|id| !id.is_empty()),
            ["CommonPrefixes", "Prefix"] => self.folders.push(text.to_owned()),
            ["Version" | "DeleteMarker", field @ ..] => {
                if let Some(entry) = self.entries.last_mut() {
                    entry.set(field, text)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<ListedVersions, String> {
        let text = |value: String| if self.encoded { decode(&value) } else { value };
        let mut versions = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            versions.push(VersionFact {
                key: text(entry.key.ok_or("a version without a key")?),
                version_id: entry.version_id.ok_or("a version without an id")?,
                delete_marker: entry.delete_marker,
                is_latest: entry.is_latest,
                last_modified: entry.last_modified.ok_or("a version without a date")?,
                size: if entry.delete_marker { None } else { entry.size },
                etag: entry.etag,
                class: entry.class,
                checksums: entry.checksums,
                restore: entry.restore,
                owner: entry.owner.or(entry.owner_id),
            });
        }
        let next = match (self.truncated, self.next_key) {
            (true, Some(key)) => Some(Marker { key: text(key), version_id: self.next_version }),
            (true, None) => return Err("a truncated answer does not say where it goes on".into()),
            (false, _) => None,
        };
        Ok(ListedVersions { versions, folders: self.folders.into_iter().map(text).collect(), next })
    }
}

impl Entry {
    fn set(&mut self, field: &[&str], text: &str) -> Result<(), String> {
        match field {
            ["Key"] => self.key = Some(text.to_owned()),
            ["VersionId"] => self.version_id = Some(text.to_owned()),
            ["IsLatest"] => self.is_latest = text == "true",
            ["LastModified"] => self.last_modified = Some(date(text)?),
            ["ETag"] => self.etag = Some(text.to_owned()),
            ["Size"] => self.size = Some(text.parse().map_err(|_| format!("{text} is not a size"))?),
            ["StorageClass"] => self.class = Some(text.to_owned()),
            ["ChecksumAlgorithm"] => self.checksums.push(text.to_owned()),
            ["Owner", "DisplayName"] if !text.is_empty() => self.owner = Some(text.to_owned()),
            ["Owner", "ID"] if !text.is_empty() => self.owner_id = Some(text.to_owned()),
            ["RestoreStatus", "IsRestoreInProgress"] => {
                self.restore.get_or_insert(NO_RESTORE).in_progress = text == "true";
            }
            ["RestoreStatus", "RestoreExpiryDate"] => {
                self.restore.get_or_insert(NO_RESTORE).expires = Some(date(text)?);
            }
            _ => {}
        }
        Ok(())
    }
}

const NO_RESTORE: RestoreStatus = RestoreStatus { in_progress: false, expires: None };

fn date(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("{text} is not a date"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A put and a delete in the same second, interleaved, as S3 writes it.
    const INTERLEAVED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>lake-raw</Name><Prefix>a%2Bb+c</Prefix><KeyMarker/><VersionIdMarker/><MaxKeys>4</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextKeyMarker>a%2Bb+c%0A</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>
<DeleteMarker><Key>a%2Bb+c</Key><VersionId>m2</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-21T06:00:12.000Z</LastModified><Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner></DeleteMarker>
<Version><Key>a%2Bb+c</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-21T06:00:12.000Z</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>434234</Size><StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-12-13T00:00:00Z</RestoreExpiryDate></RestoreStatus></Version>
<DeleteMarker><Key>a%2Bb+c</Key><VersionId>m1</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-21T06:00:12.000Z</LastModified></DeleteMarker>
<Version><Key>a%2Bb+c</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-21T06:00:12.000Z</LastModified><ETag>&#34;x&#34;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass></Version>
<CommonPrefixes><Prefix>a%2F</Prefix></CommonPrefixes></ListVersionsResult>"#;

    #[test]
    fn form_decoding_knows_the_plus() {
        assert_eq!(decode("a+b%2Bc%25d%0Ae"), "a b+c%d\ne");
        assert_eq!(decode("%E2%82%AC"), "€");
    }

    #[test]
    fn the_order_of_the_answer_is_kept_across_versions_and_markers() {
        let page = read_versions(INTERLEAVED.as_bytes()).unwrap();
        let ids: Vec<_> = page.versions.iter().map(|version| version.version_id.as_str()).collect();
        assert_eq!(ids, ["m2", "v2", "m1", "null"]);
        let markers: Vec<_> = page.versions.iter().map(|version| version.delete_marker).collect();
        assert_eq!(markers, [true, false, true, false]);
    }

    #[test]
    fn every_field_is_read_and_decoded() {
        let page = read_versions(INTERLEAVED.as_bytes()).unwrap();
        let version = &page.versions[1];
        assert_eq!(version.key, "a+b c");
        assert_eq!(version.etag.as_deref(), Some("\"9b2cf535f27731c974343645a3985328\""));
        assert_eq!(version.size, Some(434_234));
        assert_eq!(version.class.as_deref(), Some("GLACIER"));
        assert_eq!(version.checksums, ["CRC64NVME"]);
        assert_eq!(version.restore.unwrap().expires, Some("2026-12-13T00:00:00Z".parse().unwrap()));
        assert_eq!(page.versions[3].etag.as_deref(), Some("\"x\""), "numeric references are resolved");
        assert_eq!(page.folders, ["a/"]);
        assert_eq!(page.next, Some(Marker { key: "a+b c\n".into(), version_id: Some("v1".into()) }));
    }

    #[test]
    fn keys_are_left_alone_when_the_server_does_not_encode() {
        let plain = INTERLEAVED.replace("<EncodingType>url</EncodingType>", "");
        assert_eq!(read_versions(plain.as_bytes()).unwrap().versions[0].key, "a%2Bb+c");
    }

    #[test]
    fn what_is_no_list_of_versions_is_refused() {
        assert!(read_versions(b"<Error><Code>SlowDown</Code></Error>").unwrap_err().contains("Error"));
        assert!(read_versions(b"").is_err());
        let cut = &INTERLEAVED[..INTERLEAVED.len() / 2];
        assert!(read_versions(cut.as_bytes()).is_err(), "half an answer must not pass for a short list");
        assert!(
            read_versions(b"<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>").is_err(),
            "would loop or lose versions"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_versions(&bytes);
        }

        #[test]
        fn any_cut_is_refused(at in 0..INTERLEAVED.len() - 1) {
            prop_assert!(read_versions(&INTERLEAVED.as_bytes()[..at]).is_err());
        }
    }
}
