"""Files to the archive: what is there, what of it is new, and the extracted rows that are kept between builds.

How one document is read is `reading`'s business; what a warehouse is made of its rows is `building`'s.
"""
