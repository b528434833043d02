//! The core without a window: requests go through Tauri's real IPC, with the app manifest and the capabilities, on its
//! mock runtime.
//!
//! The product reads its surroundings from the environment, which belongs to a whole process. So each test runs in a
//! process of its own, on a computer of its own: [`on_estate`] starts this very test program once more for the one test.
//! That also lets tests run side by side, each on the estate that it borrowed.

mod core;
mod heard;
mod logs;
mod pages;

pub use self::core::Core;
pub use heard::Channel;
pub use pages::{restore, restore_folder};

use heard::Heard;

use crate::{computer::Computer, estate::Estate, name_of_test};
use anyhow::{Result, bail};
use std::{
    env,
    process::{Command, Stdio},
};

/// Set in the process that runs the body of a test.
const INSIDE: &str = "QUARTERDECK_TEST_INSIDE";

/// What a test does to the estate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// Only reads.
    Reads,
    /// Writes, or lets calls fail: the estate is put back afterwards.
    Changes,
}

/// Runs the body with a core on the estate.
pub fn on_estate(touch: Touch, body: impl AsyncFn(&Core, &Estate) -> Result<()>) -> Result<()> {
    let name = name_of_test(&body);
    in_own_process(&name, touch, Computer::on, |estate| {
        let core = Core::start()?;
        tokio::runtime::Runtime::new()?.block_on(body(&core, estate))
    })
}

/// The same on a computer that the test furnishes itself (another profile, no profile at all), with a body that starts
/// the core itself, perhaps with other options or more than once.
pub fn on_computer(
    touch: Touch,
    furnish: impl FnOnce(&Estate) -> Result<Computer>,
    body: impl FnOnce(&Estate) -> Result<()>,
) -> Result<()> {
    let name = name_of_test(&body);
    in_own_process(&name, touch, furnish, body)
}

fn in_own_process(
    name: &str,
    touch: Touch,
    furnish: impl FnOnce(&Estate) -> Result<Computer>,
    body: impl FnOnce(&Estate) -> Result<()>,
) -> Result<()> {
    if env::var_os(INSIDE).is_some() {
        return body(Estate::shared()?);
    }
    let estate = Estate::borrow()?;
    let _put_back = (touch == Touch::Changes).then(|| estate.put_back_afterwards());
    let computer = furnish(&estate)?;
    let mut again = Command::new(env::current_exe()?);
    again.args([name, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
    computer.host(&mut again);
    estate.hand_down(&mut again);
    let outcome = again.env(INSIDE, "1").stdin(Stdio::null()).output()?;
    let printed = String::from_utf8_lossy(&outcome.stdout);
    print_indented(&printed);
    print_indented(&String::from_utf8_lossy(&outcome.stderr));
    if !printed.contains("1 passed") {
        bail!("`{name}` failed in its own process ({}); its words stand above", outcome.status);
    }
    Ok(())
}

/// Set in the process that [`once_more`] starts.
const ONCE_MORE: &str = "QUARTERDECK_TEST_ONCE_MORE";

/// Runs this very test once more, in one more process on the same computer, to be cut off or listened to. There it
/// answers `None`; outside, with all that was printed once that process has ended, however it ended.
pub fn once_more() -> Result<Option<String>> {
    if env::var_os(ONCE_MORE).is_some() {
        return Ok(None);
    }
    let mut again = Command::new(env::current_exe()?);
    let outcome = again.args(env::args_os().skip(1)).env(ONCE_MORE, "1").stdin(Stdio::null()).output()?;
    Ok(Some(String::from_utf8_lossy(&[outcome.stdout, outcome.stderr].concat()).into_owned()))
}

fn print_indented(text: &str) {
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("running ")) {
        eprintln!("    {line}");
    }
}
