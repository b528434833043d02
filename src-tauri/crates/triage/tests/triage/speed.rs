//! How fast records are read. Run with `cargo test -p triage --release -- --ignored --nocapture speed`.

use crate::generator::{Clock, Dice, pad};
use crate::jobs::records;
use std::time::Instant;
use triage::{Catalogue, FileId, Role, Scanner, Source};

#[test]
#[ignore = "a measurement"]
fn speed_of_reading_200_mb() {
    let dice = &mut Dice::new(1);
    let one = pad(dice, &mut Clock(0), 40_000);
    let records = records(FileId(0), one.as_bytes());
    let times = 200_000_000 / one.len() + 1;
    let mut best = 0.0_f64;
    for _ in 0..3 {
        let (start, started) = (Instant::now(), cpu_seconds());
        let mut scanner =
            Scanner::new(Catalogue::builtin(), FileId(0), Source { role: Role::Driver, ..Source::default() });
        for _ in 0..times {
            for record in &records {
                scanner.offer(record);
            }
        }
        let scan = scanner.finish();
        #[allow(clippy::cast_precision_loss)]
        let rate = scan.bytes() as f64 / 1e6 / start.elapsed().as_secs_f64();
        #[allow(clippy::cast_precision_loss)]
        let core = scan.bytes() as f64 / 1e6 / (cpu_seconds() - started).max(1e-9);
        println!(
            "{} MB in {} records: {rate:.0} MB/s, {core:.0} MB/s of a core's time",
            scan.bytes() / 1_000_000,
            scan.records()
        );
        best = best.max(core);
    }
    println!("best {best:.0} MB/s of one core's time");
}

/// What this thread had of a core: a busy machine does not count. Elsewhere than on Linux there is none.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = stat.and_then(|stat| stat.split(' ').next()?.parse::<f64>().ok());
    spent.map_or_else(|| 0.0, |nanos| nanos / 1e9)
}
