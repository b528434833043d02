//! The practice estate as a companion: local servers and one AWS profile, `practice`, that leads to them.
//!
//! It says that it is ready by one line of JSON on its standard output, and it ends when its standard input does, so
//! that it cannot outlive the chore.

use crate::{places, programs::Companion};
use anyhow::{Context as _, Result, bail};
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

#[derive(Debug)]
pub struct Estate {
    _process: Companion,
    config_file: String,
    credentials_file: String,
    profile: String,
}

impl Estate {
    /// Starts the estate and waits until it is ready. Its configuration and log go to `target/estate/demo`.
    pub fn start() -> Result<Self> {
        println!("Starting the practice estate.");
        let mut python = Command::new(places::venv_python());
        python.args(["-m", "estate", "--state-dir"]).arg(places::out().join("estate").join("demo"));
        python.current_dir(places::root().join("tests"));
        python.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process =
            Companion::start(&mut python).context("the practice estate; `cargo xtask setup` makes its Python")?;
        let printed = process.0.stdout.take().context("the estate's output is not connected")?;
        let mut line = String::new();
        BufReader::new(printed).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("the practice estate ended before it was ready; what it complained about stands above");
        }
        let ready: serde_json::Value = serde_json::from_str(&line)
            .with_context(|| format!("the estate should say JSON when ready, not: {line}"))?;
        let field = |name: &str| {
            let value = ready.get(name).and_then(|value| value.as_str());
            value.map(str::to_owned).with_context(|| format!("the estate's ready line lacks `{name}`: {line}"))
        };
        Ok(Self {
            config_file: field("config_file")?,
            credentials_file: field("credentials_file")?,
            profile: field("profile")?,
            _process: process,
        })
    }

    /// Turns a program to the estate, and away from the person's own AWS configuration.
    pub fn apply(&self, command: &mut Command) {
        for name in
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"]
        {
            command.env_remove(name);
        }
        command
            .env("AWS_CONFIG_FILE", &self.config_file)
            .env("AWS_SHARED_CREDENTIALS_FILE", &self.credentials_file)
            .env("AWS_PROFILE", &self.profile)
            .env("AWS_EC2_METADATA_DISABLED", "true");
    }
}
