//! A desktop of its own for tests in the real window: display, session bus, home, and a keychain that is open.
//!
//! Nothing of the person's desktop is seen or touched. WebKit's rendering variables are left alone: with them set,
//! taking a picture hangs. The home lies in the system's folder for temporary files, because the path of a socket may
//! not be longer than 107 bytes.

use crate::{places, programs};
use anyhow::{Result, bail};
use std::{env, fs, path::PathBuf, process::Command};

/// Starts a session bus without its chatter, opens the keychain (its password is nobody's: it is as new as the home),
/// then becomes the program. The keychain may outlive a short session, and must not hold the streams that are read to their end.
const ON_BUS: &str = r#"exec 3>&1 4>&2 >/dev/null 2>&1; exec dbus-run-session --config-file="$BUS" -- sh -c '
    printf quarterdeck | gnome-keyring-daemon --unlock --components=secrets 3>&- 4>&-
    exec "$@" >&3 2>&4 3>&- 4>&-' sh "$@""#;

/// A bus that starts nothing by itself: portals would leave a file system mounted behind them, and none of them is needed.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
    "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

#[derive(Debug)]
pub struct Desktop {
    home: PathBuf,
}

impl Desktop {
    pub fn new() -> Result<Self> {
        if !cfg!(target_os = "linux") {
            bail!("the tests in the window run on Linux only");
        }
        for name in ["xvfb-run", "dbus-run-session", "gnome-keyring-daemon", "WebKitWebDriver"] {
            if programs::on_path(name).is_none() {
                bail!("{name} is missing; `cargo xtask setup` installs it");
            }
        }
        let home = env::temp_dir().join(format!("quarterdeck-desktop-{}", std::process::id()));
        for part in ["run", "config", "data", "cache"] {
            fs::create_dir_all(home.join(part))?;
        }
        fs::write(home.join("bus.conf"), BUS)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(home.join("run"), fs::Permissions::from_mode(0o700))?;
        }
        Ok(Self { home })
    }

    /// A command that runs the program on this desktop. Add its arguments.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("xvfb-run");
        command.args(["--auto-servernum", "--server-args=-screen 0 1600x1000x24 -nolisten tcp"]);
        command.args(["sh", "-c", ON_BUS, "sh"]).arg(program);
        for name in ["WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GTK_MODULES"] {
            command.env_remove(name);
        }
        command
            .env("BUS", self.home.join("bus.conf"))
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("RUST_LIB_BACKTRACE", "0") // an error tells what happened, and needs no trace of the harness
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1") // no accessibility bus here: GTK would wait for it
            .env("QUARTERDECK_PROGRAM", places::program(false))
            .env("TAURI_DRIVER", places::tool("tauri-driver"));
        command
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // Best effort: it lies among the temporary files.
        let _ = fs::remove_dir_all(&self.home);
    }
}
