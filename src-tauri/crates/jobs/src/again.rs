//! Asking for the same run again: what can be edited, and an edit whose secrets stay covered while they go along.
//!
//! The person edits the run as it is shown, with its secrets covered. The same changes are made on the run itself, so what
//! was covered is asked for as it was. What a person types is kept in the journal of operations, so a secret cannot be
//! typed: it would be seen by whoever reads that.

mod offers;

use crate::{
    command::Scope,
    edit::{self, EditError, edit},
    parameters::{merged, parameters},
    secrets::{self, COVER, Masker},
    step,
};
use contract::jobs::{
    EditedJob, Engine, JobChange, JobForm, JobId,
    diagnosis::{SettingKind, Suggestion},
    facts::{Driver, GlueDriver, Request, RunFact},
};
pub use offers::offers;
use std::collections::BTreeSet;

/// A request twice: as it is sent, and as it may be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// With its secrets.
    pub request: Request,
    /// Without them.
    pub shown: EditedJob,
}

/// Makes changes that a person typed into the covered run. `target` is where the run would be: of a step, its cluster.
///
/// # Errors
/// A change that the engine has no place for, a covered value that was moved, or a secret that was typed.
pub fn edited(
    run: &RunFact,
    target: &JobId,
    changes: &[JobChange],
    mask: Masker<'_>,
    scope: Scope<'_>,
) -> Result<Edited, EditError> {
    let covered = secrets::cover(run, mask).request;
    let shown = edit(target, &covered, changes, scope)?;
    let real: Vec<JobChange> =
        changes.iter().map(|change| uncovered(run, &covered, change)).collect::<Result<_, EditError>>()?;
    let request = edit(target, &run.request, &real, scope)?.request;
    let again = secrets::cover(&RunFact { request: request.clone(), ..run.clone() }, mask).request;
    // What is covered only now was typed by the person.
    if parameters(&again) != parameters(&shown.request) {
        return Err(EditError::Secret);
    }
    Ok(Edited { request, shown })
}

/// The change with what it left covered put back.
fn uncovered(run: &RunFact, covered: &Request, change: &JobChange) -> Result<JobChange, EditError> {
    let hidden = |text: &str| text.contains(COVER);
    match change {
        JobChange::Arguments(typed) if typed.iter().any(|word| hidden(word)) => {
            let (was, seen) = (parameters(&run.request).arguments, parameters(covered).arguments);
            put_back(&was, &seen, typed).map(JobChange::Arguments)
        }
        JobChange::Setting { key: name, value: Some(value) } | JobChange::Argument { name, value: Some(value) }
            if hidden(value) =>
        {
            Err(EditError::Covered(name.clone()))
        }
        JobChange::Program(text) | JobChange::Payload(text) | JobChange::MainClass(Some(text)) if hidden(text) => {
            Err(EditError::Covered(text.clone()))
        }
        other => Ok(other.clone()),
    }
}

/// Each covered word stands for the first such word that was not used yet and stood behind the same option: a secret never
/// goes to another name, whatever was taken out before it. The only word of its kind may get another name.
fn put_back(was: &[String], seen: &[String], typed: &[String]) -> Result<Vec<String>, EditError> {
    let mut used = BTreeSet::new();
    let mut words = Vec::with_capacity(typed.len());
    for (place, word) in typed.iter().enumerate() {
        if !word.contains(COVER) {
            words.push(word.clone());
            continue;
        }
        let same: Vec<usize> = seen.iter().enumerate().filter(|(_, one)| *one == word).map(|(at, _)| at).collect();
        let (alone, option) = (same.len() == 1, option_before(typed, place));
        let fits = |at: &usize| !used.contains(at) && (alone || option_before(seen, *at) == option);
        let at = same.into_iter().find(fits);
        let at = at.ok_or_else(|| EditError::Covered(word.clone()))?;
        used.insert(at);
        words.push(was.get(at).cloned().ok_or_else(|| EditError::Covered(word.clone()))?);
    }
    Ok(words)
}

/// `--db-password`, where the word at this place is its value.
fn option_before(words: &[String], at: usize) -> Option<&str> {
    let before = at.checked_sub(1).and_then(|before| words.get(before))?;
    Some(before.as_str()).filter(|word| word.starts_with('-') && !word.contains('='))
}

/// What of a request can be edited. Hand over one whose secrets are covered.
pub fn form(engine: Engine, request: &Request) -> JobForm {
    let told = parameters(request);
    let settings = || -> Vec<(String, String)> {
        let rows = told.settings.iter().filter(|row| row.effective);
        rows.map(|row| (row.key.clone(), row.value.clone())).collect()
    };
    let release = request.release.clone().filter(|_| engine == Engine::EmrEks);
    let mut form = JobForm {
        program: edit::program(&request.driver),
        main_class: edit::class(&request.driver),
        release,
        timeout_minutes: request.timeout_minutes,
        ..JobForm::default()
    };
    match &request.driver {
        Driver::Jar { arguments, .. } => {
            let found = step::submit(arguments);
            form.settings = found.is_some().then(settings);
            form.arguments = Some(found.map_or_else(|| arguments.clone(), |found| found.line.arguments()));
            form.timeout_minutes = None;
        }
        Driver::SparkSubmit { arguments, .. } => {
            form.settings = Some(settings());
            form.arguments = Some(arguments.clone());
        }
        Driver::SparkSql { .. } => form.settings = Some(settings()),
        Driver::Hive { .. } => {
            let rows = told.other.iter().filter(|row| row.from == "--hiveconf");
            form.settings = Some(rows.map(|row| (row.key.clone(), row.value.clone())).collect());
        }
        Driver::Glue(glue) => {
            form.named = Some(named(glue));
            form.settings = runs_spark(glue).then(settings);
            form.workers = glue.worker_type.clone().zip(glue.workers);
        }
        Driver::Lambda(_) | Driver::SageMaker(_) => form.timeout_minutes = None,
    }
    form
}

/// Whether a run that is asked for like this hands such a setting on. A step that calls Hive, Pig or a script, a Python shell
/// and a function start no Spark that their request could configure.
pub fn takes(request: &Request, setting: &Suggestion) -> bool {
    match setting.kind {
        SettingKind::Spark => match &request.driver {
            Driver::Jar { arguments, .. } => step::submit(arguments).is_some(),
            Driver::SparkSubmit { .. } | Driver::SparkSql { .. } => true,
            Driver::Glue(glue) => runs_spark(glue),
            Driver::Hive { .. } | Driver::Lambda(_) | Driver::SageMaker(_) => false,
        },
        SettingKind::Glue => {
            let has = |glue: &GlueDriver| glue.command != "pythonshell" || setting.key == "Timeout";
            matches!(&request.driver, Driver::Glue(glue) if has(glue))
        }
        SettingKind::Cluster | SettingKind::Table | SettingKind::Api | SettingKind::Untaken => true,
    }
}

fn runs_spark(glue: &GlueDriver) -> bool {
    !matches!(glue.command.as_str(), "pythonshell" | "glueray")
}

/// Arguments that a run may set: Spark's own stand among the settings, and what the job fixes is no choice.
fn named(glue: &GlueDriver) -> Vec<(String, String)> {
    let free = |name: &str| name != "--conf" && glue.fixed.iter().all(|(fixed, _)| fixed != name);
    let rows = merged(glue).into_iter().filter(|(name, ..)| free(name));
    rows.map(|(name, value, _)| (name.to_owned(), value.to_owned())).collect()
}

/// Whether a run was asked for in these words. Glue adds the job's defaults to what a run was given.
pub fn same(found: &Request, wanted: &Request) -> bool {
    fn given(glue: &GlueDriver) -> BTreeSet<&(String, String)> {
        glue.arguments.iter().filter(|pair| !glue.defaults.contains(pair)).collect()
    }
    match (&found.driver, &wanted.driver) {
        (Driver::Glue(one), Driver::Glue(two)) => {
            given(one) == given(two)
                && (&one.worker_type, one.workers) == (&two.worker_type, two.workers)
                && found.timeout_minutes == wanted.timeout_minutes
        }
        (one, two) => found.name == wanted.name && without_failure(one) == without_failure(two),
    }
}

/// A step that is listed does not say what its failure does to the cluster.
fn without_failure(driver: &Driver) -> Driver {
    match driver.clone() {
        Driver::Jar { jar, main_class, arguments, properties, .. } => {
            Driver::Jar { jar, main_class, arguments, properties, on_failure: None }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
