//! A step that no run was asked for before, on a cluster that takes steps.

use super::{EditError, checked};
use contract::jobs::{
    Engine, NewStep,
    facts::{Driver, Request},
};

/// Runs any command on the primary node.
const RUNNER: &str = "command-runner.jar";

/// Makes the request of a cluster that of the step.
pub(super) fn put(request: &mut Request, step: &NewStep) -> Result<(), EditError> {
    // Only what stands for a cluster has no program.
    if !matches!(&request.driver, Driver::Jar { jar, .. } if jar.is_empty()) {
        return Err(EditError::NoPlace(Engine::Emr.word(), "a new step in a run; add it to the cluster".into()));
    }
    let (name, program) = (step.name.trim(), step.program.trim());
    if name.is_empty() {
        return Err(EditError::NewStep("the step needs a name"));
    }
    if program.is_empty() || program.starts_with('-') {
        return Err(EditError::NewStep("the step needs a program: the address of a script or jar"));
    }
    let class = step.main_class.as_deref().map(str::trim).filter(|class| !class.is_empty());
    let (jar, main_class, arguments) = if step.spark {
        let mut words = vec!["spark-submit".to_owned()];
        words.extend(class.into_iter().flat_map(|class| ["--class".to_owned(), class.to_owned()]));
        for (key, value) in &step.settings {
            checked(key)?;
            words.extend(["--conf".to_owned(), format!("{key}={value}")]);
        }
        words.push(program.to_owned());
        words.extend(step.arguments.iter().cloned());
        (RUNNER.to_owned(), None, words)
    } else {
        if let Some((key, _)) = step.settings.first() {
            return Err(EditError::NoSparkLine(key.clone()));
        }
        (program.to_owned(), class.map(str::to_owned), step.arguments.clone())
    };
    request.name = Some(name.to_owned());
    let on_failure = Some(step.on_failure);
    request.driver = Driver::Jar { jar, main_class, arguments, properties: Vec::new(), on_failure };
    Ok(())
}
