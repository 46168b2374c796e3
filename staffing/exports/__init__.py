"""Attendance as other tools export it: what a file says, before anything of it counts.

`sources` is data: layouts, columns and words of each tool. `reading` turns a workbook into days of
people; whatever is not understood is said, never taken for work.
"""
