//! Targets of the crate `objects`, and the reader of S3's listing.

use crate::{
    borrowed::listing::{ListedVersions, read_versions},
    lines, now, shell, text,
};
use contract::{
    objects::VersionFact,
    palette::TargetPlace,
    range::{self, Edge},
    shell as quoting, time,
};
use objects::{
    address::resolve,
    content::{Reading, verdicts},
    download,
    glob::Glob,
    key, pattern,
    template::{self, TemplateError},
    words,
};
use serde_json::json;
use std::{collections::BTreeSet, fmt::Write as _};

pub(crate) fn listing(bytes: &[u8]) {
    let Ok(read) = read_versions(bytes) else { return };
    let again = written(&read);
    assert_eq!(read_versions(again.as_bytes()).as_ref(), Ok(&read), "{again}");
}

/// A page as S3 would write it, without `encoding-type=url`.
fn written(page: &ListedVersions) -> String {
    let mut xml = String::from("<ListVersionsResult>");
    if let Some(next) = &page.next {
        let (key, id) = (escaped(&next.key), escaped(next.version_id.as_deref().unwrap_or_default()));
        let _ = write!(xml, "<IsTruncated>true</IsTruncated><NextKeyMarker>{key}</NextKeyMarker>");
        let _ = write!(xml, "<NextVersionIdMarker>{id}</NextVersionIdMarker>");
    }
    for version in &page.versions {
        xml.push_str(&entry(version));
    }
    for folder in &page.folders {
        let _ = write!(xml, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escaped(folder));
    }
    xml.push_str("</ListVersionsResult>");
    xml
}

fn entry(version: &VersionFact) -> String {
    let kind = if version.delete_marker { "DeleteMarker" } else { "Version" };
    let mut fields = vec![
        ("Key", version.key.clone()),
        ("VersionId", version.version_id.clone()),
        ("IsLatest", version.is_latest.to_string()),
        ("LastModified", version.last_modified.to_string()),
    ];
    fields.extend(version.size.map(|size| ("Size", size.to_string())));
    fields.extend(version.etag.clone().map(|etag| ("ETag", etag)));
    fields.extend(version.class.clone().map(|class| ("StorageClass", class)));
    fields.extend(version.checksums.iter().map(|checksum| ("ChecksumAlgorithm", checksum.clone())));
    let mut written = String::new();
    for (name, text) in fields {
        let _ = write!(written, "<{name}>{}</{name}>", escaped(&text));
    }
    let owner =
        version.owner.as_ref().map(|owner| format!("<Owner><DisplayName>{}</DisplayName></Owner>", escaped(owner)));
    let restore = version.restore.map(|restore| {
        let until =
            restore.expires.map(|at| format!("<RestoreExpiryDate>{at}</RestoreExpiryDate>")).unwrap_or_default();
        let going = restore.in_progress;
        format!("<RestoreStatus><IsRestoreInProgress>{going}</IsRestoreInProgress>{until}</RestoreStatus>")
    });
    format!("<{kind}>{written}{}{}</{kind}>", owner.unwrap_or_default(), restore.unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#13;")
}

pub(crate) fn address(bytes: &[u8]) {
    let text = text(bytes);
    let resolved = resolve(text);
    assert!(resolved.targets.len() <= 1 && (resolved.targets.is_empty() || resolved.problem.is_none()));
    let Some(target) = resolved.targets.first() else { return };
    assert!(!target.title.chars().any(key::invisible), "{:?} hides something", target.title);
    let (bucket, key, version) = match &target.place {
        TargetPlace::Bucket { bucket } => (bucket, "", None),
        TargetPlace::Folder { bucket, prefix } => (bucket, prefix.as_str(), None),
        TargetPlace::Object { bucket, key, version_id } => (bucket, key.as_str(), version_id.as_deref()),
        TargetPlace::Address(path) => {
            assert!(path.starts_with('/') && !path.chars().any(|sign| sign.is_control()), "{path:?}");
            return;
        }
        // What is not of S3 is for another reader.
        _ => return,
    };
    assert!(key.len() <= key::MAX_BYTES && bucket.is_ascii() && !bucket.contains('/'));
    // A URI has no way to say these.
    let plain = key.trim_end() == key && !key.contains("?versionId=");
    let id = version.is_none_or(|id| id.chars().all(|sign| sign.is_ascii_alphanumeric() || "._-".contains(sign)));
    if plain && id && (3..=255).contains(&bucket.len()) {
        let question = version.map(|id| format!("?versionId={id}")).unwrap_or_default();
        let uri = format!("s3://{bucket}/{key}{question}");
        let again = resolve(&uri).targets;
        assert_eq!(again.first().map(|again| &again.place), Some(&target.place), "{uri:?}");
    }
}

pub(crate) fn template(bytes: &[u8]) {
    let [template, key] = lines(bytes);
    let version = version(key);
    let checked = template::check(template);
    match template::expand(template, &version) {
        Ok(to_key) => {
            assert!(checked.is_ok() && !to_key.is_empty() && to_key.len() <= key::MAX_BYTES && to_key != key);
        }
        Err(TemplateError::Empty | TemplateError::TooLong(_) | TemplateError::Same) => {}
        Err(wrong) => assert_eq!(checked, Err(wrong), "said while it is typed"),
    }
    let literal = template.replace('{', "{{").replace('}', "}}");
    let expanded = template::expand(&literal, &version);
    if template != key && !template.is_empty() && template.len() <= key::MAX_BYTES {
        assert_eq!(expanded.as_deref(), Ok(template), "braces that stand for themselves");
    }
    if !key.is_empty() && key.len() <= key::MAX_BYTES {
        assert_eq!(template::expand("{dir}{name}{ext}", &version), Err(TemplateError::Same));
    }
}

pub(crate) fn template_seed(text: &str) -> Vec<String> {
    [text.to_owned(), format!("{text}\ndata/in/x.csv.gz"), format!("{{name}}\n{text}")].into()
}

fn version(key: &str) -> VersionFact {
    VersionFact {
        key: key.to_owned(),
        version_id: "3HL4kqtJvjVBH40Nrjfkd".to_owned(),
        delete_marker: false,
        is_latest: true,
        last_modified: now(),
        size: Some(1),
        etag: Some("\"9b2c\"".to_owned()),
        class: None,
        checksums: Vec::new(),
        restore: None,
        owner: None,
    }
}

pub(crate) fn moment(bytes: &[u8]) {
    let [typed, minutes] = lines(bytes);
    let minutes = minutes.trim().parse().unwrap_or(0);
    let Ok(at) = time::parse(typed, now(), minutes) else { return };
    assert_eq!(time::parse(&format!("@{}", typed.trim_start().trim_start_matches('@')), now(), minutes), Ok(at));
    if let Ok(past) = time::parse_past(typed, now(), minutes) {
        assert!(past.as_second() <= now().as_second() + 86_400);
    }
    // Years that are typed have four digits.
    let year = jiff::tz::Offset::UTC.to_datetime(at).year();
    if (1..=9998).contains(&year) {
        assert_eq!(time::parse(&at.to_string(), now(), 0), Ok(at), "as it is sent");
        let shown = time::parse(&words::instant(at), now(), minutes).map(|at| at.as_second());
        assert_eq!(shown, Ok(at.as_millisecond().div_euclid(1_000)), "as it is shown");
    }
}

pub(crate) fn file_names(bytes: &[u8]) {
    let keys: Vec<&str> = text(bytes).split('\n').take(40).collect();
    let names = download::file_names(&keys);
    assert_eq!(names.len(), keys.len());
    let different: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(different.len(), names.len(), "{names:?}: no two are equal where case does not count");
    for (key, name) in keys.iter().zip(&names) {
        assert!(!name.is_empty() && name.len() <= 255 && !matches!(name.as_str(), "." | ".."), "{name:?}");
        let refused = |sign: char| key::invisible(sign) || "<>:\"/\\|?*".contains(sign);
        assert!(!name.chars().any(refused) && !name.ends_with(['.', ' ']), "{name:?}");
        assert_eq!(shell::words(&quoting::quote(key)), Some(vec![(*key).to_owned()]), "one word of a shell");
        assert!(!key::shown(key).chars().any(key::invisible));
        let source = key::copy_source("lake", key, None);
        assert_eq!(key::decode_path(&source).as_deref(), Ok(format!("lake/{key}").as_str()));
    }
}

pub(crate) fn pattern(bytes: &[u8]) {
    let text = text(bytes);
    let value = |value: &str| pattern::Node::Value(json!(value));
    let object = vec![
        ("key", value("data/in/daily_sales.csv")),
        ("size", pattern::Node::Value(json!(1_258_291))),
        ("etag", pattern::Node::Unknown),
        ("tags", pattern::Node::Any(vec![json!("a"), json!(null)])),
    ];
    let detail = vec![
        ("bucket", pattern::Node::Fields(vec![("name", value("lake"))])),
        ("object", pattern::Node::Fields(object)),
    ];
    let event = pattern::Node::Fields(vec![
        ("source", value("aws.s3")),
        ("detail-type", value("Object Created")),
        ("detail", pattern::Node::Fields(detail)),
    ]);
    let answer = pattern::matches(text, &event);
    if serde_json::from_str::<serde_json::Value>(text).is_ok_and(|of| of.as_object().is_some_and(|of| !of.is_empty())) {
        let either = format!("{{\"$or\":[{text},{text}]}}");
        // One level deeper than the reader of JSON goes, it is no pattern that can be read.
        if serde_json::from_str::<serde_json::Value>(&either).is_ok() {
            assert_eq!(pattern::matches(&either, &event), answer, "one or the same");
        }
    } else {
        assert_eq!(answer, pattern::Match::Maybe, "what cannot be read never says no");
    }
    let key = "data/in/daily_sales.csv";
    for watched in pattern::watched(text) {
        assert!(!watched.hears(key) || key.starts_with(watched.prefix()), "{watched:?} would not list {key}");
        assert!(watched.uri().starts_with(&format!("s3://{}/", watched.bucket)), "{watched:?}");
    }
}

pub(crate) fn glob(bytes: &[u8]) {
    let [pattern, key] = lines(bytes);
    if let Some(glob) = Glob::read(pattern) {
        assert!(glob.prefix().starts_with(glob.folder()), "{glob:?}");
        if glob.matches(key) {
            // A slash at the end of a pattern is none of the names that it matches.
            assert!(key.starts_with(glob.prefix().trim_end_matches('/')), "{key:?} is not listed for {pattern:?}");
            assert!(glob.matches(&format!("{key}/below")), "{pattern:?} names what lies below {key:?}");
        }
    }
    let escaped: String =
        key.chars().flat_map(|sign| (sign != '/').then_some('\\').into_iter().chain([sign])).collect();
    if let Some(glob) = Glob::read(&escaped) {
        assert!(key.ends_with('/') || glob.matches(key), "{escaped:?} stands for itself");
    }
}

pub(crate) fn glob_seed(text: &str) -> Vec<String> {
    [text.to_owned(), format!("{text}\nraw/a/part-1.csv"), format!("raw/*\n{text}")].into()
}

pub(crate) fn span(bytes: &[u8]) {
    let [typed, minutes] = lines(bytes);
    let minutes = minutes.trim().parse().unwrap_or(0);
    let read = match range::parse(typed, now(), minutes) {
        Ok(read) => read,
        Err(error) => {
            assert!(typed.get(error.place.0..error.place.1).is_some(), "{error:?} lies outside");
            assert!(!error.message.is_empty());
            return;
        }
    };
    let (from, until) = read.resolve(now(), minutes);
    assert!(from < until, "{read:?}");
    // Years that are typed have four digits.
    let is_plain = |edge: Edge| match edge {
        Edge::Back { .. } => true,
        Edge::At(at) => (1..=9998).contains(&jiff::tz::Offset::UTC.to_datetime(at).year()),
    };
    if is_plain(read.from) && is_plain(read.until) {
        assert_eq!(range::parse(&read.to_string(), now(), minutes), Ok(read), "{read} as an address has it");
    }
}

/// An object that passes by, whatever its key says that it is.
pub(crate) fn content(bytes: &[u8]) {
    for key in ["in/a.csv", "in/a.tsv", "in/a.json", "in/a.jsonl", "in/a"] {
        let (mut whole, mut pieces) = (Reading::new(key), Reading::new(key));
        whole.feed(bytes);
        bytes.chunks(7).for_each(|piece| pieces.feed(piece));
        let (whole, pieces) = (whole.end(true), pieces.end(true));
        assert_eq!(whole, pieces, "it is the same however the bytes come");
        assert_eq!(whole.read, bytes.len() as u64);
        assert!(verdicts(&whole, Some(&pieces)).iter().all(|(_, words)| !words.is_empty()), "{whole:?}");
    }
}
