//! ARNs in running text.

use super::{Found, FoundKind, starts, text};
use crate::compare::cut;

/// What stands in no name of Step Functions ("StartExecution", `name`); `:` and `/` part the ARN.
pub(super) fn ends(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '{' | '}' | '[' | ']' | '?' | '*' | '"' | '#' | '%' | '\\' | '^' | '|' | '~' | '`')
        || matches!(c, '$' | '&' | ',' | ';' | '“' | '”' | '«' | '»' | '…')
}

/// Punctuation that a sentence puts behind a name; a name may end in it and hardly ever does.
const TRAILING: [char; 8] = ['.', '!', '\'', '’', '‘', ')', '=', '('];

/// Characters of an ARN: longer names than these do not exist.
const LONGEST: usize = 600;

/// Lines over which an ARN may be wrapped.
const LINES: usize = 12;

enum Read {
    Found(Box<Found>),
    /// It breaks off before its last part.
    Partial,
    No,
}

/// The ARN that starts here, on one line.
pub(super) fn straight(chars: &[char], from: usize) -> Option<Found> {
    if let Some(found) = alarm(chars, from) {
        return Some(found);
    }
    let token: String = chars.get(from..)?.iter().take(LONGEST).take_while(|c| !ends(**c)).collect();
    match read(&token) {
        Read::Found(found) => Some(Found { from, to: from + found.to, ..*found }),
        _ => None,
    }
}

/// The ARN that starts here, wrapped over lines or not.
pub(super) fn wrapped(chars: &[char], from: usize) -> Option<Found> {
    if let Some(found) = alarm(chars, from) {
        return Some(found);
    }
    // Each character of the ARN with its place in the text.
    let mut token = String::new();
    let mut places: Vec<usize> = Vec::new();
    let alone = alone(chars, from);
    let mut at = from;
    for _ in 0..LINES {
        while let Some(c) = chars.get(at).filter(|c| !ends(**c) && !soft(chars, at)) {
            if places.len() >= LONGEST {
                break;
            }
            token.push(*c);
            places.push(at);
            at += 1;
        }
        let Some(next) = next_line(chars, at) else { break };
        let more = text(chars, next, next + LONGEST).chars().take_while(|c| !ends(*c)).collect::<String>();
        if more.is_empty() || more == "-" || starts(chars.get(next..)?, "arn:") || starts(chars.get(next..)?, "http") {
            break;
        }
        let on = match read(&token) {
            Read::No => false,
            Read::Partial => true,
            Read::Found(_) => {
                token.ends_with(['-', '_', '/'])
                    || soft(chars, at)
                    || parts_uuid(&token, &more)
                    || (alone && !ends_in_uuid(&token))
            }
        };
        if !on {
            break;
        }
        at = next;
    }
    let Read::Found(found) = read(&token) else { return None };
    let last = places.get(found.to.checked_sub(1)?)?;
    Some(Found { from, to: last + 1, ..*found })
}

/// A `=` at the end of a line: a soft break of quoted-printable mail.
fn soft(chars: &[char], at: usize) -> bool {
    chars.get(at) == Some(&'=') && matches!(chars.get(at + 1), Some('\n' | '\r'))
}

/// Where the text goes on after a line break, behind indentation and the `>` of a reply; none when no line ends here.
pub(super) fn next_line(chars: &[char], at: usize) -> Option<usize> {
    let mut at = if soft(chars, at) { at + 1 } else { at };
    // Mail programs leave spaces at the end of a wrapped line.
    while matches!(chars.get(at), Some(' ' | '\t')) {
        at += 1;
    }
    if chars.get(at) == Some(&'\r') {
        at += 1;
    }
    if chars.get(at) != Some(&'\n') {
        return None;
    }
    at += 1;
    while matches!(chars.get(at), Some(' ' | '\t' | '>')) {
        at += 1;
    }
    Some(at)
}

/// True when the text is nothing but this ARN on several lines, none of which begins another one.
fn alone(chars: &[char], from: usize) -> bool {
    if chars.get(..from).unwrap_or_default().iter().any(|c| !c.is_whitespace()) {
        return false;
    }
    let all = text(chars, from, chars.len());
    let mut lines = all.trim_end().lines().map(str::trim);
    let single = |line: &str| !line.is_empty() && !line.contains(char::is_whitespace);
    lines.next().is_some_and(single)
        && lines.all(|line| single(line) && !line.starts_with("arn:") && !line.starts_with("http"))
}

fn is_uuid(text: &[char]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => *c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

fn ends_in_uuid(token: &str) -> bool {
    let chars: Vec<char> = token.chars().collect();
    chars.len().checked_sub(36).and_then(|from| chars.get(from..)).is_some_and(is_uuid)
}

/// Whether a UUID lies across the break.
fn parts_uuid(token: &str, more: &str) -> bool {
    let tail: Vec<char> = token.chars().rev().take(35).collect();
    let both: Vec<char> = tail.iter().rev().copied().chain(more.chars().take(35)).collect();
    // Windows that begin behind the break hold nothing of the token.
    both.windows(36).take(tail.len()).any(is_uuid)
}

/// A part by its place, and what it must be.
type Check = (usize, fn(&str) -> bool);

/// Reads a token. `to` of the result is its length in characters.
fn read(token: &str) -> Read {
    let parts: Vec<&str> = token.split(':').collect();
    let part = |at: usize| parts.get(at).copied();
    // A part is complete when another follows it.
    let checks: [Check; 4] = [(1, is_partition), (2, |service| service == "states"), (3, is_region), (4, is_account)];
    for (at, check) in checks {
        match (part(at), part(at + 1)) {
            (Some(text), Some(_)) if check(text) => {}
            (Some(_), Some(_)) => return Read::No,
            _ => return Read::Partial,
        }
    }
    let (Some(kind), true) = (part(5), parts.len() > 6) else {
        let kinds = ["execution", "express", "stateMachine", "mapRun", "activity"];
        return if part(5).is_some_and(|kind| kinds.iter().any(|k| k.starts_with(kind))) {
            Read::Partial
        } else {
            Read::No
        };
    };
    let last = match kind {
        "stateMachine" | "activity" => 6,
        "execution" | "mapRun" => 7,
        "express" => 8,
        _ => return Read::No,
    };
    let Some(end) = part(last).map(tidy) else { return Read::Partial };
    if end.is_empty() {
        return if parts.len() == last + 1 { Read::Partial } else { Read::No };
    }
    let inner = parts.get(6..last).unwrap_or_default();
    // MACHINE, or MACHINE/LABEL of what belongs to a Map Run.
    let is_machine = |text: &str| {
        let (machine, label) = text.split_once('/').unwrap_or((text, "l"));
        is_name(machine) && is_name(label)
    };
    let (named, slash) = match (kind, inner) {
        ("stateMachine", []) => (is_machine(end), 1),
        ("activity", []) => (is_name(end), 0),
        ("execution", [machine]) => (is_machine(machine) && is_name(end), 0),
        ("mapRun", [machine]) => (machine.contains('/') && is_machine(machine) && is_name(end), 0),
        ("express", [machine, name]) => (is_machine(machine) && is_name(name) && is_name(end), 0),
        _ => (false, 0),
    };
    if !named || end.matches('/').count() > slash {
        return Read::No;
    }
    let qualifier = if kind == "stateMachine" { part(7).map(tidy).filter(|text| is_name(text)) } else { None };
    let mut arn = parts.get(..last).unwrap_or_default().join(":");
    arn.push(':');
    arn.push_str(end);
    if let Some(qualifier) = qualifier {
        arn.push(':');
        arn.push_str(qualifier);
    }
    let to = arn.chars().count();
    let owned = |at: usize| part(at).map(str::to_owned);
    let title = title(kind, inner, end, qualifier);
    let kind = match kind {
        "stateMachine" => FoundKind::Machine { arn },
        "activity" => FoundKind::Activity { arn },
        "mapRun" => FoundKind::MapRun { arn },
        _ => FoundKind::Execution { arn },
    };
    Read::Found(Box::new(Found { kind, title, account: owned(4), region: owned(3), from: 0, to }))
}

fn title(kind: &str, inner: &[&str], end: &str, qualifier: Option<&str>) -> String {
    let short = |text: &str| cut(text, 60);
    let machine = inner.first().copied().unwrap_or(end);
    let (machine, label) = machine.split_once('/').map_or((machine, None), |(machine, label)| (machine, Some(label)));
    let (machine, label) = (short(machine), label.map(short));
    match (kind, inner, &label) {
        ("execution", _, None) => format!("execution {} of {machine}", short(end)),
        ("execution", _, Some(label)) => format!("child execution {} of {label} of {machine}", short(end)),
        ("express", [_, name], None) => format!("Express execution {} of {machine}", short(name)),
        ("express", [_, name], Some(label)) => {
            format!("Express child execution {} of {label} of {machine}", short(name))
        }
        ("mapRun", _, Some(label)) => format!("Map Run {label} of {machine}"),
        ("activity", ..) => format!("activity {machine}"),
        _ => {
            let label = label.as_ref().map_or(String::new(), |label| format!(", Map state {label}"));
            match qualifier.map(short) {
                Some(version) if version.chars().all(|c| c.is_ascii_digit()) => {
                    format!("state machine {machine}{label}, version {version}")
                }
                Some(alias) => format!("state machine {machine}{label}, alias {alias}"),
                None => format!("state machine {machine}{label}"),
            }
        }
    }
}

/// Without what a sentence puts behind it, and without a path that an address goes on with.
fn tidy(text: &str) -> &str {
    text.trim_end_matches(TRAILING).trim_end_matches('/')
}

fn is_partition(text: &str) -> bool {
    text == "aws"
        || text.strip_prefix("aws-").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
}

pub(super) fn is_region(text: &str) -> bool {
    text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    (1..=80).contains(&text.chars().count()) && !text.contains('/')
}

/// Characters of the name of an alarm.
const ALARM_CHARS: usize = 255;

/// The ARN of a CloudWatch alarm. Its name may hold nearly anything, so what ends it depends on what stands around it: the
/// quote that it began with; the line, behind `Alarm Arn:` or alone; otherwise white space.
fn alarm(chars: &[char], from: usize) -> Option<Found> {
    let head: String = chars.get(from..)?.iter().take(120).collect();
    let mut parts = head.splitn(7, ':').skip(1);
    let (partition, service, region) = (parts.next()?, parts.next()?, parts.next()?);
    let (account, kind, _) = (parts.next()?, parts.next()?, parts.next()?);
    if !is_partition(partition)
        || service != "cloudwatch"
        || !is_region(region)
        || !is_account(account)
        || kind != "alarm"
    {
        return None;
    }
    // Everything before the name is ASCII but for `arn`, which was compared without regard to case.
    let prefix = format!("arn:{partition}:{service}:{region}:{account}:{kind}:");
    let start = from + prefix.chars().count();
    let line = start + chars.get(start..)?.iter().position(|c| matches!(c, '\n' | '\r')).unwrap_or(chars.len() - start);
    let rest = chars.get(start..line)?;
    let quote =
        from.checked_sub(1).and_then(|before| chars.get(before)).filter(|c| matches!(c, '"' | '\'' | '`' | '“'));
    let quoted = quote.and_then(|open| {
        let close = if *open == '“' { '”' } else { *open };
        rest.iter().position(|c| *c == close)
    });
    // `Alarm Arn:` and its like stand right before it.
    let label: String = chars.get(..from)?.iter().rev().skip_while(|c| matches!(c, ' ' | '\t')).take(4).collect();
    let blank = |part: Option<&[char]>| part.unwrap_or_default().iter().all(|c| c.is_whitespace());
    let more = || rest.windows(4).any(|here| starts(here, "arn:") || starts(here, "http"));
    let whole = blank(chars.get(..from)) && blank(chars.get(line..)) && !more();
    let length = match quoted {
        Some(length) => length,
        None if whole || label.eq_ignore_ascii_case(":nra") => rest.len(),
        None => rest
            .iter()
            .position(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | ']'))
            .unwrap_or(rest.len()),
    };
    let name = text(chars, start, start + length);
    let trimmed = name.trim_end();
    let name = if quoted.is_some() { trimmed } else { trimmed.trim_end_matches([',', ';', '.', ')', '\'', ':']) };
    let count = name.chars().count();
    if !(1..=ALARM_CHARS).contains(&count) {
        return None;
    }
    Some(Found {
        title: format!("alarm {}", cut(name, 80)),
        account: Some(account.to_owned()),
        region: Some(region.to_owned()),
        kind: FoundKind::Alarm { arn: Some(format!("{prefix}{name}")), name: name.to_owned() },
        from,
        to: start + count,
    })
}
