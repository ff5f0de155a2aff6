"""What the faces of the ClinicalTrials.gov site share; a face itself is a layout beside this package.

- `texts`: grammars of one line or cell, as offsets; other sites that copy the register use them too.
- `pieces`: stretches of lines, the cells of tables.
- `names`: where names that ran together are cut.
- `phrases`: where the words of conditions' names tell that.
- `groups`: where groups of an observational study begin where no bars bound them.
- `joined`: where an arm's label ends in a cell that lost its line breaks.
- `study`: what a face of the study page states (its stages and labels) and what its reading carries along.
- `labels`: the study page's two-column tables, each label with its value.
- `head`, `design`, `arms`, `outcomes`, `eligibility`, `people`, `more`: the study page's stages, a module each part.
- `page`: the study page as a whole, which gives every line to its stage.
- `rows`: pages that are one table of labels and values.
"""
