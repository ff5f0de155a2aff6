"""The archive to a checked, published file: merging, history, rows read out of texts, views, checks, the rename.

Here is the SQL that fills a warehouse. Where its rows come from is `archiving`'s business; how it is shown is
`showing`'s.
"""
