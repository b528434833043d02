//! The checks one by one.

use crate::wording::{bytes, cut, duration, instant, millis};
use contract::{
    Timestamp,
    facts::{Known, Missing},
    jobs::{
        AbsenceCause, AbsenceCheck, AbsenceVerdict,
        absence::{AbsenceFacts, ChangeFact, HomeFact, QuotaFact, StarterFact},
        facts::ObjectFact,
    },
};

/// Changes that are listed.
const CHANGES: usize = 5;

pub(super) fn all(facts: &AbsenceFacts, now: Timestamp) -> Vec<AbsenceCheck> {
    let mut checks = starters(&facts.starters, facts.last_run.as_ref().ok().copied().flatten());
    checks.extend(facts.home.as_ref().map(|known| home(known, now)));
    checks.extend(facts.inputs.iter().map(|known| input(known, facts)));
    checks.extend(quotas(facts));
    checks.extend(changes(facts));
    checks.push(success(facts, now));
    checks
}

fn check(what: AbsenceCause, verdict: AbsenceVerdict, text: String, advice: Option<&str>) -> AbsenceCheck {
    AbsenceCheck { what, verdict, text, advice: advice.map(str::to_owned), uri: None }
}

fn unread(what: AbsenceCause, subject: &str, missing: &Missing) -> AbsenceCheck {
    let why = if missing.denied { format!("{} is not allowed", missing.action) } else { cut(&missing.reason, 200) };
    let advice = missing.denied.then(|| format!("Allow {} to have this checked.", missing.action));
    check(what, AbsenceVerdict::Unknown, format!("{subject} could not be read: {why}"), advice.as_deref())
}

fn starters(known: &Known<Vec<StarterFact>>, last: Option<Timestamp>) -> Vec<AbsenceCheck> {
    let what = AbsenceCause::Starter;
    let all = match known {
        Err(missing) => return vec![unread(what, "what starts it", missing)],
        Ok(all) if all.is_empty() => {
            let text = "nothing that is known starts it".to_owned();
            return vec![check(
                what,
                AbsenceVerdict::Suspect,
                text,
                Some("Look for a rule, schedule or trigger that was deleted."),
            )];
        }
        Ok(all) => all,
    };
    // As long as one of several works, what is wrong with another is no reason.
    let works = all.iter().any(|one| one.enabled && one.reaches && one.failed == 0);
    let bad = if works { AbsenceVerdict::Suspect } else { AbsenceVerdict::Cause };
    all.iter().map(|one| starter(one, bad, last)).collect()
}

fn starter(one: &StarterFact, bad: AbsenceVerdict, last: Option<Timestamp>) -> AbsenceCheck {
    let what = AbsenceCause::Starter;
    let name = &one.name;
    if !one.enabled {
        let advice = "Enable it, after asking why it was disabled.";
        check(what, bad, format!("{name} is disabled"), Some(advice))
    } else if !one.reaches {
        let text = format!("{name} does not start it any more");
        check(what, bad, text, Some("Compare its target with the job's name."))
    } else if one.failed > 0 {
        let times = if one.failed == 1 { "once".into() } else { format!("{} times", one.failed) };
        let advice = "Look at the role of the rule, and at its dead-letter queue.";
        check(what, bad, format!("{name} fired {times} and was refused"), Some(advice))
    } else if one.fired.is_some_and(|fired| last.is_none_or(|last| fired > last)) {
        let text = format!("{name} fired since the last run, and no run followed");
        check(what, AbsenceVerdict::Suspect, text, Some("Look for the call in CloudTrail."))
    } else if let Some(due) = one.due {
        missed(one, due, last)
    } else if let Some(missing) = &one.unread {
        unread(what, &format!("whether {name} fired"), missing)
    } else {
        let silent = one.asked.map_or(String::new(), |since| format!(" and has not fired since {}", instant(since)));
        check(what, AbsenceVerdict::Fine, format!("{name} is enabled{silent}"), None)
    }
}

/// A clock that is on and should have started it: whether it fired is known to a closer look alone.
fn missed(one: &StarterFact, due: Timestamp, last: Option<Timestamp>) -> AbsenceCheck {
    let (what, name) = (AbsenceCause::Starter, &one.name);
    let text = match (one.asked, last) {
        (Some(_), Some(_)) => format!("{name} should have fired at {}, and did not", instant(due)),
        (None, Some(_)) => format!("{name} should have started it at {}", instant(due)),
        (Some(since), None) => format!("{name} has never started it, and has not fired since {}", instant(since)),
        (None, None) => format!("{name} has never started it"),
    };
    let unknown = one.unread.as_ref().map(|missing| unread(what, &format!("whether {name} fired"), missing));
    if let Some(unknown) = unknown {
        let text = format!("{text}; {}", unknown.text);
        return check(what, AbsenceVerdict::Suspect, text, unknown.advice.as_deref());
    }
    let advice = one.asked.and(Some("Look at its expression, and at who changed it."));
    check(what, AbsenceVerdict::Suspect, text, advice)
}

fn home(known: &Known<HomeFact>, now: Timestamp) -> AbsenceCheck {
    let what = AbsenceCause::Home;
    let fact = match known {
        Err(missing) => return unread(what, "what it runs on", missing),
        Ok(fact) => fact,
    };
    if !fact.exists {
        return check(
            what,
            AbsenceVerdict::Cause,
            format!("{} is gone", fact.name),
            Some("Create it again, or point the job to another one."),
        );
    }
    let since = fact.since.map_or(String::new(), |since| format!(" for {}", duration(millis(since, now))));
    let reason = fact.reason.as_ref().map_or(String::new(), |reason| format!(": {}", cut(reason, 160)));
    let state = fact.state.as_deref().unwrap_or("there");
    let text = format!("{} is {state}{since}{reason}", fact.name);
    match state {
        "TERMINATED" | "TERMINATED_WITH_ERRORS" | "TERMINATING" | "ARRESTED" => {
            check(what, AbsenceVerdict::Cause, text, Some("Start a cluster like it, or point the job to another one."))
        }
        "FAILED" | "Failed" | "Inactive" | "INACTIVE" | "DELETING" => check(what, AbsenceVerdict::Cause, text, None),
        // An application that is stopped starts with the next job unless that was switched off.
        "STOPPED" | "STOPPING" => {
            let advice = "Start it, or switch on auto start.";
            match fact.starts_itself {
                Some(false) => {
                    let text = format!("{text}; auto start is off");
                    check(what, AbsenceVerdict::Cause, text, Some(advice))
                }
                Some(true) => check(what, AbsenceVerdict::Fine, format!("{text}; the next job starts it"), None),
                None => check(what, AbsenceVerdict::Suspect, text, Some(advice)),
            }
        }
        _ => check(what, AbsenceVerdict::Fine, text, None),
    }
}

fn input(known: &Known<ObjectFact>, facts: &AbsenceFacts) -> AbsenceCheck {
    let what = AbsenceCause::Input;
    let object = match known {
        Err(missing) => return unread(what, "an input", missing),
        Ok(object) => object,
    };
    let uri = &object.uri;
    let last = facts.last_run.as_ref().ok().copied().flatten();
    // Only what was not found as a key of that name is told of without its size.
    let is_pattern = object.size.is_none() && uri.contains(['*', '?', '[', '{']);
    let told = if uri.ends_with('/') || is_pattern { several(object, is_pattern, last) } else { one(object, last) };
    AbsenceCheck { uri: Some(if is_pattern { folder_of(uri) } else { uri.clone() }), ..told }
}

/// The folder that holds all that a pattern names.
fn folder_of(uri: &str) -> String {
    let plain = uri.find(['*', '?', '[', '{']).and_then(|end| uri.get(..end)).unwrap_or(uri);
    plain.rfind('/').and_then(|end| plain.get(..=end)).unwrap_or(plain).to_owned()
}

/// Of one key.
fn one(object: &ObjectFact, last: Option<Timestamp>) -> AbsenceCheck {
    let what = AbsenceCause::Input;
    let uri = &object.uri;
    if !object.exists {
        return check(
            what,
            AbsenceVerdict::Cause,
            format!("{uri} is not there"),
            Some("Ask who delivers it; look at its deleted versions."),
        );
    }
    match (object.size, object.modified) {
        (Some(0), _) => {
            check(what, AbsenceVerdict::Suspect, format!("{uri} is empty"), Some("Look at its version before."))
        }
        (_, Some(at)) if last.is_some_and(|last| at < last) => {
            let text = format!("{uri} has not been written since the last run: last write {}", instant(at));
            check(what, AbsenceVerdict::Suspect, text, Some("Ask who delivers it."))
        }
        (size, at) => {
            let size = size.map_or(String::new(), |size| format!(", {}", bytes(size)));
            let at = at.map_or(String::new(), |at| format!(", written {}", instant(at)));
            check(what, AbsenceVerdict::Fine, format!("{uri} is there{size}{at}"), None)
        }
    }
}

/// Of a folder, by the newest object below it; of a pattern, by the newest that it names.
fn several(object: &ObjectFact, is_pattern: bool, last: Option<Timestamp>) -> AbsenceCheck {
    let what = AbsenceCause::Input;
    let uri = &object.uri;
    let below = if is_pattern { "that matches" } else { "below" };
    let written = object.modified.map(instant).unwrap_or_default();
    // What was read may have been taken away.
    let advice = Some("Ask who delivers it.");
    if !object.exists {
        check(what, AbsenceVerdict::Suspect, format!("nothing is stored {below} {uri}"), advice)
    } else if object.modified.zip(last).is_some_and(|(at, last)| at < last) {
        let text = format!("nothing was written {below} {uri} since the last run: last write {written}");
        check(what, AbsenceVerdict::Suspect, text, advice)
    } else {
        let text = if is_pattern {
            format!("what matches {uri} was written: last write {written}")
        } else {
            format!("{uri} was written to: last write {written}")
        };
        check(what, AbsenceVerdict::Fine, text, None)
    }
}

fn quotas(facts: &AbsenceFacts) -> Vec<AbsenceCheck> {
    let what = AbsenceCause::Quota;
    let own = facts.quotas.iter().map(|known| known.as_ref().map_or_else(|why| unread(what, "a quota", why), quota));
    let account = match &facts.account {
        None => check(what, AbsenceVerdict::Unknown, "account quotas: look in Service Quotas".into(), None),
        Some(Err(why)) => unread(what, "the quota of the account", why),
        Some(Ok(fact)) => quota(fact),
    };
    own.chain([account]).collect()
}

fn quota(quota: &QuotaFact) -> AbsenceCheck {
    let what = AbsenceCause::Quota;
    let since = quota.since.map_or(String::new(), |since| format!(" since {}", instant(since)));
    let bound = if quota.at_least { "at least " } else { "" };
    let waiting = match quota.waiting {
        0 => String::new(),
        1 => format!(", {bound}1 more waits"),
        more => format!(", {bound}{more} more wait"),
    };
    if quota.limit == Some(0) {
        let text = format!("{}: 0 are allowed, so none can run", quota.name);
        return check(what, AbsenceVerdict::Cause, text, Some("Raise this limit, or remove it."));
    }
    let amount =
        quota.limit.map_or_else(|| format!("{} % of", quota.used), |limit| format!("{} of {limit}", quota.used));
    let text = format!("{bound}{amount} {} in use{since}{waiting}", quota.name);
    let limit = quota.limit.unwrap_or(100);
    let nearly = quota.used >= limit.saturating_sub(limit / 10);
    if quota.used >= limit {
        check(what, AbsenceVerdict::Cause, text, Some("Wait, stop what is not needed, or ask for more."))
    } else if quota.at_least {
        check(what, AbsenceVerdict::Unknown, format!("{text}; there are more than were counted"), None)
    } else if nearly {
        check(what, AbsenceVerdict::Suspect, text, None)
    } else {
        check(what, AbsenceVerdict::Fine, text, None)
    }
}

fn changes(facts: &AbsenceFacts) -> Vec<AbsenceCheck> {
    let what = AbsenceCause::Change;
    let last = facts.last_run.as_ref().ok().copied().flatten();
    let mut known: Vec<&ChangeFact> = facts.changes.iter().filter_map(|change| change.as_ref().ok()).collect();
    known.sort_by_key(|change| std::cmp::Reverse(change.at));
    let since = known.iter().filter(|change| last.is_none_or(|last| change.at > last));
    let mut all: Vec<_> =
        since.take(CHANGES).map(|change| check(what, AbsenceVerdict::Suspect, change_in_words(change), None)).collect();
    let missing = facts.changes.iter().filter_map(|change| change.as_ref().err());
    all.extend(missing.map(|why| unread(what, "what was changed", why)));
    if all.is_empty() {
        let before = known.first().map(|change| format!("; the change before it: {}", change_in_words(change)));
        let text = format!("no change since the last run is known{}", before.unwrap_or_default());
        all.push(check(what, AbsenceVerdict::Fine, text, None));
    }
    all
}

fn change_in_words(change: &ChangeFact) -> String {
    let who = change.who.as_ref().map_or(String::new(), |who| format!(" by {}", cut(who, 80)));
    format!("{}{who} at {}", cut(&change.what, 120), instant(change.at))
}

fn success(facts: &AbsenceFacts, now: Timestamp) -> AbsenceCheck {
    let what = AbsenceCause::LastSuccess;
    match &facts.last_success {
        Err(missing) => unread(what, "the last success", missing),
        Ok(None) => check(what, AbsenceVerdict::Suspect, "no success is kept".into(), None),
        Ok(Some(at)) => {
            let text = format!("the last success was {} ago: {}", duration(millis(*at, now)), instant(*at));
            let last = facts.last_run.as_ref().ok().copied().flatten();
            // What has failed again and again may have been given up by what starts it.
            let failing = last.is_some_and(|last| last > *at);
            let verdict = if failing { AbsenceVerdict::Suspect } else { AbsenceVerdict::Fine };
            check(what, verdict, text, failing.then_some("Look at the failed runs since then first."))
        }
    }
}
