//! Saving a version as a file.
//!
//! A key never chooses the folder: whatever `..` it holds, the file gets a safe name inside the place that the person
//! chose. A file that is there is never overwritten.

use crate::{Desk, EngineError};
use ::objects::download;
use aws::objects::describe;
use std::path::{Path, PathBuf};

/// A saved file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub path: PathBuf,
    pub bytes: u64,
}

/// The name that is offered for a key.
pub(crate) fn offered(key: &str) -> String {
    download::file_name(key)
}

impl Desk {
    /// The file name to offer for a key.
    pub fn file_name(&self, key: &str) -> String {
        offered(key)
    }

    /// Streams a version into `target`: a folder, which gets a safe name made from the key, or a file.
    pub async fn save_version(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        target: &Path,
    ) -> Result<Saved, EngineError> {
        let session = self.session()?;
        let path = destination(target, &offered(key))?;
        let bytes =
            describe::save(&session, bucket, key, version_id, &path, |_| ()).await.map_err(Self::failed(&session))?;
        Ok(Saved { path, bytes })
    }
}

/// A path as a person typed it, with `~` as their own folder.
pub fn typed_path(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// Where a file goes: under `name` into `target` if that is a folder, else to `target` itself; beside a file that is there.
pub(crate) fn destination(target: &Path, name: &str) -> Result<PathBuf, EngineError> {
    let wanted = if target.is_dir() { target.join(name) } else { target.to_owned() };
    if !wanted.is_absolute() {
        return Err(EngineError::BadInput(format!("{} is not an absolute path.", wanted.display())));
    }
    if wanted.parent().is_none_or(|folder| !folder.is_dir()) {
        return Err(EngineError::BadInput(format!("The folder of {} does not exist.", wanted.display())));
    }
    Ok(free(wanted))
}

/// The path itself, or the first free one with a number before its ending.
fn free(path: PathBuf) -> PathBuf {
    if !path.exists() {
        return path;
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    (2..10_000)
        .map(|number| path.with_file_name(format!("{stem} ({number}){ending}")))
        .find(|path| !path.exists())
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let folder = std::env::temp_dir().join(format!("quarterdeck-free-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.csv");
        assert_eq!(free(path.clone()), path);
        std::fs::write(&path, "x").unwrap();
        assert_eq!(free(path.clone()), folder.join("a (2).csv"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn no_key_leaves_the_folder() {
        for key in ["../../etc/passwd", "a/../..", "/", "..", "C:\\x", "a\nb", "CON"] {
            let name = offered(key);
            let joined = Path::new("/safe").join(&name);
            assert_eq!(joined.parent(), Some(Path::new("/safe")), "{key:?} became {name:?}");
            assert!(!name.is_empty() && name != ".." && name != ".", "{key:?} became {name:?}");
        }
    }
}
