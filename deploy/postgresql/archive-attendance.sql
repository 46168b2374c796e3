-- A month of attendance leaves the table for the schema "archive"; verify_history reads it there (ARCHIVE_SCHEMA=archive).
-- psql -v month=2024_10 -f archive-attendance.sql. Only of contracts that have ended: the checks read every day of the others.
BEGIN;
CREATE SCHEMA IF NOT EXISTS archive;
ALTER TABLE staffing_attendance DETACH PARTITION staffing_attendance_:month;
ALTER TABLE staffing_attendance_:month SET SCHEMA archive;
-- The table as a comparison sees it: what is here, and what is there.
SELECT 'CREATE OR REPLACE VIEW archive.staffing_attendance AS SELECT * FROM public.staffing_attendance'
    || string_agg(format(' UNION ALL SELECT * FROM archive.%I', tablename), '' ORDER BY tablename)
    FROM pg_tables WHERE schemaname = 'archive' AND tablename LIKE 'staffing_attendance_%' \gexec
COMMIT;
