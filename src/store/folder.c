// Which folders are taken for a store. A wrong --store must neither fill nor sweep somebody's own
// folder.
#include <dirent.h>
#include <string.h>

#include "store/store_int.h"

static bool is_of_store(const char *name) {
    static const char *const ours[] = {"manifest.json", "lock", "tmp", "data"};
    for (size_t i = 0; i < COUNTOF(ours); i++) {
        if (!strcmp(name, ours[i])) {
            return true;
        }
    }
    return name[0] == '.' || !strcmp(name, "lost+found");
}

bool folder_is_ours(const char *store_dir, struct err *err) {
    if (!*store_dir) {
        return err_set(err, ERR_USAGE, "the name of the store's folder is empty");
    }
    DIR *dir = opendir(store_dir);
    bool known = false;
    auto_str stranger = STR_INIT;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        known = known || !strcmp(e->d_name, "manifest.json") || !strcmp(e->d_name, "lock");
        if (!is_of_store(e->d_name) && !stranger.len) {
            str_add_cstr(&stranger, e->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
    return known || !stranger.len ||
           err_set(err, ERR_USAGE,
                   "%s is no store and holds other files (%s): choose a new or empty folder with "
                   "--store DIR",
                   store_dir, str_cstr(&stranger));
}

bool is_tmp_name(const char *name) {
    auto_str base = STR_INIT;
    struct sv text = sv_cstr(name);
    if (sv_ends(text, SV(".arrow"))) {
        str_add(&base, text.ptr, text.len - strlen(".arrow"));
        return segment_name_valid(str_cstr(&base)) || sv_is(text, "duplicates.arrow");
    }
    return sv_starts(text, SV("spool-")) || sv_is(text, "manifest");
}
