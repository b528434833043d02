//! Models: groups in few calls, and what waits with its gates.

use anyhow::{Context as _, Result};
use contract::{
    drift::OpenMonitors,
    models::{
        GateId, GateSummary, GateVerdict, GlanceState, GroupRow, QueueRow, WaitsFor,
        requests::{DraftDecision, DraftReply, OpenGroups, OpenQueue},
    },
    sets::{Rows, Sort, ViewSet},
};
use tests::bridge::{Core, Touch, on_estate};

pub fn groups(core: &Core) -> Result<Vec<GroupRow>> {
    let state = core.open(&OpenGroups {})?;
    core.rows(state.set, |rows| if let Rows::Groups(rows) = rows { Some(rows) } else { None })
}

pub fn group(core: &Core, name: &str) -> Result<GroupRow> {
    groups(core)?.into_iter().find(|row| row.name == name).with_context(|| format!("no group {name}"))
}

/// The newest version of a group.
pub fn newest(core: &Core, name: &str) -> Result<String> {
    Ok(group(core, name)?.latest.context("a version")?.arn)
}

/// What waits for somebody, the oldest first.
pub fn queue(core: &Core) -> Result<Vec<QueueRow>> {
    let state = core.open(&OpenQueue {})?;
    core.rows(state.set, |rows| if let Rows::Queue(rows) = rows { Some(rows) } else { None })
}

pub fn draft(core: &Core, arn: &str) -> Result<DraftReply> {
    core.ask(&DraftDecision { arn: arn.to_owned() })
}

fn verdict(draft: &DraftReply, id: GateId) -> Result<GateVerdict> {
    let gate = draft.draft.gates.iter().find(|gate| gate.id == id).context("the gate")?;
    Ok(gate.verdict)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn all_groups_are_there_after_a_few_searches() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let rows = groups(core)?;
        let searches = estate.calls("Search", mark)?.len();
        assert!(searches < 12, "{searches} searches");
        assert_eq!(rows.len(), 73, "72 and the shared one");
        assert!(rows.is_sorted_by_key(|row| row.name.clone()), "by name");
        let one = |name: &str| rows.iter().find(|row| row.name == name).with_context(|| format!("no {name}"));
        let clean = one("demand-forecast-emea")?;
        assert_eq!((clean.pending, clean.team.as_deref()), (1, Some("revenue")));
        assert!(clean.deployed.iter().any(|at| at.endpoint == "demand-forecast-emea-live"), "{:?}", clean.deployed);
        let shared = one("rate-benchmark-corporate")?;
        assert!(shared.id.starts_with("arn:") && shared.versions > 0, "by its ARN: {shared:?}");
        assert_eq!(one("loyalty-tier-apac")?.approved, None);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_group_is_good_only_once_its_monitors_are_known_to_measure() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let one = |name: &str| group(core, name);
        let (unchecked, measured) = ("guest-churn-uk", "booking-cancellation-iberia");
        let row = one(unchecked)?;
        let states = (row.monitors.state, row.drift.state);
        assert_eq!(states, (GlanceState::Unknown, GlanceState::Unknown), "nobody looked at its checks: {row:?}");
        assert_eq!(one(measured)?.monitors.state, GlanceState::Unknown);

        core.open(&OpenMonitors {})?;
        let mark = estate.mark()?;
        let row = one(unchecked)?;
        assert_eq!((row.monitors.state, row.drift.state), (GlanceState::Wrong, GlanceState::Unknown), "{row:?}");
        assert!(row.monitors.words.contains("check nothing"), "{row:?}");
        assert!(row.drift.words.ends_with("monitors silent"), "{row:?}");
        let row = one(measured)?;
        assert_eq!(row.monitors.state, GlanceState::Good, "{row:?}");
        assert_ne!(row.drift.state, GlanceState::Unknown, "{row:?}");
        assert_eq!(estate.calls("GetObject", mark)?.len(), 0, "what the list of monitors read is enough");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn groups_stand_together_by_team_without_another_call() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let state = core.open(&OpenGroups {})?;
        let mark = estate.mark()?;
        let sort = Some(Sort { by: "team".into(), descending: false });
        let view = core.ask(&ViewSet { set: state.set, filter: String::new(), sort, offset_minutes: 0 })?;
        let rows = core.rows(state.set, |rows| if let Rows::Groups(rows) = rows { Some(rows) } else { None })?;
        assert!(view.sections.len() > 2, "{:?}", view.sections);
        assert_eq!(view.sections.iter().map(|section| section.rows).sum::<u64>(), view.shown);
        for section in &view.sections {
            let from = usize::try_from(section.from)?;
            let of_team = &rows[from..from + usize::try_from(section.rows)?];
            assert!(of_team.iter().all(|row| row.team.as_deref().unwrap_or("no team") == section.title), "{section:?}");
            assert!(of_team.windows(2).all(|two| two[0].name <= two[1].name), "by name within a team");
        }
        assert!(estate.calls("ListTags", mark)?.is_empty(), "the tags came with the search");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_waits_is_oldest_first_and_its_gates_say_what_is_the_matter() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = queue(core)?;
        let groups: Vec<&str> = rows.iter().map(|row| row.group.as_str()).collect();
        assert!(rows.len() >= 17, "{groups:?}");
        assert!(rows.is_sorted_by_key(|row| row.since), "oldest first");
        assert_eq!(rows[0].group, "dynamic-pricing-apac", "it waits for 41 days");
        let gates = |group: &str| -> Result<GateSummary> {
            let row = rows.iter().find(|row| row.group == group).with_context(|| format!("no {group}"))?;
            row.gates.clone().with_context(|| format!("the gates of {group} were not looked at"))
        };
        // Nobody has signed anything, which is one red gate everywhere.
        assert_eq!(gates("demand-forecast-emea")?.failed, 1);
        for group in ["booking-cancellation-emea", "demand-forecast-dach", "review-sentiment-dach", "loyalty-tier-uk"] {
            assert!(gates(group)?.failed > 1, "{group}: {:?}", gates(group)?);
        }
        let failed = rows.iter().find(|row| row.group == "payment-fraud-dach").context("the failed one")?;
        assert_eq!(failed.waits_for, WaitsFor::Nothing);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn each_matter_turns_its_own_gate() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let cases = [
            ("booking-cancellation-emea", GateId::Quality, GateVerdict::Fail),
            ("payment-fraud-emea", GateId::Bias, GateVerdict::Unknown),
            ("no-show-dach", GateId::Bias, GateVerdict::Fail),
            ("demand-forecast-dach", GateId::Traffic, GateVerdict::Fail),
            ("review-sentiment-dach", GateId::Intact, GateVerdict::Fail),
            ("loyalty-tier-uk", GateId::Intact, GateVerdict::Fail),
            ("staffing-need-uk", GateId::TwoPersons, GateVerdict::Fail),
            ("food-waste-emea", GateId::Quality, GateVerdict::Unknown),
            ("demand-forecast-emea", GateId::Quality, GateVerdict::Pass),
            ("demand-forecast-emea", GateId::Bias, GateVerdict::Pass),
            ("demand-forecast-emea", GateId::Traffic, GateVerdict::Pass),
            // Its monitor is silent for 9 days: what its endpoint was asked before is not today's.
            ("staffing-need-dach", GateId::Traffic, GateVerdict::Unknown),
            ("demand-forecast-emea", GateId::Lineage, GateVerdict::Pass),
            ("demand-forecast-emea", GateId::Blast, GateVerdict::Warn),
        ];
        let rows = groups(core)?;
        for (group, gate, expected) in cases {
            let row = rows.iter().find(|row| row.name == group).with_context(|| format!("no group {group}"))?;
            let seen = draft(core, &row.latest.as_ref().context("a version")?.arn)?;
            let found = verdict(&seen, gate)?;
            let words = seen.draft.gates.iter().find(|one| one.id == gate).map(|one| one.words.clone());
            assert_eq!(found, expected, "{gate:?} of {group}: {words:?}");
        }
        let own = draft(core, &newest(core, "staffing-need-uk")?)?;
        let persons = own.draft.gates.iter().find(|gate| gate.id == GateId::TwoPersons).context("the gate")?;
        assert!(persons.words.contains("registered by you"), "{}", persons.words);
        let drifted = draft(core, &newest(core, "demand-forecast-dach")?)?;
        assert!(drifted.traffic.is_some(), "the feature that fits worst is drawn");
        Ok(())
    })
}
