//! Causes, unfolded. A cause is a text that often holds JSON, whose own cause is again a text with JSON: the execution's
//! cause holds the child execution's, that one the job's, and only the innermost says what happened.
//!
//! What a shape means is taken from its fields, not from the resource alone, because a child execution's cause does not
//! say which service it came from. Shapes that nobody has recorded in public (EMR, SageMaker, Batch) are read from the
//! API's response shapes, nested in their wrapper or not.

pub(crate) mod cut;
mod engines;
mod shapes;
#[cfg(test)]
mod tests;

use contract::executions::CauseLevel;

/// Levels that are followed: the service itself allows far fewer nested executions in 256 KiB.
const DEEPEST: usize = 16;

/// Unfolds a cause, outermost level first, the deepest last. `resource_type` is the event's (`emr-serverless`,
/// `lambda`), for texts that do not say where they come from. Empty when there is neither error nor cause.
pub fn unfold(resource_type: Option<&str>, error: Option<&str>, cause: Option<&str>) -> Vec<CauseLevel> {
    let mut levels = Vec::new();
    let mut error = error.filter(|error| !error.is_empty()).map(str::to_owned);
    let mut cause = cause.filter(|cause| !cause.trim().is_empty()).map(str::to_owned);
    let mut from = resource_type.map(str::to_owned);
    while levels.len() < DEEPEST && (error.is_some() || cause.is_some()) {
        let read = shapes::level(from.as_deref(), error.as_deref(), cause.as_deref().unwrap_or_default());
        levels.push(read.level);
        let Some(inner) = read.inner else { break };
        error = inner.error;
        cause = inner.cause;
        from = inner.from;
    }
    levels
}

/// The deepest level that says something, in one line of at most 240 characters, for lists.
pub fn one_line(levels: &[CauseLevel]) -> String {
    let telling = levels.iter().rev().find(|level| !level.text.is_empty());
    let line = match telling {
        Some(level) => match level.error.as_deref().filter(|error| says_something(error)) {
            // Python and Java write the class into the message as well.
            Some(error) if level.text.contains(error) || level.text.contains(short_class(error)) => level.text.clone(),
            Some(error) => format!("{error}: {}", level.text),
            None => level.text.clone(),
        },
        None => levels.iter().rev().find_map(|level| level.error.clone()).unwrap_or_default(),
    };
    shorten(&line, 240)
}

/// White space folded, cut at a number of characters.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let room = most.saturating_sub(length + usize::from(length > 0));
        let letters = word.chars().count();
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        if letters > room {
            line.extend(word.chars().take(room));
            let kept = line.trim_end().len();
            line.truncate(kept);
            line.push('…');
            return line;
        }
        line.push_str(word);
        length += letters;
    }
    line
}

/// `States.TaskFailed` wraps every failed job and says nothing itself.
pub(crate) fn says_something(error: &str) -> bool {
    !matches!(error, "" | "States.TaskFailed" | "States.ALL")
}

fn short_class(error: &str) -> &str {
    error.rsplit(['.', '$']).next().filter(|class| class.len() > 3).unwrap_or(error)
}
