//! Pacing: calls whose quota the account shares with production are spread over time.
//!
//! A token bucket for each API and session. Sizes and refills lie well below the smallest quota of any region, so that
//! what runs there keeps most of it ("AWS Step Functions Developer Guide, Service quotas, API action throttling").

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// An API with a bucket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// 100 at once, 2 a second in most regions.
    ListExecutions,
    /// 250 at once, 10 a second.
    DescribeExecution,
    /// 400 at once, 20 a second.
    GetExecutionHistory,
    /// 800 at once, 150 a second.
    StartExecution,
    /// 800 at once, 150 a second.
    RedriveExecution,
    /// All reads of EMR: 5 to 10 at once for most, and a total that nobody publishes ("Amazon EMR service quotas").
    Emr,
    EmrServerless,
    EmrEks,
    Glue,
    Lambda,
    /// SageMaker limits each of its calls by itself, and publishes no number: by the name of the call.
    SageMaker(&'static str),
    /// FilterLogEvents: 5 to 10 a second ("CloudWatch Logs quotas").
    FilterLogEvents,
    DescribeLogStreams,
    /// StartQuery, GetQueryResults and their like: 5 a second or more each.
    Insights,
    DescribeLogGroups,
    /// All reads of DMS: 200 at once, 8 a second for the whole account ("Quotas for AWS DMS, API request throttling").
    Dms,
    /// LookupEvents: 2 a second for the account ("Quotas in AWS CloudTrail").
    CloudTrail,
    /// Lists and descriptions of the Data API: 10 to 100 a second ("Quotas for the Amazon Redshift Data API").
    RedshiftData,
    /// DescribeImages: no number is published, and those of other calls of ECR are hundreds a second ("Amazon ECR
    /// service quotas").
    Ecr,
    /// DescribeTasks and DescribeTaskDefinition: 50 at once or more, 20 a second each ("Amazon ECS request throttling").
    Ecs,
}

impl Api {
    /// Calls at once, calls a second.
    fn limits(self) -> (f64, f64) {
        match self {
            Self::ListExecutions => (60.0, 1.5),
            Self::DescribeExecution => (120.0, 6.0),
            Self::GetExecutionHistory => (200.0, 12.0),
            Self::StartExecution | Self::RedriveExecution => (50.0, 25.0),
            Self::Emr => (20.0, 2.0),
            Self::EmrServerless | Self::EmrEks | Self::SageMaker(_) => (40.0, 4.0),
            Self::Glue | Self::Lambda | Self::DescribeLogStreams => (60.0, 5.0),
            Self::Insights | Self::DescribeLogGroups => (20.0, 4.0),
            Self::FilterLogEvents => (20.0, 3.0),
            Self::CloudTrail => (2.0, 1.0),
            Self::Dms => (40.0, 3.0),
            Self::RedshiftData => (40.0, 5.0),
            Self::Ecr => (60.0, 10.0),
            Self::Ecs => (20.0, 5.0),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// The buckets of one session, each made when its API is first called.
#[derive(Debug, Default)]
pub(crate) struct Pacer(Mutex<HashMap<Api, Bucket>>);

impl Pacer {
    /// Waits until a call fits.
    pub async fn wait(&self, api: Api) {
        let wait = self.take(api, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes one call out of the bucket, into debt if need be: the debt is the wait, so callers queue up fairly.
    fn take(&self, api: Api, now: Instant) -> Duration {
        let (size, refill) = api.limits();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(api).or_insert(Bucket { left: size, at: now });
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * refill;
        bucket.left = (bucket.left + gained).min(size) - 1.0;
        bucket.at = now;
        Duration::from_secs_f64((-bucket.left / refill).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_through_and_then_calls_wait_their_turn() {
        let pacer = Pacer::default();
        let start = Instant::now();
        for _ in 0..60 {
            assert_eq!(pacer.take(Api::ListExecutions, start), Duration::ZERO);
        }
        let waits: Vec<_> = (0..3).map(|_| pacer.take(Api::ListExecutions, start).as_millis()).collect();
        assert_eq!(waits, [666, 1333, 2000], "1.5 calls a second");
        assert_eq!(pacer.take(Api::DescribeExecution, start), Duration::ZERO, "another API has its own bucket");
        let later = start + Duration::from_mins(5);
        assert_eq!(pacer.take(Api::ListExecutions, later), Duration::ZERO, "it fills up again");
    }

    #[test]
    fn each_call_of_sagemaker_has_its_own_bucket() {
        let (pacer, start) = (Pacer::default(), Instant::now());
        for _ in 0..40 {
            assert_eq!(pacer.take(Api::SageMaker("DescribeEndpoint"), start), Duration::ZERO);
        }
        assert_eq!(pacer.take(Api::SageMaker("DescribeEndpoint"), start).as_millis(), 250);
        assert_eq!(pacer.take(Api::SageMaker("DescribeModel"), start), Duration::ZERO);
    }

    #[test]
    fn the_ends_of_the_pipeline_are_paced_like_the_rest() {
        let pacer = Pacer::default();
        let start = Instant::now();
        for (api, millis) in [(Api::Dms, 333), (Api::RedshiftData, 200)] {
            for _ in 0..40 {
                assert_eq!(pacer.take(api, start), Duration::ZERO);
            }
            assert_eq!(pacer.take(api, start).as_millis(), millis, "{api:?}");
        }
    }
}
