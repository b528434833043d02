//! Names of entries. A key holds anything: `..`, what no file system takes, the name of another key with a slash behind it.

use ::objects::download;
use std::collections::HashSet;

/// The names that are given. No two are equal, and none is a folder of another, even where case does not count.
#[derive(Debug, Default)]
pub(super) struct Names {
    files: HashSet<String>,
    folders: HashSet<String>,
}

impl Names {
    /// The name of an object below `root`: its bucket, and its key with each part made safe. One that is taken gets a
    /// number before its bucket.
    pub fn place(&mut self, root: &str, uri: &str) -> String {
        let whole = uri.strip_prefix("s3://").unwrap_or(uri);
        let parts: Vec<String> = whole.split('/').map(download::file_name).collect();
        let path = parts.join("/");
        let mut name = format!("{root}/{path}");
        let mut number = 2_u64;
        while !self.take(&name) {
            name = format!("{root}/{number}/{path}");
            number += 1;
        }
        name
    }

    fn take(&mut self, name: &str) -> bool {
        let name = name.to_lowercase();
        let above: Vec<String> =
            name.match_indices('/').filter_map(|(at, _)| Some(name.get(..at)?.to_owned())).collect();
        let is_free = !self.files.contains(&name)
            && !self.folders.contains(&name)
            && !above.iter().any(|folder| self.files.contains(folder));
        if is_free {
            self.folders.extend(above);
            self.files.insert(name);
        }
        is_free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn a_name_tells_bucket_and_key() {
        let mut names = Names::default();
        assert_eq!(names.place("files", "s3://ml/churn/v7/bias.json"), "files/ml/churn/v7/bias.json");
        assert_eq!(names.place("files", "s3://other/churn/v7/bias.json"), "files/other/churn/v7/bias.json");
        assert_eq!(names.place("changed", "s3://ml/churn/v7/bias.json"), "changed/ml/churn/v7/bias.json");
    }

    #[test]
    fn keys_that_would_meet_on_a_disk_do_not() {
        let mut names = Names::default();
        let all = ["s3://ml/a:b", "s3://ml/a?b", "s3://ml/A:B", "s3://ml/a", "s3://ml/a/c", "s3://ml/a/c/d"];
        let all: Vec<String> = all.iter().map(|uri| names.place("files", uri)).collect();
        let wanted =
            ["files/ml/a_b", "files/2/ml/a_b", "files/3/ml/A_B", "files/ml/a", "files/2/ml/a/c", "files/3/ml/a/c/d"];
        assert_eq!(all, wanted);
    }

    #[test]
    fn no_key_leaves_its_folder() {
        for (key, name) in [
            ("../../etc/passwd", "files/ml/__/__/etc/passwd"),
            ("/leading.json", "files/ml/object/leading.json"),
            ("a//b", "files/ml/a/object/b"),
            ("a\\..\\b", "files/ml/a_.._b"),
            ("line\nbreak", "files/ml/line_break"),
            ("CON", "files/ml/_CON"),
            ("folder/", "files/ml/folder/object"),
        ] {
            assert_eq!(Names::default().place("files", &format!("s3://ml/{key}")), name, "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn every_name_stays_below_its_root(keys in proptest::collection::vec("[./\\\\ aA:]{0,12}|(?s).{0,80}", 1..6)) {
            let mut names = Names::default();
            for key in &keys {
                let name = names.place("files", &format!("s3://ml/{key}"));
                let parts: Vec<_> = Path::new(&name).components().collect();
                prop_assert!(parts.iter().all(|part| matches!(part, Component::Normal(_))), "{:?}", name);
                prop_assert!(name.starts_with("files/") && !name.contains(['\\', ':', '\n', '\0']), "{:?}", name);
            }
            prop_assert_eq!(names.files.len(), keys.len());
        }
    }
}
