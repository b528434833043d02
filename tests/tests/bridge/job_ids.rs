//! Where a pasted id leads.

use super::jobs::{adhoc, nightly, one};
use anyhow::{Context as _, Result, ensure};
use contract::{
    jobs::{Engine, FindRun, FoundRun, HomeId, JobId, JobTarget, JudgeLogs, State},
    logs::LogView,
    palette::{ResolveTarget, TargetPlace},
};
use serde_json::json;
use std::{thread, time::Duration};
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_application_of_yarn_is_found_by_the_folder_of_its_containers() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let cluster = nightly().own().to_owned();
        let folder = core.containers_of(&cluster, step.id.own())?;
        let application = folder.trim_end_matches('/').rsplit('/').next().context("its id")?.to_owned();
        let find = |run: String| -> Result<FoundRun> {
            let (found, _events) = core.stream(&FindRun { engine: Engine::Emr, run, confirmed: true, hours: None })?;
            found.map_err(|fault| anyhow::anyhow!("{fault:?}"))
        };
        let found = find(application)?;
        let FoundRun::There(JobTarget::LogPath { uri, job: None }) = &found else { anyhow::bail!("{found:?}") };
        assert!(uri.starts_with(&format!("s3://lake-logs/{folder}")), "{uri}");
        assert!(uri.ends_with("_000001/stderr.gz"), "the driver's: {uri}");
        assert!(core.open_logs(std::slice::from_ref(uri), None)?.0.lines > 0);
        let nobody = find("application_1700000000000_9999".into())?;
        assert!(matches!(nobody, FoundRun::Nowhere { places, .. } if places > 3), "{nobody:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_driver_of_a_later_attempt_is_found_behind_a_thousand_files() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = "application_1700000000000_9998".to_owned();
        let folder = format!("emr/{}/containers/{run}", nightly().own());
        let put = |container: &str| {
            let key = format!("{folder}/container_1700000000000_9998_{container}/stderr.gz");
            estate.put("lake-logs", &key, b"x\n").map(|_| key)
        };
        // Of the first attempt as many as one page lists.
        for number in 1..=1_000 {
            put(&format!("01_{number:06}"))?;
        }
        let driver = put("02_000001")?;
        let (found, _events) = core.stream(&FindRun { engine: Engine::Emr, run, confirmed: true, hours: None })?;
        let found = found.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let uri = format!("s3://lake-logs/{driver}");
        assert_eq!(found, FoundRun::There(JobTarget::LogPath { uri, job: None }));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_id_alone_is_looked_for_where_it_may_be() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let find = |engine: Engine, run: &str| -> Result<FoundRun> {
            let request = FindRun { engine, run: run.to_owned(), confirmed: false, hours: None };
            let (found, _events) = core.stream(&request)?;
            found.map_err(|fault| anyhow::anyhow!("{fault:?}"))
        };
        let mark = estate.mark()?;
        let step = JobId::Step { cluster: nightly().own().into(), step: "s-20005DAILY".into() };
        assert_eq!(find(Engine::Emr, "s-20005DAILY")?, FoundRun::There(JobTarget::Job(step)));
        // Clusters that were asked beside the right one are written down when they answer, also where nobody waits for it.
        let mut asked = 0;
        for _ in 0..10 {
            let before = asked;
            asked = estate.calls("DescribeStep", mark)?.len();
            if asked > 0 && asked == before {
                break;
            }
            thread::sleep(Duration::from_secs(1));
        }
        assert!(asked > 0, "nothing had shown it");
        find(Engine::Emr, "s-20005DAILY")?;
        assert_eq!(estate.calls("DescribeStep", mark)?.len(), asked, "it is known now");

        let FoundRun::Nowhere { places, unread: 0, more: false, .. } = find(Engine::Emr, "s-NOBODY0000000")? else {
            anyhow::bail!("there is no such step")
        };
        assert!(places > 3, "{places}");
        let application = adhoc().own().to_owned();
        let found = find(Engine::EmrServerless, &application)?;
        assert_eq!(found, FoundRun::There(JobTarget::Application(application)));

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetJobRun" }), 3, refused)?;
        let found = find(Engine::Glue, "jr_0000000000")?;
        assert!(matches!(&found, FoundRun::Nowhere { unread: 3, why: Some(why), .. } if !why.is_empty()), "{found:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn pasted_ids_lead_to_jobs_and_logs() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let JobId::Step { cluster, step: own } = &step.id else { anyhow::bail!("a step") };
        let place = |text: &str| -> Result<TargetPlace> {
            let resolved = core.ask(&ResolveTarget { text: text.to_owned() })?;
            let first = resolved.targets.into_iter().next();
            Ok(first.with_context(|| format!("{text}: {:?}", resolved.problem))?.place)
        };
        assert_eq!(place(cluster)?, TargetPlace::Job(JobTarget::Cluster(cluster.clone())));
        assert_eq!(place(own)?, TargetPlace::Job(JobTarget::Job(step.id.clone())), "it was read before");
        assert_eq!(
            place(&format!("step {own} of {cluster} failed"))?,
            TargetPlace::Job(JobTarget::Job(step.id.clone()))
        );
        core.ask(&JudgeLogs { id: step.id.clone() })?;
        let containers = core.containers_of(cluster, own)?;
        let application = containers.trim_end_matches('/').rsplit('/').next().context("an application")?;
        assert_eq!(place(application)?, TargetPlace::Job(JobTarget::Job(step.id.clone())), "its step's log names it");
        let uri = format!("s3://lake-logs/emr/{cluster}/steps/{own}/stderr.gz");
        let resolved = core.ask(&ResolveTarget { text: uri.clone() })?;
        let places: Vec<_> = resolved.targets.into_iter().map(|target| target.place).collect();
        assert_eq!(places[0], TargetPlace::Job(JobTarget::LogPath { uri, job: Some(step.id.clone()) }));
        assert!(matches!(places[1], TargetPlace::Object { .. }), "it is an object too: {places:?}");
        let run = format!("jr_{}", "0".repeat(20));
        assert_eq!(place(&run)?, TargetPlace::Job(JobTarget::GlueRun(run.clone())));
        let retried = one(core, HomeId::GlueJob("loyalty-history".into()), "loyalty-history", &State::Failed)?;
        let JobId::Glue { job, run } = &retried.id else { anyhow::bail!("a run of Glue") };
        assert_eq!(place(run)?, TargetPlace::Job(JobTarget::Job(retried.id.clone())));
        let first = run.split("_attempt_").next().unwrap_or_default();
        let later = JobId::Glue { job: job.clone(), run: format!("{first}_attempt_9") };
        assert_eq!(place(later.own())?, TargetPlace::Job(JobTarget::Job(later.clone())), "no list showed it yet");
        let group = "/aws-glue/jobs/error";
        assert_eq!(place(group)?, TargetPlace::Job(JobTarget::LogGroup(group.into())));
        let object = place("s3://lake-raw/data/in/daily_sales.csv")?;
        ensure!(matches!(object, TargetPlace::Object { .. }), "objects still resolve: {object:?}");
        let link = place("quarterdeck://jobs?job=glue:price-list/jr_0000000000")?;
        ensure!(matches!(link, TargetPlace::Address(_)), "links of our own too: {link:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_request_is_looked_for_in_the_log_groups_of_functions() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let lines = core.log_rows(&core.open_one("/aws/lambda/orders-loader:")?, LogView::Lines)?;
        let request = lines.iter().rev().find_map(|row| row.text.split("START RequestId: ").nth(1));
        let request = request.and_then(|rest| rest.split_whitespace().next()).context("a request")?.to_owned();
        let find = |run: &str, confirmed: bool| -> Result<FoundRun> {
            let hours = Some(30 * 24);
            let request = FindRun { engine: Engine::Lambda, run: run.to_owned(), confirmed, hours };
            let (found, _events) = core.stream(&request)?;
            found.map_err(|fault| anyhow::anyhow!("{fault:?}"))
        };
        let mark = estate.mark()?;
        let FoundRun::Ask { places } = find(&request, false)? else { anyhow::bail!("it is asked for first") };
        assert!(places > 20, "{places}");
        assert!(estate.calls("FilterLogEvents", mark)?.is_empty(), "nothing is read unasked");
        let FoundRun::Logged(found) = find(&request, true)? else { anyhow::bail!("it stands in a log") };
        assert!(found.log.starts_with("/aws/lambda/orders-loader:"), "{found:?}");
        let rows = core.log_rows(&core.open_one(&found.log)?, LogView::Lines)?;
        assert!(rows.iter().any(|row| row.text.contains(&request)), "{request} in {}", found.log);
        let nobody = find("00000000-0000-4000-8000-000000000000", true)?;
        let FoundRun::Unlogged(told) = &nobody else { anyhow::bail!("{nobody:?}") };
        assert_eq!((told.groups, told.hours, told.unread, told.more), (places, 720, 0, false), "{told:?}");
        assert_eq!(told.mention, None);
        Ok(())
    })
}
