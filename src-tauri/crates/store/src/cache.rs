//! Copies of what can be fetched again: files in a folder, private to their owner, together no larger than was said.
//!
//! What always holds: a copy is whole, because it is written beside and renamed when it is done; its name is a hash, so
//! that no name of a bucket, stream or profile stands in the folder's listing; the least recently used goes first. Whoever
//! reads a copy that goes keeps reading it. Several instances may share the folder.

use crate::{StoreError, location};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs::{self, File, FileTimes},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

/// What a crash left half-written is removed after so long.
const STALE: Duration = Duration::from_hours(24);

#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Bytes of all copies.
    most: u64,
    drafts: AtomicU64,
}

/// A copy, and what its writer noted with it.
#[derive(Debug)]
pub struct CachedCopy {
    pub file: File,
    pub note: Vec<u8>,
}

/// A copy that is being written. Dropped, it is gone.
#[derive(Debug)]
pub struct Draft {
    path: Option<PathBuf>,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            let _ = fs::remove_file(path);
        }
    }
}

impl Cache {
    /// Opens the folder, which is made if need be, and removes what crashes left. Blocking, as everything here.
    pub fn open(folder: PathBuf, most: u64) -> Result<Self, StoreError> {
        location::create_private_dir(&folder)?;
        let cache = Self { folder, most, drafts: AtomicU64::new(0) };
        for (path, _, changed) in cache.files(".part") {
            if changed.elapsed().is_ok_and(|age| age > STALE) {
                let _ = fs::remove_file(path);
            }
        }
        Ok(cache)
    }

    /// The copy of `key`, marked as used now.
    pub fn get(&self, key: &str) -> Option<CachedCopy> {
        let (text, note) = self.paths(key);
        let mut noted = File::options().read(true).write(true).open(note).ok()?;
        let file = File::open(text).ok()?;
        let mut note = Vec::new();
        noted.read_to_end(&mut note).ok()?;
        let _ = noted.set_times(FileTimes::new().set_modified(SystemTime::now()));
        Some(CachedCopy { file, note })
    }

    /// A file to write a copy into.
    pub fn begin(&self) -> Result<(Draft, File), StoreError> {
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{}-{number}.part", std::process::id()));
        let file = location::open_private_file(&path)?;
        file.set_len(0).map_err(|source| StoreError::Folder { path: path.clone(), source })?;
        Ok((Draft { path: Some(path) }, file))
    }

    /// Makes the draft the copy of `key` and lets others go until all fit. What is larger than half of the cache would
    /// push out everything else and is not kept: then, and when it cannot be kept, the draft comes back.
    pub fn keep(&self, mut draft: Draft, key: &str, note: &[u8]) -> Result<(), Draft> {
        match draft.path.as_deref().map(|path| self.store(path, key, note)) {
            Some(Ok(true)) => {
                draft.path = None;
                self.trim();
                Ok(())
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "a copy could not be kept");
                Err(draft)
            }
            _ => Err(draft),
        }
    }

    fn store(&self, draft: &Path, key: &str, note: &[u8]) -> io::Result<bool> {
        let length = fs::metadata(draft)?.len().saturating_add(note.len() as u64);
        if length > self.most / 2 {
            return Ok(false);
        }
        let (text, noted) = self.paths(key);
        // The note goes first and comes last: what is found has both, and both are of one copy.
        let _ = fs::remove_file(&noted);
        fs::rename(draft, text)?;
        let path = draft.with_extension("note.part");
        location::open_private_file(&path).map_err(io::Error::other)?.write_all(note)?;
        fs::rename(path, noted)?;
        Ok(true)
    }

    /// Bytes of all copies.
    pub fn size(&self) -> u64 {
        self.copies().iter().map(|copy| copy.1).sum()
    }

    /// Removes all copies.
    pub fn clear(&self) {
        self.copies().iter().for_each(|copy| self.remove(&copy.0));
    }

    fn trim(&self) {
        let mut copies = self.copies();
        copies.sort_by_key(|copy| copy.2);
        let mut all: u64 = copies.iter().map(|copy| copy.1).sum();
        for (name, length, _) in copies {
            if all <= self.most {
                break;
            }
            self.remove(&name);
            all = all.saturating_sub(length);
        }
    }

    fn remove(&self, name: &str) {
        for ending in ["note", "text"] {
            let _ = fs::remove_file(self.folder.join(format!("{name}.{ending}")));
        }
    }

    /// Name, bytes and last use of each.
    fn copies(&self) -> Vec<(String, u64, SystemTime)> {
        let copies = self.files(".text").into_iter().filter_map(|(path, length, written)| {
            let note = fs::metadata(path.with_extension("note"));
            let used = note.as_ref().ok().and_then(|note| note.modified().ok()).unwrap_or(written);
            let length = length + note.map_or(0, |note| note.len());
            Some((path.file_stem()?.to_str()?.to_owned(), length, used))
        });
        copies.collect()
    }

    /// Path, bytes and last write.
    fn files(&self, ending: &str) -> Vec<(PathBuf, u64, SystemTime)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| {
            let path = entry.path();
            let about = entry.metadata().ok()?;
            path.to_str()?.ends_with(ending).then_some((path, about.len(), about.modified().ok()?))
        });
        files.collect()
    }

    fn paths(&self, key: &str) -> (PathBuf, PathBuf) {
        let mut name = String::with_capacity(64);
        for byte in Sha256::digest(key.as_bytes()) {
            let _ = write!(name, "{byte:02x}");
        }
        (self.folder.join(format!("{name}.text")), self.folder.join(format!("{name}.note")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(cache: &Cache, key: &str, length: usize) -> bool {
        let (draft, mut file) = cache.begin().unwrap();
        file.write_all(&vec![b'x'; length]).unwrap();
        cache.keep(draft, key, b"note").is_ok()
    }

    fn used(cache: &Cache, key: &str, seconds_ago: u64) {
        let at = SystemTime::now() - Duration::from_secs(seconds_ago);
        let note = File::options().write(true).open(cache.paths(key).1).unwrap();
        note.set_times(FileTimes::new().set_modified(at)).unwrap();
    }

    #[test]
    fn a_copy_is_found_again_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().join("logs"), 1_000).unwrap();
        assert!(cache.get("a").is_none());
        assert!(put(&cache, "a", 3) && put(&cache, "a", 5));
        let mut text = String::new();
        let mut kept = Cache::open(folder.path().join("logs"), 1_000).unwrap().get("a").unwrap();
        kept.file.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), kept.note.as_slice(), cache.size()), ("xxxxx", &b"note"[..], 9));
        cache.clear();
        assert!(cache.get("a").is_none() && cache.size() == 0);
    }

    #[test]
    fn the_least_recently_used_goes_and_what_is_too_large_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path().to_owned(), 100).unwrap();
        assert!(put(&cache, "old", 40) && put(&cache, "used", 40));
        used(&cache, "old", 90);
        used(&cache, "used", 100);
        assert!(cache.get("used").is_some(), "it is now the newest");
        assert!(put(&cache, "new", 40));
        assert!(cache.get("old").is_none() && cache.get("used").is_some() && cache.get("new").is_some());
        assert!(!put(&cache, "large", 60));
        assert_eq!(cache.files(".part").len(), 0, "a draft that is dropped is gone");
    }

    #[cfg(unix)]
    #[test]
    fn names_tell_nothing_and_nobody_else_may_look() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("cache").join("logs");
        let cache = Cache::open(inside.clone(), 1_000).unwrap();
        assert!(put(&cache, "practice s3://lake-logs/secret", 3));
        assert_eq!(fs::metadata(&inside).unwrap().permissions().mode() & 0o777, 0o700);
        let mut files = 0;
        for entry in fs::read_dir(&inside).unwrap().flatten() {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert!(!entry.file_name().to_str().unwrap().contains("secret"));
            files += 1;
        }
        assert_eq!(files, 2);
    }

    #[test]
    fn what_a_crash_left_is_removed_later() {
        let folder = tempfile::tempdir().unwrap();
        for (name, hours) in [("1-0.part", 30), ("1-1.part", 1)] {
            let file = File::create(folder.path().join(name)).unwrap();
            let at = SystemTime::now() - Duration::from_hours(hours);
            file.set_times(FileTimes::new().set_modified(at)).unwrap();
        }
        let cache = Cache::open(folder.path().to_owned(), 1_000).unwrap();
        assert_eq!(cache.files(".part").len(), 1);
    }
}
