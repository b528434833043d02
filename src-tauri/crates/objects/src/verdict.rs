//! One line on how a version stands to the current one, from listed facts alone.

use crate::{size, timeline};
use contract::{Severity, objects::VersionFact};

/// What stands out, or nothing. Warnings are what may be the reason for a restore: an empty or much smaller current version.
///
/// `current` is the newest entry of the key, which may be a delete marker. Less than half is "much smaller"; changes under a
/// tenth say nothing.
pub fn verdict(version: &VersionFact, current: &VersionFact) -> Option<(Severity, String)> {
    if version.delete_marker {
        return None;
    }
    let bytes = version.size?;
    let empty = || Some((Severity::Warning, "Empty file".to_owned()));
    if version.version_id == current.version_id {
        return if bytes == 0 { empty() } else { None };
    }
    if current.delete_marker {
        let text = format!("The object is deleted; this version holds {}", size::words(bytes));
        return if bytes == 0 { empty() } else { Some((Severity::Info, text)) };
    }
    if timeline::same_bytes(version, current) {
        return Some((Severity::Info, "Same bytes as the current version, another upload".to_owned()));
    }
    let now = current.size?;
    let change = format!("{} to {}", size::words(bytes), size::words(now));
    match (bytes, now) {
        (0, _) => empty(),
        (_, 0) => {
            Some((Severity::Warning, format!("The current version is empty; this one holds {}", size::words(bytes))))
        }
        _ if bytes == now => Some((Severity::Info, "Same size as the current version, another ETag".to_owned())),
        _ if now < bytes.div_ceil(2) => {
            Some((Severity::Warning, format!("The current version is {} of this one: {change}", percent(now, bytes))))
        }
        _ if now / 2 >= bytes => {
            Some((Severity::Info, format!("The current version is {} times this one: {change}", tenths(now, bytes))))
        }
        _ if now.abs_diff(bytes) >= bytes / 10 + u64::from(bytes % 10 != 0) => {
            let word = if now > bytes { "larger" } else { "smaller" };
            let by = percent(now.abs_diff(bytes), bytes);
            Some((Severity::Info, format!("The current version is {by} {word}: {change}")))
        }
        _ => None,
    }
}

/// `0.3 %`; what is more than nothing is never `0.0 %`.
fn percent(part: u64, whole: u64) -> String {
    let per_mille = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole.max(1));
    if per_mille == 0 && part > 0 {
        "under 0.1 %".to_owned()
    } else {
        format!("{}.{} %", per_mille / 10, per_mille % 10)
    }
}

fn tenths(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 10 + u128::from(whole) / 2) / u128::from(whole.max(1));
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{data, marker};
    use proptest::prelude::*;

    fn say(version: u64, current: u64) -> Option<(Severity, String)> {
        verdict(&data("v1", 0, version, "a"), &data("v2", 1, current, "b"))
    }

    #[test]
    fn what_stands_out() {
        let warn = |text: &str| Some((Severity::Warning, text.to_owned()));
        let info = |text: &str| Some((Severity::Info, text.to_owned()));
        assert_eq!(say(1_258_291, 3_174), warn("The current version is 0.3 % of this one: 1.2 MB to 3.1 KB"));
        assert_eq!(say(1 << 40, 1), warn("The current version is under 0.1 % of this one: 1.0 TB to 1 B"));
        assert_eq!(say(1_000, 0), warn("The current version is empty; this one holds 1000 B"));
        assert_eq!(say(0, 5), warn("Empty file"));
        assert_eq!(say(3_174, 12_698), info("The current version is 4.0 times this one: 3.1 KB to 12.4 KB"));
        assert_eq!(say(1000, 1120), info("The current version is 12.0 % larger: 1000 B to 1.1 KB"));
        assert_eq!(say(1000, 900), info("The current version is 10.0 % smaller: 1000 B to 900 B"));
        assert_eq!(say(1000, 500), info("The current version is 50.0 % smaller: 1000 B to 500 B"));
        assert_eq!(say(1000, 950), None);
        assert_eq!(say(1000, 1000), info("Same size as the current version, another ETag"));
        let same = verdict(&data("v1", 0, 9, "a"), &data("v2", 1, 9, "\"a\""));
        assert_eq!(same, info("Same bytes as the current version, another upload"));
    }

    #[test]
    fn markers_and_the_current_one() {
        assert_eq!(verdict(&data("v1", 0, 9, "a"), &data("v1", 0, 9, "a")), None);
        assert_eq!(
            verdict(&data("v1", 0, 0, "a"), &data("v1", 0, 0, "a")),
            Some((Severity::Warning, "Empty file".into()))
        );
        assert_eq!(verdict(&marker("d", 0), &data("v", 1, 1, "a")), None);
        assert_eq!(
            verdict(&data("v", 0, 2048, "a"), &marker("d", 1)),
            Some((Severity::Info, "The object is deleted; this version holds 2.0 KB".into()))
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_warns_exactly_below_half(version: u64, current: u64) {
            let warned = say(version, current).is_some_and(|(severity, _)| severity == Severity::Warning);
            prop_assert_eq!(warned, version == 0 || current < version.div_ceil(2));
        }
    }
}
