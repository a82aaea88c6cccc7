/*
 * Scenes from the life of a store, for a disk that fails in them: what was called stored is there, whole, whatever came after; what failed says so,
 * once; and when the disk is well again, so is the store. A scene fails the test where one of these does not hold.
 *
 * base/log.c is replaced: what is logged is counted.
 */
#ifndef TESTS_UNIT_STORE_SCENES_H
#define TESTS_UNIT_STORE_SCENES_H

#include "sink/store.h"
#include "tests/unit/fault_vfs.h"

/* What is there before, what is done while the disk fails (it answers the store that is open still, or NULL), what is to be seen then. */
struct scene {
	void (*before)(void);
	struct store *(*act)(void);
	void (*after)(void);
};

extern const struct scene scene_new, scene_close, scene_grow, scene_run, scene_trim, scene_migrate, scene_read, scene_read_filling, scene_read_old;

void scene_begin(const struct scene *scene);
struct store *scene_act(const struct scene *scene, const struct fault *f);      /* f: what may go wrong meanwhile; NULL: nothing */
void scene_end(const struct scene *scene, struct store *s);                     /* the disk is well again */
const char *scene_said_last(void);

#endif
