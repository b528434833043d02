//! The window reloads: its sets and streams go, its operations go on.

use crate::executions::still;
use anyhow::Result;
use contract::{
    Code,
    objects::OpenEntries,
    operations::{OperationState, RunOperation, WatchOperations},
    restore::Pick,
    sets::{ReadRows, SetEvent},
};
use serde_json::json;
use std::{thread, time::Duration};
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_reload_closes_sets_and_stops_reading() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.fault(json!({ "action": "ListObjectsV2" }), 200, json!({ "delay_ms": 50 }))?;
        let request = OpenEntries { bucket: "lake-raw".into(), prefix: "data/events/".into(), deleted: true };
        let (state, channel) = core.stream(&request)?;
        let set = state.expect("open").set;
        channel
            .wait("the first rows", |event| matches!(event, SetEvent::Grew(state) if state.total > 0).then_some(()))?;
        core.reload();
        assert_eq!(core.fault(&ReadRows { set, from: 0, to: 10 })?.code, Code::Gone);
        let mark = estate.mark()?;
        // The page that was asked for before comes to its end.
        let heard = still("what is heard", || Ok(channel.events()?.len()))?;
        still("the estate", || estate.mark())?;
        thread::sleep(Duration::from_millis(500));
        let more = estate.calls("ListObjectsV2", mark)?.len() + estate.calls("ListObjectVersions", mark)?.len();
        assert!(more <= 1, "{more} requests after nobody looked any more");
        assert_eq!(channel.events()?.len(), heard, "nothing is reported to a window that is gone");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn operations_go_on_when_the_window_reloads() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (_, old) = core.stream(&WatchOperations {})?;
        let plan = core.plan("lake-raw", "data/in/daily_sales.csv", Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 1, json!({ "delay_ms": 500 }))?;
        let id = core.ask(&RunOperation { plan: plan.id, typed: None })?;
        core.reload();
        let before = old.events()?.len();
        let (list, new) = core.stream(&WatchOperations {})?;
        let list = list.expect("watching").operations;
        assert_eq!(
            list.iter().map(|row| (&row.id, row.state)).collect::<Vec<_>>(),
            [(&id, OperationState::Running)],
            "the new page finds it"
        );
        new.wait("the end", |event| (event.operation.state == OperationState::Succeeded).then_some(()))?;
        assert_eq!(old.events()?.len(), before, "the old page hears no more");
        Ok(())
    })
}
