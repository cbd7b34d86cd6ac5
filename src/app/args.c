#include "app/args.h"

#include <string.h>

#include "base/sv.h"

static const struct arg_opt *find(const struct arg_opt *const *tables, struct sv name) {
    for (; *tables; tables++) {
        for (const struct arg_opt *o = *tables; o->name; o++) {
            if (sv_is(name, o->name)) {
                return o;
            }
        }
    }
    return NULL;
}

enum { LONGEST_NAME = 24, FAR = 3 };

// Edits (letters added, dropped, changed) between two names, FAR or more when they have little in
// common.
static int distance(const char *a, const char *b) {
    const size_t n_a = strlen(a), n_b = strlen(b);
    int row[LONGEST_NAME + 1];
    if (n_a > LONGEST_NAME || n_b > LONGEST_NAME) {
        return FAR;
    }
    for (size_t j = 0; j <= n_b; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 1; i <= n_a; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= n_b; j++) {
            const int changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n_b];
}

static bool unknown_option(const char *word, const struct arg_opt *const *tables, struct err *err) {
    const char *nearest = NULL;
    int least = FAR;
    for (; *tables; tables++) {
        for (const struct arg_opt *o = *tables; o->name; o++) {
            const int d = strlen(o->name) > 2 ? distance(word, o->name) : FAR;
            if (d < least) {
                least = d;
                nearest = o->name;
            }
        }
    }
    if (nearest) {
        return err_set(err, ERR_USAGE, "unknown option %s; did you mean %s?", word, nearest);
    }
    return err_set(err, ERR_USAGE, "unknown option %s (see culprit help)", word);
}

static void store_value(const struct arg_opt *opt, const char *value) {
    if (opt->values) {
        array_push(opt->values, value);
    } else {
        *opt->value = value;
    }
}

// One option at argv[i]; returns how many words it took, 0 on error.
static int take_option(int argc, char **argv, int i, const struct arg_opt *const *tables,
                       struct err *err) {
    struct sv word = sv_cstr(argv[i]);
    ptrdiff_t eq = sv_starts(word, SV("--")) ? sv_find_byte(word, '=') : -1;
    struct sv name = eq >= 0 ? sv_sub(word, 0, (size_t)eq) : word;
    const struct arg_opt *opt = find(tables, name);
    if (!opt) {
        unknown_option(argv[i], tables, err);
        return 0;
    }
    if (!opt->value_name) {
        if (eq >= 0) {
            err_set(err, ERR_USAGE, "option %s takes no value", opt->name);
            return 0;
        }
        *opt->flag = true;
        return 1;
    }
    if (eq >= 0) {
        store_value(opt, argv[i] + eq + 1);
        return 1;
    }
    if (i + 1 >= argc) {
        err_set(err, ERR_USAGE, "option %s needs a value: %s %s", opt->name, opt->name,
                opt->value_name);
        return 0;
    }
    store_value(opt, argv[i + 1]);
    return 2;
}

bool args_parse(int argc, char **argv, const struct arg_opt *const *tables,
                struct arg_list *positional, struct err *err) {
    bool options_ended = false;
    for (int i = 0; i < argc;) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
            i++;
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1]) {
            int n = take_option(argc, argv, i, tables, err);
            if (!n) {
                return false;
            }
            i += n;
        } else {
            array_push(positional, argv[i++]);
        }
    }
    return true;
}

int args_first_word(int argc, char **argv, const struct arg_opt *const *tables) {
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] != '-' || !argv[i][1]) {
            return i;
        }
        const struct arg_opt *opt = find(tables, sv_cstr(argv[i]));
        if (opt && opt->value_name) {
            i++;
        }
    }
    return argc;
}
