#include "base/json.h"

#include <string.h>

#include "base/file.h"

json_t *json_parse(struct sv text, const char *source, struct err *err) {
    static const struct sv mark = {"\xEF\xBB\xBF", 3}; // a byte-order mark, as some editors write
    if (sv_starts(text, mark)) {
        text = sv_from(text, mark.len);
    }
    json_error_t why;
    json_t *root = json_loadb(text.ptr ? text.ptr : "", text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!root) {
        err_set(err, ERR_FORMAT, "%s:%d:%d: %s", source, why.line, why.column, why.text);
    }
    return root;
}

json_t *json_parse_file(const char *path, size_t limit_bytes, struct err *err) {
    auto_str text = STR_INIT;
    if (!file_read(path, limit_bytes, &text, err)) {
        return NULL;
    }
    return json_parse(str_sv(&text), path, err);
}
