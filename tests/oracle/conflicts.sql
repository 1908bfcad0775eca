-- From shares, control and roles on each day to the conflicts.

-- Integrated ownership against 5 %, with the sign settled exactly where the series came near.
CREATE TABLE reached AS
SELECT root AS company, day, holder AS q, side,
       coalesce(e.sign, sign(m.value - m.threshold)) AS sign, m.open
FROM measured m LEFT JOIN settled e USING (root, day, measure, side, holder)
WHERE m.threshold = 0.05;

CREATE TABLE state_owned AS
SELECT root AS company, day,
       bool_or(side = 'lo' AND (sgn > 0 OR (sgn = 0 AND open))) AS certain, bool_or(side = 'hi' AND sgn > 0) AS possible
FROM (SELECT m.*, coalesce(e.sign, sign(m.value - m.threshold)) AS sgn
      FROM measured m LEFT JOIN settled e USING (root, day, measure, side, holder) WHERE m.threshold = 0.5)
GROUP BY ALL;

CREATE TABLE persons_day AS SELECT DISTINCT company, day, q FROM question_day;

CREATE TABLE owns AS
SELECT r.company, r.day, r.q,
       bool_or(side = 'lo' AND (sign > 0 OR (sign = 0 AND (open OR NOT coalesce(listed_hi, false))))) AS certain,
       bool_or(side = 'hi' AND (sign > 0 OR (sign = 0 AND NOT open AND NOT coalesce(listed_lo, false)))) AS possible
FROM reached r LEFT JOIN flags USING (company) GROUP BY ALL;

CREATE TABLE owns_directly AS
SELECT company, day, q,
       bool_or(lo > 0.05 OR (lo = 0.05 AND (lo_open OR NOT coalesce(listed_hi, false)))) AS certain,
       bool_or(hi > 0.05 OR (hi = 0.05 AND NOT hi_open AND NOT coalesce(listed_lo, false))) AS possible
FROM persons_day JOIN share_on s USING (company, day) LEFT JOIN flags USING (company)
WHERE s.scope = 'direct' AND s.holder = q GROUP BY ALL
UNION ALL
SELECT company, day, q, certain, true FROM persons_day JOIN grip_on g USING (company, day)
WHERE g.holder = q AND g.direct
UNION ALL
SELECT company, day, q, true, true FROM persons_day WHERE company = q AND q IN (FROM natural_person);

CREATE TABLE has_interest AS
SELECT * FROM owns
UNION ALL
SELECT root, day, q, side = 'lo', true FROM controlled WHERE node = root AND q <> root
UNION ALL
SELECT company, day, q, true, true FROM persons_day WHERE company = q AND q IN (FROM natural_person);

CREATE TABLE manages AS
SELECT company, day, q,
       bool_or(from_hi <= day AND day < to_lo) AND NOT coalesce(bool_or(f.state_hi), false)
           AND NOT coalesce(bool_or(s.possible), false) AS certain,
       NOT coalesce(bool_or(f.state_lo), false) AND NOT coalesce(bool_or(s.certain), false) AS possible
FROM persons_day JOIN role_edge r USING (company) LEFT JOIN flags f USING (company)
LEFT JOIN state_owned s USING (company, day)
WHERE r.person = q AND from_lo <= day AND day < to_hi GROUP BY ALL;

-- All edges in force together on one same day.
CREATE TABLE met AS
SELECT a.rule, d.ocid, d.company, d.p, d.q, bool_or(d.certain AND a.certain) AS certain
FROM question_day d
JOIN (SELECT 'COI-01' AS rule, true AS own, * FROM owns_directly
      UNION ALL SELECT 'COI-02', true, * FROM manages
      UNION ALL SELECT 'COI-03', true, * FROM has_interest
      UNION ALL SELECT 'COI-04', false, * FROM has_interest
      UNION ALL SELECT 'COI-05', false, * FROM manages) a USING (company, day, q)
WHERE a.possible AND a.own = (d.p = d.q)
GROUP BY ALL;

CREATE TABLE conflict AS
SELECT m.* FROM met m
WHERE m.rule <> 'COI-03' OR NOT EXISTS (
    SELECT 1 FROM met d WHERE d.rule = 'COI-01' AND d.ocid = m.ocid AND d.company = m.company AND d.p = m.p
    AND d.certain >= m.certain);
