//! The same thing as an `aws` command line.

pub(crate) use contract::shell::Scope;
use contract::{shell, words::grouped};

/// A command with what has to be done before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartCommand {
    pub line: String,
    /// `Save the input (48,213 bytes) as nightly-rerun.json first.`
    pub note: Option<String>,
}

/// Bytes of an input that a person still likes to see on a command line.
const INLINE: usize = 1_500;

/// `StopExecution`, "Request parameters": characters of `error` and `cause`.
const ERROR_CHARS: usize = 256;
const CAUSE_CHARS: usize = 32_768;

/// Continues a failed execution.
pub fn redrive_command(arn: &str, profile: Option<&str>, region: Option<&str>) -> String {
    line("redrive-execution", &[("execution-arn", arn)], Scope { profile, region })
}

/// Starts an execution. A long input is read from a file, which the note names.
pub fn start_command(
    machine: &str,
    name: &str,
    input: &str,
    profile: Option<&str>,
    region: Option<&str>,
) -> StartCommand {
    let long = input.len() > INLINE || input.contains(['\n', '\r']);
    let file = format!("{}.json", super::names::portable(name));
    let (value, note) = if long {
        let bytes = thousands(input.len());
        (
            format!("file://{file}"),
            Some(format!("Save the input ({bytes} bytes) as {file} in the current folder first.")),
        )
    } else {
        (literal(input), None)
    };
    let options = [("state-machine-arn", machine), ("name", name), ("input", value.as_str())];
    StartCommand { line: line("start-execution", &options, Scope { profile, region }), note }
}

/// Stops an execution. Empty `error` and `cause` are left out, long ones cut to what the API takes.
pub fn stop_command(arn: &str, error: &str, cause: &str, profile: Option<&str>, region: Option<&str>) -> String {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let (error, cause) = (literal(&cut(error, ERROR_CHARS)), literal(&cut(cause, CAUSE_CHARS)));
    let options = [("execution-arn", arn), ("error", &error), ("cause", &cause)];
    let options: Vec<_> = options.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    line("stop-execution", &options, Scope { profile, region })
}

/// The `aws` command reads a value that looks like an address from there, so a text must not look like one.
fn literal(text: &str) -> String {
    let address = ["file://", "fileb://", "http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
    if address { format!(" {text}") } else { text.to_owned() }
}

pub(crate) fn line(verb: &str, options: &[(&str, &str)], scope: Scope<'_>) -> String {
    shell::line(&format!("stepfunctions {verb}"), options, scope)
}

/// `48,213`.
pub(super) fn thousands(number: usize) -> String {
    grouped(u64::try_from(number).unwrap_or(u64::MAX))
}
