// Files compiled into the binary (cmake/embed.cmake): views, keymap, themes.
#ifndef CULPRIT_BASE_EMBED_H
#define CULPRIT_BASE_EMBED_H

#include <stddef.h>

struct embedded_file {
    const char *name; // file name without folders; NULL ends the list
    const char *text; // NUL-terminated
    size_t len;
};

extern const struct embedded_file embedded_views[];
extern const size_t embedded_views_n;
extern const struct embedded_file embedded_themes[];
extern const size_t embedded_themes_n;

#endif
