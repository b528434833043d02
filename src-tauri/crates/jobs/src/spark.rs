//! The words of `spark-submit`: options, the program, its arguments; which setting counts, and how to change one.
//!
//! From Spark's `SparkSubmitOptionParser` and `SparkSubmitArguments`: `--option value` and `--option=value` are the same,
//! the first word that is no option is the program and all behind it are its arguments, of a repeated `--conf` the last
//! counts, and an option such as `--executor-memory` counts before the `--conf` for the same key.

use crate::words::Words;

/// Options without a value.
const FLAGS: [&str; 8] =
    ["--verbose", "-v", "--version", "--help", "-h", "--usage-error", "--supervise", "--skip-logging-setup"];

/// Options that have a key of the configuration.
const KEYS: [(&str, &str); 23] = [
    ("--archives", "spark.archives"),
    ("--deploy-mode", "spark.submit.deployMode"),
    ("--driver-class-path", "spark.driver.extraClassPath"),
    ("--driver-cores", "spark.driver.cores"),
    ("--driver-java-options", "spark.driver.extraJavaOptions"),
    ("--driver-library-path", "spark.driver.extraLibraryPath"),
    ("--driver-memory", "spark.driver.memory"),
    ("--exclude-packages", "spark.jars.excludes"),
    ("--executor-cores", "spark.executor.cores"),
    ("--executor-memory", "spark.executor.memory"),
    ("--files", "spark.files"),
    ("--jars", "spark.jars"),
    ("--keytab", "spark.kerberos.keytab"),
    ("--master", "spark.master"),
    ("--name", "spark.app.name"),
    ("--num-executors", "spark.executor.instances"),
    ("--packages", "spark.jars.packages"),
    ("--principal", "spark.kerberos.principal"),
    ("--py-files", "spark.submit.pyFiles"),
    ("--queue", "spark.yarn.queue"),
    ("--remote", "spark.remote"),
    ("--repositories", "spark.jars.repositories"),
    ("--total-executor-cores", "spark.cores.max"),
];

/// One option, with its place among the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparkOption {
    /// `--conf`, `--executor-memory`.
    pub name: String,
    /// Of `--conf` its `key=value`; `None` for a flag, or when the words end.
    pub value: Option<String>,
    /// The word that holds the value, or the flag.
    at: usize,
    /// The word of the name; the same for `--option=value`.
    from: usize,
}

impl SparkOption {
    /// Key and value of the configuration that it sets.
    pub fn setting(&self) -> Option<(&str, &str)> {
        let value = self.value.as_deref()?;
        if self.is_conf() {
            return value.split_once('=').map(|(key, value)| (key.trim(), value));
        }
        KEYS.iter().find(|(name, _)| *name == self.name).map(|(_, key)| (*key, value))
    }

    pub fn is_conf(&self) -> bool {
        matches!(self.name.as_str(), "--conf" | "-c")
    }
}

/// A line of `spark-submit` without the command itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparkLine {
    words: Words,
    options: Vec<SparkOption>,
    /// Place of the program among the words.
    program: Option<usize>,
}

impl SparkLine {
    pub fn new(words: Words) -> Self {
        let (mut options, mut at) = (Vec::new(), 0);
        let mut program = None;
        while let Some(word) = words.get(at) {
            if !word.starts_with('-') || word == "-" {
                program = Some(at);
                break;
            }
            if FLAGS.contains(&word) {
                options.push(SparkOption { name: word.to_owned(), value: None, at, from: at });
                at += 1;
                continue;
            }
            if let Some((name, value)) = word.split_once('=').filter(|(name, _)| name.starts_with("--")) {
                options.push(SparkOption { name: name.to_owned(), value: Some(value.to_owned()), at, from: at });
                at += 1;
                continue;
            }
            let value = words.get(at + 1).map(str::to_owned);
            options.push(SparkOption { name: word.to_owned(), value, at: at + 1, from: at });
            at += 2;
        }
        Self { words, options, program }
    }

    /// Of a text such as `sparkSubmitParameters`.
    pub fn parse(text: &str) -> Self {
        Self::new(Words::parse(text))
    }

    pub fn options(&self) -> &[SparkOption] {
        &self.options
    }

    /// Script or jar; EMR Serverless and EMR on EKS name it elsewhere.
    pub fn program(&self) -> Option<&str> {
        self.words.get(self.program?)
    }

    pub fn arguments(&self) -> Vec<String> {
        self.program.map(|at| self.words.values().skip(at + 1).map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Value of the newest option of this name.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|option| option.name == name)?.value.as_deref()
    }

    /// The option that decides about a key.
    fn deciding(&self, key: &str) -> Option<&SparkOption> {
        let sets = |option: &&SparkOption| option.setting().is_some_and(|(name, _)| name == key);
        let last = |conf: bool| self.options.iter().rev().filter(|option| option.is_conf() == conf).find(sets);
        last(false).or_else(|| last(true))
    }

    /// The value that counts.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.deciding(key)?.setting().map(|(_, value)| value)
    }

    /// Settings in the order in which they are written, and whether each is the one that counts.
    pub fn settings(&self) -> Vec<(&SparkOption, bool)> {
        let counts = |option: &SparkOption| {
            let key = option.setting().map(|(key, _)| key);
            key.and_then(|key| self.deciding(key)).is_some_and(|deciding| deciding.from == option.from)
        };
        self.options.iter().filter(|option| option.setting().is_some()).map(|option| (option, counts(option))).collect()
    }

    /// Sets a key where it is set already, or as one more `--conf` behind the other options.
    pub fn set(&mut self, key: &str, value: &str) {
        if let Some(option) = self.deciding(key).cloned() {
            let value = if option.is_conf() { format!("{key}={value}") } else { value.to_owned() };
            let word = if option.at == option.from { format!("{}={value}", option.name) } else { value };
            self.words.set(option.at, &word);
        } else {
            // Not behind an option that has lost its value: it would take the new one for it.
            let whole = |option: &&SparkOption| option.value.is_some() || FLAGS.contains(&option.name.as_str());
            let end = self.options.iter().rev().find(whole).map_or(0, |option| option.at + 1);
            self.words.insert(end, "--conf");
            self.words.insert(end + 1, &format!("{key}={value}"));
        }
        *self = Self::new(std::mem::take(&mut self.words));
    }

    /// Takes a key away wherever it is set.
    pub fn remove(&mut self, key: &str) {
        while let Some(option) = self.deciding(key).cloned() {
            for at in (option.from..=option.at).rev() {
                self.words.remove(at);
            }
            *self = Self::new(std::mem::take(&mut self.words));
        }
    }

    /// Sets an option by its own name, such as `--class`; without a value it is taken away.
    pub fn set_option(&mut self, name: &str, value: Option<&str>) {
        let found = self.options.iter().rev().find(|option| option.name == name && option.value.is_some()).cloned();
        match (found, value) {
            (Some(option), Some(value)) if option.at == option.from => {
                self.words.set(option.at, &format!("{name}={value}"));
            }
            (Some(option), Some(value)) => self.words.set(option.at, value),
            (Some(option), None) => {
                for at in (option.from..=option.at).rev() {
                    self.words.remove(at);
                }
            }
            (None, Some(value)) => {
                self.words.insert(0, name);
                self.words.insert(1, value);
            }
            (None, None) => {}
        }
        *self = Self::new(std::mem::take(&mut self.words));
    }

    /// Puts other arguments behind the program; those that are the same keep their spelling.
    pub fn set_arguments(&mut self, arguments: &[String]) {
        let Some(program) = self.program else { return };
        let first = program + 1;
        for (at, argument) in arguments.iter().enumerate() {
            if first + at < self.words.len() {
                self.words.set(first + at, argument);
            } else {
                self.words.insert(first + at, argument);
            }
        }
        while self.words.len() > first + arguments.len() {
            self.words.remove(self.words.len() - 1);
        }
        *self = Self::new(std::mem::take(&mut self.words));
    }

    pub fn set_program(&mut self, program: &str) {
        if let Some(at) = self.program {
            self.words.set(at, program);
            *self = Self::new(std::mem::take(&mut self.words));
        }
    }

    pub fn words(&self) -> &Words {
        &self.words
    }

    pub fn to_list(&self) -> Vec<String> {
        self.words.to_list()
    }
}

impl std::fmt::Display for SparkLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.words.fmt(f)
    }
}

#[cfg(test)]
mod tests;
