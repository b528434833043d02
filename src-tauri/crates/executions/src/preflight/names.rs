//! Names of executions: 1 to 80 characters ("StartExecution", `name`), unique among the executions of a machine for 90 days.

use contract::Timestamp;

/// Characters of a name.
pub const NAME_CHARS: usize = 80;

const SUFFIX: &str = "-rerun-";

/// What the API refuses in a name: white space, brackets, wildcards, special characters and control characters.
fn forbidden(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '{' | '}' | '[' | ']' | '?' | '*' | '"' | '#' | '%' | '\\' | '^' | '|' | '~' | '`')
        || matches!(c, '$' | '&' | ',' | ';' | ':' | '/' | '\u{fffe}' | '\u{ffff}' | '\u{10ffff}')
}

/// Whether the API takes a name.
///
/// # Errors
/// The reason in one sentence.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("The name is empty.".to_owned());
    }
    let length = name.chars().count();
    if length > NAME_CHARS {
        return Err(format!("The name has {length} characters; at most {NAME_CHARS} are allowed."));
    }
    match name.chars().find(|c| forbidden(*c)) {
        None => Ok(()),
        Some(c) if c.is_whitespace() => Err("A name cannot hold white space.".to_owned()),
        Some(c) if c.is_control() => Err("A name cannot hold control characters.".to_owned()),
        Some(c) => Err(format!("A name cannot hold `{c}`.")),
    }
}

/// A name for another run: `nightly-rerun-20261121T0814`, in UTC, with `-2` and on when it is taken. The name of a rerun is
/// not made longer by another rerun. A name that is too long loses its end, one that the API would refuse its characters.
pub fn propose_name(original: &str, now: Timestamp, taken: &dyn Fn(&str) -> bool) -> String {
    let stem = original.rfind(SUFFIX).filter(|at| original.get(at + SUFFIX.len()..).is_some_and(is_moment));
    let stem = stem.and_then(|at| original.get(..at)).unwrap_or(original);
    let moment = now.strftime("%Y%m%dT%H%M").to_string();
    let with = |number: u32| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let suffix = format!("{SUFFIX}{moment}{number}");
        let room = NAME_CHARS.saturating_sub(suffix.chars().count());
        let stem: String = stem.chars().take(room).map(|c| if forbidden(c) { '-' } else { c }).collect();
        if stem.is_empty() { format!("execution{suffix}") } else { format!("{stem}{suffix}") }
    };
    // A machine with a thousand reruns in one minute is not helped by a better name.
    (1..1_000).map(with).find(|name| !taken(name)).unwrap_or_else(|| with(now.subsec_nanosecond().unsigned_abs()))
}

/// `20261121T0814` or `20261121T0814-2`.
fn is_moment(text: &str) -> bool {
    let (moment, number) = text.split_once('-').unwrap_or((text, "1"));
    let digits = |text: Option<&str>, count: usize| {
        text.is_some_and(|text| text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
    };
    let parts = moment.split_once('T');
    digits(parts.map(|(date, _)| date), 8)
        && digits(parts.map(|(_, time)| time), 4)
        && digits(Some(number), number.len())
}

/// A name as a file name: letters, digits, `-`, `_` and `.`, and never hidden.
pub(super) fn portable(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = name.chars().take(NAME_CHARS).map(|c| if plain(c) { c } else { '-' }).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "input".to_owned() } else { name.to_owned() }
}
