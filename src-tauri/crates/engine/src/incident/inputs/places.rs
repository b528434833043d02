//! Where a run was told to read, and what its execution was started for.

use crate::incident::OfJob;
use ::jobs::parameters::{Named, parameters, paths};
use contract::jobs::{DataPath, Direction};
use serde_json::Value;

/// Bucket and key.
pub type Name = (String, String);

/// What the run was told to read, and what its execution was started for: objects and folders.
pub fn places(input: Option<&str>, job: Option<&OfJob>) -> Vec<Name> {
    let told = told_by(job);
    let mut all: Vec<Name> = Vec::new();
    let mut add = |bucket: &str, key: &str| {
        let name = (bucket.to_owned(), key.to_owned());
        if !bucket.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    };
    if let Some(text) = input {
        if let Ok(event) = serde_json::from_str::<Value>(text) {
            let word = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
            // An S3 event through EventBridge.
            if let (Some(bucket), Some(key)) = (word("/detail/bucket/name"), word("/detail/object/key")) {
                add(bucket, key);
            }
            // Notifications of S3, as a function hands them on.
            for record in event.get("Records").and_then(Value::as_array).into_iter().flatten() {
                let word = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
                if let (Some(bucket), Some(key)) = (word("/s3/bucket/name"), word("/s3/object/key")) {
                    add(bucket, &unescaped(key));
                }
            }
        }
        let written = |path: &DataPath| path.direction == Direction::Output;
        for path in paths(std::iter::once(Named { name: None, value: text })) {
            let is_output = written(&path) || told.iter().any(|one| written(one) && one.uri == path.uri);
            if let Some((bucket, key)) = split(&path.uri).filter(|_| !is_output) {
                add(bucket, key);
            }
        }
    }
    for path in told.iter().filter(|path| path.direction == Direction::Input) {
        if let Some((bucket, key)) = split(&path.uri) {
            add(bucket, key);
        }
    }
    all
}

/// Notifications have keys as forms do: `daily+sales.csv`, `caf%C3%A9.csv`.
fn unescaped(key: &str) -> String {
    let mut parts = key.split('%');
    let mut bytes = parts.next().unwrap_or_default().replace('+', " ").into_bytes();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        let (code, rest) = code.zip(part.get(2..)).unwrap_or((b'%', part));
        bytes.push(code);
        bytes.extend(rest.replace('+', " ").bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The places that the job was given.
pub fn told_by(job: Option<&OfJob>) -> Vec<DataPath> {
    job.map(|job| parameters(&job.run.request).paths).unwrap_or_default()
}

/// `None` for what is not in S3.
pub fn name(path: &DataPath) -> Option<Name> {
    split(&path.uri).map(|(bucket, key)| (bucket.to_owned(), key.to_owned()))
}

fn split(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("s3://")?.split_once('/')
}
