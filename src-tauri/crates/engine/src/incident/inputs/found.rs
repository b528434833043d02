//! What stands where a run read, and which of it is looked into.

use super::{Moments, places::Name};
use crate::{
    incident::Looking,
    objects::{rows_below, rows_of_glob, rows_of_key},
};
use ::objects::{
    below::{self, Standing},
    glob::Glob,
    words::count_of,
};
use aws::AwsError;
use contract::{Notice, objects::VersionRow};
use std::collections::BTreeMap;

/// Objects that are looked into.
pub const MOST_INPUTS: usize = 6;
/// Objects below one folder that are listed.
const MOST_OBJECTS: usize = 200;

/// What stands at a place.
#[derive(Debug)]
pub enum Found {
    Object(Object),
    Folder(Folder),
}

/// One that is looked into, or may be.
#[derive(Debug)]
pub struct Object {
    pub bucket: String,
    pub key: String,
    /// All its versions.
    pub rows: Vec<VersionRow>,
}

/// What lies below a prefix.
#[derive(Debug)]
pub struct Folder {
    pub bucket: String,
    pub prefix: String,
    /// Of what lies below, only what this names.
    pub pattern: Option<String>,
    pub rows: BTreeMap<String, Vec<VersionRow>>,
    /// Those that the run or the last success may have read, the worst first.
    pub ranked: Vec<(String, Standing)>,
}

impl Folder {
    /// `below s3://lake/in/`, `that match s3://lake/in/*.csv`.
    fn place(&self) -> String {
        match &self.pattern {
            Some(pattern) => format!("that match s3://{}/{pattern}", self.bucket),
            None => format!("below s3://{}/{}", self.bucket, self.prefix),
        }
    }

    /// Those that are not looked into.
    fn left(&self) -> Option<Notice> {
        let all = self.ranked.len();
        if all == 0 {
            return None;
        }
        let same = self.ranked.iter().filter(|(_, standing)| *standing == Standing::Same).count();
        let unchanged = match same {
            0 => String::new(),
            same if same == all => ": unchanged since the last success".to_owned(),
            same => format!(", {same} of them unchanged since the last success"),
        };
        let (objects, verb) = (count_of(all as u64, "object"), if all == 1 { "was" } else { "were" });
        Some(Notice::info(format!("{objects} {} {verb} not looked into{unchanged}.", self.place())))
    }
}

/// Lists an object, or the folder of that name, or what a pattern names. `is_told`: the job itself says that it reads there.
pub async fn found(looking: &Looking, (bucket, key): Name, is_told: bool, moments: Moments) -> Option<Found> {
    let session = &looking.session;
    let tell = |notice: Notice| looking.tell(|incident| incident.notices.push(notice));
    let is_folder = key.is_empty() || key.ends_with('/');
    if !is_folder {
        match rows_of_key(session, &bucket, &key, None).await {
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => return Some(Found::Object(Object { bucket, key, rows })),
            Err(AwsError::NotFound { .. }) => return None,
            Err(error) => {
                tell(Notice::warning(format!("s3://{bucket}/{key} is missing here: {error}.")));
                return None;
            }
        }
    }
    let glob = Glob::read(&key);
    let (prefix, pattern) = match &glob {
        Some(glob) => (glob.folder().to_owned(), Some(key)),
        None if is_folder => (key, None),
        None => (format!("{key}/"), None),
    };
    let listed = match &glob {
        Some(glob) => rows_of_glob(session, &bucket, glob, MOST_OBJECTS).await,
        None => rows_below(session, &bucket, &prefix, None, MOST_OBJECTS).await,
    };
    match listed {
        Ok(Some(rows)) => {
            let ranked = below::ranked(&rows, &prefix, moments.began, moments.success);
            let folder = Folder { bucket, prefix, pattern, rows, ranked };
            if folder.ranked.is_empty() && is_told {
                tell(Notice::info(format!("There were no objects {} when the run began.", folder.place())));
            }
            Some(Found::Folder(folder))
        }
        Ok(None) => {
            let place = Folder { bucket, prefix, pattern, rows: BTreeMap::new(), ranked: Vec::new() }.place();
            let text = format!(
                "There are more than {MOST_OBJECTS} objects {place}, or too many versions: they were not looked into."
            );
            tell(Notice::info(text));
            None
        }
        Err(AwsError::NotFound { .. }) => None,
        Err(error) => {
            tell(Notice::warning(format!("s3://{bucket}/{prefix} is missing here: {error}.")));
            None
        }
    }
}

/// What is looked into: objects that were named, then what changed most below folders. What is not is said.
pub fn choose(found: Vec<Found>) -> (Vec<Object>, Vec<Notice>) {
    let (mut chosen, mut folders, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for one in found {
        match one {
            Found::Object(object) => chosen.push(object),
            Found::Folder(folder) => folders.push(folder),
        }
    }
    for folder in &mut folders {
        let named = |key: &str| chosen.iter().any(|one: &Object| one.bucket == folder.bucket && one.key == key);
        folder.ranked.retain(|(key, _)| !named(key));
    }
    if chosen.len() > MOST_INPUTS {
        let more = count_of((chosen.len() - MOST_INPUTS) as u64, "more object");
        notices.push(Notice::info(format!("Not looked into: {more} that the run was told to read.")));
        chosen.truncate(MOST_INPUTS);
    }
    let mut worst: Vec<(Standing, usize, String)> = Vec::new();
    for (at, folder) in folders.iter().enumerate() {
        let changed = folder.ranked.iter().filter(|(_, standing)| *standing != Standing::Same);
        worst.extend(changed.map(|(key, standing)| (*standing, at, key.clone())));
    }
    worst.sort_by_key(|(standing, ..)| *standing);
    for (_, at, key) in worst {
        if chosen.len() >= MOST_INPUTS {
            break;
        }
        let Some(folder) = folders.get_mut(at) else { continue };
        // One folder may lie below another.
        if chosen.iter().all(|one| one.bucket != folder.bucket || one.key != key)
            && let Some(rows) = folder.rows.remove(&key)
        {
            chosen.push(Object { bucket: folder.bucket.clone(), key: key.clone(), rows });
        }
        folder.ranked.retain(|(one, _)| *one != key);
    }
    notices.extend(folders.iter().filter_map(Folder::left));
    (chosen, notices)
}
