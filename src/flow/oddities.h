/* How often which protocol's messages were malformed or could not be looked into, by reason; and how many were malformed in which file. */
#ifndef FLOW_ODDITIES_H
#define FLOW_ODDITIES_H

#include <stdint.h>

struct oddities;

struct oddities *oddities_new(void);
void oddities_free(struct oddities *o);

void oddities_count(struct oddities *o, const char *proto, const char *reason);
void oddities_count_malformed(struct oddities *o, unsigned file);
uint64_t oddities_malformed_of(const struct oddities *o, unsigned file);

/* In order of first appearance. */
void oddities_each(const struct oddities *o, void (*each)(void *user, const char *proto, const char *reason, uint64_t count), void *user);

#endif
