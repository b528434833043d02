//! A line as text for the screen: terminal escapes are dropped, bytes that are no UTF-8 and control characters are shown
//! as such. Copies and searches use the raw bytes; nothing here changes what is in the file.

use std::borrow::Cow;

/// Text, and what was done to get it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    pub text: String,
    /// Some bytes were no UTF-8; they are U+FFFD in the text.
    pub lossy: bool,
    /// Colours or other terminal escapes were dropped.
    pub escapes: bool,
    /// Control characters are shown by their pictures (U+2400 and on), NUL among them.
    pub controls: bool,
    /// Of the line's beginning only: it was cut by this many bytes.
    pub cut: u64,
}

/// Makes text of the first bytes of a line that is `cut` bytes longer.
pub fn show(bytes: &[u8], cut: u64) -> Shown {
    // The usual line: nothing to do.
    let plain = bytes.iter().all(|byte| (*byte >= b' ' && *byte != 0x7f) || *byte == b'\t');
    let whole = if cut > 0 { whole_characters(bytes) } else { bytes };
    let stripped = if plain { Cow::Borrowed(whole) } else { strip_escapes(whole) };
    let escapes = stripped.len() != whole.len();
    let text = String::from_utf8_lossy(&stripped);
    let lossy = matches!(text, Cow::Owned(_));
    let controls = !plain && text.chars().any(is_control);
    let text = if controls { text.chars().map(picture).collect() } else { text.into_owned() };
    Shown { text, lossy, escapes, controls, cut }
}

/// The cut may have gone through a character: without its beginning, which would look like damage.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to()).unwrap_or(bytes),
        _ => {
            // Only the end matters; the middle may be damaged.
            let tail = bytes.len().saturating_sub(4);
            let last = bytes.iter().enumerate().skip(tail).rev().find(|(_, byte)| **byte & 0xc0 != 0x80);
            let (at, wants) = match last {
                Some((at, byte)) if *byte >= 0xf0 => (at, 4),
                Some((at, byte)) if *byte >= 0xe0 => (at, 3),
                Some((at, byte)) if *byte >= 0xc0 => (at, 2),
                _ => return bytes,
            };
            if bytes.len() - at < wants { bytes.get(..at).unwrap_or(bytes) } else { bytes }
        }
    }
}

fn is_control(character: char) -> bool {
    (character < ' ' && character != '\t') || character == '\x7f'
}

fn picture(character: char) -> char {
    match character {
        '\t' => '\t',
        '\x7f' => '\u{2421}',
        control if control < ' ' => char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}'),
        other => other,
    }
}

/// Without the escape sequences of ECMA-48: CSI (colours, cursor), OSC (titles, links), and those of two characters.
pub fn strip_escapes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(0x1b, bytes) else { return Cow::Borrowed(bytes) };
    let (before, mut rest) = bytes.split_at_checked(first).unwrap_or((bytes, &[]));
    let mut kept = before.to_vec();
    while let Some((byte, after)) = rest.split_first() {
        if *byte == 0x1b {
            rest = after_escape(after);
        } else {
            let end = memchr::memchr(0x1b, rest).unwrap_or(rest.len());
            let (text, later) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            kept.extend_from_slice(text);
            rest = later;
        }
    }
    Cow::Owned(kept)
}

/// What follows the sequence whose escape character was read. One that is not closed is taken to be as short as it can
/// be, so that it hides nothing.
fn after_escape(rest: &[u8]) -> &[u8] {
    match rest {
        [b'[', parameters @ ..] => {
            let end = parameters.iter().position(|byte| !(0x20..=0x3f).contains(byte));
            match end.and_then(|end| parameters.get(end..)) {
                Some([0x40..=0x7e, later @ ..] | later) => later,
                None => &[],
            }
        }
        [b']', text @ ..] => {
            let end = text.iter().position(|byte| *byte == 0x07 || *byte == 0x1b);
            match end.and_then(|end| text.get(end..)) {
                Some([0x1b, b'\\', later @ ..] | [0x07, later @ ..]) => later,
                _ => text,
            }
        }
        [b'(' | b')' | b'*' | b'+' | b'#' | b'%' | b' ', 0x20..=0x7e, later @ ..] | [0x30..=0x7e, later @ ..] => later,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_and_links_go_and_text_stays() {
        let shown = show(b"\x1b[1;31mERROR\x1b[0m \x1b]8;;http://x\x1b\\link\x1b]8;;\x07!", 0);
        assert_eq!(shown.text, "ERROR link!");
        assert!(shown.escapes && !shown.lossy && !shown.controls);
    }

    #[test]
    fn broken_bytes_are_marked() {
        let shown = show(b"a\xffb\0c\r", 0);
        assert_eq!(shown.text, "a\u{fffd}b\u{2400}c\u{240d}");
        assert!(shown.lossy && shown.controls);
    }

    #[test]
    fn a_cut_does_not_look_like_damage() {
        let line = "ää€😀".as_bytes();
        for length in 0..=line.len() {
            let shown = show(&line[..length], (line.len() - length) as u64);
            assert!(!shown.lossy || shown.cut == 0, "{length}");
        }
        assert!(show(&[b'\xff', b'a', 0xe2, 0x82], 1).text.ends_with('a'));
    }

    #[test]
    fn markup_is_only_text() {
        assert_eq!(show(b"<img src=x onerror=alert(1)>", 0).text, "<img src=x onerror=alert(1)>");
    }

    proptest! {
        #[test]
        fn whatever_comes(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0x1b), Just(b'[')], 0..200), cut in 0_u64..2) {
            let shown = show(&bytes, cut);
            prop_assert!(!shown.text.chars().any(is_control));
        }
    }
}
