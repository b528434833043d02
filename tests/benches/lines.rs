//! Lines of a Spark driver, from a fixed seed: the same log every time, and no block twice.
#![allow(clippy::many_single_char_names, reason = "numbers of a made line, each used once")]

use std::fmt::Write as _;

/// Writes them, some 64 KiB at a time.
#[derive(Debug)]
pub struct Lines {
    state: u64,
    number: u64,
}

impl Lines {
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), number: 0 }
    }

    /// The time of the line that is next, as Spark's log4j writes it.
    pub fn clock(&self) -> String {
        let second = self.number / 40;
        let (day, hour, minute) = (1 + second / 86_400, second / 3_600 % 24, second / 60 % 60);
        format!("24/05/{day:02} {hour:02}:{minute:02}:{:02}", second % 60)
    }

    /// Knuth's constants; the low bits are poor.
    pub fn random(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    pub fn next_block(&mut self) -> String {
        let mut text = String::with_capacity(70_000);
        while text.len() < 65_536 {
            self.number += 1;
            let (a, b, c) = (self.random(5_000), self.random(99), self.random(99));
            let (d, e) = (self.random(100_000), self.random(9_999));
            text.push_str(&self.clock());
            text.push(' ');
            let _ = match self.random(240) {
                0 => writeln!(
                    text,
                    "WARN  TaskSetManager: Lost task {a}.0 in stage {b}.0 (TID {d}) (ip-10-0-{b}-{c} executor {c}): java.io.IOException: Connection reset by peer\n\tat sun.nio.ch.FileDispatcherImpl.read0(Native Method)\n\tat sun.nio.ch.SocketDispatcher.read(SocketDispatcher.java:{e})\n\tat org.apache.spark.network.server.TransportChannelHandler.channelRead(TransportChannelHandler.java:{c})"
                ),
                1..=40 => writeln!(
                    text,
                    "INFO BlockManagerInfo: Added broadcast_{a}_piece0 in memory on ip-10-0-{b}-{c}.eu-west-1.compute.internal:{d} (size: {e}.{b} KiB, free: {d}.1 MiB)"
                ),
                41..=100 => writeln!(
                    text,
                    "INFO TaskSetManager: Starting task {a}.0 in stage {b}.0 (TID {d}) (ip-10-0-{b}-{c}.eu-west-1.compute.internal, executor {c}, partition {a}, PROCESS_LOCAL, {d} bytes) taskResourceAssignments Map()"
                ),
                101..=160 => writeln!(
                    text,
                    "INFO TaskSetManager: Finished task {a}.0 in stage {b}.0 (TID {d}) in {e} ms on ip-10-0-{b}-{c}.eu-west-1.compute.internal (executor {c}) ({a}/{d})"
                ),
                161..=210 => writeln!(
                    text,
                    "INFO MemoryStore: Block broadcast_{a} stored as values in memory (estimated size {e}.{b} KiB, free {d}.6 MiB)"
                ),
                _ => writeln!(
                    text,
                    "DEBUG S3NativeFileSystem: open s3://bucket-{b}/data/dt=2024-05-{c:02}/part-{d}-{a}.snappy.parquet for reading"
                ),
            };
        }
        text
    }
}
