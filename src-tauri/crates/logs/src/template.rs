//! What lines have in common: their text without what differs from run to run.
//!
//! Numbers, hexadecimal words, UUIDs, addresses and what is made of them become `#`. No learning (Drain and its like):
//! the template of a line depends on the line alone, so those of two runs can be compared.

mod fold;
mod layout;
mod table;
#[cfg(test)]
mod tests;

pub use fold::{Fold, Folds, Placed, Reached, Sequence};
pub use layout::{Extent, Layout, Part};
pub use table::{Seen, Templates};

/// Bytes of a line that make its template.
const FAR: usize = 400;

/// Writes the template of `line` behind what is in `into`. The head (time, level) should be cut off before.
pub fn write(line: &[u8], into: &mut Vec<u8>) {
    let line = line.get(..line.len().min(FAR)).unwrap_or(line);
    let start = into.len();
    let mut rest = line;
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if length == 0 {
            // Spaces in a row are one: levels and columns are padded.
            if *first != b' ' || into.last() != Some(&b' ') {
                into.push(*first);
            }
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        rest = after;
        if word.iter().any(u8::is_ascii_digit) {
            variable(word, into, start);
        } else if word.len() >= 4 && is_hex(word) && matches!((into.as_slice(), after), ([.., b'#', b'-'], [b'-', ..]))
        {
            // A part of a UUID that has letters alone.
            into.pop();
        } else {
            into.extend_from_slice(word);
        }
    }
}

fn is_hex(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_hexdigit)
}

/// A word with a digit in it.
fn variable(word: &[u8], into: &mut Vec<u8>, start: usize) {
    let hex = word.strip_prefix(b"0x").unwrap_or(word);
    if word.iter().all(u8::is_ascii_digit) || (is_hex(hex) && hex.len() >= 6) || (is_hex(word) && word.len() == 4) {
        number(into, start);
        return;
    }
    // `container_e12_1700000000000_0001`, `executor7`: the letters stay.
    let mut digits = false;
    for byte in word {
        match (byte.is_ascii_digit(), digits) {
            (true, false) => number(into, start),
            (true, true) => {}
            (false, _) => into.push(*byte),
        }
        digits = byte.is_ascii_digit();
    }
}

/// `#`, unless it joins the one before: `10.0.1.2`, `12:00:01`, `2024-05-01`, `1,024`.
fn number(into: &mut Vec<u8>, start: usize) {
    match into.get(start..).unwrap_or_default() {
        [.., b'#', b'.' | b':' | b'-' | b',' | b'/'] => {
            into.pop();
        }
        [.., b'#'] => {}
        _ => into.push(b'#'),
    }
}

/// The same as a number, to compare and count (FNV-1a; 64 bits are enough for the templates that a program has).
pub fn hash(template: &[u8]) -> u64 {
    template
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
