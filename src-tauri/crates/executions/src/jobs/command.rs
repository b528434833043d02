//! `aws` command lines that a person can paste into a POSIX shell.

/// One line: the words of the command, then options with values. Values come from strangers and are quoted.
pub(super) fn line(words: &str, options: &[(&str, &str)], region: Option<&str>) -> String {
    let mut line = format!("aws {words}");
    for (name, value) in options.iter().copied().chain(region.map(|region| ("region", region))) {
        line.push_str(" --");
        line.push_str(name);
        // A value that looks like an option would be taken for one.
        line.push(if value.starts_with('-') { '=' } else { ' ' });
        line.push_str(&quoted(value));
    }
    line
}

fn quoted(word: &str) -> String {
    let safe = |sign: char| sign.is_ascii_alphanumeric() || "_-./:=@%+,".contains(sign);
    if !word.is_empty() && word.chars().all(safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
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
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$(id)"), "'$(id)'");
    }
}
