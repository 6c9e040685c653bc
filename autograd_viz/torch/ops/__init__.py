"""The operations, family by family: each one a row of the derivatives table (see `op.py`).

Read in this order: `pointwise`, `memory`, `shape`, `reduction`, `linalg`, `joining`, `gathering`, `scattering`, `reshaping`,
`diagonals`, `padding`, `rearranging`, `losses`, `inplace`, `logic`, `creation`, `conversion`.
"""
