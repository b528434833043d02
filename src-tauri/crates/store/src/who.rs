//! The person at this computer, for the audit log.

use std::sync::OnceLock;

/// The name of the operating system's user, asked of the system (`id -un`) rather than of variables that anyone may
/// set; those are the fallback, and the only source on Windows. Blocking on the first call; `unknown` when nobody says.
pub fn whoami() -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| asked().or_else(from_environment).unwrap_or_else(|| "unknown".to_owned())).clone()
}

#[cfg(unix)]
fn asked() -> Option<String> {
    let output = std::process::Command::new("id").arg("-un").stdin(std::process::Stdio::null()).output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}

#[cfg(not(unix))]
fn asked() -> Option<String> {
    None
}

fn from_environment() -> Option<String> {
    ["LOGNAME", "USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn somebody_is_here() {
        let name = super::whoami();
        assert!(!name.is_empty());
        assert_ne!(name, "unknown");
        assert!(!name.contains('\n'));
    }
}
