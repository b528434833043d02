//! The same run once more with something changed: where each engine keeps a setting, and what else stays as it was.
//!
//! A change goes to the place that counts, and nothing else is touched: quoting, order and spelling of all other words
//! stay. What an engine has no place for is refused in words rather than put where it would not be read.

mod glue;
mod new_step;
mod program;

use crate::{
    command::{self, Scope},
    compare::changed,
    parameters::parameters,
};
use contract::{
    Notice,
    jobs::{
        EditedJob, Engine, JobChange, JobId,
        facts::{Driver, Request},
    },
};

pub(crate) use program::{class, program};

/// Why a change cannot be made. The words are for the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("{0} has no place for this: {1}")]
    NoPlace(&'static str, String),
    #[error("the step does not call spark-submit, so there is no line to put {0} into")]
    NoSparkLine(String),
    #[error("{0} is fixed by the job: a run cannot set it")]
    Fixed(String),
    #[error("{0} is set by the job itself: a run can set another value but not take it away")]
    OfTheJob(String),
    #[error("{0}")]
    NewStep(&'static str),
    #[error("{0:?} is no name of a setting")]
    BadKey(String),
    #[error("the payload is no JSON: {0}")]
    BadPayload(String),
    #[error("{0} holds a covered secret, which goes along only where and as it stands")]
    Covered(String),
    #[error(
        "what was typed looks like a secret or a personal detail, and plans are kept: leave what is covered as it is, or \
         change it where the job is defined"
    )]
    Secret,
}

/// Makes the changes in order on a copy of the request.
///
/// # Errors
/// The first change that the engine has no place for; then nothing is changed.
pub fn edit(id: &JobId, request: &Request, changes: &[JobChange], scope: Scope<'_>) -> Result<EditedJob, EditError> {
    let mut edited = request.clone();
    let mut notices = Vec::new();
    for change in changes {
        apply(id.engine(), &mut edited, change, &mut notices)?;
    }
    if changes.iter().any(|change| matches!(change, JobChange::Workers { .. })) {
        both_or_none(&edited.driver)?;
    }
    notices.dedup();
    let differences = changed(&parameters(request), &parameters(&edited), request, &edited);
    let command = command::start(id, &edited, scope);
    Ok(EditedJob { request: edited, differences, notices, command })
}

fn apply(
    engine: Engine,
    request: &mut Request,
    change: &JobChange,
    notices: &mut Vec<Notice>,
) -> Result<(), EditError> {
    let no_place = |what: &str| Err(EditError::NoPlace(engine.word(), what.to_owned()));
    match change {
        JobChange::Setting { key, value } => {
            checked(key)?;
            setting(engine, request, key, value.as_deref(), notices)
        }
        JobChange::Argument { name, value } => match &mut request.driver {
            Driver::Glue(glue) => glue::argument(glue, name, value.as_deref()),
            Driver::SageMaker(sage) => {
                pair(&mut sage.hyperparameters, name, value.as_deref());
                Ok(())
            }
            driver => {
                let mut arguments = program::arguments(driver)
                    .ok_or_else(|| EditError::NoPlace(engine.word(), "arguments by name".into()))?;
                program::set_named(&mut arguments, name, value.as_deref());
                program::set_arguments(driver, &arguments);
                Ok(())
            }
        },
        JobChange::Arguments(arguments) => match &mut request.driver {
            Driver::SageMaker(sage) => {
                sage.arguments.clone_from(arguments);
                Ok(())
            }
            driver if program::arguments(driver).is_some() => {
                program::set_arguments(driver, arguments);
                Ok(())
            }
            _ => no_place("a list of arguments"),
        },
        JobChange::Program(uri) => {
            if program::set_program(&mut request.driver, uri) {
                Ok(())
            } else {
                no_place("another program")
            }
        }
        JobChange::MainClass(class) => {
            if program::set_class(&mut request.driver, class.as_deref()) {
                Ok(())
            } else {
                no_place("a main class")
            }
        }
        JobChange::Step(step) => new_step::put(request, step),
        JobChange::Workers { kind, number } => match &mut request.driver {
            Driver::Glue(glue) => {
                glue.worker_type = kind.clone().or(glue.worker_type.take());
                glue.workers = number.or(glue.workers);
                // The API takes either the one or the other.
                if glue.worker_type.is_some() {
                    glue.max_capacity = None;
                }
                Ok(())
            }
            Driver::SageMaker(sage) => {
                sage.instance_type = kind.clone().or(sage.instance_type.take());
                sage.instances = number.or(sage.instances);
                Ok(())
            }
            _ => no_place("workers; set spark.executor.instances and spark.executor.memory instead"),
        },
        JobChange::Release(release) => match engine {
            Engine::EmrEks => {
                request.release = Some(release.clone());
                Ok(())
            }
            _ => no_place("a release; it belongs to the cluster, the application, the job or the function"),
        },
        JobChange::TimeoutMinutes(minutes) => match engine {
            Engine::EmrServerless | Engine::Glue => {
                request.timeout_minutes = Some(*minutes);
                Ok(())
            }
            _ => no_place("a timeout"),
        },
        JobChange::Payload(payload) => match &mut request.driver {
            Driver::Lambda(lambda) => {
                serde_json::from_str::<serde_json::Value>(payload)
                    .map_err(|error| EditError::BadPayload(error.to_string()))?;
                lambda.payload = Some(payload.clone());
                Ok(())
            }
            _ => no_place("a payload"),
        },
    }
}

/// A run that tells Glue only one of them runs with what the job has, as if nothing had been changed.
fn both_or_none(driver: &Driver) -> Result<(), EditError> {
    match driver {
        Driver::Glue(glue) if glue.worker_type.is_some() != glue.workers.is_some() => {
            let what = "workers of which only the type or only the number is known".to_owned();
            Err(EditError::NoPlace(Engine::Glue.word(), what))
        }
        _ => Ok(()),
    }
}

/// A name of a setting that can stand in a line.
fn checked(key: &str) -> Result<(), EditError> {
    let good = |c: char| !c.is_whitespace() && !c.is_control() && !"='\"\\".contains(c);
    if key.is_empty() || key.starts_with('-') || !key.chars().all(good) {
        return Err(EditError::BadKey(key.to_owned()));
    }
    Ok(())
}

fn setting(
    engine: Engine,
    request: &mut Request,
    key: &str,
    value: Option<&str>,
    notices: &mut Vec<Notice>,
) -> Result<(), EditError> {
    match &mut request.driver {
        Driver::Glue(glue) => {
            if ["spark.executor.memory", "spark.executor.cores", "spark.driver.memory", "spark.executor.memoryOverhead"]
                .contains(&key)
            {
                notices.push(Notice::warning(
                    "Glue sizes its containers by worker type: a larger worker type (G.2X, R.1X) gives more memory for certain.",
                ));
            }
            return glue::setting(glue, key, value);
        }
        Driver::SageMaker(_) | Driver::Lambda(_) => {
            return Err(EditError::NoPlace(engine.word(), format!("the Spark setting {key}")));
        }
        driver => program::setting(driver, key, value)?,
    }
    if value.is_some() {
        return Ok(());
    }
    // What is taken away must not come back from the defaults.
    if engine == Engine::Emr {
        let set = |(name, _): &(String, String)| name == key;
        if request
            .configurations
            .iter()
            .any(|one| one.classification == "spark-defaults" && one.properties.iter().any(set))
        {
            notices.push(Notice::warning(format!(
                "{key} is also set by the cluster's spark-defaults, which a step cannot change."
            )));
        }
        return Ok(());
    }
    for one in request.configurations.iter_mut().filter(|one| one.classification == "spark-defaults") {
        one.properties.retain(|(name, _)| name != key);
    }
    request.configurations.retain(|one| one.classification != "spark-defaults" || !one.properties.is_empty());
    Ok(())
}

/// Sets or takes away a pair, in its place.
fn pair(pairs: &mut Vec<(String, String)>, name: &str, value: Option<&str>) {
    match (pairs.iter_mut().find(|(key, _)| key == name), value) {
        (Some((_, old)), Some(new)) => new.clone_into(old),
        (None, Some(new)) => pairs.push((name.to_owned(), new.to_owned())),
        (_, None) => pairs.retain(|(key, _)| key != name),
    }
}

#[cfg(test)]
mod tests;
