//! Secrets out of what a run was asked to do, before anybody sees it.
//!
//! A secret may stand in an argument behind its name, in a setting, in a script of one word. What has a name of its own is
//! covered here, by that name; free text is for the caller's masker, which knows what keys and tokens look like. Because
//! the request itself is covered, tables, commands and comparisons that are made of it are too.

use crate::{ends::statement::covered, parameters::is_secret, words::Words};
use contract::jobs::facts::{Driver, Request, RunFact};

/// Stands in the place of a secret; its length tells nothing. The same as in lines of logs.
pub const COVER: &str = "••••••";

/// Covers what is secret in a text without a name.
pub type Masker<'a> = &'a dyn Fn(&str) -> String;

/// The run with its secrets covered.
#[must_use]
pub fn cover(run: &RunFact, text: Masker<'_>) -> RunFact {
    let mut run = run.clone();
    if let Some(reason) = &mut run.reason {
        *reason = free(reason, text);
    }
    for transition in &mut run.transitions {
        transition.message = transition.message.as_deref().map(|message| free(message, text));
    }
    request(&mut run.request, text);
    run
}

/// The arguments of a script with their secrets covered.
#[must_use]
pub fn arguments(all: &[String], text: Masker<'_>) -> Vec<String> {
    let mut covered = all.to_vec();
    list(&mut covered, text);
    covered
}

fn request(request: &mut Request, text: Masker<'_>) {
    match &mut request.driver {
        Driver::Jar { arguments, properties, .. } => {
            list(arguments, text);
            pairs(properties, text);
        }
        Driver::SparkSubmit { arguments, parameters, .. } => {
            list(arguments, text);
            line(parameters, text);
        }
        Driver::SparkSql { parameters, .. } => line(parameters, text),
        Driver::Hive { query, parameters, .. } => {
            *query = free(query, text);
            line(parameters, text);
        }
        Driver::Glue(glue) => {
            for all in [&mut glue.defaults, &mut glue.fixed, &mut glue.arguments] {
                pairs(all, text);
            }
        }
        Driver::Lambda(lambda) => {
            pairs(&mut lambda.environment, text);
            if let Some(payload) = &mut lambda.payload {
                *payload = free(payload, text);
            }
        }
        Driver::SageMaker(sage) => {
            list(&mut sage.entry_point, text);
            list(&mut sage.arguments, text);
            pairs(&mut sage.hyperparameters, text);
            pairs(&mut sage.environment, text);
        }
    }
    for configuration in &mut request.configurations {
        pairs(&mut configuration.properties, text);
    }
}

fn pairs(all: &mut [(String, String)], text: Masker<'_>) {
    for (key, value) in all {
        *value = if is_secret(key, "") { COVER.to_owned() } else { word(value, text) };
    }
}

fn list(all: &mut [String], text: Masker<'_>) {
    let mut named = false;
    for one in all {
        let next = names_a_secret(one);
        *one = if named && !is_option(one) { COVER.to_owned() } else { word(one, text) };
        named = next;
    }
}

fn line(parameters: &mut Option<String>, text: Masker<'_>) {
    if let Some(parameters) = parameters {
        *parameters = script(parameters, text);
    }
}

/// `--db-password`, whose value is the next word.
fn names_a_secret(word: &str) -> bool {
    word.starts_with('-') && !word.contains(['=', ' ']) && is_secret(word, "")
}

/// Whether a word behind `--use-token` is the next option and not its value: `--name`, `--name=value`, `-n`, `-files`, `-Da=1`.
/// A secret may begin with a dash too; what is covered in doubt costs less than what is shown.
fn is_option(word: &str) -> bool {
    let letters = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic());
    if let Some(long) = word.strip_prefix("--") {
        let name = long.split('=').next().unwrap_or_default();
        return name.starts_with(|c: char| c.is_ascii_alphabetic()) && is_name(name);
    }
    let Some(short) = word.strip_prefix('-') else { return false };
    letters(short) || short.strip_prefix('D').is_some_and(|property| property.contains('='))
}

/// Words of a shell; what is not covered keeps its spelling.
fn script(text: &str, mask: Masker<'_>) -> String {
    let mut words = Words::parse(text);
    let mut named = false;
    for at in 0..words.len() {
        let Some(value) = words.get(at).map(str::to_owned) else { break };
        let covered = if named && !is_option(&value) { COVER.to_owned() } else { plain(&value, mask) };
        words.set(at, &covered);
        named = names_a_secret(&value);
    }
    words.to_string()
}

/// A word that may be a script, or `name=value`.
fn word(value: &str, mask: Masker<'_>) -> String {
    if value.contains(char::is_whitespace) { mask(&script(&covered(value), mask)) } else { plain(value, mask) }
}

/// Free text: it may be a statement of SQL, or hold one.
fn free(text: &str, mask: Masker<'_>) -> String {
    mask(&covered(text))
}

fn plain(value: &str, mask: Masker<'_>) -> String {
    match value.split_once('=') {
        Some((name, _)) if is_name(name) && is_secret(name, "") => format!("{name}={COVER}"),
        _ => mask(value),
    }
}

/// Not the beginning of an address or of JSON, in which a name is only a part.
fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        address::Place,
        command::Scope,
        sample::{self, owned},
        view::view,
    };
    use contract::jobs::facts::Configuration;

    const SECRET: &str = "hunter2";

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    /// One run of each engine with a secret wherever one can be.
    fn with_secrets() -> Vec<RunFact> {
        let mut all = sample::all();
        for run in &mut all {
            run.request.configurations = vec![Configuration {
                classification: "spark-defaults".into(),
                properties: vec![pair("spark.hadoop.javax.jdo.option.ConnectionPassword", SECRET)],
            }];
            match &mut run.request.driver {
                Driver::Jar { arguments, properties, .. } => {
                    arguments.extend(owned(&["--db-password", SECRET, "--api-key=hunter2"]));
                    arguments.extend(owned(&["bash", "-c", "load --token hunter2 && load --db.password=hunter2"]));
                    arguments.extend(owned(&["--sql", "COPY t FROM 's3://b/k' SECRET_ACCESS_KEY 'hunter2' CSV"]));
                    properties.push(pair("jdbc.password", SECRET));
                }
                Driver::SparkSubmit { arguments, parameters, .. } => {
                    arguments.extend(owned(&["--secret", SECRET]));
                    let before = parameters.take().unwrap_or_default();
                    *parameters =
                        Some(format!("{before} --conf spark.a.secret=hunter2 --conf 'spark.b.token=hunter2'"));
                }
                Driver::Glue(glue) => {
                    glue.defaults.push(pair("--password", SECRET));
                    glue.arguments.push(pair("--conf", "spark.a=1 --conf spark.ssl.keyPassword=hunter2"));
                    glue.fixed.push(pair("--api_key", SECRET));
                }
                Driver::Lambda(lambda) => {
                    lambda.environment.push(pair("DB_PASSWORD", SECRET));
                    let sql =
                        "UNLOAD ('select 1') TO 's3://b' CREDENTIALS 'aws_iam_role=r;master_symmetric_key=hunter2'";
                    lambda.payload = Some(format!("{{\"sql\": \"{sql}\"}}"));
                }
                Driver::SageMaker(sage) => {
                    sage.hyperparameters.push(pair("wandb_api_key", SECRET));
                    sage.environment.push(pair("HF_TOKEN", SECRET));
                    sage.arguments.extend(owned(&["--access-key", SECRET]));
                }
                Driver::SparkSql { .. } | Driver::Hive { .. } => {}
            }
        }
        all
    }

    #[test]
    fn no_secret_of_a_request_is_in_the_view() {
        let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        for run in with_secrets() {
            let seen = view(&run, &[], &place, Scope::default(), &str::to_owned, now);
            let text = format!("{seen:?}");
            assert!(!text.contains(SECRET), "{:?}: {text}", run.id);
            assert!(text.contains(COVER), "that there is one can be seen");
        }
    }

    #[test]
    fn free_text_is_for_the_masker_and_the_rest_stays_as_it_was() {
        let mut run = sample::serverless();
        run.reason = Some("key AKIA1 refused".into());
        let mask = |text: &str| text.replace("AKIA1", COVER);
        let covered = cover(&run, &mask);
        assert_eq!(covered.reason.as_deref(), Some("key •••••• refused"));
        assert_eq!(covered.request, run.request, "there was nothing secret in it");
    }

    #[test]
    fn the_arguments_of_a_script_are_covered() {
        let given = ["--token", SECRET, "password=hunter2", "--channel", "stable"].map(str::to_owned);
        let covered = arguments(&given, &str::to_owned);
        assert_eq!(covered, ["--token", COVER, &format!("password={COVER}"), "--channel", "stable"]);
    }

    #[test]
    fn a_secret_that_begins_with_a_dash_is_covered_and_an_option_is_not() {
        for secret in ["-hunter2", "-9fX/", "--3kd", "--a$b", "-"] {
            let covered = arguments(&["--db-password".to_owned(), secret.to_owned()], &str::to_owned);
            assert_eq!(covered, ["--db-password", COVER], "{secret}");
            let line = format!("load --token '{secret}' all");
            assert_eq!(script(&line, &str::to_owned).matches(COVER).count(), 1, "{line}");
        }
        for option in ["--channel", "--max-rows=3", "-v", "-files", "-Dspark.a=1"] {
            let given = ["--no-password", option, "stable"].map(str::to_owned);
            assert_eq!(arguments(&given, &str::to_owned), given, "{option}");
        }
    }
}
