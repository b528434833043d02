//! The name of one run: of its engine, and of what it belongs to there.

use super::Engine;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// All that a call needs to find the run again, but for account and region.
///
/// As text: the engine's code, `:`, and the parts with `/` between them, percent-encoded where they hold what a path of
/// the window's router or this text itself gives a meaning: `emr:j-1K48/s-3QM0`, `glue:clean%2Fup/jr_1`; a cluster has the
/// one part: `emr:j-1K48`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JobId {
    /// A cluster of EMR, which is a run of its own: it may fail before any step does.
    Cluster {
        cluster: String,
    },
    Step {
        cluster: String,
        step: String,
    },
    Serverless {
        application: String,
        run: String,
        /// From 1; `None` is the newest.
        attempt: Option<u32>,
    },
    Eks {
        virtual_cluster: String,
        run: String,
    },
    Glue {
        job: String,
        /// `jr_…`; of a retry with `_attempt_1` at its end.
        run: String,
    },
    Lambda {
        function: String,
        request: String,
    },
    SageMaker {
        kind: SageMakerKind,
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SageMakerKind {
    Training,
    Processing,
    Transform,
    Tuning,
}

impl SageMakerKind {
    pub const ALL: [Self; 4] = [Self::Training, Self::Processing, Self::Transform, Self::Tuning];

    /// As ARNs and commands name it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Training => "training-job",
            Self::Processing => "processing-job",
            Self::Transform => "transform-job",
            Self::Tuning => "hyper-parameter-tuning-job",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Training => "training job",
            Self::Processing => "processing job",
            Self::Transform => "transform job",
            Self::Tuning => "tuning job",
        }
    }
}

/// The text is no id of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadJobId;

impl fmt::Display for BadJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no id of a run")
    }
}

impl std::error::Error for BadJobId {}

impl JobId {
    pub fn engine(&self) -> Engine {
        match self {
            Self::Cluster { .. } | Self::Step { .. } => Engine::Emr,
            Self::Serverless { .. } => Engine::EmrServerless,
            Self::Eks { .. } => Engine::EmrEks,
            Self::Glue { .. } => Engine::Glue,
            Self::Lambda { .. } => Engine::Lambda,
            Self::SageMaker { .. } => Engine::SageMaker,
        }
    }

    /// `cluster`, `step`, `job run`, `invocation`, `training job`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Cluster { .. } => "cluster",
            Self::Step { .. } => "step",
            Self::Serverless { .. } | Self::Eks { .. } | Self::Glue { .. } => "job run",
            Self::Lambda { .. } => "invocation",
            Self::SageMaker { kind, .. } => kind.word(),
        }
    }

    /// The part that names the run itself: `s-3QM0`, `jr_1`, the name of a SageMaker job.
    pub fn own(&self) -> &str {
        match self {
            Self::Cluster { cluster: own }
            | Self::Step { step: own, .. }
            | Self::Serverless { run: own, .. }
            | Self::Eks { run: own, .. }
            | Self::Glue { run: own, .. }
            | Self::Lambda { request: own, .. }
            | Self::SageMaker { name: own, .. } => own,
        }
    }

    /// What it belongs to: cluster, application, job, function. Clusters and SageMaker jobs belong to nothing.
    pub fn home(&self) -> Option<&str> {
        match self {
            Self::Step { cluster: home, .. }
            | Self::Serverless { application: home, .. }
            | Self::Eks { virtual_cluster: home, .. }
            | Self::Glue { job: home, .. }
            | Self::Lambda { function: home, .. } => Some(home),
            Self::Cluster { .. } | Self::SageMaker { .. } => None,
        }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.engine().code())?;
        let home = match self {
            Self::Cluster { cluster } => return write!(f, "{}", Part(cluster)),
            Self::SageMaker { kind, .. } => kind.code(),
            _ => self.home().unwrap_or_default(),
        };
        write!(f, "{}/{}", Part(home), Part(self.own()))?;
        match self {
            Self::Serverless { attempt: Some(attempt), .. } => write!(f, "/{attempt}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for JobId {
    type Err = BadJobId;

    fn from_str(text: &str) -> Result<Self, BadJobId> {
        let (code, rest) = text.split_once(':').ok_or(BadJobId)?;
        if code == Engine::Emr.code() && !rest.contains('/') {
            let cluster = decoded(rest).filter(|cluster| cluster.starts_with("j-")).ok_or(BadJobId)?;
            return Ok(Self::Cluster { cluster });
        }
        let mut parts = rest.split('/').map(decoded);
        let mut next = || parts.next().flatten().filter(|part| !part.is_empty());
        let (home, own) = (next().ok_or(BadJobId)?, next().ok_or(BadJobId)?);
        let more = parts.next();
        if parts.next().is_some() {
            return Err(BadJobId);
        }
        let engine = Engine::ALL.into_iter().find(|engine| engine.code() == code).ok_or(BadJobId)?;
        let id = match (engine, &more) {
            (Engine::EmrServerless, Some(attempt)) => {
                let attempt = attempt.as_deref().and_then(|number| number.parse().ok()).ok_or(BadJobId)?;
                return Ok(Self::Serverless { application: home, run: own, attempt: Some(attempt) });
            }
            (_, Some(_)) => return Err(BadJobId),
            (Engine::Emr, None) => Self::Step { cluster: home, step: own },
            (Engine::EmrServerless, None) => Self::Serverless { application: home, run: own, attempt: None },
            (Engine::EmrEks, None) => Self::Eks { virtual_cluster: home, run: own },
            (Engine::Glue, None) => Self::Glue { job: home, run: own },
            (Engine::Lambda, None) => Self::Lambda { function: home, request: own },
            (Engine::SageMaker, None) => {
                let kind = SageMakerKind::ALL.into_iter().find(|kind| kind.code() == home).ok_or(BadJobId)?;
                Self::SageMaker { kind, name: own }
            }
        };
        Ok(id)
    }
}

/// Written with everything encoded that is not plain in a path.
struct Part<'a>(&'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit()? * 16 + digit()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let ids = [
            ("emr:j-1K48", JobId::Cluster { cluster: "j-1K48".into() }),
            ("emr:j-1K48/s-3QM0", JobId::Step { cluster: "j-1K48".into(), step: "s-3QM0".into() }),
            (
                "emr-serverless:00f/00g/2",
                JobId::Serverless { application: "00f".into(), run: "00g".into(), attempt: Some(2) },
            ),
            ("emr-containers:vc1/0000", JobId::Eks { virtual_cluster: "vc1".into(), run: "0000".into() }),
            ("glue:clean%2F%25%20up/jr_1", JobId::Glue { job: "clean/% up".into(), run: "jr_1".into() }),
            ("lambda:load/8b1f", JobId::Lambda { function: "load".into(), request: "8b1f".into() }),
            (
                "sagemaker:training-job/churn-1",
                JobId::SageMaker { kind: SageMakerKind::Training, name: "churn-1".into() },
            ),
        ];
        for (text, id) in ids {
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "glue",
            "glue:a",
            "glue:a/",
            "emr:",
            "emr:nightly",
            "emr:j-1/",
            "glue:/b",
            "glue:a/b/c",
            "glue:a%zz/b",
            "oozie:a/b",
            "emr-serverless:a/b/x",
            "sagemaker:model/a",
        ] {
            assert_eq!(text.parse::<JobId>(), Err(BadJobId), "{text}");
        }
    }
}
