//! Lets pass what may hold one of many texts, at several bytes a nanosecond.
//!
//! Most records hold none of the texts that signatures need, and the automaton that knows for sure takes a step for every
//! byte, each waiting for the one before. The sieve looks at every second place, and at no place waits for another: it
//! asks whether the four bytes there are among those of a text. Of each text it knows two neighbouring fours, for one of
//! them stands at an even place wherever the text stands: the two that are rarest in common lines. It never holds back a
//! text; what it lets pass for nothing is read once more.

use std::collections::HashMap;

/// 2^17 bits: 16 KiB stay in the nearest cache.
const BITS: u32 = 17;
const WORDS: usize = 1 << (BITS - 6);
/// Letters of either case are one, and the pairs of other bytes that fall together do no harm.
const FOLD: u32 = 0x2020_2020;

/// What most records of a job look like, one of each kind.
const COMMON: &str = "\
24/06/01 06:04:12 INFO TaskSetManager: Starting task 12.0 in stage 4.0 (TID 312) (ip-10-0-41-7.eu-west-1.compute.internal, executor 7, partition 12, PROCESS_LOCAL, 9184 bytes) taskResourceAssignments Map()
24/06/01 06:04:12 INFO TaskSetManager: Finished task 12.0 in stage 4.0 (TID 312) in 204 ms on ip-10-0-41-7.eu-west-1.compute.internal (executor 7) (13/200)
24/06/01 06:04:12 INFO BlockManagerInfo: Added broadcast_12_piece0 in memory on ip-10-0-41-7.eu-west-1.compute.internal:37113 (size: 34.5 KiB, free: 912.3 MiB)
24/06/01 06:04:12 INFO MemoryStore: Block broadcast_12 stored as values in memory (estimated size 48.1 KiB, free 912.3 MiB)
24/06/01 06:04:12 INFO Executor: Running task 12.0 in stage 4.0 (TID 312)
24/06/01 06:04:12 INFO Executor: Finished task 12.0 in stage 4.0 (TID 312). 2134 bytes result sent to driver
24/06/01 06:04:12 INFO ShuffleBlockFetcherIterator: Getting 200 (12.3 MiB) non-empty blocks including 12 (1.1 MiB) local and 188 (11.2 MiB) remote blocks
24/06/01 06:04:12 INFO ShuffleBlockFetcherIterator: Started 12 remote fetches in 3 ms
24/06/01 06:04:12 INFO FileScanRDD: Reading File path: s3://bucket/processed/orders/day=2024-06-01/part-00012.snappy.parquet, range: 0-134217728, partition values: [empty row]
24/06/01 06:04:12 INFO DiskBlockManager: Created local directory at /mnt1/yarn/usercache/hadoop/appcache/application_1717221000000_0042/blockmgr-data
24/06/01 06:04:12 INFO TransportClientFactory: Successfully created connection to ip-10-0-41-7.eu-west-1.compute.internal/10.0.41.7:7337 after 2 ms (0 ms spent in bootstraps)
24/06/01 06:04:12 INFO DefaultFileCommitter: The data has been written to s3://bucket/data/processed/
\tat org.apache.spark.network.server.TransportChannelHandler.channelRead(TransportChannelHandler.java:99)
\tat sun.nio.ch.SocketDispatcher.read(SocketDispatcher.java:39)
24/06/01 06:04:12 INFO CodeGenerator: Code generated in 12.345678 ms
24/06/01 06:04:12 INFO DAGScheduler: Submitting 200 missing tasks from ResultStage 4 (MapPartitionsRDD[12] at parquet at NativeMethodAccessorImpl.java:0)
24/06/01 06:04:12 INFO S3NativeFileSystem: Opening 's3://bucket/processed/orders/part-00012.snappy.parquet' for reading
24/06/01 06:04:12 INFO SparkHadoopMapRedUtil: attempt_202406010604_0004_m_000012_312: Committed. Elapsed time: 12 ms.
24/06/01 06:04:12 INFO YarnAllocator: Will request 2 executor container(s) for ResourceProfile Id: 0, each with 4 core(s) and 9216 MB memory.
24/06/01 06:04:12 INFO Client: Application report for application_1717221000000_0042 (state: RUNNING)
2024-06-01 06:04:12,345 INFO org.apache.hadoop.yarn.server.nodemanager.containermanager.monitor.ContainersMonitorImpl: Memory usage of ProcessTree 4242 for container-id container_1717221000000_0042_01_000007: 4.2 GB of 9 GB physical memory used; 6.1 GB of 45 GB virtual memory used
2024-06-01T06:04:12.345Z [Executor task launch worker for task 312] INFO org.apache.spark.storage.BlockManager - Found block rdd_12_3 locally
START RequestId: 8f5c2f0e-0000-4000-8000-000000000000 Version: $LATEST
REPORT RequestId: 8f5c2f0e-0000-4000-8000-000000000000 Duration: 12.34 ms Billed Duration: 13 ms Memory Size: 512 MB Max Memory Used: 128 MB
";

/// By one hash alone, one place in two hundred would pass for nothing, and a record has fifty.
const HASHES: [u32; 2] = [0x9E37_79B1, 0x85EB_CA77];

/// The fours, in a table for each hash.
pub(super) struct Sieve {
    tables: [Box<[u64; WORDS]>; 2],
    /// Bytes of the longest text: it begins no further before a four of its own.
    longest: usize,
}

impl std::fmt::Debug for Sieve {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [table, _] = &self.tables;
        let set: u32 = table.iter().map(|word| word.count_ones()).sum();
        write!(out, "Sieve({set} of {} bits)", 1_u32 << BITS)
    }
}

impl Sieve {
    /// For texts of at least three bytes.
    pub fn of<'t>(texts: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut common: HashMap<u32, u32> = HashMap::new();
        for four in COMMON.as_bytes().windows(4).filter_map(|four| <[u8; 4]>::try_from(four).ok()) {
            *common.entry(folded(four.map(any_digit))).or_default() += 1;
        }
        let mut sieve = Self { tables: [Box::new([0; WORDS]), Box::new([0; WORDS])], longest: 0 };
        for text in texts {
            sieve.longest = sieve.longest.max(text.len());
            let often = |five: &[u8]| -> u32 {
                let fours = five.windows(4).filter_map(|four| <[u8; 4]>::try_from(four).ok());
                fours.filter_map(|four| common.get(&folded(four.map(any_digit)))).sum()
            };
            match text.windows(5).min_by_key(|five| often(five)) {
                Some(five) => {
                    for four in five.windows(4).filter_map(|four| <[u8; 4]>::try_from(four).ok()) {
                        sieve.set(four);
                    }
                }
                None => sieve.set_short(text),
            }
        }
        sieve
    }

    /// A text that is too short for two fours stands with any byte before it, or behind it.
    fn set_short(&mut self, text: &[u8]) {
        for any in 0..=u8::MAX {
            match *text {
                [a, b, c, d] => {
                    self.set([a, b, c, d]);
                    self.set([any, a, b, c]);
                }
                [a, b, c] => {
                    self.set([a, b, c, any]);
                    self.set([any, a, b, c]);
                }
                // Nothing passes unseen: no such text is ever asked for, and if it were, all would pass.
                _ => self.tables.iter_mut().for_each(|table| table.fill(u64::MAX)),
            }
        }
    }

    fn set(&mut self, four: [u8; 4]) {
        for (table, hash) in self.tables.iter_mut().zip(HASHES) {
            let place = place(folded(four), hash);
            if let Some(word) = table.get_mut(place / 64) {
                *word |= 1 << (place % 64);
            }
        }
    }

    fn has(&self, four: [u8; 4]) -> bool {
        self.tables.iter().zip(HASHES).all(|(table, hash)| {
            let place = place(folded(four), hash);
            table.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
        })
    }

    /// Where in `text` one of the texts may begin at the earliest; none when none is in it. Never later than one does.
    pub fn first(&self, text: &[u8]) -> Option<usize> {
        let at = self.passing(text)?;
        Some(at.saturating_sub(self.longest))
    }

    /// The first place at which four bytes are known.
    fn passing(&self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(six) = text.get(at..at + 6) {
            let here = six.first_chunk().is_some_and(|four| self.has(*four));
            if here || six.last_chunk().is_some_and(|four| self.has(*four)) {
                return Some(at);
            }
            at += 4;
        }
        // What is left, with anything behind it.
        let mut last = [0; 12];
        let rest = text.get(at..).unwrap_or_default();
        if let Some(room) = last.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        let known = (0..rest.len()).step_by(2).any(|from| {
            last.get(from..from + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).is_some_and(|four| self.has(four))
        });
        known.then_some(at)
    }
}

/// One number is as common as another.
fn any_digit(byte: u8) -> u8 {
    if byte.is_ascii_digit() { b'0' } else { byte }
}

fn folded(four: [u8; 4]) -> u32 {
    u32::from_le_bytes(four) | FOLD
}

/// Multiplicative hashing, as Knuth has it.
fn place(four: u32, hash: u32) -> usize {
    (four.wrapping_mul(hash) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::Sieve;
    use proptest::prelude::*;

    fn sieve(texts: &[String]) -> Sieve {
        Sieve::of(texts.iter().map(String::as_bytes))
    }

    proptest! {
        #[test]
        fn a_text_always_passes_wherever_it_stands(
            texts in prop::collection::vec("[ -~\n\t]{3,12}", 1..20),
            which in any::<prop::sample::Index>(),
            before in "[ -~]{0,20}",
            behind in "[ -~]{0,20}",
            upper in any::<bool>(),
        ) {
            let text = which.get(&texts);
            let text = if upper { text.to_ascii_uppercase() } else { text.clone() };
            let whole = format!("{before}{text}{behind}");
            let begins = sieve(&texts).first(whole.as_bytes());
            prop_assert!(begins.is_some_and(|begins| begins <= before.len()), "{begins:?}");
        }
    }

    #[test]
    fn common_lines_are_held_back() {
        let texts = ["java.lang.OutOfMemoryError", "exit code", "exit", "No space left on device"].map(str::to_owned);
        let sieve = sieve(&texts);
        let passed = super::COMMON.lines().filter(|line| sieve.first(line.as_bytes()).is_some()).count();
        assert_eq!(passed, 0);
        assert!(sieve.first(b"").is_none());
        assert!(sieve.first(b"exi").is_none());
    }
}
