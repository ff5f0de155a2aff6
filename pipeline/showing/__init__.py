"""The published file as people see it: a trial on the terminal, the report, Parquet, previews in the lineage.

Everything here only reads the file. What it says is decided in `building` and in the views under `warehouse/`.
"""
