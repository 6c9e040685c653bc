"""What a notebook shows: pictures under cells, and a widget.

Read `display.py`, then `cells.py`, then `widget.py`.
"""
