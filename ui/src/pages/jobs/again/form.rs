//! The fields of an edit as text, and the changes that the text comes to.

use contract::jobs::{
    JobChange, JobForm, JobId,
    diagnosis::{Finding, RetryAdvice},
};

/// What stands in the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    pub program: String,
    pub main_class: String,
    /// One argument a line.
    pub arguments: String,
    /// `--name=value`, one a line.
    pub named: String,
    /// `key=value`, one a line.
    pub settings: String,
    pub worker_type: String,
    pub workers: String,
    pub release: String,
    /// Minutes.
    pub timeout: String,
}

impl Typed {
    pub fn of(form: &JobForm) -> Self {
        let (worker_type, workers) =
            form.workers.as_ref().map(|(kind, number)| (kind.clone(), number.to_string())).unwrap_or_default();
        Self {
            program: form.program.clone().unwrap_or_default(),
            main_class: form.main_class.clone().unwrap_or_default(),
            arguments: form.arguments.as_ref().map(|all| all.join("\n")).unwrap_or_default(),
            named: form.named.as_deref().map(lines_of).unwrap_or_default(),
            settings: form.settings.as_deref().map(lines_of).unwrap_or_default(),
            worker_type,
            workers,
            release: form.release.clone().unwrap_or_default(),
            timeout: form.timeout_minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
        }
    }
}

/// A value of several lines has no place in a list of lines: it stays as it is.
fn is_line(pair: &(String, String)) -> bool {
    !pair.1.contains('\n')
}

fn lines_of(pairs: &[(String, String)]) -> String {
    let lines = pairs.iter().filter(|pair| is_line(pair)).map(|(key, value)| format!("{key}={value}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether the arguments can be shown one a line.
pub fn by_line(arguments: &[String]) -> bool {
    arguments.iter().all(|argument| !argument.contains('\n'))
}

/// What was typed beside what was there.
///
/// # Errors
/// A line or number that cannot be read, in words.
pub fn changes(was: &JobForm, typed: &Typed) -> Result<Vec<JobChange>, String> {
    let mut all = Vec::new();
    if let Some(before) = &was.program {
        let new = typed.program.trim();
        if new.is_empty() {
            return Err("It needs a program: the address of a script or jar.".to_owned());
        }
        if new != before {
            all.push(JobChange::Program(new.to_owned()));
        }
    }
    if let Some(before) = &was.main_class {
        let new = typed.main_class.trim();
        if new != before {
            all.push(JobChange::MainClass(Some(new.to_owned()).filter(|new| !new.is_empty())));
        }
    }
    if let Some(before) = was.arguments.as_ref().filter(|before| by_line(before)) {
        let now: Vec<String> = typed.arguments.lines().map(str::to_owned).collect();
        if now != *before {
            all.push(JobChange::Arguments(now));
        }
    }
    if let Some(before) = &was.named {
        let changed = pairs(before, &typed.named)?.into_iter();
        all.extend(changed.map(|(name, value)| JobChange::Argument { name, value }));
    }
    if let Some(before) = &was.settings {
        let changed = pairs(before, &typed.settings)?.into_iter();
        all.extend(changed.map(|(key, value)| JobChange::Setting { key, value }));
    }
    if let Some((kind, number)) = &was.workers {
        let workers: u32 = number_of(&typed.workers, "workers")?;
        let new_kind = Some(typed.worker_type.trim().to_owned()).filter(|new| !new.is_empty() && new != kind);
        let new_number = Some(workers).filter(|new| new != number);
        if new_kind.is_some() || new_number.is_some() {
            all.push(JobChange::Workers { kind: new_kind, number: new_number });
        }
    }
    if let Some(release) = &was.release {
        let new = typed.release.trim();
        if !new.is_empty() && new != release {
            all.push(JobChange::Release(new.to_owned()));
        }
    }
    if let Some(minutes) = was.timeout_minutes {
        let new: u64 = number_of(&typed.timeout, "minutes")?;
        if new != minutes {
            all.push(JobChange::TimeoutMinutes(new));
        }
    }
    Ok(all)
}

fn number_of<T: std::str::FromStr>(text: &str, of: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("{:?} is no number of {of}.", text.trim()))
}

/// Lines of `key=value`, in order.
///
/// # Errors
/// A line that cannot be read, in words.
pub fn settings_of(text: &str) -> Result<Vec<(String, String)>, String> {
    let set = pairs(&[], text)?.into_iter();
    Ok(set.filter_map(|(key, value)| Some((key, value?))).collect())
}

/// Keys whose value is another, and keys that are gone.
fn pairs(before: &[(String, String)], text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let mut now: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (key, value) = line.split_once('=').ok_or_else(|| format!("{line:?} has no `=` behind its name."))?;
        let (key, value) = (key.trim().to_owned(), value.to_owned());
        if now.iter().any(|(known, _)| *known == key) {
            return Err(format!("{key} stands there twice."));
        }
        now.push((key, value));
    }
    let gone = before.iter().filter(|pair| is_line(pair) && now.iter().all(|(key, _)| *key != pair.0));
    let gone: Vec<(String, Option<String>)> = gone.map(|(key, _)| (key.clone(), None)).collect();
    let set = now.into_iter().filter(|pair| !before.contains(pair)).map(|(key, value)| (key, Some(value)));
    Ok(set.chain(gone).collect())
}

/// The changes of a run that a finding of it suggests, as far as their values are known and such a run reads them.
pub fn suggested(finding: &Finding, job: &JobId) -> Vec<JobChange> {
    if finding.retry == RetryAdvice::Never {
        return Vec::new();
    }
    finding.settings.iter().filter_map(|setting| setting.change(job)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::diagnosis::{SettingKind, Severity, Suggestion};

    #[test]
    fn a_finding_suggests_what_the_run_reads() {
        let setting = |key: &str, kind, value: Option<&str>| Suggestion {
            key: key.into(),
            kind,
            value: value.map(Into::into),
            current: None,
            why: String::new(),
        };
        let mut finding = Finding {
            signature: "memory.killed-137".into(),
            title: "an executor was killed".into(),
            severity: Severity::Error,
            layer: "resource".into(),
            retry: RetryAdvice::Bigger,
            confidence: 80,
            reasons: Vec::new(),
            evidence: Vec::new(),
            count: 1,
            first: None,
            last: None,
            places: Vec::new(),
            consequences: Vec::new(),
            remedy: String::new(),
            settings: vec![
                setting("spark.executor.memoryOverhead", SettingKind::Spark, Some("2g")),
                setting("spark.archives", SettingKind::Spark, None),
                setting("commit.retry.num-retries", SettingKind::Table, Some("10")),
                setting("yarn.nodemanager.vmem-check-enabled", SettingKind::Cluster, Some("false")),
                setting("Timeout", SettingKind::Glue, Some("120")),
            ],
            doc: None,
            exception: None,
            frames: Vec::new(),
        };
        let overhead = JobChange::Setting { key: "spark.executor.memoryOverhead".into(), value: Some("2g".into()) };
        let step = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
        let glue = JobId::Glue { job: "crm".into(), run: "jr_1".into() };
        assert_eq!(suggested(&finding, &step), std::slice::from_ref(&overhead));
        assert_eq!(suggested(&finding, &glue), [overhead, JobChange::TimeoutMinutes(120)]);
        let function = JobId::Lambda { function: "resize".into(), request: "r".into() };
        assert!(suggested(&finding, &function).is_empty());
        finding.retry = RetryAdvice::Never;
        assert!(suggested(&finding, &step).is_empty(), "the work is not done twice");
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    fn form() -> JobForm {
        JobForm {
            program: Some("s3://code/load.jar".into()),
            main_class: Some("shop.Load".into()),
            arguments: Some(vec!["--day".into(), "2026-11-21".into()]),
            named: Some(vec![pair("--target", "s3://lake/"), pair("--query", "select 1\nfrom x")]),
            settings: Some(vec![pair("spark.executor.memory", "8g"), pair("spark.x", "a=b")]),
            workers: Some(("G.1X".into(), 10)),
            release: Some("emr-7.1.0-latest".into()),
            timeout_minutes: Some(720),
        }
    }

    #[test]
    fn what_is_left_as_it_is_changes_nothing() {
        assert_eq!(changes(&form(), &Typed::of(&form())), Ok(Vec::new()));
        assert_eq!(changes(&JobForm::default(), &Typed::default()), Ok(Vec::new()));
    }

    #[test]
    fn each_field_has_its_change() {
        let mut typed = Typed::of(&form());
        (typed.program, typed.main_class) = ("s3://code/load-2.jar".into(), String::new());
        typed.arguments = "--day\n2026-11-22\n".into();
        typed.named.push_str("\n--mode=fast");
        typed.settings = "spark.executor.memory=8g\nspark.executor.memoryOverhead=2g".into();
        (typed.worker_type, typed.workers) = ("G.2X".into(), "10".into());
        (typed.release, typed.timeout) = ("emr-7.2.0-latest".into(), " 60 ".into());
        let set = |key: &str, value: Option<&str>| JobChange::Setting { key: key.into(), value: value.map(Into::into) };
        assert_eq!(
            changes(&form(), &typed),
            Ok(vec![
                JobChange::Program("s3://code/load-2.jar".into()),
                JobChange::MainClass(None),
                JobChange::Arguments(vec!["--day".into(), "2026-11-22".into()]),
                JobChange::Argument { name: "--mode".into(), value: Some("fast".into()) },
                set("spark.executor.memoryOverhead", Some("2g")),
                set("spark.x", None),
                JobChange::Workers { kind: Some("G.2X".into()), number: None },
                JobChange::Release("emr-7.2.0-latest".into()),
                JobChange::TimeoutMinutes(60),
            ])
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let typed = Typed { settings: "spark.executor.memory".into(), ..Typed::of(&form()) };
        assert!(changes(&form(), &typed).unwrap_err().contains("no `=`"));
        let typed = Typed { program: " ".into(), ..Typed::of(&form()) };
        assert!(changes(&form(), &typed).unwrap_err().contains("needs a program"));
        let typed = Typed { workers: "many".into(), ..Typed::of(&form()) };
        assert_eq!(changes(&form(), &typed), Err("\"many\" is no number of workers.".into()));
        let typed = Typed { settings: "a=1\na=2".into(), ..Typed::of(&form()) };
        assert_eq!(changes(&form(), &typed), Err("a stands there twice.".into()));
    }
}
