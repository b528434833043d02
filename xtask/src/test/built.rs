//! What one call of cargo built: every test program of the workspace, and the program itself.

use super::{Out, Tally};
use crate::programs;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

#[derive(Debug)]
pub struct Built {
    tests: Vec<TestProgram>,
}

#[derive(Debug)]
pub struct TestProgram {
    /// Name of the target: the crate's, or the file's in its `tests` folder.
    name: String,
    path: PathBuf,
    /// The folder of its package, where cargo would start it.
    home: PathBuf,
}

impl Built {
    pub fn all() -> Result<Self> {
        let mut all = Self::with(&["--tests"])?;
        all.build(&["--package", "xtask", "--tests"])?;
        Ok(all)
    }

    /// Only one of the programs in `tests/tests`.
    pub fn only(name: &str) -> Result<Self> {
        Self::with(&["--test", name])
    }

    /// Always all members with the program: the same choice of packages gives the same features.
    fn with(targets: &[&str]) -> Result<Self> {
        let mut built = Self { tests: Vec::new() };
        built.build(&[&programs::MEMBERS, &["--lib", "--bin", "quarterdeck"], targets].concat())?;
        Ok(built)
    }

    fn build(&mut self, what: &[&str]) -> Result<()> {
        let mut cargo = programs::linting_cargo();
        cargo.arg("build").args(what).arg("--message-format=json-render-diagnostics");
        let status = programs::listen(&mut cargo, |line| {
            self.tests.extend(TestProgram::read(line));
            Ok(())
        })?;
        if !status.success() {
            bail!("the workspace does not build ({status})");
        }
        self.tests.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(())
    }

    pub fn tests(&self) -> impl Iterator<Item = &TestProgram> {
        self.tests.iter()
    }

    pub fn test(&self, name: &str) -> Result<&TestProgram> {
        let found = self.tests.iter().find(|test| test.name == name);
        found.with_context(|| format!("there is no test program `{name}` in tests/tests"))
    }
}

impl TestProgram {
    /// From one of cargo's messages, if it is about a test program.
    fn read(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let is_test = message.get("profile")?.get("test")?.as_bool()?;
        let path = message.get("executable").and_then(text)?;
        let manifest = message.get("manifest_path").and_then(text)?;
        let name = message.get("target")?.get("name").and_then(text)?;
        is_test.then(|| Self { name, path: path.into(), home: Path::new(&manifest).with_file_name("") })
    }

    pub fn path(&self) -> &OsStr {
        self.path.as_os_str()
    }

    /// Whether it runs in a phase of its own, beside servers or a window.
    pub fn needs_estate(&self) -> bool {
        matches!(self.name.as_str(), "bridge" | "window")
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        self.furnish(&mut command);
        command
    }

    /// Gives a command what cargo would give the program.
    pub fn furnish(&self, command: &mut Command) {
        command.current_dir(&self.home).env("CARGO_MANIFEST_DIR", &self.home);
        // A panic tells where it was; an error tells what happened, and needs no trace of the harness.
        command.env("RUST_LIB_BACKTRACE", "0");
    }

    pub fn run(&self, command: &mut Command, out: &Out) -> Result<Tally> {
        out.line(&format!("-- {}", self.name))?;
        Tally::of_runner(command, out)
    }
}
