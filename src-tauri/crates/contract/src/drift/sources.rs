//! Where drift is told besides Model Monitor: snapshots of Evidently in S3, runs of MLflow on a server or in a folder.

use super::MonitorRow;
use crate::{Notice, Timestamp, charts::Chart};
use serde::{Deserialize, Serialize};

/// Sources of one profile at most.
pub const MOST_SOURCES: usize = 20;
/// Names that a source may map.
pub const MOST_NAMES: usize = 500;
/// What a person types to use an address that is not encrypted.
pub const UNENCRYPTED: &str = "unencrypted";
/// Stands in a prefix where the name of the endpoint does.
pub const ENDPOINT: &str = "{endpoint}";

/// What told of drift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Origin {
    #[default]
    ModelMonitor,
    Evidently,
    Mlflow,
}

impl Origin {
    pub fn word(self) -> &'static str {
        match self {
            Self::ModelMonitor => "Model Monitor",
            Self::Evidently => "Evidently",
            Self::Mlflow => "MLflow",
        }
    }
}

/// The address of a source, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePlace {
    /// Snapshots of Evidently lie in folders `before` NAME `after` of a bucket. Both end with a slash or are empty.
    Snapshots { bucket: String, before: String, after: String },
    /// An MLflow server, without a slash at its end.
    Server { url: String },
    /// An MLflow server or app that SageMaker runs.
    Managed { arn: String, region: String, is_app: bool },
    /// `mlruns`, as an MLflow without a server writes it.
    Folder { path: String },
}

/// Why an address cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("Give an address: s3://…, https://…, the ARN of a tracking server, or the path of a folder.")]
    Unknown,
    #[error("The bucket's name has 3 to 63 small letters, digits, dots and hyphens.")]
    Bucket,
    #[error("{{endpoint}} stands for one folder, once: s3://bucket/evidently/{{endpoint}}/.")]
    Pattern,
    #[error("Leave name and password out of the address: give them as the token, name:password.")]
    Credentials,
    #[error("The address has no host, or characters that no address has.")]
    Address,
    #[error(
        "This address is not encrypted: whoever is on the way reads the token and changes the numbers. Use https://, or \
         type \"unencrypted\" to use it as it is."
    )]
    Unencrypted,
    #[error(
        "This is not the ARN of an MLflow server: arn:aws:sagemaker:REGION:ACCOUNT:mlflow-tracking-server/NAME, or \
         …:mlflow-app/NAME."
    )]
    Arn,
}

impl SourcePlace {
    /// # Errors
    /// [`SourceError`], as a sentence for the field. An address that is not encrypted is read: see
    /// [`is_unencrypted`](Self::is_unencrypted).
    pub fn read(text: &str) -> Result<Self, SourceError> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("s3://") {
            return snapshots(rest);
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return server(text);
        }
        if text.starts_with("arn:") {
            return managed(text);
        }
        let drive = text.as_bytes().get(1..3).is_some_and(|sign| sign == b":\\" || sign == b":/");
        if text.starts_with('/') || text.starts_with("~/") || drive {
            let path = if text.len() > 3 { text.trim_end_matches(['/', '\\']) } else { text };
            return Ok(Self::Folder { path: path.to_owned() });
        }
        Err(SourceError::Unknown)
    }

    pub fn origin(&self) -> Origin {
        match self {
            Self::Snapshots { .. } => Origin::Evidently,
            Self::Server { .. } | Self::Managed { .. } | Self::Folder { .. } => Origin::Mlflow,
        }
    }

    /// In words: `snapshots of Evidently`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Snapshots { .. } => "snapshots of Evidently",
            Self::Server { .. } => "MLflow server",
            Self::Managed { is_app: false, .. } => "MLflow of SageMaker",
            Self::Managed { is_app: true, .. } => "MLflow App of SageMaker",
            Self::Folder { .. } => "folder of MLflow runs",
        }
    }

    /// Whether others on the way could read what is sent there. What stays on this computer is not on the way.
    pub fn is_unencrypted(&self) -> bool {
        let Self::Server { url } = self else { return false };
        url.strip_prefix("http://").is_some_and(|rest| !is_local(host_of(rest)))
    }

    /// Only of an own server: SageMaker's are signed with the profile's credentials.
    pub fn takes_token(&self) -> bool {
        matches!(self, Self::Server { .. })
    }
}

impl std::fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Snapshots { bucket, before, after } if after.is_empty() => write!(f, "s3://{bucket}/{before}"),
            Self::Snapshots { bucket, before, after } => write!(f, "s3://{bucket}/{before}{ENDPOINT}/{after}"),
            Self::Server { url } => f.write_str(url),
            Self::Managed { arn, .. } => f.write_str(arn),
            Self::Folder { path } => f.write_str(path),
        }
    }
}

fn snapshots(rest: &str) -> Result<SourcePlace, SourceError> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, b'.' | b'-');
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(is_name) {
        return Err(SourceError::Bucket);
    }
    let slashed = |part: &str| match part.trim_matches('/') {
        "" => String::new(),
        inner => format!("{inner}/"),
    };
    let (before, after) = match prefix.split_once(ENDPOINT) {
        None => (prefix, ""),
        Some((before, after)) => {
            let is_folder =
                (before.is_empty() || before.ends_with('/')) && (after.is_empty() || after.starts_with('/'));
            if !is_folder || after.contains(ENDPOINT) {
                return Err(SourceError::Pattern);
            }
            (before, after)
        }
    };
    Ok(SourcePlace::Snapshots { bucket: bucket.to_owned(), before: slashed(before), after: slashed(after) })
}

fn server(text: &str) -> Result<SourcePlace, SourceError> {
    // What a browser shows has the page behind it.
    let text = text.split(['#', '?']).next().unwrap_or_default();
    let url = text.trim_end_matches('/').trim_end_matches("/api/2.0/mlflow").trim_end_matches('/');
    let Some((_, rest)) = url.split_once("://") else { return Err(SourceError::Address) };
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err(SourceError::Credentials);
    }
    let is_sign = |sign: u8| sign.is_ascii_alphanumeric() || b"-._~:/%[]+".contains(&sign);
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
    if host_of(rest).is_empty() || !rest.bytes().all(is_sign) || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(SourceError::Address);
    }
    Ok(SourcePlace::Server { url: url.to_owned() })
}

/// The host of what follows the scheme, without its port.
fn host_of(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_local(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_word(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_'))
}

fn managed(text: &str) -> Result<SourcePlace, SourceError> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", "aws" | "aws-us-gov", "sagemaker", region, account, resource] = parts.as_slice() else {
        return Err(SourceError::Arn);
    };
    let is_app = match resource.split_once('/') {
        Some(("mlflow-tracking-server", name)) if is_word(name) => false,
        Some(("mlflow-app", name)) if is_word(name) => true,
        _ => return Err(SourceError::Arn),
    };
    if !is_word(region) || !is_word(account) {
        return Err(SourceError::Arn);
    }
    Ok(SourcePlace::Managed { arn: text.to_owned(), region: (*region).to_owned(), is_app })
}

/// A place that is read for the open profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftSource {
    /// As [`SourcePlace`] writes it. No two sources of a profile have the same.
    pub address: String,
    /// Folders and experiments that are not called as their endpoint is.
    pub names: Vec<SourceName>,
    /// The person said that an address without encryption is meant.
    pub unencrypted: bool,
    /// The keychain keeps a token for it.
    pub token: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceName {
    /// Of a folder of snapshots, or of an experiment.
    pub name: String,
    /// Of the endpoint, or of the model.
    pub endpoint: String,
}

/// The sources of the open profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDriftSources {}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftSources {
    pub profile: String,
    pub sources: Vec<DriftSource>,
}

/// What a person typed of a source. A token goes one way: it never comes back.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDraft {
    pub address: String,
    pub names: Vec<SourceName>,
    /// A token, or `name:password`. `None` keeps the one that the keychain has.
    pub token: Option<String>,
    /// [`UNENCRYPTED`], where the address is not encrypted.
    pub typed: Option<String>,
}

impl std::fmt::Debug for SourceDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceDraft").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Keeps a source of the open profile, in place of one with the same address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveDriftSource {
    pub draft: SourceDraft,
}

/// Forgets a source of the open profile, and its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveDriftSource {
    pub address: String,
}

/// Reads a first page of a source, saved or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryDriftSource {
    pub draft: SourceDraft,
}

/// What was found there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceTrial {
    /// `5 folders with snapshots`, or why there is nothing.
    pub words: String,
    pub found: Vec<SourceFound>,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFound {
    /// Of the folder or experiment.
    pub name: String,
    pub endpoint: String,
    /// Of the newest report, where a first page tells it.
    pub newest: Option<Timestamp>,
}

/// Opens the system's dialog for a folder of runs. `None` if the person chose none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickRunFolder {}

/// An endpoint or model that a source follows, by the row's `schedule`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFollowed {
    pub place: String,
    pub days: u32,
    /// Whose values are drawn over time.
    pub feature: Option<String>,
    pub offset_minutes: i32,
    /// In pixels.
    pub width: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowedView {
    pub row: MonitorRow,
    /// What of the row's source it is: the address in Settings.
    pub source: String,
    /// What the tool counted itself: `9 of 24 features, 37.5 %; it calls the data drifted from 50 %`.
    pub dataset: Option<String>,
    /// Features by how far beyond their threshold they are, over time.
    pub map: Option<Chart>,
    /// Of the newest report, the furthest beyond its threshold first.
    pub features: Vec<FollowedFeature>,
    /// Values of the feature that was asked for.
    pub over_time: Option<Chart>,
    /// Newest first.
    pub reports: Vec<FollowedReport>,
    /// Schedules of Model Monitor that compare columns of the same endpoint.
    pub schedules: Vec<String>,
    pub notices: Vec<Notice>,
}

/// One side of a comparison: what was measured, and on which side of what drift lies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TestSide {
    /// `Kolmogorov-Smirnov p-value`.
    pub method: String,
    pub value: Option<f64>,
    pub threshold: Option<f64>,
    /// `drift below 0.05`; `None` where the method is not known, so that no verdict is.
    pub rule: Option<String>,
    pub drifted: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowedFeature {
    pub name: String,
    pub test: TestSide,
    /// Reports in which it drifted, of those that were read.
    pub drifted_reports: u32,
    pub reason: String,
}

/// A snapshot, or a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowedReport {
    pub at: Timestamp,
    /// S3 URI, address or path.
    pub place: String,
    /// Features that drifted, of so many.
    pub drifted: Option<(u32, u32)>,
    /// Why it cannot be used.
    pub trouble: Option<String>,
}

/// Model Monitor beside another tool on the same endpoint: do they agree, feature by feature?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAgreement {
    pub schedule: String,
    pub days: u32,
    /// Whose distances are drawn; `None` is the first of the list.
    pub feature: Option<String>,
    pub offset_minutes: i32,
    pub width: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementView {
    /// What is compared with Model Monitor, by the `schedule` of its row; empty if nothing follows the endpoint.
    pub others: Vec<(String, Origin)>,
    /// `21 of 24 features agree on 2026-11-21`.
    pub words: String,
    /// Those on which the tools differ first.
    pub rows: Vec<AgreementRow>,
    /// Both distances of one feature over time, in thresholds.
    pub chart: Option<Chart>,
    /// The feature of the chart.
    pub feature: Option<String>,
    pub notices: Vec<Notice>,
}

/// What two tools say of a feature on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Agreed {
    /// Only Model Monitor calls it drifted.
    MonitorOnly,
    /// Only the other tool does.
    OtherOnly,
    /// One of them does not say.
    Unknown,
    Both,
    Neither,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementRow {
    pub feature: String,
    pub origin: Origin,
    /// Of the newest day that both have.
    pub agreed: Agreed,
    pub monitor: TestSide,
    pub other: TestSide,
    /// Days on which both say something, and on how many they say the same.
    pub days: u32,
    pub same: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> SourcePlace {
        SourcePlace::read(text).unwrap()
    }

    #[test]
    fn a_prefix_may_say_where_the_endpoint_stands() {
        for (text, shown) in [
            ("s3://ml-monitoring/evidently", "s3://ml-monitoring/evidently/"),
            ("s3://ml-monitoring/evidently/{endpoint}/", "s3://ml-monitoring/evidently/"),
            (" s3://b-1/teams/{endpoint}/evidently ", "s3://b-1/teams/{endpoint}/evidently/"),
            ("s3://bucket", "s3://bucket/"),
        ] {
            assert_eq!(read(text).to_string(), shown);
            assert_eq!(read(shown), read(text), "what is kept reads as what was typed");
        }
        assert_eq!(SourcePlace::read("s3://B/x"), Err(SourceError::Bucket));
        assert_eq!(SourcePlace::read("s3://bucket/a-{endpoint}/"), Err(SourceError::Pattern));
        assert_eq!(SourcePlace::read("s3://bucket/{endpoint}/{endpoint}/"), Err(SourceError::Pattern));
    }

    #[test]
    fn an_address_is_what_a_browser_shows_without_its_page() {
        assert_eq!(read("https://ml.example.com/mlflow/#/experiments/3").to_string(), "https://ml.example.com/mlflow");
        assert_eq!(read("http://127.0.0.1:5000/").to_string(), "http://127.0.0.1:5000");
        assert_eq!(read("https://m.example/api/2.0/mlflow").to_string(), "https://m.example");
        assert_eq!(read("https://m.example//api/2.0/mlflow/").to_string(), "https://m.example");
        assert_eq!(SourcePlace::read("https://me:secret@ml.example.com"), Err(SourceError::Credentials));
        for wrong in ["https://", "https:///x", "http://a b", "https://m:port", "https://m/\u{e9}"] {
            assert_eq!(SourcePlace::read(wrong), Err(SourceError::Address), "{wrong}");
        }
    }

    #[test]
    fn only_this_computer_needs_no_encryption() {
        for local in ["http://localhost:5000", "http://127.0.0.1", "http://[::1]:80/x", "http://ml.localhost"] {
            assert!(!read(local).is_unencrypted(), "{local}");
        }
        for other in ["http://10.0.0.1:5000", "http://localhost.example.com", "http://127.0.0.1.example.com"] {
            assert!(read(other).is_unencrypted(), "{other}");
        }
        assert!(!read("https://ml.example.com").is_unencrypted());
    }

    #[test]
    fn a_server_of_sagemaker_is_named_by_its_arn() {
        let arn = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/team";
        assert!(matches!(read(arn), SourcePlace::Managed { region, is_app: false, .. } if region == "eu-west-1"));
        let app = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-AB12";
        assert!(matches!(read(app), SourcePlace::Managed { is_app: true, .. }));
        for wrong in ["arn:aws:s3:::b", "arn:aws:sagemaker:eu-west-1:1:endpoint/x", "arn:aws:sagemaker::1:mlflow-app/x"]
        {
            assert_eq!(SourcePlace::read(wrong), Err(SourceError::Arn), "{wrong}");
        }
    }

    #[test]
    fn a_folder_is_an_absolute_path() {
        assert_eq!(read("/data/mlruns/"), SourcePlace::Folder { path: "/data/mlruns".into() });
        assert_eq!(read("~/mlruns").to_string(), "~/mlruns");
        assert_eq!(read("C:\\mlruns").origin(), Origin::Mlflow);
        assert_eq!(SourcePlace::read("mlruns"), Err(SourceError::Unknown));
        assert_eq!(SourcePlace::read("ftp://x"), Err(SourceError::Unknown));
    }

    #[test]
    fn a_token_is_not_shown() {
        let draft = SourceDraft { token: Some("dapi-canary".into()), ..SourceDraft::default() };
        assert!(!format!("{:?}", SaveDriftSource { draft }).contains("canary"));
    }
}
