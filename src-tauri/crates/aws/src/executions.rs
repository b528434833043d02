//! Step Functions: machines, executions, histories, Map Runs, the tasks of ECS that states ran, and the three writes.

pub mod clock;
pub mod fired;
pub mod logs;
pub mod machines;
pub mod metrics;
pub mod runs;
pub mod tasks;
pub mod write;

use crate::Session;

/// The region and account of an ARN of Step Functions: `arn:aws:states:eu-west-1:123456789012:execution:…`.
pub fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// The client of the region that an ARN names.
pub(crate) fn client(session: &Session, arn: &str) -> aws_sdk_sfn::Client {
    session.sfn_in(region_of(arn).unwrap_or_else(|| session.region()))
}
