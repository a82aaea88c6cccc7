-- From schema 1 to schema 2; schema.sql says what the tables hold.
--
-- Frames had a row each and a table of their own; now each part bears its list. Events and lines of the story had a row each, too. A database of
-- schema 1 does not tell in which order several captures of an analysis were named: they are numbered in the order in which they came to be stored,
-- and only those that frames of the attempt are in.
DROP VIEW sign_in;
DROP VIEW evidence;
ALTER TABLE frame RENAME TO old_frame;
ALTER TABLE event RENAME TO old_event;
ALTER TABLE story RENAME TO old_story;

ALTER TABLE capture ADD COLUMN kind TEXT NOT NULL DEFAULT 'file';
ALTER TABLE capture ADD COLUMN run INTEGER;
ALTER TABLE capture ADD COLUMN time_digits INTEGER NOT NULL DEFAULT 6;
ALTER TABLE capture ADD COLUMN snapped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE capture ADD COLUMN backwards INTEGER NOT NULL DEFAULT 0;
ALTER TABLE capture ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;

ALTER TABLE attempt ADD COLUMN going_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN run INTEGER;
ALTER TABLE attempt ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN captures TEXT NOT NULL DEFAULT '[]';
ALTER TABLE attempt ADD COLUMN phone TEXT;
ALTER TABLE attempt ADD COLUMN cause_finding INTEGER;
ALTER TABLE attempt ADD COLUMN packets_left_out INTEGER NOT NULL DEFAULT 0;
CREATE INDEX attempt_by_outcome ON attempt (outcome, start_ns);
CREATE INDEX attempt_by_change ON attempt (change);
CREATE INDEX attempt_going_on ON attempt (run) WHERE going_on = 1;
UPDATE attempt SET
	captures = (SELECT json_group_array(capture) FROM (SELECT DISTINCT capture FROM old_frame
		WHERE old_frame.attempt = attempt.id AND capture IS NOT NULL ORDER BY capture)),
	cause_finding = (SELECT min(position) FROM finding WHERE finding.attempt = attempt.id AND code = cause AND severity = 'error');

-- Each frame as a report bears it, in the order of the list that it is in.
CREATE TEMP TABLE told (attempt INTEGER, part TEXT, position INTEGER, file INTEGER, number INTEGER, value);
INSERT INTO told
	SELECT DISTINCT attempt, part, position, place.key, number, iif(json_array_length(captures) > 1 AND capture IS NOT NULL, (place.key + 1) || ':' || number, number)
	FROM old_frame JOIN attempt ON attempt.id = old_frame.attempt LEFT JOIN json_each(captures) AS place ON place.value = capture;
CREATE TEMP TABLE list AS
	SELECT attempt, part, position, json_group_array(value) AS frames
	FROM (SELECT * FROM told ORDER BY attempt, part, position, file, number) GROUP BY attempt, part, position;
CREATE UNIQUE INDEX temp.list_of ON list (attempt, part, position);
ALTER TABLE step ADD COLUMN frames TEXT NOT NULL DEFAULT '[]';
UPDATE step SET frames = list.frames FROM list WHERE list.attempt = step.attempt AND list.part = 'step' AND list.position = step.position;
ALTER TABLE candidate ADD COLUMN frames TEXT NOT NULL DEFAULT '[]';
UPDATE candidate SET frames = list.frames FROM list WHERE list.attempt = candidate.attempt AND list.part = 'candidate' AND list.position = candidate.position;
ALTER TABLE finding ADD COLUMN frames TEXT NOT NULL DEFAULT '[]';
UPDATE finding SET frames = list.frames FROM list WHERE list.attempt = finding.attempt AND list.part = 'finding' AND list.position = finding.position;
ALTER TABLE certificate ADD COLUMN frames TEXT NOT NULL DEFAULT '[]';
UPDATE certificate SET frames = list.frames FROM list WHERE list.attempt = certificate.attempt AND list.part = 'certificate' AND list.position = certificate.position;

CREATE TABLE event_part (
	id INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	part INTEGER NOT NULL,
	messages TEXT NOT NULL,
	UNIQUE (attempt, part)
);

CREATE TABLE story_part (
	id INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	part INTEGER NOT NULL,
	lines TEXT NOT NULL,
	UNIQUE (attempt, part)
);
INSERT INTO event_part (attempt, part, messages)
	SELECT attempt, nth / 32, json_group_array(json_array(at_ns, json(frames), json(json)))
	FROM (SELECT old_event.*, coalesce(list.frames, '[]') AS frames, row_number() OVER (PARTITION BY attempt ORDER BY position) - 1 AS nth
		FROM old_event LEFT JOIN (SELECT * FROM list WHERE part = 'event') AS list USING (attempt, position) ORDER BY attempt, position)
	GROUP BY attempt, nth / 32;
INSERT INTO story_part (attempt, part, lines)
	SELECT attempt, nth / 32, json_group_array(json_array(at_ns, json(frames), step, sender, receiver, text))
	FROM (SELECT old_story.*, coalesce(list.frames, '[]') AS frames, row_number() OVER (PARTITION BY attempt ORDER BY position) - 1 AS nth
		FROM old_story LEFT JOIN (SELECT * FROM list WHERE part = 'story') AS list USING (attempt, position) ORDER BY attempt, position)
	GROUP BY attempt, nth / 32;
DROP TABLE temp.told;
DROP TABLE temp.list;
DROP TABLE old_event;
DROP TABLE old_story;
DROP TABLE old_frame;

CREATE TABLE packet (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	file INTEGER NOT NULL,
	number INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,
	link_type INTEGER NOT NULL,
	time_digits INTEGER NOT NULL,
	wire_length INTEGER NOT NULL,
	octets BLOB NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	pid INTEGER NOT NULL,
	process TEXT NOT NULL,
	version TEXT NOT NULL,
	start_ns INTEGER NOT NULL,
	alive_ns INTEGER NOT NULL,
	end_ns INTEGER,
	clean INTEGER
);

CREATE TABLE counter (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	name TEXT NOT NULL,
	part TEXT NOT NULL,
	value INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,
	PRIMARY KEY (run, name, part)
) WITHOUT ROWID;

CREATE TABLE loss (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	part TEXT NOT NULL,
	from_ns INTEGER NOT NULL,
	until_ns INTEGER NOT NULL,
	packets INTEGER NOT NULL
);
CREATE INDEX loss_by_time ON loss (until_ns);

CREATE TABLE change (
	number INTEGER NOT NULL
);
INSERT INTO change VALUES (0);

CREATE VIEW event AS
	SELECT attempt, 32 * part + one.key AS position, json_extract(one.value, '$[0]') AS at_ns, json_extract(one.value, '$[2].proto') AS proto,
		json_extract(one.value, '$[2].kind') AS kind, json_extract(one.value, '$[2]') AS json, json_extract(one.value, '$[1]') AS frames
	FROM event_part, json_each(messages) AS one;
CREATE VIEW story AS
	SELECT attempt, 32 * part + one.key AS position, json_extract(one.value, '$[0]') AS at_ns, json_extract(one.value, '$[2]') AS step,
		json_extract(one.value, '$[3]') AS sender, json_extract(one.value, '$[4]') AS receiver, json_extract(one.value, '$[5]') AS text,
		json_extract(one.value, '$[1]') AS frames
	FROM story_part, json_each(lines) AS one;
CREATE VIEW frame AS
	SELECT attempt, shown.part, shown.position,
		json_extract(captures, '$[' || iif(typeof(one.value) = 'text', CAST(one.value AS INTEGER) - 1, 0) || ']') AS capture,
		CAST(iif(typeof(one.value) = 'text', substr(one.value, instr(one.value, ':') + 1), one.value) AS INTEGER) AS number
	FROM (SELECT attempt, 'step' AS part, position, frames FROM step
		UNION ALL SELECT attempt, 'candidate', position, frames FROM candidate
		UNION ALL SELECT attempt, 'finding', position, frames FROM finding
		UNION ALL SELECT attempt, 'certificate', position, frames FROM certificate
		UNION ALL SELECT attempt, 'event', position, frames FROM event
		UNION ALL SELECT attempt, 'story', position, frames FROM story) AS shown
	JOIN attempt ON attempt.id = shown.attempt, json_each(shown.frames) AS one;
CREATE VIEW sign_in AS
	SELECT attempt.id, mac, datetime(start_ns / 1000000000, 'unixepoch') AS start, round((end_ns - start_ns) / 1e9, 3) AS seconds,
		sip_domain, method, outcome, broke_at, cause, going_on
	FROM attempt JOIN phone USING (mac) ORDER BY start_ns;
CREATE VIEW evidence AS
	SELECT DISTINCT finding.attempt, finding.code,
		json_extract(captures, '$[' || iif(typeof(shown.value) = 'text', CAST(shown.value AS INTEGER) - 1, 0) || ']') AS capture,
		CAST(iif(typeof(shown.value) = 'text', substr(shown.value, instr(shown.value, ':') + 1), shown.value) AS INTEGER) AS frame,
		event.proto, event.kind, event.json
	FROM finding JOIN attempt ON attempt.id = finding.attempt, json_each(finding.frames) AS shown
	JOIN event ON event.attempt = finding.attempt, json_each(event.frames) AS told
	WHERE told.value = shown.value;
