/* Capture files for tests, written octet by octet into a folder of their own; and what is said about them when they are read. */
#ifndef UNIT_CAPTURE_H
#define UNIT_CAPTURE_H

#include "packet/source.h"

#define COUNT(array) (sizeof array / sizeof array[0])

/* The file in the making. */
struct capture {
	uint8_t octets[200000];
	size_t len;
	bool big;               /* byte order */
};

extern struct capture capture;

/* For cmocka_run_group_tests. */
int capture_setup(void **state);
int capture_teardown(void **state);

/* ---- writing ---- */

void capture_put(unsigned octets, uint64_t n);          /* a number, in the byte order of the file */
void capture_put_octets(const void *octets, size_t len);
void capture_pcap(bool big, uint32_t magic, uint32_t link_type);        /* begins a file */
void capture_pcap_packet(uint32_t seconds, uint32_t fraction, const char *octets, uint32_t wire);       /* wire 0: as captured */
void capture_section(bool big);
void capture_interface(uint16_t link_type, uint32_t snap, int resolution, int64_t offset);      /* resolution -1, offset 0: no such option */
void capture_enhanced(uint32_t interface, uint64_t stamp, const char *octets, uint32_t wire);
size_t capture_block(uint32_t type);                    /* a pcapng block whose body is what is put until: */
void capture_block_end(size_t begin);                   /* what capture_block gave */

/* Where a file of that name lies; good until a few more were asked for. */
const char *capture_path(const char *name);
const char *capture_save(const char *name);             /* the file in the making */
const char *capture_save_octets(const char *name, const void *octets, size_t len);

/* ---- reading ---- */

struct source *capture_open(const char *path);
int capture_read_all(const char *path);                 /* how many packets; -1 where it cannot be opened, -2 after an error */
void capture_expect_packet(struct source *s, uint64_t number, int64_t at_ns, const char *octets);
void capture_expect_end(struct source *s);

/* What stderr was told between the two calls, without the folder's name. */
void capture_listen(void);
const char *capture_said(void);
void capture_expect_said(const char *path, int packets, const char *text);

#endif
