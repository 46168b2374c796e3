"""Lists about money as files for WPS and Excel."""

from billing.exports.tables import TABLES, Table, table_for
from billing.exports.writers import FORMATS, TooManyRows, write

__all__ = ["FORMATS", "TABLES", "Table", "TooManyRows", "table_for", "write"]
