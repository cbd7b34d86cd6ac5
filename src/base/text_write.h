// Values as JSON text or Python repr, byte for byte as the original writers spell them.
#ifndef CULPRIT_BASE_TEXT_WRITE_H
#define CULPRIT_BASE_TEXT_WRITE_H

#include "base/str.h"
#include "base/sv.h"

enum json_style {
    JSON_UTF8,  // non-ASCII raw
    JSON_ASCII, // non-ASCII as \uXXXX, surrogate pairs
    JSON_PANDAS // as JSON_ASCII, and '/' as \/
};

// With the quotes. Control characters: \b \f \n \r \t short, others \u00XX. Invalid UTF-8 becomes
// U+FFFD.
void str_add_json(struct str *out, struct sv text, enum json_style style);
// Python repr of a str: single quotes unless the text has ' and no "; \\ \n \r \t; other
// non-printable as \xHH, \uXXXX, \UXXXXXXXX; printable non-ASCII raw.
void str_add_pyrepr(struct str *out, struct sv text);

#endif
