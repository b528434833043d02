//! The data that a version was trained on: which versions of its objects were read, and whether they are still current.

use crate::wording::{count, list, moment};
use contract::Timestamp;

/// What is known of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    /// ARN of its vertex in the lineage.
    pub arn: String,
    /// Of a single object: the version that was read.
    pub version_id: Option<String>,
    pub note: String,
}

/// One object of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub then: Then,
    pub now: Now,
}

impl Object {
    fn was_there(&self) -> bool {
        matches!(self.then, Then::Version { .. })
    }
}

/// What a key held when training started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    Nothing,
    /// `id` is `None` where the bucket keeps no versions.
    Version {
        id: Option<String>,
        stored: Timestamp,
    },
    /// Why it cannot be told.
    Unclear(String),
}

/// What it holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    Same,
    Other,
    Nothing,
}

/// A version or an ETag that whoever made the artifact recorded: `version v7`.
pub fn recorded(what: &str, now: Now) -> String {
    let now = match now {
        Now::Same => ", which is still current",
        Now::Other => "; another one is current now",
        Now::Nothing => "; the object is gone",
    };
    format!("{what} as the lineage recorded it{now}")
}

/// `when`: `training started 21 Nov 2026 06:31 UTC`.
pub fn of_object(object: &Object, when: &str) -> String {
    let what = match &object.then {
        Then::Unclear(why) => return format!("which version was read cannot be told: {why}"),
        Then::Nothing => {
            let now = if object.now == Now::Nothing { "" } else { "; something is now" };
            return format!("no version is kept of what was stored there when {when}{now}");
        }
        Then::Version { id: Some(id), .. } => format!("version {id}"),
        Then::Version { id: None, stored } => format!("what was stored {}", moment(*stored)),
    };
    let now = match object.now {
        Now::Same => ", and still is",
        Now::Other => "; another one is current now",
        Now::Nothing => "; the object is deleted now",
    };
    format!("{what} was current when {when}{now}")
}

/// All objects below a prefix; `when` as in [`of_object`].
pub fn of_folder(objects: &[Object], when: &str) -> String {
    if objects.is_empty() {
        return "no object is stored there, in any version".to_owned();
    }
    let many = |fits: fn(&Object) -> bool| objects.iter().filter(|object| fits(object)).count();
    let there = many(Object::was_there);
    let parts = [
        (many(|object| object.was_there() && object.now == Now::Other), "overwritten since"),
        (many(|object| object.was_there() && object.now == Now::Nothing), "deleted since"),
        (
            many(|object| object.then == Then::Nothing && object.now != Now::Nothing),
            "stored since, unless older versions expired",
        ),
        (many(|object| matches!(object.then, Then::Unclear(_))), "not known"),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{many} {what}")).collect();
    let now = match (parts.is_empty(), there) {
        (false, _) => format!(": {}", list(&parts, parts.len())),
        (true, 0) => String::new(),
        (true, 1) => ", and it is still current".to_owned(),
        (true, _) => ", and all are still current".to_owned(),
    };
    format!("{} when {when}{now}", count(there, "object"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEN: &str = "training started 21 Nov 2026 06:31 UTC";

    fn kept(now: Now) -> Object {
        let stored = "2026-11-20T05:00:00Z".parse().unwrap();
        Object { then: Then::Version { id: Some("v7".into()), stored }, now }
    }

    #[test]
    fn an_object_says_which_version_was_read_and_whether_it_is_current() {
        for (object, words) in [
            (kept(Now::Same), "version v7 was current when training started 21 Nov 2026 06:31 UTC, and still is"),
            (
                kept(Now::Other),
                "version v7 was current when training started 21 Nov 2026 06:31 UTC; another one is current now",
            ),
            (
                kept(Now::Nothing),
                "version v7 was current when training started 21 Nov 2026 06:31 UTC; the object is deleted now",
            ),
            (
                Object { then: Then::Nothing, now: Now::Other },
                "no version is kept of what was stored there when training started 21 Nov 2026 06:31 UTC; something is now",
            ),
            (
                Object { then: Then::Unclear("no versions are kept".into()), now: Now::Other },
                "which version was read cannot be told: no versions are kept",
            ),
        ] {
            assert_eq!(of_object(&object, WHEN), words);
        }
        let stored = "2026-11-20T05:00:00Z".parse().unwrap();
        let single = Object { then: Then::Version { id: None, stored }, now: Now::Same };
        assert!(of_object(&single, WHEN).starts_with("what was stored 20 Nov 2026 05:00 UTC was current when"));
        assert_eq!(
            recorded("version v7", Now::Other),
            "version v7 as the lineage recorded it; another one is current now"
        );
    }

    #[test]
    fn a_folder_counts_what_is_not_as_it_was() {
        assert_eq!(of_folder(&[], WHEN), "no object is stored there, in any version");
        assert_eq!(
            of_folder(&[kept(Now::Same), kept(Now::Same)], WHEN),
            "2 objects when training started 21 Nov 2026 06:31 UTC, and all are still current"
        );
        let mixed = [
            kept(Now::Same),
            kept(Now::Other),
            kept(Now::Nothing),
            Object { then: Then::Nothing, now: Now::Other },
            Object { then: Then::Nothing, now: Now::Nothing },
            Object { then: Then::Unclear(String::new()), now: Now::Other },
        ];
        assert_eq!(
            of_folder(&mixed, WHEN),
            "3 objects when training started 21 Nov 2026 06:31 UTC: 1 overwritten since, 1 deleted since, 1 stored since, unless older versions expired and 1 \
             not known"
        );
    }
}
