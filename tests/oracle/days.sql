-- The questions worth asking, and ownership on each day of their windows.

CREATE TABLE holding AS SELECT DISTINCT holder, company FROM stake UNION SELECT DISTINCT holder, company FROM grip;

-- Everybody above a bidder, at any time, by any walk (a set, so loops end).
CREATE TABLE above AS
WITH RECURSIVE walk AS (
    SELECT DISTINCT company AS root, company AS node FROM decision_window
    UNION
    SELECT w.root, h.holder FROM walk w JOIN holding h ON h.company = w.node)
SELECT * FROM walk;

CREATE TABLE natural_person AS
SELECT person FROM post_edge UNION SELECT person FROM role_edge UNION SELECT person FROM tie_edge
UNION SELECT relative FROM tie_edge UNION SELECT name FROM named_seat
UNION SELECT n.name FROM ordered_version v JOIN name_of n ON n.node = v.record WHERE v.kind = 'person';

CREATE TABLE question AS
SELECT a.* FROM asked a
WHERE (a.company, a.q) IN (SELECT root, node FROM above)
   OR (a.company, a.q) IN (SELECT company, person FROM role_edge);

CREATE TABLE question_day AS
SELECT ocid, company, p, q, day, bool_or(from_hi <= day AND day < to_lo) AS certain
FROM (SELECT *, unnest(generate_series(greatest(first, from_lo), least(last, to_hi - 1))) AS day FROM question)
GROUP BY ALL;

CREATE TABLE snapshot AS SELECT DISTINCT company AS root, day FROM question_day;

CREATE TABLE node_day AS
SELECT DISTINCT a.node AS company, s.day FROM snapshot s JOIN above a USING (root)
WHERE a.node IN (SELECT company FROM holding);

-- Within one source stakes add up; of several sources the least lower and the greatest upper bound stand. An excluded
-- lower bound lies above an included one, an excluded upper bound below.
CREATE TABLE stated_share AS
WITH scoped AS (SELECT *, 'all' AS scope FROM stake UNION ALL SELECT *, 'direct' FROM stake WHERE direct),
by_source AS (
    SELECT company, day, holder, measure, scope, source,
           sum(CASE WHEN from_hi <= day AND day < to_lo THEN lo ELSE 0 END) AS lo,
           bool_or(from_hi <= day AND day < to_lo AND lo_open) AS lo_open, sum(hi) AS hi, bool_or(hi_open) AS hi_open
    FROM node_day JOIN scoped USING (company) WHERE from_lo <= day AND day < to_hi GROUP BY ALL),
bounds AS (
    SELECT company, day, holder, measure, scope, min({'v': lo, 'open': lo_open}) AS low,
           max({'v': hi, 'closed': NOT hi_open}) AS high
    FROM by_source GROUP BY ALL)
SELECT company, day, holder, measure, scope, low.v AS lo, low.open AS lo_open, high.v AS hi,
       NOT high.closed AS hi_open
FROM bounds;

-- Votes equal capital where nobody's voting rights are stated.
CREATE TABLE votes_stated AS SELECT DISTINCT company, day FROM stated_share WHERE measure = 'votes';

CREATE TABLE measured_share AS
SELECT * FROM stated_share
UNION ALL
SELECT * REPLACE ('votes' AS measure) FROM stated_share WHERE (company, day) NOT IN (FROM votes_stated);

-- Over-allocated (an open lower bound counts as more than it says): each stake counts as [0, stated]. Upper bounds over 100 % together: each is cut.
CREATE TABLE share_on AS
WITH sums AS (
    SELECT company, day, measure, sum(lo) AS lo, sum(hi) AS hi, count(*) FILTER (lo_open) AS open_ones
    FROM measured_share WHERE scope = 'all' GROUP BY ALL),
own AS (
    SELECT company, day, measure, holder, lo AS own_lo, lo_open AS own_open FROM measured_share WHERE scope = 'all'),
cut AS (
    SELECT m.*, s.lo > 1 OR (s.lo = 1 AND s.open_ones > 0) AS over, NOT over AND s.hi > 1 AS crowded, 1 - (s.lo - o.own_lo) AS room,
           s.open_ones > o.own_open::INT AS room_open
    FROM measured_share m JOIN sums s USING (company, day, measure) JOIN own o USING (company, day, measure, holder))
SELECT company, day, holder, measure, scope, CASE WHEN over THEN 0 ELSE lo END AS lo, NOT over AND lo_open AS lo_open,
       CASE WHEN crowded AND room < hi THEN room ELSE hi END AS hi,
       CASE WHEN crowded AND room < hi THEN room_open
            WHEN crowded AND room = hi THEN hi_open OR room_open ELSE hi_open END AS hi_open
FROM cut;

CREATE TABLE edge_on AS
SELECT company, day, measure, 'lo' AS side, holder, lo AS share, lo_open AS open FROM share_on
WHERE scope = 'all' AND lo > 0
UNION ALL
SELECT company, day, measure, 'hi', holder, hi, hi_open FROM share_on WHERE scope = 'all' AND hi > 0;

CREATE TABLE grip_on AS
SELECT company, day, holder, direct, bool_or(from_hi <= day AND day < to_lo) AS certain
FROM node_day JOIN grip USING (company) WHERE from_lo <= day AND day < to_hi GROUP BY ALL;

-- Votes are walked only where they differ from capital.
CREATE TABLE walk_start AS
SELECT root, day, 'capital' AS measure FROM snapshot
UNION ALL
SELECT DISTINCT s.root, s.day, 'votes' FROM snapshot s JOIN above a USING (root)
JOIN votes_stated v ON v.company = a.node AND v.day = s.day;
