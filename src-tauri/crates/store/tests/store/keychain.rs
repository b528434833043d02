//! The keychain against a real Secret Service (gnome-keyring) on a private session bus, and without one.
//!
//! Each case runs in a process of its own, because `keyring` connects once in a process's life.

use crate::{ROLE, role};
use secrecy::{ExposeSecret, SecretString};
use std::os::unix::fs::DirBuilderExt;
use std::process::Command;
use store::{Kept, Keychain, Keys, StoreError};

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG/canary";

fn keys(session_token: Option<&str>) -> Keys {
    Keys {
        access_key_id: SecretString::from("AKIACANARY"),
        secret_access_key: SecretString::from(CANARY),
        session_token: session_token.map(SecretString::from),
    }
}

fn assert_same(found: &Keys, expected: &Keys) {
    let parts = |keys: &Keys| {
        let token = keys.session_token.as_ref().map(|token| token.expose_secret().to_owned());
        (keys.access_key_id.expose_secret().to_owned(), keys.secret_access_key.expose_secret().to_owned(), token)
    };
    assert_eq!(parts(found), parts(expected));
}

/// Runs this test again as `role` in a `world` of its own: a private home and a private runtime folder.
fn play(test: &str, role: &str, world: World) {
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("run");
    std::fs::DirBuilder::new().mode(0o700).create(&runtime).unwrap();
    let exe = std::env::current_exe().unwrap();
    let mut command = match world {
        World::NoBus => Command::new(&exe),
        World::Script(script) => {
            for (tool, package) in [("dbus-run-session", "dbus-x11"), ("gnome-keyring-daemon", "gnome-keyring")] {
                assert!(on_path(tool), "{tool} is not installed: apt-get install {package}, or cargo xtask setup");
            }
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "sh", "-c", &script, "sh"]).arg(&exe);
            command
        }
    };
    let output = command
        .args(["--exact", &format!("keychain::{test}"), "--nocapture"])
        .env(ROLE, role)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("RUST_BACKTRACE", "0")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("GNOME_KEYRING_CONTROL")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{role}: {}\n{out}\n{err}", output.status);
    assert!(!out.contains(CANARY) && !err.contains(CANARY), "{role} printed a secret");
}

enum World {
    NoBus,
    /// A shell script on a private bus; `"$@"` is the test.
    Script(String),
}

/// Starts the daemon as a log-in would. It goes with the bus, once it has found it: hence the call that waits for that.
/// It must not hold files that it inherits (the lock of a build, say).
const UNLOCK: &str = r#"exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 9
secrets() { dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets "$@" >&2; }
secrets org.freedesktop.DBus.Peer.Ping || exit 9
again() { QUARTERDECK_TEST_ROLE="$QUARTERDECK_TEST_ROLE again" timeout 60 "$@"; }
"#;

/// The second process finds what the first one left.
const TWICE: &str = r#"timeout 60 "$@" && again "$@""#;

/// Between the two the keyring is locked, and no prompt can be shown.
const LOCKED_BETWEEN: &str = r#"timeout 60 "$@" && secrets org.freedesktop.Secret.Service.Lock \
array:objpath:/org/freedesktop/secrets/collection/login && again "$@""#;

/// Nobody ever logged in: the service answers, and has no keyring to put anything in.
const NO_KEYRING: &str = r#"exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
gnome-keyring-daemon --start --components=secrets >/dev/null && timeout 60 "$@""#;

fn on_path(tool: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(tool).is_file()))
}

/// As the shell runs it: a runtime with several threads, and calls from inside of it.
fn on_runtime(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work);
}

#[test]
fn keys_live_in_the_secret_service() {
    match role().as_deref() {
        None => play("keys_live_in_the_secret_service", "unlocked", World::Script(format!("{UNLOCK}{TWICE}"))),
        Some("unlocked") => on_runtime(put_get_remove()),
        Some(_) => on_runtime(next_process()),
    }
}

async fn put_get_remove() {
    let keychain = Keychain::new();
    assert_eq!(keychain.available().await, Ok(()));
    assert!(matches!(keychain.get("nobody").await, Err(StoreError::NoKeys(name)) if name == "nobody"));

    let long = "T/+=".repeat(700);
    assert_eq!(keychain.put("prod", keys(Some(&long))).await.unwrap(), Kept::Keychain);
    assert_same(&keychain.get("prod").await.unwrap(), &keys(Some(&long)));
    assert_eq!(keychain.put("prod", keys(None)).await.unwrap(), Kept::Keychain, "in place of the old ones");
    assert_same(&keychain.get("prod").await.unwrap(), &keys(None));
    assert!(!format!("{keychain:?} {:?}", keychain.get("prod").await).contains(CANARY));

    assert_eq!(keychain.put("übung mit \"quotes\"", keys(Some("t"))).await.unwrap(), Kept::Keychain);
    assert_same(&keychain.get("übung mit \"quotes\"").await.unwrap(), &keys(Some("t")));
    assert!(matches!(keychain.get("übung").await, Err(StoreError::NoKeys(_))));

    let many: Vec<_> = (0..8)
        .map(|_| {
            let keychain = keychain.clone();
            tokio::spawn(async move { keychain.get("prod").await })
        })
        .collect();
    for one in many {
        assert_same(&one.await.unwrap().unwrap(), &keys(None));
    }

    // What another program wrote in our place.
    for foreign in
        [CANARY.as_bytes().to_vec(), format!("{{\"access_key_id\":[\"{CANARY}\"]}}").into_bytes(), vec![0xFF]]
    {
        tokio::task::spawn_blocking(move || {
            keyring::Entry::new("quarterdeck", "foreign").unwrap().set_secret(&foreign)
        })
        .await
        .unwrap()
        .unwrap();
        let error = keychain.get("foreign").await.unwrap_err();
        assert!(matches!(error, StoreError::KeysUnreadable(_)), "{error:?}");
        assert!(!format!("{error:?} {error} {:?}", error.hint()).contains(CANARY));
    }
    assert!(keychain.remove("foreign").await.unwrap());
    assert!(!keychain.remove("foreign").await.unwrap());
}

async fn next_process() {
    let keychain = Keychain::new();
    assert_same(&keychain.get("prod").await.unwrap(), &keys(None));
    assert!(keychain.remove("prod").await.unwrap());
    assert!(matches!(keychain.get("prod").await, Err(StoreError::NoKeys(_))));
}

#[test]
fn a_locked_keyring_says_so() {
    match role().as_deref() {
        None => play("a_locked_keyring_says_so", "locked", World::Script(format!("{UNLOCK}{LOCKED_BETWEEN}"))),
        Some("locked") => on_runtime(async {
            assert_eq!(Keychain::new().put("prod", keys(None)).await.unwrap(), Kept::Keychain);
        }),
        Some(_) => on_runtime(async {
            let keychain = Keychain::new();
            assert_eq!(keychain.available().await, Ok(()), "it answers");
            let put = keychain.put("new", keys(None)).await.unwrap_err();
            let get = keychain.get("prod").await.unwrap_err();
            let remove = keychain.remove("prod").await.unwrap_err();
            for error in [put, get, remove] {
                assert!(matches!(error, StoreError::KeychainLocked(_)), "{error:?}");
                assert_eq!(error.code(), contract::Code::Unreachable);
                assert!(error.hint().unwrap().contains("Unlock"));
                assert!(!format!("{error:?} {error}").contains(CANARY));
            }
        }),
    }
}

#[test]
fn a_service_without_a_default_keyring_says_so() {
    match role() {
        None => play("a_service_without_a_default_keyring_says_so", "closed", World::Script(NO_KEYRING.to_owned())),
        Some(_) => on_runtime(async {
            let keychain = Keychain::new();
            assert_eq!(keychain.available().await, Ok(()), "it answers");
            let error = keychain.put("prod", keys(None)).await.unwrap_err();
            assert!(matches!(error, StoreError::KeychainLocked(_)), "{error:?}");
            assert!(error.hint().unwrap().contains("default keyring"));
            assert!(!format!("{error:?} {error}").contains(CANARY));
            assert!(matches!(keychain.get("prod").await, Err(StoreError::NoKeys(_))), "and nothing in memory");
        }),
    }
}

#[test]
fn without_a_session_bus_keys_stay_in_memory() {
    match role() {
        None => play("without_a_session_bus_keys_stay_in_memory", "no bus", World::NoBus),
        Some(_) => on_runtime(async {
            let keychain = Keychain::new();
            let text = keychain.available().await.unwrap_err();
            assert!(text.contains("kept in memory") && text.contains("gnome-keyring"), "{text}");
            assert!(matches!(keychain.get("prod").await, Err(StoreError::KeychainAbsent(_))));
            assert_eq!(keychain.put("prod", keys(Some("t"))).await.unwrap(), Kept::Memory);
            assert_same(&keychain.clone().get("prod").await.unwrap(), &keys(Some("t")));
            assert!(!format!("{keychain:?}").contains(CANARY));
            assert!(keychain.remove("prod").await.unwrap());
            assert!(matches!(keychain.get("prod").await, Err(StoreError::KeychainAbsent(_))));
        }),
    }
}
