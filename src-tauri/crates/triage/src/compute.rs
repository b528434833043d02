//! Values to suggest, computed from the evidence and from what the job was given. Each says how it came to be; where the
//! evidence is not enough, none is suggested.

mod size;

pub use size::{Size, parse_memory, parse_size};

use serde::{Deserialize, Serialize};
use size::{GIB, MIB};
use std::collections::BTreeMap;

/// A setting that a signature advises to change.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// May hold `{who}`: `driver` or `executor`.
    pub key: String,
    /// None is that of the key, by [`Kind::of`].
    #[serde(default)]
    pub kind: Option<Kind>,
    /// As it stands, when there is nothing to compute.
    #[serde(default)]
    pub value: Option<String>,
    #[serde(default)]
    pub rule: Option<Rule>,
    /// What a value looks like that only a person knows: `s3://<bucket>/env.tar.gz`.
    #[serde(default)]
    pub like: Option<String>,
}

/// What a setting belongs to, and so whether a run can be asked for with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Configuration of Spark.
    Spark,
    /// Of Hadoop, as Spark hands it on: a job sets it as `spark.hadoop.…`, which is how it is suggested.
    Hadoop,
    /// A parameter of a Glue run, one of [`GLUE`].
    Glue,
    /// Configuration of the cluster, which its processes read before any job.
    Cluster,
    /// A property of a table.
    Table,
    /// A field of a function's, a job's or an application's definition, as its API names it.
    Api,
}

/// Parameters of `StartJobRun` of Glue that a run can be asked for with.
pub const GLUE: [&str; 3] = ["Timeout", "WorkerType", "NumberOfWorkers"];

impl Kind {
    /// As the start of the key tells.
    pub fn of(key: &str) -> Self {
        let starts = |all: &[&str]| all.iter().any(|start| key.starts_with(start));
        if starts(&["spark."]) {
            Self::Spark
        } else if starts(&["fs."]) {
            Self::Hadoop
        } else if starts(&["yarn.", "hadoop.", "dfs.", "mapreduce.", "hive."]) {
            Self::Cluster
        } else if starts(&["commit.", "write.", "read.", "history.", "delta."]) {
            Self::Table
        } else {
            Self::Api
        }
    }
}

impl Setting {
    pub fn kind(&self) -> Kind {
        self.kind.unwrap_or_else(|| Kind::of(&self.key))
    }

    /// Why no signature may have it, in words.
    pub(crate) fn fault(&self) -> Option<String> {
        let key = &self.key;
        if self.value.as_deref().is_some_and(is_placeholder) {
            return Some(format!(
                "the `value` of {key} has a placeholder: what a value looks like is written as `like`"
            ));
        }
        let spark = key.starts_with("spark.");
        match self.kind() {
            Kind::Spark if !spark => Some(format!("{key} does not begin with `spark.`, so Spark would not read it")),
            Kind::Hadoop if spark => Some(format!("{key} is written without `spark.hadoop.`, which is put before it")),
            Kind::Glue if !GLUE.contains(&key.as_str()) => {
                Some(format!("{key} is no parameter of a Glue run: {}", GLUE.join(", ")))
            }
            _ => None,
        }
    }
}

/// Holds `<bucket>` or `‹bucket›`: something to be filled in by a person.
fn is_placeholder(value: &str) -> bool {
    let inside = value.split_once(['<', '‹']).and_then(|(_, rest)| rest.split_once(['>', '›']));
    inside.is_some_and(|(name, _)| !name.is_empty())
}

/// How a value is computed.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Spark's overhead from `used` and `limit` of a container.
    Overhead,
    /// Half as much heap again as configured, at least 4 GiB.
    Heap,
    /// `total`, with room.
    ResultSize,
    /// What Kryo asked for, as the next power of two.
    KryoBuffer,
    /// Twice `seconds`, in seconds.
    TwiceSeconds,
    /// Twice `millis`, in seconds.
    TwiceMillis,
    /// Twice `seconds`, at most the 900 that Lambda allows.
    LambdaTimeout,
    /// Twice `size` megabytes, at most the 10,240 that Lambda allows.
    LambdaMemory,
    /// Twice the disk as configured, at least 100 GiB, at most the 200 GiB of a standard worker.
    ServerlessDisk,
    /// One more than `limit`.
    OneMore,
    /// Twice `minutes`.
    TwiceMinutes,
}

/// A setting with the value to give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    pub key: String,
    pub kind: Kind,
    /// None when the evidence does not hold what it takes, or only a person knows it.
    pub value: Option<String>,
    /// As the job had it.
    pub current: Option<String>,
    /// How the value was computed, or what it looks like.
    pub from: String,
}

type Values = BTreeMap<String, String>;

/// `values` are a signature's captures, `who` is `driver` or `executor`, `config` is what the job was given.
pub fn suggest(setting: &Setting, values: &Values, who: &str, config: &Values) -> Suggestion {
    let key = setting.key.replace("{who}", who);
    let (key, kind) = match setting.kind() {
        Kind::Hadoop => (format!("spark.hadoop.{key}"), Kind::Spark),
        kind => (key, kind),
    };
    let current = config.get(&key).cloned();
    let computed = match setting.rule {
        None => setting.value.clone().filter(|value| !is_placeholder(value)).map(|value| (value, String::new())),
        Some(rule) => rule.compute(values, who, config, current.as_deref()),
    };
    let Some((value, from)) = computed else {
        let like = setting.like.as_ref().or(setting.value.as_ref().filter(|value| is_placeholder(value)));
        let from = like.map(|like| format!("such as {like}")).unwrap_or_default();
        return Suggestion { key, kind, value: None, current, from };
    };
    Suggestion { key, kind, value: Some(value), current, from }
}

impl Rule {
    fn compute(self, values: &Values, who: &str, config: &Values, current: Option<&str>) -> Option<(String, String)> {
        let size = |name: &str| values.get(name).and_then(|text| parse_size(text));
        let number = |name: &str| values.get(name).and_then(|text| text.parse::<f64>().ok()).filter(|n| n.is_finite());
        let configured = |key: &str| config.get(key).and_then(|text| parse_memory(text));
        match self {
            Self::Overhead => {
                let heap = configured(&format!("spark.{who}.memory"));
                let now = current.and_then(parse_memory);
                overhead(size("used")?, size("limit")?, heap, now)
            }
            Self::Heap => {
                let Some(heap) = configured(&format!("spark.{who}.memory")) else {
                    return Some(("4g".to_owned(), "the heap was not configured (Spark's default is 1g)".to_owned()));
                };
                let more = Size(heap.0 * 1.5).up_to(GIB).at_least(4.0 * GIB);
                Some((more.spark(), format!("{} and half as much again", heap.words())))
            }
            Self::ResultSize => {
                let total = size("total")?;
                let more = Size(total.0 * 1.5).up_to(GIB).at_least(2.0 * GIB);
                Some((more.spark(), format!("{} of results when it stopped, with room", total.words())))
            }
            Self::KryoBuffer => {
                let needed = number("required")? + number("available").unwrap_or_default();
                let more = Size(needed.max(64.0 * MIB)).next_power().at_most(2047.0 * MIB);
                Some((more.spark(), format!("{} were asked for", Size(needed).words())))
            }
            Self::TwiceSeconds => twice(number("seconds").or_else(|| current?.parse().ok())?, f64::MAX, "s"),
            Self::TwiceMillis => twice(number("millis")? / 1000.0, f64::MAX, "s"),
            Self::LambdaTimeout => twice(number("seconds").or_else(|| current?.parse().ok())?, 900.0, ""),
            Self::TwiceMinutes => twice(number("minutes").or_else(|| current?.parse().ok())?, WEEK, ""),
            Self::LambdaMemory => {
                let size = number("size").or_else(|| current?.parse().ok())?;
                let more = (size * 2.0).clamp(256.0, 10_240.0);
                // A function that has the most cannot be given more.
                (more > size).then(|| (format!("{more:.0}"), format!("all of {size:.0} MB was used")))
            }
            Self::ServerlessDisk => {
                let now = configured("spark.emr-serverless.executor.disk").unwrap_or(Size(20.0 * GIB));
                let more = Size(now.0 * 2.0).at_least(100.0 * GIB).at_most(200.0 * GIB);
                let words = format!("{} was full; 200 GiB is the most of a standard worker", now.words());
                (more > now).then(|| (format!("{}G", (more.0 / GIB).round()), words))
            }
            Self::OneMore => {
                let limit = number("limit").or_else(|| current?.parse().ok())?;
                Some((format!("{:.0}", limit + 1.0), format!("{limit:.0} ran already")))
            }
        }
    }
}

/// Spark gives a container heap and overhead, the overhead being `max(384 MiB, 10 % of the heap)` unless it is set
/// (<https://spark.apache.org/docs/latest/configuration.html>, `spark.executor.memoryOverhead`). What was used above the
/// limit was missing from it; a container is killed the moment it goes over, so a quarter is added, and whole gibibytes
/// are asked for, as people do.
fn overhead(used: Size, limit: Size, heap: Option<Size>, now: Option<Size>) -> Option<(String, String)> {
    if used.0 <= 0.0 || limit.0 <= 0.0 {
        return None;
    }
    let least = |heap: f64| (heap * 0.1).max(384.0 * MIB);
    // Without the heap: the one that, with the default overhead, makes such a container.
    let heap = heap.map_or_else(|| (limit.0 / 1.1).min((limit.0 - 384.0 * MIB).max(limit.0 / 2.0)), |heap| heap.0);
    let had = now.map_or_else(|| (limit.0 - heap).max(least(heap)), |now| now.0);
    let missing = (used.0 - limit.0).max(0.0);
    let needed = Size(((had + missing) * 1.25).max(least(heap)));
    let value = if needed.0 > GIB { needed.up_to(GIB) } else { needed.up_to(512.0 * MIB) };
    let from = format!(
        "{} used of {}; overhead was about {}, the least is max(384 MiB, 10 % of the heap)",
        used.words(),
        limit.words(),
        Size(had).words()
    );
    Some((value.spark(), from))
}

/// Minutes: no run of Glue may take longer.
const WEEK: f64 = 10_080.0;

fn twice(seconds: f64, most: f64, unit: &str) -> Option<(String, String)> {
    if seconds <= 0.0 {
        return None;
    }
    let more = (seconds * 2.0).ceil().min(most);
    if more <= seconds {
        return None;
    }
    Some((
        format!("{more:.0}{unit}"),
        format!("twice {}", if unit.is_empty() { format!("{seconds}") } else { format!("{seconds} {unit}") }),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn value(rule: Rule, evidence: &[(&str, &str)], config: &[(&str, &str)]) -> Option<String> {
        let setting = Setting { rule: Some(rule), ..setting("spark.{who}.memoryOverhead") };
        suggest(&setting, &values(evidence), "executor", &values(config)).value
    }

    fn setting(key: &str) -> Setting {
        Setting { key: key.to_owned(), kind: None, value: None, rule: None, like: None }
    }

    #[test]
    fn what_a_person_fills_in_is_no_value() {
        let none = Values::new();
        let like = Setting { like: Some("s3://<bucket>/env.tar.gz".to_owned()), ..setting("spark.archives") };
        let told = suggest(&like, &none, "driver", &none);
        assert_eq!((told.value, told.from.as_str()), (None, "such as s3://<bucket>/env.tar.gz"));
        for value in ["s3://<bucket>/env.tar.gz", "‹queue›"] {
            let written = Setting { value: Some(value.to_owned()), ..setting("spark.archives") };
            let told = suggest(&written, &none, "driver", &none);
            assert_eq!((told.value, told.from), (None, format!("such as {value}")));
            assert!(written.fault().is_some_and(|fault| fault.contains("placeholder")), "{value}");
        }
        let plain = Setting { value: Some("a<b".to_owned()), ..setting("spark.x") };
        assert_eq!((suggest(&plain, &none, "driver", &none).value.as_deref(), plain.fault()), (Some("a<b"), None));
    }

    #[test]
    fn a_key_tells_what_it_belongs_to() {
        let keys = [
            ("spark.{who}.memory", Kind::Spark),
            ("fs.s3.maxRetries", Kind::Hadoop),
            ("yarn.nodemanager.vmem-check-enabled", Kind::Cluster),
            ("hadoop.service.shutdown.timeout", Kind::Cluster),
            ("commit.retry.num-retries", Kind::Table),
            ("write.merge.isolation-level", Kind::Table),
            ("ExecutionProperty.MaxConcurrentRuns", Kind::Api),
            ("Timeout", Kind::Api),
        ];
        for (key, kind) in keys {
            assert_eq!((setting(key).kind(), setting(key).fault()), (kind, None), "{key}");
        }
        let told = Setting { kind: Some(Kind::Glue), ..setting("Timeout") };
        assert_eq!((told.kind(), told.fault()), (Kind::Glue, None));
        for (key, kind) in [
            ("commit.retry.num-retries", Kind::Spark),
            ("spark.hadoop.fs.s3.maxRetries", Kind::Hadoop),
            ("ExecutionProperty.MaxConcurrentRuns", Kind::Glue),
        ] {
            assert!(Setting { kind: Some(kind), ..setting(key) }.fault().is_some(), "{key}");
        }
    }

    #[test]
    fn spark_hands_on_what_is_hadoops() {
        let setting = Setting { value: Some("30".to_owned()), ..setting("fs.s3.maxRetries") };
        let had = values(&[("spark.hadoop.fs.s3.maxRetries", "4")]);
        let told = suggest(&setting, &Values::new(), "executor", &had);
        assert_eq!((told.key.as_str(), told.kind), ("spark.hadoop.fs.s3.maxRetries", Kind::Spark));
        assert_eq!((told.value.as_deref(), told.current.as_deref()), (Some("30"), Some("4")));
    }

    #[test]
    fn overhead_grows_from_what_was_used() {
        let evidence = [("used", "9.1 GB"), ("limit", "8.8 GB")];
        assert_eq!(value(Rule::Overhead, &evidence, &[]).as_deref(), Some("2g"));
        let had = [("spark.executor.memory", "8g"), ("spark.executor.memoryOverhead", "2g")];
        assert_eq!(value(Rule::Overhead, &[("used", "10.1 GB"), ("limit", "10 GB")], &had).as_deref(), Some("3g"));
        assert_eq!(value(Rule::Overhead, &[("used", "1.5 GB"), ("limit", "1.4 GB")], &[]).as_deref(), Some("1g"));
        assert_eq!(value(Rule::Overhead, &[("used", "much")], &[]), None);
        // 4 GiB and what was missing, with room: never less than it had.
        let bare = [("spark.executor.memory", "8192"), ("spark.executor.memoryOverhead", "4096")];
        let evidence = [("used", "12.3 GB"), ("limit", "12 GB")];
        assert_eq!(value(Rule::Overhead, &evidence, &bare).as_deref(), Some("6g"));
    }

    #[test]
    fn other_values() {
        assert_eq!(value(Rule::Heap, &[], &[("spark.executor.memory", "10g")]).as_deref(), Some("15g"));
        assert_eq!(value(Rule::Heap, &[], &[]).as_deref(), Some("4g"));
        assert_eq!(value(Rule::ResultSize, &[("total", "1062.8 MB")], &[]).as_deref(), Some("2g"));
        assert_eq!(
            value(Rule::KryoBuffer, &[("available", "0"), ("required", "70000000")], &[]).as_deref(),
            Some("128m")
        );
        assert_eq!(value(Rule::TwiceMillis, &[("millis", "120000")], &[]).as_deref(), Some("240s"));
        assert_eq!(value(Rule::LambdaTimeout, &[("seconds", "600.1")], &[]).as_deref(), Some("900"));
        assert_eq!(value(Rule::LambdaTimeout, &[("seconds", "900.0")], &[]), None);
        assert_eq!(value(Rule::LambdaMemory, &[("size", "512")], &[]).as_deref(), Some("1024"));
        assert_eq!(value(Rule::ServerlessDisk, &[], &[]).as_deref(), Some("100G"));
        let most = [("spark.emr-serverless.executor.disk", "200G")];
        assert_eq!(value(Rule::ServerlessDisk, &[], &most), None, "it has the most already");
        assert_eq!(value(Rule::LambdaMemory, &[("size", "10240")], &[]), None);
        assert_eq!(value(Rule::OneMore, &[("limit", "3")], &[]).as_deref(), Some("4"));
        assert_eq!(value(Rule::OneMore, &[("limit", "NaN")], &[]), None);
    }
}
