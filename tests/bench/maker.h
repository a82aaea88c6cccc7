/*
 * What the two large captures are made of: streams, each of which writes its next frame when it is its turn, and one file that they write to in
 * order of time. Everything follows from the arguments: the same arguments make the same octets.
 */
#ifndef BENCH_MAKER_H
#define BENCH_MAKER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { FRAME_MAX = 1600, MICRO = 1000000 };

struct maker;

/* A stream begins with this. `step` writes the frame that is due at `at` and moves `at` forward; false when it has written its last: then it is freed. */
struct stream {
	int64_t at;                     /* microseconds since the capture's beginning */
	bool (*step)(struct maker *m, struct stream *s);
	uint32_t number;                /* of all streams, from 1 */
};

struct maker {
	FILE *out;
	struct stream **heap;
	uint32_t count, room, numbered;
	uint32_t turn;                  /* whose it is */
	uint32_t part, parts;           /* frames of every parts-th stream are written, from that one on */
	uint64_t written, random;
	int64_t end;                    /* nothing is written from here on */
};

void *maker_get(size_t size);           /* zeroed; ends the program where there is none */
void maker_fail(const char *what, const char *why) __attribute__((noreturn));

struct maker *maker_open(const char *path, int64_t end);
void maker_add(struct maker *m, struct stream *s);
void maker_frame(struct maker *m, int64_t at, const uint8_t *frame, uint32_t len);
uint32_t maker_random(struct maker *m, uint32_t below);
void maker_run(struct maker *m);        /* until no stream has anything to write */
uint64_t maker_close(struct maker *m);  /* answers how many frames there are */

/* ---- octets ---- */

void put16(uint8_t *at, uint32_t n);
void put32(uint8_t *at, uint32_t n);
uint32_t get16(const uint8_t *at);
uint32_t get32(const uint8_t *at);

/* The Internet checksum's sum, not complemented, on top of `sum` (RFC 1071). */
uint32_t sum_octets(const uint8_t *at, uint32_t len, uint32_t sum);
uint32_t sum_fold(uint32_t sum);

/* ---- streams ---- */

struct stories;

/* Sign-ins that were captured, to be told again by other phones. Captures that are not untagged or tagged Ethernet with IPv4, UDP and TCP, whole, are
 * left out. */
struct stories *stories_load(char *const *files, int count);
unsigned stories_count(const struct stories *all);
/* Starts `phones` of them, `gap` microseconds apart; the phones' numbers follow on `from`. */
void stories_start(struct maker *m, const struct stories *all, uint32_t phones, int64_t gap, uint32_t from);

/* Calls between phones, of which each direction sends 50 packets a second. */
void calls_start(struct maker *m, uint32_t calls, uint32_t phones);
/* Sessions of phones that signed in before the capture: one keep-alive a minute each. */
void sessions_start(struct maker *m, uint32_t phones);
/* What other devices do meanwhile: connections of some forty segments, `at_once` of them. */
void background_start(struct maker *m, uint32_t at_once);

#endif
