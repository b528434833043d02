//! What runs run on: clusters, applications, virtual clusters, jobs and functions.

use super::jobs::{adhoc, kitchens, nightly};
use anyhow::{Context as _, Result};
use contract::{
    Code,
    jobs::{DescribeCluster, HomeId, HomeRow, OpenHomes},
    sets::Rows,
};
use serde_json::json;
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn homes_say_how_they_are() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&OpenHomes {})?;
        let all: Vec<HomeRow> =
            core.rows(state.set, |rows| if let Rows::Homes(rows) = rows { Some(rows) } else { None })?;
        let find = |id: HomeId| all.iter().find(|row| row.id == id).with_context(|| format!("{id:?}"));
        let cluster = find(nightly())?;
        assert_eq!(cluster.release.as_deref(), Some("emr-7.1.0"));
        assert!(cluster.capacity.as_deref().unwrap_or_default().contains("3 r6g.2xlarge"), "{cluster:?}");
        let boot = find(HomeId::Cluster("j-1B0OTFA1LPYAR".into()))?;
        assert_eq!(boot.state.as_deref(), Some("TERMINATED_WITH_ERRORS"));
        assert!(boot.reason.as_deref().unwrap_or_default().contains("bootstrap action 1"), "{boot:?}");
        assert_eq!(find(adhoc())?.capacity.as_deref(), Some("at most 64 vCPU, 256 GB"));
        // One run goes on there: a driver and its executors of 4 vCPU, 16 GB and 20 GB each.
        let in_use = find(adhoc())?.in_use.clone().context("what its workers take")?;
        let workers = in_use.rsplit(", ").next().and_then(|last| last.strip_suffix(" workers"));
        let workers: u64 = workers.with_context(|| in_use.clone())?.parse()?;
        assert!(workers >= 2, "{in_use}");
        let (vcpu, memory, disk) = (workers * 4, workers * 16, workers * 20);
        assert_eq!(in_use, format!("{vcpu} vCPU, {memory} GB, {disk} GB disk, {workers} workers"));
        let stopped = find(HomeId::Application("00fmenum0delst0p".into()))?;
        assert_eq!(stopped.in_use, None, "nothing tells of one that is stopped: {stopped:?}");
        assert!(find(kitchens())?.capacity.as_deref().unwrap_or_default().contains("namespace emr"));
        assert_eq!(find(HomeId::GlueJob("price-list".into()))?.capacity.as_deref(), Some("4 workers G.2X"));
        assert!(all.iter().any(|row| row.id == HomeId::Function("landing-validator".into())));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cluster_names_its_machines_and_what_was_run_on_them_first() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let id = nightly().own().to_owned();
        let nightly = core.ask(&DescribeCluster { cluster: id.clone() })?;
        assert_eq!(nightly.logs.as_deref(), Some("s3://lake-logs/emr/j-2QD8SALESETL/node/"));
        let lost = nightly.instances.first().context("machines")?;
        assert!(lost.ended.is_some() && lost.market.as_deref() == Some("SPOT"), "the lost one first: {lost:?}");
        assert!(lost.reason.as_deref().unwrap_or_default().contains("SpotInstanceTermination"), "{lost:?}");
        assert!(nightly.instances.iter().skip(1).all(|one| one.state == "RUNNING" && one.ready.is_some()));
        let failed = core.ask(&DescribeCluster { cluster: "j-1B0OTFA1LPYAR".into() })?;
        assert!(failed.bootstrap.first().is_some_and(|one| one.script.starts_with("s3://")), "{failed:?}");

        estate.fault(
            json!({ "action": "ListInstances" }),
            10,
            json!({ "status": 400, "code": "AccessDeniedException" }),
        )?;
        let part = core.ask(&DescribeCluster { cluster: id })?;
        assert!(part.instances.is_empty() && !part.bootstrap.is_empty(), "{part:?}");
        assert!(part.notices.iter().any(|notice| notice.text.contains("ListInstances")), "{part:?}");
        let gone = core.fault(&DescribeCluster { cluster: "j-NOBODY0000000".into() })?;
        assert_eq!(gone.code, Code::NotFound);
        Ok(())
    })
}
