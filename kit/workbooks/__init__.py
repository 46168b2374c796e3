"""Lists as workbooks: to read, to fill in, to take in again, all of it or nothing.

The words of a workbook are the same in every language, for they are read back.
"""
