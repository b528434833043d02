//! What a run used, in units. No price is invented: prices differ by region, contract and day.

use crate::state::timing;
use contract::{
    Timestamp,
    jobs::{
        Basis, JobId, Quantity, SageMakerKind, Unit,
        facts::{Driver, GlueDriver, RunFact},
    },
};

/// What is billed stands first, then what was used, then what capacity and time amount to where the engine says neither.
/// Empty for steps of EMR: a cluster is billed, not its steps.
pub fn used(run: &RunFact, now: Timestamp) -> Vec<Quantity> {
    let usage = &run.usage;
    let mut all = Vec::new();
    let mut add = |unit, amount: Option<f64>, basis| {
        if let Some(amount) = amount.filter(|amount| amount.is_finite() && *amount >= 0.0) {
            all.push(Quantity { unit, amount, basis });
        }
    };
    add(Unit::VcpuHours, usage.billed_vcpu_hours, Basis::Billed);
    add(Unit::MemoryGbHours, usage.billed_memory_gb_hours, Basis::Billed);
    add(Unit::StorageGbHours, usage.billed_storage_gb_hours, Basis::Billed);
    add(Unit::VcpuHours, usage.vcpu_hours, Basis::Reported);
    add(Unit::MemoryGbHours, usage.memory_gb_hours, Basis::Reported);
    add(Unit::StorageGbHours, usage.storage_gb_hours, Basis::Reported);
    let ran = timing(run, now).run;
    match &run.request.driver {
        Driver::Glue(glue) => match usage.dpu_seconds {
            Some(seconds) => add(Unit::DpuHours, Some(seconds / 3_600.0), Basis::Reported),
            None => add(Unit::DpuHours, dpus(glue).zip(ran).map(|(dpus, ran)| dpus * hours(ran)), Basis::Computed),
        },
        Driver::Lambda(lambda) => {
            let seconds = usage.billed_millis.map(|millis| hours(millis) * 3_600.0);
            let memory = lambda.memory_mb.map(|mb| float(mb) / 1_024.0);
            add(Unit::GbSeconds, seconds.zip(memory).map(|(seconds, memory)| seconds * memory), Basis::Computed);
        }
        Driver::SageMaker(sage) => {
            let instances = f64::from(sage.instances.unwrap_or(1));
            let billed = usage.billable_seconds.map(|seconds| hours(seconds.saturating_mul(1_000)) * instances);
            // Jobs of a tuning job are billed one by one.
            let tuning = matches!(run.id, JobId::SageMaker { kind: SageMakerKind::Tuning, .. });
            if billed.is_some() {
                add(Unit::InstanceHours, billed, Basis::Billed);
            } else if !tuning {
                add(Unit::InstanceHours, ran.map(|ran| hours(ran) * instances), Basis::Computed);
            }
        }
        _ => {}
    }
    all
}

/// DPUs of all workers. Glue "Worker types": one DPU is 4 vCPUs and 16 GB; R types hold twice the memory for one DPU each.
pub fn dpus(glue: &GlueDriver) -> Option<f64> {
    let each = match glue.worker_type.as_deref() {
        Some("Standard" | "G.1X" | "R.1X") => 1.0,
        Some("G.025X") => 0.25,
        Some("G.2X" | "R.2X" | "Z.2X") => 2.0,
        Some("G.4X" | "R.4X") => 4.0,
        Some("G.8X" | "R.8X") => 8.0,
        Some("G.12X") => 12.0,
        Some("G.16X") => 16.0,
        None | Some(_) => return glue.max_capacity,
    };
    Some(each * f64::from(glue.workers?))
}

/// `12.4 vCPU-hours`, `0.03 GB-seconds`.
pub fn words(quantity: &Quantity) -> String {
    let amount = quantity.amount;
    let number = if amount >= 100.0 {
        format!("{amount:.0}")
    } else if amount >= 1.0 || amount == 0.0 {
        format!("{amount:.1}")
    } else {
        format!("{amount:.3}")
    };
    format!("{number} {}", quantity.unit.word())
}

fn hours(millis: u64) -> f64 {
    float(millis) / 3_600_000.0
}

/// Whole milliseconds and megabytes of any run fit into the 53 bits of a float.
#[allow(clippy::cast_precision_loss)]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_is_reported_is_not_computed_again() {
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        let mut run = sample::glue();
        run.usage.dpu_seconds = Some(7_200.0);
        let said = used(&run, now);
        assert_eq!(said.iter().map(words).collect::<Vec<_>>(), ["2.0 DPU-hours"]);
        assert_eq!(said[0].basis, Basis::Reported);
        run.usage.dpu_seconds = None;
        run.run_seconds = Some(360);
        let computed = used(&run, now);
        // Ten G.1X for six minutes.
        assert_eq!((words(&computed[0]), computed[0].basis), ("1.0 DPU-hours".into(), Basis::Computed));
    }

    #[test]
    fn billed_stands_before_used() {
        let mut run = sample::serverless();
        run.usage.vcpu_hours = Some(1.25);
        run.usage.billed_vcpu_hours = Some(1.5);
        run.usage.memory_gb_hours = Some(f64::NAN);
        let said = used(&run, "2026-11-21T06:00:00Z".parse().unwrap());
        let said: Vec<_> = said.iter().map(|one| (words(one), one.basis)).collect();
        assert_eq!(said, [("1.5 vCPU-hours".into(), Basis::Billed), ("1.2 vCPU-hours".into(), Basis::Reported)]);
    }
}
