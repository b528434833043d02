//! MLflow's REST interface (2.0), for reading: experiments, runs, the history of a metric.
//!
//! An own server is asked with a token or without; one that SageMaker runs is signed with the profile's credentials for
//! the service `sagemaker-mlflow` and named by its ARN in a header, as AWS's own plugin `sagemaker-mlflow` does it. The
//! requests go through the SDK's HTTP connector, which follows no redirect: a token goes to the server that the person
//! named, and to no other. Answers are handed over as bytes; the crate `models` reads them.

use crate::{AwsError, Session};
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningParams, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_http_client::default_connector;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector},
    identity::Identity,
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::{base64, body::SdkBody, byte_stream::ByteStream, error::display::DisplayErrorContext};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::{
    sync::OnceLock,
    time::{Duration, SystemTime},
};

/// Runs and experiments of a page.
const PAGE: u32 = 1_000;
/// Bytes of an answer at most.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
/// For one answer, with its body.
const LIMIT: Duration = Duration::from_secs(30);
/// Tries of a call that is throttled.
const TRIES: u32 = 3;
/// A server that asks for a longer pause is left alone.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Characters of what a server says of an error.
const SAID: usize = 300;
/// What stays as it is in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Why there is no answer. None of them holds a token.
#[derive(Debug, thiserror::Error)]
pub enum MlflowError {
    /// 401.
    #[error("MLflow at {server} does not accept this token: {message}")]
    Unauthorized { server: String, message: String },
    /// 403.
    #[error("MLflow at {server} refused {call}: {message}")]
    Denied { server: String, call: &'static str, message: String },
    /// 404.
    #[error("MLflow at {server}: {message}")]
    NotFound { server: String, message: String },
    /// 429 and 503, after some tries. `after` is what the server asks for.
    #[error("MLflow at {server} asks to slow down")]
    Busy { server: String, after: Option<Duration> },
    #[error("MLflow at {server} gives no answer: {message}")]
    Unreachable { server: String, message: String },
    /// The answer is none of MLflow's.
    #[error("{server} does not answer as MLflow does: {message}")]
    Unreadable { server: String, message: String },
    /// Any other answer.
    #[error("MLflow at {server} failed with status {status}: {message}")]
    Service { server: String, status: u16, message: String },
    /// Credentials for one that SageMaker runs.
    #[error(transparent)]
    Aws(#[from] AwsError),
}

/// How a request says who asks.
#[derive(Debug, Clone)]
enum Entry {
    Open,
    /// A token, or `name:password`.
    Secret(SecretString),
    Signed {
        session: Session,
        region: String,
        arn: String,
        header: &'static str,
    },
}

/// One MLflow. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Server {
    connector: SharedHttpConnector,
    /// Without a slash at its end.
    root: String,
    entry: Entry,
}

impl Server {
    /// An own server by its address, without a slash at its end.
    ///
    /// # Errors
    /// [`AwsError::Configuration`] if the program was built without TLS.
    pub fn at(url: &str, token: Option<SecretString>) -> Result<Self, MlflowError> {
        let entry = token.map_or(Entry::Open, Entry::Secret);
        Ok(Self { connector: connector()?, root: url.to_owned(), entry })
    }

    /// One that SageMaker runs.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn managed(session: &Session, arn: &str, region: &str, is_app: bool) -> Result<Self, MlflowError> {
        let connector = connector()?;
        Ok(Self::signed(connector, session, arn, region, is_app))
    }

    fn signed(connector: SharedHttpConnector, session: &Session, arn: &str, region: &str, is_app: bool) -> Self {
        let (root, header) = if is_app {
            (format!("https://mlflow.sagemaker.{region}.app.aws"), "x-sm-mlflow-app-arn")
        } else {
            (format!("https://{region}.experiments.sagemaker.aws"), "x-mlflow-sm-tracking-server-arn")
        };
        let entry = Entry::Signed { session: session.clone(), region: region.to_owned(), arn: arn.to_owned(), header };
        Self { connector, root, entry }
    }

    /// A page of experiments that are not deleted.
    ///
    /// # Errors
    /// See [`MlflowError`].
    pub async fn experiments_page(&self, token: Option<&str>) -> Result<Vec<u8>, MlflowError> {
        let body = json!({ "max_results": PAGE, "view_type": "ACTIVE_ONLY" });
        self.ask("experiments/search", Some(paged(body, token))).await
    }

    /// A page of runs that are not deleted, the newest first, of some experiments; `filter` in MLflow's language.
    ///
    /// # Errors
    /// See [`MlflowError`].
    pub async fn runs_page(
        &self,
        experiments: &[String],
        filter: &str,
        token: Option<&str>,
    ) -> Result<Vec<u8>, MlflowError> {
        let body = json!({
            "experiment_ids": experiments, "filter": filter, "max_results": PAGE, "run_view_type": "ACTIVE_ONLY",
            "order_by": ["attributes.start_time DESC"],
        });
        self.ask("runs/search", Some(paged(body, token))).await
    }

    /// A page of all values of one metric of a run.
    ///
    /// # Errors
    /// See [`MlflowError`].
    pub async fn history_page(&self, run: &str, metric: &str, token: Option<&str>) -> Result<Vec<u8>, MlflowError> {
        let encoded = |text: &str| utf8_percent_encode(text, QUERY).to_string();
        let mut call =
            format!("metrics/get-history?run_id={}&metric_key={}&max_results={PAGE}", encoded(run), encoded(metric));
        if let Some(token) = token {
            call.push_str("&page_token=");
            call.push_str(&encoded(token));
        }
        self.ask(&call, None).await
    }

    /// `call` is the path below the interface's root. With a body it is a POST.
    async fn ask(&self, call: &str, body: Option<Value>) -> Result<Vec<u8>, MlflowError> {
        let body = body.map(|body| body.to_string().into_bytes());
        let mut tries = 1;
        loop {
            let answered = tokio::time::timeout(LIMIT, self.once(call, body.as_deref())).await;
            let error = match answered {
                Ok(Ok(bytes)) => return Ok(bytes),
                Ok(Err(error)) => error,
                Err(_) => self.unreachable(format!("none within {} seconds", LIMIT.as_secs())),
            };
            let MlflowError::Busy { after, .. } = &error else { return Err(error) };
            let pause = after.unwrap_or(Duration::from_millis(400) * tries);
            if tries == TRIES || pause > LONGEST_PAUSE {
                return Err(error);
            }
            tries += 1;
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, call: &str, body: Option<&[u8]>) -> Result<Vec<u8>, MlflowError> {
        let request = self.request(call, body).await?;
        let response = self.connector.call(request).await;
        let response = response.map_err(|error| self.unreachable(innermost(&error)))?;
        let status = response.status().as_u16();
        let after = response.headers().get("retry-after").and_then(|text| text.trim().parse().ok());
        let bytes = self.bytes(response).await?;
        if (200..300).contains(&status) {
            return self.checked(bytes);
        }
        Err(self.refusal(status, call, after.map(Duration::from_secs), &bytes))
    }

    async fn request(&self, call: &str, body: Option<&[u8]>) -> Result<HttpRequest, MlflowError> {
        let uri = format!("{}/api/2.0/mlflow/{call}", self.root);
        let method = if body.is_some() { "POST" } else { "GET" };
        let bytes = body.unwrap_or_default();
        let mut request = HttpRequest::new(SdkBody::from(bytes.to_vec()));
        let wrong = |_| self.unreadable("the address cannot be used");
        request.set_uri(uri.as_str()).map_err(wrong)?;
        request.set_method(method).map_err(wrong)?;
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        match &self.entry {
            Entry::Open => {}
            Entry::Secret(secret) => headers.push(("authorization".to_owned(), authorization(secret.expose_secret()))),
            Entry::Signed { session, region, arn, header } => {
                headers.push(((*header).to_owned(), arn.clone()));
                let signed = signature(session, region, (method, uri.as_str()), &headers, bytes).await?;
                headers.extend(signed);
            }
        }
        for (name, value) in headers {
            // The value may be a secret, so it is in no error.
            request
                .headers_mut()
                .try_insert(name, value)
                .map_err(|_| self.unreadable("the token has characters that no header has"))?;
        }
        Ok(request)
    }

    /// The body, unless it is too long.
    async fn bytes(&self, response: HttpResponse) -> Result<Vec<u8>, MlflowError> {
        let too_long = || self.unreadable(&format!("it sends more than {} MB", MOST_BYTES / 1024 / 1024));
        let length: Option<u64> = response.headers().get("content-length").and_then(|text| text.trim().parse().ok());
        if length.is_some_and(|length| length > MOST_BYTES) {
            return Err(too_long());
        }
        let mut body = ByteStream::new(response.into_body());
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.map_err(|error| self.unreachable(error.to_string()))?);
            if bytes.len() as u64 > MOST_BYTES {
                return Err(too_long());
            }
        }
        Ok(bytes)
    }

    /// What MLflow answers is a JSON object. A sign-in page answers with success too.
    fn checked(&self, bytes: Vec<u8>) -> Result<Vec<u8>, MlflowError> {
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Ok(bytes),
            Some(b'<') => Err(self.unreadable(
                "it answers with a web page. Check the address; perhaps it asks to sign in first, or the path is missing",
            )),
            Some(_) => Err(self.unreadable("the answer is no JSON object")),
            None => Err(self.unreadable("the answer is empty")),
        }
    }

    fn refusal(&self, status: u16, call: &str, after: Option<Duration>, bytes: &[u8]) -> MlflowError {
        let server = self.root.clone();
        let told = serde_json::from_slice::<Value>(bytes).ok();
        let of = |name: &str| told.as_ref().and_then(|told| told.get(name)).and_then(Value::as_str);
        let code = of("error_code").unwrap_or_default();
        let said = of("message").or_else(|| of("Message")).unwrap_or_default();
        let said: String = said.chars().filter(|sign| !sign.is_control()).take(SAID).collect();
        let or = |words: &str| if said.is_empty() { words.to_owned() } else { said.clone() };
        match status {
            401 => MlflowError::Unauthorized { server, message: or("it asks who you are") },
            403 => MlflowError::Denied { server, call: operation(call), message: or("access denied") },
            404 if code == "ENDPOINT_NOT_FOUND" || told.is_none() => {
                let message = format!(
                    "it has no {} of the REST interface 2.0. Check the address; MLflow older than 1.27 cannot be read",
                    operation(call)
                );
                MlflowError::NotFound { server, message }
            }
            404 => MlflowError::NotFound { server, message: or("not found") },
            429 | 503 => MlflowError::Busy { server, after },
            300..=399 => self
                .unreadable(&format!("it sends elsewhere ({status}), perhaps to sign in. Give the address behind it")),
            _ => MlflowError::Service { server, status, message: or("it does not say why") },
        }
    }

    fn unreachable(&self, message: impl Into<String>) -> MlflowError {
        MlflowError::Unreachable { server: self.root.clone(), message: message.into() }
    }

    fn unreadable(&self, message: &str) -> MlflowError {
        MlflowError::Unreadable { server: self.root.clone(), message: message.to_owned() }
    }
}

/// The name of a call, without what it asks for.
fn operation(call: &str) -> &'static str {
    match call.split('?').next().unwrap_or_default() {
        "experiments/search" => "experiments/search",
        "runs/search" => "runs/search",
        _ => "metrics/get-history",
    }
}

fn paged(mut body: Value, token: Option<&str>) -> Value {
    if let (Some(map), Some(token)) = (body.as_object_mut(), token) {
        map.insert("page_token".to_owned(), Value::from(token));
    }
    body
}

/// MLflow's own accounts are asked for by name and password, everything in front of it by a token.
fn authorization(secret: &str) -> String {
    if secret.contains(':') { format!("Basic {}", base64::encode(secret)) } else { format!("Bearer {secret}") }
}

/// The headers of a signature (Signature Version 4).
async fn signature(
    session: &Session,
    region: &str,
    (method, uri): (&str, &str),
    headers: &[(String, String)],
    body: &[u8],
) -> Result<Vec<(String, String)>, AwsError> {
    let unsigned = |error: &(dyn std::error::Error + 'static)| {
        AwsError::Configuration(format!("the request to MLflow cannot be signed: {}", DisplayErrorContext(error)))
    };
    let identity: Identity = session.credentials().await?.into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sagemaker-mlflow")
        .time(SystemTime::from(session.now()))
        .settings(settings)
        .build()
        .map_err(|error| unsigned(&error))?;
    let params = SigningParams::from(params);
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new(method, uri, pairs, SignableBody::Bytes(body));
    let signable = signable.map_err(|error| unsigned(&error))?;
    let (instructions, _) = sign(signable, &params).map_err(|error| unsigned(&error))?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// One for all servers, so that connections are used again.
fn connector() -> Result<SharedHttpConnector, AwsError> {
    static ONE: OnceLock<Option<SharedHttpConnector>> = OnceLock::new();
    let made = ONE.get_or_init(|| {
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(LIMIT).build();
        default_connector(&settings, None)
    });
    made.clone().ok_or_else(|| AwsError::Configuration("this program was built without TLS".to_owned()))
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}

#[cfg(test)]
mod tests;
