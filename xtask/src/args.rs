//! The arguments of a chore, taken one by one; whatever is left over at the end is a mistake and named.

use anyhow::{Result, bail};

#[derive(Debug)]
pub struct Args {
    left: Vec<String>,
    /// What stood behind `--`: it belongs to the program that the chore starts.
    passed_on: Vec<String>,
}

impl Args {
    pub fn new(mut given: Vec<String>) -> Self {
        let passed_on = match given.iter().position(|word| word == "--") {
            Some(at) => given.split_off(at).split_off(1),
            None => Vec::new(),
        };
        Self { left: given, passed_on }
    }

    pub fn asks_for_help(&self) -> bool {
        self.left.iter().any(|word| word == "--help" || word == "-h")
    }

    /// `--release`.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|word| word != name);
        self.left.len() < before
    }

    /// `--only unit` or `--only=unit`.
    pub fn option(&mut self, name: &str) -> Result<Option<String>> {
        let with_value = format!("{name}=");
        let Some(at) = self.left.iter().position(|word| word == name || word.starts_with(&with_value)) else {
            return Ok(None);
        };
        let word = self.left.remove(at);
        if let Some(value) = word.strip_prefix(&with_value) {
            return Ok(Some(value.to_owned()));
        }
        if at == self.left.len() {
            bail!("`{name}` needs a value");
        }
        Ok(Some(self.left.remove(at)))
    }

    /// The next word that is not an option.
    pub fn word(&mut self) -> Option<String> {
        let at = self.left.iter().position(|word| !word.starts_with('-'))?;
        Some(self.left.remove(at))
    }

    /// Ends the reading: what stood behind `--`, if nothing else is left.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.left.first() {
            Some(word) => bail!("`{word}` is not understood here; see --help"),
            None => Ok(self.passed_on),
        }
    }

    /// Ends the reading of a chore that passes nothing on.
    pub fn end(self) -> Result<()> {
        match self.rest()?.first() {
            Some(word) => bail!("`-- {word}` is not understood here; see --help"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn reads_flags_options_words_and_the_rest() {
        let mut args = args("startup --release --only=unit --times 3 -- --release x");
        assert!(args.flag("--release"));
        assert_eq!(args.option("--only").unwrap().as_deref(), Some("unit"));
        assert_eq!(args.option("--times").unwrap().as_deref(), Some("3"));
        assert_eq!(args.word().as_deref(), Some("startup"));
        assert_eq!(args.rest().unwrap(), ["--release", "x"]);
    }

    #[test]
    fn names_what_it_does_not_understand() {
        assert!(args("--relaese").end().unwrap_err().to_string().contains("--relaese"));
        assert!(args("--only").option("--only").is_err());
    }
}
