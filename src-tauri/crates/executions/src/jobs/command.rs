//! `aws` command lines that a person can paste into a POSIX shell.

use contract::shell::{self, Scope};

/// One line: the words of the command, then options with values. Values come from strangers and are quoted.
pub(super) fn line(words: &str, options: &[(&str, &str)], region: Option<&str>) -> String {
    shell::line(words, options, Scope { profile: None, region })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_named_stays_one_word() {
        let name = "nightly'; rm -rf ~ #";
        let command = line("glue get-job-run", &[("job-name", name), ("run-id", "--all")], Some("eu-west-1"));
        assert_eq!(
            command,
            r"aws glue get-job-run --job-name 'nightly'\''; rm -rf ~ #' --run-id=--all --region eu-west-1"
        );
        assert_eq!(line("x", &[("a", ""), ("b", "$(id)")], None), "aws x --a '' --b '$(id)'");
    }

    /// A terminal takes a line break for Return, and acts on an escape while it is pasted.
    #[test]
    fn what_a_terminal_acts_on_or_hides_is_written_out() {
        let command = line("batch describe-jobs", &[("jobs", "a\nid\u{1b}[2J\u{202e}'")], None);
        assert_eq!(command, r"aws batch describe-jobs --jobs $'a\nid\033[2J\342\200\256\''");
    }
}
