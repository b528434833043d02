//! Around one run: its attempts, the capacity that it had, and whether its cause was there before.

use super::jobs::{adhoc, nightly, one, open};
use anyhow::{Context as _, Result};
use contract::{
    Code,
    jobs::{HomeId, JobId, JobRow, JobsOf, OpenLogFiles, ReadAttempts, ReadCapacity, ReadRecurrence, State},
    sets::Rows,
};
use serde_json::json;
use tests::bridge::{Core, Touch, on_estate};

fn files(core: &Core, id: &JobId) -> Result<Vec<String>> {
    let state = core.open(&OpenLogFiles { id: id.clone() })?;
    let files = core.rows(state.set, |rows| if let Rows::LogFiles(rows) = rows { Some(rows) } else { None })?;
    Ok(files.into_iter().map(|file| file.address).collect())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_run_that_was_tried_again_shows_each_attempt_with_its_own_logs() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, adhoc(), "delivery-costs", &State::Failed)?;
        let all = core.ask(&ReadAttempts { id: failed.id.clone() })?;
        let numbers: Vec<_> = all.rows.iter().map(|row| row.timing.attempt).collect();
        assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
        for row in &all.rows {
            assert!(row.state == State::Failed && row.started.is_some() && row.timing.run > Some(0), "{row:?}");
            assert!(row.reason.is_some() && row.id.own() == failed.id.own(), "{row:?}");
        }
        let oldest = all.rows.last().context("three")?;
        let (first, newest) = (files(core, &oldest.id)?, files(core, &failed.id)?);
        assert!(first.iter().any(|file| file.contains("/attempts/1/SPARK_DRIVER/")), "{first:?}");
        assert!(!first.iter().any(|file| file.contains("/attempts/2/") || file.contains("/attempts/3/")), "{first:?}");
        assert!(newest.iter().any(|file| file.contains("/attempts/3/SPARK_DRIVER/")), "{newest:?}");

        let glue = HomeId::GlueJob("loyalty-history".into());
        let retried = one(core, glue, "loyalty-history", &State::Failed)?;
        let all = core.ask(&ReadAttempts { id: retried.id.clone() })?;
        assert!(all.notices.is_empty(), "{:?}", all.notices);
        let [second, first] = all.rows.as_slice() else { anyhow::bail!("two attempts: {all:?}") };
        assert_eq!((&second.id, second.timing.attempt), (&retried.id, Some(2)));
        assert_eq!(
            (format!("{}_attempt_1", first.id.own()), first.timing.attempt),
            (second.id.own().to_owned(), Some(1))
        );
        // The streams of the retry begin with the name of the first run.
        let (own, other) = (files(core, &first.id)?, files(core, &second.id)?);
        assert!(!own.is_empty() && !own.iter().any(|file| file.contains("_attempt_")), "{own:?}");
        assert!(!other.is_empty() && other.iter().all(|file| file.contains("_attempt_1")), "{other:?}");

        let refused = json!({ "status": 403, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListJobRunAttempts" }), 10, refused)?;
        let fault = core.fault(&ReadAttempts { id: failed.id })?;
        assert_eq!(fault.code, Code::Denied, "{fault:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_capacity_of_a_run_stands_beside_what_it_used() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let of = |id: &JobId| core.ask(&ReadCapacity { id: id.clone() });
        let run = one(core, adhoc(), "delivery-costs", &State::Failed)?;
        let all = of(&run.id)?;
        let vcpu = all.rows.iter().find(|row| row.what == "vCPU").with_context(|| format!("{all:?}"))?;
        assert_eq!(vcpu.maximum.as_deref(), Some("64 vCPU"));
        assert!(vcpu.used.as_deref().unwrap_or_default().ends_with("vCPU on average"), "{vcpu:?}");
        let (_, daily) = open(core, JobsOf::Home(HomeId::Application("00fe6s2r9vq1b30l".into())), None)?;
        let all = of(&daily.first().context("runs")?.id)?;
        let ready = all.rows.iter().find(|row| row.what == "driver workers").with_context(|| format!("{all:?}"))?;
        assert!(ready.configured.as_deref().unwrap_or_default().starts_with("1 kept ready"), "{ready:?}");

        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let all = of(&step.id)?;
        let task = all.rows.iter().find(|row| row.what == "task, r6g.2xlarge").with_context(|| format!("{all:?}"))?;
        let told = (task.configured.as_deref(), task.used.as_deref());
        assert_eq!(told, (Some("2 instances"), Some("1 instance running")), "one was lost");
        assert!(all.rows.iter().any(|row| row.maximum.as_deref() == Some("12 instances")), "{all:?}");

        let glue = one(core, HomeId::GlueJob("price-list".into()), "price-list", &State::Failed)?;
        let all = of(&glue.id)?;
        assert_eq!(all.rows.first().and_then(|row| row.configured.as_deref()), Some("4 workers G.2X"), "{all:?}");

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetManagedScalingPolicy" }), 10, refused)?;
        let part = of(&step.id)?;
        assert!(!part.rows.is_empty(), "{part:?}");
        assert!(part.notices.iter().any(|notice| notice.text.contains("Managed scaling")), "{part:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cause_that_comes_back_is_counted_once_for_each_run() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (_, mut rows) = open(core, JobsOf::Home(HomeId::Application("00fe6s2r9vq1b30l".into())), None)?;
        rows.retain(|row| row.state == State::Failed);
        let newer = rows.first().context("a failed run")?;
        let older = rows.iter().skip(1).find(|row| row.name == newer.name).context("it was tried three times")?;
        let seen = |row: &JobRow| core.ask(&ReadRecurrence { id: row.id.clone(), signature: "test.comes-back".into() });
        let first = seen(older)?;
        assert_eq!((first.times, first.words()), (1, None));
        for _ in 0..2 {
            let again = seen(newer)?;
            assert_eq!((again.times, again.last), (2, older.ended), "{again:?}");
            assert_eq!((again.same, again.changed), (0, 0), "nothing succeeded between them");
        }
        assert_eq!(seen(older)?.times, 1, "what came later is no memory of it");
        Ok(())
    })
}
