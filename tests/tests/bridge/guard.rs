//! The guard: what a profile may write, and what it takes to unlock production.

use anyhow::Result;
use contract::{
    Code, Timestamp,
    operations::{OperationState, ResumeOperation, RunOperation},
    plan::{Confirm, Plan, Risk},
    restore::Pick,
    session::{Environment, Mode, OpenProfile, SetEnvironment, SetMode, SetRegion, Unlock},
};
use serde_json::json;
use std::{thread, time::Duration};
use tests::bridge::{Core, Touch, on_estate, restore_folder};

const SALES: &str = "data/in/daily_sales.csv";

fn confirm(plan: &Plan, typed: Option<&str>) -> RunOperation {
    RunOperation { plan: plan.id.clone(), typed: typed.map(str::to_owned) }
}

fn unlock(core: &Core, reason: &str) -> Result<()> {
    core.ask(&Unlock { reason: Some(reason.into()) }).map(drop)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_read_only_profile_sends_nothing() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let session = core.ask(&SetMode { profile: "practice".into(), mode: Mode::ReadOnly })?.session.expect("open");
        assert_eq!(session.mode, Mode::ReadOnly);
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        let mark = estate.mark()?;
        let fault = core.fault(&confirm(&plan, Some(&plan.name)))?;
        assert_eq!(fault.code, Code::Guarded, "{fault:?}");
        assert_eq!(estate.mark()?, mark, "not one request");
        core.ask(&SetMode { profile: "practice".into(), mode: Mode::Confirm })?;
        core.succeed(&plan)?;
        let actions: Vec<_> =
            core.audit()?.iter().rev().map(|entry| format!("{} {}", entry.action, entry.result)).collect();
        assert_eq!(actions[..2], ["profile.mode ReadOnly", "profile.mode Confirm"]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn production_is_locked_until_a_reason_is_given_and_asks_for_the_name() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        core.ask(&OpenProfile { name: "practice-prod".into() })?;
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        assert_eq!(
            (plan.place.environment, plan.risk, plan.confirm),
            (Environment::Production, Risk::High, Confirm::TypeName)
        );
        let mark = estate.mark()?;
        let locked = core.fault(&confirm(&plan, Some("daily_sales.csv")))?;
        assert_eq!(locked.code, Code::Guarded);
        assert!(locked.hint.is_some_and(|hint| hint.contains("Unlock")));
        assert_eq!(
            core.fault(&Unlock { reason: Some("  oops ".into()) })?.code,
            Code::BadInput,
            "a reason, not a word"
        );
        assert_eq!(core.fault(&SetMode { profile: "practice-prod".into(), mode: Mode::Confirm })?.code, Code::BadInput);

        let session = core.ask(&Unlock { reason: Some("INC-4711 truncated upload".into()) })?.session.expect("open");
        let until = session.unlocked_until.expect("for a while").as_second() - Timestamp::now().as_second();
        assert!(session.mode == Mode::Confirm && (880..=900).contains(&until), "15 minutes, not {until} s");
        for typed in [None, Some(""), Some("daily_sales"), Some("DAILY_SALES.CSV")] {
            assert_eq!(core.fault(&confirm(&plan, typed))?.code, Code::Guarded, "{typed:?}");
        }
        assert_eq!(estate.mark()?, mark, "nothing was sent so far");
        core.succeed(&plan)?;

        let session = core.ask(&Unlock { reason: None })?.session.expect("open");
        assert_eq!((session.mode, session.unlocked_until), (Mode::ReadOnly, None));
        let again = core.plan("lake-raw", SALES, Pick::Previous)?;
        assert_eq!(core.fault(&confirm(&again, Some("daily_sales.csv")))?.code, Code::Guarded);
        let audit: Vec<_> =
            core.audit()?.iter().rev().map(|entry| (entry.action.clone(), entry.result.clone())).collect();
        let actions: Vec<_> = audit.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["session.unlock", "restore.run", "restore.done", "session.lock"]);
        assert!(audit[0].1.contains("INC-4711 truncated upload"), "{}", audit[0].1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn switching_profiles_neither_unlocks_nor_locks() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-prod".into() })?;
        unlock(core, "INC-4711 truncated upload")?;
        let session = core.ask(&OpenProfile { name: "practice".into() })?.session.expect("open");
        assert_eq!(session.unlocked_until, None);
        let session = core.ask(&OpenProfile { name: "practice-prod".into() })?.session.expect("open");
        assert!(session.unlocked_until.is_some());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn calling_a_profile_production_locks_it() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        let production = SetEnvironment { profile: "practice".into(), environment: Some(Environment::Production) };
        let session = core.ask(&production)?.session.expect("open");
        assert_eq!((session.environment, session.mode), (Environment::Production, Mode::ReadOnly));
        assert_eq!(core.fault(&confirm(&plan, Some(&plan.name)))?.code, Code::Guarded, "also for a plan made before");
        unlock(core, "INC-4711 truncated upload")?;
        assert_eq!(core.fault(&confirm(&plan, None))?.code, Code::Guarded, "and the name is asked for now");
        let session =
            core.ask(&SetEnvironment { profile: "practice".into(), environment: None })?.session.expect("open");
        assert_eq!((session.environment, session.mode), (Environment::Other, Mode::Confirm), "back to the guess");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_audit_log_has_the_region_of_the_profile_that_was_changed() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&SetRegion { region: "eu-north-1".into() })?;
        let production = SetEnvironment { profile: "practice-prod".into(), environment: Some(Environment::Production) };
        core.ask(&production)?;
        core.ask(&SetMode { profile: "practice".into(), mode: Mode::ReadOnly })?;
        let audit = core.audit()?;
        let told: Vec<_> = audit.iter().rev().map(|entry| (entry.profile.as_str(), entry.region.as_str())).collect();
        assert_eq!(told, [("practice-prod", "eu-west-1"), ("practice", "eu-north-1")]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn locking_stops_a_running_operation_which_can_be_resumed() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        core.ask(&OpenProfile { name: "practice-prod".into() })?;
        unlock(core, "INC-4711 deleted folder")?;
        let plan = core.ask(&restore_folder("lake-raw", "data/archive/2026/10/", Pick::Previous))?;
        estate.fault(json!({ "action": "DeleteObject" }), 31, json!({ "delay_ms": 500 }))?;
        let id = core.ask(&confirm(&plan, Some("lake-raw")))?;
        while estate.fired()? == 0 {
            thread::sleep(Duration::from_millis(10));
        }
        core.ask(&Unlock { reason: None })?;
        let receipt = core.ended(&id)?;
        assert_eq!(receipt.operation.state, OperationState::Interrupted, "{}", receipt.operation.note);
        assert!(
            receipt.operation.steps_done < 31 && receipt.operation.note.contains("locked"),
            "{}",
            receipt.operation.note
        );
        let resume = |typed: &str| ResumeOperation { operation: id.clone(), typed: Some(typed.into()) };
        assert_eq!(core.fault(&resume("lake-raw"))?.code, Code::Guarded);
        unlock(core, "INC-4711 the rest of it")?;
        assert_eq!(core.fault(&resume("lake"))?.code, Code::Guarded, "a resumed operation is confirmed again");
        core.ask(&resume("lake-raw"))?;
        let receipt = core.ended(&id)?;
        assert_eq!((receipt.operation.state, receipt.operation.steps_done), (OperationState::Succeeded, 31));
        Ok(())
    })
}
