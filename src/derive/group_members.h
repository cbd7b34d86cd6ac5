// Which signature stands in which group, as the dataset of groups has it: a file that was made by
// hand may name a group twice or a signature in two groups, and each stage has its own rule then.
#ifndef CULPRIT_DERIVE_GROUP_MEMBERS_H
#define CULPRIT_DERIVE_GROUP_MEMBERS_H

#include "base/array.h"
#include "derive/derive.h"

struct group_member {
    int64_t signature_id;
    int64_t group_id;
};
struct group_members ARRAY_BODY(struct group_member); // in the order of the dataset

bool group_members_load(struct group_members *out, const struct derive *d,
                        struct err *err) MUST_USE;

#endif
