//! Programs of Spark and Hive: the line of options, the program, its arguments.

use super::EditError;
use crate::{spark::SparkLine, step, words::Words};
use contract::jobs::facts::Driver;

pub(super) fn setting(driver: &mut Driver, key: &str, value: Option<&str>) -> Result<(), EditError> {
    match driver {
        Driver::Jar { arguments, .. } => {
            let mut found = step::submit(arguments).ok_or_else(|| EditError::NoSparkLine(key.to_owned()))?;
            change(&mut found.line, key, value);
            *arguments = found.arguments();
        }
        Driver::SparkSubmit { parameters, .. } | Driver::SparkSql { parameters, .. } => {
            let mut line = SparkLine::parse(parameters.as_deref().unwrap_or_default());
            change(&mut line, key, value);
            let text = line.to_string();
            *parameters = (parameters.is_some() || !text.is_empty()).then_some(text);
        }
        Driver::Hive { parameters, .. } => {
            let mut words = Words::parse(parameters.as_deref().unwrap_or_default());
            hive(&mut words, key, value);
            let text = words.to_string();
            *parameters = (parameters.is_some() || !text.is_empty()).then_some(text);
        }
        Driver::Glue(_) | Driver::Lambda(_) | Driver::SageMaker(_) => {
            return Err(EditError::NoSparkLine(key.to_owned()));
        }
    }
    Ok(())
}

fn change(line: &mut SparkLine, key: &str, value: Option<&str>) {
    match value {
        Some(value) => line.set(key, value),
        None => line.remove(key),
    }
}

/// `--hiveconf key=value`, or `--hiveconf=key=value`.
fn hive(words: &mut Words, key: &str, value: Option<&str>) {
    let is_key = |text: &str| text.split_once('=').is_some_and(|(name, _)| name == key);
    let place = |words: &Words| {
        (0..words.len()).rev().find_map(|at| {
            let word = words.get(at)?;
            if let Some(rest) = word.strip_prefix("--hiveconf=") {
                return is_key(rest).then_some((at, at));
            }
            let before = at.checked_sub(1)?;
            (words.get(before) == Some("--hiveconf") && is_key(word)).then_some((before, at))
        })
    };
    match (place(words), value) {
        (Some((from, at)), Some(value)) if from == at => words.set(at, &format!("--hiveconf={key}={value}")),
        (Some((_, at)), Some(value)) => words.set(at, &format!("{key}={value}")),
        (None, Some(value)) => {
            let end = words.len();
            words.insert(end, "--hiveconf");
            words.insert(end + 1, &format!("{key}={value}"));
        }
        (_, None) => {
            while let Some((from, at)) = place(words) {
                for gone in (from..=at).rev() {
                    words.remove(gone);
                }
            }
        }
    }
}

/// Arguments of the program itself; `None` where there are none to be had.
pub(super) fn arguments(driver: &Driver) -> Option<Vec<String>> {
    match driver {
        Driver::Jar { arguments, .. } => Some(match step::submit(arguments) {
            Some(found) => found.line.arguments(),
            None => arguments.clone(),
        }),
        Driver::SparkSubmit { arguments, .. } => Some(arguments.clone()),
        _ => None,
    }
}

pub(super) fn set_arguments(driver: &mut Driver, new: &[String]) {
    match driver {
        Driver::Jar { arguments, .. } => match step::submit(arguments) {
            Some(mut found) => {
                found.line.set_arguments(new);
                *arguments = found.arguments();
            }
            None => *arguments = new.to_vec(),
        },
        Driver::SparkSubmit { arguments, .. } => *arguments = new.to_vec(),
        _ => {}
    }
}

/// False where the program is not part of the request.
pub(super) fn set_program(driver: &mut Driver, uri: &str) -> bool {
    match driver {
        Driver::Jar { jar, arguments, .. } => match step::submit(arguments) {
            Some(mut found) if found.line.program().is_some() => {
                found.line.set_program(uri);
                *arguments = found.arguments();
            }
            Some(_) => return false,
            None if is_runner(jar) => match arguments.first_mut() {
                Some(first) => uri.clone_into(first),
                None => arguments.push(uri.to_owned()),
            },
            None => uri.clone_into(jar),
        },
        Driver::SparkSubmit { entry_point, .. } | Driver::SparkSql { entry_point, .. } => uri.clone_into(entry_point),
        Driver::Hive { query, .. } => uri.clone_into(query),
        Driver::Glue(_) | Driver::Lambda(_) | Driver::SageMaker(_) => return false,
    }
    true
}

/// The main class of a jar, where the request has a place for one; empty where it is left to the jar's manifest.
pub(crate) fn class(driver: &Driver) -> Option<String> {
    let of = |line: &SparkLine| Some(line.option("--class").unwrap_or_default().to_owned());
    match driver {
        Driver::Jar { jar, main_class, arguments, .. } => match step::submit(arguments) {
            Some(found) => of(&found.line),
            None if is_runner(jar) => None,
            None => Some(main_class.clone().unwrap_or_default()),
        },
        Driver::SparkSubmit { parameters, .. } => of(&SparkLine::parse(parameters.as_deref().unwrap_or_default())),
        _ => None,
    }
}

/// False where the request has no place for one.
pub(super) fn set_class(driver: &mut Driver, class: Option<&str>) -> bool {
    match driver {
        Driver::Jar { jar, main_class, arguments, .. } => match step::submit(arguments) {
            Some(mut found) => {
                found.line.set_option("--class", class);
                *arguments = found.arguments();
            }
            None if is_runner(jar) => return false,
            None => *main_class = class.map(str::to_owned),
        },
        Driver::SparkSubmit { parameters, .. } => {
            let mut line = SparkLine::parse(parameters.as_deref().unwrap_or_default());
            line.set_option("--class", class);
            let text = line.to_string();
            *parameters = (parameters.is_some() || !text.is_empty()).then_some(text);
        }
        _ => return false,
    }
    true
}

/// The program where it can be named anew by itself; among the arguments of a runner it stands already.
pub(crate) fn program(driver: &Driver) -> Option<String> {
    let named = match driver {
        Driver::Jar { jar, arguments, .. } => match step::submit(arguments) {
            Some(found) => found.line.program().map(str::to_owned),
            None => (!is_runner(jar)).then(|| jar.clone()),
        },
        Driver::SparkSubmit { entry_point, .. } | Driver::SparkSql { entry_point, .. } => Some(entry_point.clone()),
        Driver::Hive { query, .. } => Some(query.clone()),
        Driver::Glue(_) | Driver::Lambda(_) | Driver::SageMaker(_) => None,
    };
    // A query of several lines is text, not the name of a file.
    named.filter(|named| !named.is_empty() && !named.contains('\n'))
}

/// Jars that run what their arguments name.
fn is_runner(jar: &str) -> bool {
    jar.ends_with("command-runner.jar") || jar.ends_with("script-runner.jar")
}

/// `--name value` or `--name=value`, wherever it stands; one that is not there is put behind the others.
pub(super) fn set_named(arguments: &mut Vec<String>, name: &str, value: Option<&str>) {
    let joined = format!("{name}=");
    let at = arguments.iter().rposition(|word| word == name || word.starts_with(&joined));
    match (at, value) {
        (None, Some(value)) => arguments.extend([name.to_owned(), value.to_owned()]),
        (None, None) => {}
        (Some(at), value) => {
            let is_joined = arguments.get(at).is_some_and(|word| word != name);
            // A negative number is a value, another option is not.
            let has_value = !is_joined
                && arguments.get(at + 1).is_some_and(|next| !next.starts_with('-') || next.parse::<f64>().is_ok());
            let end = if has_value { at + 2 } else { at + 1 };
            let new: Vec<String> = match value {
                None => Vec::new(),
                Some(value) if is_joined => vec![format!("{joined}{value}")],
                Some(value) => vec![name.to_owned(), value.to_owned()],
            };
            arguments.splice(at..end, new);
        }
    }
}
