//! What can go wrong in a use case, and its one conversion into the [`Fault`] that the window acts on.
//!
//! The conversion stands here and not in the shell, because a result set that fails while it is being read, and a step
//! that fails while an operation runs, report faults of their own.

use aws::{AwsError, Refused, mlflow::MlflowError};
use contract::{Code, Fault, session::ProfileSource};
use store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A call failed. `sign_in` is the command that mends expired credentials of this profile.
    #[error("{source}")]
    Aws { source: AwsError, sign_in: String },
    /// An MLflow server did not answer as it should. Never for credentials of AWS.
    #[error(transparent)]
    Mlflow(MlflowError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no profile is chosen")]
    NoProfile,
    /// The core does not hold the thing any more.
    #[error("{0} is not open any more")]
    Gone(&'static str),
    #[error("{0}")]
    BadInput(String),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("{0}")]
    NotFound(String),
    /// A plan that cannot run, or an operation that is not in the state for it.
    #[error("{0}")]
    NotNow(String),
    #[error("the file cannot be written: {0}")]
    File(std::io::Error),
}

/// What mends missing, expired or refused credentials of a profile.
pub fn sign_in_hint(profile: &str, source: ProfileSource) -> String {
    let profile = contract::shell::quote(profile);
    match source {
        ProfileSource::Sso => format!("Run: aws sso login --profile {profile}"),
        ProfileSource::Login => format!("Run: aws login --profile {profile}"),
        ProfileSource::SharedKeys => format!("Run: aws configure --profile {profile}"),
        ProfileSource::AssumeRole | ProfileSource::WebIdentity => {
            format!(
                "Renew the credentials that the role is assumed with, then check with: aws sts get-caller-identity --profile {profile}"
            )
        }
        ProfileSource::Process => format!(
            "Renew what credential_process asks, then check with: aws sts get-caller-identity --profile {profile}"
        ),
        ProfileSource::Environment => {
            "Set fresh AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN and start Quarterdeck again."
                .to_owned()
        }
        ProfileSource::Keychain => "Enter the access keys again in Settings.".to_owned(),
        ProfileSource::Ambient => format!("Run: aws configure sso --profile {profile}"),
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Aws { source, sign_in } => from_aws(&source, &sign_in),
            EngineError::Mlflow(error) => from_mlflow(&error),
            EngineError::Store(error) => {
                let fault = Fault::new(
                    error.code(),
                    "This computer's own data could not be read or written",
                    error.to_string(),
                );
                match error.hint() {
                    Some(hint) => fault.hint(hint),
                    None => fault,
                }
            }
            EngineError::NoProfile => {
                Fault::new(Code::NoProfile, "No profile is chosen", "Choose a profile, or set one up first.")
            }
            EngineError::Gone(what) => {
                Fault::new(Code::Gone, "This is not open any more", format!("The core does not hold {what} any more."))
                    .hint("Refresh the page.")
            }
            EngineError::BadInput(message) => Fault::new(Code::BadInput, "This cannot be used", message),
            EngineError::Refused(refused) => from_refused(&refused),
            EngineError::NotFound(message) => Fault::new(Code::NotFound, "Not found", message),
            EngineError::NotNow(message) => Fault::new(Code::Other, "This cannot be done now", message),
            EngineError::File(error) => Fault::new(Code::BadInput, "The file cannot be written", error.to_string())
                .hint("Choose another folder or name."),
        }
    }
}

fn from_refused(refused: &Refused) -> Fault {
    let hint = match refused {
        Refused::ReadOnly { .. } => "Switch the profile to confirm mode in the badge above.",
        Refused::Locked { .. } => "Unlock it in the badge above; that asks for a reason and lasts 15 minutes.",
        Refused::Typed { .. } => "Type the name exactly as it is shown.",
    };
    Fault::new(Code::Guarded, "The guard does not allow this", refused.to_string()).hint(hint)
}

/// Its own accounts are none of AWS's: nobody is asked to sign in there.
fn from_mlflow(error: &MlflowError) -> Fault {
    let detail = error.to_string();
    match error {
        MlflowError::Unauthorized { .. } => Fault::new(Code::Denied, "MLflow does not accept this token", detail)
            .hint("Give a token, or name:password, in Settings under Drift sources."),
        MlflowError::Denied { .. } => Fault::new(Code::Denied, "MLflow refuses this account", detail)
            .hint("Ask for the right to read its experiments; sagemaker-mlflow:* where SageMaker runs it."),
        MlflowError::NotFound { .. } => Fault::new(Code::NotFound, "Not found", detail),
        MlflowError::Busy { .. } => {
            Fault::new(Code::Unreachable, "MLflow asks to slow down", detail).hint("Wait a moment, then try again.")
        }
        MlflowError::Unreachable { .. } => Fault::new(Code::Unreachable, "No answer", detail)
            .hint("Check the address and the network, then try again."),
        MlflowError::Unreadable { .. } => Fault::new(Code::BadInput, "This is no MLflow", detail),
        MlflowError::Aws(_) | MlflowError::Service { .. } => {
            Fault::new(Code::Other, "MLflow answered with an error", detail)
        }
    }
}

fn from_aws(error: &AwsError, sign_in: &str) -> Fault {
    let detail = error.to_string();
    let fault = match error {
        AwsError::SignIn { .. } => {
            Fault::new(Code::SignIn, "AWS does not accept these credentials", detail).hint(sign_in)
        }
        AwsError::Denied { call, .. } => {
            Fault::new(Code::Denied, format!("The permission {} is missing", call.action), detail)
                .hint(format!("Ask for {} on this resource, or use another profile.", call.action))
        }
        AwsError::NotFound { .. } => Fault::new(Code::NotFound, "Not found", detail),
        AwsError::Changed { .. } => Fault::new(Code::Changed, "It changed since the plan was made", detail)
            .hint("Make the plan again; nothing was written."),
        AwsError::Repeated { .. } => Fault::new(Code::Changed, "It is not clear whether this was done", detail)
            .hint("Look at the object, then make the plan again."),
        AwsError::Busy { .. } => {
            Fault::new(Code::Unreachable, "AWS asks to slow down", detail).hint("Wait a moment, then try again.")
        }
        AwsError::Unreachable { .. } => Fault::new(Code::Unreachable, "No answer", detail)
            .hint("Check the network, the region and the endpoint of the profile, then try again."),
        AwsError::Refused(refused) => return from_refused(refused),
        AwsError::Cancelled => Fault::new(Code::Other, "Stopped", detail),
        AwsError::Configuration(_) => Fault::new(Code::BadInput, "The profile cannot be used", detail)
            .hint("Look at the profile in ~/.aws/config."),
        AwsError::File(error) => Fault::new(Code::BadInput, "The file cannot be written", error.to_string())
            .hint("Choose another folder or name."),
        AwsError::Service { .. } | AwsError::Unreadable { .. } => {
            Fault::new(Code::Other, "AWS answered with an error", detail)
        }
    };
    fault.request_id(error.request_id().map(str::to_owned))
}
