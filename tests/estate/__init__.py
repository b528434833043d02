"""The practice estate: local AWS-compatible servers in one process, filled with the story of a fast-food chain.

Start it with `python -m estate --state-dir DIR` from the folder that holds this package. See README.md.
"""
