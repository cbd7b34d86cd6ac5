// Command-line words: long options from a table, the rest positional. "--name value",
// "--name=value", "-o value" and "--" are understood; an unknown option names its nearest relative.
#ifndef CULPRIT_APP_ARGS_H
#define CULPRIT_APP_ARGS_H

#include "base/array.h"
#include "base/err.h"

struct arg_list ARRAY_BODY(const char *);

struct arg_opt {
    const char *name;       // "--filter" or "-o"; NULL ends a table
    const char *value_name; // "EXPR"; NULL = a flag
    const char *help;
    const char **value;      // last one wins
    struct arg_list *values; // instead of `value`: all of them
    bool *flag;
};

// Several tables are searched in order (the subcommand's, then the common ones).
bool args_parse(int argc, char **argv, const struct arg_opt *const *tables,
                struct arg_list *positional, struct err *err) MUST_USE;

// Index of the first positional word, `argc` when there is none; unknown options count as flags.
int args_first_word(int argc, char **argv, const struct arg_opt *const *tables);

#endif
