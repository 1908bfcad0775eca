-- From rows of events to dated edges. All sets, no order of arrival. Days are ordinals, 0 and 4000000 are open ends.
-- An edge is certainly in force on [from_hi, to_lo) and possibly on [from_lo, to_hi).

-- Events that count: not retracted (by their own source), and the latest of those that replace one another.
CREATE TABLE unretracted AS
SELECT e.* FROM event e
WHERE e.type <> 'record.retracted' AND NOT EXISTS (
    SELECT 1 FROM retraction r JOIN event by_event ON by_event.event = r.event
    WHERE r.source = e.source AND r.id = e.id AND by_event.source = e.source);

CREATE TABLE live AS
SELECT event, source, id, time FROM unretracted
QUALIFY slot IS NULL OR row_number() OVER (PARTITION BY source, type, slot ORDER BY time DESC, id DESC) = 1;

-- Versions of a BODS record, in order; the last version of a person or entity alone describes it.
CREATE TABLE ordered_version AS
SELECT v.*, row_number() OVER w AS nth_version,
       row_number() OVER (PARTITION BY v.record ORDER BY v.stated DESC, l.time DESC, l.id DESC) = 1 AS is_last
FROM version v JOIN live l USING (event)
WINDOW w AS (PARTITION BY v.record ORDER BY v.stated, l.time, l.id);

CREATE TABLE live_alias AS
SELECT DISTINCT a.node, a.other FROM alias a JOIN live USING (event)
LEFT JOIN ordered_version v USING (event)
WHERE NOT a.of_record OR v.is_last;

-- Label propagation: (node, name) pairs; the smallest SCHEME:ID comes before any REC.
CREATE TABLE label AS
SELECT DISTINCT node, CASE WHEN node LIKE 'REC:%' THEN '~' || node ELSE node END AS name
FROM (SELECT node FROM live_alias UNION SELECT other FROM live_alias);
