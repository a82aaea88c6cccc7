-- The store of dialtone, schema 1. Times are nanoseconds since 1970-01-01 UTC, of packets, never of the machine that ran dialtone.
-- Words (step, state, outcome, code ...) are those of `dialtone analyze --json`. What is not known is NULL.

-- An input that was read. The same file analysed again is the same row.
CREATE TABLE capture (
	id INTEGER PRIMARY KEY,
	file TEXT NOT NULL,             -- as it was named on the command line; - for standard input
	link_type TEXT NOT NULL,        -- EN10MB ...; several joined by commas
	packets INTEGER NOT NULL,
	bytes INTEGER NOT NULL,         -- on the wire
	first_ns INTEGER,               -- smallest and largest packet time; NULL without packets
	last_ns INTEGER,
	malformed INTEGER NOT NULL,     -- messages that could not be read whole
	cut_short INTEGER NOT NULL,     -- 1: the file ends in the middle
	UNIQUE (file, packets, bytes, first_ns)
);

CREATE TABLE phone (
	mac TEXT PRIMARY KEY,           -- 00:04:f2:aa:bb:01
	vendor TEXT,                    -- by the address's first half
	model TEXT,
	firmware TEXT,
	firmware_source TEXT,           -- what told it
	sip_domain TEXT,
	sip_domain_source TEXT,
	first_ns INTEGER NOT NULL,      -- of its first sign-in, and the end of its last
	last_ns INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE phone_address (
	mac TEXT NOT NULL REFERENCES phone ON DELETE CASCADE,
	address TEXT NOT NULL,
	PRIMARY KEY (mac, address)
) WITHOUT ROWID;

CREATE TABLE phone_vlan (
	mac TEXT NOT NULL REFERENCES phone ON DELETE CASCADE,
	vlan INTEGER NOT NULL,
	PRIMARY KEY (mac, vlan)
) WITHOUT ROWID;

-- One sign-in. A phone has one at a time, so that its start names it: stored again, it replaces what was there.
CREATE TABLE attempt (
	id INTEGER PRIMARY KEY,
	mac TEXT NOT NULL REFERENCES phone,
	name TEXT NOT NULL,             -- its id in reports
	start_ns INTEGER NOT NULL,
	end_ns INTEGER NOT NULL,
	method TEXT NOT NULL,           -- pin, credentials, cached, unknown
	policy TEXT NOT NULL,           -- the rules it was judged by, and why these
	policy_source TEXT NOT NULL,
	outcome TEXT NOT NULL,          -- signed-in, failed, unfinished, unknown
	broke_at TEXT,                  -- the step and the code of the finding that explains a failure
	cause TEXT,
	events_left_out INTEGER NOT NULL,       -- more than an attempt keeps
	UNIQUE (mac, start_ns)
);
CREATE INDEX attempt_by_time ON attempt (start_ns);

-- Where it came through and where not; `position` is the order of a first boot.
CREATE TABLE step (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	step TEXT NOT NULL,
	state TEXT NOT NULL,            -- ok, warning, failed, skipped, not-seen
	start_ns INTEGER,
	end_ns INTEGER,
	detail TEXT,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- The servers that the phone was told of.
CREATE TABLE candidate (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	source TEXT NOT NULL,           -- srv, dhcp120, host, redirect, cache
	query TEXT,
	server TEXT NOT NULL,
	port INTEGER,
	addresses TEXT NOT NULL,        -- a JSON list
	naming TEXT NOT NULL,           -- sip-domain, builtin, no-match
	matched_domain TEXT,
	dialled INTEGER NOT NULL,       -- 1: the phone tried to connect
	result TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- What is wrong, or worth knowing; `dialtone explain CODE` tells what a code means.
CREATE TABLE finding (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	code TEXT NOT NULL,
	severity TEXT NOT NULL,         -- error, warning, info
	step TEXT,
	subject TEXT NOT NULL,          -- the name, address or value it is about
	message TEXT NOT NULL,
	fix TEXT NOT NULL,
	grade TEXT NOT NULL,            -- proven, strong, weak
	source TEXT NOT NULL,           -- where the rule comes from
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;
CREATE INDEX finding_by_code ON finding (code);

-- Certificates that servers offered.
CREATE TABLE certificate (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	server TEXT NOT NULL,
	wanted TEXT,                    -- the name that the phone wanted
	subject TEXT,
	issuer TEXT,
	san TEXT NOT NULL,              -- a JSON list of DNS names
	not_before_ns INTEGER NOT NULL,
	not_after_ns INTEGER NOT NULL,
	signature_algorithm TEXT,
	key TEXT,
	sha256 TEXT,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- The messages of the sign-in in packet order, as `dialtone events` prints them.
CREATE TABLE event (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,
	proto TEXT NOT NULL,
	kind TEXT NOT NULL,
	json TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- The sign-in told, a line a message; from and to are phone, dhcp, dns, dc, web, sip, ntp, switch.
CREATE TABLE story (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,
	step TEXT,
	sender TEXT NOT NULL,
	receiver TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- What the capture could not show of it.
CREATE TABLE cannot_show (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- The packets that show a step, candidate, finding, certificate, event or line of the story: the evidence.
CREATE TABLE frame (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	part TEXT NOT NULL CHECK (part IN ('step', 'candidate', 'finding', 'certificate', 'event', 'story')),
	position INTEGER NOT NULL,      -- of the row in that table
	capture INTEGER REFERENCES capture,     -- NULL where no file was read
	number INTEGER NOT NULL         -- within its capture, from 1
);
CREATE INDEX frame_of ON frame (attempt, part, position);
CREATE INDEX frame_in ON frame (capture, number);

-- For people: one line a sign-in.
CREATE VIEW sign_in AS
	SELECT attempt.id, mac, datetime(start_ns / 1000000000, 'unixepoch') AS start, round((end_ns - start_ns) / 1e9, 3) AS seconds,
		sip_domain, method, outcome, broke_at, cause
	FROM attempt JOIN phone USING (mac) ORDER BY start_ns;

-- For people: the messages behind each finding.
CREATE VIEW evidence AS
	SELECT DISTINCT finding.attempt, finding.code, shown.capture, shown.number AS frame, event.proto, event.kind, event.json
	FROM finding
	JOIN frame AS shown ON shown.attempt = finding.attempt AND shown.part = 'finding' AND shown.position = finding.position
	JOIN frame AS told ON told.attempt = finding.attempt AND told.part = 'event' AND told.number = shown.number AND told.capture IS shown.capture
	JOIN event ON event.attempt = finding.attempt AND event.position = told.position;
