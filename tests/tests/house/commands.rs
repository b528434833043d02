//! One list of commands: the contract's. Capabilities allow exactly that, each in the file of its kind, and the security
//! settings of the window are the strictest that it can live with.

use contract::{COMMANDS, Kind};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::PathBuf};

const FILES: [(&str, Kind); 3] = [("read", Kind::Read), ("write", Kind::Write), ("system", Kind::System)];

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self' ipc: http://ipc.localhost; object-src 'none'; \
    base-uri 'none'; form-action 'none'; frame-src 'none'";

fn shell() -> PathBuf {
    tests::places::root().join("src-tauri")
}

fn json_of(path: PathBuf) -> Value {
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn permissions(file: &str) -> Vec<String> {
    let capability = json_of(shell().join("capabilities").join(format!("{file}.json")));
    let listed = capability["permissions"].as_array().expect("a capability lists permissions");
    listed.iter().map(|permission| permission.as_str().expect("permissions are named by text").to_owned()).collect()
}

#[test]
fn each_command_is_allowed_once_in_the_file_of_its_kind() {
    for (file, kind) in FILES {
        let allowed = permissions(file);
        let distinct: BTreeSet<&String> = allowed.iter().collect();
        assert_eq!(distinct.len(), allowed.len(), "{file}.json names a permission twice");
        let wanted: BTreeSet<String> = COMMANDS
            .iter()
            .filter(|command| command.kind == kind)
            .map(|command| format!("allow-{}", command.name.replace('_', "-")))
            .collect();
        assert_eq!(allowed.into_iter().collect::<BTreeSet<_>>(), wanted, "{file}.json allows the {kind:?} commands");
    }
}

#[test]
fn there_are_no_other_capabilities() {
    let found: BTreeSet<String> = fs::read_dir(shell().join("capabilities"))
        .expect("capabilities exist")
        .map(|entry| entry.expect("the folder can be read").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, FILES.map(|(file, _)| format!("{file}.json")).into());
    for (file, _) in FILES {
        let capability = json_of(shell().join("capabilities").join(format!("{file}.json")));
        assert_eq!(capability["identifier"], json!(file));
        assert_eq!(capability["windows"], json!(["main"]), "{file}.json is for the one window");
        for broad in ["webviews", "remote", "local", "platforms"] {
            assert!(capability.get(broad).is_none(), "{file}.json says `{broad}`: it would widen who may call");
        }
    }
}

#[test]
fn the_window_is_locked_down() {
    let configuration = json_of(shell().join("tauri.conf.json"));
    let security = &configuration["app"]["security"];
    assert_eq!(configuration["app"]["withGlobalTauri"], json!(false));
    assert_eq!(security["freezePrototype"], json!(true));
    assert_eq!(security["assetProtocol"]["enable"], json!(false));
    assert_eq!(security["capabilities"], json!(["read", "write", "system"]));
    assert_eq!(security["csp"], json!(POLICY), "the policy, to the letter");
    for loosening in ["devCsp", "dangerousDisableAssetCspModification", "dangerousRemoteDomainIpcAccess"] {
        assert!(security.get(loosening).is_none(), "`{loosening}` is not set: the production policy is what is tested");
    }
    assert!(configuration["build"].get("devUrl").is_none(), "the debug program embeds the window as the release does");
}

#[test]
fn the_page_keeps_to_its_policy() {
    let ui = tests::places::root().join("ui");
    let page = fs::read_to_string(ui.join("index.html")).expect("the window has a page");
    for inline in ["<style", "style=", "onclick=", "onload=", "http:", "https:"] {
        assert!(!page.contains(inline), "index.html holds `{inline}`, which the policy refuses");
    }
    assert!(!page.contains("<script>"), "scripts are files");
    for (path, text) in sources(ui.join("src")) {
        for refused in ["inner_html", " style=\"", "dangerously"] {
            assert!(!text.contains(refused), "{} holds `{refused}`", path.display());
        }
    }
}

fn sources(folder: PathBuf) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the window has sources").flatten() {
        if entry.path().is_dir() {
            found.extend(sources(entry.path()));
        } else {
            found.push((entry.path(), fs::read_to_string(entry.path()).expect("sources are text")));
        }
    }
    found
}
