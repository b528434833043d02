//! Where something stands in a definition's text.
//!
//! `serde_json` keeps no positions, and a definition is read far more often than it is wrong; so the text is walked a second
//! time only when there is a place to show. Text that comes here for a walk has been parsed, what is not found is line 1.

/// One step into JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Key(String),
    At(usize),
}

impl Step {
    pub(super) fn key(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// Line and column, from 1 and in characters, of the value that the steps lead to.
pub(super) fn of(text: &str, steps: &[Step]) -> (u32, u32) {
    let mut cursor = Cursor { text, at: 0 };
    cursor.blank();
    for step in steps {
        let found = match step {
            Step::Key(key) => cursor.member(key),
            Step::At(place) => cursor.element(*place),
        };
        let Some(at) = found else { break };
        cursor.at = at;
    }
    let before = text.get(..cursor.at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    (number(line), number(column))
}

/// A parser's line and column (in bytes, 0 before the first) as [`of`] counts them.
pub(super) fn of_bytes(text: &str, line: usize, column: usize) -> (u32, u32) {
    let written = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = written.char_indices().take_while(|(at, _)| at + 1 < column).count();
    (number(line.max(1)), number(before + 1))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Steps over the byte, if it stands here after blanks, and over blanks behind it.
    fn take(&mut self, byte: u8) -> bool {
        self.blank();
        let here = self.peek() == Some(byte);
        if here {
            self.at += 1;
            self.blank();
        }
        here
    }

    /// The value of the last member of this name: that is the one which a parser keeps.
    fn member(&mut self, key: &str) -> Option<usize> {
        let mut found = None;
        if !self.take(b'{') || self.peek() == Some(b'}') {
            return None;
        }
        loop {
            let name = self.string()?;
            if !self.take(b':') {
                return None;
            }
            if same(name, key) {
                found = Some(self.at);
            }
            self.skip();
            if !self.take(b',') {
                return found;
            }
        }
    }

    fn element(&mut self, place: usize) -> Option<usize> {
        if !self.take(b'[') {
            return None;
        }
        for _ in 0..place {
            self.skip();
            if !self.take(b',') {
                return None;
            }
        }
        Some(self.at)
    }

    /// Over a string, which is returned with its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at)
    }

    /// Over a whole value, however deep.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' if self.string().is_none() => return,
                b'"' => {}
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }
}

fn same(quoted: &str, key: &str) -> bool {
    if quoted.contains('\\') {
        serde_json::from_str::<String>(quoted).is_ok_and(|name| name == key)
    } else {
        quoted.get(1..quoted.len().saturating_sub(1)) == Some(key)
    }
}
