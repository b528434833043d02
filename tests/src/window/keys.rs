//! Keys as a person presses them: to whatever has the focus.

use super::Window;
use anyhow::{Result, bail};
use thirtyfour::Key;

impl Window {
    /// One key with its modifiers: `Control+k`, `Shift+Tab`, `Enter`, `?`.
    pub async fn press(&self, chord: &str) -> Result<()> {
        // `+` itself is a key too.
        let (modifiers, key) = match chord.strip_suffix('+').filter(|rest| rest.is_empty() || rest.ends_with('+')) {
            Some(modifiers) => (modifiers, "+"),
            None => chord.rsplit_once('+').unwrap_or(("", chord)),
        };
        let held: Vec<char> = modifiers.split('+').filter(|name| !name.is_empty()).map(code).collect::<Result<_>>()?;
        let mut chain = self.web().action_chain();
        for modifier in &held {
            chain = chain.key_down(*modifier);
        }
        let key = code(key)?;
        chain = chain.key_down(key).key_up(key);
        for modifier in held.iter().rev() {
            chain = chain.key_up(*modifier);
        }
        chain.perform().await?;
        Ok(())
    }

    /// Text, key by key.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.web().action_chain().send_keys(text).perform().await?;
        Ok(())
    }
}

fn code(name: &str) -> Result<char> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Ok(letter);
    }
    Ok(match name {
        "Control" => Key::Control,
        "Shift" => Key::Shift,
        "Alt" => Key::Alt,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Space" => Key::Space,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Right" => Key::Right,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        _ => bail!("`{name}` is no key"),
    }
    .into())
}
