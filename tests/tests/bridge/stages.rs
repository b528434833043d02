//! Stages of Spark runs from their event logs: skew, spill and garbage, who was slow and where its log is, and why there
//! are none.

use super::jobs::{adhoc, nightly, one};
use anyhow::{Context as _, Result, anyhow};
use contract::{
    jobs::{CloseStages, HomeId, JobId, ReadStages, Stages, StagesEvent, State, stages::Ailment},
    logs::LogView,
};
use tests::bridge::{Core, Touch, on_estate};

fn clicks() -> HomeId {
    HomeId::Cluster("j-2FLEETCL1CKS7".into())
}

/// Reads the stages and waits until all is read.
pub fn read(core: &Core, id: &JobId) -> Result<Stages> {
    let (reply, channel) = core.stream(&ReadStages { id: id.clone() })?;
    let first = reply.map_err(|fault| anyhow!("{fault:?}"))?;
    if first.complete {
        return Ok(first);
    }
    channel.wait("the stages", |event| match event {
        StagesEvent::Progress { .. } => None,
        StagesEvent::Read(read) => Some(Ok(Stages::clone(read))),
        StagesEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
    })?
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_skewed_run_says_which_task_was_slow_and_where_its_log_is() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let run = one(core, clicks(), "clicks-by-session", &State::Succeeded)?;
        let stages = read(core, &run.id)?;
        assert_eq!(stages.absent, None);
        assert_eq!((stages.rows.len(), stages.files.len()), (4, 2), "two rolled parts: {:?}", stages.files);
        assert!(stages.spark.as_deref().is_some_and(|version| version.starts_with("3.5.1")), "{:?}", stages.spark);

        let worst = &stages.rows[0];
        assert_eq!((worst.id, worst.tasks, worst.failed), (2, 64, 0));
        assert!(worst.ratio_tenths() > Some(200), "twenty times the median: {worst:?}");
        assert!(worst.ailments.contains(&Ailment::Skew) && worst.stragglers == 1, "{worst:?}");
        let found: Vec<Ailment> = stages.findings.iter().map(|finding| finding.ailment).collect();
        assert_eq!(found, [Ailment::Skew, Ailment::Spill, Ailment::Garbage]);
        let skew = &stages.findings[0];
        assert!(skew.title.starts_with("Stage 2 is skewed"), "{}", skew.title);
        assert!(skew.settings.iter().any(|setting| setting.key == "spark.sql.adaptive.skewJoin.enabled"));
        let cores = stages.findings[2].settings.iter().find(|setting| setting.key == "spark.executor.cores");
        let cores = cores.context("fewer cores for the garbage")?;
        assert_eq!((cores.current.as_deref(), cores.value.as_deref()), (Some("4"), Some("2")));

        // The straggler leads to the log of the very container that it ran in.
        let slowest = skew.slowest.as_ref().context("a slowest task")?;
        assert_eq!(slowest, &worst.slow[0]);
        let log = slowest.log.as_ref().context("the log of its executor")?;
        assert!(log.contains("/containers/application_") && log.ends_with("stderr.gz"), "{log}");
        let state = core.open_one(log)?;
        assert!(!core.log_rows(&state, LogView::Lines)?.is_empty());

        // What is over and was read whole is not read again.
        let (again, _) = core.stream(&ReadStages { id: run.id.clone() })?;
        assert!(again.map_err(|fault| anyhow!("{fault:?}"))?.complete);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_run_of_emr_serverless_has_stages_and_lost_executors() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let run = one(core, adhoc(), "basket-affinity", &State::Failed)?;
        let stages = read(core, &run.id)?;
        assert_eq!(stages.absent, None);
        let log = stages.rows[0].slow[0].log.as_ref().context("the log of an executor")?;
        let executor = &stages.rows[0].slow[0].executor;
        assert!(log.contains(&format!("SPARK_EXECUTOR/{executor}/")), "{log} is not of executor {executor}");
        assert!(stages.rows.iter().any(|row| row.failure.is_some()), "the last stage failed");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn why_there_are_no_stages_is_said() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let told = |home: HomeId, name: &str| -> Result<String> {
            let stages = read(core, &one(core, home, name, &State::Failed)?.id)?;
            let absent = stages.absent.with_context(|| format!("{name} has {} stages", stages.rows.len()))?;
            Ok(format!("{}: {}", absent.title, absent.text))
        };
        let on_cluster = told(nightly(), "price-list")?;
        assert!(
            on_cluster.contains("hdfs:///var/log/spark/apps") && on_cluster.contains("spark.eventLog.dir"),
            "{on_cluster}"
        );
        let managed = told(adhoc(), "report-without-logs")?;
        assert!(managed.contains("GetDashboardForJobRun"), "{managed}");
        let none = told(adhoc(), "price-list")?;
        assert!(none.starts_with("No event log:"), "{none}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_reading_that_is_closed_can_be_begun_again() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let run = one(core, clicks(), "clicks-by-session", &State::Succeeded)?;
        let (first, _) = core.stream(&ReadStages { id: run.id.clone() })?;
        let first = first.map_err(|fault| anyhow!("{fault:?}"))?;
        core.ask(&CloseStages { reading: first.reading })?;
        core.ask(&CloseStages { reading: first.reading })?;
        let second = read(core, &run.id)?;
        assert_eq!((second.complete, second.rows.len()), (true, 4));
        Ok(())
    })
}
