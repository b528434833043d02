//! What a run had of the capacity that it ran on, as far as the run itself says it.

use crate::{state::timing, usage::dpus};
use contract::{
    Timestamp,
    jobs::{
        CapacityRow,
        facts::{Driver, RunFact},
    },
};

/// Fills in what a run of EMR Serverless used on average: what was used in all, over the time that it ran.
pub fn with_average(run: &RunFact, rows: &mut [CapacityRow], now: Timestamp) {
    let ran = timing(run, now).run;
    let usage = &run.usage;
    for row in rows {
        let (amount, unit) = match row.what.as_str() {
            "vCPU" => (usage.vcpu_hours, "vCPU"),
            "memory" => (usage.memory_gb_hours, "GB"),
            "disk" => (usage.storage_gb_hours, "GB"),
            _ => continue,
        };
        row.used = average(amount, ran).map(|average| format!("{average:.1} {unit} on average"));
    }
}

/// What a run of Glue was given and used; its own answer says all of it.
pub fn of_glue(run: &RunFact, now: Timestamp) -> Vec<CapacityRow> {
    let Driver::Glue(glue) = &run.request.driver else { return Vec::new() };
    let workers = glue.workers.zip(glue.worker_type.as_ref()).map(|(number, kind)| format!("{number} workers {kind}"));
    let most = glue.max_capacity.or_else(|| dpus(glue));
    let used = average(run.usage.dpu_seconds.map(|seconds| seconds / 3_600.0), timing(run, now).run);
    vec![CapacityRow {
        what: "DPU".into(),
        configured: workers,
        used: used.map(|average| format!("{average:.1} DPU on average")),
        maximum: most.map(|most| format!("{most} DPU")),
    }]
}

/// What the workers of an application have at a moment: `24 vCPU, 96 GB, 6 workers`. Amounts in vCPU and GB.
pub fn in_use(vcpu: f64, memory: f64, disk: f64, workers: f64) -> String {
    // Halves of a vCPU there are, and no smaller parts that say anything.
    let amount = |value: f64| format!("{value:.1}").trim_end_matches(".0").to_owned();
    if [vcpu, memory, disk, workers].iter().all(|value| *value <= 0.0) {
        return "nothing".to_owned();
    }
    let noun = if workers > 1.0 { "workers" } else { "worker" };
    let mut words = vec![format!("{} vCPU", amount(vcpu)), format!("{} GB", amount(memory))];
    words.extend((disk > 0.0).then(|| format!("{} GB disk", amount(disk))));
    words.extend((workers > 0.0).then(|| format!("{} {noun}", amount(workers))));
    words.join(", ")
}

/// Amount in unit-hours over milliseconds.
fn average(hours: Option<f64>, ran: Option<u64>) -> Option<f64> {
    let seconds = u32::try_from(ran? / 1_000).ok().filter(|seconds| *seconds > 0)?;
    hours.map(|hours| hours * 3_600.0 / f64::from(seconds)).filter(|average| average.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_was_used_is_told_over_the_time_of_the_run() {
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        let mut run = sample::serverless();
        run.run_seconds = Some(1_800);
        run.usage.vcpu_hours = Some(6.0);
        run.usage.memory_gb_hours = None;
        let row = |what: &str| CapacityRow { what: what.into(), ..CapacityRow::default() };
        let mut rows = [row("vCPU"), row("memory"), row("driver workers")];
        with_average(&run, &mut rows, now);
        let used: Vec<_> = rows.iter().map(|row| row.used.as_deref()).collect();
        assert_eq!(used, [Some("12.0 vCPU on average"), None, None]);
    }

    #[test]
    fn what_is_in_use_is_told_with_its_units() {
        assert_eq!(in_use(24.0, 96.0, 120.0, 6.0), "24 vCPU, 96 GB, 120 GB disk, 6 workers");
        assert_eq!(in_use(0.5, 2.0, 0.0, 1.0), "0.5 vCPU, 2 GB, 1 worker");
        assert_eq!(in_use(0.0, 0.0, 0.0, 0.0), "nothing");
    }

    #[test]
    fn a_run_of_glue_says_its_own_capacity() {
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        let mut run = sample::glue();
        run.run_seconds = Some(360);
        run.usage.dpu_seconds = Some(1_800.0);
        let rows = of_glue(&run, now);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].used.as_deref(), Some("5.0 DPU on average"));
        assert_eq!(rows[0].configured.as_deref(), Some("10 workers G.1X"));
        assert!(of_glue(&sample::step(), now).is_empty());
    }
}
