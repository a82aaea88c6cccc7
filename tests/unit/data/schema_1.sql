-- What dialtone with schema 1 stored of pcaps/external-pin.pcap, of split-files.1 to .3 read as one, and of lease-none.pcap (sqlite3 .dump).
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO capture VALUES(1,'external-pin.pcap','EN10MB',25,4444,1409820792670670000,1409820990652811000,0,0);
INSERT INTO capture VALUES(2,'split-files.1.pcap','EN10MB',17,2602,1410002112099213000,1410002116993906000,0,0);
INSERT INTO capture VALUES(3,'split-files.2.pcap','EN10MB',71,16611,1410002158190906000,1410002184745820000,0,0);
INSERT INTO capture VALUES(4,'split-files.3.pcap','EN10MB',19,1781,1410002184747936000,1410002244784550000,0,0);
INSERT INTO capture VALUES(5,'lease-none.pcap','EN10MB',18,3337,1410179652067085000,1410179822167685000,0,0);
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
INSERT INTO phone VALUES('00:08:5d:39:f1:45','Aastra',NULL,NULL,NULL,NULL,NULL,1410179652467085000,1410179822167685000);
INSERT INTO phone VALUES('64:16:7f:1f:fb:0e','Polycom',NULL,NULL,NULL,NULL,NULL,1409820792670670000,1409820990652811000);
INSERT INTO phone VALUES('64:16:7f:e5:2a:31','Polycom',NULL,NULL,NULL,'contoso.com','the service records it asked for',1410002112499213000,1410002244784550000);
CREATE TABLE phone_address (
	mac TEXT NOT NULL REFERENCES phone ON DELETE CASCADE,
	address TEXT NOT NULL,
	PRIMARY KEY (mac, address)
) WITHOUT ROWID;
INSERT INTO phone_address VALUES('00:08:5d:39:f1:45','10.20.30.57');
INSERT INTO phone_address VALUES('64:16:7f:1f:fb:0e','192.168.178.57');
INSERT INTO phone_address VALUES('64:16:7f:e5:2a:31','10.20.30.57');
CREATE TABLE phone_vlan (
	mac TEXT NOT NULL REFERENCES phone ON DELETE CASCADE,
	vlan INTEGER NOT NULL,
	PRIMARY KEY (mac, vlan)
) WITHOUT ROWID;
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
INSERT INTO attempt VALUES(1,'64:16:7f:1f:fb:0e','64167f1ffb0e-20140904T085312.670670Z',1409820792670670000,1409820990652811000,'pin','lpe-cu7','assumed','failed','uc-options','uc-no-reply',0);
INSERT INTO attempt VALUES(2,'64:16:7f:e5:2a:31','64167fe52a31-20140906T111512.499213Z',1410002112499213000,1410002244784550000,'pin','lpe-cu7','assumed','failed','naming','strict-name',0);
INSERT INTO attempt VALUES(3,'00:08:5d:39:f1:45','00085d39f145-20140908T123412.467085Z',1410179652467085000,1410179822167685000,'unknown','lpe-cu7','assumed','failed','lease','lease-none',0);
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
INSERT INTO step VALUES(1,0,'vlan','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,1,'lease','ok',1409820792670670000,1409820792723670000,'192.168.178.57 from 192.168.178.1');
INSERT INTO step VALUES(1,2,'update','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,3,'time','ok',1409820795445670000,1409820795452211000,'203.0.113.123 answers, 0.00 s off');
INSERT INTO step VALUES(1,4,'uc-options','failed',1409820836652211000,1409820914652211000,NULL);
INSERT INTO step VALUES(1,5,'root-ca','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,6,'provisioning','failed',NULL,NULL,NULL);
INSERT INTO step VALUES(1,7,'discovery','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,8,'naming','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,9,'connect','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,10,'tls','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,11,'register','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(1,12,'exchange','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(2,0,'vlan','ok',1410002112099213000,1410002112099213000,NULL);
INSERT INTO step VALUES(2,1,'lease','ok',1410002114199213000,1410002114252213000,'10.20.30.57 from 10.20.0.10');
INSERT INTO step VALUES(2,2,'update','warning',1410002116974213000,1410002116981464000,'ucupdates-r2.corp.contoso.local not found');
INSERT INTO step VALUES(2,3,'time','ok',1410002116985464000,1410002116990906000,'10.20.0.10 answers, 0.00 s off');
INSERT INTO step VALUES(2,4,'uc-options','ok',1410002158190906000,1410002158196906000,'web services lyncweb.corp.contoso.local, SIP server sip.nwtraders.com');
INSERT INTO step VALUES(2,5,'root-ca','ok',1410002158497028000,1410002158625628000,'1 certificate delivered');
INSERT INTO step VALUES(2,6,'provisioning','ok',1410002158490906000,1410002159371827000,'HTTPS with lyncweb.corp.contoso.local');
INSERT INTO step VALUES(2,7,'discovery','ok',1410002159672027000,1410002184779950000,'sip.nwtraders.com by _sipinternaltls._tcp.contoso.com');
INSERT INTO step VALUES(2,8,'naming','failed',1410002158196906000,1410002159720130000,'sip.nwtraders.com is not under contoso.com');
INSERT INTO step VALUES(2,9,'connect','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(2,10,'tls','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(2,11,'register','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(2,12,'exchange','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,0,'vlan','ok',1410179652067085000,1410179652067085000,NULL);
INSERT INTO step VALUES(3,1,'lease','failed',1410179654167085000,1410179746167085000,NULL);
INSERT INTO step VALUES(3,2,'update','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,3,'time','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,4,'uc-options','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,5,'root-ca','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,6,'provisioning','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,7,'discovery','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,8,'naming','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,9,'connect','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,10,'tls','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,11,'register','not-seen',NULL,NULL,NULL);
INSERT INTO step VALUES(3,12,'exchange','not-seen',NULL,NULL,NULL);
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
INSERT INTO candidate VALUES(2,0,'dhcp120','DHCP option 120','sip.nwtraders.com',5061,'["203.0.113.40"]','no-match',NULL,0,'name-skipped');
INSERT INTO candidate VALUES(2,1,'srv','_sipinternaltls._tcp.contoso.com','sip.nwtraders.com',5061,'["203.0.113.40"]','no-match',NULL,0,'name-skipped');
INSERT INTO candidate VALUES(2,2,'host','sipinternal.contoso.com','sipinternal.contoso.com',5061,'[]','sip-domain','contoso.com',0,'unresolved');
INSERT INTO candidate VALUES(2,3,'host','sip.contoso.com','sip.contoso.com',5061,'[]','sip-domain','contoso.com',0,'unresolved');
INSERT INTO candidate VALUES(2,4,'host','sipexternal.contoso.com','sipexternal.contoso.com',5061,'[]','sip-domain','contoso.com',0,'unresolved');
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
INSERT INTO finding VALUES(1,0,'uc-no-reply','error','uc-options','','The phone asked 6 times for the Lync options (DHCPINFORM, class MS-UC-Client) and nobody answered. A sign-in by PIN cannot go on without them.','Let the relay pass DHCPINFORM to a server that knows the options (DHCPUtil sets them up), or enable the Registrar''s own responder (Set-CsRegistrarConfiguration -EnableDHCPServer $true) within reach of the voice VLAN.','strong','Microsoft, Lync Server 2010 documentation on how a phone finds web services and registrar by DHCPINFORM; Microsoft TechNet gg412828 (DHCPUtil values); RFC 2131 section 3.4');
INSERT INTO finding VALUES(1,1,'pin-needs-internal','error','provisioning','','The phone seems to be outside the company (one box gives lease, route and names, or only external names exist; nobody tells the Lync options): its first sign-in by PIN works only inside.','Sign the phone in once inside the company, or tether it to a PC and use credentials.','weak','J. Schertz, "Troubleshooting Lync Phone Edition Issues" (blog.schertz.name, 2012)');
INSERT INTO finding VALUES(1,2,'vlan-not-assigned','info','vlan','','Neither LLDP nor DHCP tells the phone a VLAN, and it stays in the port''s own. Right where voice has no VLAN of its own.','Where there is a voice VLAN: an LLDP-MED voice policy on the port, or DHCP option 43 for vendor class CPE-OCPHONE with sub-option 10 (VLAN 20 as a word: 0a020014).','strong','Microsoft TechNet gg398261 (Device Connection Process); Microsoft TechNet gg412828 (DHCPUtil values); ANSI/TIA-1057 (LLDP-MED)');
INSERT INTO finding VALUES(2,0,'strict-name','error','naming','sip.nwtraders.com','No server has a name that the phone trusts: sip.nwtraders.com is not under contoso.com (nor lync.com or outlook.com). Firmware since 4.0.7577.4363 (CU7) passes such names over without sending a packet. There was no TLS with it, so this says nothing about certificates.','Add an A record sip.contoso.com -> 203.0.113.40 and put sip.contoso.com into the certificate of 203.0.113.40; better still, also point _sipinternaltls._tcp.contoso.com to sip.contoso.com.','strong','Microsoft KB 2933146; J. Schertz, "Lync Phone Edition Strict Domain Naming" (blog.schertz.name, 2013, updated 2014); the phone''s log says LookupTrustModel ... hr=0x80ee0058. That a sub-domain of the SIP domain counts as inside is a conclusion');
INSERT INTO finding VALUES(2,1,'update-dns-missing','warning','update','ucupdates-r2.corp.contoso.local','ucupdates-r2.corp.contoso.local does not exist: the phone cannot look for new firmware before somebody has signed in. The sign-in goes on without it.','Add an A record ucupdates-r2.corp.contoso.local with the address of the pool''s web services, and put the name into their certificate.','proven','Microsoft TechNet gg398740 (Device update process); Microsoft TechNet gg398261 (Device Connection Process); the two differ on where the domain comes from');
INSERT INTO finding VALUES(2,2,'name-skipped','warning','naming','sip.nwtraders.com','sip.nwtraders.com, which DHCP option 120 names, is not under contoso.com: the phone passed it over and sent it no packet.','Set DHCP option 120 to a name under contoso.com: 000373697007636f6e746f736f03636f6d00 is sip.contoso.com. That name needs an A record and a place in the registrar''s certificate.','strong','Microsoft KB 2933146; J. Schertz, "Lync Phone Edition Strict Domain Naming" (blog.schertz.name, 2013, updated 2014)');
INSERT INTO finding VALUES(2,3,'name-skipped','warning','naming','sip.nwtraders.com','sip.nwtraders.com, which the service record _sipinternaltls._tcp.contoso.com names, is not under contoso.com: the phone passed it over and sent it no packet.','Point _sipinternaltls._tcp.contoso.com to sip.contoso.com (port 5061), add an A record sip.contoso.com -> 203.0.113.40, and put sip.contoso.com into the certificate of 203.0.113.40.','strong','Microsoft KB 2933146; J. Schertz, "Lync Phone Edition Strict Domain Naming" (blog.schertz.name, 2013, updated 2014)');
INSERT INTO finding VALUES(2,4,'vlan-not-assigned','info','vlan','','Neither LLDP nor DHCP tells the phone a VLAN, and it stays in the port''s own. Right where voice has no VLAN of its own.','Where there is a voice VLAN: an LLDP-MED voice policy on the port, or DHCP option 43 for vendor class CPE-OCPHONE with sub-option 10 (VLAN 20 as a word: 0a020014).','strong','Microsoft TechNet gg398261 (Device Connection Process); Microsoft TechNet gg412828 (DHCPUtil values); ANSI/TIA-1057 (LLDP-MED)');
INSERT INTO finding VALUES(3,0,'lease-none','error','lease','','No DHCP server answered: the phone asked 8 times and has no address.','Check the DHCP scope of this VLAN (free addresses, active), the relay (ip helper-address) and DHCP snooping on the switch.','strong','Microsoft, Lync Server 2010 documentation on VLAN discovery; RFC 2131 section 3.1; RFC 3927');
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
INSERT INTO certificate VALUES(2,0,'10.20.0.35:443','lyncweb.corp.contoso.local','CN=lyncweb.corp.contoso.local','CN=Contoso Root CA,O=contoso.com','["lyncweb.corp.contoso.local"]',1366761600000000000,1444521600000000000,'sha1WithRSAEncryption','RSA 2048','f117cf16e33c9322f0aef560841c13806c002b72f4de40ffcc826e52de162659');
CREATE TABLE event (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	at_ns INTEGER NOT NULL,
	proto TEXT NOT NULL,
	kind TEXT NOT NULL,
	json TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;
INSERT INTO event VALUES(1,0,1409820792670670000,'dhcp','discover','{"frame":1,"time":"2014-09-04T08:53:12.670670Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0xe985edc6","client_mac":"64:16:7f:1f:fb:0e","vendor_class":"CPE-OCPHONE","client_id":"0164167f1ffb0e","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(1,1,1409820792681670000,'dhcp','offer','{"frame":2,"time":"2014-09-04T08:53:12.681670Z","src":"192.168.178.1:67","dst":"192.168.178.57:68","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:1f:fb:0e","vlan":[],"proto":"dhcp","kind":"offer","xid":"0xe985edc6","client_mac":"64:16:7f:1f:fb:0e","yiaddr":"192.168.178.57","server_id":"192.168.178.1","lease_time":28800,"subnet_mask":"255.255.255.0","dns_servers":["192.168.178.1"],"routers":["192.168.178.1"]}');
INSERT INTO event VALUES(1,2,1409820792715670000,'dhcp','request','{"frame":3,"time":"2014-09-04T08:53:12.715670Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"request","xid":"0xe985edc6","client_mac":"64:16:7f:1f:fb:0e","server_id":"192.168.178.1","requested_ip":"192.168.178.57","vendor_class":"CPE-OCPHONE","client_id":"0164167f1ffb0e","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(1,3,1409820792723670000,'dhcp','ack','{"frame":4,"time":"2014-09-04T08:53:12.723670Z","src":"192.168.178.1:67","dst":"192.168.178.57:68","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:1f:fb:0e","vlan":[],"proto":"dhcp","kind":"ack","xid":"0xe985edc6","client_mac":"64:16:7f:1f:fb:0e","yiaddr":"192.168.178.57","server_id":"192.168.178.1","lease_time":28800,"subnet_mask":"255.255.255.0","dns_servers":["192.168.178.1"],"routers":["192.168.178.1"]}');
INSERT INTO event VALUES(1,7,1409820795445670000,'dns','query','{"frame":8,"time":"2014-09-04T08:53:15.445670Z","src":"192.168.178.57:49203","dst":"192.168.178.1:53","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":38209,"transport":"udp","qname":"time.windows.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(1,8,1409820795448211000,'dns','response','{"frame":9,"time":"2014-09-04T08:53:15.448211Z","src":"192.168.178.1:53","dst":"192.168.178.57:49203","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:1f:fb:0e","vlan":[],"proto":"dns","kind":"response","id":38209,"transport":"udp","qname":"time.windows.com","qtype":"A","rcode":"NOERROR","truncated":false,"answers":[{"name":"time.windows.com","type":"A","ttl":3600,"address":"203.0.113.123"},{"name":"time.windows.com","type":"A","ttl":3600,"address":"203.0.113.123"}]}');
INSERT INTO event VALUES(1,9,1409820795452211000,'ntp','client','{"frame":10,"time":"2014-09-04T08:53:15.452211Z","src":"192.168.178.57:49204","dst":"203.0.113.123:123","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"ntp","kind":"client","version":3,"transmit_time":"2014-09-04T08:53:15.452211141Z"}');
INSERT INTO event VALUES(1,10,1409820795455211000,'ntp','server','{"frame":11,"time":"2014-09-04T08:53:15.455211Z","src":"203.0.113.123:123","dst":"192.168.178.57:49204","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:1f:fb:0e","vlan":[],"proto":"ntp","kind":"server","version":3,"stratum":2,"transmit_time":"2014-09-04T08:53:15.454311132Z","offset_s":-0.000900,"refid":"10.0.0.1"}');
INSERT INTO event VALUES(1,11,1409820836652211000,'dhcp','inform','{"frame":12,"time":"2014-09-04T08:53:56.652211Z","src":"192.168.178.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0x594b8406","client_mac":"64:16:7f:1f:fb:0e","ciaddr":"192.168.178.57","vendor_class":"MS-UC-Client","client_id":"0164167f1ffb0e","param_list":[43,120]}');
INSERT INTO event VALUES(1,12,1409820840652211000,'dhcp','inform','{"frame":13,"time":"2014-09-04T08:54:00.652211Z","src":"192.168.178.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0x594b8406","client_mac":"64:16:7f:1f:fb:0e","ciaddr":"192.168.178.57","vendor_class":"MS-UC-Client","client_id":"0164167f1ffb0e","param_list":[43,120]}');
INSERT INTO event VALUES(1,13,1409820848652211000,'dhcp','inform','{"frame":14,"time":"2014-09-04T08:54:08.652211Z","src":"192.168.178.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0x594b8406","client_mac":"64:16:7f:1f:fb:0e","ciaddr":"192.168.178.57","vendor_class":"MS-UC-Client","client_id":"0164167f1ffb0e","param_list":[43,120]}');
INSERT INTO event VALUES(1,14,1409820902652211000,'dhcp','inform','{"frame":15,"time":"2014-09-04T08:55:02.652211Z","src":"192.168.178.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0xaa42e959","client_mac":"64:16:7f:1f:fb:0e","ciaddr":"192.168.178.57","vendor_class":"MS-UC-Client","client_id":"0164167f1ffb0e","param_list":[43,120]}');
INSERT INTO event VALUES(1,15,1409820906652211000,'dhcp','inform','{"frame":16,"time":"2014-09-04T08:55:06.652211Z","src":"192.168.178.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0xaa42e959","client_mac":"64:16:7f:1f:fb:0e","ciaddr":"192.168.178.57","vendor_class":"MS-UC-Client","client_id":"0164167f1ffb0e","param_list":[43,120]}');
INSERT INTO event VALUES(1,16,1409820914652211000,'dhcp','inform','{"frame":17,"time":"2014-09-04T08:55:14.652211Z","src":"192.168.178.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:1f:fb:0e","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0xaa42e959","client_mac":"64:16:7f:1f:fb:0e","ciaddr":"192.168.178.57","vendor_class":"MS-UC-Client","client_id":"0164167f1ffb0e","param_list":[43,120]}');
INSERT INTO event VALUES(2,0,1410002112099213000,'lldp','advertisement','{"frame":1,"time":"2014-09-06T11:15:12.099213Z","src":"00:1b:54:aa:00:07","dst":"01:80:c2:00:00:0e","eth_src":"00:1b:54:aa:00:07","eth_dst":"01:80:c2:00:00:0e","vlan":[],"proto":"lldp","kind":"advertisement","chassis_id":"00:1b:54:aa:00:07","port_id":"Gi1/0/7","ttl":120,"system_name":"access-sw-3"}');
INSERT INTO event VALUES(2,1,1410002112499213000,'lldp','advertisement','{"frame":2,"time":"2014-09-06T11:15:12.499213Z","src":"64:16:7f:e5:2a:31","dst":"01:80:c2:00:00:0e","eth_src":"64:16:7f:e5:2a:31","eth_dst":"01:80:c2:00:00:0e","vlan":[],"proto":"lldp","kind":"advertisement","chassis_id":"64:16:7f:e5:2a:31","port_id":"64:16:7f:e5:2a:31","ttl":120}');
INSERT INTO event VALUES(2,2,1410002114199213000,'dhcp','discover','{"frame":3,"time":"2014-09-06T11:15:14.199213Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:e5:2a:31","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0x3846d5f5","client_mac":"64:16:7f:e5:2a:31","vendor_class":"CPE-OCPHONE","client_id":"0164167fe52a31","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(2,3,1410002114210213000,'dhcp','offer','{"frame":4,"time":"2014-09-06T11:15:14.210213Z","src":"10.20.0.10:67","dst":"10.20.30.57:68","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dhcp","kind":"offer","xid":"0x3846d5f5","client_mac":"64:16:7f:e5:2a:31","yiaddr":"10.20.30.57","server_id":"10.20.0.10","lease_time":28800,"subnet_mask":"255.255.255.0","domain_name":"corp.contoso.local","dns_servers":["10.20.0.10"],"routers":["10.20.30.1"]}');
INSERT INTO event VALUES(2,4,1410002114244213000,'dhcp','request','{"frame":5,"time":"2014-09-06T11:15:14.244213Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:e5:2a:31","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"request","xid":"0x3846d5f5","client_mac":"64:16:7f:e5:2a:31","server_id":"10.20.0.10","requested_ip":"10.20.30.57","vendor_class":"CPE-OCPHONE","client_id":"0164167fe52a31","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(2,5,1410002114252213000,'dhcp','ack','{"frame":6,"time":"2014-09-06T11:15:14.252213Z","src":"10.20.0.10:67","dst":"10.20.30.57:68","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dhcp","kind":"ack","xid":"0x3846d5f5","client_mac":"64:16:7f:e5:2a:31","yiaddr":"10.20.30.57","server_id":"10.20.0.10","lease_time":28800,"subnet_mask":"255.255.255.0","domain_name":"corp.contoso.local","dns_servers":["10.20.0.10"],"routers":["10.20.30.1"]}');
INSERT INTO event VALUES(2,9,1410002116974213000,'dns','query','{"frame":10,"time":"2014-09-06T11:15:16.974213Z","src":"10.20.30.57:49165","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":39179,"transport":"udp","qname":"ucupdates-r2.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,10,1410002116976028000,'dns','response','{"frame":11,"time":"2014-09-06T11:15:16.976028Z","src":"10.20.0.10:53","dst":"10.20.30.57:49165","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":39179,"transport":"udp","qname":"ucupdates-r2.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0190a686f73746d6173746572c01977fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,11,1410002116980028000,'dns','query','{"frame":12,"time":"2014-09-06T11:15:16.980028Z","src":"10.20.30.57:49166","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":20557,"transport":"udp","qname":"ucupdates-r2.corp.contoso.local.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,12,1410002116981464000,'dns','response','{"frame":13,"time":"2014-09-06T11:15:16.981464Z","src":"10.20.0.10:53","dst":"10.20.30.57:49166","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":20557,"transport":"udp","qname":"ucupdates-r2.corp.contoso.local.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"corp.contoso.local.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0190a686f73746d6173746572c01977fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,13,1410002116985464000,'dns','query','{"frame":14,"time":"2014-09-06T11:15:16.985464Z","src":"10.20.30.57:49167","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":238,"transport":"udp","qname":"_ntp._udp.corp.contoso.local","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,14,1410002116986906000,'dns','response','{"frame":15,"time":"2014-09-06T11:15:16.986906Z","src":"10.20.0.10:53","dst":"10.20.30.57:49167","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":238,"transport":"udp","qname":"_ntp._udp.corp.contoso.local","qtype":"SRV","rcode":"NOERROR","truncated":false,"answers":[{"name":"_ntp._udp.corp.contoso.local","type":"SRV","ttl":3600,"priority":0,"weight":0,"port":123,"target":"time.corp.contoso.local"}],"additional":[{"name":"time.corp.contoso.local","type":"A","ttl":3600,"address":"10.20.0.10"}]}');
INSERT INTO event VALUES(2,15,1410002116990906000,'ntp','client','{"frame":16,"time":"2014-09-06T11:15:16.990906Z","src":"10.20.30.57:49168","dst":"10.20.0.10:123","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"ntp","kind":"client","version":3,"transmit_time":"2014-09-06T11:15:16.990905761Z"}');
INSERT INTO event VALUES(2,16,1410002116993906000,'ntp','server','{"frame":17,"time":"2014-09-06T11:15:16.993906Z","src":"10.20.0.10:123","dst":"10.20.30.57:49168","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"ntp","kind":"server","version":3,"stratum":2,"transmit_time":"2014-09-06T11:15:16.993005752Z","offset_s":-0.000900,"refid":"10.0.0.1"}');
INSERT INTO event VALUES(2,17,1410002158190906000,'dhcp','inform','{"frame":1,"time":"2014-09-06T11:15:58.190906Z","src":"10.20.30.57:68","dst":"255.255.255.255:67","eth_src":"64:16:7f:e5:2a:31","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"inform","xid":"0xd5862c43","client_mac":"64:16:7f:e5:2a:31","ciaddr":"10.20.30.57","vendor_class":"MS-UC-Client","client_id":"0164167fe52a31","param_list":[43,120]}');
INSERT INTO event VALUES(2,18,1410002158196906000,'dhcp','ack','{"frame":2,"time":"2014-09-06T11:15:58.196906Z","src":"10.20.0.10:67","dst":"10.20.30.57:68","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dhcp","kind":"ack","xid":"0xd5862c43","client_mac":"64:16:7f:e5:2a:31","ciaddr":"10.20.30.57","server_id":"10.20.0.10","subnet_mask":"255.255.255.0","vendor_specific":"010c4d532d55432d436c69656e7402056874747073031a6c796e637765622e636f72702e636f6e746f736f2e6c6f63616c040334343305252f4365727450726f762f4365727450726f766973696f6e696e67536572766963652e737663","uc":{"identifier":"MS-UC-Client","scheme":"https","fqdn":"lyncweb.corp.contoso.local","port":443,"path":"/CertProv/CertProvisioningService.svc"},"sip_encoding":0,"sip_servers":["sip.nwtraders.com"]}');
INSERT INTO event VALUES(2,19,1410002158490906000,'dns','query','{"frame":3,"time":"2014-09-06T11:15:58.490906Z","src":"10.20.30.57:49169","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":36779,"transport":"udp","qname":"lyncweb.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,20,1410002158493028000,'dns','response','{"frame":4,"time":"2014-09-06T11:15:58.493028Z","src":"10.20.0.10:53","dst":"10.20.30.57:49169","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":36779,"transport":"udp","qname":"lyncweb.corp.contoso.local","qtype":"A","rcode":"NOERROR","truncated":false,"answers":[{"name":"lyncweb.corp.contoso.local","type":"A","ttl":3600,"address":"10.20.0.35"}]}');
INSERT INTO event VALUES(2,21,1410002158497028000,'tcp','connect','{"frame":5,"time":"2014-09-06T11:15:58.497028Z","src":"10.20.30.57:49170","dst":"10.20.0.35:80","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tcp","kind":"connect","port":80}');
INSERT INTO event VALUES(2,22,1410002158498828000,'tcp','accepted','{"frame":6,"time":"2014-09-06T11:15:58.498828Z","src":"10.20.30.57:49170","dst":"10.20.0.35:80","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tcp","kind":"accepted","port":80,"duration_s":0.001800}');
INSERT INTO event VALUES(2,23,1410002158499028000,'http','request','{"frame":8,"time":"2014-09-06T11:15:58.499028Z","src":"10.20.30.57:49170","dst":"10.20.0.35:80","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"http","kind":"request","method":"POST","host":"lyncweb.corp.contoso.local","target":"/CertProv/CertProvisioningService.svc/anon","content_type":"application/soap+xml; charset=utf-8","content_length":172}');
INSERT INTO event VALUES(2,24,1410002158521428000,'http','response','{"frame":10,"time":"2014-09-06T11:15:58.521428Z","src":"10.20.0.35:80","dst":"10.20.30.57:49170","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"http","kind":"response","status":200,"server":"Microsoft-IIS/8.0","content_type":"application/soap+xml; charset=utf-8","content_length":1244,"certificates":[{"subject":"CN=Contoso Root CA,O=contoso.com","issuer":"CN=Contoso Root CA,O=contoso.com","serial":"a8f1","not_before":"2010-01-01T00:00:00Z","not_after":"2030-01-01T00:00:00Z","signature_algorithm":"sha1WithRSAEncryption","key":"RSA 2048","sha256":"760a314220a08f0e6cca6ad4c748bc6e857b89cb4f4143cfc7b1ebcb9d5c29d9"}]}');
INSERT INTO event VALUES(2,26,1410002158625628000,'tcp','closed','{"frame":13,"time":"2014-09-06T11:15:58.625628Z","src":"10.20.30.57:49170","dst":"10.20.0.35:80","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tcp","kind":"closed","port":80,"by":"client","bytes_client":338,"bytes_server":1382,"duration_s":0.128600}');
INSERT INTO event VALUES(2,27,1410002158825828000,'tcp','connect','{"frame":15,"time":"2014-09-06T11:15:58.825828Z","src":"10.20.30.57:49171","dst":"10.20.0.35:443","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tcp","kind":"connect","port":443}');
INSERT INTO event VALUES(2,28,1410002158827628000,'tcp','accepted','{"frame":16,"time":"2014-09-06T11:15:58.827628Z","src":"10.20.30.57:49171","dst":"10.20.0.35:443","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tcp","kind":"accepted","port":443,"duration_s":0.001800}');
INSERT INTO event VALUES(2,29,1410002158830828000,'tls','client-hello','{"frame":18,"time":"2014-09-06T11:15:58.830828Z","src":"10.20.30.57:49171","dst":"10.20.0.35:443","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tls","kind":"client-hello","from":"client","record_version":"TLS 1.0","version":"TLS 1.0","ciphers":["TLS_RSA_WITH_AES_128_CBC_SHA","TLS_RSA_WITH_AES_256_CBC_SHA","TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA","TLS_EMPTY_RENEGOTIATION_INFO_SCSV"]}');
INSERT INTO event VALUES(2,30,1410002158836228000,'tls','server-hello','{"frame":20,"time":"2014-09-06T11:15:58.836228Z","src":"10.20.0.35:443","dst":"10.20.30.57:49171","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"tls","kind":"server-hello","from":"server","record_version":"TLS 1.0","version":"TLS 1.0","cipher":"TLS_RSA_WITH_AES_128_CBC_SHA","session_resumed":false}');
INSERT INTO event VALUES(2,31,1410002158836228000,'tls','certificate','{"frame":20,"time":"2014-09-06T11:15:58.836228Z","src":"10.20.0.35:443","dst":"10.20.30.57:49171","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"tls","kind":"certificate","from":"server","record_version":"TLS 1.0","certificates":[{"subject":"CN=lyncweb.corp.contoso.local","issuer":"CN=Contoso Root CA,O=contoso.com","serial":"a92f","san":["lyncweb.corp.contoso.local"],"not_before":"2013-04-24T00:00:00Z","not_after":"2015-10-11T00:00:00Z","signature_algorithm":"sha1WithRSAEncryption","key":"RSA 2048","sha256":"f117cf16e33c9322f0aef560841c13806c002b72f4de40ffcc826e52de162659"}]}');
INSERT INTO event VALUES(2,32,1410002158850628000,'tls','finished','{"frame":22,"time":"2014-09-06T11:15:58.850628Z","src":"10.20.30.57:49171","dst":"10.20.0.35:443","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tls","kind":"finished","from":"client","record_version":"TLS 1.0"}');
INSERT INTO event VALUES(2,33,1410002158856028000,'tls','finished','{"frame":24,"time":"2014-09-06T11:15:58.856028Z","src":"10.20.0.35:443","dst":"10.20.30.57:49171","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"tls","kind":"finished","from":"server","record_version":"TLS 1.0"}');
INSERT INTO event VALUES(2,37,1410002159367627000,'tls','alert','{"frame":42,"time":"2014-09-06T11:15:59.367627Z","src":"10.20.30.57:49171","dst":"10.20.0.35:443","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tls","kind":"alert","from":"client","record_version":"TLS 1.0"}');
INSERT INTO event VALUES(2,38,1410002159371827000,'tcp','closed','{"frame":45,"time":"2014-09-06T11:15:59.371827Z","src":"10.20.30.57:49171","dst":"10.20.0.35:443","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"tcp","kind":"closed","port":443,"by":"client","bytes_client":3765,"bytes_server":4874,"duration_s":0.545999}');
INSERT INTO event VALUES(2,39,1410002159672027000,'dns','query','{"frame":47,"time":"2014-09-06T11:15:59.672027Z","src":"10.20.30.57:49172","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":10782,"transport":"udp","qname":"_sipinternaltls._tcp.contoso.com","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,40,1410002159674857000,'dns','response','{"frame":48,"time":"2014-09-06T11:15:59.674857Z","src":"10.20.0.10:53","dst":"10.20.30.57:49172","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":10782,"transport":"udp","qname":"_sipinternaltls._tcp.contoso.com","qtype":"SRV","rcode":"NOERROR","truncated":false,"answers":[{"name":"_sipinternaltls._tcp.contoso.com","type":"SRV","ttl":3600,"priority":0,"weight":0,"port":5061,"target":"sip.nwtraders.com"}],"additional":[{"name":"sip.nwtraders.com","type":"A","ttl":3600,"address":"203.0.113.40"}]}');
INSERT INTO event VALUES(2,41,1410002159678856000,'dns','query','{"frame":49,"time":"2014-09-06T11:15:59.678856Z","src":"10.20.30.57:49173","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":54952,"transport":"udp","qname":"_sip._tls.contoso.com","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,42,1410002159681221000,'dns','response','{"frame":50,"time":"2014-09-06T11:15:59.681221Z","src":"10.20.0.10:53","dst":"10.20.30.57:49173","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":54952,"transport":"udp","qname":"_sip._tls.contoso.com","qtype":"SRV","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0160a686f73746d6173746572c01677fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,43,1410002159685221000,'dns','query','{"frame":51,"time":"2014-09-06T11:15:59.685221Z","src":"10.20.30.57:49174","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":37635,"transport":"udp","qname":"_sip._tls.contoso.com.corp.contoso.local","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,44,1410002159687662000,'dns','response','{"frame":52,"time":"2014-09-06T11:15:59.687662Z","src":"10.20.0.10:53","dst":"10.20.30.57:49174","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":37635,"transport":"udp","qname":"_sip._tls.contoso.com.corp.contoso.local","qtype":"SRV","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0160a686f73746d6173746572c01677fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,45,1410002159691662000,'dns','query','{"frame":53,"time":"2014-09-06T11:15:59.691662Z","src":"10.20.30.57:49175","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":28867,"transport":"udp","qname":"sipinternal.contoso.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,46,1410002159694663000,'dns','response','{"frame":54,"time":"2014-09-06T11:15:59.694663Z","src":"10.20.0.10:53","dst":"10.20.30.57:49175","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":28867,"transport":"udp","qname":"sipinternal.contoso.com","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,47,1410002159698663000,'dns','query','{"frame":55,"time":"2014-09-06T11:15:59.698663Z","src":"10.20.30.57:49176","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":61824,"transport":"udp","qname":"sipinternal.contoso.com.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,48,1410002159700029000,'dns','response','{"frame":56,"time":"2014-09-06T11:15:59.700029Z","src":"10.20.0.10:53","dst":"10.20.30.57:49176","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":61824,"transport":"udp","qname":"sipinternal.contoso.com.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,49,1410002159704029000,'dns','query','{"frame":57,"time":"2014-09-06T11:15:59.704029Z","src":"10.20.30.57:49177","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":45142,"transport":"udp","qname":"sip.contoso.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,50,1410002159707064000,'dns','response','{"frame":58,"time":"2014-09-06T11:15:59.707064Z","src":"10.20.0.10:53","dst":"10.20.30.57:49177","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":45142,"transport":"udp","qname":"sip.contoso.com","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0100a686f73746d6173746572c01077fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,51,1410002159711064000,'dns','query','{"frame":59,"time":"2014-09-06T11:15:59.711064Z","src":"10.20.30.57:49178","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":26598,"transport":"udp","qname":"sip.contoso.com.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,52,1410002159713618000,'dns','response','{"frame":60,"time":"2014-09-06T11:15:59.713618Z","src":"10.20.0.10:53","dst":"10.20.30.57:49178","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":26598,"transport":"udp","qname":"sip.contoso.com.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0100a686f73746d6173746572c01077fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,53,1410002159717618000,'dns','query','{"frame":61,"time":"2014-09-06T11:15:59.717618Z","src":"10.20.30.57:49179","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":26649,"transport":"udp","qname":"sipexternal.contoso.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,54,1410002159720130000,'dns','response','{"frame":62,"time":"2014-09-06T11:15:59.720130Z","src":"10.20.0.10:53","dst":"10.20.30.57:49179","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":26649,"transport":"udp","qname":"sipexternal.contoso.com","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,55,1410002159724131000,'dns','query','{"frame":63,"time":"2014-09-06T11:15:59.724131Z","src":"10.20.30.57:49180","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":8539,"transport":"udp","qname":"sipexternal.contoso.com.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,56,1410002159725722000,'dns','response','{"frame":64,"time":"2014-09-06T11:15:59.725722Z","src":"10.20.0.10:53","dst":"10.20.30.57:49180","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":8539,"transport":"udp","qname":"sipexternal.contoso.com.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,57,1410002184729722000,'dns','query','{"frame":65,"time":"2014-09-06T11:16:24.729722Z","src":"10.20.30.57:49181","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":45142,"transport":"udp","qname":"_sipinternaltls._tcp.contoso.com","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,58,1410002184731130000,'dns','response','{"frame":66,"time":"2014-09-06T11:16:24.731130Z","src":"10.20.0.10:53","dst":"10.20.30.57:49181","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":45142,"transport":"udp","qname":"_sipinternaltls._tcp.contoso.com","qtype":"SRV","rcode":"NOERROR","truncated":false,"answers":[{"name":"_sipinternaltls._tcp.contoso.com","type":"SRV","ttl":3600,"priority":0,"weight":0,"port":5061,"target":"sip.nwtraders.com"}],"additional":[{"name":"sip.nwtraders.com","type":"A","ttl":3600,"address":"203.0.113.40"}]}');
INSERT INTO event VALUES(2,59,1410002184735130000,'dns','query','{"frame":67,"time":"2014-09-06T11:16:24.735130Z","src":"10.20.30.57:49182","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":4795,"transport":"udp","qname":"_sip._tls.contoso.com","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,60,1410002184736659000,'dns','response','{"frame":68,"time":"2014-09-06T11:16:24.736659Z","src":"10.20.0.10:53","dst":"10.20.30.57:49182","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":4795,"transport":"udp","qname":"_sip._tls.contoso.com","qtype":"SRV","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0160a686f73746d6173746572c01677fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,61,1410002184740659000,'dns','query','{"frame":69,"time":"2014-09-06T11:16:24.740659Z","src":"10.20.30.57:49183","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":37746,"transport":"udp","qname":"_sip._tls.contoso.com.corp.contoso.local","qtype":"SRV","truncated":false}');
INSERT INTO event VALUES(2,62,1410002184741820000,'dns','response','{"frame":70,"time":"2014-09-06T11:16:24.741820Z","src":"10.20.0.10:53","dst":"10.20.30.57:49183","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":37746,"transport":"udp","qname":"_sip._tls.contoso.com.corp.contoso.local","qtype":"SRV","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0160a686f73746d6173746572c01677fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,63,1410002184745820000,'dns','query','{"frame":71,"time":"2014-09-06T11:16:24.745820Z","src":"10.20.30.57:49184","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":59269,"transport":"udp","qname":"sipinternal.contoso.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,64,1410002184747936000,'dns','response','{"frame":1,"time":"2014-09-06T11:16:24.747936Z","src":"10.20.0.10:53","dst":"10.20.30.57:49184","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":59269,"transport":"udp","qname":"sipinternal.contoso.com","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,65,1410002184751936000,'dns','query','{"frame":2,"time":"2014-09-06T11:16:24.751936Z","src":"10.20.30.57:49185","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":35124,"transport":"udp","qname":"sipinternal.contoso.com.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,66,1410002184753820000,'dns','response','{"frame":3,"time":"2014-09-06T11:16:24.753820Z","src":"10.20.0.10:53","dst":"10.20.30.57:49185","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":35124,"transport":"udp","qname":"sipinternal.contoso.com.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,67,1410002184757820000,'dns','query','{"frame":4,"time":"2014-09-06T11:16:24.757820Z","src":"10.20.30.57:49186","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":14030,"transport":"udp","qname":"sip.contoso.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,68,1410002184760350000,'dns','response','{"frame":5,"time":"2014-09-06T11:16:24.760350Z","src":"10.20.0.10:53","dst":"10.20.30.57:49186","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":14030,"transport":"udp","qname":"sip.contoso.com","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0100a686f73746d6173746572c01077fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,69,1410002184764350000,'dns','query','{"frame":6,"time":"2014-09-06T11:16:24.764350Z","src":"10.20.30.57:49187","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":57650,"transport":"udp","qname":"sip.contoso.com.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,70,1410002184766584000,'dns','response','{"frame":7,"time":"2014-09-06T11:16:24.766584Z","src":"10.20.0.10:53","dst":"10.20.30.57:49187","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":57650,"transport":"udp","qname":"sip.contoso.com.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0100a686f73746d6173746572c01077fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,71,1410002184770584000,'dns','query','{"frame":8,"time":"2014-09-06T11:16:24.770584Z","src":"10.20.30.57:49188","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":2471,"transport":"udp","qname":"sipexternal.contoso.com","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,72,1410002184773212000,'dns','response','{"frame":9,"time":"2014-09-06T11:16:24.773212Z","src":"10.20.0.10:53","dst":"10.20.30.57:49188","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":2471,"transport":"udp","qname":"sipexternal.contoso.com","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(2,73,1410002184777212000,'dns','query','{"frame":10,"time":"2014-09-06T11:16:24.777212Z","src":"10.20.30.57:49189","dst":"10.20.0.10:53","eth_src":"64:16:7f:e5:2a:31","eth_dst":"00:1b:54:aa:10:01","vlan":[],"proto":"dns","kind":"query","id":65500,"transport":"udp","qname":"sipexternal.contoso.com.corp.contoso.local","qtype":"A","truncated":false}');
INSERT INTO event VALUES(2,74,1410002184779950000,'dns','response','{"frame":11,"time":"2014-09-06T11:16:24.779950Z","src":"10.20.0.10:53","dst":"10.20.30.57:49189","eth_src":"00:1b:54:aa:10:01","eth_dst":"64:16:7f:e5:2a:31","vlan":[],"proto":"dns","kind":"response","id":65500,"transport":"udp","qname":"sipexternal.contoso.com.corp.contoso.local","qtype":"A","rcode":"NXDOMAIN","truncated":false,"authority":[{"name":"contoso.com.corp.contoso.local","type":"SOA","ttl":3600,"data":"036e7331c0180a686f73746d6173746572c01877fd2a2500000384000002580001518000000e10"}]}');
INSERT INTO event VALUES(3,0,1410179652067085000,'lldp','advertisement','{"frame":1,"time":"2014-09-08T12:34:12.067085Z","src":"00:1b:54:aa:00:07","dst":"01:80:c2:00:00:0e","eth_src":"00:1b:54:aa:00:07","eth_dst":"01:80:c2:00:00:0e","vlan":[],"proto":"lldp","kind":"advertisement","chassis_id":"00:1b:54:aa:00:07","port_id":"Gi1/0/7","ttl":120,"system_name":"access-sw-3"}');
INSERT INTO event VALUES(3,1,1410179652467085000,'lldp','advertisement','{"frame":2,"time":"2014-09-08T12:34:12.467085Z","src":"00:08:5d:39:f1:45","dst":"01:80:c2:00:00:0e","eth_src":"00:08:5d:39:f1:45","eth_dst":"01:80:c2:00:00:0e","vlan":[],"proto":"lldp","kind":"advertisement","chassis_id":"00:08:5d:39:f1:45","port_id":"00:08:5d:39:f1:45","ttl":120}');
INSERT INTO event VALUES(3,2,1410179654167085000,'dhcp','discover','{"frame":3,"time":"2014-09-08T12:34:14.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0xdfd463ce","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,3,1410179658167085000,'dhcp','discover','{"frame":4,"time":"2014-09-08T12:34:18.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0xdfd463ce","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,4,1410179666167085000,'dhcp','discover','{"frame":5,"time":"2014-09-08T12:34:26.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0xdfd463ce","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,5,1410179682167085000,'dhcp','discover','{"frame":6,"time":"2014-09-08T12:34:42.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0xdfd463ce","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,6,1410179718167085000,'dhcp','discover','{"frame":7,"time":"2014-09-08T12:35:18.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0x1defe89e","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,7,1410179722167085000,'dhcp','discover','{"frame":8,"time":"2014-09-08T12:35:22.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0x1defe89e","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,8,1410179730167085000,'dhcp','discover','{"frame":9,"time":"2014-09-08T12:35:30.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0x1defe89e","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
INSERT INTO event VALUES(3,9,1410179746167085000,'dhcp','discover','{"frame":10,"time":"2014-09-08T12:35:46.167085Z","src":"0.0.0.0:68","dst":"255.255.255.255:67","eth_src":"00:08:5d:39:f1:45","eth_dst":"ff:ff:ff:ff:ff:ff","vlan":[],"proto":"dhcp","kind":"discover","xid":"0x1defe89e","client_mac":"00:08:5d:39:f1:45","vendor_class":"CPE-OCPHONE","client_id":"0100085d39f145","param_list":[1,3,6,15,42,43,44,46,47,119]}');
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
INSERT INTO story VALUES(1,0,1409820792670670000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(1,1,1409820792681670000,'lease','dhcp','phone','offers 192.168.178.57');
INSERT INTO story VALUES(1,2,1409820792715670000,'lease','phone','dhcp','asks for that address');
INSERT INTO story VALUES(1,3,1409820792723670000,'lease','dhcp','phone','leases 192.168.178.57');
INSERT INTO story VALUES(1,4,1409820795445670000,'time','phone','dns','time.windows.com A?');
INSERT INTO story VALUES(1,5,1409820795448211000,'time','dns','phone','time.windows.com: 203.0.113.123, 203.0.113.123');
INSERT INTO story VALUES(1,6,1409820795452211000,'time','phone','ntp','asks for the time');
INSERT INTO story VALUES(1,7,1409820795455211000,'time','ntp','phone','tells the time, stratum 2, -0.00 s off');
INSERT INTO story VALUES(1,8,1409820836652211000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(1,9,1409820840652211000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(1,10,1409820848652211000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(1,11,1409820902652211000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(1,12,1409820906652211000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(1,13,1409820914652211000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(2,0,1410002112099213000,'vlan','switch','phone','advertises itself');
INSERT INTO story VALUES(2,1,1410002112499213000,'vlan','phone','switch','advertises itself');
INSERT INTO story VALUES(2,2,1410002114199213000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(2,3,1410002114210213000,'lease','dhcp','phone','offers 10.20.30.57');
INSERT INTO story VALUES(2,4,1410002114244213000,'lease','phone','dhcp','asks for that address');
INSERT INTO story VALUES(2,5,1410002114252213000,'lease','dhcp','phone','leases 10.20.30.57');
INSERT INTO story VALUES(2,6,1410002116974213000,'update','phone','dns','ucupdates-r2.corp.contoso.local A?');
INSERT INTO story VALUES(2,7,1410002116976028000,'update','dns','phone','ucupdates-r2.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,8,1410002116980028000,'update','phone','dns','ucupdates-r2.corp.contoso.local.corp.contoso.local A?');
INSERT INTO story VALUES(2,9,1410002116981464000,'update','dns','phone','ucupdates-r2.corp.contoso.local.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,10,1410002116985464000,'time','phone','dns','_ntp._udp.corp.contoso.local SRV?');
INSERT INTO story VALUES(2,11,1410002116986906000,'time','dns','phone','_ntp._udp.corp.contoso.local: time.corp.contoso.local port 123');
INSERT INTO story VALUES(2,12,1410002116990906000,'time','phone','ntp','asks for the time');
INSERT INTO story VALUES(2,13,1410002116993906000,'time','ntp','phone','tells the time, stratum 2, -0.00 s off');
INSERT INTO story VALUES(2,14,1410002158190906000,'uc-options','phone','dhcp','asks for the Lync options (MS-UC-Client)');
INSERT INTO story VALUES(2,15,1410002158196906000,'uc-options','dhcp','phone','tells web services lyncweb.corp.contoso.local, SIP server sip.nwtraders.com');
INSERT INTO story VALUES(2,16,1410002158490906000,NULL,'phone','dns','lyncweb.corp.contoso.local A?');
INSERT INTO story VALUES(2,17,1410002158493028000,NULL,'dns','phone','lyncweb.corp.contoso.local: 10.20.0.35');
INSERT INTO story VALUES(2,18,1410002158497028000,NULL,'phone','web','connects to 10.20.0.35:80');
INSERT INTO story VALUES(2,19,1410002158498828000,NULL,'web','phone','10.20.0.35:80 accepts');
INSERT INTO story VALUES(2,20,1410002158499028000,'root-ca','phone','web','POST http://lyncweb.corp.contoso.local/CertProv/CertProvisioningService.svc/anon');
INSERT INTO story VALUES(2,21,1410002158521428000,NULL,'web','phone','HTTP 200, with certificates');
INSERT INTO story VALUES(2,22,1410002158625628000,NULL,'phone','web','closes the connection to 10.20.0.35:80');
INSERT INTO story VALUES(2,23,1410002158825828000,NULL,'phone','web','connects to 10.20.0.35:443');
INSERT INTO story VALUES(2,24,1410002158827628000,NULL,'web','phone','10.20.0.35:443 accepts');
INSERT INTO story VALUES(2,25,1410002158830828000,NULL,'phone','web','ClientHello, TLS 1.0');
INSERT INTO story VALUES(2,26,1410002158836228000,NULL,'web','phone','ServerHello, TLS 1.0, TLS_RSA_WITH_AES_128_CBC_SHA');
INSERT INTO story VALUES(2,27,1410002158836228000,NULL,'web','phone','Certificate CN=lyncweb.corp.contoso.local');
INSERT INTO story VALUES(2,28,1410002158850628000,NULL,'phone','web','Finished');
INSERT INTO story VALUES(2,29,1410002158856028000,NULL,'web','phone','Finished');
INSERT INTO story VALUES(2,30,1410002159367627000,NULL,'phone','web','alert (encrypted)');
INSERT INTO story VALUES(2,31,1410002159371827000,NULL,'phone','web','closes the connection to 10.20.0.35:443');
INSERT INTO story VALUES(2,32,1410002159672027000,'discovery','phone','dns','_sipinternaltls._tcp.contoso.com SRV?');
INSERT INTO story VALUES(2,33,1410002159674857000,'discovery','dns','phone','_sipinternaltls._tcp.contoso.com: sip.nwtraders.com port 5061');
INSERT INTO story VALUES(2,34,1410002159678856000,'discovery','phone','dns','_sip._tls.contoso.com SRV?');
INSERT INTO story VALUES(2,35,1410002159681221000,'discovery','dns','phone','_sip._tls.contoso.com does not exist');
INSERT INTO story VALUES(2,36,1410002159685221000,'discovery','phone','dns','_sip._tls.contoso.com.corp.contoso.local SRV?');
INSERT INTO story VALUES(2,37,1410002159687662000,'discovery','dns','phone','_sip._tls.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,38,1410002159691662000,'discovery','phone','dns','sipinternal.contoso.com A?');
INSERT INTO story VALUES(2,39,1410002159694663000,'discovery','dns','phone','sipinternal.contoso.com does not exist');
INSERT INTO story VALUES(2,40,1410002159698663000,'discovery','phone','dns','sipinternal.contoso.com.corp.contoso.local A?');
INSERT INTO story VALUES(2,41,1410002159700029000,'discovery','dns','phone','sipinternal.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,42,1410002159704029000,'discovery','phone','dns','sip.contoso.com A?');
INSERT INTO story VALUES(2,43,1410002159707064000,'discovery','dns','phone','sip.contoso.com does not exist');
INSERT INTO story VALUES(2,44,1410002159711064000,'discovery','phone','dns','sip.contoso.com.corp.contoso.local A?');
INSERT INTO story VALUES(2,45,1410002159713618000,'discovery','dns','phone','sip.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,46,1410002159717618000,'discovery','phone','dns','sipexternal.contoso.com A?');
INSERT INTO story VALUES(2,47,1410002159720130000,'discovery','dns','phone','sipexternal.contoso.com does not exist');
INSERT INTO story VALUES(2,48,1410002159724131000,'discovery','phone','dns','sipexternal.contoso.com.corp.contoso.local A?');
INSERT INTO story VALUES(2,49,1410002159725722000,'discovery','dns','phone','sipexternal.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,50,1410002184729722000,'discovery','phone','dns','_sipinternaltls._tcp.contoso.com SRV?');
INSERT INTO story VALUES(2,51,1410002184731130000,'discovery','dns','phone','_sipinternaltls._tcp.contoso.com: sip.nwtraders.com port 5061');
INSERT INTO story VALUES(2,52,1410002184735130000,'discovery','phone','dns','_sip._tls.contoso.com SRV?');
INSERT INTO story VALUES(2,53,1410002184736659000,'discovery','dns','phone','_sip._tls.contoso.com does not exist');
INSERT INTO story VALUES(2,54,1410002184740659000,'discovery','phone','dns','_sip._tls.contoso.com.corp.contoso.local SRV?');
INSERT INTO story VALUES(2,55,1410002184741820000,'discovery','dns','phone','_sip._tls.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,56,1410002184745820000,'discovery','phone','dns','sipinternal.contoso.com A?');
INSERT INTO story VALUES(2,57,1410002184747936000,'discovery','dns','phone','sipinternal.contoso.com does not exist');
INSERT INTO story VALUES(2,58,1410002184751936000,'discovery','phone','dns','sipinternal.contoso.com.corp.contoso.local A?');
INSERT INTO story VALUES(2,59,1410002184753820000,'discovery','dns','phone','sipinternal.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,60,1410002184757820000,'discovery','phone','dns','sip.contoso.com A?');
INSERT INTO story VALUES(2,61,1410002184760350000,'discovery','dns','phone','sip.contoso.com does not exist');
INSERT INTO story VALUES(2,62,1410002184764350000,'discovery','phone','dns','sip.contoso.com.corp.contoso.local A?');
INSERT INTO story VALUES(2,63,1410002184766584000,'discovery','dns','phone','sip.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(2,64,1410002184770584000,'discovery','phone','dns','sipexternal.contoso.com A?');
INSERT INTO story VALUES(2,65,1410002184773212000,'discovery','dns','phone','sipexternal.contoso.com does not exist');
INSERT INTO story VALUES(2,66,1410002184777212000,'discovery','phone','dns','sipexternal.contoso.com.corp.contoso.local A?');
INSERT INTO story VALUES(2,67,1410002184779950000,'discovery','dns','phone','sipexternal.contoso.com.corp.contoso.local does not exist');
INSERT INTO story VALUES(3,0,1410179652067085000,'vlan','switch','phone','advertises itself');
INSERT INTO story VALUES(3,1,1410179652467085000,'vlan','phone','switch','advertises itself');
INSERT INTO story VALUES(3,2,1410179654167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,3,1410179658167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,4,1410179666167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,5,1410179682167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,6,1410179718167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,7,1410179722167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,8,1410179730167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
INSERT INTO story VALUES(3,9,1410179746167085000,'lease','phone','dhcp','asks for an address, class CPE-OCPHONE');
CREATE TABLE cannot_show (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	position INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (attempt, position)
) WITHOUT ROWID;
INSERT INTO cannot_show VALUES(1,0,'The phone''s firmware: nothing in clear names it. The rules of CU7 (4.0.7577.4363) and later are assumed; --firmware tells another.');
INSERT INTO cannot_show VALUES(1,1,'The user''s SIP domain: the phone asked for no name that tells it; --sip-domain does.');
INSERT INTO cannot_show VALUES(2,0,'The phone''s firmware: nothing in clear names it. The rules of CU7 (4.0.7577.4363) and later are assumed; --firmware tells another.');
INSERT INTO cannot_show VALUES(2,1,'The name check itself: it sends no packet. The phone''s own log has it (LookupTrustModel ... hr=0x80ee0058).');
INSERT INTO cannot_show VALUES(3,0,'The phone''s firmware: nothing in clear names it. The rules of CU7 (4.0.7577.4363) and later are assumed; --firmware tells another.');
INSERT INTO cannot_show VALUES(3,1,'The user''s SIP domain: the phone asked for no name that tells it; --sip-domain does.');
CREATE TABLE frame (
	attempt INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
	part TEXT NOT NULL CHECK (part IN ('step', 'candidate', 'finding', 'certificate', 'event', 'story')),
	position INTEGER NOT NULL,      -- of the row in that table
	capture INTEGER REFERENCES capture,     -- NULL where no file was read
	number INTEGER NOT NULL         -- within its capture, from 1
);
INSERT INTO frame VALUES(1,'step',1,1,1);
INSERT INTO frame VALUES(1,'step',1,1,2);
INSERT INTO frame VALUES(1,'step',1,1,3);
INSERT INTO frame VALUES(1,'step',1,1,4);
INSERT INTO frame VALUES(1,'step',3,1,8);
INSERT INTO frame VALUES(1,'step',3,1,9);
INSERT INTO frame VALUES(1,'step',3,1,10);
INSERT INTO frame VALUES(1,'step',3,1,11);
INSERT INTO frame VALUES(1,'step',4,1,12);
INSERT INTO frame VALUES(1,'step',4,1,13);
INSERT INTO frame VALUES(1,'step',4,1,14);
INSERT INTO frame VALUES(1,'step',4,1,15);
INSERT INTO frame VALUES(1,'step',4,1,16);
INSERT INTO frame VALUES(1,'step',4,1,17);
INSERT INTO frame VALUES(1,'finding',0,1,12);
INSERT INTO frame VALUES(1,'finding',0,1,13);
INSERT INTO frame VALUES(1,'finding',0,1,14);
INSERT INTO frame VALUES(1,'finding',0,1,15);
INSERT INTO frame VALUES(1,'finding',0,1,16);
INSERT INTO frame VALUES(1,'finding',0,1,17);
INSERT INTO frame VALUES(1,'finding',1,1,12);
INSERT INTO frame VALUES(1,'finding',1,1,13);
INSERT INTO frame VALUES(1,'finding',1,1,14);
INSERT INTO frame VALUES(1,'finding',1,1,15);
INSERT INTO frame VALUES(1,'finding',1,1,16);
INSERT INTO frame VALUES(1,'finding',1,1,17);
INSERT INTO frame VALUES(1,'finding',2,1,1);
INSERT INTO frame VALUES(1,'finding',2,1,2);
INSERT INTO frame VALUES(1,'finding',2,1,3);
INSERT INTO frame VALUES(1,'finding',2,1,4);
INSERT INTO frame VALUES(1,'event',0,1,1);
INSERT INTO frame VALUES(1,'event',1,1,2);
INSERT INTO frame VALUES(1,'event',2,1,3);
INSERT INTO frame VALUES(1,'event',3,1,4);
INSERT INTO frame VALUES(1,'event',7,1,8);
INSERT INTO frame VALUES(1,'event',8,1,9);
INSERT INTO frame VALUES(1,'event',9,1,10);
INSERT INTO frame VALUES(1,'event',10,1,11);
INSERT INTO frame VALUES(1,'event',11,1,12);
INSERT INTO frame VALUES(1,'event',12,1,13);
INSERT INTO frame VALUES(1,'event',13,1,14);
INSERT INTO frame VALUES(1,'event',14,1,15);
INSERT INTO frame VALUES(1,'event',15,1,16);
INSERT INTO frame VALUES(1,'event',16,1,17);
INSERT INTO frame VALUES(1,'story',0,1,1);
INSERT INTO frame VALUES(1,'story',1,1,2);
INSERT INTO frame VALUES(1,'story',2,1,3);
INSERT INTO frame VALUES(1,'story',3,1,4);
INSERT INTO frame VALUES(1,'story',4,1,8);
INSERT INTO frame VALUES(1,'story',5,1,9);
INSERT INTO frame VALUES(1,'story',6,1,10);
INSERT INTO frame VALUES(1,'story',7,1,11);
INSERT INTO frame VALUES(1,'story',8,1,12);
INSERT INTO frame VALUES(1,'story',9,1,13);
INSERT INTO frame VALUES(1,'story',10,1,14);
INSERT INTO frame VALUES(1,'story',11,1,15);
INSERT INTO frame VALUES(1,'story',12,1,16);
INSERT INTO frame VALUES(1,'story',13,1,17);
INSERT INTO frame VALUES(2,'step',0,2,1);
INSERT INTO frame VALUES(2,'step',1,2,3);
INSERT INTO frame VALUES(2,'step',1,2,4);
INSERT INTO frame VALUES(2,'step',1,2,5);
INSERT INTO frame VALUES(2,'step',1,2,6);
INSERT INTO frame VALUES(2,'step',2,2,10);
INSERT INTO frame VALUES(2,'step',2,2,11);
INSERT INTO frame VALUES(2,'step',2,2,12);
INSERT INTO frame VALUES(2,'step',2,2,13);
INSERT INTO frame VALUES(2,'step',3,2,14);
INSERT INTO frame VALUES(2,'step',3,2,15);
INSERT INTO frame VALUES(2,'step',3,2,16);
INSERT INTO frame VALUES(2,'step',3,2,17);
INSERT INTO frame VALUES(2,'step',4,3,1);
INSERT INTO frame VALUES(2,'step',4,3,2);
INSERT INTO frame VALUES(2,'step',5,3,5);
INSERT INTO frame VALUES(2,'step',5,3,6);
INSERT INTO frame VALUES(2,'step',5,3,8);
INSERT INTO frame VALUES(2,'step',5,3,10);
INSERT INTO frame VALUES(2,'step',5,3,13);
INSERT INTO frame VALUES(2,'step',6,3,3);
INSERT INTO frame VALUES(2,'step',6,3,4);
INSERT INTO frame VALUES(2,'step',6,3,15);
INSERT INTO frame VALUES(2,'step',6,3,16);
INSERT INTO frame VALUES(2,'step',6,3,45);
INSERT INTO frame VALUES(2,'step',7,3,47);
INSERT INTO frame VALUES(2,'step',7,3,48);
INSERT INTO frame VALUES(2,'step',7,3,49);
INSERT INTO frame VALUES(2,'step',7,3,50);
INSERT INTO frame VALUES(2,'step',7,3,51);
INSERT INTO frame VALUES(2,'step',7,3,52);
INSERT INTO frame VALUES(2,'step',7,3,53);
INSERT INTO frame VALUES(2,'step',7,3,54);
INSERT INTO frame VALUES(2,'step',7,3,55);
INSERT INTO frame VALUES(2,'step',7,3,56);
INSERT INTO frame VALUES(2,'step',7,3,57);
INSERT INTO frame VALUES(2,'step',7,3,58);
INSERT INTO frame VALUES(2,'step',7,3,59);
INSERT INTO frame VALUES(2,'step',7,3,60);
INSERT INTO frame VALUES(2,'step',7,3,61);
INSERT INTO frame VALUES(2,'step',7,3,62);
INSERT INTO frame VALUES(2,'step',7,3,63);
INSERT INTO frame VALUES(2,'step',7,3,64);
INSERT INTO frame VALUES(2,'step',7,3,65);
INSERT INTO frame VALUES(2,'step',7,3,66);
INSERT INTO frame VALUES(2,'step',7,3,67);
INSERT INTO frame VALUES(2,'step',7,3,68);
INSERT INTO frame VALUES(2,'step',7,3,69);
INSERT INTO frame VALUES(2,'step',7,3,70);
INSERT INTO frame VALUES(2,'step',7,3,71);
INSERT INTO frame VALUES(2,'step',7,4,1);
INSERT INTO frame VALUES(2,'step',7,4,2);
INSERT INTO frame VALUES(2,'step',7,4,3);
INSERT INTO frame VALUES(2,'step',7,4,4);
INSERT INTO frame VALUES(2,'step',7,4,5);
INSERT INTO frame VALUES(2,'step',7,4,6);
INSERT INTO frame VALUES(2,'step',7,4,7);
INSERT INTO frame VALUES(2,'step',7,4,8);
INSERT INTO frame VALUES(2,'step',7,4,9);
INSERT INTO frame VALUES(2,'step',7,4,10);
INSERT INTO frame VALUES(2,'step',7,4,11);
INSERT INTO frame VALUES(2,'step',8,3,2);
INSERT INTO frame VALUES(2,'step',8,3,47);
INSERT INTO frame VALUES(2,'step',8,3,48);
INSERT INTO frame VALUES(2,'step',8,3,53);
INSERT INTO frame VALUES(2,'step',8,3,54);
INSERT INTO frame VALUES(2,'step',8,3,57);
INSERT INTO frame VALUES(2,'step',8,3,58);
INSERT INTO frame VALUES(2,'step',8,3,61);
INSERT INTO frame VALUES(2,'step',8,3,62);
INSERT INTO frame VALUES(2,'candidate',0,3,2);
INSERT INTO frame VALUES(2,'candidate',1,3,47);
INSERT INTO frame VALUES(2,'candidate',1,3,48);
INSERT INTO frame VALUES(2,'candidate',2,3,53);
INSERT INTO frame VALUES(2,'candidate',2,3,54);
INSERT INTO frame VALUES(2,'candidate',3,3,57);
INSERT INTO frame VALUES(2,'candidate',3,3,58);
INSERT INTO frame VALUES(2,'candidate',4,3,61);
INSERT INTO frame VALUES(2,'candidate',4,3,62);
INSERT INTO frame VALUES(2,'finding',0,3,2);
INSERT INTO frame VALUES(2,'finding',0,3,47);
INSERT INTO frame VALUES(2,'finding',0,3,48);
INSERT INTO frame VALUES(2,'finding',0,3,53);
INSERT INTO frame VALUES(2,'finding',0,3,54);
INSERT INTO frame VALUES(2,'finding',0,3,57);
INSERT INTO frame VALUES(2,'finding',0,3,58);
INSERT INTO frame VALUES(2,'finding',0,3,61);
INSERT INTO frame VALUES(2,'finding',0,3,62);
INSERT INTO frame VALUES(2,'finding',1,2,10);
INSERT INTO frame VALUES(2,'finding',1,2,11);
INSERT INTO frame VALUES(2,'finding',2,3,2);
INSERT INTO frame VALUES(2,'finding',3,3,47);
INSERT INTO frame VALUES(2,'finding',3,3,48);
INSERT INTO frame VALUES(2,'finding',4,2,3);
INSERT INTO frame VALUES(2,'finding',4,2,4);
INSERT INTO frame VALUES(2,'finding',4,2,5);
INSERT INTO frame VALUES(2,'finding',4,2,6);
INSERT INTO frame VALUES(2,'certificate',0,3,20);
INSERT INTO frame VALUES(2,'event',0,2,1);
INSERT INTO frame VALUES(2,'event',1,2,2);
INSERT INTO frame VALUES(2,'event',2,2,3);
INSERT INTO frame VALUES(2,'event',3,2,4);
INSERT INTO frame VALUES(2,'event',4,2,5);
INSERT INTO frame VALUES(2,'event',5,2,6);
INSERT INTO frame VALUES(2,'event',9,2,10);
INSERT INTO frame VALUES(2,'event',10,2,11);
INSERT INTO frame VALUES(2,'event',11,2,12);
INSERT INTO frame VALUES(2,'event',12,2,13);
INSERT INTO frame VALUES(2,'event',13,2,14);
INSERT INTO frame VALUES(2,'event',14,2,15);
INSERT INTO frame VALUES(2,'event',15,2,16);
INSERT INTO frame VALUES(2,'event',16,2,17);
INSERT INTO frame VALUES(2,'event',17,3,1);
INSERT INTO frame VALUES(2,'event',18,3,2);
INSERT INTO frame VALUES(2,'event',19,3,3);
INSERT INTO frame VALUES(2,'event',20,3,4);
INSERT INTO frame VALUES(2,'event',21,3,5);
INSERT INTO frame VALUES(2,'event',22,3,6);
INSERT INTO frame VALUES(2,'event',23,3,8);
INSERT INTO frame VALUES(2,'event',24,3,10);
INSERT INTO frame VALUES(2,'event',26,3,13);
INSERT INTO frame VALUES(2,'event',27,3,15);
INSERT INTO frame VALUES(2,'event',28,3,16);
INSERT INTO frame VALUES(2,'event',29,3,18);
INSERT INTO frame VALUES(2,'event',30,3,20);
INSERT INTO frame VALUES(2,'event',31,3,20);
INSERT INTO frame VALUES(2,'event',32,3,22);
INSERT INTO frame VALUES(2,'event',33,3,24);
INSERT INTO frame VALUES(2,'event',37,3,42);
INSERT INTO frame VALUES(2,'event',38,3,45);
INSERT INTO frame VALUES(2,'event',39,3,47);
INSERT INTO frame VALUES(2,'event',40,3,48);
INSERT INTO frame VALUES(2,'event',41,3,49);
INSERT INTO frame VALUES(2,'event',42,3,50);
INSERT INTO frame VALUES(2,'event',43,3,51);
INSERT INTO frame VALUES(2,'event',44,3,52);
INSERT INTO frame VALUES(2,'event',45,3,53);
INSERT INTO frame VALUES(2,'event',46,3,54);
INSERT INTO frame VALUES(2,'event',47,3,55);
INSERT INTO frame VALUES(2,'event',48,3,56);
INSERT INTO frame VALUES(2,'event',49,3,57);
INSERT INTO frame VALUES(2,'event',50,3,58);
INSERT INTO frame VALUES(2,'event',51,3,59);
INSERT INTO frame VALUES(2,'event',52,3,60);
INSERT INTO frame VALUES(2,'event',53,3,61);
INSERT INTO frame VALUES(2,'event',54,3,62);
INSERT INTO frame VALUES(2,'event',55,3,63);
INSERT INTO frame VALUES(2,'event',56,3,64);
INSERT INTO frame VALUES(2,'event',57,3,65);
INSERT INTO frame VALUES(2,'event',58,3,66);
INSERT INTO frame VALUES(2,'event',59,3,67);
INSERT INTO frame VALUES(2,'event',60,3,68);
INSERT INTO frame VALUES(2,'event',61,3,69);
INSERT INTO frame VALUES(2,'event',62,3,70);
INSERT INTO frame VALUES(2,'event',63,3,71);
INSERT INTO frame VALUES(2,'event',64,4,1);
INSERT INTO frame VALUES(2,'event',65,4,2);
INSERT INTO frame VALUES(2,'event',66,4,3);
INSERT INTO frame VALUES(2,'event',67,4,4);
INSERT INTO frame VALUES(2,'event',68,4,5);
INSERT INTO frame VALUES(2,'event',69,4,6);
INSERT INTO frame VALUES(2,'event',70,4,7);
INSERT INTO frame VALUES(2,'event',71,4,8);
INSERT INTO frame VALUES(2,'event',72,4,9);
INSERT INTO frame VALUES(2,'event',73,4,10);
INSERT INTO frame VALUES(2,'event',74,4,11);
INSERT INTO frame VALUES(2,'story',0,2,1);
INSERT INTO frame VALUES(2,'story',1,2,2);
INSERT INTO frame VALUES(2,'story',2,2,3);
INSERT INTO frame VALUES(2,'story',3,2,4);
INSERT INTO frame VALUES(2,'story',4,2,5);
INSERT INTO frame VALUES(2,'story',5,2,6);
INSERT INTO frame VALUES(2,'story',6,2,10);
INSERT INTO frame VALUES(2,'story',7,2,11);
INSERT INTO frame VALUES(2,'story',8,2,12);
INSERT INTO frame VALUES(2,'story',9,2,13);
INSERT INTO frame VALUES(2,'story',10,2,14);
INSERT INTO frame VALUES(2,'story',11,2,15);
INSERT INTO frame VALUES(2,'story',12,2,16);
INSERT INTO frame VALUES(2,'story',13,2,17);
INSERT INTO frame VALUES(2,'story',14,3,1);
INSERT INTO frame VALUES(2,'story',15,3,2);
INSERT INTO frame VALUES(2,'story',16,3,3);
INSERT INTO frame VALUES(2,'story',17,3,4);
INSERT INTO frame VALUES(2,'story',18,3,5);
INSERT INTO frame VALUES(2,'story',19,3,6);
INSERT INTO frame VALUES(2,'story',20,3,8);
INSERT INTO frame VALUES(2,'story',21,3,10);
INSERT INTO frame VALUES(2,'story',22,3,13);
INSERT INTO frame VALUES(2,'story',23,3,15);
INSERT INTO frame VALUES(2,'story',24,3,16);
INSERT INTO frame VALUES(2,'story',25,3,18);
INSERT INTO frame VALUES(2,'story',26,3,20);
INSERT INTO frame VALUES(2,'story',27,3,20);
INSERT INTO frame VALUES(2,'story',28,3,22);
INSERT INTO frame VALUES(2,'story',29,3,24);
INSERT INTO frame VALUES(2,'story',30,3,42);
INSERT INTO frame VALUES(2,'story',31,3,45);
INSERT INTO frame VALUES(2,'story',32,3,47);
INSERT INTO frame VALUES(2,'story',33,3,48);
INSERT INTO frame VALUES(2,'story',34,3,49);
INSERT INTO frame VALUES(2,'story',35,3,50);
INSERT INTO frame VALUES(2,'story',36,3,51);
INSERT INTO frame VALUES(2,'story',37,3,52);
INSERT INTO frame VALUES(2,'story',38,3,53);
INSERT INTO frame VALUES(2,'story',39,3,54);
INSERT INTO frame VALUES(2,'story',40,3,55);
INSERT INTO frame VALUES(2,'story',41,3,56);
INSERT INTO frame VALUES(2,'story',42,3,57);
INSERT INTO frame VALUES(2,'story',43,3,58);
INSERT INTO frame VALUES(2,'story',44,3,59);
INSERT INTO frame VALUES(2,'story',45,3,60);
INSERT INTO frame VALUES(2,'story',46,3,61);
INSERT INTO frame VALUES(2,'story',47,3,62);
INSERT INTO frame VALUES(2,'story',48,3,63);
INSERT INTO frame VALUES(2,'story',49,3,64);
INSERT INTO frame VALUES(2,'story',50,3,65);
INSERT INTO frame VALUES(2,'story',51,3,66);
INSERT INTO frame VALUES(2,'story',52,3,67);
INSERT INTO frame VALUES(2,'story',53,3,68);
INSERT INTO frame VALUES(2,'story',54,3,69);
INSERT INTO frame VALUES(2,'story',55,3,70);
INSERT INTO frame VALUES(2,'story',56,3,71);
INSERT INTO frame VALUES(2,'story',57,4,1);
INSERT INTO frame VALUES(2,'story',58,4,2);
INSERT INTO frame VALUES(2,'story',59,4,3);
INSERT INTO frame VALUES(2,'story',60,4,4);
INSERT INTO frame VALUES(2,'story',61,4,5);
INSERT INTO frame VALUES(2,'story',62,4,6);
INSERT INTO frame VALUES(2,'story',63,4,7);
INSERT INTO frame VALUES(2,'story',64,4,8);
INSERT INTO frame VALUES(2,'story',65,4,9);
INSERT INTO frame VALUES(2,'story',66,4,10);
INSERT INTO frame VALUES(2,'story',67,4,11);
INSERT INTO frame VALUES(3,'step',0,5,1);
INSERT INTO frame VALUES(3,'step',1,5,3);
INSERT INTO frame VALUES(3,'step',1,5,4);
INSERT INTO frame VALUES(3,'step',1,5,5);
INSERT INTO frame VALUES(3,'step',1,5,6);
INSERT INTO frame VALUES(3,'step',1,5,7);
INSERT INTO frame VALUES(3,'step',1,5,8);
INSERT INTO frame VALUES(3,'step',1,5,9);
INSERT INTO frame VALUES(3,'step',1,5,10);
INSERT INTO frame VALUES(3,'finding',0,5,3);
INSERT INTO frame VALUES(3,'finding',0,5,4);
INSERT INTO frame VALUES(3,'finding',0,5,5);
INSERT INTO frame VALUES(3,'finding',0,5,6);
INSERT INTO frame VALUES(3,'finding',0,5,7);
INSERT INTO frame VALUES(3,'finding',0,5,8);
INSERT INTO frame VALUES(3,'finding',0,5,9);
INSERT INTO frame VALUES(3,'finding',0,5,10);
INSERT INTO frame VALUES(3,'event',0,5,1);
INSERT INTO frame VALUES(3,'event',1,5,2);
INSERT INTO frame VALUES(3,'event',2,5,3);
INSERT INTO frame VALUES(3,'event',3,5,4);
INSERT INTO frame VALUES(3,'event',4,5,5);
INSERT INTO frame VALUES(3,'event',5,5,6);
INSERT INTO frame VALUES(3,'event',6,5,7);
INSERT INTO frame VALUES(3,'event',7,5,8);
INSERT INTO frame VALUES(3,'event',8,5,9);
INSERT INTO frame VALUES(3,'event',9,5,10);
INSERT INTO frame VALUES(3,'story',0,5,1);
INSERT INTO frame VALUES(3,'story',1,5,2);
INSERT INTO frame VALUES(3,'story',2,5,3);
INSERT INTO frame VALUES(3,'story',3,5,4);
INSERT INTO frame VALUES(3,'story',4,5,5);
INSERT INTO frame VALUES(3,'story',5,5,6);
INSERT INTO frame VALUES(3,'story',6,5,7);
INSERT INTO frame VALUES(3,'story',7,5,8);
INSERT INTO frame VALUES(3,'story',8,5,9);
INSERT INTO frame VALUES(3,'story',9,5,10);
CREATE INDEX attempt_by_time ON attempt (start_ns);
CREATE INDEX finding_by_code ON finding (code);
CREATE INDEX frame_of ON frame (attempt, part, position);
CREATE INDEX frame_in ON frame (capture, number);
CREATE VIEW sign_in AS
	SELECT attempt.id, mac, datetime(start_ns / 1000000000, 'unixepoch') AS start, round((end_ns - start_ns) / 1e9, 3) AS seconds,
		sip_domain, method, outcome, broke_at, cause
	FROM attempt JOIN phone USING (mac) ORDER BY start_ns;
CREATE VIEW evidence AS
	SELECT DISTINCT finding.attempt, finding.code, shown.capture, shown.number AS frame, event.proto, event.kind, event.json
	FROM finding
	JOIN frame AS shown ON shown.attempt = finding.attempt AND shown.part = 'finding' AND shown.position = finding.position
	JOIN frame AS told ON told.attempt = finding.attempt AND told.part = 'event' AND told.number = shown.number AND told.capture IS shown.capture
	JOIN event ON event.attempt = finding.attempt AND event.position = told.position;
COMMIT;
PRAGMA application_id = 1684627820;
PRAGMA user_version = 1;
