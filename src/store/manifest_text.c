// The text of a manifest: checked on reading, unknown members kept on writing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "store/manifest.h"

static const char *const kind_names[] = {
    [DATASET_SNAPSHOT] = "snapshot",
    [DATASET_APPEND] = "append",
    [DATASET_KEYED] = "keyed",
    [DATASET_PARTITIONED] = "partitioned",
};

static const char *const root_members[] = {"format", "generation", "written",
                                           "crc32c", "datasets",   "retired"};

// --- names ------------------------------------------------------------------------------------

static bool is_hex_lower(char c) {
    return char_is_digit(c) || (c >= 'a' && c <= 'f');
}

static size_t hex_run(const char *text, size_t limit) {
    size_t n = 0;
    while (n < limit && is_hex_lower(text[n])) {
        n++;
    }
    return n;
}

bool dataset_name_valid(const char *name) {
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return n >= 1 && n <= DATASET_NAME_MAX && name[n] == '\0';
}

bool segment_name_valid(const char *name) {
    if (hex_run(name, 16) != 16 || name[16] != '-') {
        return false;
    }
    size_t digits = strspn(name + 17, "0123456789");
    return digits >= 1 && digits <= 9 && name[17 + digits] == '\0';
}

static bool retired_name_valid(const char *name) {
    const char *slash = strchr(name, '/');
    if (!slash || slash - name > DATASET_NAME_MAX) {
        return false;
    }
    char dataset[DATASET_NAME_MAX + 1];
    memcpy(dataset, name, (size_t)(slash - name));
    dataset[slash - name] = '\0';
    return dataset_name_valid(dataset) && segment_name_valid(slash + 1);
}

static bool generation_parse(const char *text, uint64_t *out) {
    if (hex_run(text, 16) != 16 || text[16] != '\0') {
        return false;
    }
    *out = strtoull(text, NULL, 16);
    return *out <= INT64_MAX;
}

// --- checksum ---------------------------------------------------------------------------------

// Offset of the eight digits, or -1. The writer puts the member before anything that could hold the
// same word, so the first one is it.
static ptrdiff_t crc_digits_at(struct sv text) {
    ptrdiff_t at = sv_find(text, SV("\"crc32c\""));
    if (at < 0) {
        return -1;
    }
    size_t i = (size_t)at + strlen("\"crc32c\"");
    const char *const want = ":\"";
    for (size_t w = 0; w < 2; w++) {
        while (i < text.len && strchr(" \t\r\n", text.ptr[i]) && text.ptr[i]) {
            i++;
        }
        if (i >= text.len || text.ptr[i] != want[w]) {
            return -1;
        }
        i++;
    }
    if (text.len - i < 9 || hex_run(text.ptr + i, 8) != 8 || text.ptr[i + 8] != '"') {
        return -1;
    }
    return (ptrdiff_t)i;
}

static uint32_t crc_of(struct sv text, size_t digits_at) {
    uint32_t crc = crc32c(0, text.ptr, digits_at);
    crc = crc32c(crc, "00000000", 8);
    return crc32c(crc, text.ptr + digits_at + 8, text.len - digits_at - 8);
}

bool manifest_seal(char *text, size_t len) {
    struct sv view = sv_make(text, len);
    ptrdiff_t at = crc_digits_at(view);
    if (at < 0) {
        return false;
    }
    char digits[9];
    snprintf(digits, sizeof digits, "%08x", crc_of(view, (size_t)at));
    memcpy(text + at, digits, 8);
    return true;
}

static bool crc_check(struct sv text, const char *source, struct err *err) {
    ptrdiff_t at = crc_digits_at(text);
    if (at < 0) {
        return err_set_sub(err, ERR_FORMAT, ARROW_ERR_BAD_METADATA,
                           "%s: expected a member \"crc32c\" with eight hex digits", source);
    }
    char digits[9] = {0};
    memcpy(digits, text.ptr + at, 8);
    uint32_t found = (uint32_t)strtoul(digits, NULL, 16);
    uint32_t expected = crc_of(text, (size_t)at);
    if (found != expected) {
        return err_set_sub(err, ERR_FORMAT, ARROW_ERR_CRC,
                           "%s: its checksum is %08x, the text gives %08x: the file was changed "
                           "or is damaged",
                           source, found, expected);
    }
    return true;
}

// --- reading ----------------------------------------------------------------------------------

struct reader {
    const char *source;
    char where[160]; // JSON path of the object being read, with the final '.'
    struct err *err;
};

static bool expected(const struct reader *r, const char *member, const char *what) {
    return err_set_sub(r->err, ERR_FORMAT, ARROW_ERR_BAD_METADATA, "%s: %s%s: expected %s",
                       r->source, r->where, member, what);
}

static bool read_text(const struct reader *r, json_t *object, const char *member,
                      const char **out) {
    *out = json_string_value(json_object_get(object, member));
    return *out || expected(r, member, "a text");
}

// Absent and null are fine and give NULL.
static bool read_text_or_null(const struct reader *r, json_t *object, const char *member,
                              char **out) {
    json_t *value = json_object_get(object, member);
    if (!value || json_is_null(value)) {
        return true;
    }
    if (!json_is_string(value)) {
        return expected(r, member, "a text or null");
    }
    *out = xstrdup(json_string_value(value));
    return true;
}

static bool read_i64(const struct reader *r, json_t *object, const char *member, int64_t max,
                     int64_t *out) {
    json_t *value = json_object_get(object, member);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > max) {
        return expected(r, member, "an integer that is not negative and not too large");
    }
    *out = json_integer_value(value);
    return true;
}

static bool read_names(const struct reader *r, json_t *object, const char *member, char **out) {
    json_t *list = json_object_get(object, member);
    struct str text = STR_INIT;
    size_t i;
    json_t *item;
    if (list && !json_is_array(list)) {
        return expected(r, member, "a list of column names");
    }
    json_array_foreach(list, i, item) {
        if (!json_is_string(item)) {
            str_done(&text);
            return expected(r, member, "a list of column names");
        }
        if (i) {
            str_add_byte(&text, ',');
        }
        str_add_cstr(&text, json_string_value(item));
    }
    *out = text.ptr ? str_take(&text) : xstrdup("");
    return true;
}

static bool read_segment(const struct reader *r, json_t *object, struct manifest_segment *seg) {
    const char *file, *crc;
    int64_t bytes = 0;
    if (!read_text(r, object, "file", &file) ||
        !read_i64(r, object, "rows", SEGMENT_MAX_ROWS, &seg->n_rows) ||
        !read_i64(r, object, "bytes", INT64_MAX, &bytes) ||
        !read_text(r, object, "footer_crc", &crc) ||
        !read_text_or_null(r, object, "partition", &seg->partition)) {
        return false;
    }
    if (!segment_name_valid(file)) {
        return expected(r, "file", "16 hex digits, '-' and a number");
    }
    if (hex_run(crc, 8) != 8 || crc[8] != '\0') {
        return expected(r, "footer_crc", "eight hex digits");
    }
    memcpy(seg->file, file, strlen(file) + 1);
    seg->size_bytes = (uint64_t)bytes;
    seg->footer_crc = (uint32_t)strtoul(crc, NULL, 16);
    seg->json = json_incref(object);
    return true;
}

static bool read_kind(const struct reader *r, json_t *object, enum dataset_kind *kind) {
    const char *name;
    if (!read_text(r, object, "kind", &name)) {
        return false;
    }
    for (size_t i = 0; i < COUNTOF(kind_names); i++) {
        if (!strcmp(name, kind_names[i])) {
            *kind = (enum dataset_kind)i;
            return true;
        }
    }
    return expected(r, "kind", "snapshot, append, keyed or partitioned");
}

static bool read_source(struct reader *r, json_t *object, struct manifest_dataset *ds) {
    json_t *source = json_object_get(object, "source");
    if (!source) {
        return true;
    }
    if (!json_is_object(source)) {
        return expected(r, "source", "an object");
    }
    snprintf(r->where, sizeof r->where, "datasets.%s.source.", ds->name);
    return read_text_or_null(r, source, "origin", &ds->origin) &&
           read_text_or_null(r, source, "fetched", &ds->fetched);
}

static bool read_dataset(struct reader *r, json_t *object, struct manifest_dataset *ds) {
    int64_t version = 0;
    uint64_t number;
    const char *generation;
    snprintf(r->where, sizeof r->where, "datasets.%s.", ds->name);
    if (!read_i64(r, object, "schema", INT32_MAX, &version) || !read_kind(r, object, &ds->kind) ||
        !read_names(r, object, "key", &ds->key) || !read_names(r, object, "sort", &ds->sort) ||
        !read_text(r, object, "generation", &generation)) {
        return false;
    }
    if (!generation_parse(generation, &number)) {
        return expected(r, "generation", "16 hex digits");
    }
    memcpy(ds->generation, generation, sizeof ds->generation);
    ds->schema_version = (int)version;
    ds->json = json_incref(object);
    json_t *segments = json_object_get(object, "segments");
    if (!json_is_array(segments)) {
        return expected(r, "segments", "a list");
    }
    size_t i;
    json_t *item;
    json_array_foreach(segments, i, item) {
        snprintf(r->where, sizeof r->where, "datasets.%s.segments[%zu].", ds->name, i);
        if (!read_segment(r, item, array_add(&ds->segments))) {
            return false;
        }
        if ((ds->kind == DATASET_PARTITIONED) != (array_last(&ds->segments)->partition != NULL)) {
            return expected(r, "partition", "one in a partitioned dataset and none in others");
        }
    }
    return read_source(r, object, ds);
}

static bool read_retired(const struct reader *r, struct manifest *m) {
    json_t *list = json_object_get(m->json, "retired");
    size_t i;
    json_t *item;
    if (list && !json_is_array(list)) {
        return expected(r, "retired", "a list of \"dataset/file\"");
    }
    json_array_foreach(list, i, item) {
        const char *name = json_string_value(item);
        if (!name || !retired_name_valid(name)) {
            return expected(r, "retired", "a list of \"dataset/file\"");
        }
        array_push(&m->retired, xstrdup(name));
    }
    return true;
}

static bool read_datasets(struct reader *r, struct manifest *m) {
    json_t *datasets = json_object_get(m->json, "datasets");
    if (!json_is_object(datasets)) {
        return expected(r, "datasets", "an object");
    }
    const char *name;
    json_t *object;
    json_object_foreach(datasets, name, object) {
        r->where[0] = '\0';
        if (!dataset_name_valid(name)) {
            return expected(r, "datasets",
                            "names of 1 to 64 characters a-z, 0-9, '_' and '-' only");
        }
        if (!json_is_object(object)) {
            return expected(r, name, "an object");
        }
        if (!read_dataset(r, object, manifest_add(m, name))) {
            return false;
        }
    }
    return true;
}

static bool read_root(struct reader *r, struct manifest *m, struct sv text) {
    const char *generation;
    if (!json_is_object(m->json)) {
        return err_set_sub(r->err, ERR_FORMAT, ARROW_ERR_BAD_METADATA, "%s: expected an object",
                           r->source);
    }
    json_t *format = json_object_get(m->json, "format");
    if (json_is_integer(format) && json_integer_value(format) > MANIFEST_FORMAT) {
        return err_set_sub(r->err, ERR_FORMAT, ARROW_ERR_NEWER_FORMAT,
                           "%s: written by a newer version (store format %lld, this program reads "
                           "%d): use that version or another store",
                           r->source, (long long)json_integer_value(format), MANIFEST_FORMAT);
    }
    if (!json_is_integer(format) || json_integer_value(format) != MANIFEST_FORMAT) {
        return expected(r, "format", "1");
    }
    if (!crc_check(text, r->source, r->err) || !read_text(r, m->json, "generation", &generation)) {
        return false;
    }
    if (!generation_parse(generation, &m->generation)) {
        return expected(r, "generation", "16 hex digits");
    }
    return read_text_or_null(r, m->json, "written", &m->written) && read_retired(r, m) &&
           read_datasets(r, m);
}

bool manifest_parse(struct manifest *m, struct sv text, const char *source, struct err *err) {
    *m = (struct manifest){0};
    if (text.len > MANIFEST_LIMIT_BYTES) {
        return err_set(err, ERR_LIMIT, "%s: larger than the limit of 64 MiB", source);
    }
    struct reader r = {.source = source, .err = err};
    m->json = json_parse(text, source, err);
    if (!m->json || !read_root(&r, m, text)) {
        manifest_done(m);
        return false;
    }
    return true;
}

// --- writing ----------------------------------------------------------------------------------

static void set_new(json_t *object, const char *member, json_t *value) {
    BUG_ON(json_object_set_new(object, member, value) != 0);
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *names_json(const char *list) {
    json_t *names = json_array();
    struct sv rest = sv_cstr(list), name;
    while (rest.len && sv_split(&rest, ',', &name)) {
        BUG_ON(json_array_append_new(names, json_stringn(name.ptr, name.len)) != 0);
    }
    return names;
}

static json_t *segment_json(const struct manifest_segment *seg) {
    json_t *object = seg->json ? json_copy(seg->json) : json_object();
    char crc[9];
    snprintf(crc, sizeof crc, "%08x", seg->footer_crc);
    set_new(object, "file", json_string(seg->file));
    if (seg->partition) {
        set_new(object, "partition", json_string(seg->partition));
    }
    set_new(object, "rows", json_integer(seg->n_rows));
    set_new(object, "bytes", json_integer((json_int_t)seg->size_bytes));
    set_new(object, "footer_crc", json_string(crc));
    return object;
}

static json_t *dataset_json(const struct manifest_dataset *ds) {
    json_t *object = ds->json ? json_copy(ds->json) : json_object();
    json_t *old_source = json_object_get(object, "source");
    json_t *source = json_is_object(old_source) ? json_copy(old_source) : json_object();
    json_t *segments = json_array();
    set_new(source, "origin", text_or_null(ds->origin));
    set_new(source, "fetched", text_or_null(ds->fetched));
    array_foreach (seg, &ds->segments) {
        BUG_ON(json_array_append_new(segments, segment_json(seg)) != 0);
    }
    set_new(object, "schema", json_integer(ds->schema_version));
    set_new(object, "kind", json_string(kind_names[ds->kind]));
    set_new(object, "key", names_json(ds->key));
    set_new(object, "sort", names_json(ds->sort));
    set_new(object, "generation", json_string(ds->generation));
    set_new(object, "source", source);
    set_new(object, "segments", segments);
    return object;
}

static void copy_unknown(json_t *to, json_t *from) {
    const char *name;
    json_t *value;
    json_object_foreach(from, name, value) {
        bool known = false;
        for (size_t i = 0; i < COUNTOF(root_members); i++) {
            known = known || !strcmp(name, root_members[i]);
        }
        if (!known) {
            set_new(to, name, json_incref(value));
        }
    }
}

// The known members come first, in this order: crc32c must stand before all free text.
static json_t *manifest_json(const struct manifest *m) {
    json_t *root = json_object();
    json_t *datasets = json_object();
    json_t *retired = json_array();
    char generation[17];
    snprintf(generation, sizeof generation, "%016llx", (unsigned long long)m->generation);
    array_foreach (ds, &m->datasets) {
        set_new(datasets, ds->name, dataset_json(ds));
    }
    array_foreach (name, &m->retired) {
        BUG_ON(json_array_append_new(retired, json_string(*name)) != 0);
    }
    set_new(root, "format", json_integer(MANIFEST_FORMAT));
    set_new(root, "generation", json_string(generation));
    set_new(root, "crc32c", json_string("00000000"));
    set_new(root, "written", text_or_null(m->written));
    set_new(root, "datasets", datasets);
    set_new(root, "retired", retired);
    copy_unknown(root, m->json);
    return root;
}

bool manifest_print(const struct manifest *m, struct str *out, struct err *err) {
    json_t *root = manifest_json(m);
    char *text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    BUG_ON(!text);
    str_clear(out);
    str_add_cstr(out, text);
    str_add_byte(out, '\n');
    free(text);
    if (out->len > MANIFEST_LIMIT_BYTES) {
        return err_set(err, ERR_LIMIT, "the manifest would be larger than the limit of 64 MiB");
    }
    BUG_ON(!manifest_seal(out->ptr, out->len));
    return true;
}
