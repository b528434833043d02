//! The pipeline's two ends: replication tasks and serverless replications of DMS, and statements of the Redshift Data API.
//!
//! What always holds: each call is paced, one page is one call, and facts come back as the service says them. The one call
//! that is more than a question to the service is the query for load errors, see [`warehouse::load_errors`].

pub mod replication;
pub mod serverless;
pub mod warehouse;

use crate::{AwsError, Call};
use aws_sdk_databasemigration::types::Filter;

/// Counts of the SDK have a sign; -1 stands for none yet.
fn count<T: TryInto<u64>>(number: T) -> u64 {
    number.try_into().unwrap_or(0)
}

/// Of DMS: what has this value.
fn by(name: &str, value: &str) -> Result<Filter, AwsError> {
    Filter::builder().name(name).values(value).build().map_err(|error| AwsError::Configuration(error.to_string()))
}

/// The service answers with an empty list where it has none.
fn none(call: Call, message: String) -> AwsError {
    AwsError::NotFound { call, code: "ResourceNotFoundFault".into(), message, request_id: None }
}
