//! The only crate that names an AWS SDK type.
//!
//! A [`Session`] is a profile in a region: its credentials, its clients (one S3 client per region, reused, because the
//! clock-skew correction lives in them) and its [`Guard`]. Functions that read take the session; functions that write
//! take a [`WritePermit`] as well, which only the guard makes, so a read-only session cannot write by construction.
//! Everything comes back as plain facts of `contract`; every failure as one [`AwsError`].
//!
//! Tested against a real AWS-compatible server over HTTP, not against a fake of itself; what no such server offers is
//! replayed in the shapes that the API's reference documents.

mod bound;
mod capture;
pub mod ends;
mod error;
pub mod events;
pub mod executions;
mod guard;
pub mod jobs;
pub mod logs;
pub mod mlflow;
pub mod models;
pub mod objects;
pub mod pace;
pub mod pages;
pub mod permissions;
pub mod profiles;
mod session;
mod time;
pub mod trail;
#[cfg(test)]
mod wire;

pub use error::{AwsError, Call};
pub use guard::{Confirmation, Guard, Refused, UNLOCK_FOR, WritePermit};
pub use objects::ListedVersions;
pub use session::{AccessKeys, Session, SessionSpec};
