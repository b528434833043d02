//! Settings, arguments and code names then and now.

use super::{Rank, Ranked, difference, inputs::undated};
use crate::secrets::COVER;
use contract::jobs::{CodeObject, Parameters, Setting};

pub(super) fn one(rank: Rank, what: &str, place: &str, then: Option<&str>, now: Option<&str>) -> Ranked {
    if then == now {
        return Vec::new();
    }
    vec![(rank, difference(what, place, then.map(str::to_owned), now.map(str::to_owned)))]
}

pub(super) fn code(then: &[CodeObject], now: &[CodeObject]) -> Ranked {
    let has = |all: &[CodeObject], object: &CodeObject| all.iter().any(|other| other == object);
    let gone = then.iter().filter(|object| object.role != "script" && !has(now, object));
    let come = now.iter().filter(|object| object.role != "script" && !has(then, object));
    let gone = gone.map(|object| difference("Library", &object.role, Some(object.uri.clone()), None));
    let come = come.map(|object| difference("Library", &object.role, None, Some(object.uri.clone())));
    gone.chain(come).map(|row| (Rank::Code, row)).collect()
}

/// What counts of Spark's configuration, and what else the engine was told.
pub(super) fn settings(then: &Parameters, now: &Parameters) -> Ranked {
    let mut found = pairs("Configuration", &then.settings, &now.settings);
    found.extend(pairs("Setting", &then.other, &now.other));
    found
}

fn pairs(what: &str, then: &[Setting], now: &[Setting]) -> Ranked {
    let counting = |all: &'_ [Setting], key: &str| {
        all.iter().rev().find(|row| row.effective && row.key == key).map(|row| row.value.clone())
    };
    let mut keys: Vec<(&str, bool)> = Vec::new();
    for row in now.iter().chain(then).filter(|row| row.effective) {
        match keys.iter_mut().find(|(key, _)| *key == row.key) {
            Some((_, secret)) => *secret |= row.secret,
            None => keys.push((&row.key, row.secret)),
        }
    }
    let mut found = Ranked::new();
    for (key, secret) in keys {
        let (before, after) = (counting(then, key), counting(now, key));
        if before == after {
            continue;
        }
        let rank = match (&before, &after) {
            (Some(before), Some(after)) if passing(before, after) => Rank::EveryRun,
            _ => Rank::Settings,
        };
        let mask = |value: Option<String>| value.map(|value| if secret { COVER.to_owned() } else { value });
        found.push((rank, difference(what, key, mask(before), mask(after))));
    }
    found
}

/// Arguments by name where they have one, by place otherwise.
pub(super) fn arguments(then: &[String], now: &[String]) -> Ranked {
    let (before, after) = (named(then), named(now));
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in after.iter().chain(&before) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut found = Ranked::new();
    for name in names {
        let values = |all: &[(String, String)]| {
            let values: Vec<&str> =
                all.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect();
            (!values.is_empty()).then(|| values.join(" "))
        };
        let (then, now) = (values(&before), values(&after));
        if then == now {
            continue;
        }
        let rank = match (&then, &now) {
            (Some(then), Some(now)) if passing(then, now) => Rank::EveryRun,
            _ => Rank::Arguments,
        };
        let secret = crate::parameters::is_secret(name, "");
        let mask = |value: Option<String>| value.map(|value| if secret { COVER.to_owned() } else { value });
        found.push((rank, difference("Argument", name, mask(then), mask(now))));
    }
    found
}

/// `--date 2026`, `--date=2026`, or the number of a word that has no name.
fn named(words: &[String]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut open = false;
    let mut place = 0;
    for word in words {
        if let Some((name, value)) = word.split_once('=').filter(|(name, _)| name.starts_with('-')) {
            all.push((name.to_owned(), value.to_owned()));
            open = false;
        } else if word.starts_with("--") || (word.starts_with('-') && word.parse::<f64>().is_err() && word.len() > 1) {
            all.push((word.clone(), String::new()));
            open = true;
        } else if let Some((_, value)) = all.last_mut().filter(|_| open) {
            value.clone_from(word);
            open = false;
        } else {
            place += 1;
            all.push((format!("argument {place}"), word.clone()));
        }
    }
    all
}

/// Differs by digits alone, as dates and ids do, and is long enough to be one. A number alone is an amount, unless it may
/// be a moment.
fn passing(then: &str, now: &str) -> bool {
    let digits = then.chars().filter(char::is_ascii_digit).count();
    let is_number = digits == then.chars().count();
    digits >= 6 && then != now && undated(then) == undated(now) && (!is_number || (is_moment(then) && is_moment(now)))
}

/// `20261121`, `2026112106`, `202611210604`, and seconds and milliseconds since 1970, of these years.
fn is_moment(number: &str) -> bool {
    let epoch = || ["15", "16", "17", "18", "19"].iter().any(|start| number.starts_with(start));
    match number.len() {
        8 | 12 | 14 => number.starts_with("20"),
        10 => number.starts_with("20") || epoch(),
        13 => epoch(),
        _ => false,
    }
}
