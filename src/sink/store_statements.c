/* The statements that write; schema.sql tells what the tables hold. */
#include "sink/store_statements.h"

/* Puts a row. Where it is there and the same already, nothing is written. */
#define PUT(table, key, fields, excluded, marks) \
	"INSERT INTO " table " (" key ", " fields ") VALUES (" marks ") ON CONFLICT DO UPDATE SET (" fields ") = (" excluded ") " \
	"WHERE (" fields ") IS NOT (" excluded ")"

/* The rows of an attempt that it does not have any more. */
#define CUT(table, position) "DELETE FROM " table " WHERE attempt = ? AND " position " >= ?"

const char *const store_sql[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_CHANGE] = "UPDATE change SET number = number + 1 RETURNING number",

	[SQL_ADD_CAPTURE] = "INSERT OR IGNORE INTO capture (file, link_type, packets, bytes, first_ns, last_ns, malformed, cut_short, time_digits, snapped, "
		"backwards, dropped) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_FIND_CAPTURE] = "SELECT id FROM capture WHERE file = ? AND packets = ? AND bytes = ? AND first_ns IS ? AND kind = 'file' ORDER BY id LIMIT 1",
	[SQL_ADD_INTERFACE] = "INSERT INTO capture (file, link_type, packets, bytes, malformed, cut_short, kind, run) VALUES (?,'',0,0,0,0,'interface',?) RETURNING id",
	[SQL_SET_INTERFACE] = "UPDATE capture SET link_type = ?, packets = ?, bytes = ?, first_ns = ?, last_ns = ?, malformed = ?, cut_short = ?, time_digits = ?, "
		"snapped = ?, backwards = ?, dropped = ? WHERE id = ?",

	[SQL_PUT_PHONE] = "INSERT INTO phone VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (mac) DO UPDATE SET vendor = coalesce(excluded.vendor, vendor), "
		"model = coalesce(excluded.model, model), firmware = coalesce(excluded.firmware, firmware), "
		"firmware_source = iif(excluded.firmware IS NULL, firmware_source, excluded.firmware_source), "
		"sip_domain = coalesce(excluded.sip_domain, sip_domain), "
		"sip_domain_source = iif(excluded.sip_domain IS NULL, sip_domain_source, excluded.sip_domain_source), "
		"first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)",
	[SQL_ADD_ADDRESS] = "INSERT OR IGNORE INTO phone_address VALUES (?,?)",
	[SQL_ADD_VLAN] = "INSERT OR IGNORE INTO phone_vlan VALUES (?,?)",
	[SQL_FIND_ATTEMPT] = "SELECT id FROM attempt WHERE mac = ? AND start_ns = ?",
	[SQL_PUT_ATTEMPT] = "INSERT INTO attempt (mac, start_ns, name, end_ns, method, policy, policy_source, outcome, broke_at, cause, events_left_out, going_on, "
		"run, change, captures, phone, cause_finding, packets_left_out) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
		"ON CONFLICT (mac, start_ns) DO UPDATE SET name = excluded.name, end_ns = excluded.end_ns, method = excluded.method, policy = excluded.policy, "
		"policy_source = excluded.policy_source, outcome = excluded.outcome, broke_at = excluded.broke_at, cause = excluded.cause, "
		"events_left_out = excluded.events_left_out, going_on = excluded.going_on, run = excluded.run, change = excluded.change, "
		"captures = excluded.captures, phone = excluded.phone, cause_finding = excluded.cause_finding, packets_left_out = excluded.packets_left_out "
		"RETURNING id",

	[SQL_PUT_STEP] = PUT("step", "attempt, position", "step, state, start_ns, end_ns, detail, frames",
		"excluded.step, excluded.state, excluded.start_ns, excluded.end_ns, excluded.detail, excluded.frames", "?,?,?,?,?,?,?,?"),
	[SQL_PUT_CANDIDATE] = PUT("candidate", "attempt, position", "source, query, server, port, addresses, naming, matched_domain, dialled, result, frames",
		"excluded.source, excluded.query, excluded.server, excluded.port, excluded.addresses, excluded.naming, excluded.matched_domain, "
		"excluded.dialled, excluded.result, excluded.frames", "?,?,?,?,?,?,?,?,?,?,?,?"),
	[SQL_PUT_FINDING] = PUT("finding", "attempt, position", "code, severity, step, subject, message, fix, grade, source, frames",
		"excluded.code, excluded.severity, excluded.step, excluded.subject, excluded.message, excluded.fix, excluded.grade, excluded.source, "
		"excluded.frames", "?,?,?,?,?,?,?,?,?,?,?"),
	[SQL_PUT_CERTIFICATE] = PUT("certificate", "attempt, position",
		"server, wanted, subject, issuer, san, not_before_ns, not_after_ns, signature_algorithm, key, sha256, frames",
		"excluded.server, excluded.wanted, excluded.subject, excluded.issuer, excluded.san, excluded.not_before_ns, excluded.not_after_ns, "
		"excluded.signature_algorithm, excluded.key, excluded.sha256, excluded.frames", "?,?,?,?,?,?,?,?,?,?,?,?,?"),
	[SQL_PUT_CANNOT_SHOW] = PUT("cannot_show", "attempt, position", "text", "excluded.text", "?,?,?"),
	[SQL_PUT_EVENTS] = PUT("event_part", "attempt, part", "messages", "excluded.messages", "?,?,?"),
	[SQL_PUT_STORY] = PUT("story_part", "attempt, part", "lines", "excluded.lines", "?,?,?"),
	[SQL_PUT_PACKET] = PUT("packet", "attempt, position", "file, number, at_ns, link_type, time_digits, wire_length, octets",
		"excluded.file, excluded.number, excluded.at_ns, excluded.link_type, excluded.time_digits, excluded.wire_length, excluded.octets", "?,?,?,?,?,?,?,?,?"),
	[SQL_CUT_CANDIDATES] = CUT("candidate", "position"),
	[SQL_CUT_FINDINGS] = CUT("finding", "position"),
	[SQL_CUT_CERTIFICATES] = CUT("certificate", "position"),
	[SQL_CUT_CANNOT_SHOW] = CUT("cannot_show", "position"),
	[SQL_CUT_EVENTS] = CUT("event_part", "part"),
	[SQL_CUT_STORY] = CUT("story_part", "part"),
	[SQL_CUT_PACKETS] = CUT("packet", "position"),

	/* The latest that nobody has ended: earlier ones were buried by those that followed. */
	[SQL_FIND_RUN] = "SELECT pid, process FROM run WHERE end_ns IS NULL ORDER BY id DESC LIMIT 1",
	[SQL_BURY_RUN] = "UPDATE run SET end_ns = alive_ns, clean = 0 WHERE end_ns IS NULL",
	[SQL_ADD_RUN] = "INSERT INTO run (pid, process, version, start_ns, alive_ns) VALUES (?,?,?,?,?) RETURNING id",
	[SQL_RUN_ALIVE] = "UPDATE run SET alive_ns = ? WHERE id = ?",
	[SQL_RUN_END] = "UPDATE run SET alive_ns = ?1, end_ns = ?1, clean = 1 WHERE id = ?2",
	[SQL_PUT_COUNTER] = PUT("counter", "run, name, part", "value, at_ns", "excluded.value, excluded.at_ns", "?,?,?,?,?"),
	[SQL_ADD_LOSS] = "INSERT INTO loss (run, part, from_ns, until_ns, packets) VALUES (?,?,?,?,?)",

	[SQL_FIND_OLDEST] = "SELECT id, mac, start_ns, end_ns FROM attempt WHERE NOT (going_on AND run IS ?) ORDER BY start_ns LIMIT 1",
	[SQL_DROP_ATTEMPT] = "DELETE FROM attempt WHERE id = ?",
	[SQL_DROP_PHONE] = "DELETE FROM phone WHERE mac = ?1 AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.mac = ?1)",
	[SQL_DROP_LOSSES] = "DELETE FROM loss WHERE until_ns < ?",
	[SQL_PAGES] = "PRAGMA page_count",
	[SQL_FREE_PAGES] = "PRAGMA freelist_count",
	[SQL_PAGE_OCTETS] = "PRAGMA page_size",
};
