//! Patterns in the paths of a job, as Hadoop reads them (`FileSystem.globStatus`): `raw/2026-*/part-[0-9]?.csv`, `{a,b}`.
//!
//! `*` and `?` stand for characters of one name and never for a `/`, a set is `[a-b]` or `[^a]`, `{a,b}` stands for either
//! and may hold a `/`, and what follows a `\` stands for itself. A pattern that names folders is read with what is below
//! them. A key may hold these characters itself: whoever has a name looks for the key first.

use std::str::Chars;

/// Ways that braces make of one pattern; a name with more of them is none.
const MOST_WAYS: usize = 256;

/// A pattern, ready to match keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    prefix: String,
    /// What braces make of it, each by its names.
    ways: Vec<Vec<Vec<Token>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Many,
    Set { not: bool, ranges: Vec<(char, char)> },
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Char(own) => *own == c,
            Self::One | Self::Many => true,
            Self::Set { not, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *not,
        }
    }
}

impl Glob {
    /// `None` for a key that is no pattern, and for one that Hadoop refuses: a set or a brace that is never closed.
    pub fn read(key: &str) -> Option<Self> {
        let ways = expand(key)?.iter().map(|way| names(way)).collect::<Option<Vec<_>>>()?;
        let is_plain = |token: &Token| matches!(token, Token::Char(_));
        let is_pattern = ways.len() > 1 || key.contains(['\\', '{']) || !ways.iter().flatten().flatten().all(is_plain);
        is_pattern.then(|| Self { prefix: prefix(key), ways })
    }

    /// What every match begins with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The folder that holds every match.
    pub fn folder(&self) -> &str {
        let end = self.prefix.rfind('/').map_or(0, |at| at + 1);
        self.prefix.get(..end).unwrap_or_default()
    }

    /// Whether a key is named by it, or lies below a folder that is.
    pub fn matches(&self, key: &str) -> bool {
        self.ways.iter().any(|parts| {
            let mut names = key.split('/');
            parts.iter().all(|part| names.next().is_some_and(|name| fits(part, name)))
        })
    }
}

/// The characters before the first that stands for others.
fn prefix(key: &str) -> String {
    let mut prefix = String::new();
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' | '{' => break,
            '\\' => prefix.extend(chars.next()),
            c => prefix.push(c),
        }
    }
    prefix
}

/// The first brace of a text, with what stands around it.
struct Group<'a> {
    before: &'a str,
    ways: Vec<&'a str>,
    after: &'a str,
}

/// A brace that is never closed.
struct Unclosed;

fn group(text: &str) -> Result<Option<Group<'_>>, Unclosed> {
    let (mut depth, mut start, mut from) = (0_usize, 0, 0);
    let mut ways = Vec::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '{' => {
                if depth == 0 {
                    (start, from) = (at, at + 1);
                }
                depth += 1;
            }
            ',' if depth == 1 => {
                ways.push(text.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            '}' if depth == 1 => {
                ways.push(text.get(from..at).unwrap_or_default());
                let (before, after) = (text.get(..start).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
                return Ok(Some(Group { before, ways, after }));
            }
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    if depth == 0 { Ok(None) } else { Err(Unclosed) }
}

/// Each way through the braces, without them.
fn expand(pattern: &str) -> Option<Vec<String>> {
    let (mut open, mut done) = (vec![pattern.to_owned()], Vec::new());
    while let Some(one) = open.pop() {
        match group(&one) {
            Ok(None) => done.push(one),
            Ok(Some(Group { before, ways, after })) => {
                open.extend(ways.into_iter().map(|way| format!("{before}{way}{after}")));
            }
            Err(Unclosed) => return None,
        }
        if open.len() + done.len() > MOST_WAYS {
            return None;
        }
    }
    Some(done)
}

/// A way, name by name; a `/` at its end says nothing more.
fn names(way: &str) -> Option<Vec<Vec<Token>>> {
    let mut names = vec![Vec::new()];
    let mut chars = way.chars();
    while let Some(c) = chars.next() {
        let token = match c {
            '/' => {
                names.push(Vec::new());
                continue;
            }
            '\\' => Token::Char(chars.next()?),
            '*' => Token::Many,
            '?' => Token::One,
            '[' => set(&mut chars)?,
            c => Token::Char(c),
        };
        names.last_mut()?.push(token);
    }
    if names.len() > 1 && names.last().is_some_and(Vec::is_empty) {
        names.pop();
    }
    Some(names)
}

/// What stands behind a `[`, up to its end. The first character is one of the set even if it is the end's.
fn set(chars: &mut Chars<'_>) -> Option<Token> {
    let mut ahead = chars.clone();
    let not = matches!(ahead.next(), Some('^' | '!'));
    if not {
        *chars = ahead;
    }
    let mut ranges = Vec::new();
    loop {
        let c = chars.next()?;
        if c == ']' && !ranges.is_empty() {
            return Some(Token::Set { not, ranges });
        }
        let from = itself(c, chars)?;
        let mut ahead = chars.clone();
        let to = if ahead.next() == Some('-') { ahead.next().filter(|to| *to != ']') } else { None };
        match to {
            Some(to) => {
                let to = itself(to, &mut ahead)?;
                *chars = ahead;
                ranges.push((from, to));
            }
            None => ranges.push((from, from)),
        }
    }
}

/// The character, or the one that it escapes. A name holds no `/`.
fn itself(c: char, chars: &mut Chars<'_>) -> Option<char> {
    let c = if c == '\\' { chars.next()? } else { c };
    (c != '/').then_some(c)
}

/// Whether a name is one of a pattern's.
fn fits(tokens: &[Token], name: &str) -> bool {
    if name.is_empty() {
        return tokens.is_empty();
    }
    let name: Vec<char> = name.chars().collect();
    let (mut token, mut at) = (0, 0);
    // The last `*`, and where what it stands for ends so far.
    let mut many: Option<(usize, usize)> = None;
    while let Some(c) = name.get(at) {
        match tokens.get(token) {
            Some(Token::Many) => {
                many = Some((token, at));
                token += 1;
            }
            Some(one) if one.takes(*c) => {
                token += 1;
                at += 1;
            }
            _ => {
                let Some((star, end)) = many else { return false };
                many = Some((star, end + 1));
                (token, at) = (star + 1, end + 1);
            }
        }
    }
    tokens.get(token..).is_some_and(|rest| rest.iter().all(|token| *token == Token::Many))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, key: &str) -> bool {
        Glob::read(pattern).unwrap_or_else(|| panic!("{pattern} is a pattern")).matches(key)
    }

    #[test]
    fn patterns_are_read_as_hadoop_reads_them() {
        for (pattern, yes, no) in [
            ("raw/*/part-*.csv", "raw/a/part-1.csv", "raw/a/b/part-1.csv"),
            ("raw/*.csv", "raw/.csv", "raw/a/x.csv"),
            ("raw/?.csv", "raw/a.csv", "raw/ab.csv"),
            ("raw/day=2026-11-[0-2][0-9]", "raw/day=2026-11-21/x.csv", "raw/day=2026-11-31/x.csv"),
            ("raw/[^ab]*", "raw/c1", "raw/a1"),
            ("raw/[!ab]*", "raw/c1", "raw/b1"),
            ("raw/[a-]x", "raw/-x", "raw/bx"),
            ("raw/[]a]x", "raw/]x", "raw/bx"),
            ("raw/{a,b}/x", "raw/b/x", "raw/c/x"),
            ("raw/{a/1,b/{2,3}}/x", "raw/b/3/x", "raw/b/1/x"),
            ("raw/x{,.gz}", "raw/x.gz", "raw/x.bz2"),
            ("raw/\\*.csv", "raw/*.csv", "raw/a.csv"),
            ("raw/a\\{b,c", "raw/a{b,c", "raw/ab"),
            ("raw/*/", "raw/a/x", "raw/"),
            ("*", "a", ""),
            ("raw/é?*", "raw/éa", "raw/é"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(!matches(pattern, no), "{pattern} {no}");
        }
        assert!(matches("raw/2026-*", "raw/2026-11/a/b.csv"), "below a folder that it names");
        for other in ["raw/a.csv", "", "raw/", "raw/[a", "raw/{a,b", "raw/[a/b]", "raw/a\\"] {
            assert_eq!(Glob::read(other), None, "{other}");
        }
        assert_eq!(Glob::read(&"{a,b}".repeat(20)), None, "too many to look for");
    }

    #[test]
    fn what_stands_before_the_pattern_is_listed() {
        let of = |pattern: &str| Glob::read(pattern).map(|glob| (glob.prefix().to_owned(), glob.folder().to_owned()));
        let both = |prefix: &str, folder: &str| Some((prefix.to_owned(), folder.to_owned()));
        assert_eq!(of("raw/sales/*/part-*.csv"), both("raw/sales/", "raw/sales/"));
        assert_eq!(of("raw/day=2026-1[01]/x"), both("raw/day=2026-1", "raw/"));
        assert_eq!(of("raw/{a,b}/x"), both("raw/", "raw/"));
        assert_eq!(of("a\\*b/*"), both("a*b/", "a*b/"));
        assert_eq!(of("*.csv"), both("", ""));
    }

    /// The same by trying everything.
    fn naive(tokens: &[Token], name: &[char]) -> bool {
        match (tokens.split_first(), name.split_first()) {
            (None, None) => true,
            (Some((Token::Many, rest)), left) => naive(rest, name) || left.is_some_and(|(_, left)| naive(tokens, left)),
            (Some((token, rest)), Some((c, left))) => token.takes(*c) && naive(rest, left),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn no_pattern_is_too_strange(pattern in any::<String>(), key in any::<String>()) {
            if let Some(glob) = Glob::read(&pattern) {
                glob.matches(&key);
                prop_assert!(glob.prefix().starts_with(glob.folder()));
            }
        }

        #[test]
        fn what_is_escaped_is_itself(key in "[a-c*?{}\\[\\]\\\\,^/-]{1,12}") {
            let escaped: String = key.chars().flat_map(|c| if c == '/' { vec![c] } else { vec!['\\', c] }).collect();
            if let Some(glob) = Glob::read(&escaped) {
                let is_name = !key.ends_with('/');
                prop_assert!(!is_name || glob.matches(&key), "{} {}", escaped, key);
                let longer = format!("x{key}");
                prop_assert!(!glob.matches(&longer) || key.starts_with('/'));
            }
        }

        #[test]
        fn names_match_as_if_everything_was_tried(pattern in "[ab*?]{1,8}", name in "[ab]{1,8}") {
            if let Some(glob) = Glob::read(&pattern) {
                let tokens = names(&pattern).unwrap_or_default().concat();
                let name_chars: Vec<char> = name.chars().collect();
                prop_assert_eq!(glob.matches(&name), naive(&tokens, &name_chars), "{} {}", pattern, name);
                prop_assert!(!glob.matches(&format!("c/{name}")) || glob.matches("c"), "no name holds a slash");
            }
        }

        #[test]
        fn every_match_begins_with_its_prefix(pattern in "[ab]{0,3}[*?]?(\\{a,b\\})?[ab/]{0,3}", key in "[ab/]{0,8}") {
            if let Some(glob) = Glob::read(&pattern) {
                prop_assert!(!glob.matches(&key) || key.starts_with(glob.prefix()), "{} {}", pattern, key);
            }
        }
    }
}
