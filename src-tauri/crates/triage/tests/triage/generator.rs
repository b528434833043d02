//! Logs of failed jobs, made up with fixed seeds: the line that matters among thousands of others, with noise, warnings
//! that were got over, consequences and several files.

use crate::jobs::Job;
use std::fmt::Write as _;
use triage::Role;

/// A small generator of numbers (splitmix64), so that a seed is a log for ever.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

pub struct Clock(pub u64);

impl Clock {
    pub fn next(&mut self, dice: &mut Dice) -> String {
        self.0 += dice.roll(3);
        format!("26/03/04 {:02}:{:02}:{:02}", 2 + self.0 / 3600 % 20, self.0 / 60 % 60, self.0 % 60)
    }
}

/// What any Spark log is full of.
pub fn ordinary(dice: &mut Dice) -> String {
    let (a, b, c) = (dice.roll(4000), dice.roll(300), dice.roll(250));
    match dice.roll(12) {
        0..=3 => format!(
            "INFO TaskSetManager: Starting task {a}.0 in stage {b}.0 (TID {c}) (ip-10-4-18-{c}.eu-west-1.compute.internal, executor {}, partition {a}, NODE_LOCAL, 7336 bytes)",
            b % 40
        ),
        4..=7 => format!(
            "INFO TaskSetManager: Finished task {a}.0 in stage {b}.0 (TID {c}) in {a} ms on ip-10-4-18-{c}.eu-west-1.compute.internal (executor {}) ({a}/4000)",
            b % 40
        ),
        8 => format!(
            "INFO BlockManagerInfo: Added broadcast_{b}_piece0 in memory on ip-10-4-18-{c}.eu-west-1.compute.internal:4{a} (size: {b}.2 KiB, free: 2.1 GiB)"
        ),
        9 => format!(
            "INFO MemoryStore: Block broadcast_{b} stored as values in memory (estimated size {c}.1 KiB, free 2.0 GiB)"
        ),
        10 => format!(
            "INFO MultipartUploadOutputStream: close closed:false s3://lake/curated/sales/day=2026-03-04/part-{a:05}-{b:08x}.snappy.parquet"
        ),
        _ => format!(
            "INFO DAGScheduler: Submitting {a} missing tasks from ShuffleMapStage {b} (MapPartitionsRDD[{c}] at save at daily.py:{b})"
        ),
    }
}

/// What looks bad and is not.
fn noise(dice: &mut Dice) -> String {
    let (a, b) = (dice.roll(4000), dice.roll(250));
    match dice.roll(9) {
        0 => "WARN NativeCodeLoader: Unable to load native-hadoop library for your platform... using builtin-java classes where applicable".to_owned(),
        1 => "INFO DAGScheduler: failed: HashSet()".to_owned(),
        2 => format!("WARN TaskSetManager: Lost task {a}.1 in stage 4.0 (TID {b}) (10.0.0.{b} executor 2): TaskKilled (another attempt succeeded)"),
        3 => format!("ERROR YarnSchedulerBackend: No executor found for 10.0.0.{b}:{a}"),
        4 => format!("WARN HttpClient: request {a} answered 500, retrying in {b} ms"),
        5 => "INFO Client: command: {{JAVA_HOME}}/bin/java -server -Xmx4096m '-XX:OnOutOfMemoryError=kill -9 %p' org.apache.spark.deploy.yarn.ApplicationMaster".to_owned(),
        6 => "ERROR AsyncEventQueue: Dropping SparkListenerEvent because no remaining room in event queue appStatus.".to_owned(),
        7 => format!("WARN SQLConf: The SQL config 'spark.sql.execution.x{b}' has been deprecated"),
        _ => format!("WARN Pool: only {b} connections left; error budget at {a}"),
    }
}

pub fn pad(dice: &mut Dice, clock: &mut Clock, lines: u64) -> String {
    let mut out = String::new();
    for _ in 0..lines {
        let what = if dice.roll(40) == 0 { noise(dice) } else { ordinary(dice) };
        let _ = writeln!(out, "{} {what}", clock.next(dice));
    }
    out
}

/// How a failure reaches the logs.
pub enum Shape {
    /// The driver's own exception, as Scala or Java report it.
    Driver(&'static str),
    /// An exception in an executor's task, which the driver repeats when it gives up.
    Task(&'static str),
    /// Python's call into Spark, with the exception below.
    Python(&'static str),
    /// A loss of executors that the scheduler reports with this reason.
    Lost(&'static str),
    /// Only the service says it.
    Fact(&'static str),
    /// A log of its own kind.
    Own(Role, &'static str),
}

/// A job that failed of `shape`.
pub fn job(shape: &Shape, seed: u64) -> Job {
    let dice = &mut Dice::new(seed);
    let clock = &mut Clock(seed % 1000);
    let before = 50 + dice.roll(200);
    let start = pad(dice, clock, before);
    let stop = |clock: &mut Clock, dice: &mut Dice| {
        format!("{} INFO ShutdownHookManager: Shutdown hook called\n", clock.next(dice))
    };
    let other = format!(
        "{}{} ERROR CoarseGrainedExecutorBackend: RECEIVED SIGNAL TERM\n",
        pad(dice, &mut Clock(0), 60),
        "26/03/04 22:00:00"
    );
    let executor = (1 + dice.roll(30)).to_string();
    let host = format!("ip-10-4-18-{}.eu-west-1.compute.internal", dice.roll(250));
    let job = Job::new().state("FAILED");
    match shape {
        Shape::Driver(exception) => {
            let at = clock.next(dice);
            let end = stop(clock, dice);
            job.driver(&format!("{start}{at} ERROR ApplicationMaster: User class threw exception: {exception}\n\tat org.apache.spark.sql.Dataset.show(Dataset.scala:9)\n\tat com.acme.Daily$.main(Daily.scala:31)\n{end}")).executor("99", &other)
        }
        Shape::Task(exception) => {
            let trace = format!("{exception}\n\tat org.apache.spark.scheduler.Task.run(Task.scala:141)\n");
            let own = format!(
                "{}{} ERROR Executor: Exception in task 3.0 in stage 5.0 (TID 9)\n{trace}",
                pad(dice, clock, 80),
                clock.next(dice)
            );
            let (lost, aborted) = (clock.next(dice), clock.next(dice));
            let end = stop(clock, dice);
            let first = exception.lines().next().unwrap();
            job.driver(&format!("{start}{lost} WARN TaskSetManager: Lost task 3.0 in stage 5.0 (TID 9) ({host} executor {executor}): {trace}{aborted} ERROR TaskSetManager: Task 3 in stage 5.0 failed 4 times; aborting job\n{aborted} ERROR ApplicationMaster: User class threw exception: org.apache.spark.SparkException: Job aborted due to stage failure: Task 3 in stage 5.0 failed 4 times, most recent failure: Lost task 3.3 in stage 5.0 (TID 12) ({host} executor {executor}): {first}\n{end}"))
                .executor(&executor, &own)
                .executor("99", &other)
        }
        Shape::Python(exception) => {
            let end = stop(clock, dice);
            job.driver(&format!("{start}Traceback (most recent call last):\n  File \"/tmp/spark-1/daily.py\", line 31, in <module>\n    main()\n  File \"/usr/lib/spark/python/lib/pyspark.zip/pyspark/sql/readwriter.py\", line 1, in save\npy4j.protocol.Py4JJavaError: An error occurred while calling o412.save.\n: org.apache.spark.SparkException: Job aborted.\n\tat org.apache.spark.sql.X.y(X.scala:1)\nCaused by: {exception}\n\t... 33 more\n\n{end}")).executor("99", &other)
        }
        Shape::Lost(reason) => {
            let (lost, fetch, aborted) = (clock.next(dice), clock.next(dice), clock.next(dice));
            let end = stop(clock, dice);
            job.driver(&format!("{start}{lost} ERROR YarnScheduler: Lost executor {executor} on {host}: {reason}\n{lost} WARN TaskSetManager: Lost task 3.0 in stage 5.0 (TID 9) ({host} executor {executor}): ExecutorLostFailure (executor {executor} exited caused by one of the running tasks) Reason: {reason}\n{fetch} WARN TaskSetManager: Lost task 65.0 in stage 6.0 (TID 397) (ip-10-9-9-9 executor 41): FetchFailed(BlockManagerId({executor}, {host}, 7337, None), shuffleId=0, mapIndex=1, mapId=1, reduceId=65, message=\norg.apache.spark.shuffle.FetchFailedException: Connection from {host}/10.0.0.1:7337 closed\n)\n{aborted} ERROR TaskSetManager: Task 3 in stage 5.0 failed 4 times; aborting job\n{end}")).executor("99", &other)
        }
        Shape::Fact(text) => job.fact("reason", text).driver(&start),
        Shape::Own(role, text) => job.file(role.clone(), text),
    }
}

/// The failures of the accuracy table: what each should be called, and how it looks.
pub fn failures() -> Vec<(&'static str, Shape)> {
    use Shape::{Driver, Fact, Lost, Own, Python, Task};
    vec![
        ("memory.driver-heap", Driver("java.lang.OutOfMemoryError: Java heap space")),
        ("memory.executor-heap", Task("java.lang.OutOfMemoryError: Java heap space")),
        ("memory.gc-overhead", Task("java.lang.OutOfMemoryError: GC overhead limit exceeded")),
        ("memory.metaspace", Driver("java.lang.OutOfMemoryError: Metaspace")),
        (
            "memory.container-physical",
            Lost(
                "Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical memory used. Consider boosting spark.executor.memoryOverhead.",
            ),
        ),
        (
            "memory.container-virtual",
            Lost(
                "Container killed by YARN for exceeding virtual memory limits. 19.1 GB of 18.8 GB virtual memory used.",
            ),
        ),
        (
            "memory.killed-137",
            Lost(
                "Container from a bad node: container_1645539745894_0001_01_000074 on host: ip-1. Exit status: 137. Diagnostics: [2026-02-22 15:02:23.483]Container killed on request. Exit code is 137",
            ),
        ),
        (
            "memory.exit-52",
            Lost(
                "Container from a bad node: container_1645539745894_0001_01_000074 on host: ip-1. Exit status: 52. Diagnostics: Exception from container-launch.",
            ),
        ),
        (
            "memory.python-worker",
            Task(
                "org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)\nCaused by: java.io.EOFException",
            ),
        ),
        (
            "memory.max-result-size",
            Driver(
                "org.apache.spark.SparkException: Job aborted due to stage failure: Total size of serialized results of 2572 tasks (1062.8 MiB) is bigger than spark.driver.maxResultSize (1024.0 MiB)",
            ),
        ),
        (
            "memory.kryo-buffer",
            Task(
                "org.apache.spark.SparkException: Kryo serialization failed: Buffer overflow. Available: 0, required: 67108900.",
            ),
        ),
        (
            "memory.broadcast-too-large",
            Driver("org.apache.spark.SparkException: Cannot broadcast the table that is larger than 8GB: 11 GB"),
        ),
        (
            "memory.worker-size",
            Fact(
                "Job failed, please check complete logs. ExitCode: 137. Last few exceptions: Worker has been killed as memory usage exceeded configured memory size",
            ),
        ),
        (
            "executor.node-lost",
            Lost(
                "Container marked as failed: container_1_0001_01_000006 on host: ip-1. Exit status: -100. Diagnostics: Container released on a *lost* node.",
            ),
        ),
        ("executor.preempted", Lost("Executor decommission: Spot instance interruption")),
        ("executor.heartbeat", Lost("Executor heartbeat timed out after 151811 ms")),
        ("disk.full", Task("java.io.IOException: No space left on device")),
        (
            "disk.no-local-dirs",
            Task(
                "org.apache.hadoop.util.DiskChecker$DiskErrorException: Could not find any valid local directory for nmPrivate/x",
            ),
        ),
        (
            "spark.broadcast-timeout",
            Driver("org.apache.spark.SparkException: Could not execute broadcast in 300 secs."),
        ),
        (
            "spark.not-serializable",
            Driver(
                "org.apache.spark.SparkException: Task not serializable\nCaused by: java.io.NotSerializableException: com.acme.Client",
            ),
        ),
        (
            "data.unresolved-column",
            Python(
                "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `amont` cannot be resolved. Did you mean one of the following? [`amount`]",
            ),
        ),
        (
            "data.path-missing",
            Python(
                "org.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://lake/raw/2026-03-04",
            ),
        ),
        (
            "data.table-missing",
            Driver(
                "org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `sales`.`daily` cannot be found.",
            ),
        ),
        (
            "data.cast",
            Task(
                "org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value 'n/a' of the type \"STRING\" cannot be cast to \"INT\" because it is malformed.",
            ),
        ),
        (
            "data.parquet-decoding",
            Task(
                "org.apache.parquet.io.ParquetDecodingException: Can not read value at 0 in block -1 in file s3://lake/t/p.parquet",
            ),
        ),
        (
            "data.parquet-type",
            Task(
                "org.apache.spark.sql.execution.QueryExecutionException: Parquet column cannot be converted in file s3://lake/p.parquet. Column: [a], Expected: bigint, Found: INT32",
            ),
        ),
        (
            "data.not-parquet",
            Task(
                "java.lang.RuntimeException: s3://lake/_tmp/x.csv is not a Parquet file. Expected magic number at tail",
            ),
        ),
        (
            "data.file-vanished",
            Task(
                "java.io.FileNotFoundException: No such file or directory 's3://lake/t/part-1.parquet'\nIt is possible the underlying files have been updated.",
            ),
        ),
        (
            "data.output-exists",
            Driver(
                "org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory s3://lake/out already exists",
            ),
        ),
        (
            "s3.no-such-key",
            Python(
                "com.amazonaws.services.s3.model.AmazonS3Exception: The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; Request ID: X)",
            ),
        ),
        (
            "s3.access-denied",
            Python(
                "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: X)",
            ),
        ),
        (
            "s3.slow-down",
            Task(
                "com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown; Request ID: X)",
            ),
        ),
        (
            "s3.connection-pool",
            Task(
                "com.amazonaws.SdkClientException: Unable to execute HTTP request: Timeout waiting for connection from pool",
            ),
        ),
        (
            "permission.not-authorized",
            Python(
                "com.amazonaws.services.glue.model.AccessDeniedException: User: arn:aws:sts::1:assumed-role/etl/i-1 is not authorized to perform: glue:GetTable on resource: arn:aws:glue:eu-west-1:1:catalog",
            ),
        ),
        (
            "permission.kms",
            Task(
                "com.amazonaws.services.s3.model.AmazonS3Exception: User: arn:aws:sts::1:assumed-role/etl/i-1 is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/2 (Status Code: 403)",
            ),
        ),
        (
            "permission.expired-token",
            Task(
                "com.amazonaws.services.s3.model.AmazonS3Exception: The provided token has expired. (Service: Amazon S3; Status Code: 400; Error Code: ExpiredToken)",
            ),
        ),
        (
            "python.module-missing",
            Task(
                "org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n  File \"/mnt/pyspark.zip/pyspark/worker.py\", line 589, in main\nModuleNotFoundError: No module named 'jellyfish'\n",
            ),
        ),
        (
            "python.exception",
            Own(
                Role::Driver,
                "26/03/04 02:00:00 INFO SparkContext: up\nTraceback (most recent call last):\n  File \"/tmp/job.py\", line 9, in <module>\nKeyError: 'day'\n26/03/04 02:00:01 INFO ShutdownHookManager: Shutdown hook called\n",
            ),
        ),
        ("packaging.class-missing", Driver("java.lang.NoClassDefFoundError: org/apache/iceberg/spark/SparkCatalog")),
        (
            "delta.concurrent-append",
            Python(
                "io.delta.exceptions.ConcurrentAppendException: [DELTA_CONCURRENT_APPEND] Files were added to partition [day=2026-03-04] by a concurrent update.",
            ),
        ),
        (
            "delta.concurrent-delete",
            Python(
                "io.delta.exceptions.ConcurrentDeleteReadException: This transaction attempted to read one or more files that were deleted by a concurrent update.",
            ),
        ),
        (
            "delta.protocol-changed",
            Driver(
                "org.apache.spark.sql.delta.ProtocolChangedException: The protocol version of the Delta table has been changed by a concurrent update.",
            ),
        ),
        (
            "delta.metadata-changed",
            Driver(
                "io.delta.exceptions.MetadataChangedException: The metadata of the Delta table has been changed by a concurrent update.",
            ),
        ),
        (
            "delta.schema",
            Python(
                "org.apache.spark.sql.AnalysisException: Failed to merge fields 'price' and 'price'. Failed to merge incompatible data types",
            ),
        ),
        (
            "delta.merge-duplicates",
            Driver(
                "java.lang.UnsupportedOperationException: Cannot perform Merge as multiple source rows matched and attempted to modify the same target row",
            ),
        ),
        (
            "delta.log-missing",
            Driver(
                "[DELTA_FILE_NOT_FOUND_DETAILED] File s3://lake/t/p.parquet referenced in the transaction log cannot be found.",
            ),
        ),
        (
            "iceberg.commit-race",
            Python(
                "org.apache.iceberg.exceptions.CommitFailedException: Cannot commit glue.db.t because Glue detected concurrent update",
            ),
        ),
        (
            "iceberg.conflict",
            Python(
                "org.apache.iceberg.exceptions.ValidationException: Found conflicting files that can contain records matching true",
            ),
        ),
        (
            "capacity.application-limit",
            Fact(
                "ApplicationMaxCapacityExceededException: Worker could not be allocated as the application has exceeded maximumCapacity settings: [cpu]",
            ),
        ),
        ("capacity.account-quota", Fact("ServiceQuotaExceededException: Max concurrent vCPUs per account reached")),
        ("capacity.ec2", Fact("EC2 is out of capacity for m5.4xlarge")),
        (
            "spark.no-resources",
            Own(
                Role::Driver,
                "26/03/04 02:00:00 WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI\n",
            ),
        ),
        (
            "emr.bootstrap",
            Fact("On the master instance (i-02093432d9c865f08), bootstrap action 3 returned a non-zero return code"),
        ),
        (
            "emr.hdfs-space",
            Driver(
                "org.apache.hadoop.ipc.RemoteException(java.io.IOException): File /user/spark/x could only be replicated to 0 nodes instead of minReplication (=1).",
            ),
        ),
        (
            "metastore.unreachable",
            Driver(
                "java.lang.RuntimeException: Unable to instantiate org.apache.hadoop.hive.ql.metadata.SessionHiveMetaStoreClient",
            ),
        ),
        ("glue.concurrent-runs", Fact("Glue.ConcurrentRunsExceededException: Concurrent runs exceeded for sales-etl")),
        ("glue.no-s3-route", Fact("Could Not Find S3 Endpoint or NAT gateway for subnetId: subnet-1 in VPC vpc-1")),
        (
            "lambda.timeout",
            Own(
                Role::Lambda,
                "START RequestId: 9 Version: $LATEST\n2026-03-04T02:00:12.962Z 999b5204 Task timed out after 12.01 seconds\nEND RequestId: 9\n",
            ),
        ),
        (
            "lambda.memory",
            Own(
                Role::Lambda,
                "START RequestId: 9 Version: $LATEST\nREPORT RequestId: 9 Duration: 6310.51 ms Memory Size: 256 MB Max Memory Used: 256 MB\nRequestId: 9 Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n",
            ),
        ),
        (
            "sagemaker.capacity",
            Fact(
                "CapacityError: Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.",
            ),
        ),
        (
            "sagemaker.gpu-memory",
            Own(
                Role::SageMaker,
                "Traceback (most recent call last):\n  File \"train.py\", line 88, in <module>\ntorch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n2026-03-04 02:00:00,000 sagemaker-training-toolkit ERROR    ExecuteUserScriptError:\n",
            ),
        ),
        ("container.memory", Fact("OutOfMemoryError: Container killed due to memory usage")),
        ("container.image", Fact("CannotPullContainerError: pull image manifest has been retried 5 time(s)")),
        (
            "workflow.data-limit",
            Fact(
                "The state/task 'Collect' returned a result with a size exceeding the maximum number of bytes service limit.",
            ),
        ),
        ("workflow.history-limit", Fact("The execution reached the maximum number of history events (25000).")),
        (
            "redshift.load-row",
            Own(
                Role::Redshift,
                "s3://lake/daily_sales.csv line 4031 column amount: Delimiter not found\nERROR: Load into table 'stage_orders' failed.  Check 'sys_load_error_detail' system table for details.\n",
            ),
        ),
        ("network.jdbc", Driver("com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure")),
        (
            "dms.source-log",
            Own(
                Role::Dms,
                "2026-03-04T02:00:00 [SOURCE_CAPTURE  ]E:  Could not find first log file name in binary log index file\n2026-03-04T02:00:01 [TASK_MANAGER    ]E:  Task 'K7' encountered a fatal error\n",
            ),
        ),
    ]
}
