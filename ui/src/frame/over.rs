//! What opens over every page: the palette, the keys, signing in, what follows on an operation, saving a picture.

use super::follow_up::FollowUps;
use crate::parts::{export::SavePicture, help::Help, palette::Palette, sign_in::SignInDialog};
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

#[wasm_split(over, preload(load))]
pub fn over() -> AnyView {
    view! {
        <Palette />
        <Help />
        <SignInDialog />
        <FollowUps />
        <SavePicture />
    }
    .into_any()
}
