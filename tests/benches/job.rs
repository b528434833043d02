//! The logs of a failed Spark job on EMR, laid out as EMR does, so that mrjob finds them by its own patterns.
//!
//! An executor outgrows its container. Before that: lines that any job writes, and lines that look bad and are not.

use crate::lines::Lines;
use anyhow::{Context as _, Result};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};
use triage::{Role, Source};

pub const EXECUTORS: u32 = 50;
pub const NODES: u32 = 3;
/// What the job died of, as the signatures call it.
pub const CAUSE: &str = "memory.container-physical";

const APPLICATION: &str = "application_1714521600000_0001";
const LOST: u32 = 17;
const REASON: &str = "Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical memory used. Consider boosting spark.executor.memoryOverhead.";

/// A file, and what triage is told of it.
#[derive(Debug)]
pub struct LogFile {
    pub number: u32,
    pub path: PathBuf,
    pub source: Source,
    /// Its part of all bytes, in thousandths.
    share: u64,
}

/// All files, the largest first; written unless an earlier run did.
pub fn made(root: &Path, length: u64) -> Result<Vec<LogFile>> {
    let files = files(root);
    if !root.exists() {
        let unfinished = root.with_extension("part");
        for file in &files {
            let path = unfinished.join(file.path.strip_prefix(root)?);
            write(file, &path, length * file.share / 1_000)?;
        }
        fs::rename(&unfinished, root)?;
    }
    Ok(files)
}

/// A tenth is the driver's, four fifths the executors', the rest the step's and the nodes'.
fn files(root: &Path) -> Vec<LogFile> {
    let containers = root.join("containers").join(APPLICATION);
    let mut files = vec![(Role::Driver, containers.join(container(0)).join("stderr"), 100)];
    for executor in 1..=EXECUTORS {
        let role = Role::Executor { id: Some(executor.to_string()) };
        files.push((role, containers.join(container(executor)).join("stderr"), 16));
    }
    for node in 1..=NODES {
        let name = format!("hadoop-yarn-nodemanager-ip-10-0-3-{node}.log");
        let folder = root.join("node").join(format!("i-0a1b2c3d4e5f6000{node}"));
        files.push((Role::NodeManager, folder.join("applications").join("hadoop-yarn").join(name), 30));
    }
    files.push((Role::Step, root.join("steps").join("s-1K2L3M4N5O6P7").join("stderr"), 10));
    (0..)
        .zip(files)
        .map(|(number, (role, path, share))| LogFile {
            number,
            path,
            source: Source { role, ..Source::default() },
            share,
        })
        .collect()
}

/// The driver's is the first, an executor's the one behind its number.
fn container(executor: u32) -> String {
    format!("container_1714521600000_0001_01_{:06}", executor + 1)
}

fn host(executor: u32) -> String {
    format!("ip-10-0-3-{executor}.eu-west-1.compute.internal")
}

fn write(file: &LogFile, path: &Path, length: u64) -> Result<()> {
    fs::create_dir_all(path.parent().context("a folder")?)?;
    let mut out = BufWriter::new(File::create(path)?);
    let mut lines = Lines::new(u64::from(file.number) + 1);
    let last = end(file);
    let mut written = last.len() as u64;
    if file.source.role == Role::Step {
        writeln!(out, "24/05/01 00:00:00 INFO YarnClientImpl: Submitted application {APPLICATION}")?;
    }
    while written < length {
        let text = if file.source.role == Role::NodeManager { monitored(&mut lines) } else { lines.next_block() };
        let noise = noise(&mut lines);
        written += (text.len() + noise.len()) as u64;
        out.write_all(text.as_bytes())?;
        out.write_all(noise.as_bytes())?;
    }
    out.write_all(last.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// What looks bad and is not: one line in forty.
fn noise(lines: &mut Lines) -> String {
    let mut text = String::new();
    for _ in 0..10 {
        let (clock, a, b) = (lines.clock(), lines.random(4_000), lines.random(250));
        let _ = match lines.random(7) {
            0 => writeln!(
                text,
                "{clock} WARN  NativeCodeLoader: Unable to load native-hadoop library for your platform... using builtin-java classes where applicable"
            ),
            1 => writeln!(text, "{clock} INFO DAGScheduler: failed: HashSet()"),
            2 => writeln!(
                text,
                "{clock} WARN  TaskSetManager: Lost task {a}.1 in stage 4.0 (TID {b}) (10.0.0.{b} executor 2): TaskKilled (another attempt succeeded)"
            ),
            3 => writeln!(text, "{clock} ERROR YarnSchedulerBackend: No executor found for 10.0.0.{b}:{a}"),
            4 => writeln!(text, "{clock} WARN  HttpClient: request {a} answered 500, retrying in {b} ms"),
            5 => writeln!(
                text,
                "{clock} ERROR AsyncEventQueue: Dropping SparkListenerEvent because no remaining room in event queue appStatus."
            ),
            _ => writeln!(text, "{clock} WARN  SQLConf: The SQL config 'spark.sql.execution.x{b}' has been deprecated"),
        };
    }
    text
}

/// What a NodeManager says of every container, over and over.
fn monitored(lines: &mut Lines) -> String {
    let mut text = String::new();
    for _ in 0..300 {
        let (executor, process, used) = (lines.random(50), lines.random(30_000), lines.random(80));
        let _ = writeln!(
            text,
            "2024-05-01 00:00:00,{:03} INFO org.apache.hadoop.yarn.server.nodemanager.containermanager.monitor.ContainersMonitorImpl (Container Monitor): Memory usage of ProcessTree {process} for container-id container_1714521600000_0001_01_{:06}: {}.{} GB of 8.8 GB physical memory used; 5.1 GB of 44.0 GB virtual memory used",
            process % 1_000,
            executor + 2,
            used / 10,
            used % 10
        );
    }
    text
}

/// The last lines.
fn end(file: &LogFile) -> String {
    let (worker, killed) = (host(LOST), container(LOST));
    let aborted = format!(
        "Job aborted due to stage failure: Task 3 in stage 5.0 failed 4 times, most recent failure: Lost task 3.3 in stage 5.0 (TID 12) ({worker} executor {LOST}): ExecutorLostFailure (executor {LOST} exited caused by one of the running tasks) Reason: {REASON}"
    );
    match &file.source.role {
        Role::Driver => format!(
            "24/05/09 01:02:02 ERROR YarnScheduler: Lost executor {LOST} on {worker}: {REASON}\n\
             24/05/09 01:02:02 WARN  TaskSetManager: Lost task 3.3 in stage 5.0 (TID 12) ({worker} executor {LOST}): ExecutorLostFailure (executor {LOST} exited caused by one of the running tasks) Reason: {REASON}\n\
             24/05/09 01:02:03 ERROR TaskSetManager: Task 3 in stage 5.0 failed 4 times; aborting job\n\
             24/05/09 01:02:03 ERROR ApplicationMaster: User class threw exception: org.apache.spark.SparkException: {aborted}\n\
             Driver stacktrace:\n\
             \tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)\n\
             \tat com.acme.Daily$.main(Daily.scala:31)\n\
             24/05/09 01:02:04 INFO ShutdownHookManager: Shutdown hook called\n"
        ),
        Role::Executor { .. } => "24/05/09 01:02:04 ERROR CoarseGrainedExecutorBackend: RECEIVED SIGNAL TERM\n\
             24/05/09 01:02:04 INFO ShutdownHookManager: Shutdown hook called\n"
            .to_owned(),
        Role::NodeManager => format!(
            "2024-05-09 01:02:01,500 WARN org.apache.hadoop.yarn.server.nodemanager.containermanager.monitor.ContainersMonitorImpl (Container Monitor): Container [pid=4711,containerID={killed}] is running beyond physical memory limits. Current usage: 9.1 GB of 8.8 GB physical memory used; 9.9 GB of 44.0 GB virtual memory used. Killing container.\n"
        ),
        _ => format!(
            "24/05/09 01:02:05 INFO Client: Application report for {APPLICATION} (state: FINISHED)\n\
             Exception in thread \"main\" org.apache.spark.SparkException: Application {APPLICATION} finished with failed status\n\
             \tat org.apache.spark.deploy.yarn.Client.run(Client.scala:1309)\n"
        ),
    }
}
