//! The program. Everything is in the library, so that tests can build the same application on a mock window.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    quarterdeck::run()
}
