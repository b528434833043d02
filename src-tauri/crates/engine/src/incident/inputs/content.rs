//! What stands in a version, packed or not.

use ::objects::content::Reading;
use aws::{Session, logs::object};
use contract::objects::{VersionFact, content::Content};
use logs::{Cancel, Damage, End, Inflated, Limits, LogFault, inflate, inflate::Format};
use std::io::Read;
use tokio_util::sync::CancellationToken;

/// Bytes of a version that are read.
const MOST_BYTES: u64 = 64 << 20;
/// Bytes that may come out of them.
const MOST_INFLATED: u64 = 256 << 20;

/// Ends of keys whose bytes are inflated here, by what they begin with.
const OPENED: [&str; 6] = ["gz", "gzip", "zst", "zstd", "bz2", "bzip2"];
/// Those that are not: what such bytes look like says nothing of the rows in them.
const CLOSED: [&str; 9] = ["snappy", "zip", "lz4", "lzo", "xz", "lzma", "7z", "br", "tgz"];

/// What stands in a version; none where it cannot be read, or is packed in a way that is not opened here.
pub async fn content(session: &Session, bucket: &str, key: &str, version: &VersionFact) -> Option<Content> {
    if version.delete_marker || has_end(key, &CLOSED) {
        return None;
    }
    // Whoever does not wait for it any more ends the reading as well.
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    let opened =
        object::open_version(session, bucket, key, Some(version.version_id.as_str()), stop.cancelled_owned()).await;
    let (size, body) = match opened {
        Ok((stamp, body)) => (stamp.size, body),
        Err(error) => {
            tracing::debug!(%error, key, "a version could not be read");
            return None;
        }
    };
    let reading = Reading::new(without_packing(key));
    let read = tokio::task::spawn_blocking(move || passed(reading, body, size)).await;
    match read.ok()? {
        Ok(mut content) => {
            // A record of a stranger's data.
            content.cut = content.cut.map(|text| crate::jobs::masked(&text));
            Some(content)
        }
        Err(fault) => {
            tracing::debug!(%fault, key, "a version could not be read to its end");
            None
        }
    }
}

/// Inflates `source`, which is `size` bytes long, into the reading. Blocking.
fn passed(mut reading: Reading, source: impl Read, size: u64) -> Result<Content, LogFault> {
    let limits = Limits { bytes: MOST_INFLATED, ..Limits::default() };
    let outcome = inflate(source.take(MOST_BYTES), limits, &Cancel::default(), &mut |bytes, _| {
        reading.feed(bytes);
        Ok(())
    });
    let inflated = match outcome {
        Ok(inflated) => inflated,
        // As far as it went.
        Err(LogFault::TooLarge { .. } | LogFault::Ratio { .. }) => return Ok(reading.end(false)),
        Err(fault) => return Err(fault),
    };
    if size > MOST_BYTES {
        return Ok(reading.end(false));
    }
    let mut content = reading.end(true);
    content.damage = damage(&inflated);
    Ok(content)
}

fn damage(inflated: &Inflated) -> Option<String> {
    let End::Damaged { damage, .. } = inflated.end else { return None };
    let format = match inflated.format {
        Format::Gzip => "gzip",
        Format::Zstd => "zstd",
        Format::Bzip2 => "bzip2",
        Format::Plain => return None,
    };
    Some(match damage {
        Damage::Truncated => format!("it ends in the middle of the {format} stream"),
        Damage::Corrupt => format!("its {format} stream is not what was written"),
        Damage::TrailingGarbage => format!("something else follows its {format} stream"),
    })
}

/// `x.csv` of `x.csv.gz`: what names the format of the rows.
fn without_packing(key: &str) -> &str {
    if has_end(key, &OPENED) { key.rsplit_once('.').map_or(key, |(name, _)| name) } else { key }
}

fn has_end(key: &str, ends: &[&str]) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    name.rsplit_once('.').is_some_and(|(_, end)| ends.iter().any(|one| end.eq_ignore_ascii_case(one)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::objects::content::ContentFormat;

    fn table(rows: usize) -> Vec<u8> {
        let rows = (0..rows).map(|n| format!("{n},n{n}\n"));
        std::iter::once("id,name\n".to_owned()).chain(rows).collect::<String>().into_bytes()
    }

    /// Stored, not squeezed, as RFC 1952 and RFC 1951 allow.
    fn gz(text: &[u8]) -> Vec<u8> {
        let length = u16::try_from(text.len()).unwrap();
        let mut crc = u32::MAX;
        for byte in text {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(text);
        packed.extend((!crc).to_le_bytes());
        packed.extend(u32::from(length).to_le_bytes());
        packed
    }

    /// One frame with one block that is stored, as RFC 8878 allows.
    fn zst(text: &[u8]) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        let block = ((u32::from(length) << 3) | 1).to_le_bytes();
        [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, length][..], &block[..3], text].concat()
    }

    fn read(key: &str, bytes: &[u8]) -> Content {
        passed(Reading::new(without_packing(key)), bytes, bytes.len() as u64).unwrap()
    }

    #[test]
    fn rows_and_columns_of_a_packed_table() {
        for key in ["in/rows.csv.gz", "in/rows.csv.GZ", "in/rows.csv"] {
            let content = read(key, &gz(&table(400)));
            assert_eq!((content.rows, content.columns.len()), (Some(400), 2), "{key}");
            assert_eq!((content.format, content.cut, content.damage), (ContentFormat::Delimited(','), None, None));
        }
    }

    #[test]
    fn a_packed_table_that_is_cut_ends_in_the_middle_of_its_stream() {
        let packed = gz(&table(400));
        let content = read("in/rows.csv.gz", &packed[..packed.len() / 2]);
        assert_eq!(content.damage.as_deref(), Some("it ends in the middle of the gzip stream"));
        assert!(content.rows.is_some_and(|rows| rows > 0 && rows < 400), "{content:?}");
        assert_eq!(content.columns.len(), 2);
        let content = read("in/rows.csv.gz", &packed[..12]);
        assert_eq!((content.format, content.damage.is_some()), (ContentFormat::Empty, true));
    }

    #[test]
    fn the_other_packings() {
        let packed = zst(&table(9));
        assert_eq!(read("rows.csv.zst", &packed).rows, Some(9));
        let cut = read("rows.csv.zst", &packed[..packed.len() - 4]);
        assert_eq!(cut.damage.as_deref(), Some("it ends in the middle of the zstd stream"));
        let more = [&packed[..], b"<html>"].concat();
        assert_eq!(read("rows.csv.zst", &more).damage.as_deref(), Some("something else follows its zstd stream"));
    }

    #[test]
    fn bytes_that_a_name_belies() {
        let plain = read("rows.csv.gz", b"id,name\n1,a\n2,b\n");
        assert_eq!((plain.rows, plain.damage), (Some(2), None));
        let other = read("rows.csv", b"PK\x03\x04\x00\x00\n\n");
        assert_eq!(other.format, ContentFormat::Binary);
    }

    #[test]
    fn more_than_is_read_is_not_taken_for_a_cut() {
        let packed = gz(&table(400));
        let content = passed(Reading::new("rows.csv"), &packed[..packed.len() - 9], MOST_BYTES + 1).unwrap();
        assert_eq!((content.whole, content.damage, content.cut), (false, None, None));
    }

    #[test]
    fn ends_of_keys() {
        assert_eq!(without_packing("a.b/x.csv.bz2"), "a.b/x.csv");
        assert_eq!(without_packing("a.gz/x"), "a.gz/x");
        assert!(has_end("a/x.csv.snappy", &CLOSED) && !has_end("a.zip/x.csv", &CLOSED) && !has_end("a/zip", &CLOSED));
    }
}
