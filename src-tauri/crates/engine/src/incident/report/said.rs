//! A text of an incident as it may leave the program.

/// Characters of one text.
const MOST: usize = 4_000;

/// Masked, and without anything that is no character for people: terminal escapes, controls, and what hides or turns
/// around other text. Lines stay lines. Nothing is escaped yet: each document has its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    pub fn of(text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(harmless).collect();
        let text = lines.join("\n");
        match text.char_indices().nth(MOST) {
            Some((at, _)) => Self(format!("{}…", text.get(..at).unwrap_or_default())),
            None => Self(text),
        }
    }

    /// The value of something with a name: the name may say that the value is a secret.
    pub fn value(name: &str, value: &str) -> Self {
        let name = name.trim_start_matches("$.");
        if logs::mask::names_a_secret(name) {
            return Self(logs::mask::COVER.to_owned());
        }
        let both = logs::mask::masked(&format!("{name}={value}")).into_owned();
        let rest = both.split_once('=').filter(|(before, _)| *before == name).map(|(_, rest)| rest.to_owned());
        Self::of(&rest.unwrap_or(both))
    }

    /// With its lines.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// On one line.
    pub fn line(&self) -> String {
        self.0.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn harmless(line: &str) -> String {
    let shown = logs::display::show(line.as_bytes(), 0).text;
    let clean: String = shown
        .chars()
        .map(|c| match c {
            '\t' => ' ',
            c if moves(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect();
    logs::mask::masked(&clean).into_owned()
}

/// Controls, marks of direction, and what takes no room.
fn moves(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_tricks_stay_behind() {
        let said = Said::of("one\r\n\u{1b}[31mpassword=hunter2-and-more\u{1b}[0m\u{202e}x\u{7}");
        assert!(!said.text().contains("hunter2") && !said.text().contains('\u{1b}'), "{said:?}");
        assert!(!said.text().contains('\u{202e}') && !said.text().contains('\u{7}'), "{said:?}");
        assert!(said.text().starts_with("one\n") && !said.line().contains('\n'));
        assert_eq!(Said::of("a fact").text(), "a fact");
        assert_eq!(Said::of(&"x".repeat(9_000)).text().chars().count(), MOST + 1);
    }

    #[test]
    fn a_name_tells_that_its_value_is_secret() {
        assert_eq!(Said::value("spark.db.password", "hunter2 and more").text(), logs::mask::COVER);
        assert_eq!(Said::value("$.detail.object.size", "a=b").text(), "a=b");
    }
}
