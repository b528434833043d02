//! File names for downloaded versions: one path component that no system reads as anything else.
//!
//! A name from here never holds a separator, is never `.` or `..`, never a device of Windows, and fits every common file
//! system; so joined to a folder it stays in that folder, whatever the key holds ("Naming Files, Paths, and
//! Namespaces", Microsoft).

use crate::key;
use std::collections::HashSet;

/// Bytes of UTF-8. File systems take 255 bytes or UTF-16 units; the rest is room for ` (2)` and a temporary ending.
const MAX_BYTES: usize = 230;

/// The name for one key: its last part with what a file system cannot hold replaced by `_`.
pub fn file_name(whole: &str) -> String {
    let last = key::name(whole);
    let last = last.strip_suffix('/').unwrap_or(last);
    let mut name: String = last
        .chars()
        .map(|c| {
            if key::invisible(c) || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*') { '_' } else { c }
        })
        .collect();
    // Windows drops dots and spaces at the end, so `..` and `con.` become something else there.
    let kept = name.trim_end_matches(['.', ' ']).len();
    let dropped = name.len() - kept;
    name.truncate(kept);
    name.extend(std::iter::repeat_n('_', dropped));
    if name.trim_start() != name {
        name = format!("_{}", name.trim_start());
    }
    if name.is_empty() {
        name.push_str("object");
    }
    if device(&name) {
        name.insert(0, '_');
    }
    shorten(&name, MAX_BYTES)
}

/// Names for several keys, in their order, no two equal even where case does not count (macOS, Windows): `x.csv`, `X (2).csv`.
pub fn file_names(keys: &[&str]) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    keys.iter()
        .map(|key| {
            let name = file_name(key);
            let mut free = name.clone();
            let mut number = 2_u64;
            while !taken.insert(free.to_lowercase()) {
                let (stem, ext) = stem_and_ext(&name);
                free = format!("{stem} ({number}){ext}");
                number += 1;
            }
            free
        })
        .collect()
}

/// True for the names that Windows gives to devices, with any extension.
fn device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").trim_end().to_uppercase();
    let numbered = |start: &str| {
        stem.strip_prefix(start).is_some_and(|rest| {
            let mut chars = rest.chars();
            matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Cuts the stem, never the extension, unless that alone is too long.
fn shorten(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let (stem, ext) = stem_and_ext(name);
    let ext = if ext.len() > 20 { "" } else { ext };
    let stem = if ext.is_empty() { name } else { stem };
    let mut end = max - ext.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    // The cut may have left a dot or space at the end.
    let stem = stem.get(..end).unwrap_or("").trim_end_matches(['.', ' ']);
    format!("{stem}{ext}")
}

fn stem_and_ext(name: &str) -> (&str, &str) {
    match name.rfind('.').filter(|dot| *dot > 0) {
        Some(dot) => name.split_at_checked(dot).unwrap_or((name, "")),
        None => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn hostile_and_odd_keys() {
        for (key, name) in [
            ("data/in/daily_sales.csv", "daily_sales.csv"),
            ("a/../../etc/passwd", "passwd"),
            ("..", "__"),
            ("a/..", "__"),
            ("a/.", "_"),
            ("..\\..\\x", ".._.._x"),
            ("folder/", "folder"),
            ("a//", "object"),
            ("", "object"),
            ("/", "object"),
            ("nul", "_nul"),
            ("x/CON.txt", "_CON.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("COM¹", "_COM¹"),
            ("com10", "com10"),
            ("console.log", "console.log"),
            ("a:b?.csv", "a_b_.csv"),
            ("line\nbreak", "line_break"),
            ("end. ", "end__"),
            (" lead", "_lead"),
            (".env", ".env"),
            ("C:", "C_"),
        ] {
            assert_eq!(file_name(key), name, "{key:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = file_name(&format!("{}.csv", "ü".repeat(400)));
        assert!(name.len() <= MAX_BYTES && name.ends_with("ü.csv"), "{name}");
        assert!(file_name(&format!("a.{}", "x".repeat(900))).len() <= MAX_BYTES);
    }

    #[test]
    fn names_differ_where_case_does_not_count() {
        assert_eq!(
            file_names(&["a/x.csv", "b/X.csv", "c/x.csv", "x (2).csv", "README", "readme"]),
            ["x.csv", "X (2).csv", "x (3).csv", "x (2) (2).csv", "README", "readme (2)"]
        );
    }

    proptest! {
        #[test]
        fn one_normal_component_always(key in "\\PC{0,60}|[./\\\\ a:]{0,20}|(?s).{0,300}") {
            let name = file_name(&key);
            let parts: Vec<_> = Path::new(&name).components().collect();
            prop_assert!(matches!(parts.as_slice(), [Component::Normal(_)]), "{:?}", name);
            prop_assert!(!name.contains(['/', '\\', ':', '\0']) && name.len() <= MAX_BYTES);
            prop_assert!(!name.ends_with(['.', ' ']));
            prop_assert!(!device(&name));
        }
    }
}
