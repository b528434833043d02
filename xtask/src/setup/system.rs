//! System packages: WebKit and what surrounds it for the build; a display, a keychain and WebDriver for the tests.
//!
//! The distribution is read from `/etc/os-release`, by its own name first and then by what it says that it is like.

use super::Need;
use crate::programs::{must, on_path, succeeds};
use anyhow::{Result, bail};
use std::{
    fs,
    io::{IsTerminal as _, stdin},
    process::Command,
};

/// One family of distributions: what its packages are called and how it installs them.
struct Family {
    ids: &'static [&'static str],
    build: &'static [&'static str],
    tests: &'static [&'static str],
    /// Names those of the given packages that are not installed.
    missing: fn(&[&'static str]) -> Vec<&'static str>,
    /// Run as root, one after the other; the packages are added to the last.
    install: &'static [&'static [&'static str]],
}

const FAMILIES: &[Family] = &[
    Family {
        ids: &["debian", "ubuntu"],
        build: &[
            "build-essential",
            "pkg-config",
            "libwebkit2gtk-4.1-dev",
            "libgtk-3-dev",
            "librsvg2-dev",
            "libayatana-appindicator3-dev",
            "libxdo-dev",
            "libssl-dev",
            "libsoup-3.0-dev",
        ],
        tests: &["xvfb", "xauth", "dbus-x11", "webkit2gtk-driver", "gnome-keyring"],
        missing: missing_dpkg,
        install: &[
            &["apt-get", "update", "--quiet=2"],
            &["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends"],
        ],
    },
    Family {
        ids: &["fedora", "rhel"],
        build: &[
            "gcc",
            "gcc-c++",
            "make",
            "pkgconf-pkg-config",
            "webkit2gtk4.1-devel",
            "gtk3-devel",
            "librsvg2-devel",
            "libayatana-appindicator-gtk3-devel",
            "libxdo-devel",
            "openssl-devel",
            "libsoup3-devel",
        ],
        // By path where the package's name differs between releases: dnf and rpm resolve paths.
        tests: &[
            "/usr/bin/xvfb-run",
            "xorg-x11-xauth",
            "/usr/bin/dbus-run-session",
            "/usr/bin/WebKitWebDriver",
            "gnome-keyring",
        ],
        missing: missing_rpm,
        install: &[&["dnf", "install", "--assumeyes", "--quiet"]],
    },
    Family {
        ids: &["arch"],
        build: &[
            "base-devel",
            "webkit2gtk-4.1",
            "gtk3",
            "librsvg",
            "libayatana-appindicator",
            "xdotool",
            "openssl",
            "libsoup3",
        ],
        // WebKitWebDriver is in the package of the GTK 4 build.
        tests: &["xorg-server-xvfb", "xorg-xauth", "dbus", "webkitgtk-6.0", "gnome-keyring"],
        missing: missing_pacman,
        install: &[&["pacman", "--sync", "--refresh", "--needed", "--noconfirm"]],
    },
];

pub fn ensure(need: Need) -> Result<()> {
    if cfg!(target_os = "macos") {
        if !succeeds(Command::new("xcode-select").arg("--print-path")) {
            bail!("the Xcode command line tools are missing; install them with `xcode-select --install`");
        }
        if need == Need::Tests {
            println!("On macOS the tests in the window cannot run: its web view has no WebDriver.");
        }
        return Ok(());
    }
    if cfg!(windows) {
        println!("Needed on Windows: the Visual Studio C++ build tools, and WebView2 (part of Windows 11).");
        return Ok(());
    }
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let Some(family) = family_of(&release) else { return ensure_unknown(need) };
    let mut wanted = family.build.to_vec();
    if need == Need::Tests {
        wanted.extend(family.tests);
    }
    if family.ids.contains(&"debian") && super::python::lacks_venv() {
        wanted.push("python3-venv");
    }
    let missing = (family.missing)(&wanted);
    if missing.is_empty() { Ok(()) } else { install(family, &missing) }
}

/// The family that `/etc/os-release` names in `ID`, or else in `ID_LIKE`.
fn family_of(release: &str) -> Option<&'static Family> {
    let field = |name: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    };
    let names = format!("{} {}", field("ID"), field("ID_LIKE"));
    names.split_whitespace().find_map(|name| FAMILIES.iter().find(|family| family.ids.contains(&name)))
}

/// On a distribution that is not listed only the libraries themselves can be asked for.
fn ensure_unknown(need: Need) -> Result<()> {
    let mut missing = Vec::new();
    let library = |name: &str| succeeds(Command::new("pkg-config").args(["--exists", name]));
    for name in ["webkit2gtk-4.1", "gtk+-3.0", "librsvg-2.0", "libsoup-3.0", "openssl"] {
        if !library(name) {
            missing.push(format!("the library {name} with its headers"));
        }
    }
    if need == Need::Tests {
        for name in ["xvfb-run", "dbus-run-session", "WebKitWebDriver", "gnome-keyring-daemon"] {
            if on_path(name).is_none() {
                missing.push(format!("the program {name}"));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "this distribution is not one of those whose package names are known (Debian, Ubuntu, Fedora, Arch and what \
         calls itself like them).\nInstall these with its package manager, then run the same command again:\n  {}",
        missing.join("\n  ")
    )
}

fn install(family: &Family, missing: &[&str]) -> Result<()> {
    let packages = missing.join(" ");
    let by_hand =
        family.install.iter().map(|words| format!("sudo {}", words.join(" "))).collect::<Vec<_>>().join(" && ");
    let by_hand = format!("{by_hand} {packages}");
    println!("Installing system packages: {packages}");
    let is_root = crate::programs::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root && on_path("sudo").is_none() {
        bail!(
            "system packages are missing, and there is neither root nor sudo to install them. As root, run:\n  {by_hand}"
        );
    }
    for (step, words) in family.install.iter().enumerate() {
        let mut line: Vec<&str> = Vec::new();
        if !is_root {
            line.push("sudo");
            if !stdin().is_terminal() {
                line.push("-n"); // nobody is there to type a password: fail instead of waiting
            }
            line.extend(["env", "DEBIAN_FRONTEND=noninteractive"]);
        }
        line.extend(*words);
        if step + 1 == family.install.len() {
            line.extend(missing);
        }
        let Some((program, rest)) = line.split_first() else { continue };
        let done = must(Command::new(program).args(rest).env("DEBIAN_FRONTEND", "noninteractive"));
        if let Err(error) = done {
            bail!(
                "{error:#}\nSystem packages could not be installed. Without a network, connect first; if another package \
                 manager is running, let it end; then run the same command again, or install them yourself:\n  {by_hand}"
            );
        }
    }
    Ok(())
}

fn missing_dpkg(wanted: &[&'static str]) -> Vec<&'static str> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Abbrev} ${Package}\n"]).args(wanted);
    // Fails as soon as one package is unknown, and lists the others all the same.
    let installed =
        query.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let is_there =
        |name: &str| installed.lines().any(|line| line.strip_prefix("ii").is_some_and(|rest| rest.trim() == name));
    wanted.iter().copied().filter(|name| !is_there(name)).collect()
}

fn missing_rpm(wanted: &[&'static str]) -> Vec<&'static str> {
    let is_there = |name: &str| succeeds(Command::new("rpm").args(["--query", "--whatprovides", name]));
    wanted.iter().copied().filter(|name| !is_there(name)).collect()
}

fn missing_pacman(wanted: &[&'static str]) -> Vec<&'static str> {
    let listed = Command::new("pacman").arg("--deptest").args(wanted).output();
    let listed = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    wanted.iter().copied().filter(|name| listed.lines().any(|line| line == *name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_id(release: &str) -> Option<&'static str> {
        family_of(release).and_then(|family| family.ids.first().copied())
    }

    #[test]
    fn knows_a_distribution_by_its_name_or_by_what_it_is_like() {
        assert_eq!(first_id("NAME=x\nID=debian\n"), Some("debian"));
        assert_eq!(first_id("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Some("debian"));
        assert_eq!(first_id("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Some("fedora"));
        assert_eq!(first_id("ID=manjaro\nID_LIKE=arch\n"), Some("arch"));
        assert_eq!(first_id("ID=void\n"), None);
        assert_eq!(first_id(""), None, "a machine without the file is not mistaken for any");
    }

    #[test]
    fn an_uninstalled_package_is_missing() {
        let wanted = ["this-package-does-not-exist"];
        assert_eq!(missing_dpkg(&wanted), wanted);
    }
}
