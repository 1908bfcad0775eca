-- Edges with every node under its cluster's name.
CREATE TABLE name_of AS SELECT node, ltrim(name, '~') AS name FROM label;

CREATE TABLE dies AS
SELECT n.name AS person, min(d.lo) AS lo, max(d.hi) AS hi
FROM death d JOIN live USING (event) JOIN name_of n USING (node) GROUP BY 1;

CREATE TABLE company_reading AS
SELECT n.name AS company, r.* FROM registered r JOIN live USING (event) JOIN name_of n USING (node);

CREATE TABLE dissolves AS
SELECT company, min(dissolved_lo) AS lo, CASE WHEN bool_or(dissolved_hi = 4000000) THEN 4000000
       ELSE max(dissolved_hi) END AS hi
FROM company_reading GROUP BY 1;

-- Undated readings of one attribute: certain where all agree, possible where some say so.
CREATE TABLE flags AS
SELECT company, bool_and(state_owned) AS state_lo, bool_or(state_owned) AS state_hi,
       bool_and(listed) AS listed_lo, bool_or(listed) AS listed_hi
FROM company_reading GROUP BY 1;

CREATE TABLE public_body AS
SELECT body, bool_or(certain) AS certain FROM (
    SELECT company AS body, bool_and(kind = 'publicBody') AS certain, bool_or(kind = 'publicBody') AS possible
    FROM company_reading GROUP BY 1
    UNION ALL
    SELECT n.name, bool_and(coalesce(v.entity_type, '') IN ('state', 'stateBody')),
           bool_or(coalesce(v.entity_type, '') IN ('state', 'stateBody'))
    FROM ordered_version v JOIN name_of n ON n.node = v.record WHERE v.is_last AND v.kind = 'entity' GROUP BY 1)
GROUP BY 1 HAVING bool_or(possible);

CREATE TABLE post_edge AS
SELECT p.name AS person, b.name AS body, e.role, from_lo, from_hi,
       least(to_lo, coalesce(dies.lo, 4000000)) AS to_lo, least(to_hi, coalesce(dies.hi, 4000000)) AS to_hi
FROM post e JOIN live USING (event) JOIN name_of p ON p.node = e.person JOIN name_of b ON b.node = e.body
LEFT JOIN dies ON dies.person = p.name;

-- BODS timelines, one for each record and type of interest. A version paints [effective, open), then an end date, a
-- closing or an omission wipes [end, open); later versions go over earlier ones.
CREATE TABLE listed_interest AS
SELECT v.record, v.nth_version, v.stated, v.closed, i.*
FROM interest i JOIN ordered_version v USING (event);

CREATE TABLE brush AS
WITH lines AS (SELECT DISTINCT record, type, nth FROM listed_interest),
     strokes AS (
         SELECT l.record, l.type, l.nth, v.nth_version, v.stated, v.closed, i.event, i.start_text,
                i.start_lo, i.start_hi, i.end_lo, i.end_hi,
                lag(i.event) OVER w AS before_event, lag(i.start_text) OVER w AS before_start
         FROM lines l JOIN ordered_version v USING (record)
         LEFT JOIN listed_interest i USING (record, type, nth, nth_version)
         WINDOW w AS (PARTITION BY l.record, l.type, l.nth ORDER BY v.nth_version))
SELECT *,
       CASE WHEN nth_version = 1 THEN CASE WHEN start_text IS NULL THEN 0 ELSE start_lo END
            WHEN start_text IS NOT NULL AND (before_event IS NULL OR start_text IS DISTINCT FROM before_start)
            THEN start_lo ELSE stated END AS effective_lo,
       CASE WHEN nth_version = 1 AND start_text IS NOT NULL THEN start_hi
            WHEN nth_version > 1 AND start_text IS NOT NULL
                 AND (before_event IS NULL OR start_text IS DISTINCT FROM before_start)
            THEN start_hi ELSE stated END AS effective_hi,
       CASE WHEN event IS NULL OR (closed AND end_hi = 4000000) THEN stated ELSE end_lo END AS wipe_lo,
       CASE WHEN event IS NULL OR (closed AND end_hi = 4000000) THEN stated ELSE end_hi END AS wipe_hi
FROM strokes;

CREATE TABLE piece AS
SELECT event, type, nth, effective_lo AS from_lo, effective_hi AS from_hi,
       least(wipe_lo, coalesce(min(CASE WHEN event IS NULL THEN wipe_lo ELSE least(wipe_lo, effective_lo) END)
             OVER later, 4000000)) AS to_lo,
       least(wipe_hi, coalesce(min(CASE WHEN event IS NULL THEN wipe_hi ELSE least(wipe_hi, effective_hi) END)
             OVER later, 4000000)) AS to_hi
FROM brush
WINDOW later AS (PARTITION BY record, type, nth ORDER BY nth_version ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
QUALIFY event IS NOT NULL;

CREATE TABLE held AS
SELECT l.source, h.name AS holder, c.name AS company, i.type, i.direct, i.lo, i.lo_open, i.hi, i.hi_open,
       p.from_lo, p.from_hi, least(p.to_lo, coalesce(d.lo, 4000000)) AS to_lo,
       least(p.to_hi, coalesce(d.hi, 4000000)) AS to_hi
FROM piece p JOIN interest i USING (event, type, nth) JOIN live l USING (event)
JOIN (SELECT node, name FROM name_of UNION
      SELECT DISTINCT party, party FROM interest WHERE party NOT IN (SELECT node FROM name_of)) h ON h.node = i.party
JOIN (SELECT node, name FROM name_of UNION
      SELECT DISTINCT subject, subject FROM interest WHERE subject NOT IN (SELECT node FROM name_of)) c
  ON c.node = i.subject
LEFT JOIN dissolves d ON d.company = c.name
WHERE i.counted AND p.from_lo < least(p.to_hi, coalesce(d.hi, 4000000));

-- An interest that confers control.
CREATE TABLE grip AS
SELECT holder, company, direct, from_lo, from_hi, to_lo, to_hi FROM held
WHERE type IN ('appointmentOfBoard', 'otherInfluenceOrControl', 'controlViaCompanyRulesOrArticles',
               'controlByLegalFramework', 'nominator', 'settlor', 'trustee', 'protector',
               'beneficiaryOfLegalArrangement');

CREATE TABLE stake AS
SELECT source, holder, company, CASE WHEN type = 'votingRights' THEN 'votes' ELSE 'capital' END AS measure, direct,
       coalesce(lo, '0')::DECIMAL(30, 20) AS lo, lo_open,
       coalesce(hi, '1')::DECIMAL(30, 20) AS hi, hi_open, from_lo, from_hi, to_lo, to_hi
FROM held
WHERE type NOT IN ('nominee', 'seniorManagingOfficial', 'boardMember', 'boardChair')
  AND (lo IS NOT NULL OR type NOT IN (
       'appointmentOfBoard', 'otherInfluenceOrControl', 'controlViaCompanyRulesOrArticles',
       'controlByLegalFramework', 'nominator', 'settlor', 'trustee', 'protector',
       'beneficiaryOfLegalArrangement'));

-- Director, manager, representative, founder; no ex officio seat is an interest.
CREATE TABLE role_edge AS
SELECT person, company, from_lo, from_hi, least(e.to_lo, coalesce(dies.lo, 4000000)) AS to_lo,
       least(e.to_hi, coalesce(dies.hi, 4000000)) AS to_hi
FROM (SELECT p.name AS person, c.name AS company, from_lo, from_hi,
             least(to_lo, coalesce(d.lo, 4000000)) AS to_lo, least(to_hi, coalesce(d.hi, 4000000)) AS to_hi
      FROM role e JOIN live USING (event) JOIN name_of p ON p.node = e.person JOIN name_of c ON c.node = e.company
      LEFT JOIN dissolves d ON d.company = c.name
      WHERE e.role IN ('director', 'manager', 'representative', 'founder') AND NOT e.ex_officio
      UNION ALL
      SELECT holder, company, from_lo, from_hi, to_lo, to_hi FROM held WHERE type = 'seniorManagingOfficial') e
LEFT JOIN dies USING (person);

-- Family ---------------------------------------------------------------------------------------------------------
CREATE TABLE tie_edge AS
SELECT a.name AS person, b.name AS relative, relationship, from_lo, from_hi, to_lo, to_hi
FROM tie JOIN live USING (event) JOIN name_of a ON a.node = tie.person JOIN name_of b ON b.node = tie.relative;

CREATE TABLE marriage AS
SELECT DISTINCT a, b, from_lo, from_hi,
       least(to_lo, coalesce(da.lo, 4000000), coalesce(db.lo, 4000000)) AS to_lo,
       least(to_hi, coalesce(da.hi, 4000000), coalesce(db.hi, 4000000)) AS to_hi
FROM (SELECT person AS a, relative AS b, * FROM tie_edge UNION ALL
      SELECT relative AS a, person AS b, * FROM tie_edge)
LEFT JOIN dies da ON da.person = a LEFT JOIN dies db ON db.person = b
WHERE relationship IN ('spouse', 'partner', 'cohabitant');

-- up(x, y, n): y is x's ancestor by n steps, as stated.
CREATE TABLE stated_up AS
SELECT DISTINCT * FROM (
    SELECT person AS x, relative AS y,
           CASE WHEN relationship = 'grandparent' THEN 2 ELSE 1 END AS n, from_lo, from_hi, to_lo, to_hi
    FROM tie_edge WHERE relationship IN ('parent', 'adoptiveParent', 'guardian', 'grandparent')
    UNION ALL
    SELECT relative, person, CASE WHEN relationship = 'grandchild' THEN 2 ELSE 1 END, from_lo, from_hi, to_lo, to_hi
    FROM tie_edge WHERE relationship IN ('child', 'adoptedChild', 'grandchild'));

-- Full siblings have the same parents, so they are a class: the closure of the stated ties.
CREATE TABLE full_sibling AS
WITH RECURSIVE stated AS (
    SELECT person AS a, relative AS b, from_lo, from_hi, to_lo, to_hi FROM tie_edge WHERE relationship = 'sibling'
    UNION
    SELECT relative, person, from_lo, from_hi, to_lo, to_hi FROM tie_edge WHERE relationship = 'sibling'),
closure AS (
    SELECT * FROM stated
    UNION
    SELECT c.a, s.b, greatest(c.from_lo, s.from_lo), greatest(c.from_hi, s.from_hi),
           least(c.to_lo, s.to_lo), least(c.to_hi, s.to_hi)
    FROM closure c JOIN stated s ON s.a = c.b WHERE c.a <> s.b)
SELECT * FROM closure;

CREATE TABLE up AS
SELECT * FROM stated_up
UNION
SELECT s.a, u.y, u.n, greatest(s.from_lo, u.from_lo), greatest(s.from_hi, u.from_hi),
       least(s.to_lo, u.to_lo), least(s.to_hi, u.to_hi)
FROM full_sibling s JOIN stated_up u ON u.x = s.b WHERE s.a <> u.y;

-- Blood of degree 1 or 2: up, up twice, down, down twice, up then down; or a stated brother or sister.
CREATE TABLE blood AS
SELECT DISTINCT a, b, degree, from_lo, from_hi, to_lo, to_hi FROM (
    SELECT x AS a, y AS b, n AS degree, from_lo, from_hi, to_lo, to_hi FROM up
    UNION ALL
    SELECT y, x, n, from_lo, from_hi, to_lo, to_hi FROM up
    UNION ALL
    SELECT u.x, v.y, 2, greatest(u.from_lo, v.from_lo), greatest(u.from_hi, v.from_hi),
           least(u.to_lo, v.to_lo), least(u.to_hi, v.to_hi)
    FROM up u JOIN up v ON v.x = u.y WHERE u.n = 1 AND v.n = 1
    UNION ALL
    SELECT v.y, u.x, 2, greatest(u.from_lo, v.from_lo), greatest(u.from_hi, v.from_hi),
           least(u.to_lo, v.to_lo), least(u.to_hi, v.to_hi)
    FROM up u JOIN up v ON v.x = u.y WHERE u.n = 1 AND v.n = 1
    UNION ALL
    SELECT u.x, v.x, 2, greatest(u.from_lo, v.from_lo), greatest(u.from_hi, v.from_hi),
           least(u.to_lo, v.to_lo), least(u.to_hi, v.to_hi)
    FROM up u JOIN up v ON v.y = u.y WHERE u.n = 1 AND v.n = 1
    UNION ALL
    SELECT a, b, 2, from_lo, from_hi, to_lo, to_hi FROM full_sibling
    UNION ALL
    SELECT person, relative, 2, from_lo, from_hi, to_lo, to_hi FROM tie_edge WHERE relationship = 'halfSibling'
    UNION ALL
    SELECT relative, person, 2, from_lo, from_hi, to_lo, to_hi FROM tie_edge WHERE relationship = 'halfSibling')
WHERE a <> b;

-- Relatives: blood, a spouse, a relative's spouse, a spouse's relative. A death ends one's own standing.
CREATE TABLE relative AS
SELECT p, q, from_lo, from_hi, least(to_lo, coalesce(d.lo, 4000000)) AS to_lo,
       least(to_hi, coalesce(d.hi, 4000000)) AS to_hi
FROM (SELECT a AS p, b AS q, from_lo, from_hi, to_lo, to_hi FROM blood
      UNION
      SELECT a, b, from_lo, from_hi, to_lo, to_hi FROM marriage
      UNION
      SELECT m.a, k.b, greatest(m.from_lo, k.from_lo), greatest(m.from_hi, k.from_hi),
             least(m.to_lo, k.to_lo), least(m.to_hi, k.to_hi)
      FROM marriage m JOIN blood k ON k.a = m.b
      UNION
      SELECT k.a, m.b, greatest(m.from_lo, k.from_lo), greatest(m.from_hi, k.from_hi),
             least(m.to_lo, k.to_lo), least(m.to_hi, k.to_hi)
      FROM blood k JOIN marriage m ON m.a = k.b)
LEFT JOIN dies d ON d.person = q
WHERE p <> q;

-- Processes ------------------------------------------------------------------------------------------------------
CREATE TABLE live_release AS
WITH ranked AS (
    SELECT r.*, row_number() OVER (PARTITION BY ocid ORDER BY instant, tag, release, l.source, l.id) AS nth
    FROM release r JOIN live l USING (event))
SELECT *, nth >= coalesce(max(nth) FILTER (compiled) OVER (PARTITION BY ocid), 0) AS counts FROM ranked;

CREATE TABLE live_cell AS
SELECT c.*, r.nth, r.day FROM cell c JOIN live_release r USING (event, ocid) WHERE r.counts;

CREATE TABLE state AS
SELECT ocid, kind, oid, field, nullif(arg_max(value, nth), '') AS value FROM live_cell GROUP BY ALL;

CREATE TABLE process AS
SELECT r.ocid, arg_min(r.day, r.nth) AS first_day, max(r.day) AS last_release_day, p.start_day, p.end_day
FROM live_release r
LEFT JOIN (SELECT ocid, max(value::INT) FILTER (field = 'startDate') AS start_day,
                  max(value::INT) FILTER (field = 'endDate') AS end_day
           FROM state WHERE kind = 'period' AND field IN ('startDate', 'endDate') GROUP BY 1) p USING (ocid)
GROUP BY ALL
HAVING NOT coalesce(bool_or(r.cancels AND r.counts), false)
   AND r.ocid NOT IN (SELECT ocid FROM state
                      WHERE kind = 'tender' AND field = 'status' AND value IN ('cancelled', 'withdrawn'));

CREATE TABLE party_name AS
SELECT DISTINCT p.ocid, p.party, n.name FROM party p JOIN live USING (event) JOIN name_of n USING (node);

CREATE TABLE reference AS
SELECT ocid, kind, oid, field, unnest(json_extract_string(value, '$[*]')) AS party
FROM state WHERE field IN ('buyer', 'procuringEntity', 'suppliers', 'tenderers');

CREATE TABLE named_reference AS
SELECT r.ocid, r.kind, r.oid, r.field, coalesce(p.name, 'REC:' || r.ocid || '/' || r.party) AS name
FROM reference r LEFT JOIN party_name p USING (ocid, party);

CREATE TABLE buys AS
SELECT DISTINCT ocid, name AS body FROM named_reference WHERE field IN ('buyer', 'procuringEntity');

-- Awards that count, with their day: award date, else the signing, else the first release in which it counts.
CREATE TABLE status_by_release AS
SELECT ocid, oid, day, nth, coalesce(last_value(status IGNORE NULLS) OVER w, 'active') AS status
FROM (SELECT ocid, oid, day, nth, max(value) FILTER (field = 'status') AS status
      FROM live_cell WHERE kind = 'award' GROUP BY ALL)
WINDOW w AS (PARTITION BY ocid, oid ORDER BY nth ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);

CREATE TABLE counting_award AS
WITH one AS (
    SELECT ocid, oid, max(value) FILTER (field = 'status') AS status, max(value) FILTER (field = 'date') AS date,
           max(value) FILTER (field = 'relatedLots') AS lots
    FROM state WHERE kind = 'award' GROUP BY ALL),
signing AS (
    SELECT a.ocid, a.value AS oid, min(s.value::INT) AS day
    FROM state a JOIN state s ON s.ocid = a.ocid AND s.oid = a.oid AND s.kind = 'contract' AND s.field = 'dateSigned'
    WHERE a.kind = 'contract' AND a.field = 'awardID' AND s.value IS NOT NULL GROUP BY ALL),
seen AS (
    SELECT ocid, oid, arg_min(day, nth) AS day FROM status_by_release
    WHERE status NOT IN ('cancelled', 'unsuccessful') GROUP BY ALL)
SELECT one.ocid, one.oid, one.lots, coalesce(one.date::INT, signing.day, seen.day) AS day
FROM one LEFT JOIN signing USING (ocid, oid) LEFT JOIN seen USING (ocid, oid)
WHERE coalesce(one.status, 'active') NOT IN ('cancelled', 'unsuccessful');

-- What a company bid for or won; '*' is every lot of the process.
CREATE TABLE part AS
SELECT r.ocid, r.name AS company, r.kind, r.oid, r.field, l.value AS lots
FROM named_reference r
LEFT JOIN state l ON l.ocid = r.ocid AND l.kind = r.kind AND l.oid = r.oid AND l.field = 'relatedLots'
WHERE r.field = 'tenderers'
   OR (r.field = 'suppliers' AND EXISTS (SELECT 1 FROM counting_award a WHERE a.ocid = r.ocid AND a.oid = r.oid));

-- Several lists may name a company: a bid's lots tell more than the tender's bare list of tenderers.
CREATE TABLE part_lot AS
SELECT ocid, company, kind, unnest(CASE WHEN lots IS NULL OR lots = '[]' THEN ['*']
                                        ELSE json_extract_string(lots, '$[*]') END) AS lot
FROM part p
WHERE kind <> 'tender'
   OR NOT EXISTS (SELECT 1 FROM part o WHERE o.ocid = p.ocid AND o.company = p.company AND o.kind <> 'tender');

CREATE TABLE award_lot AS
SELECT ocid, oid, day, unnest(CASE WHEN lots IS NULL OR lots = '[]' THEN ['*']
                                   ELSE json_extract_string(lots, '$[*]') END) AS lot
FROM counting_award;

CREATE TABLE decision_window AS
WITH own AS (SELECT p.ocid, p.company, max(a.day) AS day
             FROM part p JOIN counting_award a ON a.ocid = p.ocid AND a.oid = p.oid
             WHERE p.field = 'suppliers' GROUP BY ALL),
others AS (SELECT p.ocid, p.company, max(a.day) AS day
           FROM part_lot p JOIN award_lot a ON a.ocid = p.ocid AND (a.lot = p.lot OR a.lot = '*' OR p.lot = '*')
           GROUP BY ALL)
SELECT ocid, company, least(least(first_day, coalesce(start_day, first_day)), last) AS first, last FROM (
    SELECT DISTINCT p.ocid, p.company, r.first_day, r.start_day,
           coalesce(own.day, others.day, r.end_day, r.last_release_day) AS last
    FROM part p JOIN process r USING (ocid)
    LEFT JOIN own USING (ocid, company) LEFT JOIN others USING (ocid, company));

-- Influence: a post at the buyer, a seat of the secretary, a seat with a say. -----------------------------------
CREATE TABLE named_seat AS
SELECT s.*, n.name FROM seat s JOIN live USING (event) JOIN name_of n ON n.node = s.person;

CREATE TABLE recusal AS
SELECT ocid, name AS person, min(recused_lo) AS lo, min(recused_hi) AS hi FROM named_seat GROUP BY ALL;

CREATE TABLE filed_conflict AS
SELECT n.name AS person, d.ocid, c.name AS company, d.filed_lo, d.filed_hi
FROM declared d JOIN live USING (event) JOIN name_of n ON n.node = d.person LEFT JOIN name_of c ON c.node = d.company;

CREATE TABLE say AS
SELECT w.ocid, w.company, w.first, w.last, s.name AS person, s.from_lo, s.from_hi, s.to_lo, s.to_hi,
       coalesce(r.lo < w.last, false) AND NOT EXISTS (
           SELECT 1 FROM filed_conflict f
           WHERE f.person = s.name AND (f.ocid = w.ocid OR f.company = w.company) AND f.filed_hi < w.last) AS may_be_out,
       coalesce(r.hi < w.last, false) AND NOT EXISTS (
           SELECT 1 FROM filed_conflict f
           WHERE f.person = s.name AND (f.ocid = w.ocid OR f.company = w.company) AND f.filed_lo < w.last) AS is_out
FROM named_seat s JOIN decision_window w USING (ocid)
LEFT JOIN recusal r ON r.ocid = s.ocid AND r.person = s.name
WHERE s.role IN ('chair', 'member', 'evaluator', 'specAuthor', 'approver')
  AND (s.lots = '[]' OR EXISTS (
       SELECT 1 FROM part_lot p WHERE p.ocid = w.ocid AND p.company = w.company
       AND (p.lot = '*' OR list_contains(json_extract_string(s.lots, '$[*]'), p.lot))));

CREATE TABLE influence AS
SELECT DISTINCT ocid, company, first, last, person, from_lo, from_hi, to_lo, to_hi FROM (
    SELECT w.ocid, w.company, w.first, w.last, e.person, e.from_lo, e.from_hi, e.to_lo, e.to_hi
    FROM decision_window w JOIN buys b USING (ocid) JOIN post_edge e ON e.body = b.body WHERE e.role <> 'councilMember'
    UNION ALL
    SELECT w.ocid, w.company, w.first, w.last, s.name, s.from_lo, s.from_hi, s.to_lo, s.to_hi
    FROM decision_window w JOIN named_seat s USING (ocid) WHERE s.role = 'secretary'
    UNION ALL
    SELECT ocid, company, first, last, person, from_lo, CASE WHEN may_be_out THEN 4000000 ELSE from_hi END, to_lo, to_hi
    FROM say WHERE NOT is_out)
WHERE from_lo <= last AND to_hi > first AND from_lo < to_hi;

-- Who might hold the interest: the official or a relative, each with the days on which they count.
CREATE TABLE asked AS
SELECT ocid, company, first, last, person AS p, person AS q, from_lo, from_hi, to_lo, to_hi FROM influence
UNION
SELECT i.ocid, i.company, i.first, i.last, i.person, r.q, greatest(i.from_lo, r.from_lo),
       greatest(i.from_hi, r.from_hi), least(i.to_lo, r.to_lo), least(i.to_hi, r.to_hi)
FROM influence i JOIN relative r ON r.p = i.person
WHERE greatest(i.from_lo, r.from_lo) < least(i.to_hi, r.to_hi);
