-- The store of dialtone, schema 2: what a new database is made with. migrate_1.sql makes the same of one that schema 1 made.
--
-- Times are nanoseconds since 1970-01-01 UTC: of packets, but in run, counter and loss of the machine that ran the daemon.
-- Words (step, state, outcome, code ...) are those of `dialtone analyze --json`. What is not known is NULL.
-- A column `frames` is a JSON list of the packets that show its row, as that document has it: 17, or "2:17" where the attempt was followed through
-- several captures: frame 17 of the second in attempt.captures. json_each(frames) makes rows of it; the view `frame` has all of them.

-- An input that was read. The same file analysed again is the same row; an interface has one for each run of the daemon, whose figures grow.
CREATE TABLE capture (
	id INTEGER PRIMARY KEY,
	file TEXT NOT NULL,             -- as it was named on the command line; - for standard input; of an interface its name
	link_type TEXT NOT NULL,        -- EN10MB ...; several joined by commas
	packets INTEGER NOT NULL,
	bytes INTEGER NOT NULL,         -- on the wire
	first_ns INTEGER,               -- smallest and largest packet time; NULL without packets
	last_ns INTEGER,
	malformed INTEGER NOT NULL,     -- messages that could not be read whole
	cut_short INTEGER NOT NULL,     -- 1: the file ends in the middle
	kind TEXT NOT NULL DEFAULT 'file',      -- file, interface
	run INTEGER,                    -- of an interface: which run of the daemon
	time_digits INTEGER NOT NULL DEFAULT 6, -- digits of a second
	snapped INTEGER NOT NULL DEFAULT 0,     -- packets that the snap length cut
	backwards INTEGER NOT NULL DEFAULT 0,   -- packets older than the one before
	dropped INTEGER NOT NULL DEFAULT 0,     -- packets that the capturing system lost
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
	going_on INTEGER NOT NULL DEFAULT 0,    -- 1: was not over when it was stored. Where its run is over, it was interrupted
	run INTEGER,                    -- of the daemon that followed it; NULL: it was analysed from files
	change INTEGER NOT NULL DEFAULT 0,      -- rises whenever something is stored: what is greater than one looked at before is new
	captures TEXT NOT NULL DEFAULT '[]',    -- a JSON list: the rows of its captures, in the order by which frames number them
	phone TEXT,                     -- what was known of its phone then, a JSON object; the table phone has what is known now
	cause_finding INTEGER,          -- position of the finding that is the cause
	packets_left_out INTEGER NOT NULL DEFAULT 0,    -- evidence beyond what an attempt keeps
	UNIQUE (mac, start_ns)
);
CREATE INDEX attempt_by_time ON attempt (start_ns);
CREATE INDEX attempt_by_outcome ON attempt (outcome, start_ns);
CREATE INDEX attempt_by_change ON attempt (change);
CREATE INDEX attempt_going_on ON attempt (run) WHERE going_on = 1;

-- Where it came through and where not; `position` is the order of a first boot.
CREATE TABLE step (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	step TEXT NOT NULL,
	state TEXT NOT NULL,            -- ok, warning, failed, skipped, not-seen
	start_ns INTEGER,
	end_ns INTEGER,
	detail TEXT,
	frames TEXT NOT NULL DEFAULT '[]',
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
	frames TEXT NOT NULL DEFAULT '[]',
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
	frames TEXT NOT NULL DEFAULT '[]',
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
	frames TEXT NOT NULL DEFAULT '[]',
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- The messages of the sign-in in packet order, 32 a row (a row each took twice the time to store): a JSON list of [at_ns, frames, message], the
-- message as `dialtone events` prints it. The view `event` has a row a message.
CREATE TABLE event_part (
	id INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	part INTEGER NOT NULL,          -- holds the messages 32 * part to 32 * part + 31
	messages TEXT NOT NULL,
	UNIQUE (attempt, part)
);

-- The sign-in told, a line a message: a JSON list of [at_ns, frames, step, sender, receiver, text]. The view `story` has a row a line.
CREATE TABLE story_part (
	id INTEGER PRIMARY KEY,
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	part INTEGER NOT NULL,
	lines TEXT NOT NULL,
	UNIQUE (attempt, part)
);

-- What the capture could not show of it.
CREATE TABLE cannot_show (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- Packets of the sign-in as they were captured: what `dialtone export` writes.
CREATE TABLE packet (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	file INTEGER NOT NULL,          -- which of attempt.captures, from 0
	number INTEGER NOT NULL,        -- the frame within that capture, from 1
	at_ns INTEGER NOT NULL,
	link_type INTEGER NOT NULL,     -- LINKTYPE_ number
	time_digits INTEGER NOT NULL,
	wire_length INTEGER NOT NULL,   -- on the wire; more than there is in `octets` where the snap length cut it
	octets BLOB NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;

-- A life of the daemon. It is over if it has ended, if a later one began, or if its process is no more.
CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	pid INTEGER NOT NULL,
	process TEXT NOT NULL,          -- the machine's boot and when in it the process began: a pid may come again
	version TEXT NOT NULL,
	start_ns INTEGER NOT NULL,
	alive_ns INTEGER NOT NULL,      -- its last sign of life
	end_ns INTEGER,                 -- NULL: goes on, or was killed
	clean INTEGER                   -- 1: it was stopped, 0: found dead by the next one
);

-- What the daemon counts, by run: each figure is the last one known. Which there are: dialtone-capture(1).
CREATE TABLE counter (
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	name TEXT NOT NULL,
	part TEXT NOT NULL,             -- of which interface or stage; '' for the whole
	value INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,         -- when it was counted
	PRIMARY KEY (run, name, part)
) WITHOUT ROWID;

-- Packets that were lost before they could be read. Sign-ins of that time bear capture-gap.
CREATE TABLE loss (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	part TEXT NOT NULL,             -- which interface, or which queue
	from_ns INTEGER NOT NULL,
	until_ns INTEGER NOT NULL,
	packets INTEGER NOT NULL
);
CREATE INDEX loss_by_time ON loss (until_ns);

-- One row: the last number that attempt.change has got.
CREATE TABLE change (
	number INTEGER NOT NULL
);
INSERT INTO change VALUES (0);

-- For people: the messages and lines that event_part and story_part hold.
CREATE VIEW event AS
	SELECT attempt, 32 * part + one.key AS position, json_extract(one.value, '$[0]') AS at_ns, json_extract(one.value, '$[2].proto') AS proto,
		json_extract(one.value, '$[2].kind') AS kind, json_extract(one.value, '$[2]') AS json, json_extract(one.value, '$[1]') AS frames
	FROM event_part, json_each(messages) AS one;
CREATE VIEW story AS
	SELECT attempt, 32 * part + one.key AS position, json_extract(one.value, '$[0]') AS at_ns, json_extract(one.value, '$[2]') AS step,
		json_extract(one.value, '$[3]') AS sender, json_extract(one.value, '$[4]') AS receiver, json_extract(one.value, '$[5]') AS text,
		json_extract(one.value, '$[1]') AS frames
	FROM story_part, json_each(lines) AS one;

-- For people: the packets that show a step, candidate, finding, certificate, event or line of the story, a row each; `capture` is NULL where no
-- capture was named.
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

-- For people: one line a sign-in.
CREATE VIEW sign_in AS
	SELECT attempt.id, mac, datetime(start_ns / 1000000000, 'unixepoch') AS start, round((end_ns - start_ns) / 1e9, 3) AS seconds,
		sip_domain, method, outcome, broke_at, cause, going_on
	FROM attempt JOIN phone USING (mac) ORDER BY start_ns;

-- For people: the messages behind each finding.
CREATE VIEW evidence AS
	SELECT DISTINCT finding.attempt, finding.code,
		json_extract(captures, '$[' || iif(typeof(shown.value) = 'text', CAST(shown.value AS INTEGER) - 1, 0) || ']') AS capture,
		CAST(iif(typeof(shown.value) = 'text', substr(shown.value, instr(shown.value, ':') + 1), shown.value) AS INTEGER) AS frame,
		event.proto, event.kind, event.json
	FROM finding JOIN attempt ON attempt.id = finding.attempt, json_each(finding.frames) AS shown
	JOIN event ON event.attempt = finding.attempt, json_each(event.frames) AS told
	WHERE told.value = shown.value;
