#include "term/role.h"

struct role_row {
    struct sv name;
    char letter;
};

static const struct role_row rows[N_ROLES] = {
#define ROLE_ROW(member, text, mark) [member] = {{(text), sizeof(text) - 1}, (mark)},
    ROLE_TABLE(ROLE_ROW)
#undef ROLE_ROW
};

const char *role_name(enum role role) {
    return rows[role < N_ROLES ? role : ROLE_TEXT].name.ptr;
}

char role_letter(enum role role) {
    return rows[role < N_ROLES ? role : ROLE_TEXT].letter;
}

static bool same_name(struct sv given, struct sv name) {
    if (given.len != name.len) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = given.ptr[i] == '-' ? '_' : given.ptr[i];
        if (c != name.ptr[i]) {
            return false;
        }
    }
    return true;
}

bool role_find(struct sv name, enum role *out) {
    for (unsigned i = 0; i < N_ROLES; i++) {
        if (same_name(name, rows[i].name)) {
            *out = (enum role)i;
            return true;
        }
    }
    *out = ROLE_TEXT;
    return false;
}

enum role role_of(struct sv name) {
    enum role role;
    (void)role_find(name, &role);
    return role;
}
