"""What training and monitoring leave in S3: statistics, constraints, violations, evaluations, bias, attributions, snapshots.

Made from facts with fixed dice, so the same run has the same bytes. `columns` the data · `sketch` KLL and its distances ·
`quality` Model Monitor's files · `reports` evaluations and Clarify's · `snapshots` Evidently's. Formats as in the files that
AWS and Evidently publish ("Amazon SageMaker Developer Guide, Schema for Statistics", "Schema for Constraints", "Schema for
Violations").
"""
