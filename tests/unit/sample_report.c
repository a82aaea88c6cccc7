#include "tests/unit/sample_report.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof (a)[0])
#define FRAMES(...) { (const frame_ref[]){ __VA_ARGS__ }, COUNT(((const frame_ref[]){ __VA_ARGS__ })) }
#define TEXTS(...) { (const char *const[]){ __VA_ARGS__ }, COUNT(((const char *const[]){ __VA_ARGS__ })) }

#define START INT64_C(1700000000123456000)
#define AT(ms) (START + (ms) * INT64_C(1000000))

static const struct rule strict_name = {
	.code = "strict-name", .step = STEP_NAMING, .source = "KB 2819315 (documented); section 3.5 (inferred from packets)",
};
static const struct rule name_skipped = { .code = "name-skipped", .step = STEP_NAMING, .source = "KB 2819315 (documented)" };
static const struct rule capture_gap = { .code = "capture-gap", .step = STEP_NONE, .source = "the capture itself" };

/* ---- strict naming ---- */

static const struct addr pool_addresses[] = { { 4, { 10, 20, 0, 15 } } };
static const struct addr phone_addresses[] = { { 4, { 10, 20, 30, 41 } } };
static const uint16_t voice_vlan[] = { 200 };

static const struct candidate_report broken_candidates[] = {
	{
		.source = CANDIDATE_SRV, .query = "_sipinternaltls._tcp.contoso.com", .server = "pool01.corp.contoso.local", .port = 5061,
		.addresses = { pool_addresses, 1 }, .naming = NAMING_NO_MATCH, .result = RESULT_NAME_SKIPPED, .frames = FRAMES(61, 63),
	},
	{
		.source = CANDIDATE_HOST, .query = "sip.contoso.com", .server = "sip.contoso.com", .port = 5061,
		.naming = NAMING_SIP_DOMAIN, .matched_domain = "contoso.com", .result = RESULT_UNRESOLVED, .frames = FRAMES(67),
	},
};

static const struct finding_report broken_findings[] = {
	{
		.rule = &strict_name, .severity = SEVERITY_ERROR, .step = STEP_NAMING, .subject = "pool01.corp.contoso.local",
		.message = "The only server that the phone was told of, pool01.corp.contoso.local, is not in the user's SIP domain contoso.com. "
			"This firmware connects only to names that it trusts, so it never tried.",
		.fix = "Point the SRV record _sipinternaltls._tcp.contoso.com to sip.contoso.com, give that name the pool's address, and put it into the pool's certificate.",
		.grade = GRADE_STRONG, .frames = FRAMES(61, 63, 64, 67),
	},
	{
		.rule = &name_skipped, .severity = SEVERITY_WARNING, .step = STEP_NAMING, .subject = "pool01.corp.contoso.local",
		.message = "The phone resolved pool01.corp.contoso.local and passed it over.", .fix = "", .grade = GRADE_STRONG, .frames = FRAMES(63),
	},
};

static const struct story_line broken_story[] = {
	{ AT(0), 1, STEP_LEASE, "phone", "dhcp", "asks for an address" },
	{ AT(12), 2, STEP_LEASE, "dhcp", "phone", "offers 10.20.30.41" },
	{ AT(4210), 61, STEP_DISCOVERY, "dns", "phone", "_sipinternaltls._tcp.contoso.com is pool01.corp.contoso.local:5061" },
	{ AT(4390), 67, STEP_DISCOVERY, "dns", "phone", "sip.contoso.com does not exist" },
};

static const struct attempt_report broken_attempt = {
	.id = "0004f2aabb01-20231114T221320.123456Z", .start_ns = START, .end_ns = AT(4512), .method = METHOD_PIN,
	.policy = "lpe-cu7", .policy_source = POLICY_ASSUMED, .outcome = OUTCOME_FAILED, .cause = &broken_findings[0],
	.steps = {
		[STEP_VLAN] = { STATE_OK, true, AT(-2000), AT(-2000), FRAMES(1), "VLAN 200 by LLDP-MED" },
		[STEP_LEASE] = { STATE_OK, true, AT(0), AT(31), FRAMES(2, 3, 4, 5), "10.20.30.41 from 10.20.30.1" },
		[STEP_UPDATE] = { STATE_WARNING, true, AT(60), AT(61), FRAMES(8, 9), "ucupdates-r2.contoso.com does not exist" },
		[STEP_TIME] = { STATE_OK, true, AT(80), AT(92), FRAMES(12, 13, 14), "10.20.0.1 answers, 0.02 s off" },
		[STEP_UC_OPTIONS] = { STATE_OK, true, AT(240), AT(260), FRAMES(18, 19), "option 43 names lyncweb.contoso.com; no option 120" },
		[STEP_ROOT_CA] = { STATE_OK, true, AT(900), AT(1220), FRAMES(24, 25, 26, 27, 28, 30, 31), "2 certificates from lyncweb.contoso.com" },
		[STEP_PROVISIONING] = { STATE_OK, true, AT(1500), AT(3990), FRAMES(33, 34, 35, 36, 37, 38, 39, 41, 42, 43, 44, 45, 50, 51, 57, 58), NULL },
		[STEP_DISCOVERY] = { STATE_OK, true, AT(4200), AT(4390), FRAMES(60, 61, 62, 63, 66, 67), "pool01.corp.contoso.local by SRV" },
		[STEP_NAMING] = { STATE_FAILED, true, AT(4210), AT(4512), FRAMES(61, 63, 64, 67), "no server has a name that the phone trusts" },
	},
	.candidates = broken_candidates, .candidate_count = COUNT(broken_candidates),
	.findings = broken_findings, .finding_count = COUNT(broken_findings),
	.story = broken_story, .story_count = COUNT(broken_story),
	.cannot_show = TEXTS("Whether the phone's own log names the trust check: the packets show only that it never connected."),
};
static const struct attempt_report *const broken_attempts[] = { &broken_attempt };
static const struct phone_report broken_phone = {
	.mac = { { 0, 4, 0xf2, 0xaa, 0xbb, 1 } }, .vendor = "Polycom", .addresses = { phone_addresses, 1 }, .vlans = voice_vlan, .vlan_count = 1,
	.sip_domain = "contoso.com", .sip_domain_source = "the SRV names it asked for", .attempts = broken_attempts, .attempt_count = 1,
};
static const struct phone_report *const broken_phones[] = { &broken_phone };

static const struct capture_info capture = {
	.file = "phone.pcap", .link_type = "EN10MB", .packets = 70, .bytes = 20480, .first_ns = AT(-2000), .last_ns = AT(4512), .time_digits = 6,
};
static const struct capture_info *const captures[] = { &capture };

const struct report *sample_broken(void)
{
	static const struct report r = { captures, 1, broken_phones, 1 };

	return &r;
}

/* ---- signed in ---- */

static const struct candidate_report good_candidates[] = {
	{
		.source = CANDIDATE_SRV, .query = "_sipinternaltls._tcp.fabrikam.com", .server = "sip.fabrikam.com", .port = 5061,
		.addresses = { pool_addresses, 1 }, .naming = NAMING_SIP_DOMAIN, .matched_domain = "fabrikam.com", .dialled = true,
		.result = RESULT_SIGNED_IN, .frames = FRAMES(61),
	},
};
static const struct certificate_report good_certificates[] = {
	{
		.server = "sip.fabrikam.com", .wanted = "sip.fabrikam.com", .subject = "CN=sip.fabrikam.com", .issuer = "CN=Fabrikam Root CA",
		.signature_algorithm = "sha256WithRSAEncryption", .key = "RSA 2048",
		.sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", .san = TEXTS("sip.fabrikam.com", "pool.fabrikam.com"),
		.not_before_ns = START - 86400 * INT64_C(1000000000), .not_after_ns = START + 365 * 86400 * INT64_C(1000000000), .frames = FRAMES(70),
	},
};
static const struct attempt_report good_attempt = {
	.id = "0004f2aabb02-20231114T221320.123456Z", .start_ns = START, .end_ns = AT(65000), .method = METHOD_CACHED,
	.policy = "lpe-cu7", .policy_source = POLICY_FIRMWARE, .outcome = OUTCOME_SIGNED_IN,
	.steps = {
		[STEP_LEASE] = { STATE_OK, true, AT(0), AT(31), FRAMES(2, 3, 4, 5), "10.20.30.42 from 10.20.30.1" },
		[STEP_DISCOVERY] = { STATE_OK, true, AT(4200), AT(4390), FRAMES(60, 61), "sip.fabrikam.com by SRV" },
		[STEP_NAMING] = { STATE_OK, false, 0, 0, { 0 }, "sip.fabrikam.com is in fabrikam.com" },
		[STEP_CONNECT] = { STATE_OK, true, AT(4400), AT(4402), FRAMES(64, 65), "10.20.0.15 port 5061" },
		[STEP_TLS] = { STATE_OK, true, AT(4402), AT(4500), FRAMES(68, 70, 72), "TLS 1.0" },
		[STEP_REGISTER] = { STATE_OK, true, AT(4500), AT(65000), FRAMES(73), "the session lasted 60 s and is still up" },
	},
	.candidates = good_candidates, .candidate_count = 1, .certificates = good_certificates, .certificate_count = 1,
};
static const struct attempt_report *const good_attempts[] = { &good_attempt };
static const struct phone_report good_phone = {
	.mac = { { 0, 4, 0xf2, 0xaa, 0xbb, 2 } }, .vendor = "Polycom", .addresses = { phone_addresses, 1 }, .vlans = voice_vlan, .vlan_count = 1,
	.model = "CX600", .firmware = "4.0.7577.4444", .firmware_source = "device update request", .sip_domain = "fabrikam.com",
	.sip_domain_source = "the SRV names it asked for", .attempts = good_attempts, .attempt_count = 1,
};
static const struct phone_report *const good_phones[] = { &good_phone };

const struct report *sample_signed_in(void)
{
	static const struct report r = { captures, 1, good_phones, 1 };

	return &r;
}

/* ---- hostile ---- */

#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123"
#define LONG_NAME L63 "." L63 "." L63 ".contoso.com"
#define EVIL "\x1b]0;owned\x07\x1b[2J\xe2\x80\xae" "moc.live\r\n\xff\xc2\x9b" "31m\""

static const struct candidate_report hostile_candidates[] = {
	{
		.source = CANDIDATE_REDIRECT, .query = EVIL, .server = EVIL, .naming = NAMING_NO_MATCH, .result = RESULT_CLOSED, .dialled = true,
	},
	{
		.source = CANDIDATE_SRV, .query = "_sipinternaltls._tcp." LONG_NAME, .server = LONG_NAME, .port = 65535,
		.addresses = { pool_addresses, 1 }, .naming = NAMING_BUILTIN, .matched_domain = LONG_NAME, .result = RESULT_NOT_TRIED,
	},
	{ .source = CANDIDATE_CACHE, .server = "s\xc3\xa9rveur.contoso.com", .naming = NAMING_SIP_DOMAIN, .result = RESULT_TIMEOUT },
};
static const struct finding_report hostile_findings[] = {
	{
		.rule = &capture_gap, .severity = SEVERITY_WARNING, .step = STEP_NONE, .subject = EVIL, .message = EVIL, .fix = EVIL,
		.grade = GRADE_WEAK, .frames = FRAMES((frame_ref)7, (UINT64_C(1) << 44) + 9),
	},
};
static const struct story_line hostile_story[] = { { START, 7, STEP_NONE, EVIL, EVIL, EVIL } };
static const struct attempt_report hostile_attempt = {
	.id = "0004f2aabb03-20231114T221320.123456Z", .start_ns = START, .end_ns = START, .policy = "lpe-cu7", .policy_source = POLICY_OPTION,
	.outcome = OUTCOME_UNKNOWN,
	.steps = { [STEP_LEASE] = { STATE_SKIPPED, true, START, START, FRAMES((frame_ref)7, (UINT64_C(1) << 44) + 9), EVIL } },
	.candidates = hostile_candidates, .candidate_count = COUNT(hostile_candidates), .findings = hostile_findings, .finding_count = 1,
	.story = hostile_story, .story_count = 1, .cannot_show = TEXTS(EVIL),
};
static const struct attempt_report *const hostile_attempts[] = { &hostile_attempt };
static const struct phone_report hostile_phone = {
	.mac = { { 0, 4, 0xf2, 0xaa, 0xbb, 3 } }, .vendor = NULL, .model = EVIL, .firmware = EVIL, .firmware_source = EVIL, .sip_domain = EVIL,
	.sip_domain_source = EVIL, .attempts = hostile_attempts, .attempt_count = 1,
};
static const struct phone_report *const hostile_phones[] = { &hostile_phone };
static const struct capture_info hostile_capture = { .file = "a\x1b[31m.pcap", .link_type = "EN10MB", .packets = 0 };
static const struct capture_info *const hostile_captures[] = { &capture, &hostile_capture };

const struct report *sample_hostile(void)
{
	static const struct report r = { hostile_captures, 2, hostile_phones, 1 };

	return &r;
}

/* ---- markup ---- */

#define MARKUP "\"'><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)></style></title><!-- ]]> &lt;&#60;\xff\x01\xe2\x80\xae\xc3\xa9"
#define MARKUP_NAME "a\"><b onclick='x'>.<svg/onload=alert(2)>.contoso.com"

static const struct candidate_report markup_candidates[] = {
	{
		.source = CANDIDATE_SRV, .query = "_sipinternaltls._tcp." MARKUP, .server = MARKUP_NAME, .port = 5061, .addresses = { pool_addresses, 1 },
		.naming = NAMING_BUILTIN, .matched_domain = MARKUP, .result = RESULT_SIGNED_IN, .dialled = true,
	},
};
static const struct finding_report markup_findings[] = {
	{
		.rule = &strict_name, .severity = SEVERITY_ERROR, .step = STEP_NAMING, .subject = MARKUP, .message = MARKUP " " MARKUP_NAME ". " MARKUP,
		.fix = MARKUP, .grade = GRADE_STRONG, .frames = FRAMES(61, 62),
	},
	{
		.rule = &capture_gap, .severity = SEVERITY_WARNING, .step = STEP_NONE, .subject = MARKUP, .message = MARKUP, .fix = MARKUP,
		.grade = GRADE_PROVEN, .frames = FRAMES(70),
	},
};
static const struct certificate_report markup_certificates[] = {
	{
		.server = MARKUP, .wanted = MARKUP_NAME, .subject = "CN=" MARKUP, .issuer = "CN=" MARKUP, .signature_algorithm = MARKUP, .key = MARKUP,
		.sha256 = MARKUP, .san = TEXTS(MARKUP_NAME, MARKUP), .not_before_ns = INT64_MIN, .not_after_ns = INT64_MAX, .frames = FRAMES(70),
	},
};
static const struct story_line markup_story[] = {
	{ AT(0), 1, STEP_LEASE, "phone", "switch", MARKUP },
	{ AT(1), 61, STEP_LEASE, "ntp", "phone", MARKUP_NAME },
	{ AT(9000), 70, STEP_LEASE, MARKUP, MARKUP, MARKUP },
};
#define MARKUP_ATTEMPT(o, why) { \
	.id = "0004f2aabb04-20231114T221320.123456Z", .start_ns = START, .end_ns = AT(9000), .policy = "lpe-cu7", .outcome = (o), .cause = (why), \
	.steps = { [STEP_LEASE] = { STATE_OK, true, AT(0), AT(31), FRAMES(1, 61), MARKUP }, [STEP_NAMING] = { STATE_FAILED, false, 0, 0, { 0 }, MARKUP_NAME } }, \
	.candidates = markup_candidates, .candidate_count = 1, .findings = markup_findings, .finding_count = 2, .certificates = markup_certificates, \
	.certificate_count = 1, .story = markup_story, .story_count = COUNT(markup_story), .cannot_show = TEXTS(MARKUP, MARKUP_NAME) }
static const struct attempt_report markup_failed = MARKUP_ATTEMPT(OUTCOME_FAILED, &markup_findings[0]);
static const struct attempt_report markup_good = MARKUP_ATTEMPT(OUTCOME_SIGNED_IN, NULL);
static const struct attempt_report *const markup_attempts[] = { &markup_failed, &markup_good };
#define MARKUP_PHONE(n, attempts_of) { \
	.mac = { { 0, 4, 0xf2, 0xaa, 0xbb, (n) } }, .vendor = MARKUP, .model = MARKUP, .firmware = MARKUP, .firmware_source = MARKUP, .sip_domain = MARKUP_NAME, \
	.sip_domain_source = MARKUP, .addresses = { phone_addresses, 1 }, .attempts = markup_attempts, .attempt_count = (attempts_of) }
static const struct phone_report markup_phone_one = MARKUP_PHONE(4, 1), markup_phone_two = MARKUP_PHONE(5, 2);
static const struct phone_report *const markup_phones[] = { &markup_phone_one, &markup_phone_two };
static const struct capture_info markup_capture = { .file = MARKUP ".pcap", .link_type = "<b>", .packets = 1, .first_ns = AT(0), .last_ns = AT(1) };
static const struct capture_info *const markup_captures[] = { &capture, &markup_capture };

const struct report *sample_markup(void)
{
	static const struct report r = { markup_captures, 2, markup_phones, 2 };

	return &r;
}

const struct report *sample_empty(void)
{
	static const struct report r = { captures, 1, NULL, 0 };

	return &r;
}
