//! Files of signatures on the disk: written whole or not at all, and never over another.

use ::triage::catalogue::files_in;
use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// Names that are tried for a new file.
const MOST: u32 = 10_000;

/// Every file by name, in their order; none where there is no folder.
pub(super) fn files(folder: &Path) -> io::Result<Vec<(String, io::Result<String>)>> {
    match files_in(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// A new file, under the first free name.
pub(super) fn add(folder: &Path, stem: &str, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = written(folder, stem, text)?;
    let placed = place(folder, stem, &draft);
    // It is there under its own name now, or not wanted.
    let _ = fs::remove_file(&draft);
    placed
}

fn place(folder: &Path, stem: &str, draft: &Path) -> io::Result<()> {
    for number in 1..MOST {
        let name = if number == 1 { format!("{stem}.toml") } else { format!("{stem}-{number}.toml") };
        let path = folder.join(name);
        // A link is refused where something is; a rename would take its place.
        match fs::hard_link(draft, &path) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            // Some disks have no links.
            Err(_) if !path.exists() => return fs::rename(draft, &path),
            Err(_) => {}
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// In the place of a file.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let draft = written(folder, &stem, text)?;
    fs::rename(&draft, path).inspect_err(|_| {
        let _ = fs::remove_file(&draft);
    })
}

/// The text under a name that no reader of signatures looks at.
fn written(folder: &Path, stem: &str, text: &str) -> io::Result<PathBuf> {
    let path = folder.join(format!(".{stem}.{}.draft", std::process::id()));
    let mut file = fs::File::create(&path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("signatures");
        assert!(files(&inside).unwrap().is_empty(), "no folder is no fault");
        add(&inside, "own-till", "first").unwrap();
        add(&inside, "own-till", "second").unwrap();
        let all = |folder: &Path| {
            let found = files(folder).unwrap().into_iter();
            found.map(|(name, text)| (name, text.unwrap())).collect::<Vec<_>>()
        };
        let expected = [("own-till-2.toml", "second"), ("own-till.toml", "first")];
        assert_eq!(all(&inside), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
        replace(&inside.join("own-till.toml"), "third").unwrap();
        assert_eq!(all(&inside)[1].1, "third");
        assert_eq!(fs::read_dir(&inside).unwrap().count(), 2, "nothing is left beside them");
    }
}
