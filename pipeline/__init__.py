"""Trialhouse's behaviour as plain functions, from files to a published warehouse.

Each module is one step or one kind of knowledge; a test calls it without Dagster. The contract (tables, columns,
codes) is not here but in `schemas`; the names that the Dagster UI shows are in `assets`.
"""
