//! Every failure of a call, mapped once from the SDK's nested errors.

use crate::{bound::TooLong, guard::Refused};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use aws_types::request_id::RequestId as _;
use contract::facts::Missing;
use std::error::Error;

/// Which call failed: the API's name and the IAM action that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub name: &'static str,
    pub action: &'static str,
}

impl Call {
    pub const fn new(name: &'static str, action: &'static str) -> Self {
        Self { name, action }
    }
}

/// Why a call failed, sorted by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// Credentials are missing, expired or not accepted.
    #[error("{message}")]
    SignIn { message: String, request_id: Option<String> },
    /// The permission is missing (403).
    #[error("{} was refused: {message}", call.name)]
    Denied { call: Call, message: String, request_id: Option<String> },
    /// 404 and its like.
    #[error("{}: {message}", call.name)]
    NotFound { call: Call, code: String, message: String, request_id: Option<String> },
    /// A condition did not hold (412, 409): the object changed meanwhile.
    #[error("{}: {message}", call.name)]
    Changed { call: Call, message: String, request_id: Option<String> },
    /// A repeated try was refused by its condition: the try before it, whose answer was lost, may have been done.
    #[error("{}: {message}", call.name)]
    Repeated { call: Call, message: String, request_id: Option<String> },
    /// The service answers, but not now (503, throttling).
    #[error("{}: {message}", call.name)]
    Busy { call: Call, message: String, request_id: Option<String> },
    /// No answer: no network, wrong endpoint, time-out.
    #[error("{} got no answer: {message}", call.name)]
    Unreachable { call: Call, message: String },
    /// Any other answer of the service.
    #[error("{} failed with {code} ({status}): {message}", call.name)]
    Service { call: Call, status: u16, code: String, message: String, request_id: Option<String> },
    /// The answer could not be understood.
    #[error("{}: the answer cannot be read: {message}", call.name)]
    Unreadable { call: Call, message: String },
    /// The guard does not allow writing (any more).
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
    /// The configuration cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// Writing a file on this computer failed.
    #[error("the file cannot be written")]
    File(#[source] std::io::Error),
}

const EXPIRED: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "AuthFailure",
];

const BUSY: &[&str] = &[
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "InternalError",
    "503",
];

/// What JSON services answer with 400 where S3 answers 404.
const ABSENT: &[&str] = &[
    "EntityNotFoundException",
    "ExecutionDoesNotExist",
    "ResourceNotFoundException",
    "ResourceNotFoundFault",
    "ResourceNotFound",
    "RepositoryNotFoundException",
    "ImageNotFoundException",
    "ClusterNotFoundException",
    "NoSuchBucket",
    "NoSuchKey",
];

const CHANGED: &[&str] = &["PreconditionFailed", "ConditionalRequestConflict", "OperationAborted"];

impl AwsError {
    /// Maps an SDK error of `call`.
    pub fn from_sdk<E>(call: Call, error: SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        if let Some(credentials) = find::<CredentialsError>(&error) {
            return Self::SignIn { message: DisplayErrorContext(credentials).to_string(), request_id: None };
        }
        if let Some(long) = find::<TooLong>(&error) {
            return Self::Unreadable { call, message: long.to_string() };
        }
        let request_id = error.request_id().map(str::to_owned);
        match &error {
            // The SDK counts an answer of success that it cannot parse among the service's errors.
            SdkError::ServiceError(service)
                if service.raw().status().is_success() && service.err().code().is_none() =>
            {
                Self::Unreadable { call, message: innermost(&error) }
            }
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let code = service.err().code().unwrap_or_default().to_owned();
                let message = service
                    .err()
                    .message()
                    .filter(|text| !text.is_empty())
                    .map_or_else(|| words(status, &code), str::to_owned);
                Self::from_answer(call, status, code, message, request_id)
            }
            SdkError::ResponseError(response) => {
                Self::Unreadable { call, message: format!("status {}", response.raw().status().as_u16()) }
            }
            SdkError::ConstructionFailure(_) => Self::Configuration(DisplayErrorContext(&error).to_string()),
            _ => Self::Unreachable { call, message: innermost(&error) },
        }
    }

    fn from_answer(call: Call, status: u16, code: String, message: String, request_id: Option<String>) -> Self {
        match (status, code.as_str()) {
            (_, code) if EXPIRED.contains(&code) => Self::SignIn { message: format!("{message} ({code})"), request_id },
            (412 | 409, _) if status == 412 || CHANGED.contains(&code.as_str()) => {
                Self::Changed { call, message, request_id }
            }
            (403, _)
            | (_, "AccessDenied" | "AccessDeniedException" | "AccessDeniedFault" | "UnauthorizedOperation") => {
                Self::Denied { call, message, request_id }
            }
            (404, _) => Self::NotFound { call, code, message, request_id },
            (_, known) if ABSENT.contains(&known) => Self::NotFound { call, code, message, request_id },
            (429 | 503, _) => Self::Busy { call, message, request_id },
            (_, known) if BUSY.contains(&known) => Self::Busy { call, message, request_id },
            _ => Self::Service { call, status, code, message, request_id },
        }
    }

    /// The service's id of the failed request.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::SignIn { request_id, .. }
            | Self::Denied { request_id, .. }
            | Self::NotFound { request_id, .. }
            | Self::Changed { request_id, .. }
            | Self::Repeated { request_id, .. }
            | Self::Busy { request_id, .. }
            | Self::Service { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether this is the service's word that a thing or its configuration does not exist.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// SageMaker calls a name that it does not know a wrong value, and says what it means in words alone.
    pub(crate) fn or_absent(self) -> Self {
        const WORDS: [&str; 4] = ["not found", "Could not find", "does not exist", "do not exist"];
        match self {
            Self::Service { call, code, message, request_id, .. }
                if WORDS.iter().any(|words| message.contains(words)) =>
            {
                Self::NotFound { call, code, message, request_id }
            }
            other => other,
        }
    }

    /// The failure as a missing fact.
    pub fn missing(&self, call: Call) -> Missing {
        Missing {
            action: call.action.to_owned(),
            denied: matches!(self, Self::Denied { .. }),
            reason: self.to_string(),
        }
    }
}

fn words(status: u16, code: &str) -> String {
    match status {
        403 => "access denied".to_owned(),
        404 => "not found".to_owned(),
        405 => "not allowed on a delete marker".to_owned(),
        412 => "the condition did not hold".to_owned(),
        _ if code.is_empty() => format!("status {status}"),
        _ => format!("{code}, status {status}"),
    }
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        current = error.source();
    }
    None
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::operation::get_bucket_versioning::GetBucketVersioningError;
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn an_execution_that_was_deleted_is_absent() {
        let call = Call::new("GetExecutionHistory", "states:GetExecutionHistory");
        let answer = |code: &str| AwsError::from_answer(call, 400, code.to_owned(), String::new(), None);
        assert!(answer("ExecutionDoesNotExist").is_absent());
        assert!(!answer("ValidationException").is_absent());
    }

    #[test]
    fn a_success_that_cannot_be_parsed_is_no_error_of_the_service() {
        let call = Call::new("GetBucketVersioning", "s3:GetBucketVersioning");
        let answer = HttpResponse::new(200.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(GetBucketVersioningError::unhandled("invalid root"), answer);
        let mapped = AwsError::from_sdk(call, error);
        assert_eq!(mapped.to_string(), "GetBucketVersioning: the answer cannot be read: invalid root");
    }
}
