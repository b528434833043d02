//! The shell: it owns the desk, registers the commands, opens the window. It decides nothing.
//!
//! Every command is one thin function under [`commands`]; the list of them is `contract::COMMANDS`, and the capability
//! files name the same. The window may navigate nowhere and open nothing.

mod commands;
mod logging;
mod notify;
mod start;
mod window;

pub use logging::start as start_log;
pub use start::{Start, builder, run};
pub use window::MAIN;
