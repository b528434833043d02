//! Keys and their notations. A key is UTF-8 bytes, not a path: nothing here normalises `..`, `//` or unicode.
//!
//! Three encodings meet in S3 and differ: the `x-amz-copy-source` header (percent, `/` kept; "`CopyObject`", API
//! reference), the listing's `encoding-type=url` (form encoding: `+` is a space), and what a person may see.

pub use contract::shell::invisible;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but RFC 3986 unreserved characters and the `/` between segments.
const COPY_SOURCE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// The longest key, in bytes of UTF-8 ("Naming Amazon S3 objects", user guide).
pub const MAX_BYTES: usize = 1024;

/// The value of `x-amz-copy-source` (and of `aws s3api copy-object --copy-source`): `bucket/key%20encoded?versionId=id`.
/// The SDK does not encode it. The version id follows as it is, the literal `null` included.
pub fn copy_source(bucket: &str, key: &str, version_id: Option<&str>) -> String {
    let mut text = format!("{}/{}", utf8_percent_encode(bucket, COPY_SOURCE), utf8_percent_encode(key, COPY_SOURCE));
    if let Some(id) = version_id {
        text.push_str("?versionId=");
        text.push_str(id);
    }
    text
}

/// A key that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key: its bytes are not UTF-8")]
pub struct NotUtf8(pub String);

/// Decodes what a listing with `encoding-type=url` holds: form encoding, so `+` is a space and `%2B` a plus. A `%` that
/// no two hexadecimal digits follow stands for itself.
pub fn decode(text: &str) -> Result<String, NotUtf8> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| NotUtf8(text.to_owned()))
}

/// Decodes a percent-encoded path segment or path, where `+` is a plus.
pub fn decode_path(text: &str) -> Result<String, NotUtf8> {
    percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| NotUtf8(text.to_owned()))
}

/// The last part, with the `/` of a folder marker: `b.csv` of `a/b.csv`, `b/` of `a/b/`, `/` of `a//`.
pub fn name(key: &str) -> &str {
    key.get(parent(key).len()..).unwrap_or(key)
}

/// What lies before [`name`]: `a/` of `a/b.csv` and of `a/b/`, nothing of `b.csv`.
pub fn parent(key: &str) -> &str {
    let inner = key.strip_suffix('/').unwrap_or(key);
    inner.rfind('/').and_then(|slash| key.get(..=slash)).unwrap_or("")
}

/// A key (or anything else from strangers) for a sentence: invisible characters as their pictures (`␊`) or `\u{202e}`.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('�')),
            '\u{7f}' => out.push('␡'),
            c if invisible(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn copy_source_encodes_the_key_and_not_the_version_question() {
        // Key incl. `%`, `+`, unicode; `?versionId=` is the unencoded part.
        assert_eq!(
            copy_source("lake-raw", "a b/100%+ü?.csv", Some("3/L4+k")),
            "lake-raw/a%20b/100%25%2B%C3%BC%3F.csv?versionId=3/L4+k"
        );
        assert_eq!(copy_source("b", "/x//../~-_.", Some("null")), "b//x//../~-_.?versionId=null");
        assert_eq!(copy_source("b", "a\nb?versionId=x", None), "b/a%0Ab%3FversionId%3Dx");
    }

    #[test]
    fn listings_are_form_encoded() {
        assert_eq!(decode("a+b%2Bc%0A%25").unwrap(), "a b+c\n%");
        assert_eq!(decode("100%25%zz%").unwrap(), "100%%zz%");
        assert_eq!(decode("%ff").unwrap_err(), NotUtf8("%ff".into()));
        assert_eq!(decode_path("a+b%20c").unwrap(), "a+b c");
    }

    #[test]
    fn names_and_parents_are_s3s_not_a_file_systems() {
        for (key, parent_, name_) in [
            ("data/in/x.csv", "data/in/", "x.csv"),
            ("data/in/", "data/", "in/"),
            ("x.csv", "", "x.csv"),
            ("a//", "a/", "/"),
            ("a//b", "a//", "b"),
            ("/b", "/", "b"),
            ("/", "", "/"),
            ("", "", ""),
        ] {
            assert_eq!((parent(key), name(key)), (parent_, name_), "{key}");
        }
    }

    #[test]
    fn invisible_characters_are_shown() {
        assert_eq!(shown("a\nb\u{7f}\u{202e}c\u{a0}d é"), "a␊b␡\\u{202e}c\\u{a0}d é");
        assert_eq!(shown("a\r\u{0}"), "a␍␀");
    }

    proptest! {
        #[test]
        fn the_copy_source_holds_the_key(key in "\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
            let header = copy_source("bucket", &key, Some("v"));
            prop_assert!(header.is_ascii());
            let path = header.strip_prefix("bucket/").unwrap().strip_suffix("?versionId=v").unwrap();
            prop_assert!(!path.contains('?') && !path.contains('+') && !path.contains(' '));
            prop_assert_eq!(decode_path(path).unwrap(), key);
        }

        #[test]
        fn form_encoding_round_trips(key in "\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
            let encoded = utf8_percent_encode(&key, COPY_SOURCE).to_string().replace("%20", "+");
            prop_assert_eq!(decode(&encoded).unwrap(), key);
        }

        #[test]
        fn parent_and_name_make_the_key(key in "[a/.]{0,12}|\\PC{0,20}") {
            prop_assert_eq!(format!("{}{}", parent(&key), name(&key)), key);
        }

        #[test]
        fn nothing_shown_is_invisible(text in any::<String>()) {
            prop_assert!(!shown(&text).chars().any(invisible));
        }
    }
}
