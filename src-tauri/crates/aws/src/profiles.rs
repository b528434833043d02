//! The profiles that `aws-config` reads, and where they were looked for.

use crate::AwsError;
use aws_config::profile::{self, ProfileSet};
use aws_runtime::env_config::{file::EnvConfigFiles, property::PropertiesKey};
use aws_types::os_shim_internal::{Env, Fs};
use contract::session::{LookedIn, ProfileSource};
use std::path::PathBuf;

/// A profile as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    pub name: String,
    pub region: Option<String>,
    pub source: ProfileSource,
    /// A custom endpoint for S3, if one is named.
    pub s3_endpoint: Option<String>,
}

/// What the shared files and the environment hold.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub profiles: Vec<Configured>,
    pub looked_in: Vec<LookedIn>,
    /// `AWS_PROFILE`, or `default` if there is one, or the only one.
    pub chosen: Option<String>,
}

/// The name under which credentials from `AWS_ACCESS_KEY_ID` appear, when no profile is chosen by name.
pub const ENVIRONMENT_PROFILE: &str = "environment";

/// Reads the shared configuration files anew. A file that cannot be parsed yields no profile and says so in
/// `looked_in`, because the SDK reads both files as one.
pub async fn find() -> Found {
    let mut found = Found::default();
    match load().await {
        Ok(set) => {
            let mut names: Vec<&str> = set.profiles().collect();
            names.sort_unstable();
            found.profiles = names.into_iter().filter_map(|name| configured(&set, name)).collect();
            for (variable, fallback) in FILES {
                found.looked_in.push(looked_in_file(variable, fallback, None));
            }
        }
        Err(error) => {
            for (variable, fallback) in FILES {
                found.looked_in.push(looked_in_file(variable, fallback, Some(&error.to_string())));
            }
        }
    }
    let keys = std::env::var("AWS_ACCESS_KEY_ID").is_ok_and(|key| !key.is_empty());
    found.looked_in.push(LookedIn {
        place: "AWS_ACCESS_KEY_ID".into(),
        found: if keys { "set".into() } else { "not set".into() },
    });
    let named = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    found.looked_in.push(LookedIn {
        place: "AWS_PROFILE".into(),
        found: match &named {
            Some(name) if found.profiles.iter().any(|profile| &profile.name == name) => name.clone(),
            Some(name) => format!("{name}, which no file defines"),
            None => "not set".into(),
        },
    });
    if keys {
        found.profiles.insert(
            0,
            Configured {
                name: ENVIRONMENT_PROFILE.into(),
                region: std::env::var("AWS_REGION").or_else(|_| std::env::var("AWS_DEFAULT_REGION")).ok(),
                source: ProfileSource::Environment,
                s3_endpoint: endpoint_from_environment(),
            },
        );
    }
    found.chosen = choose(named, &found.profiles);
    found
}

fn choose(named: Option<String>, profiles: &[Configured]) -> Option<String> {
    let has = |name: &str| profiles.iter().any(|profile| profile.name == name);
    named
        .filter(|name| has(name))
        .or_else(|| has(ENVIRONMENT_PROFILE).then(|| ENVIRONMENT_PROFILE.to_owned()))
        .or_else(|| has("default").then(|| "default".to_owned()))
        .or_else(|| match profiles {
            [only] => Some(only.name.clone()),
            _ => None,
        })
}

const FILES: [(&str, &str); 2] =
    [("AWS_CONFIG_FILE", ".aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")];

fn looked_in_file(variable: &str, fallback: &str, problem: Option<&str>) -> LookedIn {
    let path = std::env::var_os(variable)
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(fallback)))
        .unwrap_or_else(|| PathBuf::from("~").join(fallback));
    let found = match (std::fs::metadata(&path), problem) {
        (Err(error), _) if error.kind() == std::io::ErrorKind::NotFound => "not there".to_owned(),
        (Err(error), _) => format!("cannot be read: {error}"),
        (Ok(_), Some(problem)) => format!("cannot be understood: {problem}"),
        (Ok(_), None) => match std::fs::read_to_string(&path) {
            Err(error) => format!("cannot be read: {error}"),
            Ok(text) => match text.lines().filter(|line| is_profile_header(line)).count() {
                0 => "no profile".to_owned(),
                1 => "1 profile".to_owned(),
                count => format!("{count} profiles"),
            },
        },
    };
    LookedIn { place: path.display().to_string(), found }
}

fn is_profile_header(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('[') && !line.starts_with("[services") && !line.starts_with("[sso-session")
}

async fn load() -> Result<ProfileSet, AwsError> {
    profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await.map_err(|error| {
        AwsError::Configuration(aws_smithy_types::error::display::DisplayErrorContext(&error).to_string())
    })
}

fn configured(set: &ProfileSet, name: &str) -> Option<Configured> {
    let profile = set.get_profile(name)?;
    let has = |key: &str| profile.get(key).is_some();
    let source = if has("role_arn") && has("web_identity_token_file") {
        ProfileSource::WebIdentity
    } else if has("role_arn") {
        ProfileSource::AssumeRole
    } else if has("sso_session") || has("sso_start_url") {
        ProfileSource::Sso
    } else if has("login_session") {
        ProfileSource::Login
    } else if has("credential_process") {
        ProfileSource::Process
    } else if has("aws_access_key_id") {
        ProfileSource::SharedKeys
    } else {
        ProfileSource::Ambient
    };
    let s3_endpoint = endpoint_from_environment()
        .or_else(|| service_endpoint(set, profile.get("services")?, "s3"))
        .or_else(|| profile.get("endpoint_url").map(str::to_owned));
    Some(Configured { name: name.to_owned(), region: profile.get("region").map(str::to_owned), source, s3_endpoint })
}

fn endpoint_from_environment() -> Option<String> {
    ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

fn service_endpoint(set: &ProfileSet, services: &str, service: &str) -> Option<String> {
    let key = PropertiesKey::builder()
        .section_key("services")
        .section_name(services)
        .property_name(service)
        .sub_property_name("endpoint_url")
        .build()
        .ok()?;
    set.other_sections().get(&key).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Configured {
        Configured { name: name.into(), region: None, source: ProfileSource::SharedKeys, s3_endpoint: None }
    }

    #[test]
    fn the_named_profile_wins_if_it_exists() {
        let profiles = [named("default"), named("practice")];
        assert_eq!(choose(Some("practice".into()), &profiles).as_deref(), Some("practice"));
        assert_eq!(choose(Some("gone".into()), &profiles).as_deref(), Some("default"));
        assert_eq!(choose(None, &profiles[1..]).as_deref(), Some("practice"), "the only profile needs no choosing");
        assert_eq!(choose(None, &[named("a"), named("b")]), None, "among several the person chooses");
    }

    #[test]
    fn headers_of_services_and_sso_sessions_are_no_profiles() {
        assert!(is_profile_header("[profile practice]"));
        assert!(is_profile_header(" [default]"));
        assert!(!is_profile_header("[services est]"));
        assert!(!is_profile_header("[sso-session corp]"));
        assert!(!is_profile_header("region = eu-west-1"));
    }
}
