//! `engine::objects::mask`.

#[path = "../../../../src-tauri/crates/engine/src/objects/mask.rs"]
mod secrets;

pub(crate) fn mask(body: Vec<u8>) -> Vec<u8> {
    secrets::mask(body)
}
