"""The statements of the recount, as both engines read them."""

from sqlalchemy import Date, Integer, String, Text, TextClause, text
from sqlalchemy.sql.expression import TextualSelect

from lms.db.base import Json, UtcDateTime

_WITH = """
WITH bearers AS (
  SELECT id, person_id, course_id FROM (
    SELECT id, person_id, course_id, ROW_NUMBER() OVER (
      PARTITION BY person_id, course_id
      ORDER BY CASE WHEN status IN ('active', 'completed') THEN 0 ELSE 1 END, id DESC) AS turn
    FROM enrollment) ranked
  WHERE turn = 1),
firsts AS (
  SELECT id, person_id, course_id, programme_id FROM (
    SELECT e.id, e.person_id, e.course_id, c.programme_id, ROW_NUMBER() OVER (
      PARTITION BY e.person_id, c.programme_id
      ORDER BY CASE WHEN e.completed_at IS NULL THEN 1 ELSE 0 END,
               coalesce(e.completed_at, e.enrolled_at), e.id) AS turn
    FROM enrollment e JOIN course c ON c.id = e.course_id
    WHERE c.programme_id IS NOT NULL) ranked
  WHERE turn = 1),
claims AS (
  SELECT k.id, k.person_id, k.county_code, k.submitted_at, k.state, k.amount_fen, k.paid_fen,
         f.id AS enrollment_id, f.course_id
  FROM subsidy_claim k
  LEFT JOIN firsts f ON f.person_id = k.person_id AND f.programme_id = k.programme_id
  WHERE k.submitted_at IS NOT NULL)
"""


def _said(statement: str) -> TextClause:
    """Return a statement that begins with what all of them ask."""
    return text(_WITH + statement)


# One row an enrollment, with the moments and days of all that happened to it.
ENROLLMENTS: TextualSelect = _said(
    """
SELECT e.id AS training, e.county_code AS county,
  CASE WHEN p.county_code = e.county_code THEN coalesce(p.town, '') ELSE '' END AS town,
  e.course_id AS course,
  e.enrolled_at, e.completed_at, tests.at AS passed_at, begun.day AS first_day,
  badge.issued_at AS badge_at, certs.day AS certified_on, money.id AS paid,
  ROW_NUMBER() OVER (PARTITION BY e.person_id, e.county_code
    ORDER BY e.enrolled_at, e.id) AS nth_enrolled,
  ROW_NUMBER() OVER (PARTITION BY e.person_id, e.county_code
    ORDER BY CASE WHEN e.completed_at IS NULL THEN 1 ELSE 0 END, e.completed_at, e.id)
    AS nth_completed
FROM enrollment e
JOIN person p ON p.id = e.person_id
LEFT JOIN (
  SELECT a.enrollment_id AS id, min(a.submitted_at) AS at FROM attempt a
  JOIN item i ON i.id = a.item_id JOIN lesson l ON l.id = i.lesson_id
  WHERE a.passed AND l.key = 'FINAL' GROUP BY a.enrollment_id) tests ON tests.id = e.id
LEFT JOIN (
  SELECT b.id, min(s.day) AS day FROM watch_slice s JOIN material m ON m.id = s.material_id
  JOIN bearers b ON b.person_id = s.person_id AND b.course_id = m.course_id
  WHERE s.id <= :mark GROUP BY b.id) begun ON begun.id = e.id
LEFT JOIN credential badge ON badge.enrollment_id = e.id AND badge.state = 'valid'
LEFT JOIN (
  SELECT f.id, min(y.issued_on) AS day FROM firsts f
  JOIN programme g ON g.id = f.programme_id
  JOIN external_certificate x ON x.person_id = f.person_id AND x.state = 'live'
  JOIN certificate_entry y ON y.certificate_id = x.id
   AND y.id = (SELECT max(z.id) FROM certificate_entry z WHERE z.certificate_id = x.id)
  WHERE y.status = 'issued' AND y.occupation_code = g.occupation_code
    AND (y.level IS NULL OR y.level = g.level)
  GROUP BY f.id) certs ON certs.id = e.id
LEFT JOIN (
  SELECT DISTINCT k.enrollment_id AS id FROM claims k
  JOIN subsidy_payment y ON y.claim_id = k.id AND y.state = 'paid') money ON money.id = e.id
"""
).columns(
    training=Integer(),
    county=String(),
    town=String(),
    course=Integer(),
    enrolled_at=UtcDateTime(),
    completed_at=UtcDateTime(),
    passed_at=UtcDateTime(),
    first_day=Integer(),
    badge_at=UtcDateTime(),
    certified_on=Date(),
    paid=Integer(),
    nth_enrolled=Integer(),
    nth_completed=Integer(),
)

# One row a claim that was handed in.
CLAIMS: TextualSelect = _said(
    """
SELECT coalesce(k.enrollment_id, -k.id) AS training, k.county_code AS county,
  CASE WHEN p.county_code = k.county_code THEN coalesce(p.town, '') ELSE '' END AS town,
  k.course_id AS course, k.submitted_at,
  CASE WHEN k.state IN ('approved', 'paid', 'bank_returned') THEN
    (SELECT max(s.at) FROM subsidy_claim_step s WHERE s.claim_id = k.id AND s.act = 'approve')
  END AS approved_at,
  k.amount_fen - k.paid_fen AS owed_fen
FROM claims k JOIN person p ON p.id = k.person_id
"""
).columns(
    training=Integer(),
    county=String(),
    town=String(),
    course=Integer(),
    submitted_at=UtcDateTime(),
    approved_at=UtcDateTime(),
    owed_fen=Integer(),
)

# One row a transfer that arrived and did not come back.
PAYMENTS: TextualSelect = _said(
    """
SELECT coalesce(k.enrollment_id, -k.id) AS training, k.county_code AS county,
  CASE WHEN p.county_code = k.county_code THEN coalesce(p.town, '') ELSE '' END AS town,
  k.course_id AS course, y.paid_on, y.amount_fen,
  ROW_NUMBER() OVER (PARTITION BY k.id ORDER BY y.paid_on, y.id) AS nth_of_claim,
  ROW_NUMBER() OVER (PARTITION BY k.person_id, k.county_code ORDER BY y.paid_on, y.id)
    AS nth_of_person
FROM claims k JOIN person p ON p.id = k.person_id
JOIN subsidy_payment y ON y.claim_id = k.id AND y.state = 'paid'
"""
).columns(
    training=Integer(),
    county=String(),
    town=String(),
    course=Integer(),
    paid_on=Date(),
    amount_fen=Integer(),
    nth_of_claim=Integer(),
    nth_of_person=Integer(),
)

# One row an entry of the ledger.
ENTRIES: TextualSelect = _said(
    """
SELECT b.id AS training, e.county_code AS county,
  CASE WHEN p.county_code = e.county_code THEN coalesce(p.town, '') ELSE '' END AS town,
  b.course_id AS course,
  s.day, s.credited_ms, s.refused
FROM watch_slice s JOIN material m ON m.id = s.material_id
JOIN bearers b ON b.person_id = s.person_id AND b.course_id = m.course_id
JOIN enrollment e ON e.id = b.id JOIN person p ON p.id = e.person_id
WHERE s.id <= :mark
"""
).columns(
    training=Integer(),
    county=String(),
    town=String(),
    course=Integer(),
    day=Integer(),
    credited_ms=Integer(),
    refused=Json,
)

# What was written down of groups, beside each training and each claim for none; the last counts.
GROUPS: TextualSelect = _said(
    """
SELECT asked.id, asked.at, f.valid_from, f.valid_to, CAST(f.value AS TEXT) AS said
FROM (SELECT id, person_id, enrolled_at AS at FROM enrollment
  UNION ALL SELECT -id, person_id, submitted_at FROM claims WHERE enrollment_id IS NULL) asked
JOIN learner_fact f ON f.person_id = asked.person_id AND f.key = 'groups'
ORDER BY asked.id, CASE WHEN f.source = 'declared' THEN 0 ELSE 1 END, f.valid_from, f.id
"""
).columns(id=Integer(), at=UtcDateTime(), valid_from=Date(), valid_to=Date(), said=Text())
