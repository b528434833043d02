//! The mail of a CloudWatch alarm, as SNS sends it: `- Name:`, `- AWS Account:`, `- Alarm Arn:`.

use super::{Found, FoundKind, arn, text};
use crate::compare::cut;

/// The alarm that a mail names. A list with a `- Name:` in it is no mail of an alarm unless the text speaks of one.
pub(super) fn alarm(chars: &[char]) -> Option<Found> {
    let (from, to) = value(chars, "name")?;
    let name = text(chars, from, to);
    let alarm = text(chars, 0, chars.len()).to_ascii_lowercase();
    if !alarm.contains("alarm") || name.chars().count() > 255 {
        return None;
    }
    let kind = FoundKind::Alarm { name: name.clone(), arn: None };
    Some(Found { kind, title: format!("alarm {}", cut(&name, 80)), account: None, region: None, from, to })
}

/// The account that a mail names.
pub(super) fn account(chars: &[char]) -> Option<String> {
    let (from, to) = value(chars, "aws account")?;
    Some(text(chars, from, to)).filter(|account| arn::is_account(account))
}

/// Where the value of a line `- Label:   value` stands.
fn value(chars: &[char], label: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    for line in chars.split(|c| *c == '\n') {
        let start = from;
        from += line.len() + 1;
        let written: String = line.iter().collect();
        let Some((before, _)) = written.split_once(':') else { continue };
        let marked = before.trim_start().trim_start_matches('>').trim_start();
        if marked.strip_prefix('-').is_none_or(|name| !name.trim().eq_ignore_ascii_case(label)) {
            continue;
        }
        let behind = before.chars().count() + 1;
        let value = line.get(behind..).unwrap_or_default();
        let blank = |c: &&char| c.is_whitespace();
        let (lead, trail) = (value.iter().take_while(blank).count(), value.iter().rev().take_while(blank).count());
        if lead < value.len() {
            return Some((start + behind + lead, start + line.len() - trail));
        }
    }
    None
}
