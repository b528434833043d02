//! `tauri-driver` as a child: on free ports, in a process group of its own, so that it, WebKit's WebDriver and the
//! program all end together, also when a test panics.

use crate::{computer::Computer, places};
use anyhow::{Context as _, Result, bail};
use std::{
    fs::{self, File},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

#[derive(Debug)]
pub struct Driver {
    process: Child,
    port: u16,
    log: PathBuf,
}

impl Driver {
    pub fn start(computer: &Computer) -> Result<Self> {
        let [port, native_port] = free_ports()?;
        let log = computer.home().join("program.log");
        let words = File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(places::tauri_driver());
        command.args(["--port", &port.to_string(), "--native-port", &native_port.to_string()]);
        computer.host(&mut command);
        // The program's own words; tests ask them for what must never be said.
        command.env("QUARTERDECK_LOG", "info");
        command.stdin(Stdio::null()).stdout(words.try_clone()?).stderr(words);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = command.spawn().context("tauri-driver could not be started: `cargo xtask setup` installs it")?;
        let driver = Self { process, port, log };
        let start = Instant::now();
        // Both: the one passes on to the other, and refuses while that is not there yet.
        for port in [port, native_port] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                if start.elapsed() > Duration::from_secs(30) {
                    bail!("tauri-driver does not listen; it said:\n{}", driver.log());
                }
                sleep(Duration::from_millis(20));
            }
        }
        Ok(driver)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Everything that it started, at once.
    pub fn kill(&self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.kill();
        let _ = self.process.wait();
    }
}

/// Both are held until both are known: were they the same, the driver would pass every request on to itself.
fn free_ports() -> Result<[u16; 2]> {
    let held = [TcpListener::bind(("127.0.0.1", 0))?, TcpListener::bind(("127.0.0.1", 0))?];
    let [one, other] = &held;
    Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}

/// Whether the session died under the test, which says nothing about the program.
pub fn is_crash_of_webkit(error: &anyhow::Error) -> bool {
    format!("{error:#}").contains("page crash or hang")
}
