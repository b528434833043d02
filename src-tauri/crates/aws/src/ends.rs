//! The pipeline's two ends: replication tasks and serverless replications of DMS, and statements of the Redshift Data API.
//!
//! What always holds: each call is paced, one page is one call, and facts come back as the service says them. The one call
//! that is more than a question to the service is the query for load errors, see [`warehouse::load_errors`].

pub mod replication;
pub mod serverless;
pub mod warehouse;

/// Counts of the SDK have a sign; -1 stands for none yet.
fn count<T: TryInto<u64>>(number: T) -> u64 {
    number.try_into().unwrap_or(0)
}
