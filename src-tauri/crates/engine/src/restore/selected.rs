//! What a selection comes to: each object once, however its folders overlap.

use contract::{
    objects::VersionRow,
    restore::{Pick, RestoreItem},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A key with its timeline.
pub(super) struct Subject<'a> {
    pub key: String,
    pub rows: Vec<VersionRow>,
    pub item: &'a RestoreItem,
}

/// The folders and the keys of a selection, each once, the outer folders first. A folder inside another one that is brought back
/// in the same way is read with it.
pub(super) fn asked(items: &[RestoreItem]) -> (Vec<&RestoreItem>, Vec<&RestoreItem>) {
    let mut picked: HashMap<(&str, bool), Vec<&Pick>> = HashMap::new();
    let (mut folders, single): (Vec<_>, Vec<_>) = items
        .iter()
        .filter(|item| {
            let picks = picked.entry((item.key.as_str(), item.folder)).or_default();
            let is_new = !picks.contains(&&item.pick);
            if is_new {
                picks.push(&item.pick);
            }
            is_new
        })
        .partition(|item| item.folder);
    folders.sort_by_key(|item| item.key.len());
    let mut outer: Vec<&RestoreItem> = Vec::new();
    for item in folders {
        if !outer.iter().any(|other| item.key.starts_with(&other.key) && item.pick == other.pick) {
            outer.push(item);
        }
    }
    (outer, single)
}

/// Every object once. One that was selected itself is brought back as it was selected, and one in several folders as the
/// innermost of them, the last of `folders`. Of one key several versions may be selected: each is a subject.
pub(super) fn each_once<'a>(
    folders: Vec<(&'a RestoreItem, BTreeMap<String, Vec<VersionRow>>)>,
    single: Vec<(&'a RestoreItem, Vec<VersionRow>)>,
) -> Vec<Subject<'a>> {
    let named: HashSet<&str> = single.iter().map(|(item, _)| item.key.as_str()).collect();
    let mut below: BTreeMap<String, Subject<'a>> = BTreeMap::new();
    for (item, keys) in folders {
        for (key, rows) in keys.into_iter().filter(|(key, _)| !named.contains(key.as_str())) {
            below.insert(key.clone(), Subject { key, rows, item });
        }
    }
    let single = single.into_iter().map(|(item, rows)| Subject { key: item.key.clone(), rows, item });
    below.into_values().chain(single).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, folder: bool, pick: Pick) -> RestoreItem {
        RestoreItem { key: key.into(), folder, pick }
    }

    /// What a selection comes to where these keys are below its folders: the keys, whether each was found in a folder, its pick.
    fn subjects_of(items: &[RestoreItem], keys: &[&str]) -> Vec<(String, bool, Pick)> {
        let (folders, single) = asked(items);
        let below = |item: &RestoreItem| {
            let keys = keys.iter().filter(|key| key.starts_with(&item.key));
            keys.map(|key| ((*key).to_owned(), Vec::new())).collect::<BTreeMap<_, _>>()
        };
        let found = folders.into_iter().map(|item| (item, below(item))).collect();
        let subjects = each_once(found, single.into_iter().map(|item| (item, Vec::new())).collect());
        subjects.into_iter().map(|one| (one.key, one.item.folder, one.item.pick.clone())).collect()
    }

    #[test]
    fn an_object_is_brought_back_once_however_often_the_selection_covers_it() {
        let keys = ["a/", "a/b/c", "a/b/d", "a/e"];
        let previous = |key: &str, folder| item(key, folder, Pick::Previous);
        let selected =
            [previous("a/b/", true), previous("a/b/c", false), previous("a/", true), previous("a/b/c", false)];
        let names = |of: &[(String, bool, Pick)]| of.iter().map(|(key, ..)| key.clone()).collect::<Vec<_>>();
        let found = subjects_of(&selected, &keys);
        assert_eq!(names(&found), ["a/", "a/b/d", "a/e", "a/b/c"]);
        assert_eq!(found.iter().filter(|(_, folder, _)| !folder).count(), 1, "what was named itself is no find");
        assert_eq!(asked(&selected).0.len(), 1, "the inner folder is read with the outer one");
    }

    #[test]
    fn the_innermost_folder_says_which_version_is_wanted() {
        let then = Pick::At("2026-11-21T06:00:00Z".parse().unwrap());
        let selected = [item("a/b/", true, then.clone()), item("a/", true, Pick::Previous)];
        let found = subjects_of(&selected, &["a/b/c", "a/e"]);
        assert_eq!(found, [("a/b/c".to_owned(), true, then), ("a/e".to_owned(), true, Pick::Previous)]);
    }

    #[test]
    fn a_folder_and_an_object_of_one_name_are_two() {
        let selected =
            [item("a", false, Pick::Previous), item("a/", true, Pick::Previous), item("ab", false, Pick::Previous)];
        let found = subjects_of(&selected, &["a/", "a/x"]);
        let keys: Vec<&str> = found.iter().map(|(key, ..)| key.as_str()).collect();
        assert_eq!(keys, ["a/", "a/x", "a", "ab"]);
        let marker = [item("a/", false, Pick::Previous), item("a/", true, Pick::Previous)];
        let found = subjects_of(&marker, &["a/", "a/x"]);
        assert_eq!(found.len(), 2, "the marker was selected as an object and as a part of its folder: {found:?}");
    }

    #[test]
    fn several_versions_of_one_key_may_be_selected() {
        let selected = ["v1", "v2", "v1"].map(|id| item("a", false, Pick::Version(id.into())));
        let found = subjects_of(&selected, &[]);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
