//! What went wrong, in a form the window can act on.
//!
//! A [`Code`] exists only if the window does something with it; everything else is words for the person.

use serde::{Deserialize, Serialize};

/// Why a command failed. `title` is one short sentence, `detail` what the service said, `hint` what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub code: Code,
    pub title: String,
    pub detail: String,
    pub hint: Option<String>,
    pub retry: Retry,
    /// The service's request id, for a support case.
    pub request_id: Option<String>,
}

/// What the window acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Code {
    /// No profile is configured or chosen: the window shows the first-run page.
    NoProfile,
    /// Credentials are missing, expired or refused: the window offers to sign in (the hint names the command) and repeats.
    SignIn,
    /// The service refused this call for lack of a permission: the window disables the control and names the action.
    Denied,
    /// The thing does not exist (any more): the window goes back to the list.
    NotFound,
    /// Something changed since the plan was made: the window offers to plan again.
    Changed,
    /// The guard refused: read-only mode, or the confirmation did not match. The window opens the guard's popover.
    Guarded,
    /// What the person typed cannot be used: shown at the field.
    BadInput,
    /// The service did not answer or throttles: the window offers to try again.
    Unreachable,
    /// What is kept for the profile on this computer cannot be read: Settings offer to set it aside and begin anew.
    Unreadable,
    /// A result set, plan or stream that the core no longer holds: the window opens it again.
    Gone,
    /// Anything else: shown with its details.
    Other,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retry {
    Never,
    Backoff,
    SignIn,
}

impl Fault {
    pub fn new(code: Code, title: impl Into<String>, detail: impl Into<String>) -> Self {
        let retry = match code {
            Code::SignIn => Retry::SignIn,
            Code::Unreachable => Retry::Backoff,
            _ => Retry::Never,
        };
        Self { code, title: title.into(), detail: detail.into(), hint: None, retry, request_id: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl std::error::Error for Fault {}

/// Something worth knowing beside a result: what could not be read, what to watch for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    Info,
    Warning,
    /// A plan with such a notice cannot run.
    Refusal,
}

impl Notice {
    pub fn info(text: impl Into<String>) -> Self {
        Self { severity: Severity::Info, text: text.into() }
    }
    pub fn warning(text: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, text: text.into() }
    }
    pub fn refusal(text: impl Into<String>) -> Self {
        Self { severity: Severity::Refusal, text: text.into() }
    }
}
