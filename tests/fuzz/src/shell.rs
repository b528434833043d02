//! Whether a line that is shown for copying is one command of a POSIX shell, whatever a stranger wrote into it.

/// The words of a line, as `bash` and `zsh` take it apart. `None` when anything in it would be acted upon: a variable, a
/// pipe, a second command, an open quote, a character that a terminal hides.
pub(crate) fn words(line: &str) -> Option<Vec<String>> {
    if line.chars().any(objects::key::invisible) {
        return None;
    }
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut rest = line.chars().peekable();
    while let Some(sign) = rest.next() {
        if sign == ' ' {
            words.extend(word.take());
            continue;
        }
        let first = word.is_none();
        let word = word.get_or_insert_default();
        match sign {
            '\'' => loop {
                match rest.next()? {
                    '\'' => break,
                    inside => push(word, inside),
                }
            },
            '$' if rest.next_if_eq(&'\'').is_some() => loop {
                match rest.next()? {
                    '\'' => break,
                    '\\' => word.push(escape(&mut rest)?),
                    inside => push(word, inside),
                }
            },
            '\\' => push(word, rest.next_if_eq(&'\'')?),
            '=' if first => return None,
            plain if plain.is_ascii_alphanumeric() || "-_./:@%+,=".contains(plain) => push(word, plain),
            _ => return None,
        }
    }
    words.extend(word);
    words.into_iter().map(|word| String::from_utf8(word).ok()).collect()
}

fn push(word: &mut Vec<u8>, sign: char) {
    word.extend(sign.encode_utf8(&mut [0; 4]).bytes());
}

/// Behind a backslash of `$'…'`: a letter, or three octal digits of a byte.
fn escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<u8> {
    Some(match rest.next()? {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        '\\' => b'\\',
        '\'' => b'\'',
        digit => {
            let digits = [digit, rest.next()?, rest.next()?];
            u8::try_from(digits.into_iter().try_fold(0, |sum, digit| Some(sum * 8 + digit.to_digit(8)?))?).ok()?
        }
    })
}
