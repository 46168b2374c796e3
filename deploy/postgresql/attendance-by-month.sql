-- Attendance by month: the same table, in a partition for each month (docs/scale.md). Stop web, worker and beat first.
BEGIN;
ALTER TABLE staffing_attendance RENAME TO staffing_attendance_whole;
ALTER TABLE staffing_attendance_whole ALTER COLUMN id DROP IDENTITY;
CREATE TABLE staffing_attendance (LIKE staffing_attendance_whole INCLUDING DEFAULTS) PARTITION BY RANGE (day);
CREATE SEQUENCE staffing_attendance_id_by_month OWNED BY staffing_attendance.id;
ALTER TABLE staffing_attendance ALTER COLUMN id SET DEFAULT nextval('staffing_attendance_id_by_month');

-- A month more than there is, so that none is missing while this is not run again.
CREATE OR REPLACE FUNCTION attendance_months(first date, last date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', first);
BEGIN
    WHILE month <= last LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF staffing_attendance FOR VALUES FROM (%L) TO (%L)',
            'staffing_attendance_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month'
        );
        month := month + interval '1 month';
    END LOOP;
END $$;
SELECT attendance_months(
    (SELECT coalesce(min(day), current_date) FROM staffing_attendance_whole),
    (SELECT greatest(max(ends_on), current_date) FROM contract_contract)
);
-- What lies outside: a day before the first contract, or after the last one.
CREATE TABLE staffing_attendance_other PARTITION OF staffing_attendance DEFAULT;

INSERT INTO staffing_attendance SELECT * FROM staffing_attendance_whole;
SELECT setval('staffing_attendance_id_by_month', (SELECT coalesce(max(id), 0) + 1 FROM staffing_attendance_whole), false);
DROP TABLE staffing_attendance_whole;

-- As the migrations have them; the key of a table in partitions names its day as well.
ALTER TABLE staffing_attendance
    ADD PRIMARY KEY (id, day),
    ADD CONSTRAINT attendance_once_per_person_day UNIQUE (contract_id, day, operator_id),
    ADD CONSTRAINT attendance_status_known CHECK (status IN ('on_duty', 'rest', 'leave', 'sick', 'absent')),
    ADD FOREIGN KEY (contract_id) REFERENCES contract_contract DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (batch_id) REFERENCES staffing_attendancebatch DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (operator_id) REFERENCES staffing_operator DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX attendance_newest ON staffing_attendance (day DESC, id);
CREATE INDEX staffing_attendance_operator ON staffing_attendance (operator_id);
COMMIT;
