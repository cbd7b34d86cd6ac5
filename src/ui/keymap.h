// Which keys do what: views/keys.json, then the user's keys.json on top. docs/views.md "Keys".
//
//     { "table": {"j": "row-down", "gg": "first", "x b": "link b", "]": "sort-up"},
//       "text":  {"Space": "page-down"},
//       "any":   {"q": "close", "Ctrl-Z": "suspend"} }
//
// A sequence is one key or several ("gg", "z Ctrl-H"); a command may have an argument behind a
// blank. null or "" unbinds. A section's own binding wins over "any". A key that is a prefix of
// another binding cannot be bound itself: reported, with file and line.
#ifndef CULPRIT_UI_KEYMAP_H
#define CULPRIT_UI_KEYMAP_H

#include "base/str.h"
#include "term/key.h"
#include "view/command.h"

enum { KEY_SEQ_MAX = 4 };

struct binding {
    struct key keys[KEY_SEQ_MAX];
    size_t n_keys;
    unsigned where; // IN_TABLE, IN_TEXT, ...
    const struct command *command;
    struct sv arg; // NULL view = none
};

struct keymap;

// `user_path` may be NULL or missing. Faults (unknown command, bad key, conflict) are appended with
// file and line and the binding is left out; NULL only when the built-in keymap is faulty.
struct keymap *keymap_load(const char *user_path, struct str *faults, struct err *err) MUST_USE;
void keymap_free(struct keymap *map);

enum keymap_match { KEYMAP_NONE, KEYMAP_PREFIX, KEYMAP_FOUND };
// Looks up the keys typed so far.
enum keymap_match keymap_find(const struct keymap *map, unsigned where, const struct key *keys,
                              size_t n_keys, const struct binding **out);
// All bindings, in file order, for help and menus.
size_t keymap_n(const struct keymap *map);
const struct binding *keymap_at(const struct keymap *map, size_t idx);
// "z Ctrl-H" of a binding.
void binding_format(const struct binding *b, struct str *out);
// First binding of a command in `where`; NULL when it has no key.
const struct binding *keymap_key_of(const struct keymap *map, const struct command *command,
                                    unsigned where);

#endif
