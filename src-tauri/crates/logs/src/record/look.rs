//! What a line without a head looks like.

/// Kinds of lines that the grouping tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Blank,
    /// It continues what is before it, whatever that is.
    Continued,
    /// `Traceback (most recent call last):`.
    Traceback,
    /// The sentence between two chained tracebacks.
    Chain,
    /// `Exception in thread "main" ...`: the JVM's last words.
    Thread,
    /// It opens a bracket that it does not close.
    Opens,
    Bare,
}

const CHAIN: [&[u8]; 2] = [
    b"During handling of the above exception, another exception occurred:",
    b"The above exception was the direct cause of the following exception:",
];

pub fn look(line: &[u8]) -> Look {
    let Some(first) = line.first() else { return Look::Blank };
    let starts = |text: &[u8]| line.starts_with(text);
    match first {
        b' ' | b'\t' | b'\r' => {
            if line.trim_ascii().is_empty() {
                Look::Blank
            } else {
                Look::Continued
            }
        }
        // Plans, tables, ends of what was opened.
        b'|' | b'}' | b']' | b')' => Look::Continued,
        b'+' if starts(b"+-") => Look::Continued,
        b':' if starts(b":-") || starts(b":  ") => Look::Continued,
        b'.' if starts(b"... ") && line.ends_with(b"more") => Look::Continued,
        b'a' if starts(b"at ") => Look::Continued,
        b'C' if starts(b"Caused by: ") => Look::Continued,
        b'S' if starts(b"Suppressed: ") => Look::Continued,
        b'W' if starts(b"Wrapped by: ") => Look::Continued,
        b'D' | b'T' if CHAIN.iter().any(|sentence| starts(sentence)) => Look::Chain,
        b'T' if starts(b"Traceback (most recent call last)") => Look::Traceback,
        b'E' if starts(b"Exception in thread ") => Look::Thread,
        b'{' | b'[' => {
            let end = line.trim_ascii_end();
            let open = matches!(end, [b'{' | b'['] | [.., b'{' | b'[' | b',']);
            if open && crate::head::json_depth(line, 0) > 0 { Look::Opens } else { Look::Bare }
        }
        _ => Look::Bare,
    }
}
