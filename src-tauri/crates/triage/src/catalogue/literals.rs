//! The text that any match of a pattern must contain: what lets most records pass without a pattern being tried.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Shorter texts are in half of all lines.
const SHORTEST: usize = 3;
/// Longer ones only cost memory.
const LONGEST: usize = 40;

/// Texts, in lower case, one of which is in every match of `pattern`, whatever its case. Empty: there is none.
pub(super) fn required(pattern: &str) -> Vec<Vec<u8>> {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build().parse(pattern);
    let Ok(hir) = parsed else { return Vec::new() };
    let mut texts = best(&hir).unwrap_or_default();
    if texts.iter().any(|text| text.len() < SHORTEST) {
        return Vec::new();
    }
    for text in &mut texts {
        text.truncate(LONGEST);
    }
    texts.sort();
    texts.dedup();
    texts
}

fn best(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    if let Some(text) = exact(hir) {
        return Some(vec![text]);
    }
    match hir.kind() {
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => best(&repetition.sub),
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(best(branch)?);
            }
            Some(all)
        }
        HirKind::Concat(parts) => {
            let mut candidates = Vec::new();
            let mut run = Vec::new();
            for part in parts {
                if let Some(text) = exact(part) {
                    run.extend(text);
                } else {
                    candidates.push(vec![std::mem::take(&mut run)]);
                    candidates.extend(best(part));
                }
            }
            candidates.push(vec![run]);
            candidates.into_iter().max_by_key(|texts| worth(texts))
        }
        _ => None,
    }
}

/// Long is rare; many branches are not.
fn worth(texts: &[Vec<u8>]) -> usize {
    let shortest = texts.iter().map(Vec::len).min().unwrap_or_default();
    (shortest * 4).saturating_sub(texts.len())
}

/// The one text that `hir` stands for, case aside.
fn exact(hir: &Hir) -> Option<Vec<u8>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(literal.0.to_ascii_lowercase()),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Class(Class::Bytes(class)) => {
            let mut bytes = class
                .ranges()
                .iter()
                .map(|range| (range.start() == range.end()).then_some(range.start().to_ascii_lowercase()));
            let first = bytes.next()??;
            bytes.all(|byte| byte == Some(first)).then_some(vec![first])
        }
        HirKind::Concat(parts) => parts.iter().map(exact).collect::<Option<Vec<_>>>().map(|parts| parts.concat()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::required;

    fn texts(pattern: &str) -> Vec<String> {
        required(pattern).into_iter().map(|text| String::from_utf8(text).unwrap()).collect()
    }

    #[test]
    fn the_longest_text_that_must_be_there_is_found() {
        assert_eq!(texts(r"exit code (?P<n>\d+) of container"), [" of container"]);
        assert_eq!(texts(r"(?i)Slow ?Down"), ["down"].map(|_| "down".to_owned()));
        assert_eq!(texts("ConcurrentAppend|DELTA_X"), ["concurrentappend", "delta_x"]);
        assert_eq!(texts(r"(?i)kms:decrypt\b"), ["kms:decrypt"]);
    }

    #[test]
    fn a_pattern_of_anything_has_none() {
        for pattern in [r".*", r"\d+ \w+", "ab", "abc|.", "(abc)?", "["] {
            assert!(required(pattern).is_empty(), "{pattern}");
        }
    }
}
