// Both ends of the test against Arrow JS:
//     make_sample write DIR       Arrow files of every type, and expect.json, what they must hold
//     make_sample compare A B     every cell of B equals that of A (B was written by the peer)
// What expect.json says comes from the values that went into the writer; our reader has no part.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fcntl.h>

#include "arrow/arrow_read.h"
#include "arrow/arrow_write.h"
#include "base/str.h"

static void die(const char *what, const struct err *err) {
    fprintf(stderr, "make_sample: %s: %s\n", what, err->msg);
    exit(1);
}

// --- columns -----------------------------------------------------------------------------------

static struct arrow_field item_i64[] = {{.name = {"item", 4}, .kind = ARROW_I64, .nullable = true}};
static struct arrow_field item_dict[] = {
    {.name = {"item", 4}, .kind = ARROW_DICT, .nullable = true, .dict_id = 2}};
static struct arrow_field members[] = {
    {.name = {"id", 2}, .kind = ARROW_I64, .nullable = true},
    {.name = {"note", 4}, .kind = ARROW_UTF8, .nullable = true},
    {.name = {"suite", 5}, .kind = ARROW_DICT, .nullable = true, .dict_id = 1},
    {.name = {"value", 5}, .kind = ARROW_F64, .nullable = true},
};
static struct arrow_field record[] = {
    {.name = {"item", 4}, .kind = ARROW_STRUCT, .children = members, .n_children = 4}};
static struct arrow_field pair[] = {
    {.name = {"left", 4}, .kind = ARROW_I32, .nullable = true},
    {.name = {"right", 5}, .kind = ARROW_DICT, .nullable = true, .dict_id = 3},
};

// The type as Arrow JS prints it.
static const struct {
    struct arrow_field field;
    const char *type;
} columns[] = {
    {{.name = {"null", 4}, .kind = ARROW_NULL}, "Null"},
    {{.name = {"flag", 4}, .kind = ARROW_BOOL}, "Bool"},
    {{.name = {"i8", 2}, .kind = ARROW_I8}, "Int8"},
    {{.name = {"i16", 3}, .kind = ARROW_I16}, "Int16"},
    {{.name = {"i32", 3}, .kind = ARROW_I32}, "Int32"},
    {{.name = {"i64", 3}, .kind = ARROW_I64}, "Int64"},
    {{.name = {"u8", 2}, .kind = ARROW_U8}, "Uint8"},
    {{.name = {"u16", 3}, .kind = ARROW_U16}, "Uint16"},
    {{.name = {"u32", 3}, .kind = ARROW_U32}, "Uint32"},
    {{.name = {"u64", 3}, .kind = ARROW_U64}, "Uint64"},
    {{.name = {"f32", 3}, .kind = ARROW_F32}, "Float32"},
    {{.name = {"f64", 3}, .kind = ARROW_F64}, "Float64"},
    {{.name = {"at", 2}, .kind = ARROW_TIMESTAMP, .unit = ARROW_MICRO, .timezone = {"UTC", 3}},
     "Timestamp<MICROSECOND, UTC>"},
    {{.name = {"local", 5}, .kind = ARROW_TIMESTAMP, .unit = ARROW_MILLI},
     "Timestamp<MILLISECOND>"},
    {{.name = {"day", 3}, .kind = ARROW_DATE}, "Date32<DAY>"},
    {{.name = {"text", 4}, .kind = ARROW_UTF8}, "Utf8"},
    {{.name = {"large", 5}, .kind = ARROW_LARGE_UTF8}, "LargeUtf8"},
    {{.name = {"platform", 8}, .kind = ARROW_DICT, .dict_id = 1}, "Dictionary<Int32, Utf8>"},
    {{.name = {"hash", 4}, .kind = ARROW_FIXED_BINARY, .byte_width = 20}, "FixedSizeBinary[20]"},
    {{.name = {"ids", 3}, .kind = ARROW_LIST, .children = item_i64, .n_children = 1},
     "List<Int64>"},
    {{.name = {"tags", 4}, .kind = ARROW_LIST, .children = item_dict, .n_children = 1},
     "List<Dictionary<Int32, Utf8>>"},
    {{.name = {"tests", 5}, .kind = ARROW_LIST, .children = record, .n_children = 1},
     "List<Struct<{id:Int64, note:Utf8, suite:Dictionary<Int32, Utf8>, value:Float64}>>"},
    {{.name = {"pair", 4}, .kind = ARROW_STRUCT, .children = pair, .n_children = 2},
     "Struct<{left:Int32, right:Dictionary<Int32, Utf8>}>"},
};
enum { N_COLS = sizeof columns / sizeof columns[0] };

// --- values: each goes to the writer and, in a canonical form, to the expectation ---------------

// A cell as text: "~" for null, floats as the hex digits of the double, lists in [], records in {}.
struct cell {
    struct arrow_builder *b;
    struct str *text;
    double number; // its value, for the sums
};

static void put_null(struct cell c) {
    arrow_add_null(c.b);
    str_add_byte(c.text, '~');
}

static void put_text(struct cell c, struct sv text) {
    arrow_add_text(c.b, text);
    str_add_sv(c.text, text);
}

static void put_f64(struct cell *c, double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    arrow_add_f64(c->b, v);
    str_addf(c->text, "%016" PRIx64, bits);
    c->number = v;
}

static void put_i64(struct cell *c, enum arrow_kind kind, int64_t v) {
    arrow_add_i64(c->b, v);
    switch ((int)kind) {
    case ARROW_I8:
        v = ((v & 0xff) ^ 0x80) - 0x80;
        break;
    case ARROW_I16:
        v = (int16_t)v;
        break;
    case ARROW_I32:
    case ARROW_DATE:
        v = (int32_t)v;
        break;
    case ARROW_U8:
        v = (uint8_t)v;
        break;
    case ARROW_U16:
        v = (uint16_t)v;
        break;
    case ARROW_U32:
        v = (uint32_t)v;
        break;
    default:
        break;
    }
    if (kind == ARROW_U64) {
        str_addf(c->text, "%" PRIu64, (uint64_t)v);
    } else {
        str_addf(c->text, "%" PRId64, v);
    }
    c->number = (double)(v % 1000);
}

static struct sv word(int64_t row) {
    static const char *const words[] = {"linux",
                                        "windows",
                                        "macosx",
                                        "",
                                        "android",
                                        "d\xc3\xa9j\xc3\xa0",
                                        "\xe6\x80\xa7\xe8\x83\xbd"};
    return sv_cstr(words[(uint64_t)row % 7]);
}

static struct sv sentence(char out[64], int64_t row) {
    int n = row % 9 == 0 ? 0
                         : snprintf(out, 64, "%s regressed \xf0\x9f\x90\x8e \"%d\" %lld",
                                    word(row).ptr, (int)(row % 100), (long long)row);
    return sv_make(out, (size_t)n);
}

static void put_ids(struct cell c, int64_t row, bool tags) {
    arrow_list_begin(c.b);
    str_add_byte(c.text, '[');
    for (int64_t i = 0; i < row % 4; i++) {
        struct cell item = {arrow_child(c.b, 0), c.text, 0};
        str_add_cstr(c.text, i ? "," : "");
        if ((row + i) % 5 == 0) {
            put_null(item);
        } else if (tags) {
            put_text(item, word(row + i));
        } else {
            put_i64(&item, ARROW_I64, row * 100 + i);
        }
    }
    arrow_list_end(c.b);
    str_add_byte(c.text, ']');
}

static void put_tests(struct cell c, int64_t row) {
    char buf[64];
    arrow_list_begin(c.b);
    str_add_byte(c.text, '[');
    for (int64_t i = 0; i < row % 3; i++) {
        struct arrow_builder *item = arrow_child(c.b, 0);
        struct cell id = {arrow_child(item, 0), c.text, 0};
        struct cell note = {arrow_child(item, 1), c.text, 0};
        struct cell suite = {arrow_child(item, 2), c.text, 0};
        struct cell value = {arrow_child(item, 3), c.text, 0};
        str_add_cstr(c.text, i ? ",{" : "{");
        put_i64(&id, ARROW_I64, -row - i);
        str_add_byte(c.text, ',');
        put_text(note, sentence(buf, row + i));
        str_add_byte(c.text, ',');
        put_text(suite, word(row + i));
        str_add_byte(c.text, ',');
        put_f64(&value, (double)row / 16);
        str_add_byte(c.text, '}');
        arrow_struct_end(item);
    }
    arrow_list_end(c.b);
    str_add_byte(c.text, ']');
}

static void put_pair(struct cell c, int64_t row) {
    struct cell left = {arrow_child(c.b, 0), c.text, 0};
    struct cell right = {arrow_child(c.b, 1), c.text, 0};
    str_add_byte(c.text, '{');
    put_i64(&left, ARROW_I32, row);
    str_add_byte(c.text, ',');
    put_text(right, word(row / 2));
    str_add_byte(c.text, '}');
    arrow_struct_end(c.b);
}

static void put_hash(struct cell c, int64_t row) {
    unsigned char bytes[20];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)((uint64_t)row * 31 + i * 7);
        str_addf(c.text, "%02x", bytes[i]);
    }
    arrow_add_text(c.b, sv_make((const char *)bytes, sizeof bytes));
}

static void put_cell(struct cell *c, const struct arrow_field *f, int64_t row) {
    char buf[64];
    switch ((int)f->kind) {
    case ARROW_NULL:
        put_null(*c);
        return;
    case ARROW_BOOL:
        arrow_add_bool(c->b, row % 3 == 0);
        str_add_cstr(c->text, row % 3 == 0 ? "true" : "false");
        return;
    case ARROW_F32:
    case ARROW_F64:
        put_f64(c, (double)(row % 5000) / 8 - 100);
        return;
    case ARROW_UTF8:
    case ARROW_LARGE_UTF8:
        put_text(*c, sentence(buf, row));
        return;
    case ARROW_DICT:
        put_text(*c, word(row));
        return;
    case ARROW_FIXED_BINARY:
        put_hash(*c, row);
        return;
    case ARROW_LIST:
        if (f->children[0].kind == ARROW_STRUCT) {
            put_tests(*c, row);
        } else {
            put_ids(*c, row, f->children[0].kind == ARROW_DICT);
        }
        return;
    case ARROW_STRUCT:
        put_pair(*c, row);
        return;
    default:
        put_i64(c, f->kind, (row - 3) * 1000003);
    }
}

// --- one file ----------------------------------------------------------------------------------

struct column_sum {
    int64_t n_nulls;
    double sum;
    uint32_t checksum; // FNV-1a over the cells, each followed by a line feed
};

static uint32_t fnv(uint32_t h, struct sv text) {
    for (size_t i = 0; i < text.len; i++) {
        h = (h ^ (unsigned char)text.ptr[i]) * 16777619U;
    }
    return h;
}

static void json_text(FILE *out, struct sv text) {
    fputc('"', out);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') {
            fputc('\\', out);
        }
        fputc(text.ptr[i], out);
    }
    fputc('"', out);
}

struct sample {
    const char *name;
    int64_t n_rows;
    int null_every; // 0 = none, 1 = all
};

// The first rows, those at the border of the first batch, and the last.
static bool is_shown(const struct sample *s, int64_t row) {
    return row < 2 || row == 65535 || row == 65536 || row + 2 >= s->n_rows;
}

static void write_rows(struct arrow_writer *w, const struct sample *s, struct column_sum *sums,
                       FILE *json) {
    struct err err = ERR_INIT;
    struct str text = STR_INIT;
    const char *separator = "";
    fprintf(json, "  \"shown\": {");
    for (int64_t row = 0; row < s->n_rows; row++) {
        bool shown = is_shown(s, row);
        if (shown) {
            fprintf(json, "%s\n    \"%" PRId64 "\": [", separator, row);
            separator = ",";
        }
        for (size_t i = 0; i < N_COLS; i++) {
            str_clear(&text);
            struct cell c = {arrow_column(w, i), &text, 0};
            bool is_null = s->null_every && (row + (int64_t)i) % s->null_every == 0;
            if (is_null) {
                put_null(c);
            } else {
                put_cell(&c, &columns[i].field, row);
            }
            sums[i].n_nulls += is_null || columns[i].field.kind == ARROW_NULL;
            sums[i].sum += c.number;
            sums[i].checksum = fnv(fnv(sums[i].checksum, str_sv(&text)), SV("\n"));
            if (shown) {
                fputs(i ? ", " : "", json);
                json_text(json, str_sv(&text));
            }
        }
        fputs(shown ? "]" : "", json);
        if (!arrow_row_end(w, &err)) {
            die("row", &err);
        }
    }
    fprintf(json, "},\n");
    str_done(&text);
}

static void write_sample(const char *dir, const struct sample *s, FILE *json) {
    struct err err = ERR_INIT;
    struct arrow_field fields[N_COLS];
    struct column_sum sums[N_COLS];
    for (size_t i = 0; i < N_COLS; i++) {
        fields[i] = columns[i].field;
        fields[i].nullable = true;
        sums[i] = (struct column_sum){.checksum = 2166136261U};
    }
    struct arrow_pair meta[] = {{SV("culprit:format"), SV("1")},
                                {SV("culprit:dataset"), sv_cstr(s->name)}};
    struct arrow_schema schema = {fields, N_COLS, meta, 2};
    struct arrow_writer *w = arrow_writer_new(&schema, dir, &err);
    if (!w) {
        die("schema", &err);
    }
    fprintf(json, "{\"name\": \"%s\", \"rows\": %" PRId64 ",\n", s->name, s->n_rows);
    write_rows(w, s, sums, json);
    fprintf(json, "  \"columns\": [");
    for (size_t i = 0; i < N_COLS; i++) {
        fprintf(json,
                "%s\n    {\"name\": \"%s\", \"type\": \"%s\", \"nulls\": %" PRId64
                ", \"sum\": %.17g, \"checksum\": %u}",
                i ? "," : "", fields[i].name.ptr, columns[i].type, sums[i].n_nulls, sums[i].sum,
                sums[i].checksum);
    }
    fprintf(json, "]}");
    struct str path = STR_INIT;
    str_addf(&path, "%s/%s.arrow", dir, s->name);
    int fd = open(path.ptr, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    struct arrow_pair extra = {SV("culprit:note"), SV("written at the end")};
    struct arrow_footer_info info = {"2025-10-25T10:00:00Z", &extra, 1};
    if (fd < 0 || !arrow_finish(w, fd, &info, NULL, NULL, &err)) {
        die(path.ptr, &err);
    }
    close(fd);
    str_done(&path);
    arrow_writer_free(w);
}

static int write_all(const char *dir) {
    static const struct sample samples[] = {
        {"empty", 0, 0},          {"one", 1, 0},         {"no_nulls", 1000, 0},
        {"some_nulls", 70000, 3}, {"all_nulls", 100, 1}, {"three_batches", 140000, 11},
    };
    struct str path = STR_INIT;
    str_addf(&path, "%s/expect.json", dir);
    FILE *json = fopen(path.ptr, "w");
    if (!json) {
        perror(path.ptr);
        return 1;
    }
    for (size_t i = 0; i < COUNTOF(samples); i++) {
        fputs(i ? ",\n" : "[", json);
        write_sample(dir, &samples[i], json);
    }
    fputs("]\n", json);
    int failed = fclose(json);
    str_done(&path);
    return failed ? 1 : 0;
}

// --- comparing ---------------------------------------------------------------------------------

static struct arrow_file *open_checked(const char *path) {
    struct err err = ERR_INIT;
    struct arrow_file *file = arrow_open(path, NULL, &err);
    if (!file || !arrow_check_full(file, &err)) {
        die("cannot read", &err);
    }
    return file;
}

static void compare_row(struct arrow_file *a, struct arrow_file *b, int64_t row) {
    struct err err = ERR_INIT;
    int64_t slot_a;
    int64_t slot_b;
    const struct arrow_batch *in_a = arrow_batch(a, arrow_find_batch(a, row, &slot_a), &err);
    const struct arrow_batch *in_b = arrow_batch(b, arrow_find_batch(b, row, &slot_b), &err);
    if (!in_a || !in_b) {
        die("batch", &err);
    }
    for (size_t i = 0; i < arrow_schema(a)->n_fields; i++) {
        if (!arrow_cell_equal(&in_a->cols[i], slot_a, &in_b->cols[i], slot_b)) {
            fprintf(stderr, "make_sample: %s: row %" PRId64 ", column %.*s differs\n",
                    arrow_path(b), row, SV_ARG(arrow_schema(a)->fields[i].name));
            exit(1);
        }
    }
}

static int compare(const char *path_a, const char *path_b) {
    struct arrow_file *a = open_checked(path_a);
    struct arrow_file *b = open_checked(path_b);
    int64_t n_rows = arrow_n_rows(a);
    if (n_rows != arrow_n_rows(b) || arrow_schema(a)->n_fields != arrow_schema(b)->n_fields) {
        fprintf(stderr, "make_sample: %s: %" PRId64 " rows, expected %" PRId64 "\n", path_b,
                arrow_n_rows(b), n_rows);
        return 1;
    }
    for (size_t i = 0; i < arrow_schema(a)->n_fields; i++) {
        if (!arrow_field_equal(&arrow_schema(a)->fields[i], &arrow_schema(b)->fields[i])) {
            fprintf(stderr, "make_sample: %s: column %zu has another type\n", path_b, i);
            return 1;
        }
    }
    for (int64_t row = 0; row < n_rows; row++) {
        compare_row(a, b, row);
    }
    printf("%s: %" PRId64 " rows equal\n", path_b, n_rows);
    arrow_unref(a);
    arrow_unref(b);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        return write_all(argv[2]);
    }
    if (argc == 4 && strcmp(argv[1], "compare") == 0) {
        return compare(argv[2], argv[3]);
    }
    fprintf(stderr, "usage: make_sample write DIR | make_sample compare A.arrow B.arrow\n");
    return 2;
}
