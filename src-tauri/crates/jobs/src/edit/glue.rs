//! Glue: a run's arguments stand before the job's own, so a change is an argument of the run.

use super::{EditError, pair};
use crate::parameters::{merged, spark_line_of_glue};
use contract::jobs::facts::GlueDriver;

/// All of Spark's settings are one argument, so what the job sets there goes along.
pub(super) fn setting(glue: &mut GlueDriver, key: &str, value: Option<&str>) -> Result<(), EditError> {
    const CONF: &str = "--conf";
    fixed(glue, CONF)?;
    let current = merged(glue).into_iter().find(|(name, _, _)| *name == CONF).map(|(_, value, _)| value.to_owned());
    let mut line = spark_line_of_glue(current.as_deref().unwrap_or_default());
    match value {
        Some(value) => line.set(key, value),
        None if line.get(key).is_none() => return Ok(()),
        None => line.remove(key),
    }
    let text = line.to_string();
    let text = text.trim_start();
    let text = text.strip_prefix("--conf").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(text);
    match text.trim() {
        "" if glue.defaults.iter().any(|(name, _)| name == CONF) => Err(EditError::OfTheJob(key.to_owned())),
        "" => {
            pair(&mut glue.arguments, CONF, None);
            Ok(())
        }
        _ => {
            pair(&mut glue.arguments, CONF, Some(text.trim_start()));
            Ok(())
        }
    }
}

pub(super) fn argument(glue: &mut GlueDriver, name: &str, value: Option<&str>) -> Result<(), EditError> {
    // Names are written with their dashes in the API; a person may leave them out.
    let name = if name.starts_with("--") { name.to_owned() } else { format!("--{name}") };
    fixed(glue, &name)?;
    if value.is_none() && glue.defaults.iter().any(|(key, _)| *key == name) {
        return Err(EditError::OfTheJob(name));
    }
    pair(&mut glue.arguments, &name, value);
    Ok(())
}

fn fixed(glue: &GlueDriver, name: &str) -> Result<(), EditError> {
    if glue.fixed.iter().any(|(key, _)| key == name) { Err(EditError::Fixed(name.to_owned())) } else { Ok(()) }
}
