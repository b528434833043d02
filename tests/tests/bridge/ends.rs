//! The pipeline's two ends: DMS tasks and Redshift statements, in their list, one by one, and in an incident.

use crate::{
    executions::executions,
    incident::{follow, incident},
};
use anyhow::{Context as _, Result};
use contract::{
    Code,
    ends::{
        DescribeStatement, DescribeTask, EndId, EndRow, EndState, OpenEnds, OpenTaskTables, ReadLoadErrors, TableRow,
    },
    executions::Status,
    incident::{IncidentTarget, QuotePlace},
    jobs::JobTarget,
    logs::LogView,
    palette::{ResolveTarget, TargetPlace},
    range::Within,
    sets::{Rows, SetState},
};
use serde_json::json;
use tests::bridge::{Core, Touch, on_estate};

/// The seed's statements are up to a week old.
const WEEK: Within = Within::last_hours(24 * 9);
const ORDERS: &str = "arn:aws:dms:eu-west-1:123456789012:task:PRACTICEORDERSCDC";
const SUPPLIERS: &str = "arn:aws:dms:eu-west-1:123456789012:replication-config:PRACTICESUPPLIERSTOLAKE";
const MENU: &str = "arn:aws:dms:eu-west-1:123456789012:replication-config:PRACTICEMENUTOLAKE";

fn open(core: &Core) -> Result<(SetState, Vec<EndRow>)> {
    let state = core.open(&OpenEnds { within: Some(WEEK) })?;
    let rows = core.rows(state.set, |rows| if let Rows::Ends(rows) = rows { Some(rows) } else { None })?;
    Ok((state, rows))
}

fn one(rows: &[EndRow], name: &str) -> Result<EndRow> {
    rows.iter().find(|row| row.name == name).cloned().with_context(|| format!("{name} is not in the list"))
}

fn texts(state: &SetState) -> String {
    state.notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn tasks_and_statements_stand_in_one_list_with_what_is_wrong_first() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let (state, rows) = open(core)?;
        assert_eq!(texts(&state), "");
        let said = |row: &EndRow| row.finding.clone().unwrap_or_default();
        let orders = one(&rows, "orders-cdc")?;
        assert_eq!(orders.state, EndState::Failed);
        assert!(said(&orders).starts_with("DMS task orders-cdc failed "), "{orders:?}");
        assert!(said(&orders).contains("it met a fatal error: Replication task out of memory."), "{orders:?}");
        let tills = one(&rows, "tills-cdc")?;
        assert_eq!(tills.state, EndState::Behind);
        assert!(said(&tills).contains("1 h 11 m behind") && said(&tills).contains("1 table in error"), "{tills:?}");
        assert_eq!(one(&rows, "crm-to-lake")?.state, EndState::Running);
        let over = one(&rows, "loyalty-full-load")?;
        assert_eq!((over.state, over.finding), (EndState::Finished, None), "a full load that is done is no failure");
        let returns = one(&rows, "load-returns")?;
        assert_eq!(returns.state, EndState::Failed);
        assert!(said(&returns).contains("rows do not fit"), "the words of the signature: {returns:?}");
        assert!(said(&one(&rows, "orders-week")?).contains("disk is full"));
        assert!(rows.is_sorted_by_key(|row| row.finding.is_none()), "what is wrong stands first");
        assert!(estate.calls("ExecuteStatement", mark)?.is_empty(), "a list asks no database");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_service_that_is_refused_is_a_notice_and_the_other_shows() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.fault(
            json!({ "action": "DescribeReplicationTasks" }),
            50,
            json!({ "status": 400, "code": "AccessDeniedException" }),
        )?;
        let (state, rows) = open(core)?;
        let told = texts(&state);
        assert!(told.contains("DMS is left out: the permission dms:DescribeReplicationTasks is missing."), "{told}");
        assert!(rows.iter().any(|row| matches!(row.id, EndId::Statement(_))));
        assert!(rows.iter().any(|row| row.id.is_serverless()), "serverless replications are another call");
        let tasks = rows.iter().filter(|row| matches!(row.id, EndId::Task(_)) && !row.id.is_serverless());
        assert_eq!(tasks.count(), 0);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn serverless_replications_stand_beside_tasks() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (state, rows) = open(core)?;
        assert_eq!(texts(&state), "");
        let suppliers = one(&rows, "suppliers-to-lake")?;
        assert_eq!((suppliers.id.clone(), suppliers.state), (EndId::Task(SUPPLIERS.into()), EndState::Failed));
        let said = suppliers.finding.clone().unwrap_or_default();
        assert!(said.starts_with("DMS serverless replication suppliers-to-lake failed "), "{said}");
        assert!(said.ends_with(": Test connection failed for endpoint suppliers-db."), "{said}");
        let menu = one(&rows, "menu-to-lake")?;
        assert_eq!((menu.state, menu.word.as_str(), menu.finding), (EndState::Running, "running", None));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_serverless_replication_says_what_it_runs_on_how_far_behind_it_is_and_why_it_failed() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let menu = core.ask(&DescribeTask { arn: MENU.into() })?;
        let latency = menu.latency.context("its metrics are found by the id of its configuration")?;
        assert!(latency.target.is_some_and(|seconds| seconds < 60), "{latency:?}");
        assert_eq!(menu.runs_on.as_deref(), Some("serverless, 4 DCU"));
        assert_eq!((menu.does.as_str(), menu.writes.as_deref()), ("changes", Some("s3://lake-raw/cdc/")));
        let work = menu.log.context("what it does is logged")?;
        assert!(work.address.starts_with("dms-serverless-replication-PRACTICEMENUTOLAKE:dms-serverless-serv-res-id-"));
        assert!(menu.notices.is_empty(), "{:?}", menu.notices);

        let failed = core.ask(&DescribeTask { arn: SUPPLIERS.into() })?;
        assert_eq!(failed.failure.as_deref(), Some("Test connection failed for endpoint suppliers-db."));
        assert_eq!((failed.latency, failed.runs_on.as_deref()), (None, Some("serverless")));
        let first = failed.findings.first().context("the connection")?;
        assert_eq!(first.signature, "dms.connect");
        let log = failed.log.context("its states are logged")?;
        assert!(
            log.name.starts_with("dms-serverless-replication-orchestrator-"),
            "it did not come to its work: {log:?}"
        );
        let line = first.evidence.iter().find(|line| line.at.is_some()).context("a line of the log")?;
        assert!(line.text.contains("'replication_state':'failed'"), "{line:?}");
        assert!(failed.commands.iter().any(|(_, command)| command.contains("describe-replications")));

        let state = core.open(&OpenTaskTables { arn: SUPPLIERS.into() })?;
        let tables: Vec<TableRow> =
            core.rows(state.set, |rows| if let Rows::Tables(rows) = rows { Some(rows) } else { None })?;
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["public.suppliers_header", "public.suppliers_lines", "public.suppliers_notes"]);
        let gone = core.fault(&DescribeTask { arn: SUPPLIERS.replace("SUPPLIERS", "NOBODY") })?;
        assert_eq!(gone.code, Code::NotFound);
        assert!(gone.detail.contains("serverless replication"), "{gone:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn serverless_replications_that_cannot_be_listed_are_a_notice_and_tasks_show() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "DescribeReplications" }), 50, refused)?;
        let (state, rows) = open(core)?;
        let told = texts(&state);
        let notice = "DMS Serverless is left out: the permission dms:DescribeReplications is missing.";
        assert!(told.contains(notice), "{told}");
        assert_eq!(one(&rows, "orders-cdc")?.state, EndState::Failed);
        assert!(rows.iter().all(|row| !row.id.is_serverless()));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_task_says_how_far_behind_it_is_and_which_tables_are_in_error() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (_, rows) = open(core)?;
        let EndId::Task(arn) = one(&rows, "tills-cdc")?.id else { panic!("tills-cdc is a task") };
        let tills = core.ask(&DescribeTask { arn: arn.clone() })?;
        let latency = tills.latency.context("it is measured")?;
        assert!(latency.target > latency.source && latency.target > Some(4_000), "{latency:?}");
        assert_eq!((tills.load.errored, tills.does.as_str()), (1, "changes"));
        assert_eq!(tills.writes.as_deref(), Some("s3://lake-raw/cdc/"));
        let first = tills.findings.first().context("its table is in error")?;
        assert_eq!(first.signature, "dms.table-error", "not the connection that was lost last week");
        let log = tills.log.clone().context("it has a log")?;
        let place = first.evidence.iter().find_map(|line| QuotePlace::in_stream(line, &log));
        assert!(place.is_some_and(|place| place.address.ends_with(":dms-task-PRACTICETILLSCDC")), "{first:?}");
        let state = core.open(&OpenTaskTables { arn })?;
        let tables: Vec<TableRow> =
            core.rows(state.set, |rows| if let Rows::Tables(rows) = rows { Some(rows) } else { None })?;
        assert_eq!((tables[0].name.as_str(), tables[0].bad, tables[0].refused), ("public.till_events", true, 41));
        assert!(tables.iter().skip(1).all(|table| !table.bad));

        let orders = core.ask(&DescribeTask { arn: "orders-cdc".into() })?;
        assert_eq!(orders.row.id, EndId::Task(ORDERS.into()), "a name is enough");
        assert_eq!(orders.stop.as_deref(), Some("it met a fatal error"));
        assert_eq!(orders.findings.first().map(|first| first.signature.as_str()), Some("dms.memory"));
        let gone = core.fault(&DescribeTask { arn: "nobody".into() })?;
        assert_eq!(gone.code, Code::NotFound);
        let odd = core.fault(&DescribeTask { arn: "no task".into() })?;
        assert_eq!(odd.code, Code::BadInput);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn the_log_of_a_task_says_why_it_failed_and_opens_at_the_line() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let orders = core.ask(&DescribeTask { arn: ORDERS.into() })?;
        let log = orders.log.context("it has a log")?;
        assert_eq!(log.address, "dms-tasks-lake-feeder:dms-task-PRACTICEORDERSCDC");
        assert!(log.whole, "it is short");
        let first = orders.findings.first().context("the memory")?;
        let said = first.evidence.iter().find(|line| line.at.is_some()).context("a line of the log")?;
        assert!(said.text.contains("]E:") && said.text.contains("ran out of memory"), "{said:?}");
        let line = QuotePlace::in_stream(said, &log).and_then(|place| place.line).context("it counts")?;
        let state = core.open_one(&log.address)?;
        let rows = core.log_rows(&state, LogView::Lines)?;
        let row = &rows[usize::try_from(line)?];
        assert!(row.text.contains("ran out of memory"), "the reader counts alike: {row:?}");
        assert!(state.errors >= 2, "levels of DMS are known: {}", state.errors);
        assert!(orders.notices.is_empty(), "{:?}", orders.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn why_a_task_has_no_log_is_said() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let off = core.ask(&DescribeTask { arn: "loyalty-full-load".into() })?;
        assert_eq!(off.log, None);
        let told: Vec<&str> = off.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(told.iter().any(|text| text.contains("Logging.EnableLogging is off")), "{told:?}");

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetLogEvents" }), 50, refused)?;
        let orders = core.ask(&DescribeTask { arn: ORDERS.into() })?;
        let told: Vec<&str> = orders.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(told.iter().any(|text| text.contains("the permission logs:GetLogEvents is missing")), "{told:?}");
        assert_eq!(
            orders.findings.first().map(|first| first.signature.as_str()),
            Some("dms.memory"),
            "the service says it"
        );
        assert!(orders.log.is_some(), "where it is, is known");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn load_errors_are_read_when_they_are_asked_for_and_lead_to_the_file() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (_, rows) = open(core)?;
        let EndId::Statement(id) = one(&rows, "load-returns")?.id else { panic!("load-returns is a statement") };
        let mark = estate.mark()?;
        let told = core.ask(&DescribeStatement { id: id.clone() })?;
        assert_eq!(told.source.as_deref(), Some("s3://lake-raw/data/in/daily_sales_returns.csv"));
        assert_eq!(told.place.as_deref(), Some("workgroup warehouse"));
        let reading = told.errors.context("it may have load errors")?;
        assert!(!reading.free && reading.sets_off.contains("woken"), "{reading:?}");
        assert!(estate.calls("ExecuteStatement", mark)?.is_empty(), "nobody asked yet");
        let read = core.ask(&ReadLoadErrors { statement: id })?;
        assert_eq!(estate.calls("ExecuteStatement", mark)?.len(), 1);
        let row = read.rows.first().context("a row was refused")?;
        assert_eq!((row.file.as_str(), row.line), ("s3://lake-raw/data/in/daily_sales_returns.csv", 350));
        let object = row.object.clone().context("the version that was loaded")?;
        assert_eq!((object.key.as_str(), object.current), ("data/in/daily_sales_returns.csv", true));
        assert_eq!(read.findings.first().map(|first| first.signature.as_str()), Some("redshift.load-row"));

        let EndId::Statement(grant) = one(&rows, "grant-readers")?.id else { panic!("grant-readers is a statement") };
        assert_eq!(core.ask(&DescribeStatement { id: grant.clone() })?.errors, None, "it loads nothing");
        let refused = core.fault(&ReadLoadErrors { statement: grant })?;
        assert!(refused.detail.contains("Only a COPY"), "{refused:?}");
        assert_eq!(estate.calls("ExecuteStatement", mark)?.len(), 1, "and nothing was sent for it");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_incident_names_the_row_that_did_not_fit_and_the_version_that_was_loaded() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let incident = incident(core, "prices-load", Status::Failed)?;
        let load = incident.ends.first().with_context(|| format!("no load: {:?}", incident.notices))?;
        assert!(load.confidence > 90 && load.asks.is_none(), "{load:?}");
        let errors = load.errors.as_ref().context("a cluster is asked without asking a person")?;
        let row = errors.rows.first().context("a row was refused")?;
        assert!(row.reason.starts_with("Invalid digit"), "{row:?}");
        let loaded = row.object.as_ref().context("the version that was loaded")?;
        assert!(!loaded.current, "the list was stored again since: {loaded:?}");
        let quoted = load.evidence.iter().any(|quote| quote.line.text.contains("price_list.csv line 1"));
        assert!(quoted, "{:?}", load.evidence);
        let cause = incident.cause.as_ref().context("no cause")?;
        assert!(cause.title.contains("Invalid digit") && cause.confidence.is_some(), "{cause:?}");
        let input = incident.inputs.iter().find(|input| input.key == "data/in/price_list.csv");
        let input = input.context("what it loaded is what it read")?;
        assert_eq!(input.read.version_id, loaded.version_id);
        let target = incident.chain.last().and_then(|link| link.target.clone());
        assert!(matches!(target, Some(IncidentTarget::End(EndId::Statement(_)))), "{:?}", incident.chain);
        let moment = incident.timeline.iter().find(|moment| moment.source == "Redshift").context("on its clock")?;
        assert!(moment.failure && moment.text.contains("Invalid digit"), "{moment:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_incident_wakes_no_workgroup() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let incident = incident(core, "returns-load", Status::Failed)?;
        let load = incident.ends.first().with_context(|| format!("no load: {:?}", incident.notices))?;
        assert!(load.errors.is_none(), "{load:?}");
        assert!(load.asks.as_deref().is_some_and(|asks| asks.contains("workgroup warehouse")), "{load:?}");
        assert!(load.title.contains("rows do not fit"), "{load:?}");
        assert!(estate.calls("ExecuteStatement", mark)?.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_task_that_stopped_explains_an_input_that_did_not_come() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let incident = incident(core, "orders-changes", Status::Failed)?;
        let told: Vec<_> = incident.ends.iter().map(|one| (one.id.clone(), one.confidence)).collect();
        assert_eq!(told, [(EndId::Task(ORDERS.into()), 85)], "{:?}", incident.notices);
        let task = &incident.ends[0];
        assert!(task.text.contains("s3://lake-raw/cdc/public/orders/"), "{task:?}");
        assert!(task.evidence.iter().any(|quote| quote.line.text.contains("out of memory")), "{task:?}");
        let place = task.evidence.iter().find_map(|quote| quote.place.clone()).context("a line of its log")?;
        assert_eq!((place.address.as_str(), place.job), ("dms-tasks-lake-feeder:dms-task-PRACTICEORDERSCDC", None));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_serverless_replication_that_failed_explains_an_input_that_did_not_come() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let row = executions(core, "orders-changes")?
            .into_iter()
            .find(|row| row.name.starts_with("suppliers-"))
            .context("the run that read what suppliers-to-lake writes")?;
        let incident = follow(core, row.arn)?;
        let told: Vec<_> = incident.ends.iter().map(|one| (one.id.clone(), one.confidence)).collect();
        assert_eq!(told, [(EndId::Task(SUPPLIERS.into()), 85)], "{:?}", incident.notices);
        let replication = &incident.ends[0];
        assert!(replication.text.contains("s3://lake-raw/cdc/public/suppliers_header/"), "{replication:?}");
        let quoted = |name: &str| replication.evidence.iter().any(|quote| quote.line.fact.as_deref() == Some(name));
        assert!(quoted("FailureMessages"), "{replication:?}");
        let place = replication.evidence.iter().find_map(|quote| quote.place.clone()).context("a line of its log")?;
        assert!(place.address.starts_with("dms-serverless-replication-PRACTICESUPPLIERSTOLAKE:"), "{place:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_pasted_task_or_statement_leads_to_its_page() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let place = |text: &str| -> Result<TargetPlace> {
            let found = core.ask(&ResolveTarget { text: text.into() })?;
            Ok(found.targets.first().with_context(|| format!("{text} leads nowhere"))?.place.clone())
        };
        assert_eq!(place(ORDERS)?, TargetPlace::Job(JobTarget::End(EndId::Task(ORDERS.into()))));
        assert_eq!(place(SUPPLIERS)?, TargetPlace::Job(JobTarget::End(EndId::Task(SUPPLIERS.into()))));
        let (_, rows) = open(core)?;
        let returns = one(&rows, "load-returns")?.id;
        assert_eq!(place(returns.own())?, TargetPlace::Job(JobTarget::End(returns.clone())), "a list showed it");
        let command = format!("aws redshift-data describe-statement --id {}", returns.own());
        assert_eq!(place(&command)?, TargetPlace::Job(JobTarget::End(returns)));
        Ok(())
    })
}
