//! What a profile is: production or not, and in which mode it starts.

use contract::session::{Environment, Mode};
use store::ProfilePrefs;

/// Words of a profile's name that mean production. The strictest reading wins: better a badge too many than a write.
const PRODUCTION: [&str; 4] = ["prod", "prd", "production", "live"];

/// Guesses from the name: `prod-data`, `data_PROD`, `dataprod2` are production; `non-prod`, `preprod`, `nonprod-eu` are not.
pub fn guess_environment(name: &str) -> Environment {
    let name = name.to_lowercase();
    let words: Vec<&str> =
        name.split(|character: char| !character.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let negated = words.iter().any(|word| {
        matches!(*word, "non" | "not" | "pre" | "no") || word.starts_with("nonprod") || word.starts_with("preprod")
    });
    let production = words
        .iter()
        .any(|word| PRODUCTION.iter().any(|known| word == known) || word.ends_with("prod") || word.starts_with("prod"));
    if production && !negated { Environment::Production } else { Environment::Other }
}

/// What holds for a profile: what the person said, else the guess; production always starts read-only.
pub fn standing(name: &str, prefs: ProfilePrefs) -> (Environment, Mode, bool) {
    let environment = prefs.environment.unwrap_or_else(|| guess_environment(name));
    let mode = match environment {
        Environment::Production => Mode::ReadOnly,
        Environment::Other => prefs.mode.unwrap_or(Mode::Confirm),
    };
    (environment, mode, prefs.environment.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_guessed_from_the_name() {
        for name in
            ["prod", "prod-data", "data_PROD", "acme-production-eu", "prd.ml", "live", "dataprod2", "practice-prod"]
        {
            assert_eq!(guess_environment(name), Environment::Production, "{name}");
        }
        for name in
            ["dev", "practice", "non-prod", "nonprod-eu", "preprod", "pre-prod", "staging", "delivery", "default"]
        {
            assert_eq!(guess_environment(name), Environment::Other, "{name}");
        }
    }

    #[test]
    fn production_starts_read_only_whatever_was_stored() {
        let prefs = ProfilePrefs { environment: None, mode: Some(Mode::Confirm) };
        assert_eq!(standing("prod-data", prefs), (Environment::Production, Mode::ReadOnly, true));
        let said = ProfilePrefs { environment: Some(Environment::Other), mode: None };
        assert_eq!(standing("prod-data", said), (Environment::Other, Mode::Confirm, false));
    }
}
