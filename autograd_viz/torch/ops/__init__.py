"""The operations, family by family: each one a row of the derivatives table (see `op.py`).

Read in this order: `pointwise`, `shape`, `reduction`, `linalg`, `losses`, `inplace`, `logic`, `creation`, `conversion`.
"""
