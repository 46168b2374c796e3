"""Documents that tests load."""

from pathlib import Path

SECOND_CONTRACT = Path(__file__).parent / "second_contract.json"
