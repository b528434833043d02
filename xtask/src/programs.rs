//! Starting other programs: found or named as missing, waited for, listened to, and never left behind.

use anyhow::{Context as _, Result, bail};
use std::{
    env,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The packages of the program and of its tests, for every call of cargo but the benches: another choice of packages gives
/// other features, and with them another build of what they share. This crate is left out, because it is built by itself
/// before: among the others its dependencies would be built a second time.
pub const MEMBERS: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// Cargo with clippy's driver as the compiler of our own crates; a warning is an error. Cargo keeps what it builds apart
/// from what a plain build makes, dependencies are shared.
pub fn linting_cargo() -> Command {
    let mut command = cargo();
    // What `cargo clippy -- -D warnings` sets for its driver.
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings");
    command
}

/// Cargo as the person called it, in the root of the workspace. `cargo run` tells this crate's own facts through the
/// environment; handed on, they would make build scripts that read them run again.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(super::places::root());
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_BIN_NAME" {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs to the end; anything but success is an error that names the command line.
pub fn must(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// What the program printed, or an error with what it complained about.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", line(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the program can be started and succeeds, silently.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs to the end; every line that it prints is handed over.
pub fn listen(command: &mut Command, mut heard: impl FnMut(&str) -> Result<()>) -> Result<ExitStatus> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    if let Some(printed) = child.stdout.take() {
        let mut reader = BufReader::new(printed);
        let mut bytes = Vec::new();
        // Bytes, not lines: a test may print what is not UTF-8, and that must not end the listening.
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            heard(String::from_utf8_lossy(&bytes).trim_end())?;
            bytes.clear();
        }
    }
    Ok(child.wait()?)
}

/// The command line, for messages.
pub fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn cannot_start(command: &Command) -> String {
    format!("`{}` could not be started", command.get_program().to_string_lossy())
}

/// Where `PATH` finds a program.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// A program that runs beside the chore, and ends with it.
#[derive(Debug)]
pub struct Companion(pub Child);

impl Companion {
    pub fn start(command: &mut Command) -> Result<Self> {
        Ok(Self(command.spawn().with_context(|| cannot_start(command))?))
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(Some(_)))
    }

    /// Asks politely, so that the program can save what it holds; insists after two seconds.
    pub fn end(&mut self) {
        if self.has_ended() {
            return;
        }
        #[cfg(unix)]
        if succeeds(Command::new("kill").arg(self.0.id().to_string())) {
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(2) {
                if self.has_ended() {
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        // It may have ended meanwhile: nothing to do then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        self.end();
    }
}
