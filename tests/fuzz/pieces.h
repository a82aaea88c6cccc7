/*
 * A connection as octets, for a fuzzer to change: pieces, each
 *
 *     +---------+-----------------+----------+
 *     | control | length, 16 bits | octets   |        control: bit 0 the server's, bit 1 a hole: then no octets follow
 *     +---------+-----------------+----------+
 *
 * A piece that is longer than what is left ends there.
 */
#ifndef TESTS_FUZZ_PIECES_H
#define TESTS_FUZZ_PIECES_H

enum { PIECES_MAX = 64, PIECE_SERVER = 1, PIECE_HOLE = 2 };

#endif
