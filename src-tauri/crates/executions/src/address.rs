//! What a pasted text leads to: one ARN, an address of the console, or a whole alert mail.
//!
//! Every ARN of Step Functions and of CloudWatch alarms in the text is found, once, in the order in which it stands there.
//! ARNs may be wrapped over lines, quoted, in brackets, percent-encoded, or inside addresses. An ARN counts when all of its
//! parts are there; whether such a thing exists is for the service to say.

mod arn;
mod mail;
mod url;

/// One thing that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: FoundKind,
    /// `execution 4f2 of nightly-sales`, `alarm nightly-failed`.
    pub title: String,
    pub account: Option<String>,
    pub region: Option<String>,
    /// Where it stands, in characters of the text; of an address, all of it.
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundKind {
    /// Of a Standard or an Express machine, or a child of a Map Run.
    Execution {
        arn: String,
    },
    /// With version or alias, if the text names one.
    Machine {
        arn: String,
    },
    MapRun {
        arn: String,
    },
    Activity {
        arn: String,
    },
    /// A CloudWatch alarm; its name alone is known from mails and addresses.
    Alarm {
        name: String,
        arn: Option<String>,
    },
}

/// Characters that are looked at; no alert is longer.
const MOST: usize = 200_000;

/// Everything that the text names.
pub fn resolve(text: &str) -> Vec<Found> {
    let chars: Vec<char> = text.chars().take(MOST).collect();
    let mut found = scan(&chars, true);
    found.extend(mail::alarm(&chars));
    found.sort_by_key(|found| found.from);
    let account = mail::account(&chars);
    let mut all: Vec<Found> = Vec::new();
    for mut one in found {
        if matches!(one.kind, FoundKind::Alarm { .. }) && one.account.is_none() {
            one.account.clone_from(&account);
        }
        match all.iter_mut().find(|known| same(known, &one)) {
            None => all.push(one),
            Some(known) => {
                known.account = known.account.take().or(one.account);
                known.region = known.region.take().or(one.region);
                if let (FoundKind::Alarm { arn: known, .. }, FoundKind::Alarm { arn, .. }) = (&mut known.kind, one.kind)
                {
                    *known = known.take().or(arn);
                }
            }
        }
    }
    all
}

/// Whether two are one thing. An alarm that is named twice is one, unless the places of the two are known and differ.
fn same(a: &Found, b: &Found) -> bool {
    let agree = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    match (&a.kind, &b.kind) {
        (FoundKind::Alarm { name, .. }, FoundKind::Alarm { name: other, .. }) => {
            name == other && agree(&a.account, &b.account) && agree(&a.region, &b.region)
        }
        (kind, other) => kind == other,
    }
}

/// ARNs and addresses, from left to right. In the text of an address (`plain` is false) there are no further ones.
fn scan(chars: &[char], plain: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let bound = at.checked_sub(1).and_then(|before| chars.get(before)).is_none_or(|c| !c.is_alphanumeric());
        let here = chars.get(at..).unwrap_or_default();
        let next = if !bound {
            None
        } else if starts(here, "arn:") && begins(here.get(4..).unwrap_or_default()) {
            let read = if plain { arn::wrapped(chars, at) } else { arn::straight(chars, at) };
            read.map(|one| (one.to, vec![one]))
        } else if starts(here, "arn%3a") {
            url::encoded(chars, at)
        } else if plain && (starts(here, "https://") || starts(here, "http://")) {
            url::address(chars, at)
        } else {
            None
        };
        match next {
            // Never less than one character further.
            Some((to, some)) => {
                found.extend(some);
                at = to.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// Whether a partition follows, as far as the line goes: most of what says `arn:` is none, and reading one costs more.
fn begins(chars: &[char]) -> bool {
    let differs = chars.iter().zip("aws".chars()).find(|(c, expected)| *c != expected);
    differs.is_none_or(|(c, _)| c.is_whitespace() || *c == '=')
}

/// Whether the text starts with these ASCII letters, in either case.
fn starts(chars: &[char], what: &str) -> bool {
    let mut here = chars.iter();
    what.chars().all(|c| here.next().is_some_and(|h| h.eq_ignore_ascii_case(&c)))
}

fn text(chars: &[char], from: usize, to: usize) -> String {
    chars.get(from..to.min(chars.len())).unwrap_or_default().iter().collect()
}

#[cfg(test)]
mod tests;
