//! Addresses of the AWS console, in its old and new forms, and whatever else carries an encoded ARN.

use super::{Found, FoundKind, arn, scan};
use crate::compare::cut;
use percent_encoding::percent_decode_str;

/// Lines over which an address may be wrapped, and characters of one.
const LINES: usize = 6;
const LONGEST: usize = 4_000;

fn ends(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`' | '“' | '”')
}

/// The address that starts here: where it ends, and what it leads to.
pub(super) fn address(chars: &[char], from: usize) -> Option<(usize, Vec<Found>)> {
    let mut url = String::new();
    let (mut at, mut first) = (from, None);
    for _ in 0..LINES {
        let line: String = chars.get(at..)?.iter().take(LONGEST).take_while(|c| !ends(**c)).collect();
        at += line.chars().count();
        url.push_str(&line);
        let trimmed = trimmed(&url);
        let to = at - (url.chars().count() - trimmed.chars().count());
        let found = leads_to(trimmed);
        if !found.is_empty() {
            let found = found.into_iter().map(|one| Found { from, to, ..one }).collect();
            return Some((to, found));
        }
        let first = *first.get_or_insert(to);
        // Only what breaks off inside an ARN or behind the place of one goes on in the next line.
        let open = decoded(&url).to_ascii_lowercase();
        let cut = open.contains("arn:aws")
            || open.ends_with("/details/")
            || open.ends_with("/view/")
            || open.ends_with("alarm/");
        match arn::next_line(chars, at).filter(|_| cut && url.len() < LONGEST) {
            Some(next) => at = next,
            None => return Some((first, Vec::new())),
        }
    }
    first.map(|first| (first, Vec::new()))
}

/// An encoded ARN outside an address.
pub(super) fn encoded(chars: &[char], from: usize) -> Option<(usize, Vec<Found>)> {
    let token: String = chars.get(from..)?.iter().take(LONGEST).take_while(|c| !ends(**c)).collect();
    let token = trimmed(&token);
    let to = from + token.chars().count();
    // Also when it leads nowhere: all that it holds has been looked at.
    Some((to, arns(&decoded(token)).into_iter().map(|one| Found { from, to, ..one }).collect()))
}

/// Without the punctuation of the sentence around it.
fn trimmed(url: &str) -> &str {
    let mut url = url;
    loop {
        let shorter = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', ']', '}', '*', '|']);
        let open = |c: char| shorter.matches(c).count();
        let shorter = if open(')') > open('(') { shorter.strip_suffix(')').unwrap_or(shorter) } else { shorter };
        if shorter == url {
            return url;
        }
        url = shorter;
    }
}

fn leads_to(url: &str) -> Vec<Found> {
    let once = decode(url);
    let console = ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"];
    if console.iter().any(|host| once.contains(host)) {
        // Sign-in pages hold the address of the console in a parameter, encoded once more.
        if let Some(found) = alarm(url, &once).or_else(|| alarm(&once, &once)) {
            return vec![found];
        }
    }
    arns(&decoded(url))
}

fn arns(text: &str) -> Vec<Found> {
    scan(&text.chars().collect::<Vec<_>>(), false)
}

/// `#alarmsV2:alarm/NAME`, `#alarmsV2:alarm/NAME?~(…)`, `#s=Alarms&alarm=NAME`, `#alarm:alarmFilter=ANY;name=NAME`.
fn alarm(url: &str, decoded: &str) -> Option<Found> {
    let named = ["alarmsV2:alarm/", "#s=Alarms&alarm=", "#alarm:alarmFilter=ANY;name=", "#alarm:name="];
    let rest = named.iter().find_map(|mark| url.split_once(mark)).map(|(_, rest)| rest)?;
    let name = rest.split(['?', '&', '#', ';']).next().map(decode)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
        return None;
    }
    let region = region(decoded);
    Some(Found {
        title: format!("alarm {}", cut(name, 80)),
        account: account(decoded),
        region,
        kind: FoundKind::Alarm { name: name.to_owned(), arn: None },
        from: 0,
        to: 0,
    })
}

/// `region=eu-central-1`, or the first part of the host.
fn region(url: &str) -> Option<String> {
    let given = url.split("region=").skip(1).map(|rest| rest.split(['&', '#', '?', ';']).next().unwrap_or(""));
    let host = url.split("://").skip(1).filter_map(|rest| {
        let mut labels = rest.split('/').next()?.split('.').take_while(|label| *label != "console");
        labels.find(|label| {
            arn::is_region(label) && label.ends_with(|c: char| c.is_ascii_digit()) && label.matches('-').count() >= 2
        })
    });
    given.chain(host).find(|region| arn::is_region(region)).map(str::to_owned)
}

/// Of the console for several sessions: `123456789012-a1b2c3d4.eu-central-1.console.aws.amazon.com`.
fn account(url: &str) -> Option<String> {
    let label = url.split("://").nth(1)?.split(['.', '-']).next()?;
    arn::is_account(label).then(|| label.to_owned())
}

/// Decoded until no colon is encoded any more, three times at most.
fn decoded(text: &str) -> String {
    let mut text = decode(text);
    for _ in 0..2 {
        if !text.to_ascii_lowercase().contains("%3a") {
            break;
        }
        text = decode(&text);
    }
    text
}

/// Percent-encoding undone; what is none stays as it is.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
