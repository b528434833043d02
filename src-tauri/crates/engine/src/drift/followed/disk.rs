//! `mlruns`, as an MLflow without a server writes it, on this computer. Links are not followed: a folder that somebody sent
//! may hold links to anything.

use super::{FollowError, Follows, Where, tracking::followed};
use crate::{drift::sources::Source, objects::typed_path};
use ::models::monitor::{
    mlflow::{DRIFT, Experiment, MlflowRun},
    mlruns::{self, RunFile},
};
use contract::Notice;
use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Runs that are read.
const MOST_RUNS: usize = 5_000;
/// Files of a run.
const MOST_FILES: usize = 12_000;
/// Bytes of a file.
const MOST_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes of the files of a run, which are held together.
const MOST_OF_RUN: usize = 64 * 1024 * 1024;
/// Folders below `metrics` for a name with slashes.
const DEEPEST: usize = 6;
/// Faults that are named.
const MOST_NAMED: usize = 5;

pub(super) async fn follow(source: &Arc<Source>, path: &str) -> Result<Follows, FollowError> {
    let (source, path) = (Arc::clone(source), typed_path(path));
    let work = tokio::task::spawn_blocking(move || read(&source, &path));
    work.await.map_err(|_| FollowError::Read("the folder could not be read".to_owned()))?
}

fn read(source: &Arc<Source>, root: &Path) -> Result<Follows, FollowError> {
    let wrong = |error: &io::Error| FollowError::Read(format!("the folder {} cannot be read: {error}", root.display()));
    let (mut found, mut problems, mut left) = (Follows::default(), Vec::new(), MOST_RUNS);
    let mut experiments = 0;
    for folder in folders(root).map_err(|error| wrong(&error))? {
        let Some(experiment) = experiment(&folder, &mut problems) else { continue };
        experiments += 1;
        let mut runs = Vec::new();
        for run in folders(&folder).unwrap_or_default() {
            if !drifts(&run) {
                continue;
            }
            if left == 0 {
                break;
            }
            left -= 1;
            runs.extend(one_run(&run, MOST_OF_RUN, &mut problems));
        }
        if !runs.is_empty() {
            let place = folder.display().to_string();
            let mut one = followed(source, &experiment, place, runs);
            if let Where::Runs { folder: kept, .. } = &mut one.kept {
                *kept = Some(folder);
            }
            found.all.push(one);
        }
    }
    if experiments == 0 {
        let text = format!(
            "{} holds no experiment: choose the folder mlruns itself, whose folders have a meta.yaml",
            root.display()
        );
        return Err(FollowError::Read(text));
    }
    if left == 0 {
        found.notices.push(Notice::info(format!("Only {MOST_RUNS} runs of {} are read.", root.display())));
    }
    let more = problems.len().saturating_sub(MOST_NAMED);
    found.notices.extend(problems.into_iter().take(MOST_NAMED).map(Notice::warning));
    if more > 0 {
        let files = if more == 1 { "file" } else { "files" };
        found.notices.push(Notice::warning(format!("{more} more {files} of {} cannot be read.", root.display())));
    }
    Ok(found)
}

/// Folders in a folder, by name; links are none.
fn folders(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Nothing for a folder that is no experiment, such as that of registered models.
fn experiment(folder: &Path, problems: &mut Vec<String>) -> Option<Experiment> {
    let meta = folder.join("meta.yaml");
    let bytes = match bytes(&meta) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            problems.push(format!("{}: {error}.", meta.display()));
            return None;
        }
    };
    match mlruns::experiment(&name(folder), &bytes) {
        Ok(experiment) => experiment,
        Err(error) => {
            problems.push(format!("{}: {error}.", meta.display()));
            None
        }
    }
}

fn is_of_drift(name: &str) -> bool {
    name.starts_with(DRIFT) || name.starts_with("DriftedColumnsCount")
}

/// Whether a run keeps drift: most of an exported folder are trainings.
fn drifts(run: &Path) -> bool {
    let metrics = run.join("metrics");
    is_folder(&metrics)
        && fs::read_dir(metrics).is_ok_and(|mut metrics| {
            metrics.any(|one| one.is_ok_and(|one| is_of_drift(&one.file_name().to_string_lossy())))
        })
}

/// Nothing for a run that is deleted, or whose files are more than `most` bytes together.
fn one_run(folder: &Path, most: usize, problems: &mut Vec<String>) -> Option<MlflowRun> {
    let mut paths = vec!["meta.yaml".to_owned()];
    for (part, names) in [("tags", ["mlflow.runName", "endpoint"].as_slice()), ("params", ["endpoint"].as_slice())] {
        if is_folder(&folder.join(part)) {
            paths.extend(names.iter().map(|name| format!("{part}/{name}")));
        }
    }
    let metrics = folder.join("metrics");
    if is_folder(&metrics) {
        let mut names = Vec::new();
        below(&metrics, "", 0, &mut names);
        paths.extend(names.into_iter().filter(|name| is_of_drift(name)).map(|name| format!("metrics/{name}")));
    }
    let (mut files, mut held) = (Vec::new(), 0_usize);
    for path in paths {
        let whole = folder.join(&path);
        match bytes(&whole) {
            Ok(bytes) => {
                held += bytes.len();
                files.push(RunFile { path, bytes });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => problems.push(format!("{}: {error}.", whole.display())),
        }
        if held > most {
            problems.push(format!("{}: the run is larger than {} MB.", folder.display(), most / 1024 / 1024));
            return None;
        }
    }
    let (run, wrong) = mlruns::run(&name(folder), &files);
    problems.extend(wrong.into_iter().map(|one| format!("{}, {}: {}.", folder.display(), one.place, one.what)));
    run
}

/// Names of the metrics below a folder, with slashes.
fn below(folder: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if names.len() >= MOST_FILES {
            return;
        }
        let Ok(kind) = entry.file_type() else { continue };
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if kind.is_file() {
            names.push(name);
        } else if kind.is_dir() && depth < DEEPEST {
            below(&entry.path(), &format!("{name}/"), depth + 1, names);
        }
    }
}

/// Whether it is a folder, and no link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|one| one.is_dir())
}

/// The file of a metric of a run, whole.
pub(super) fn metric(experiment: &Path, run: &str, name: &str) -> io::Result<Vec<u8>> {
    let metrics = experiment.join(run).join("metrics");
    if !is_folder(&metrics) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the metrics are in no folder"));
    }
    bytes(&metrics.join(name))
}

/// A file whole, if it is one and no link.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than 4 MB"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::drift::{DriftSource, SourcePlace};

    fn write(root: &Path, path: &str, text: &str) {
        let whole = root.join(path);
        fs::create_dir_all(whole.parent().unwrap()).unwrap();
        fs::write(whole, text).unwrap();
    }

    fn source(root: &Path) -> Arc<Source> {
        let path = root.display().to_string();
        let place = SourcePlace::Folder { path: path.clone() };
        Arc::new(Source { known: DriftSource { address: path, ..DriftSource::default() }, place })
    }

    #[test]
    fn runs_with_drift_are_found_among_trainings() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "3/meta.yaml", "experiment_id: '3'\nname: monitoring/demand-live\n");
        write(root, "3/ab/meta.yaml", "run_id: ab\nstatus: 3\nstart_time: 1795248862000\nend_time: 1795248892000\n");
        write(root, "3/ab/metrics/DriftedColumnsCount.share", "1795248890000 0.5 0\n");
        write(root, "3/ab/metrics/ValueDrift:guests", "1795248890000 0.32 0\n");
        write(root, "3/cd/metrics/auc", "1795248890000 0.9 0\n");
        write(root, "4/meta.yaml", "\u{0}\n");
        write(root, "models/x/meta.yaml", "name: x\n");
        let read = read(&source(root), root).unwrap();
        assert_eq!(read.all.len(), 1);
        assert_eq!(
            (read.all[0].name.as_str(), read.all[0].endpoint.as_str()),
            ("monitoring/demand-live", "demand-live")
        );
        assert!(read.notices[0].text.contains("meta.yaml"), "{:?}", read.notices);
        assert!(read.all[0].newest().is_some());
    }

    #[test]
    fn a_folder_that_is_no_mlruns_says_what_to_choose() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&source(folder.path()), folder.path()).unwrap_err().to_string();
        assert!(error.contains("choose the folder mlruns"), "{error}");
        let gone = folder.path().join("gone");
        assert!(read(&source(&gone), &gone).unwrap_err().to_string().contains("cannot be read"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "secret", "key");
        let link = folder.path().join("meta.yaml");
        std::os::unix::fs::symlink(folder.path().join("secret"), &link).unwrap();
        assert!(bytes(&link).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_a_run_is_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let (root, other) = (folder.path().join("mlruns"), folder.path().join("other"));
        write(&root, "3/ab/meta.yaml", "run_id: ../../other\nstatus: 3\n");
        write(&other, "endpoint", "key");
        write(&other, "ValueDrift:guests", "1795248890000 0.32 0\n");
        let run = root.join("3/ab");
        for part in ["metrics", "tags", "params"] {
            std::os::unix::fs::symlink(&other, run.join(part)).unwrap();
        }
        assert!(!drifts(&run));
        let read = one_run(&run, MOST_OF_RUN, &mut Vec::new()).unwrap();
        assert!(read.metrics.is_empty() && read.tags.is_empty() && read.params.is_empty(), "{read:?}");
        assert_eq!(read.id.as_deref(), Some("ab"), "it is known by its folder");
        assert!(metric(&root.join("3"), "ab", "ValueDrift:guests").is_err());
    }

    #[test]
    fn a_run_is_not_held_beyond_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "ab/meta.yaml", "run_id: ab\nstatus: 3\n");
        for column in ["a", "b", "c"] {
            write(folder.path(), &format!("ab/metrics/ValueDrift:{column}"), "1795248890000 0.32 0\n");
        }
        let (run, mut problems) = (folder.path().join("ab"), Vec::new());
        assert!(one_run(&run, MOST_OF_RUN, &mut problems).is_some() && problems.is_empty());
        assert!(one_run(&run, 50, &mut problems).is_none());
        assert!(problems[0].contains("larger than"), "{problems:?}");
    }
}
