//! The steps as `aws` command lines that do the same ("AWS CLI command reference, s3api").
//!
//! Every argument passes through [`shell::quote`], because keys come from strangers. The lines carry the same conditions as
//! our own calls: the ETag that was seen, or "nothing there".

use crate::{key, size};
use contract::{
    objects::VersionDetail,
    plan::{Action, Place, Seen, SourceVersion, Step},
    shell,
};
use std::fmt::Write;

/// Where copies by parts begin, and how long a part is. Both in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    pub threshold: u64,
    pub size: u64,
}

/// The command lines, one or more for each step, in order. `details` are those of the copied versions that were read:
/// storage class and encryption come from them.
pub fn cli(place: &Place, steps: &[Step], details: &[VersionDetail], parts: Parts) -> Vec<String> {
    steps
        .iter()
        .flat_map(|step| match &step.action {
            Action::Copy { source, to_key } => {
                let detail = details.iter().find(|detail| {
                    detail.key == source.key && detail.version_id.as_deref() == Some(source.version_id.as_str())
                });
                if source.size > parts.threshold {
                    by_parts(place, step, source, to_key, detail, parts.size)
                } else {
                    vec![copy(place, step, source, to_key, detail)]
                }
            }
            Action::RemoveMarker { marker_id } => {
                vec![Line::new(place, "delete-object", &step.key).with("--version-id", marker_id).end()]
            }
            Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => {
                Vec::new()
            }
            Action::AddMarker => {
                vec![Line::new(place, "delete-object", &step.key).condition(&step.seen, false).end()]
            }
        })
        .collect()
}

fn copy(place: &Place, step: &Step, source: &SourceVersion, to_key: &str, detail: Option<&VersionDetail>) -> String {
    Line::new(place, "copy-object", to_key).source(place, source).condition(&step.seen, true).stored_as(detail).end()
}

fn by_parts(
    place: &Place,
    step: &Step,
    source: &SourceVersion,
    to_key: &str,
    detail: Option<&VersionDetail>,
    part_size: u64,
) -> Vec<String> {
    let part_size = part_size.max(1);
    let count = source.size.div_ceil(part_size);
    let mut create = Line::new(place, "create-multipart-upload", to_key).stored_as(detail);
    if let Some(detail) = detail {
        create = create.described(detail);
    }
    let mut lines = vec![format!("upload=$({} --query UploadId --output text)", create.end())];
    let part = |number: u64| {
        let start = (number - 1) * part_size;
        let end = (start + part_size).min(source.size).saturating_sub(1);
        format!(
            "{} --upload-id \"$upload\"",
            Line::new(place, "upload-part-copy", to_key)
                .source(place, source)
                .with("--copy-source-range", &format!("bytes={start}-{end}"))
                .with("--part-number", &number.to_string())
                .end()
        )
    };
    lines.push(part(1));
    if count <= 3 {
        lines.extend((2..=count).map(part));
    } else {
        lines.push(format!("# parts 2 to {} likewise, {} each", count - 1, size::words(part_size)));
        lines.push(part(count));
    }
    lines.push(format!(
        "{} --upload-id \"$upload\" --multipart-upload file://parts.json # the ETags that the parts gave",
        Line::new(place, "complete-multipart-upload", to_key).condition(&step.seen, true).end()
    ));
    lines
}

/// One command line under construction.
struct Line {
    text: String,
    /// Arguments that the CLI would take for the name of a file or an address to read: inside JSON it does not.
    json: serde_json::Map<String, serde_json::Value>,
}

impl Line {
    fn new(place: &Place, verb: &str, key: &str) -> Self {
        Self { text: format!("aws s3api {verb}"), json: serde_json::Map::new() }
            .with("--profile", &place.profile)
            .with("--region", &place.region)
            .with("--bucket", place.scope.name())
            .with("--key", key)
    }

    fn with(mut self, option: &str, value: &str) -> Self {
        if ["file://", "fileb://", "http://", "https://"].iter().any(|scheme| value.starts_with(scheme)) {
            self.json.insert(json_name(option), value.into());
            return self;
        }
        // `--key -x` would be read as an option.
        let joint = if value.starts_with('-') { '=' } else { ' ' };
        let _ = write!(self.text, " {option}{joint}{}", shell::quote(value));
        self
    }

    fn source(self, place: &Place, source: &SourceVersion) -> Self {
        let line = self.with(
            "--copy-source",
            &key::copy_source(place.scope.name(), &source.key, Some(source.version_id.as_str())),
        );
        if source.etag.is_empty() { line } else { line.with("--copy-source-if-match", &quoted_etag(&source.etag)) }
    }

    /// `--if-match` the object that was seen, or `--if-none-match '*'` for a copy where nothing was (a delete marker counts
    /// as nothing).
    fn condition(self, seen: &Seen, copy: bool) -> Self {
        match seen {
            Seen::Object { etag, .. } if !etag.is_empty() => self.with("--if-match", &quoted_etag(etag)),
            Seen::Nothing | Seen::Marker { .. } if copy => self.with("--if-none-match", "*"),
            _ => self,
        }
    }

    fn stored_as(self, detail: Option<&VersionDetail>) -> Self {
        let Some(detail) = detail else { return self };
        let mut line = if detail.class.is_empty() { self } else { self.with("--storage-class", &detail.class) };
        // Not even a copy in one piece takes it over.
        let redirect =
            detail.headers.iter().find(|(name, _)| name.to_ascii_lowercase().contains("website-redirect-location"));
        if let Some((_, to)) = redirect {
            line = line.with("--website-redirect-location", to);
        }
        let Some((kind, kms)) = detail
            .encryption
            .as_deref()
            .filter(|text| text.contains("KMS"))
            .map(|text| text.split_once(' ').unwrap_or((text, "")))
        else {
            return line;
        };
        let line =
            line.with("--server-side-encryption", if kind.starts_with("DSSE") { "aws:kms:dsse" } else { "aws:kms" });
        if kms.is_empty() { line } else { line.with("--ssekms-key-id", kms.trim()) }
    }

    /// What a multipart upload does not take over by itself.
    fn described(mut self, detail: &VersionDetail) -> Self {
        if let Some(kind) = &detail.content_type {
            self = self.with("--content-type", kind);
        }
        for (name, value) in &detail.headers {
            let name = name.to_ascii_lowercase();
            if matches!(
                name.as_str(),
                "cache-control" | "content-encoding" | "content-disposition" | "content-language" | "expires"
            ) {
                self = self.with(&format!("--{name}"), value);
            }
        }
        if !detail.metadata.is_empty() {
            let map: serde_json::Map<String, serde_json::Value> =
                detail.metadata.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
            self = self.with("--metadata", &serde_json::Value::Object(map).to_string());
        }
        if let Some(tags) = detail.tags.as_ref().filter(|tags| !tags.is_empty()) {
            let encode = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            let pairs: Vec<String> =
                tags.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
            self = self.with("--tagging", &pairs.join("&"));
        }
        self
    }

    fn end(self) -> String {
        if self.json.is_empty() {
            return self.text;
        }
        let json = serde_json::Value::Object(self.json).to_string();
        format!("{} --cli-input-json {}", self.text, shell::quote(&json))
    }
}

/// `ContentType` of `--content-type`: the API's name, as `--cli-input-json` wants it.
fn json_name(option: &str) -> String {
    let words = option.split('-').filter_map(|word| word.split_at_checked(1));
    words.flat_map(|(first, rest)| [first.to_ascii_uppercase(), rest.to_owned()]).collect()
}

fn quoted_etag(etag: &str) -> String {
    format!("\"{}\"", etag.trim_matches('"'))
}

#[cfg(test)]
mod tests;
