#include "base/utf8.h"
#include "term/key.h"

enum { LONGEST_WORD = 64 };

void key_script_init(struct key_script *script, const char *name, struct sv text) {
    *script = (struct key_script){.text = text, .name = name, .line = 1};
}

static enum key_token fail(struct key_script *s, struct err *err) {
    err_prefix(err, "%s:%zu", s->name, s->line);
    s->at = s->text.len;
    s->quote_end = 0;
    return KEY_SCRIPT_ERROR;
}

static char byte_at(const struct key_script *s, size_t at) {
    return at < s->text.len ? s->text.ptr[at] : 0;
}

static size_t line_end(const struct key_script *s, size_t at) {
    while (at < s->text.len && s->text.ptr[at] != '\n') {
        at++;
    }
    return at;
}

// To the first byte of the next token.
static void skip_blanks(struct key_script *s) {
    while (s->at < s->text.len) {
        char c = s->text.ptr[s->at];
        if (c == '#') {
            s->at = line_end(s, s->at);
        } else if (c == '\n') {
            s->line++;
            s->at++;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            s->at++;
        } else {
            return;
        }
    }
}

static enum key_token take_directive(struct key_script *s, struct sv *directive) {
    size_t end = line_end(s, s->at);
    *directive = sv_trim(sv_sub(s->text, s->at + 1, end - s->at - 1));
    s->at = end;
    return KEY_SCRIPT_DIRECTIVE;
}

static bool starts_line(const struct key_script *s) {
    return s->at == 0 || s->text.ptr[s->at - 1] == '\n';
}

// The offset of the closing quote, or the text's length when there is none.
static size_t find_quote(const struct key_script *s, size_t at) {
    for (; at < s->text.len && s->text.ptr[at] != '\n'; at++) {
        if (s->text.ptr[at] == '\\' && byte_at(s, at + 1) != '\n') {
            at++;
        } else if (s->text.ptr[at] == '"') {
            return at;
        }
    }
    return s->text.len;
}

static bool take_escape(struct key_script *s, struct key *key, struct err *err) {
    char c = byte_at(s, s->at + 1);
    s->at += 2;
    switch (c) {
    case 'n':
        *key = (struct key){.kind = K_ENTER};
        return true;
    case 't':
        *key = (struct key){.kind = K_TAB};
        return true;
    case '"':
    case '\\':
        *key = key_char((unsigned char)c);
        return true;
    default:
        return err_set(err, ERR_FORMAT, "in quotes, \\ must be followed by n, t, \" or \\");
    }
}

// The next character of a quoted text or of a word of plain characters.
static enum key_token take_typed(struct key_script *s, struct key *key, struct err *err) {
    if (!s->in_word && s->text.ptr[s->at] == '\\') {
        if (!take_escape(s, key, err)) {
            return fail(s, err);
        }
    } else {
        *key = key_char(utf8_next(s->text, &s->at));
    }
    if (s->at >= s->quote_end) {
        s->at = s->quote_end + (s->in_word ? 0 : 1);
        s->quote_end = 0;
    }
    return KEY_SCRIPT_KEY;
}

static enum key_token take_word(struct key_script *s, struct key *key, struct err *err) {
    size_t end = s->at;
    while (end < s->text.len && !strchr(" \t\r\n", s->text.ptr[end])) {
        end++;
    }
    struct sv word = sv_sub(s->text, s->at, end - s->at);
    struct key keys[LONGEST_WORD];
    size_t n = key_parse_seq(word, keys, COUNTOF(keys), err);
    if (n == 0) {
        return fail(s, err);
    }
    if (n > 1) {
        s->quote_end = end;
        s->in_word = true;
        return take_typed(s, key, err);
    }
    *key = keys[0];
    s->at = end;
    return KEY_SCRIPT_KEY;
}

enum key_token key_script_next(struct key_script *script, struct key *key, struct sv *directive,
                               struct err *err) {
    if (script->quote_end) {
        return take_typed(script, key, err);
    }
    for (;;) {
        skip_blanks(script);
        if (script->at >= script->text.len) {
            return KEY_SCRIPT_END;
        }
        if (script->text.ptr[script->at] == '!' && starts_line(script)) {
            return take_directive(script, directive);
        }
        if (script->text.ptr[script->at] != '"') {
            return take_word(script, key, err);
        }
        size_t end = find_quote(script, script->at + 1);
        if (end >= script->text.len) {
            err_set(err, ERR_FORMAT, "a quote is not closed on its line");
            return fail(script, err);
        }
        script->at++;
        if (script->at == end) { // nothing between the quotes
            script->at++;
            continue;
        }
        script->quote_end = end;
        script->in_word = false;
        return take_typed(script, key, err);
    }
}
