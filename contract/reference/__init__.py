"""The reference contract, as a document that `contract.loading` loads like any other."""

from pathlib import Path

REFERENCE = Path(__file__).parent / "hotline_2024.json"
