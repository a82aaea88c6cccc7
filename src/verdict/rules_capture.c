/* What the capture itself cannot show: gaps, one direction, cut packets. */
#include <string.h>

#include "verdict/model_parts.h"
#include "verdict/rules.h"

static uint64_t missing_octets(const struct facts *f, const char *reason, unsigned *ret_count)
{
	uint64_t octets = 0;

	*ret_count = 0;
	for (size_t i = 0; i < f->gaps.count; i++)
		if (strcmp(f->gaps.at[i].reason, reason) == 0) {
			octets += f->gaps.at[i].missing;
			++*ret_count;
		}
	return octets;
}

static void show_gaps(struct judging *j, struct draft *d, const char *reason)
{
	enum { SHOWN = 16 };
	unsigned shown = 0;

	for (size_t i = 0; i < j->facts->gaps.count && shown < SHOWN; i++)
		if (strcmp(j->facts->gaps.at[i].reason, reason) == 0) {
			show_one(j, d, j->facts->gaps.at[i].frame);
			shown++;
		}
}

static const char *what_is_missing(const struct judging *j, unsigned holes, uint64_t octets, unsigned forgotten)
{
	if (holes)
		return PRINT(j, "Packets are missing from the capture: %u hole%s in this phone's TCP connections, %llu octets. What is not seen here may have happened.",
			holes, holes == 1 ? "" : "s", (unsigned long long)octets);
	if (j->facts->dropped)
		return PRINT(j, "The capturing system says that it lost %llu packets. What is not seen here may have happened.", (unsigned long long)j->facts->dropped);
	return PRINT(j, "There were too many connections at once: %u of this phone's had to be forgotten. What is not seen here may have happened.", forgotten);
}

static void holes(struct judging *j)
{
	unsigned count, forgotten;
	uint64_t octets = missing_octets(j->facts, "hole", &count);
	struct draft *d;

	missing_octets(j->facts, "forgotten", &forgotten);
	if (!count && !forgotten && !j->facts->dropped)
		return;
	j->whole = false;
	d = say(j, "capture-gap", GRADE_PROVEN, "");
	d->message = what_is_missing(j, count, octets, forgotten);
	d->fix = count || j->facts->dropped ? "Capture again without loss: a bigger ring, a mirror port that is not overrun, only the voice VLAN." :
		"Capture again with less traffic: only the voice VLAN, or only this phone.";
	show_gaps(j, d, "hole");
	show_gaps(j, d, "forgotten");
}

/* Whoever speaks of what only an answer can have told him has been answered. */
static void one_way(struct judging *j)
{
	const struct facts *f = j->facts;
	unsigned count;
	struct draft *d;

	missing_octets(f, "one-way", &count);
	if (!count && (f->heard || !f->said) && (f->spoke || f->said || f->heard < 2))
		return;
	j->whole = false;
	j->one_way = true;
	d = say(j, "capture-one-way", count ? GRADE_PROVEN : GRADE_STRONG, "");
	d->message = f->said && !f->heard ? "Only what the phone sends is in the capture, nothing of what it is answered." :
		f->heard && !f->spoke && !f->said ? "Only what is sent to the phone is in the capture, nothing of what it says." :
		"Some of this phone's connections are captured in one direction only.";
	d->fix = "Mirror both directions of the phone's port (on Cisco switches: `monitor session 1 source interface ... both`).";
	show_gaps(j, d, "one-way");
}

static void truncated(struct judging *j)
{
	const struct facts *f = j->facts;
	unsigned count;
	struct draft *d;

	missing_octets(f, "snap", &count);
	if (!count && !f->cut && !f->file_cut_short)
		return;
	j->whole &= !count && !f->cut;
	d = say(j, "capture-truncated", GRADE_PROVEN, "");
	d->message = count || f->cut ? "The capture holds only the beginning of each packet (snap length): names and certificates behind it cannot be read." :
		"The capture file ends in the middle of a packet: what came afterwards is not in it.";
	d->fix = count || f->cut ? "Capture whole packets: tcpdump -s 0." : "Copy the file again, or stop the capture program before copying.";
	show_gaps(j, d, "snap");
}

void rules_capture(struct judging *j)
{
	holes(j);
	one_way(j);
	truncated(j);
}
