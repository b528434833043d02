//! Where the data folder is, and that nobody else can read it.

use crate::StoreError;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Moves the data folder: for tests and portable use.
pub const DATA_DIR_VARIABLE: &str = "QUARTERDECK_DATA_DIR";

/// `QUARTERDECK_DATA_DIR` if it is set and not empty (a relative path counts from the working folder), else what the
/// platform gives: `~/.local/share/quarterdeck`, `~/Library/Application Support/quarterdeck`,
/// `%LOCALAPPDATA%\quarterdeck\data`. Does not create it.
pub fn data_dir() -> Result<PathBuf, StoreError> {
    resolve(std::env::var_os(DATA_DIR_VARIABLE))
}

fn resolve(chosen: Option<OsString>) -> Result<PathBuf, StoreError> {
    if let Some(path) = chosen.filter(|value| !value.is_empty()).map(PathBuf::from) {
        return std::path::absolute(&path).map_err(|source| StoreError::Folder { path, source });
    }
    let dirs = directories::ProjectDirs::from("", "", "quarterdeck").ok_or(StoreError::NoHome)?;
    Ok(dirs.data_local_dir().to_owned())
}

/// Creates the folder for its owner alone (0700). One that is there keeps the mode that its owner gave it.
pub(crate) fn create_private_dir(path: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|source| StoreError::Folder { path: path.to_owned(), source })
}

/// Opens a file for reading and writing, for its owner alone (0600); creates it when it is not there.
pub(crate) fn open_private_file(path: &Path) -> Result<std::fs::File, StoreError> {
    let fault = |source| StoreError::Folder { path: path.to_owned(), source };
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path).map_err(fault)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(fault)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_wins_and_is_made_absolute() {
        let chosen = std::path::absolute("portable/data").unwrap();
        assert_eq!(resolve(Some("portable/data".into())).unwrap(), chosen);
        assert_eq!(resolve(Some(chosen.clone().into_os_string())).unwrap(), chosen);
        let usual = resolve(None).unwrap();
        assert!(usual.is_absolute());
        assert_eq!(resolve(Some("".into())).unwrap(), usual);
    }
}
