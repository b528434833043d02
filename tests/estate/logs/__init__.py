"""Logs as the engines write them, made from a run's facts with fixed dice: the same run, the same bytes.

`failures` what can go wrong, as data · `pen` lines with a clock · `spark` drivers and executors · `yarn` what a cluster's
daemons say · `eventlog` Spark's own records · `layouts` which files and streams an engine leaves, and where ·
`others` Glue, Lambda, SageMaker · `oddities` files that break readers · `big` one of a gigabyte, for benchmarks.

The texts are written for this estate after the formats of the programs (Spark 3.5 with log4j2's `yy/MM/dd HH:mm:ss`
pattern, Hadoop 3.3, CPython, AWS Lambda's START/END/REPORT); keys and tokens in them are made up.
"""

# Goes up when the same run gives other bytes.
VERSION = 1
