//! A computer of a test's own: nothing of the person's home, keys or settings is seen or touched.

use crate::estate::Estate;
use anyhow::Result;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

#[derive(Debug)]
pub struct Computer {
    home: TempDir,
    environment: Vec<(String, String)>,
}

/// What a developer's shell may hold and a test must not see.
const FOREIGN: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "QUARTERDECK_LOG",
];

impl Computer {
    /// One whose only AWS configuration leads to the estate.
    pub fn on(estate: &Estate) -> Result<Self> {
        let mut computer = Self::bare()?;
        computer.environment.extend(estate.environment()?);
        Ok(computer)
    }

    /// One that nobody has configured yet.
    pub fn bare() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("quarterdeck-test-").tempdir()?;
        for folder in ["data", "config", "share", "cache"] {
            fs::create_dir_all(home.path().join(folder))?;
        }
        Ok(Self { home, environment: Vec::new() })
    }

    /// Sets a variable; the last one counts.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where the program keeps what stays on this computer.
    pub fn data(&self) -> std::path::PathBuf {
        self.home.path().join("data")
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Lets a program run on this computer.
    pub fn host(&self, command: &mut Command) {
        for name in FOREIGN {
            command.env_remove(name);
        }
        let home = self.home.path();
        command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("share"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("QUARTERDECK_DATA_DIR", self.data())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
    }
}
