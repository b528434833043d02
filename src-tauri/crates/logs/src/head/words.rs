//! Levels among the first words behind a time.

use crate::Level;

/// Words that are looked at: thread, process and logger come before the level in many layouts.
const WORDS: usize = 10;

/// What [`level`] finds in most lines, in which the level follows the time.
pub fn first(text: &[u8]) -> Option<Level> {
    match text {
        [b' ', b'I', b'N', b'F', b'O', b' ', ..] => Some(Level::Info),
        [b' ', b'W', b'A', b'R', b'N', b' ', ..] => Some(Level::Warn),
        [b' ', b'D', b'E', b'B', b'U', b'G', b' ', ..] => Some(Level::Debug),
        [b' ', b'E', b'R', b'R', b'O', b'R', b' ', ..] => Some(Level::Error),
        _ => None,
    }
}

/// The first word that is a level: in capitals and set off (`INFO`, `[ERROR]`, `ERROR:`), or in brackets in any case
/// (`[info][gc]`).
pub fn level(text: &[u8]) -> Option<Level> {
    let mut rest = text;
    let mut before = b' ';
    for _ in 0..WORDS {
        // To the next letter.
        let gap = rest.iter().position(u8::is_ascii_alphabetic)?;
        if let Some(last) = gap.checked_sub(1).and_then(|at| rest.get(at)) {
            before = *last;
        }
        rest = rest.get(gap..)?;
        let length = rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(length)?;
        let next = after.first().copied().unwrap_or(b' ');
        if let Some(level) = Level::of_word(word) {
            let set_off = matches!(before, b' ' | b'\t' | b'[' | b'(' | b'|' | b':' | b']' | b'<')
                && matches!(next, b' ' | b'\t' | b']' | b')' | b'|' | b':' | b',' | b'>' | b';');
            let in_capitals = word.iter().all(u8::is_ascii_uppercase);
            let in_brackets = before == b'[' && matches!(next, b']' | b' ');
            if (set_off && in_capitals) || in_brackets {
                return Some(level);
            }
        }
        before = next;
        rest = after;
    }
    None
}

/// The letter behind a component of DMS: `[TASK_MANAGER    ]E:`.
pub fn letter(text: &[u8]) -> Option<Level> {
    let inside = text.trim_ascii_start().strip_prefix(b"[")?;
    let close = inside.iter().position(|byte| *byte == b']')?;
    let (component, after) = inside.split_at_checked(close)?;
    let is_component = component.first().is_some_and(u8::is_ascii_uppercase)
        && component
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b' '));
    let [b']', letter, b':', ..] = after else { return None };
    match letter {
        _ if !is_component => None,
        b'E' => Some(Level::Error),
        b'W' => Some(Level::Warn),
        b'I' => Some(Level::Info),
        b'D' => Some(Level::Debug),
        b'T' | b'V' => Some(Level::Trace),
        _ => None,
    }
}

/// The value of `level`, `lvl` or `severity`.
pub fn logfmt_level(text: &[u8]) -> Option<Level> {
    [&b"level="[..], b"lvl=", b"severity="].iter().find_map(|key| {
        let at = memchr::memmem::find(text, key)?;
        let value = text.get(at + key.len()..)?;
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let length = value.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(value.len());
        Level::of_word(value.get(..length)?)
    })
}
