//! Reads a pasted address: an `s3://` URI, an ARN, an address of the S3 console or of S3 itself, or one of our own links.
//!
//! Each notation encodes keys in its own way: an `s3://` URI and an ARN hold the key as it is; addresses of the console and of S3
//! are percent-encoded, and in both a `+` is a space (S3 itself reads it so). Only a text that names its notation is an
//! address: a bare `bucket/key` is not. What else a pasted address carries, such as a signature, is dropped.

mod web;

use crate::{arn::Arn, key, words};
use contract::palette::{Resolved, Target, TargetPlace};

/// The pages that a `quarterdeck://` link may open.
pub const PAGES: [&str; 8] = ["now", "executions", "jobs", "objects", "models", "drift", "activity", "settings"];

/// Where a text leads. Neither target nor problem: it is not an address at all.
///
/// White space around the text is dropped, so a key that ends in a newline cannot be pasted.
pub fn resolve(text: &str) -> Resolved {
    let text = text.trim();
    let lower = text.get(..16.min(text.len())).unwrap_or(text).to_ascii_lowercase();
    let found = if let Some(scheme) = ["s3://", "s3a://", "s3n://"].into_iter().find(|s| lower.starts_with(s)) {
        s3_uri(text.get(scheme.len()..).unwrap_or(""))
    } else if lower.starts_with("arn:") {
        arn(text)
    } else if let Some(scheme) = ["https://", "http://"].into_iter().find(|s| lower.starts_with(s)) {
        web::resolve(text.get(scheme.len()..).unwrap_or(""))
    } else if lower.starts_with("quarterdeck://") {
        link(text.get("quarterdeck://".len()..).unwrap_or(""))
    } else {
        return Resolved { targets: Vec::new(), problem: None };
    };
    match found {
        Ok(target) => Resolved { targets: vec![target], problem: None },
        Err(problem) => Resolved { targets: Vec::new(), problem: Some(problem) },
    }
}

/// A target of S3 with its title. `key` empty is the bucket; ending in `/` a folder, unless a version of it is named.
fn place(bucket: &str, key: String, version_id: Option<String>, region: Option<&str>) -> Result<Target, String> {
    bucket_name(bucket)?;
    if key.len() > key::MAX_BYTES {
        return Err(format!("the key is {} bytes long; S3 has none above {}", key.len(), key::MAX_BYTES));
    }
    let bucket = bucket.to_owned();
    let shown = key::shown(&key);
    let version_id = version_id.filter(|id| !id.is_empty());
    let (title, place) = match version_id {
        None if key.is_empty() => (format!("bucket {bucket}"), TargetPlace::Bucket { bucket }),
        None if key.ends_with('/') => {
            (format!("folder {shown} in {bucket}"), TargetPlace::Folder { bucket, prefix: key })
        }
        Some(_) if key.is_empty() => return Err("the address names a version but no key".to_owned()),
        None => (format!("{shown} in {bucket}"), TargetPlace::Object { bucket, key, version_id: None }),
        Some(id) => (
            format!("version {} of {shown} in {bucket}", words::short_id(&id)),
            TargetPlace::Object { bucket, key, version_id: Some(id) },
        ),
    };
    let region = region.filter(|region| !region.is_empty()).map(str::to_owned);
    Ok(Target { place, title, account: None, region })
}

/// "Bucket naming rules", S3 user guide; with what older buckets of us-east-1 were allowed.
fn bucket_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the address names no bucket".to_owned());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if !(3..=255).contains(&name.len()) || !name.chars().all(allowed) {
        return Err(format!("`{}` is not a bucket name", key::shown(name)));
    }
    Ok(())
}

/// What follows `s3://`: the key as it is, up to a `?versionId=` at the end.
fn s3_uri(rest: &str) -> Result<Target, String> {
    if rest.starts_with("arn:") {
        return Err("access points are not supported: name the bucket instead".to_owned());
    }
    let (rest, version_id) = version_question(rest);
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    place(bucket, key.to_owned(), version_id, None)
}

/// Takes a `?versionId=…` off the end. A key may hold one too, so only the last counts, and only if nothing but an id
/// follows it.
fn version_question(text: &str) -> (&str, Option<String>) {
    const QUESTION: &str = "?versionId=";
    let Some(at) = text.rfind(QUESTION) else { return (text, None) };
    let id = text.get(at + QUESTION.len()..).unwrap_or("");
    if id.contains(['/', '?', '&', '=', ' ']) {
        return (text, None);
    }
    let id = key::decode_path(id).unwrap_or_else(|_| id.to_owned());
    (text.get(..at).unwrap_or(text), Some(id))
}

fn arn(text: &str) -> Result<Target, String> {
    let Some(arn) = Arn::parse(text) else {
        return Err("the ARN is not complete: an object's is arn:aws:s3:::bucket/key".to_owned());
    };
    match arn.service {
        "s3" => {}
        "s3-object-lambda" | "s3-outposts" | "s3express" | "s3tables" | "s3vectors" => {
            return Err(format!("{} is not supported: only general purpose buckets and their objects", arn.service));
        }
        service => return Err(format!("an ARN of {} cannot be opened here", key::shown(service))),
    }
    if arn.resource.starts_with("accesspoint") {
        return Err("access points are not supported: name the bucket instead".to_owned());
    }
    let (resource, version_id) = version_question(arn.resource);
    let (bucket, key) = resource.split_once('/').unwrap_or((resource, ""));
    // Policies write `bucket/folder/*`.
    let key = if key == "*" || key.ends_with("/*") { key.strip_suffix('*').unwrap_or(key) } else { key };
    let mut target = place(bucket, key.to_owned(), version_id, Some(arn.region))?;
    target.account = Some(arn.account).filter(|account| !account.is_empty()).map(str::to_owned);
    Ok(target)
}

/// A link into the window: only to a known page, and never more than a path with its query.
fn link(rest: &str) -> Result<Target, String> {
    let path = rest.trim_start_matches('/');
    let end = path.find(['/', '?', '#']).unwrap_or(path.len());
    let page = path.get(..end).unwrap_or("");
    if !PAGES.contains(&page) {
        return Err(format!("`{}` is not a page. Pages: {}", key::shown(page), PAGES.join(", ")));
    }
    let route = path.split(['?', '#']).next().unwrap_or("");
    if path.chars().any(|c| c.is_control() || c == '\\') || route.split('/').any(|part| part == "..") {
        return Err("the link holds characters that no link of this program has".to_owned());
    }
    let title = format!("page {page}");
    Ok(Target { place: TargetPlace::Address(format!("/{path}")), title, account: None, region: None })
}

#[cfg(test)]
mod tests;
