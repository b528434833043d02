//! Card numbers (ISO/IEC 7812, with their check digit) and United States social-security numbers.

use super::{Kind, Mask};

pub fn find(line: &[u8], found: &mut Vec<Mask>) {
    let mut at = 0;
    let mut before = b' ';
    while let Some(byte) = line.get(at) {
        if !byte.is_ascii_digit() || is_part(before) {
            before = *byte;
            at += 1;
            continue;
        }
        let rest = line.get(at..).unwrap_or_default();
        let (digits, length) = grouped(rest);
        let next = rest.get(length).copied().unwrap_or(b' ');
        let kind = if is_part(next) {
            None
        } else if is_social(rest.get(..length).unwrap_or_default()) {
            Some(Kind::SocialSecurity)
        } else {
            is_card(&digits).then_some(Kind::Card)
        };
        if let Some(kind) = kind {
            found.push(Mask { kind, range: at..at + length });
        }
        at += length.max(1);
        before = b'0';
    }
}

/// Of a word, a longer number or a version.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'#')
}

/// Digits in groups that one space or one dash separates, and how many bytes they take.
fn grouped(text: &[u8]) -> (Vec<u8>, usize) {
    let mut digits = Vec::new();
    let mut length = 0;
    let mut separator = None;
    loop {
        let group = text.iter().skip(length).take_while(|byte| byte.is_ascii_digit()).count();
        digits.extend(text.iter().skip(length).take(group).map(|byte| byte - b'0'));
        length += group;
        match (text.get(length), text.get(length + 1)) {
            (Some(between @ (b' ' | b'-')), Some(b'0'..=b'9'))
                if digits.len() < 20 && separator.is_none_or(|one| one == *between) =>
            {
                // Numbers in a sentence are not groups of one.
                let next = text.iter().skip(length + 1).take_while(|byte| byte.is_ascii_digit()).count();
                if !(2..=6).contains(&next) || group > 6 {
                    return (digits, length);
                }
                separator = Some(*between);
                length += 1;
            }
            _ => return (digits, length),
        }
    }
}

fn is_social(text: &[u8]) -> bool {
    let [a1, a2, a3, b'-', g1, g2, b'-', s1, s2, s3, s4] = text else { return false };
    let never = [*a1, *a2, *a3] == *b"000" || [*a1, *a2, *a3] == *b"666" || *a1 == b'9';
    let digits = [a1, a2, a3, g1, g2, s1, s2, s3, s4].iter().all(|digit| digit.is_ascii_digit());
    digits && !never && [*g1, *g2] != *b"00" && [*s1, *s2, *s3, *s4] != *b"0000"
}

/// A number that an issuer gives out, with its check digit (Luhn's).
fn is_card(digits: &[u8]) -> bool {
    let issued = match digits.len() {
        13 | 19 => matches!(digits, [4, ..]),
        14 => matches!(digits, [3, 0 | 6 | 8, ..]),
        15 => matches!(digits, [3, 4 | 7, ..]),
        16 => matches!(
            digits,
            [4, ..]
                | [5, 1..=5, ..]
                | [2, 2..=7, ..]
                | [3, 5, 2..=8, ..]
                | [6, 5, ..]
                | [6, 0, 1, 1, ..]
                | [6, 4, 4..=9, ..]
        ),
        _ => false,
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    issued && sum.is_multiple_of(10)
}
