//! What the system tests stand on.
//!
//! * [`estate`]: the practice estate, started once for each test program, and the wire to its control.
//! * [`computer`]: a computer of a test's own: home, data folder and environment.
//! * [`bridge`]: the core without a window; commands go through Tauri's real IPC on its mock runtime.
//! * [`notifications`]: a session bus with a notification server that only listens.
//! * [`elsewhere`]: an S3 server that is not the estate's.
//! * [`stored`]: the program's database, behind its back.
//! * [`wire`]: a server that says what a test wrote down.
//! * [`window`]: the program itself in real WebKit, driven as a person would, by role and accessible name.
//!
//! Tests that need servers or a display are `#[ignore]`d with a word on how to run them, so that a plain `cargo test`
//! passes everywhere; `cargo xtask test` runs them all.
#![allow(clippy::print_stderr, reason = "a test harness talks to the terminal")]

pub mod bridge;
pub mod computer;
pub mod elsewhere;
pub mod estate;
#[cfg(target_os = "linux")]
pub mod notifications;
pub mod places;
pub mod stored;
pub mod window;
pub mod wire;

/// The path of the test whose closure this is, as libtest names it: a closure's type is named after the function around
/// it. (The thread's name would say the same, but not with one test thread.)
pub fn name_of_test<F>(_: &F) -> String {
    let path = std::any::type_name::<F>();
    let path = path.split("::{{closure}}").next().unwrap_or(path);
    path.split_once("::").map_or(path, |(_crate, path)| path).to_owned()
}
