//! The arguments of a step of EMR: where in them `spark-submit` stands, and how to put a changed line back.
//!
//! `command-runner.jar` runs any command on the primary node, and people write `spark-submit …` as a list of words, or a
//! whole script behind `bash -c`. Both are read; what stands around the line stays as it is.

use crate::{spark::SparkLine, words::Words};

/// A line of `spark-submit` inside of the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submit {
    pub line: SparkLine,
    /// Arguments up to and with `spark-submit`, or with the `-c` of a shell.
    before: Vec<String>,
    script: Option<Script>,
}

/// The script of a shell around the line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Script {
    head: Words,
    tail: Words,
    /// Arguments behind the script.
    after: Vec<String>,
}

fn is_submit(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    matches!(name, "spark-submit" | "spark-submit.sh" | "spark2-submit" | "spark3-submit")
}

/// The line in the arguments of a step; `None` when they call something else.
pub fn submit(arguments: &[String]) -> Option<Submit> {
    let plain = arguments.iter().position(|word| is_submit(word));
    let shell = script_at(arguments);
    let Some(at) = shell.filter(|at| plain.is_none_or(|plain| *at <= plain)) else {
        let (before, line) = arguments.split_at_checked(plain? + 1)?;
        let line = SparkLine::new(Words::list(line));
        return Some(Submit { line, before: before.to_vec(), script: None });
    };
    let (before, rest) = arguments.split_at_checked(at)?;
    let (script, after) = rest.split_first()?;
    let mut head = Words::parse(script);
    let place = head.values().position(is_submit)?;
    let mut line = head.split_off(place + 1);
    let tail = line.split_off(line.end_of_command());
    Some(Submit {
        line: SparkLine::new(line),
        before: before.to_vec(),
        script: Some(Script { head, tail, after: after.to_vec() }),
    })
}

/// Place of the text that a shell is given with `-c`.
fn script_at(arguments: &[String]) -> Option<usize> {
    let shell = |word: &String| matches!(word.rsplit('/').next(), Some("bash" | "sh" | "dash" | "zsh"));
    let at = arguments.iter().position(shell)? + 1;
    let option = |word: &String| word.starts_with('-') && word.ends_with('c');
    Some(at + arguments.get(at..)?.iter().position(option)? + 1)
}

impl Submit {
    /// The arguments with the line as it is now.
    pub fn arguments(&self) -> Vec<String> {
        let mut all = self.before.clone();
        match &self.script {
            None => all.extend(self.line.to_list()),
            Some(script) => {
                all.push(format!("{}{}{}", script.head, self.line, script.tail));
                all.extend(script.after.iter().cloned());
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_line_is_found_and_put_back() {
        let plain =
            owned(&["spark-submit", "--deploy-mode", "cluster", "--conf", "a.b=c d", "s3://b/x.py", "--date", "2026"]);
        let mut found = submit(&plain).unwrap();
        assert_eq!((found.line.program(), found.line.arguments().len()), (Some("s3://b/x.py"), 2));
        assert_eq!(found.arguments(), plain);
        found.line.set("spark.executor.memoryOverhead", "2g");
        assert_eq!(found.arguments().get(5..8).unwrap(), ["--conf", "spark.executor.memoryOverhead=2g", "s3://b/x.py"]);

        let script =
            "aws s3 cp s3://b/x.py . && /usr/bin/spark-submit --conf 'a=b c' x.py --date $(date +%F) && echo done";
        let shell = owned(&["bash", "-lc", script, "name"]);
        let mut found = submit(&shell).unwrap();
        assert_eq!(found.line.program(), Some("x.py"));
        assert_eq!(found.arguments(), shell);
        found.line.set("a", "x y");
        let expected =
            "aws s3 cp s3://b/x.py . && /usr/bin/spark-submit --conf 'a=x y' x.py --date $(date +%F) && echo done";
        assert_eq!(found.arguments(), ["bash", "-lc", expected, "name"]);

        let bare = owned(&["sh", "-c", "spark-submit"]);
        let mut found = submit(&bare).unwrap();
        found.line.set("spark.a", "1");
        assert_eq!(found.arguments(), ["sh", "-c", "spark-submit --conf spark.a=1"]);
        for other in
            [owned(&["hive-script", "--run-hive-script"]), owned(&["bash", "-c"]), owned(&["bash", "x.sh"]), vec![]]
        {
            assert_eq!(submit(&other), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_not_changed_comes_back(words in proptest::collection::vec(any::<String>(), 0..5), script in any::<String>()) {
            let mut list = owned(&["spark-submit"]);
            list.extend(words);
            prop_assert_eq!(submit(&list).map(|found| found.arguments()), Some(list));
            let shell = owned(&["bash", "-c", &format!("x ; spark-submit {script}")]);
            prop_assert_eq!(submit(&shell).map(|found| found.arguments()), Some(shell));
        }
    }
}
