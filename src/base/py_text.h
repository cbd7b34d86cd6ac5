// What Python calls a blank, a digit and a line, for rules that were first written in it. Broken
// UTF-8 counts as U+FFFD: neither blank nor digit.
#ifndef CULPRIT_BASE_PY_TEXT_H
#define CULPRIT_BASE_PY_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sv.h"

bool py_is_blank(uint32_t cp); // str.isspace(), \s
bool py_is_digit(uint32_t cp); // \d: decimal digits of any script

// Offset of the first character at or behind `at` that is no blank.
size_t py_skip_blanks(struct sv text, size_t at);
// Likewise of the first blank.
size_t py_skip_word(struct sv text, size_t at);
struct sv py_strip(struct sv text);
struct sv py_rstrip(struct sv text);
// Takes the next line off, without its break: what str.splitlines() makes. False when nothing is
// left.
bool py_next_line(struct sv *rest, struct sv *line);

#endif
