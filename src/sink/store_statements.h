/* The statements of store.c, each prepared once; schema.sql tells what the tables hold. */
#ifndef SINK_STORE_STATEMENTS_H
#define SINK_STORE_STATEMENTS_H

enum statement {
	SQL_BEGIN, SQL_COMMIT, SQL_ROLLBACK, SQL_ADD_CAPTURE, SQL_FIND_CAPTURE, SQL_ADD_PHONE, SQL_ADD_ADDRESS, SQL_ADD_VLAN, SQL_DROP_ATTEMPT,
	SQL_ADD_ATTEMPT, SQL_ADD_STEP, SQL_ADD_CANDIDATE, SQL_ADD_FINDING, SQL_ADD_CERTIFICATE, SQL_ADD_EVENT, SQL_ADD_STORY, SQL_ADD_CANNOT_SHOW,
	SQL_ADD_FRAME, SQL_COUNT,
};

static const char *const sql[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_ADD_CAPTURE] = "INSERT OR IGNORE INTO capture (file, link_type, packets, bytes, first_ns, last_ns, malformed, cut_short) VALUES (?,?,?,?,?,?,?,?)",
	[SQL_FIND_CAPTURE] = "SELECT id FROM capture WHERE file = ? AND packets = ? AND bytes = ? AND first_ns IS ? ORDER BY id LIMIT 1",
	[SQL_ADD_PHONE] = "INSERT INTO phone VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (mac) DO UPDATE SET vendor = coalesce(excluded.vendor, vendor), "
		"model = coalesce(excluded.model, model), firmware = coalesce(excluded.firmware, firmware), "
		"firmware_source = iif(excluded.firmware IS NULL, firmware_source, excluded.firmware_source), "
		"sip_domain = coalesce(excluded.sip_domain, sip_domain), "
		"sip_domain_source = iif(excluded.sip_domain IS NULL, sip_domain_source, excluded.sip_domain_source), "
		"first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)",
	[SQL_ADD_ADDRESS] = "INSERT OR IGNORE INTO phone_address VALUES (?,?)",
	[SQL_ADD_VLAN] = "INSERT OR IGNORE INTO phone_vlan VALUES (?,?)",
	[SQL_DROP_ATTEMPT] = "DELETE FROM attempt WHERE mac = ? AND start_ns = ?",
	[SQL_ADD_ATTEMPT] = "INSERT INTO attempt VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_ADD_STEP] = "INSERT INTO step VALUES (?,?,?,?,?,?,?)",
	[SQL_ADD_CANDIDATE] = "INSERT INTO candidate VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_ADD_FINDING] = "INSERT INTO finding VALUES (?,?,?,?,?,?,?,?,?,?)",
	[SQL_ADD_CERTIFICATE] = "INSERT INTO certificate VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_ADD_EVENT] = "INSERT INTO event VALUES (?,?,?,?,?,?)",
	[SQL_ADD_STORY] = "INSERT INTO story VALUES (?,?,?,?,?,?,?)",
	[SQL_ADD_CANNOT_SHOW] = "INSERT INTO cannot_show VALUES (?,?,?)",
	[SQL_ADD_FRAME] = "INSERT INTO frame VALUES (?,?,?,?,?)",
};

#endif
