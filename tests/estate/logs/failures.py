"""What can go wrong, as data: what the driver, the executor and the platform say about it, and what the API repeats.

`number` is the row of the catalogue of signatures that the product's triage starts from; None for what it lacks.
`<input>`, `<record>`, `<host>` and such stand for facts of the run. Exceptions: "Class: message", the deepest last.
"""

from __future__ import annotations

from dataclasses import dataclass

ROLE = "arn:aws:sts::123456789012:assumed-role/data-platform-jobs/emr"


@dataclass(frozen=True)
class Failure:
    name: str
    number: int | None
    # task: a task throws · lost: an executor dies · driver: the driver's JVM throws · python: the script raises ·
    # silent: the driver is killed · platform: nothing of ours ever ran · after: the step fails though all went well
    kind: str
    chain: tuple[str, ...] = ()        # exceptions, outermost first
    frame: str = ""                    # where the deepest was thrown
    user: str = ""                     # the script's own line: "file.py:88 in load: rows.collect()"
    reason: str = ""                   # of a lost executor, as the driver says it
    last: tuple[str, ...] = ()         # the executor's (or a killed driver's) last lines: "LEVEL Class: text"
    node: tuple[str, ...] = ()         # the NodeManager's, or the platform's
    before: tuple[str, ...] = ()       # warnings in the driver long before
    exit: int = 1
    short: str = ""                    # ErrorMessage or Reason, if the API has its own words
    step_reason: str = "Unknown Error."

    @property
    def never_ran(self) -> bool:
        return self.kind == "platform"

    @property
    def deepest(self) -> str:
        return self.chain[-1] if self.chain else self.reason

    @property
    def serverless(self) -> str:
        """ "Last few exceptions" of GetJobRun's stateDetails."""
        if self.kind == "platform":
            return self.short
        if self.kind == "silent":
            return (f"Job failed, please check complete logs in configured logging destination. ExitCode: {self.exit}. "
                    "Last few exceptions: ...")
        told = "Caused by: " + self.deepest if len(self.chain) > 1 or self.kind in ("task", "lost") else self.deepest
        return ("Job failed, please check complete logs in configured logging destination. ExitCode: "
                f"{self.exit}. Last few exceptions: {told}...")

    @property
    def containers(self) -> dict:
        if self.kind == "platform":
            return {"reason": "CLUSTER_UNAVAILABLE", "details": self.short}
        return {"reason": "USER_ERROR", "details":
                f"JobRun failed. Main Spark container terminated with errors. Please refer logs uploaded to S3/CloudWatch "
                f"based on your monitoring configuration. Exit code: {self.exit}"}

    @property
    def glue(self) -> str:
        if self.short:
            return self.short
        if self.kind in ("python", "driver"):
            return self.deepest
        why = self.deepest if self.kind == "task" else (
            f"ExecutorLostFailure (executor 7 exited caused by one of the running tasks) Reason: {self.reason}")
        return ("An error occurred while calling o112.pyWriteDynamicFrame. Job aborted due to stage failure: Task 41 in stage "
                "3.0 failed 4 times, most recent failure: Lost task 41.3 in stage 3.0 (TID 247) (172.35.18.44 executor 7): "
                + why)

    @property
    def sagemaker(self) -> str:
        return self.short or (f"AlgorithmError: ExecuteUserScriptError:\nExitCode {self.exit}\nErrorMessage \""
                              f"{self.deepest}\"\nCommand \"/usr/local/bin/python3 train.py\", exit code: {self.exit}")


def task(name, number, *chain, frame="", **more):
    return Failure(name, number, "task", chain, frame, **more)


def lost(name, number, reason, *last, **more):
    return Failure(name, number, "lost", (), reason=reason, last=last, exit=more.pop("exit", 1), **more)


def driver(name, number, *chain, frame="", **more):
    return Failure(name, number, "driver", chain, frame, **more)


def python(name, number, error, user, **more):
    return Failure(name, number, "python", (error,), user=user, **more)


def silent(name, number, *last, exit=137, **more):
    return Failure(name, number, "silent", (), last=last, exit=exit, **more)


def platform(name, number, short, *node, **more):
    return Failure(name, number, "platform", short=short, node=node, **more)


_HEAP = "java.lang.OutOfMemoryError: Java heap space"
_S3 = "com.amazon.ws.emr.hadoop.fs.shaded.com.amazonaws.services.s3.model.AmazonS3Exception: "
_IDS = "(Service: Amazon S3; Status Code: {0}; Error Code: {1}; Request ID: 8QZ4PRACTICE7K1M; S3 Extended Request ID: cHJhY3RpY2U=; Proxy: null)"
_DELTA = "org.apache.spark.sql.delta."

ALL = [
    task("malformed records", None,
         "org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error while reading file <input>.",
         "org.apache.spark.SparkException: Malformed records are detected in record parsing. Parse Mode: FAILFAST. To "
         "process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.",
         "org.apache.spark.sql.catalyst.util.BadRecordException: "
         "org.apache.spark.sql.catalyst.csv.MalformedCSVException: Malformed CSV record: <record>",
         frame="org.apache.spark.sql.catalyst.csv.UnivocityParser.convert(UnivocityParser.scala:343)",
         user="daily_sales.py:41 in main: frame.write.format('delta').mode('append').save(args.output)"),
    driver("driver heap", 1, _HEAP, frame="org.apache.spark.sql.execution.SparkPlan.executeCollect(SparkPlan.scala:449)",
           user="stores_report.py:88 in build: rows = frame.toPandas()", exit=52,
           before=("WARN TaskSetManager: Stage 2 contains a task of very large size (3841 KiB). The maximum recommended "
                   "task size is 1000 KiB.",)),
    task("executor heap", 2, _HEAP, frame="org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter."
         "growPointerArrayIfNecessary(UnsafeExternalSorter.java:385)",
         last=("ERROR SparkUncaughtExceptionHandler: Uncaught exception in thread Thread[Executor task launch worker for "
               "task 41.0 in stage 3.0 (TID 241),5,main]",),
         user="basket_affinity.py:63 in main: pairs.groupBy('a', 'b').agg(collect_list('order_id')).write.save(out)"),
    task("gc overhead", 3, "java.lang.OutOfMemoryError: GC overhead limit exceeded",
         frame="java.util.Arrays.copyOf(Arrays.java:3236)", user="loyalty_history.py:51 in main: joined.cache().count()"),
    lost("memory overhead", 4, "Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical "
         "memory used. Consider boosting spark.executor.memoryOverhead.",
         "INFO PythonUDFRunner: Times: total = 184211, boot = 612, init = 1204, finish = 182395",
         node=("WARN org.apache.hadoop.yarn.server.nodemanager.containermanager.monitor.ContainersMonitorImpl (Container "
               "Monitor): Container [pid=18233,containerID=<container>] is running 322961408B beyond the 'PHYSICAL' memory "
               "limit. Current usage: 9.1 GB of 8.8 GB physical memory used; 13.2 GB of 44.0 GB virtual memory used. "
               "Killing container.",), user="image_features.py:37 in main: frame.withColumn('v', embed('png')).write.save(out)"),
    lost("virtual memory", 5, "Container killed by YARN for exceeding virtual memory limits. 18.9 GB of 18.5 GB virtual "
         "memory used. Consider boosting spark.executor.memoryOverhead or disabling yarn.nodemanager.vmem-check-enabled "
         "because of YARN-4714.", user="menu_images.py:22 in main: tiles.write.save(out)"),
    lost("exit 137", 6, "Container from a bad node: <container> on host: <host>. Exit status: 137. Diagnostics: [<stamp>]"
         "Container killed on request. Exit code is 137\n[<stamp>]Container exited with a non-zero exit code 137. \n"
         "[<stamp>]Killed by external signal\n.", exit=1,
         node=("WARN org.apache.hadoop.yarn.server.nodemanager.DefaultContainerExecutor (ContainersLauncher #4): Exit code "
               "from container <container> is : 137",), user="clickstream_sessions.py:70 in main: sessions.write.save(out)"),
    lost("preempted by scale-in", 7, "Container marked as failed: <container> on host: <host>. Exit status: 143. "
         "Diagnostics: [<stamp>]Container killed on request. Exit code is 143\n[<stamp>]Container exited with a non-zero "
         "exit code 143. ", "ERROR CoarseGrainedExecutorBackend: RECEIVED SIGNAL TERM",
         user="till_totals.py:31 in main: totals.write.save(out)"),
    lost("exit 52", 8, "Container from a bad node: <container> on host: <host>. Exit status: 52. Diagnostics: [<stamp>]"
         "Exception from container-launch.\nContainer id: <container>\nExit code: 52\n.",
         f"ERROR Executor: Exception in task 41.0 in stage 3.0 (TID 241)\n{_HEAP}",
         "ERROR SparkUncaughtExceptionHandler: [Container in shutdown] Uncaught exception in thread Thread[dispatcher-"
         "Executor,5,main]", user="supplier_prices.py:44 in main: prices.repartition(8).write.save(out)"),
    silent("context did not start", 9, "ERROR ApplicationMaster: Uncaught exception: \n"
           "java.util.concurrent.TimeoutException: Futures timed out after [100000 milliseconds]",
           "ERROR ApplicationMaster: SparkContext did not initialize after waiting for 100000 ms. Please check earlier log "
           "output for errors. Failing the application.", exit=13),
    python("script exits", 10, "SystemExit: 2", "price_import.py:19 in main: sys.exit(2)", exit=2),
    task("python worker crashed", 11, "org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)",
         "java.io.EOFException", frame="java.io.DataInputStream.readInt(DataInputStream.java:392)",
         user="menu_embeddings.py:58 in main: vectors.write.save(out)"),
    lost("node lost", 13, "Container released on a *lost* node", exit=1,
         user="orders_history.py:77 in main: history.write.partitionBy('day').save(out)"),
    lost("spot interruption", 14, "Executor decommission: Spot instance interruption",
         "INFO CoarseGrainedExecutorBackend: Decommission executor 7.",
         "WARN BlockManagerDecommissioner: Asked to decommission RDD cache blocks, but no blocks to migrate",
         user="weather_join.py:29 in main: joined.write.save(out)"),
    lost("bad node", 15, "Container from a bad node: <container> on host: <host>. Exit status: -101. Diagnostics: "
         "[<stamp>]Container launch failed : java.io.IOException: Read-only file system\n.",
         node=("ERROR org.apache.hadoop.yarn.server.nodemanager.DirectoryCollection (DiskHealthMonitor-Timer): Directory "
               "/mnt1/yarn error, Read-only file system, removing from list of valid directories",),
         user="energy_meter.py:33 in main: meters.write.save(out)"),
    lost("no heartbeat", 16, "Executor heartbeat timed out after 160213 ms",
         "WARN Executor: Issue communicating with driver in heartbeater\norg.apache.spark.rpc.RpcTimeoutException: Futures "
         "timed out after [10000 milliseconds]. This timeout is controlled by spark.executor.heartbeatInterval",
         before=("WARN HeartbeatReceiver: Removing executor 7 with no recent heartbeats: 160213 ms exceeds timeout 120000 "
                 "ms",), user="delivery_routes.py:91 in main: routes.write.save(out)"),
    task("fetch failed", 17, "org.apache.spark.shuffle.MetadataFetchFailedException: Missing an output location for "
         "shuffle 2 partition 114", frame="org.apache.spark.MapOutputTracker$.validateStatus(MapOutputTracker.scala:1739)",
         user="kitchen_load.py:66 in main: load.write.save(out)"),
    task("disk full", 18, "java.io.IOException: No space left on device",
         frame="java.io.FileOutputStream.writeBytes(FileOutputStream.java:326)",
         user="crm_dedup.py:72 in main: pairs.write.parquet(out)"),
    task("no local directory", 19, "org.apache.hadoop.util.DiskChecker$DiskErrorException: Could not find any valid local "
         "directory for s3ablock-0001-", frame="org.apache.hadoop.fs.LocalDirAllocator$AllocatorPerContext."
         "getLocalPathForWrite(LocalDirAllocator.java:462)", user="fleet_positions.py:40 in main: track.write.save(out)"),
    driver("result too large", 20, "org.apache.spark.SparkException: Job aborted due to stage failure: Total size of "
           "serialized results of 812 tasks (1024.6 MiB) is bigger than spark.driver.maxResultSize (1024.0 MiB)",
           frame="org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2863)",
           user="franchise_export.py:35 in main: rows = orders.collect()"),
    driver("broadcast timeout", 21, "org.apache.spark.SparkException: Could not execute broadcast in 300 secs. You can "
           "increase the timeout for broadcasts via spark.sql.broadcastTimeout or disable broadcast join by setting "
           "spark.sql.autoBroadcastJoinThreshold to -1",
           frame="org.apache.spark.sql.execution.exchange.BroadcastExchangeExec.doExecuteBroadcast(BroadcastExchangeExec.scala:215)",
           user="store_weather.py:48 in main: sales.join(broadcast(weather), 'city').write.save(out)"),
    driver("broadcast too large", 22, "org.apache.spark.SparkException: Cannot broadcast the table that is larger than "
           "8.0 GiB: 9.4 GiB.", frame="org.apache.spark.sql.errors.QueryExecutionErrors$.cannotBroadcastTableOverMaxTable"
           "BytesError(QueryExecutionErrors.scala:2213)", user="menu_history.py:52 in main: wide.write.save(out)"),
    task("kryo buffer", 23, "org.apache.spark.SparkException: Kryo serialization failed: Buffer overflow. Available: 0, "
         "required: 73400320. To avoid this, increase spark.kryoserializer.buffer.max value.",
         "com.esotericsoftware.kryo.KryoException: Buffer overflow. Available: 0, required: 73400320",
         frame="com.esotericsoftware.kryo.io.Output.require(Output.java:167)",
         user="recipe_graph.py:28 in main: graph.write.save(out)"),
    driver("not serializable", 24, "org.apache.spark.SparkException: Task not serializable",
           "java.io.NotSerializableException: com.example.menu.PriceClient\nSerialization stack:\n\t- object not "
           "serializable (class: com.example.menu.PriceClient, value: com.example.menu.PriceClient@5f1d2a)",
           frame="org.apache.spark.serializer.SerializationDebugger$.improveException(SerializationDebugger.scala:41)"),
    driver("column gone", 25, "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or "
           "function parameter with name `loyalty_id` cannot be resolved. Did you mean one of the following? [`member_id`, "
           "`store`, `sku`, `qty`, `amount`].; line 1 pos 27",
           frame="org.apache.spark.sql.errors.QueryCompilationErrors$.unresolvedAttributeError(QueryCompilationErrors.scala:307)",
           user="loyalty_points.py:24 in main: orders.select('loyalty_id', 'amount').groupBy('loyalty_id').sum()"),
    driver("path not found", 26, "org.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: <input>.",
           frame="org.apache.spark.sql.errors.QueryCompilationErrors$.dataPathNotExistError(QueryCompilationErrors.scala:1499)",
           user="daily_sales.py:33 in main: frame = spark.read.csv(args.input, header=True, mode='FAILFAST')"),
    driver("table missing", 27, "org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view "
           "`crm`.`members` cannot be found. Verify the spelling and correctness of the schema and catalog.; line 1 pos 14",
           frame="org.apache.spark.sql.catalyst.analysis.package$AnalysisErrorAt.tableNotFound(package.scala:87)",
           user="members_report.py:17 in main: spark.sql('SELECT * FROM crm.members')"),
    task("bad cast", 28, "org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value '12,90' of the type "
         "\"STRING\" cannot be cast to \"DECIMAL(10,2)\" because it is malformed. Correct the value as per the syntax, or "
         "change its target type. Use `try_cast` to tolerate malformed input and return NULL instead. If necessary set "
         "\"spark.sql.ansi.enabled\" to \"false\" to bypass this error.",
         frame="org.apache.spark.sql.errors.QueryExecutionErrors$.invalidInputInCastToNumberError(QueryExecutionErrors.scala:145)",
         user="price_list.py:46 in main: prices.write.mode('overwrite').save(out)"),
    task("parquet decoding", 29, "org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error while "
         "reading file s3://lake-processed/stores/data/00000-3-stores.parquet.",
         "org.apache.parquet.io.ParquetDecodingException: Can not read value at 1 in block 0 in file "
         "s3://lake-processed/stores/data/00000-3-stores.parquet",
         "java.lang.UnsupportedOperationException: org.apache.parquet.column.values.dictionary.PlainValuesDictionary$"
         "PlainBinaryDictionary", frame="org.apache.parquet.column.Dictionary.decodeToLong(Dictionary.java:49)",
         user="store_sizes.py:30 in main: sizes.write.save(out)"),
    task("parquet column type", 30, "org.apache.spark.sql.execution.QueryExecutionException: Parquet column cannot be "
         "converted in file s3://lake-processed/sales/part-00011.snappy.parquet. Column: [qty], Expected: bigint, Found: "
         "INT32.", "org.apache.spark.sql.execution.datasources.SchemaColumnConvertNotSupportedException: column: [qty], "
         "physicalType: INT32, logicalType: bigint", user="qty_report.py:22 in main: report.write.save(out)"),
    task("not a parquet file", 31, "java.lang.RuntimeException: s3://lake-processed/sales/_tmp/part-00003.parquet is not "
         "a Parquet file. Expected magic number at tail, but found [0, 0, 21, 10]",
         frame="org.apache.parquet.hadoop.ParquetFileReader.readFooter(ParquetFileReader.java:565)",
         user="sales_month.py:27 in main: month.write.save(out)"),
    task("file replaced", 32, "java.io.FileNotFoundException: No such file or directory 's3://lake-processed/stores/"
         "part-00002-6c1e.c000.snappy.parquet'\nIt is possible the underlying files have been updated. You can explicitly "
         "invalidate the cache in Spark by running 'REFRESH TABLE tableName' command in SQL or by recreating the "
         "Dataset/DataFrame involved.", frame="com.amazon.ws.emr.hadoop.fs.s3n.S3NativeFileSystem.getFileStatus("
         "S3NativeFileSystem.java:556)", user="store_join.py:38 in main: joined.write.save(out)"),
    task("no such key", 33, _S3 + "The specified key does not exist. " + _IDS.format(404, "NoSuchKey"),
         frame="com.amazon.ws.emr.hadoop.fs.s3.lite.call.GetObjectCall.perform(GetObjectCall.java:20)",
         user="receipts.py:26 in main: receipts.write.save(out)"),
    driver("access denied", 34, "java.nio.file.AccessDeniedException: s3://finance-closed/ledger/2026/: PutObject",
           _S3 + "Access Denied " + _IDS.format(403, "AccessDenied"),
           frame="com.amazon.ws.emr.hadoop.fs.s3.lite.executor.GlobalS3Executor.execute(GlobalS3Executor.java:110)",
           user="ledger_export.py:21 in main: ledger.write.csv('s3://finance-closed/ledger/2026/')"),
    driver("not authorized", 35, f"software.amazon.awssdk.services.glue.model.AccessDeniedException: User: {ROLE} is not "
           "authorized to perform: glue:GetTable on resource: arn:aws:glue:eu-west-1:123456789012:table/crm/members because "
           "no identity-based policy allows the glue:GetTable action (Service: Glue, Status Code: 400, Request ID: "
           "5d0f-practice)", frame="software.amazon.awssdk.services.glue.DefaultGlueClient.getTable(DefaultGlueClient.java:8317)",
           user="crm_sync.py:44 in main: spark.table('crm.members')"),
    task("kms denied", 36, _S3 + f"User: {ROLE} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:"
         "123456789012:key/11111111-2222-3333-4444-555555555555 because no resource-based policy allows the kms:Decrypt "
         "action " + _IDS.format(403, "AccessDenied"),
         frame="com.amazon.ws.emr.hadoop.fs.s3.lite.call.GetObjectCall.perform(GetObjectCall.java:20)",
         user="payments_day.py:29 in main: payments.write.save(out)"),
    task("expired token", 37, _S3 + "The provided token has expired. " + _IDS.format(400, "ExpiredToken"),
         frame="com.amazon.ws.emr.hadoop.fs.s3.lite.call.PutObjectCall.perform(PutObjectCall.java:35)",
         user="archive_copy.py:57 in main: files.foreachPartition(copy)"),
    task("slow down", 38, _S3 + "Please reduce your request rate. " + _IDS.format(503, "SlowDown"),
         frame="com.amazon.ws.emr.hadoop.fs.s3.lite.call.PutObjectCall.perform(PutObjectCall.java:35)",
         user="events_compact.py:61 in main: events.repartition(20000).write.save(out)"),
    task("connection pool", 39, "java.io.InterruptedIOException: getFileStatus on s3a://lake-raw/data/events: "
         "com.amazonaws.SdkClientException: Unable to execute HTTP request: Timeout waiting for connection from pool",
         "org.apache.http.conn.ConnectionPoolTimeoutException: Timeout waiting for connection from pool",
         frame="org.apache.http.impl.conn.PoolingHttpClientConnectionManager.leaseConnection(PoolingHttpClientConnectionManager.java:316)",
         user="events_scan.py:19 in main: events.count()"),
    python("module missing", 40, "ModuleNotFoundError: No module named 'holidays'", "forecast.py:3 in <module>: import holidays"),
    python("key error", 41, "KeyError: 'delivery_fee'", "delivery_costs.py:52 in cost: return row['delivery_fee'] + row['tip']"),
    driver("class missing", 43, "java.lang.NoSuchMethodError: 'com.google.common.collect.ImmutableList com.google.common."
           "collect.ImmutableList.copyOf(java.util.Collection)'",
           frame="com.google.cloud.spark.bigquery.repackaged.Reader.open(Reader.java:118)",
           user="ads_import.py:15 in main: spark.read.format('bigquery').load('ads.spend')"),
    driver("bad jar", 44, "java.util.zip.ZipException: error in opening zip file",
           frame="java.util.zip.ZipFile.open(Native Method)"),
    driver("concurrent append", 45, _DELTA + "ConcurrentAppendException: [DELTA_CONCURRENT_APPEND] "
           "ConcurrentAppendException: Files were added to partition [sale_date=<day>] by a concurrent update. Please try "
           "the operation again.\nConflicting commit: {\"timestamp\":1763618412000,\"operation\":\"WRITE\"}",
           frame=_DELTA + "ConflictChecker.checkForAddedFilesThatShouldHaveBeenReadByCurrentTxn(ConflictChecker.scala:305)",
           user="sales_fix.py:47 in main: table.delete(\"store = 'store-0217'\")"),
    driver("concurrent delete", 46, _DELTA + "ConcurrentDeleteReadException: [DELTA_CONCURRENT_DELETE_READ] "
           "ConcurrentDeleteReadException: This transaction attempted to read one or more files that were deleted (for "
           "example part-00000-0000000b.c000.snappy.parquet) by a concurrent update. Please try the operation again.",
           user="sales_vacuum.py:20 in main: table.vacuum(0)"),
    driver("protocol changed", 47, _DELTA + "ProtocolChangedException: [DELTA_PROTOCOL_CHANGED] ProtocolChangedException: "
           "The protocol version of the Delta table has been changed by a concurrent update. This happens when multiple "
           "writers are writing to an empty directory. Creating the table ahead of time will avoid this conflict.",
           user="new_table.py:14 in main: first.write.format('delta').save(out)"),
    driver("metadata changed", 48, _DELTA + "MetadataChangedException: [DELTA_METADATA_CHANGED] MetadataChangedException: "
           "The metadata of the Delta table has been changed by a concurrent update. Please try the operation again.",
           user="orders_widen.py:26 in main: wide.write.option('mergeSchema', True).save(out)"),
    driver("merge fields", 49, "org.apache.spark.sql.AnalysisException: [DELTA_FAILED_TO_MERGE_FIELDS] Failed to merge "
           "fields 'amount' and 'amount'. Failed to merge incompatible data types DoubleType and StringType",
           user="sales_append.py:31 in main: day.write.format('delta').mode('append').save(out)"),
    driver("merge source rows", 50, _DELTA + "DeltaUnsupportedOperationException: "
           "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot perform Merge as multiple source rows matched "
           "and attempted to modify the same target row in the Delta table in possibly conflicting ways. By SQL semantics "
           "of Merge, when multiple source rows match on the same target row, the result may be ambiguous as it is unclear "
           "which source row should be used to update or delete the matching target row.",
           frame="org.apache.spark.sql.delta.DeltaErrorsBase.multipleSourceRowMatchingTargetRowInMergeException(DeltaErrors.scala:1215)",
           user="loyalty_merge.py:58 in main: members.merge(points, 'm.id = p.id').whenMatchedUpdateAll().execute()"),
    driver("delta log gone", 51, "java.io.FileNotFoundException: [DELTA_LOG_FILE_NOT_FOUND] Unable to retrieve the delta "
           "log files to construct table version 14 starting from checkpoint version 10 at s3://lake-processed/sales/_delta_log.",
           user="sales_stream.py:39 in main: stream.start(out)"),
    driver("iceberg commit", 52, "org.apache.iceberg.exceptions.CommitFailedException: Cannot commit glue.lake.stores "
           "because Glue detected concurrent update", frame="org.apache.iceberg.aws.glue.GlueTableOperations.handleAWSExceptions("
           "GlueTableOperations.java:355)", user="stores_upsert.py:42 in main: changes.writeTo('glue.lake.stores').append()"),
    driver("iceberg conflict", 53, "org.apache.iceberg.exceptions.ValidationException: Found conflicting files that can "
           "contain records matching ref(name=\"store\") == \"store-0217\": [s3://lake-processed/stores/data/00000-3-stores.parquet]",
           frame="org.apache.iceberg.MergingSnapshotProducer.validateAddedDataFiles(MergingSnapshotProducer.java:404)",
           user="stores_fix.py:18 in main: spark.sql(\"DELETE FROM glue.lake.stores WHERE store = 'store-0217'\")"),
    platform("capacity of application", 54, "Job failed, please check complete logs in configured logging destination. "
             "ExitCode: 1. Last few exceptions: ApplicationMaxCapacityExceededException: Worker could not be allocated as "
             "the application has exceeded maximumCapacity settings: [cpu: 64 vCPU]..."),
    platform("quota", 55, "Worker could not be allocated as the account has reached its service quota: "
             "ServiceQuotaExceededException: Max concurrent vCPUs per account limit (64) exceeded."),
    driver("no resources", 56, "org.apache.spark.SparkException: Job 0 cancelled because SparkContext was shut down",
           before=("WARN TaskSchedulerImpl: Initial job has not accepted any resources; check your cluster UI to ensure "
                   "that workers are registered and have sufficient resources",) * 6,
           user="night_totals.py:12 in main: totals.count()"),
    platform("bootstrap action", 57, "On the master instance (i-0<master>), bootstrap action 1 returned a non-zero return "
             "code", "ERROR: Could not find a version that satisfies the requirement pyarrow==99.0.0 (from versions: "
             "0.9.0, 14.0.2, 15.0.0, 16.1.0, 17.0.0)", "ERROR: No matching distribution found for pyarrow==99.0.0"),
    platform("no ec2 capacity", 58, "EC2 is out of capacity for r6g.16xlarge in eu-west-1a (INTERNAL_ERROR_EC2_"
             "INSUFFICIENT_CAPACITY_AZ)"),
    task("hdfs full", 59, "org.apache.hadoop.ipc.RemoteException(java.io.IOException): File /user/hadoop/tmp/"
         "part-00041 could only be replicated to 0 nodes instead of minReplication (=1). There are 2 datanode(s) running "
         "and 2 node(s) are excluded in this operation.", frame="org.apache.hadoop.hdfs.server.blockmanagement.BlockManager."
         "chooseTarget4NewBlock(BlockManager.java:2350)", user="hdfs_stage.py:23 in main: stage.write.save('hdfs:///tmp/stage')"),
    driver("output exists", 60, "org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory s3://lake-processed/"
           "exports/day already exists", frame="org.apache.hadoop.mapred.FileOutputFormat.checkOutputSpecs(FileOutputFormat.java:131)",
           user="day_export.py:16 in main: rdd.saveAsTextFile(out)", step_reason="Output directory already exists."),
    Failure("shutdown hook", 61, "after", ("java.util.concurrent.TimeoutException",), "java.util.concurrent.FutureTask.get("
            "FutureTask.java:205)", user="late_shutdown.py:9 in main: spark.stop()"),
    driver("kerberos", 64, "java.io.IOException: DestHost:destPort hbase.example:16000 , LocalHost:localPort <host>:0. "
           "Failed on local exception: java.io.IOException", "javax.security.sasl.SaslException: GSS initiate failed",
           frame="com.sun.security.sasl.gsskerb.GssKrb5Client.evaluateChallenge(GssKrb5Client.java:211)",
           user="hbase_scan.py:20 in main: rows = scan(table)"),
    # Glue, SageMaker, Lambda
    platform("glue concurrency", 63, "ConcurrentRunsExceededException: Concurrent runs exceeded for supplier-import"),
    python("glue exit code 1", 63, "ValueError: no column 'supplier_no' in supplier file of <day>",
           "supplier_feed.py:57 in main: raise ValueError(f\"no column 'supplier_no' in supplier file of {day}\")",
           short="Command Failed with Exit Code 1"),
    python("database password", None, "py4j.protocol.Py4JJavaError: An error occurred while calling "
           "o104.getDynamicFrame.\n: org.postgresql.util.PSQLException: FATAL: password authentication failed for user "
           "\"glue_reader\"", "crm_extract.py:28 in main: frame = context.create_dynamic_frame.from_options('postgresql', options)",
           short="An error occurred while calling o104.getDynamicFrame. The connection attempt failed. Could not connect "
           "to crm-db.internal.example:5432: FATAL: password authentication failed for user \"glue_reader\""),
    platform("glue no endpoint", 63, "VPC S3 endpoint validation failed for SubnetId: subnet-0a1b2c3d4e5f60718. VPC: "
             "vpc-0practice. Reason: Could not find S3 endpoint or NAT gateway for subnetId: subnet-0a1b2c3d4e5f60718 in Vpc vpc-0practice"),
    python("training nan", 65, "ValueError: Input X contains NaN. column 'days_since_last_visit'",
           "train.py:88 in main: model.fit(features, target)"),
    python("training out of memory", 65, "Killed", "train.py:61 in main: frame = pd.read_parquet(train)", exit=137,
           short="AlgorithmError: , exit code: 137"),
    platform("training no capacity", 65, "CapacityError: Unable to provision requested ML compute capacity. Please retry "
             "using a different ML instance type."),
    python("processing client error", 65, "botocore.exceptions.ClientError: An error occurred (404) when calling the "
           "HeadObject operation: Not Found", "prepare.py:31 in load: s3.download_file(bucket, key, target)",
           short="AlgorithmError: See job logs for more information"),
]
BY_NAME = {failure.name: failure for failure in ALL}
assert len(BY_NAME) == len(ALL)


def of(name: str) -> Failure | None:
    return BY_NAME.get(name)
