//! What an MLflow without a server writes: `mlruns`, a folder for each experiment, in it one for each run.
//!
//! `meta.yaml` stands in both. It is a flat list of keys and words as PyYAML writes it, and no more of YAML is read. A run
//! has folders `metrics`, `params` and `tags` with a file for each name; a name with a slash lies in a folder of its own.

use super::{
    Problem, ReadError,
    json::text,
    mlflow::{Experiment, MlflowRun, of_files, read_metric_file},
};
use contract::Timestamp;

/// A file of a run, by its path below the run's folder, with slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFile {
    pub path: String,
    pub bytes: Vec<u8>,
}

/// A `meta.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meta(Vec<(String, String)>);

impl Meta {
    /// # Errors
    /// What is no text, or has no line `key: value`.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut lines: Vec<(String, String)> = Vec::new();
        for line in text(bytes)?.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if line.starts_with([' ', '\t']) {
                // A long word goes on in the next line.
                if let Some((_, value)) = lines.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((key, value)) = line.split_once(':') {
                lines.push((key.trim().to_owned(), value.trim().to_owned()));
            }
        }
        if lines.is_empty() {
            return Err(ReadError::OtherFile { expected: "a meta.yaml of MLflow", found: "it has no keys" });
        }
        Ok(Self(lines.into_iter().map(|(key, value)| (key, unquoted(&value))).collect()))
    }

    /// Nothing for an empty word and for `null`.
    pub fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())?;
        (!matches!(value, "" | "null" | "~")).then_some(value)
    }

    pub fn is_deleted(&self) -> bool {
        self.get("lifecycle_stage") == Some("deleted")
    }
}

fn unquoted(value: &str) -> String {
    let inside = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(inner) = inside('\'') {
        return inner.replace("''", "'");
    }
    inside('"').map_or_else(|| value.to_owned(), |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

/// An experiment by its folder and the `meta.yaml` in it. Nothing for one that is deleted.
///
/// # Errors
/// As [`Meta::read`].
pub fn experiment(folder: &str, meta: &[u8]) -> Result<Option<Experiment>, ReadError> {
    let meta = Meta::read(meta)?;
    if meta.is_deleted() {
        return Ok(None);
    }
    let id = meta.get("experiment_id").unwrap_or(folder).to_owned();
    let name = meta.get("name").unwrap_or(folder).to_owned();
    Ok(Some(Experiment { id, name }))
}

/// A run by its folder and the files in it. Nothing for one that is deleted; what cannot be read costs itself only.
pub fn run(folder: &str, files: &[RunFile]) -> (Option<MlflowRun>, Vec<Problem>) {
    let (mut problems, mut metrics) = (Vec::new(), Vec::new());
    let (mut params, mut tags, mut meta) = (Vec::new(), Vec::new(), Meta::default());
    for file in files {
        let wrong = |error: ReadError| Problem::new(&file.path, error.to_string());
        let word = || text(&file.bytes).map(|text| text.trim_end_matches(['\r', '\n']).to_owned());
        match file.path.split_once('/') {
            None if file.path == "meta.yaml" => match Meta::read(&file.bytes) {
                Ok(read) => meta = read,
                Err(error) => problems.push(wrong(error)),
            },
            Some(("metrics", name)) => match read_metric_file(name, &file.bytes) {
                Ok((points, lines)) => {
                    metrics.push(points);
                    let placed = |line: Problem| Problem::new(format!("{}, {}", file.path, line.place), line.what);
                    problems.extend(lines.into_iter().map(placed));
                }
                Err(error) => problems.push(wrong(error)),
            },
            Some((part @ ("params" | "tags"), name)) => match word() {
                Ok(word) => {
                    let list = if part == "params" { &mut params } else { &mut tags };
                    list.push((name.to_owned(), word));
                }
                Err(error) => problems.push(wrong(error)),
            },
            _ => {}
        }
    }
    if meta.is_deleted() {
        return (None, problems);
    }
    // Its folder is named by its id. An id that the file says could be any path.
    let known = of_files(folder, metrics);
    let named =
        |tags: &[(String, String)]| tags.iter().find(|(key, _)| key == "mlflow.runName").map(|(_, name)| name.clone());
    let run = MlflowRun {
        name: meta.get("run_name").map(str::to_owned).or_else(|| named(&tags)),
        experiment: meta.get("experiment_id").map(str::to_owned),
        status: meta.get("status").map(status),
        start: meta.get("start_time").and_then(millis),
        end: meta.get("end_time").and_then(millis).or(known.end),
        params,
        tags,
        ..known
    };
    (Some(run), problems)
}

fn millis(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.parse().ok()?).ok()
}

/// The file has a number where the interface has a word.
fn status(number: &str) -> String {
    match number {
        "1" => "RUNNING",
        "2" => "SCHEDULED",
        "3" => "FINISHED",
        "4" => "FAILED",
        "5" => "KILLED",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests;
