// The one error value of the program.
//
// A function that can fail takes `struct err *err` last and returns false (or NULL, or -1); `err`
// may be NULL when the caller does not care why. The text says what failed, where (file, line or
// byte offset) and what was expected. Context is added on the way up with err_prefix(); only `app`
// and `ui` show it. No allocation happens here, so an error can always be reported.
#ifndef CULPRIT_BASE_ERR_H
#define CULPRIT_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum err_code {
    ERR_NONE,
    ERR_IO,        // the system refused: `sys` holds errno
    ERR_FORMAT,    // bytes are not what the format demands
    ERR_RANGE,     // a number or size outside its bounds
    ERR_NOT_FOUND, // a name, key, file or row that is not there
    ERR_BUSY,      // somebody else holds the lock
    ERR_CANCELLED, // the user or a shutdown stopped it
    ERR_NET,       // the network or the server
    ERR_LIMIT,     // a configured or built-in limit was reached
    ERR_USAGE,     // the user asked for something that does not exist
};

struct err {
    enum err_code code;
    int sub; // the module's own kind (e.g. enum arrow_err), 0 = none
    int sys; // errno, 0 = none
    char msg[512];
};

#define ERR_INIT ((struct err){.code = ERR_NONE})

// Sets the error and returns false, so that `return err_set(err, ...)` reads well.
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool err_set_sub(struct err *err, enum err_code code, int sub, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
// As err_set(ERR_IO), with ": strerror(errno)" appended and `sys` set.
bool err_sys(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
// Puts "text: " before the message. Returns false.
bool err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *err);

// Short name of a code, for logs and tests ("format", "io", ...).
const char *err_code_name(enum err_code code);

// A broken invariant of ours: prints where, restores the terminal through the hook, aborts.
#define BUG_ON(cond) ((cond) ? err_bug(#cond, __FILE__, __LINE__) : (void)0)
void err_bug(const char *cond, const char *file, int line) NORETURN;
// Called before the text of err_bug() and of "out of memory" is printed; set once by `term`.
void err_set_bug_hook(void (*restore_terminal)(void));
void err_run_bug_hook(void);

#endif
