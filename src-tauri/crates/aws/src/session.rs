//! A profile in a region: credentials, clients, guard.

use crate::{
    AwsError, Call, Guard,
    pace::{Api, Pacer},
    profiles::Configured,
};
use aws_config::{BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials as _, SharedCredentialsProvider},
};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{config_bag::ConfigBag, error::display::DisplayErrorContext};
use contract::{
    Timestamp,
    session::{Identity, ProfileSource, SessionInfo},
};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicI64, atomic::Ordering},
    time::{Duration, SystemTime},
};
use tokio::sync::OnceCell;

/// Keys from the system keychain.
#[derive(Debug, Clone)]
pub struct AccessKeys {
    pub access_key_id: SecretString,
    pub secret_access_key: SecretString,
    pub session_token: Option<SecretString>,
}

/// What a session is opened from.
#[derive(Debug, Clone)]
pub struct SessionSpec {
    pub profile: Configured,
    /// Overrides the profile's region.
    pub region: Option<String>,
    /// Set for a profile of the keychain.
    pub keys: Option<AccessKeys>,
    pub guard: Arc<Guard>,
}

/// A profile in a region. Cheap to clone; clones share clients, caches and the guard.
#[derive(Debug, Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    profile: Configured,
    region: String,
    config: SdkConfig,
    guard: Arc<Guard>,
    clock: Arc<Clock>,
    s3: Mutex<HashMap<String, aws_sdk_s3::Client>>,
    sfn: Mutex<HashMap<String, aws_sdk_sfn::Client>>,
    pacer: Pacer,
    bucket_regions: Mutex<HashMap<String, String>>,
    own_buckets: Mutex<HashSet<String>>,
    identity: OnceCell<Identity>,
    signing: Signing,
}

/// Credentials for requests that no client signs, and until when they are used. No log shows their keys.
#[derive(Default)]
struct Signing(tokio::sync::Mutex<Option<(Credentials, SystemTime)>>);

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signing")
    }
}

/// Credentials that do not say when they end are asked for again after this.
const KEPT: Duration = Duration::from_mins(15);
/// Credentials are asked for again so long before they end.
const EARLY: Duration = Duration::from_mins(1);

const GET_CALLER_IDENTITY: Call = Call::new("GetCallerIdentity", "sts:GetCallerIdentity");

impl Session {
    /// Prepares clients. Touches the network only where a credential source does.
    pub async fn open(spec: SessionSpec) -> Result<Self, AwsError> {
        let region = spec.region.or_else(|| spec.profile.region.clone()).unwrap_or_else(|| "us-east-1".to_owned());
        let mut loader =
            aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.clone())).timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(5))
                    .read_timeout(Duration::from_mins(1))
                    .build(),
            );
        match (&spec.keys, spec.profile.source) {
            (Some(keys), _) => {
                let credentials = Credentials::new(
                    keys.access_key_id.expose_secret(),
                    keys.secret_access_key.expose_secret(),
                    keys.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
                    None,
                    "keychain",
                );
                // The shared files must not lend a keychain profile their endpoints or roles. (No file at all would panic.)
                loader = loader
                    .credentials_provider(SharedCredentialsProvider::new(credentials))
                    .profile_files(EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "").build());
            }
            (None, ProfileSource::Environment) => {}
            (None, _) => loader = loader.profile_name(&spec.profile.name),
        }
        let config = loader.load().await;
        Ok(Self::over(spec.profile, region, config, spec.guard))
    }

    fn over(profile: Configured, region: String, config: SdkConfig, guard: Arc<Guard>) -> Self {
        Self {
            inner: Arc::new(Inner {
                profile,
                region,
                config,
                guard,
                clock: Arc::default(),
                s3: Mutex::default(),
                sfn: Mutex::default(),
                pacer: Pacer::default(),
                bucket_regions: Mutex::default(),
                own_buckets: Mutex::default(),
                identity: OnceCell::new(),
                signing: Signing::default(),
            }),
        }
    }

    /// A session whose requests go nowhere but to `http`.
    #[cfg(test)]
    pub(crate) fn wired(http: aws_smithy_runtime_api::client::http::SharedHttpClient, guard: Arc<Guard>) -> Self {
        let region = "eu-west-1".to_owned();
        let keys = Credentials::new("AKIAWIRE000000000001", "none", None, None, "wire");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .http_client(http)
            .build();
        let source = ProfileSource::Environment;
        let profile = Configured { name: "wire".to_owned(), region: Some(region.clone()), source, s3_endpoint: None };
        Self::over(profile, region, config, guard)
    }

    pub fn profile(&self) -> &str {
        &self.inner.profile.name
    }

    pub fn source(&self) -> ProfileSource {
        self.inner.profile.source
    }

    pub fn region(&self) -> &str {
        &self.inner.region
    }

    pub fn guard(&self) -> &Arc<Guard> {
        &self.inner.guard
    }

    /// What the window shows of this session.
    pub fn info(&self) -> SessionInfo {
        let now = Timestamp::now();
        SessionInfo {
            profile: self.inner.profile.name.clone(),
            region: self.inner.region.clone(),
            environment: self.inner.guard.environment(),
            mode: self.inner.guard.mode(now),
            unlocked_until: self.inner.guard.unlocked_until(now),
            endpoint: self.inner.profile.s3_endpoint.clone(),
        }
    }

    /// The service's clock, as of its last answer: purge clocks and "as of" must not depend on a laptop's clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Who this is, asked once per session.
    pub async fn identity(&self) -> Result<Identity, AwsError> {
        self.inner
            .identity
            .get_or_try_init(|| async {
                let reply = aws_sdk_sts::Client::new(&self.inner.config)
                    .get_caller_identity()
                    .send()
                    .await
                    .map_err(|error| AwsError::from_sdk(GET_CALLER_IDENTITY, error))?;
                Ok(Identity {
                    account: reply.account().unwrap_or_default().to_owned(),
                    arn: reply.arn().unwrap_or_default().to_owned(),
                    principal: reply.user_id().unwrap_or_default().to_owned(),
                })
            })
            .await
            .cloned()
    }

    /// Credentials for a request that no client signs. They are kept: to ask for them may start a program, call STS or want a
    /// code of the person, and the chain behind `config` does that each time.
    pub(crate) async fn credentials(&self) -> Result<Credentials, AwsError> {
        let mut kept = self.inner.signing.0.lock().await;
        let now = SystemTime::from(self.now());
        if let Some((credentials, until)) = kept.as_ref()
            && *until > now
        {
            return Ok(credentials.clone());
        }
        let wrong = |message: String| AwsError::SignIn { message, request_id: None };
        let provider = self.inner.config.credentials_provider();
        let provider = provider.ok_or_else(|| wrong("the profile has no credentials".to_owned()))?;
        let asked = provider.provide_credentials().await;
        let fresh = asked.map_err(|error| wrong(DisplayErrorContext(&error).to_string()))?;
        let until = fresh.expiry().map_or(now + KEPT, |end| end.checked_sub(EARLY).unwrap_or(end));
        *kept = Some((fresh.clone(), until));
        Ok(fresh)
    }

    /// Waits until a call of this API fits below its quota.
    pub(crate) async fn pace(&self, api: Api) {
        self.inner.pacer.wait(api).await;
    }

    /// For services that are asked in the session's own region, or are the same in every one.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.inner.config
    }

    fn config_in(&self, region: &str) -> SdkConfig {
        self.inner.config.to_builder().region(Region::new(region.to_owned())).build()
    }

    /// The Step Functions client of a region.
    pub(crate) fn sfn_in(&self, region: &str) -> aws_sdk_sfn::Client {
        let mut clients = self.inner.sfn.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region.to_owned()).or_insert_with(|| aws_sdk_sfn::Client::new(&self.config_in(region))).clone()
    }

    pub(crate) fn events_in(&self, region: &str) -> aws_sdk_eventbridge::Client {
        aws_sdk_eventbridge::Client::new(&self.config_in(region))
    }

    pub(crate) fn scheduler_in(&self, region: &str) -> aws_sdk_scheduler::Client {
        aws_sdk_scheduler::Client::new(&self.config_in(region))
    }

    pub(crate) fn cloudwatch_in(&self, region: &str) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.config_in(region))
    }

    pub(crate) fn ecr_in(&self, region: &str) -> aws_sdk_ecr::Client {
        aws_sdk_ecr::Client::new(&self.config_in(region))
    }

    pub(crate) fn ecs_in(&self, region: &str) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.config_in(region))
    }

    pub(crate) fn logs_in(&self, region: &str) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.config_in(region))
    }

    /// The S3 client of a region.
    pub(crate) fn s3_in(&self, region: &str) -> aws_sdk_s3::Client {
        let mut clients = self.inner.s3.lock().unwrap_or_else(PoisonError::into_inner);
        clients
            .entry(region.to_owned())
            .or_insert_with(|| {
                let config = aws_sdk_s3::config::Builder::from(&self.inner.config)
                    .region(Region::new(region.to_owned()))
                    .interceptor(ReadClock(Arc::clone(&self.inner.clock)))
                    // Servers other than AWS seldom answer to a host name per bucket.
                    .force_path_style(
                        self.inner.profile.s3_endpoint.as_deref().is_some_and(|url| !url.contains("amazonaws.com")),
                    )
                    .build();
                aws_sdk_s3::Client::from_conf(config)
            })
            .clone()
    }

    pub(crate) fn known_region(&self, bucket: &str) -> Option<String> {
        self.inner.bucket_regions.lock().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned()
    }

    pub(crate) fn remember_region(&self, bucket: &str, region: &str) {
        let mut regions = self.inner.bucket_regions.lock().unwrap_or_else(PoisonError::into_inner);
        regions.insert(bucket.to_owned(), region.to_owned());
    }

    pub(crate) fn remember_own(&self, bucket: &str) {
        self.inner.own_buckets.lock().unwrap_or_else(PoisonError::into_inner).insert(bucket.to_owned());
    }

    /// The account that must own `bucket`, for `ExpectedBucketOwner`: known only for buckets of the own account.
    pub(crate) async fn expected_owner(&self, bucket: &str) -> Option<String> {
        let own = self.inner.own_buckets.lock().unwrap_or_else(PoisonError::into_inner).contains(bucket);
        if !own {
            return None;
        }
        self.identity().await.ok().map(|identity| identity.account)
    }
}

/// Milliseconds that the service is ahead of this computer.
#[derive(Debug, Default)]
struct Clock(AtomicI64);

impl Clock {
    fn now(&self) -> Timestamp {
        let here = Timestamp::now();
        here.checked_add(SignedDuration::from_millis(self.0.load(Ordering::Relaxed))).unwrap_or(here)
    }
}

#[derive(Debug)]
struct ReadClock(Arc<Clock>);

impl Intercept for ReadClock {
    fn name(&self) -> &'static str {
        "ReadClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let there = context
            .response()
            .headers()
            .get("date")
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .map(|date| date.timestamp());
        if let Some(there) = there {
            let ahead = there.as_millisecond() - Timestamp::now().as_millisecond();
            // The header has whole seconds, so anything below is no difference.
            let ahead = if ahead.abs() < 1_500 { 0 } else { ahead };
            self.0.0.store(ahead, Ordering::Relaxed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::credential_fn::provide_credentials_fn;
    use contract::session::{Environment, Mode};
    use std::sync::atomic::AtomicU64;

    /// A session whose credentials last so long, and how often they were asked for.
    fn lasting(lasts: Option<Duration>) -> (Session, Arc<AtomicU64>) {
        let asked = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&asked);
        let provider = provide_credentials_fn(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            let end = lasts.map(|lasts| SystemTime::now() + lasts);
            std::future::ready(Ok(Credentials::new("AKIAWIRE000000000001", "hidden", None, end, "wire")))
        });
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(provider))
            .build();
        let source = ProfileSource::Environment;
        let profile = Configured { name: "wire".to_owned(), region: None, source, s3_endpoint: None };
        let guard = Guard::new("wire", Environment::Other, Mode::ReadOnly);
        (Session::over(profile, "eu-west-1".to_owned(), config, guard), asked)
    }

    #[tokio::test]
    async fn credentials_are_asked_for_once_while_they_last() {
        for (lasts, wanted) in [(None, 1), (Some(Duration::from_hours(1)), 1), (Some(Duration::from_secs(30)), 3)] {
            let (session, asked) = lasting(lasts);
            for _ in 0..3 {
                session.credentials().await.unwrap();
            }
            assert_eq!(asked.load(Ordering::Relaxed), wanted, "{lasts:?}");
        }
    }

    #[tokio::test]
    async fn no_debug_text_of_a_session_holds_kept_credentials() {
        let (session, _) = lasting(None);
        session.credentials().await.unwrap();
        let shown = format!("{:?}", session.inner.signing);
        assert_eq!(shown, "Signing");
    }
}
