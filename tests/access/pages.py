"""Who may open what on the pages, and write there, as data: each model and each page of its own.

Letters are roles: S 甲方经办, R 甲方复核, F 甲方财务, A 审计只读, Y 系统管理员, N 安全管理员, U 审计管理员.
Whoever is not named is refused: so is O, who enters the pages and has no role. A person of the vendor and
one who has not signed in are led to the page that asks for a password, everywhere. Of another office's
row nobody learns whether it is there.
"""

LETTERS = "SRFAYNU"

# A model, and who reads it (list, row, history, old versions), adds, changes, removes; "-" is nobody. A star
# marks rows that belong to no office; a small letter opens the list, in which it finds no row. Where the page
# of a row shows steps (alerts, claims, sheets, letters, files) every reader may send a form there: whose steps
# are taken is said by STEPS and by the services.
MODELS = """
auth.Group*                  N     -   -     -
auth.User*                   YN    Y   YN    -
billing.Acceptance           SRFA  S   S     -
billing.AcceptanceSheet      SRFA  S   SRFA  -
billing.Claim                SRFA  S   SRFA  -
billing.Deposit              SRFA  S   S     -
billing.Instalment           SRFA  F   F     -
billing.Invoice              SRFA  -   F     -
billing.KeptBulletin         SRA   -   -     -
billing.Payment              SRFA  F   F     -
billing.PaymentException     SRFA  F   R     -
billing.PaymentRule          SRFA  S   -     -
billing.Quantity             SRFA  F   -     -
billing.QuarterFile          SRFA  -   SRFA  -
billing.Statement            SRFA  -   -     -
billing.Tariff               SRFA  S   -     -
confidentiality.DataReturn   SRA   S   S     -
confidentiality.Disclosure   SRA   -   -     -
confidentiality.Incident     SRA   S   S     -
confidentiality.Offboarding  SRA   -   -     -
confidentiality.Undertaking  SRA   -   -     -
contract.AccessEntry*        U     -   -     -
contract.Alert               SRFA  -   SRFA  -
contract.Amendment           SRA   S   S     -
contract.Assessment          SRFA  -   -     -
contract.AssessmentScheme    SRA   S   S     -
contract.CalendarDay*        SRAY  SY  SY    -
contract.CalendarYear*       SRAY  SY  SY    -
contract.ChangeEntry         SRA   -   -     -
contract.Clause              SRFA  S   S     -
contract.Consent             SRA   S   S     -
contract.Contract            SRFA  S   S     -
contract.Delegation           SRAy  RY  -     -
contract.Dispute             SRA   S   S     -
contract.Endpoint            SRA   -   -     -
contract.EvaluationRun*      SRAY  -   -     -
contract.Excuse              SRA   S   R     -
contract.ForceMajeureEvent   SRA   S   S     -
contract.Formality           SRA   S   S     -
contract.HeadcountOrder      SRA   S   S     -
contract.Inspection          SRA   S   S     -
contract.InspectionRemark    SRA   S   S     -
contract.LetterHead          SRA   S   S     -
contract.LoginLock*          NU    -   -     -
contract.Membership*         SRAN  N   N     N
contract.Misconduct          SRA   S   S     -
contract.Notice              SRA   -   SRA   -
contract.OpeningFact          SRA   S   S     -
contract.OutboxMessage       SRA   -   -     -
contract.Party               SRFA  S   S     -
contract.Policy              SRFA  S   S     -
contract.PurchasePaper       SRA   S   S     -
contract.RenewalAssessment   SRA   S   S     -
contract.ReportSchedule      SRA   S   S     -
contract.ServiceReport       SRA   S   S     -
contract.Subcontracting      SRA   S   S     -
contract.Term                SRFA  S   S     -
hotline.Indicator            SRA   S   S     -
hotline.Objection            SRA   -   S     -
hotline.Platform             SRA   S   S     -
hotline.SeatDay              SRA   -   -     -
hotline.SeatLogin            SRA   S   S     -
hotline.ServiceDay           SRA   S   S     -
hotline.ServiceMonth         SRA   S   S     -
knox.AuthToken*              N     -   -     N
staffing.Assignment          SRA   -   S     -
staffing.Attendance          SRA   -   -     -
staffing.AttendanceBatch     SRA   -   -     -
staffing.AttendanceChange    SRA   -   -     -
staffing.DutyDay             SRA   -   -     -
staffing.EmploymentContract  SRA   -   -     -
staffing.Gap                 SRA   -   -     -
staffing.HoursApproval       SRA   S   S     -
staffing.LabourMatter        SRA   S   S     -
staffing.Leave               SRA   -   -     -
staffing.Operator            SRA   -   -     -
staffing.PayProof            SRA   S   S     -
staffing.Post                SRA   S   S     -
staffing.QualificationProof  SRA   -   -     -
staffing.ReplacementDemand   SRA   S   S     -
staffing.ServicePlace        SRA   S   S     -
staffing.Shift               SRA   -   -     -
staffing.ShiftBatch          SRA   -   -     -
staffing.StaffDay            SRA   -   -     -
staffing.Training            SRA   -   -     -
staffing.TrialAssessment     SRA   S   S     -
"""

# A page beside those, who opens it, and whose form is taken there. With "?" there is nothing to show or to
# write about in the world of this test (no scan, no proof): who may is answered 404.
PAGES = """
auth_user_password_change                  Y     Y
billing_acceptancesheet_edit               SRFA  -
billing_acceptancesheet_pdf                SRFA  SRFA
billing_bulletin                           SRA   SRA
billing_bulletin_file                      SRA   SRA
billing_bulletin_keep                      S     S
billing_claim_edit                         SRFA  -
billing_claim_file                         SRFA  SRFA
billing_instalment_export                  SRFA  SRFA
billing_instalment_preview                 SRFA  SRFA
billing_invoice_export                     SRFA  SRFA
billing_invoice_file                       SRFA?  SRFA?
billing_keptbulletin_file                  SRA   SRA
billing_ledger                             SRFA  SRFA
billing_ledger_export                      SRFA  SRFA
billing_ledger_plan                        -     F
billing_payment_export                     SRFA  SRFA
billing_quarterfile_ask                    F     F
billing_quarterfile_make                   F     F
billing_quarterfile_pdf                    SRFA  SRFA
billing_quarterfile_zip                    SRFA  SRFA
billing_reconciliation                     SRFA  SRFA
billing_statement_pdf                      SRFA  SRFA
confidentiality_datareturn_scan            SRA?  SRA?
confidentiality_offboarding_scan           SRA?  SRA?
confidentiality_undertaking_scan           SRA?  SRA?
contract_alert_case_file                   SRA   SRA
contract_alert_file                        SRA   SRA
contract_calendar                          SRAY  SY
contract_clause_board                      SRFA  SRFA
contract_clause_conflicts                  SRFA  SRFA
contract_contract_begin                    S     S
contract_contract_checks                   S     S
contract_contract_evaluate                 S     S
contract_contract_evaluate_now             S     S
contract_contract_first_list               S?    S?
contract_contract_open_guide               SRFA  SRFA
contract_contract_open_renewal             S     S
contract_contract_people                   SRAYN N?
contract_contract_person                   Y     Y
contract_contract_person_close             Y     Y
contract_contract_readings                 S     S
contract_contract_renew                    S     S
contract_contract_setup                    SRFA  SRFA
contract_deadline                          SRFA  SRFA
contract_impact                            SRAY  SRAY
contract_inspectionremark_download_list    SRA   SRA
contract_inspectionremark_take_in_list     S     S
contract_mail                              SRAY  SY
contract_known_then                        SRAY  SRAY
contract_notice_issue                      S?    S?
contract_notice_pdf                        SRA   SRA
contract_notice_proof                      SRA?  SRA?
contract_servicereport_download_list       SRA   SRA
contract_servicereport_take_in_list        S     S
hotline_platform_files                     S     S
hotline_platform_seats                     S     S
hotline_seatday_compare                    SRA   SRA
hotline_serviceday_demand                  SRA   SRA
hotline_serviceday_month                   SRA   SRA
hotline_serviceday_year                    SRA   SRA
staffing_assignment_download_list          SRA   SRA
staffing_assignment_take_in_list           -     -
staffing_attendance_day                    SRA?  SRA?
staffing_attendance_exports                SRA   SRA
staffing_attendance_sheet                  SRA   SRA
staffing_attendance_workbook               SRA   SRA
staffing_attendance_year                   SRA   SRA
staffing_employmentcontract_download_list  SRA   SRA
staffing_employmentcontract_take_in_list   -     -
staffing_leave_download_list               SRA   SRA
staffing_leave_take_in_list                -     -
staffing_operator_line                     SRA   SRA
staffing_operator_to_line                  SRA   SRA
staffing_operator_unmask                   S     S
staffing_qualificationproof_download_list  SRA   SRA
staffing_qualificationproof_take_in_list   -     -
staffing_shift_sheet                       SRA   SRA
staffing_shift_workbook                    SRA   SRA
staffing_training_download_list            SRA   SRA
staffing_training_take_in_list             -     -
staffing_trialassessment_download_list     SRA   SRA
staffing_trialassessment_take_in_list      S     S
"""

# An alert in each state: the steps that a role is offered. Nobody else is offered any, and a form sent by
# hand takes no step: the proposer of a case does not decide it.
STEPS = """
open       S  propose paper notify
open       R  -
told       S  propose paper correct_notification
told       R  -
asked      S  propose paper grant correct_notification
asked      R  -
proposed   S  paper
proposed   R  approve
confirmed  S  close propose paper
confirmed  R  -
closed     S  propose
closed     R  -
"""

# A claim, a sheet, a letter in each state: the buttons that a role is offered. Who is not named does not see it.
BUTTONS = """
claim  draft      S  propose file
claim  draft      R  -
claim  draft      F  propose
claim  draft      A  -
claim  waiting    S  file
claim  waiting    R  approve reject
claim  waiting    F  -
claim  waiting    A  -
claim  issued     S  propose file
claim  issued     R  -
claim  issued     F  propose
claim  issued     A  -
claim  overdue    S  propose file silence
claim  overdue    R  -
claim  overdue    F  propose
claim  overdue    A  -
claim  accepted   S  propose file
claim  accepted   R  -
claim  accepted   F  propose
claim  accepted   A  -
claim  disputed   S  propose file
claim  disputed   R  -
claim  disputed   F  propose
claim  disputed   A  -
claim  silent     S  propose file
claim  silent     R  -
claim  silent     F  propose
claim  silent     A  -
claim  recovered  S  file
claim  recovered  R  -
claim  recovered  F  -
claim  recovered  A  -
claim  withdrawn  S  file
claim  withdrawn  R  -
claim  withdrawn  F  -
claim  withdrawn  A  -
sheet  draft      S  conclude
sheet  draft      R  -
sheet  draft      F  -
sheet  draft      A  -
sheet  group      S  decide deduct
sheet  group      R  -
sheet  group      F  -
sheet  group      A  -
sheet  purchaser  S  deduct
sheet  purchaser  R  -
sheet  purchaser  F  -
sheet  purchaser  A  -
sheet  confirmed  S  deduct
sheet  confirmed  R  -
sheet  confirmed  F  -
sheet  confirmed  A  -
sheet  objected   S  deduct
sheet  objected   R  -
sheet  objected   F  -
sheet  objected   A  -
sheet  withdrawn  S  -
sheet  withdrawn  R  -
sheet  withdrawn  F  -
sheet  withdrawn  A  -
letter sent       S  arrive
letter sent       R  -
letter sent       A  -
letter arrived    S  arrive
letter arrived    R  -
letter arrived    A  -
letter corrected  S  arrive
letter corrected  R  -
letter corrected  A  -
"""

# Beside the admin: for whoever has signed in and may enter the pages, for whoever has signed in, for everybody.
OF_THE_OFFICE = {"find", "tables", "second-factor-setup"}
OF_THE_VENDOR = {
    "portal",
    "portal-alert",
    "portal-answer",
    "portal-more-time",
    "portal-file",
    "portal-letter",
    "portal-acknowledge",
    "portal-template",
    "portal-service",
    "portal-object",
    "portal-import",
}  # tests/access/test_portal.py
OF_ONESELF = {"account", "account-end-key", "account-calendar-link", "second-factor"}
FOR_ALL = {
    "home",
    "sign-in",
    "account-sign-in",
    "account-sign-out",
    "calendar-feed",  # its address is the key, and is ended by its person: tests/access/test_calendar_feed.py
    "account-invitation",  # its link is the key, and good once
    "health-live",
    "health-ready",
    "health-serving",
    "metrics",
}
# Asked for with a code of the terminal, and only while nobody can sign in yet.
OF_AN_EMPTY_INSTALLATION = {"first-administrators", "first-office"}
