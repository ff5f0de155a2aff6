"""One document's bytes to checked rows: nothing here knows of files, of other documents or of the warehouse.

Decoding, lines, the record that every source shares, and its way to rows of the contract. A change here, in `layouts`,
`registers` or `normalize` changes rows, so that documents are read again (`archiving.code_version`).
"""
