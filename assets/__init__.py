"""What Dagster shows: assets, checks, jobs, schedules and sensors, each a few lines over a function of `pipeline`.

Here belong names, descriptions, dependencies and metadata. Logic does not: whatever a test would want to call without
Dagster is in `pipeline`.
"""
