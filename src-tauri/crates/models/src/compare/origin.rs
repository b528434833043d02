//! What went into two versions: code, parameters, container, artefact.

use super::Side;
use contract::{executions::Difference, models::facts::ContainerFact, words::bytes};

/// What is different, from the code to the artefact.
pub fn differences(left: &Side<'_>, right: &Side<'_>) -> Vec<Difference> {
    let (one, other) = (&left.version.origin, &right.version.origin);
    let mut found = Vec::new();
    let mut put = |what: &str, place: &str, then: Option<&str>, now: Option<&str>| {
        if then != now {
            found.push(Difference {
                what: what.to_owned(),
                place: place.to_owned(),
                then: then.map(str::to_owned),
                now: now.map(str::to_owned),
                at: None,
            });
        }
    };
    put("Origin", "repository", one.repository.as_deref(), other.repository.as_deref());
    put("Origin", "commit", one.commit.as_deref(), other.commit.as_deref());
    if let (Some(before), Some(after)) = (parameters(left), parameters(right)) {
        pairs("Parameter", before, after, &mut put);
    }
    let containers = left.version.containers.len().max(right.version.containers.len());
    for at in 0..containers {
        let (before, after) = (left.version.containers.get(at), right.version.containers.get(at));
        let name = |what: &str| if containers == 1 { what.to_owned() } else { format!("container {at} {what}") };
        put("Container", &name("image"), before.map(|c| c.image.as_str()), after.map(|c| c.image.as_str()));
        put("Container", &name("image digest"), digest(before), digest(after));
        let framework = |container: Option<&ContainerFact>| {
            let container = container?;
            let version = container.framework_version.as_deref().unwrap_or_default();
            container.framework.as_ref().map(|name| format!("{name} {version}").trim_end().to_owned())
        };
        put("Container", &name("framework"), framework(before).as_deref(), framework(after).as_deref());
        let environment = |container: Option<&ContainerFact>| {
            container.map_or_else(Vec::new, |container| container.environment.clone())
        };
        pairs("Environment", &environment(before), &environment(after), &mut put);
    }
    if let (Some(before), Some(after)) = (left.size, right.size)
        && before != after
    {
        let change = percent(before, after);
        let now = format!("{} ({change})", bytes(after));
        put("Artefact", "size", Some(bytes(before).as_str()), Some(now.as_str()));
    }
    found
}

/// Hyperparameters, where they were read.
pub fn parameters<'a>(side: &Side<'a>) -> Option<&'a [(String, String)]> {
    side.parameters?.there().map(Vec::as_slice)
}

fn digest(container: Option<&ContainerFact>) -> Option<&str> {
    container.and_then(|container| container.image_digest.as_deref())
}

/// Names of both, in the order of the right, those of the left alone at the end.
fn pairs(
    what: &str,
    left: &[(String, String)],
    right: &[(String, String)],
    put: &mut impl FnMut(&str, &str, Option<&str>, Option<&str>),
) {
    let get = |side: &[(String, String)], name: &str| {
        side.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    let gone = left.iter().filter(|(name, _)| !right.iter().any(|(other, _)| other == name));
    for (name, _) in right.iter().chain(gone) {
        put(what, name, get(left, name).as_deref(), get(right, name).as_deref());
    }
}

fn percent(before: u64, after: u64) -> String {
    if before == 0 {
        return "was empty".to_owned();
    }
    let change = u128::from(after.abs_diff(before)) * 100 / u128::from(before);
    let sign = if after < before { '-' } else { '+' };
    format!("{sign}{change} %")
}
