//! The log on standard error. `QUARTERDECK_LOG` filters it, by default warnings.
//!
//! No secret reaches it: keys are `secrecy` types below the commands, and the commands log no arguments.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

pub fn start() {
    let filter =
        EnvFilter::try_from_env("QUARTERDECK_LOG").unwrap_or_else(|_| EnvFilter::new("warn,zbus=off,keyring_core=off"));
    // A second start in the same process (tests) keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
