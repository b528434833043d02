//! Arguments for a POSIX shell, written so that no key, name or input of a stranger can become a command.
//!
//! `aws` command lines cross the bridge to be copied into a terminal, and every pure crate writes some: how an argument
//! stands in one is agreed here, once.
//!
//! Plain words stay as they are; others stand in single quotes; what holds characters that a terminal would act on or hide
//! (newlines, escapes, bidirectional marks) stands in `$'…'`, which bash, zsh, ksh and POSIX 2024 shells read.

use std::fmt::Write;

/// One argument, quoted as it needs.
pub fn quote(text: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '%' | '+' | ',' | '=');
    // Zsh expands a leading `=`; a leading `~` is not plain anyway.
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    if !text.chars().any(invisible) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str(r"\'"),
            '\\' => out.push_str(r"\\"),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            '\t' => out.push_str(r"\t"),
            // Octal takes three digits at most, so the next character can never be read into the escape; bytes, because
            // `\u` is not in every shell.
            c if invisible(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Which profile and region a command names; `None` leaves it to the shell's environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope<'a> {
    pub profile: Option<&'a str>,
    pub region: Option<&'a str>,
}

/// One line: `aws`, the words of the command, then options with values. Values come from strangers and are quoted.
pub fn line(words: &str, options: &[(&str, &str)], scope: Scope<'_>) -> String {
    let mut line = format!("aws {words}");
    let scope = [("profile", scope.profile), ("region", scope.region)];
    let scope = scope.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    for (name, value) in options.iter().copied().chain(scope) {
        line.push_str(" --");
        line.push_str(name);
        // A value that looks like an option would be taken for one.
        line.push(if value.starts_with('-') { '=' } else { ' ' });
        line.push_str(&quote(value));
    }
    line
}

/// True for characters that a person cannot see, or that change how their neighbours are seen: controls, zero-width
/// and bidirectional marks, and spaces that are not the space.
pub fn invisible(c: char) -> bool {
    c.is_control()
        || (c != ' ' && c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads back what `quote` writes, by the shell's rules.
    fn unquote(text: &str) -> Option<String> {
        if let Some(inner) = text.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')) {
            let mut bytes = Vec::new();
            let mut rest = inner.bytes().peekable();
            while let Some(b) = rest.next() {
                match b {
                    b'\'' => return None,
                    b'\\' => match rest.next()? {
                        b'n' => bytes.push(b'\n'),
                        b'r' => bytes.push(b'\r'),
                        b't' => bytes.push(b'\t'),
                        c @ (b'\'' | b'\\') => bytes.push(c),
                        first => {
                            let mut value = u32::from(first - b'0');
                            for _ in 0..2 {
                                value = value * 8 + u32::from(rest.next()? - b'0');
                            }
                            bytes.push(u8::try_from(value).ok()?);
                        }
                    },
                    b => bytes.push(b),
                }
            }
            return String::from_utf8(bytes).ok();
        }
        if text.starts_with('\'') {
            return text.strip_prefix('\'')?.strip_suffix('\'').map(|inner| inner.replace(r"'\''", "'"));
        }
        Some(text.to_owned())
    }

    #[test]
    fn words_stay_and_the_rest_is_quoted() {
        for (text, quoted) in [
            ("data/in/daily_sales.csv", "data/in/daily_sales.csv"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$(rm -rf ~)", "'$(rm -rf ~)'"),
            ("*", "'*'"),
            ("=ls", "'=ls'"),
            ("a\nb'c\\d", r"$'a\nb\'c\\d'"),
            ("\u{1b}[31m1", r"$'\033[31m1'"),
            ("\u{202e}x", r"$'\342\200\256x'"),
            ("ü", "'ü'"),
        ] {
            assert_eq!(quote(text), quoted, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_real_shell_reads_what_was_written() {
        for text in
            ["", "a b", "it's", "$(rm -rf ~)", "`id`", "a\nb'c\\d", "\u{1b}[31m", "ü!", "=ls", "~", "*", "a\u{202e}b"]
        {
            // Every shell of the tests knows `$'…'` but dash, so bash is named.
            let line = format!("printf %s {}", quote(text));
            let out = std::process::Command::new("bash").args(["-c", &line]).output().unwrap();
            assert_eq!(String::from_utf8(out.stdout).unwrap(), text, "{line}");
        }
    }

    proptest! {
        #[test]
        fn a_shell_reads_back_the_same(text in "[ -~]{0,20}|\\PC{0,20}|(?s).{0,20}") {
            prop_assume!(!text.contains('\0'));
            let quoted = quote(&text);
            prop_assert_eq!(unquote(&quoted), Some(text));
            prop_assert!(!quoted.chars().any(invisible));
        }
    }
}
