//! Hands the one list of commands to Tauri's app manifest: a command that is not in it cannot be called by any window.

fn main() {
    let names: Vec<&'static str> = contract::COMMANDS.iter().map(|command| command.name).collect();
    let attributes =
        tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(names.leak()));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
