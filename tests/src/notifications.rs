//! A notification server that shows nothing and remembers everything, on a session bus.
#![allow(
    clippy::too_many_arguments,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the signatures of the server are the specification's own"
)]

use anyhow::{Context as _, Result, bail};
use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};
use zbus::{blocking, zvariant::OwnedValue};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What was to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: u32,
    pub title: String,
    pub body: String,
    pub actions: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Server(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    fn notify(
        &self,
        _app_name: &str,
        _replaces_id: u32,
        _app_icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = u32::try_from(shown.len()).unwrap_or_default() + 1;
        shown.push(Shown { id, title: summary.to_owned(), body: body.to_owned(), actions });
        id
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("stub".into(), "tests".into(), "1".into(), "1.2".into())
    }
}

#[derive(Debug)]
pub struct Notifications {
    server: Server,
    connection: blocking::Connection,
    bus: Option<Child>,
}

impl Notifications {
    /// The address of a bus that [`Notifications::start`] will start in this folder.
    pub fn address(folder: &Path) -> String {
        format!("unix:path={}", folder.join("bus").display())
    }

    /// On a bus of its own, which starts nothing by itself and ends with this.
    pub fn start(folder: &Path) -> Result<Self> {
        let config = folder.join("bus.conf");
        let address = Self::address(folder);
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>{address}</listen><policy context=\"default\">\
                 <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
                 </policy></busconfig>"
            ),
        )?;
        let mut daemon = Command::new("dbus-daemon");
        daemon.arg("--nofork").arg(format!("--config-file={}", config.display())).stdin(Stdio::null());
        let bus = daemon.spawn().context("dbus-daemon could not be started")?;
        let start = Instant::now();
        while !folder.join("bus").exists() {
            if start.elapsed() > Duration::from_secs(30) {
                bail!("the session bus did not start");
            }
            thread::sleep(Duration::from_millis(20));
        }
        Self::serve(blocking::connection::Builder::address(address.as_str())?, Some(bus))
    }

    /// On the session bus that this program is on.
    pub fn on_session_bus() -> Result<Self> {
        Self::serve(blocking::connection::Builder::session()?, None)
    }

    fn serve(builder: blocking::connection::Builder<'_>, bus: Option<Child>) -> Result<Self> {
        let server = Server::default();
        let connection = builder.name(NAME)?.serve_at(PATH, server.clone())?.build()?;
        Ok(Self { server, connection, bus })
    }

    pub fn shown(&self) -> Vec<Shown> {
        self.server.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until one is there whose title holds the words.
    pub fn wait(&self, words: &str) -> Result<Shown> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_mins(1) {
            if let Some(found) = self.shown().into_iter().find(|shown| shown.title.contains(words)) {
                return Ok(found);
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!("no notification of {words} within a minute: {:?}", self.shown())
    }

    /// Presses a notification as a person would.
    pub fn press(&self, id: u32) -> Result<()> {
        let pressed = (id, "default");
        Ok(self.connection.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &pressed)?)
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        if let Some(bus) = &mut self.bus {
            let _ = bus.kill();
            let _ = bus.wait();
        }
    }
}
