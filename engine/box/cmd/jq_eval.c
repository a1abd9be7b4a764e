/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jq_eval.c - the evaluator of jq. Each construct has a function, and a struct for what its
 * continuation must know; the struct begins with the jq_then that it is reached by.
 */
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

const struct jq_path jq_lost;
static const struct jq_path root;

struct step { /* what most continuations need */
    struct jq_then then;
    const struct jq_node *n;
    const struct jq_env *e;
    struct jq_item in, seen;
    const struct jq_then *on;
    bool flag;
};

static struct step step_of(bool (*run)(struct jq *, const struct jq_then *, struct jq_item),
                           const struct jq_node *n, const struct jq_env *e, struct jq_item in,
                           const struct jq_then *on)
{
    return (struct step){{run}, n, e, in, in, on, false};
}

static const struct step *here(const struct jq_then *self)
{
    return (const struct step *)(const void *)self;
}

static struct jq_item plain(struct jq_item in)
{
    in.path = NULL;
    return in;
}

bool jq_send(struct jq *k, const struct jq_then *then, struct jq_val v, const struct jq_item *in)
{
    return then->run(k, then, (struct jq_item){v, in->path != NULL ? &jq_lost : NULL});
}

/* One step down to a value; what is no part of the input has no path. */
static bool step_down(struct jq *k, const struct jq_item *from, struct jq_val key, struct jq_val v,
                      const struct jq_then *then)
{
    struct jq_path p = {from->path, key};

    return then->run(k, then, (struct jq_item){v, from->path != NULL ? &p : NULL});
}

static bool check_path(struct jq *k, const struct jq_item *at)
{
    struct jq_val text;

    if (at->path != &jq_lost)
        return true;
    text = jq_to_json(k, at->v);
    return jq_fail(k, "Invalid path expression with result %.*s", (int)RX_MIN(text.length, 30u),
                   text.text);
}

/* ---- .a, .[1:2], .[] ------------------------------------------------------------------------- */

static bool index_found(struct jq *k, const struct jq_then *self, struct jq_item at)
{
    const struct step *s = here(self);
    struct jq_val v;

    return check_path(k, &at) && jq_index(k, at.v, s->seen.v, &v) &&
           step_down(k, &at, s->seen.v, v, s->on);
}

static bool index_key(struct jq *k, const struct jq_then *self, struct jq_item key)
{
    const struct step *s = here(self);
    struct step next = step_of(index_found, s->n, s->e, s->in, s->on);

    next.seen = key;
    return jq_eval(k, s->n->a, s->e, s->in, &next.then);
}

static bool slice_to(struct jq *k, const struct jq_then *self, struct jq_item to)
{
    const struct step *s = here(self);
    struct step next = step_of(index_found, s->n, s->e, s->in, s->on);

    next.seen.v = jq_slice_key(k, s->seen.v, to.v);
    return jq_eval(k, s->n->a, s->e, s->in, &next.then);
}

static bool slice_from(struct jq *k, const struct jq_then *self, struct jq_item from)
{
    const struct step *s = here(self);
    struct step next = step_of(slice_to, s->n, s->e, s->in, s->on);

    next.seen = from;
    return jq_eval(k, s->n->c, s->e, plain(s->in), &next.then);
}

static bool each_found(struct jq *k, const struct jq_then *self, struct jq_item at)
{
    const struct step *s = here(self);

    if (!check_path(k, &at))
        return false;
    if (at.v.kind != JQ_ARRAY && at.v.kind != JQ_OBJECT) {
        struct jq_val text = jq_to_json(k, at.v);

        if (at.v.kind == JQ_NULL)
            return jq_fail(k, "Cannot iterate over null (null)");
        return jq_fail(k, "Cannot iterate over %s (%.*s%s)", jq_kind_name(at.v),
                       (int)RX_MIN(text.length, 7u), text.text, text.length > 10 ? "..." : "");
    }
    for (uint32_t i = 0; i < at.v.length; i++) {
        bool object = at.v.kind == JQ_OBJECT;

        if (!step_down(k, &at, object ? at.v.pair[i].key : jq_number(i),
                       object ? at.v.pair[i].val : at.v.item[i], s->on))
            return false;
    }
    return true;
}

/* ---- "..", [..], {..} ------------------------------------------------------------------------ */

struct text_step {
    struct jq_then then;
    const struct jq_node *n, *part; /* the part that comes next */
    const struct jq_env *e;
    const struct jq_item *in;
    const struct jq_then *on;
    struct jq_val so_far;
};

static bool text_parts(struct jq *k, const struct text_step *s);

static bool text_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct text_step s = *(const struct text_step *)(const void *)self;
    struct jq_val text;

    if (!jq_format(k, s.n->val.text, v.v, &text))
        return false;
    s.so_far = jq_joined(k, s.so_far, text);
    return text_parts(k, &s);
}

/* Every other part is an expression. */
static bool text_parts(struct jq *k, const struct text_step *s)
{
    struct text_step next = *s;

    next.then.run = text_value;
    next.so_far = jq_joined(k, s->so_far, s->part->val);
    if (s->part->next == NULL)
        return jq_send(k, s->on, next.so_far, s->in);
    next.part = s->part->next->next;
    return jq_eval(k, s->part->next, s->e, plain(*s->in), &next.then);
}

struct list_step {
    struct jq_then then;
    struct jq_list *l;
    bool paths;
};

static bool list_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct list_step *s = (const struct list_step *)(const void *)self;

    if (s->paths && !check_path(k, &v))
        return false;
    return jq_push(k, s->l, s->paths ? jq_path_array(k, v.path) : v.v);
}

bool jq_collect(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_val in,
                bool paths, struct jq_list *l)
{
    struct list_step s = {{list_value}, l, paths};

    return n == NULL || jq_eval(k, n, e, (struct jq_item){in, paths ? &root : NULL}, &s.then);
}

struct object_step {
    struct jq_then then;
    const struct jq_node *entry;
    const struct jq_env *e;
    const struct jq_item *in;
    const struct jq_then *on;
    struct jq_map so_far;
    struct jq_val key;
};

static bool object_entries(struct jq *k, const struct object_step *s);

static bool object_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct object_step s = *(const struct object_step *)(const void *)self;
    struct jq_map copy;

    /* What was made so far may be needed again for the next output. */
    if (!jq_map_of(k, &copy, jq_object(k, &s.so_far)) || !jq_put(k, &copy, s.key, v.v))
        return false;
    s.so_far = copy;
    s.entry = s.entry->next;
    return object_entries(k, &s);
}

static bool object_key(struct jq *k, const struct jq_then *self, struct jq_item key)
{
    struct object_step s = *(const struct object_step *)(const void *)self;

    if (key.v.kind != JQ_STRING) {
        struct jq_val text = jq_to_json(k, key.v);

        return jq_fail(k, "Object keys must be strings, not %s (%.*s)", jq_kind_name(key.v),
                       (int)RX_MIN(text.length, 11u), text.text);
    }
    s.key = key.v;
    s.then.run = object_value;
    return jq_eval(k, s.entry->b, s.e, plain(*s.in), &s.then);
}

static bool object_entries(struct jq *k, const struct object_step *s)
{
    struct object_step next = *s;

    next.then.run = object_key;
    if (s->entry == NULL)
        return jq_send(k, s->on, jq_object(k, &s->so_far), s->in);
    return jq_eval(k, s->entry->a, s->e, plain(*s->in), &next.then);
}

/* ---- |, operators, // ------------------------------------------------------------------------ */

static bool pipe_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct step *s = here(self);

    return jq_eval(k, s->n->b, s->e, v, s->on);
}

static bool binary_left(struct jq *k, const struct jq_then *self, struct jq_item left)
{
    const struct step *s = here(self);
    struct jq_val v;

    return jq_binary(k, (enum jq_binary)s->n->how, left.v, s->seen.v, &v) &&
           jq_send(k, s->on, v, &s->in);
}

static bool binary_right(struct jq *k, const struct jq_then *self, struct jq_item right)
{
    const struct step *s = here(self);
    struct step next = step_of(binary_left, s->n, s->e, s->in, s->on);

    next.seen = right;
    return jq_eval(k, s->n->a, s->e, plain(s->in), &next.then);
}

static bool negate_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct step *s = here(self);

    if (v.v.kind != JQ_NUMBER)
        return jq_fail_kind(k, v.v, "cannot be negated");
    return jq_send(k, s->on, jq_number(-v.v.num), &s->in);
}

static bool logic_right(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct step *s = here(self);

    return jq_send(k, s->on, jq_bool(jq_true(v.v)), &s->in);
}

static bool logic_left(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct step *s = here(self);
    bool is = jq_true(v.v);
    struct step next = step_of(logic_right, s->n, s->e, s->in, s->on);

    if (is == (s->n->op == JQ_OP_OR))
        return jq_send(k, s->on, jq_bool(is), &s->in);
    return jq_eval(k, s->n->b, s->e, plain(s->in), &next.then);
}

struct else_step {
    struct jq_then then;
    const struct jq_then *on;
    bool *any, *beyond; /* beyond: what failed was behind this */
};

static bool else_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct else_step *s = (const struct else_step *)(const void *)self;
    bool ok;

    if (!jq_true(v.v))
        return true;
    *s->any = true;
    ok = s->on->run(k, s->on, v);
    *s->beyond = !ok;
    return ok;
}

static bool eval_else(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    bool any = false, beyond = false;
    struct else_step s = {{else_value}, then, &any, &beyond};

    if (!jq_eval(k, n->a, e, in, &s.then)) {
        if (beyond || !k->failed)
            return false;
        k->failed = false; /* what fails on the left just ends it */
    }
    return any || jq_eval(k, n->b, e, in, then);
}

/* ---- if, try, label -------------------------------------------------------------------------- */

static bool if_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct step *s = here(self);
    const struct jq_node *branch = jq_true(v.v) ? s->n->b : s->n->c;

    return branch != NULL ? jq_eval(k, branch, s->e, s->in, s->on) : s->on->run(k, s->on, s->in);
}

struct try_step {
    struct jq_then then;
    const struct jq_then *on;
    bool *beyond;
};

static bool try_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct try_step *s = (const struct try_step *)(const void *)self;
    bool ok = s->on->run(k, s->on, v);

    *s->beyond = !ok;
    return ok;
}

static bool eval_try(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                     struct jq_item in, const struct jq_then *then)
{
    bool beyond = false;
    struct try_step s = {{try_value}, then, &beyond};

    if (jq_eval(k, n->a, e, in, &s.then))
        return true;
    if (beyond || !k->failed)
        return false;
    k->failed = false;
    return n->b == NULL ||
           jq_eval(k, n->b, e, (struct jq_item){k->error, in.path != NULL ? &jq_lost : NULL}, then);
}

static bool eval_label(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                       struct jq_item in, const struct jq_then *then)
{
    struct jq_env place = {.up = e, .id = n->var};

    if (jq_eval(k, n->a, &place, in, then))
        return true;
    if (k->leaving != &place)
        return false;
    k->leaving = NULL;
    return true;
}

static const struct jq_env *find(struct jq *k, const struct jq_env *e, const void *id)
{
    uint32_t far = 0;

    for (; e != NULL && e->id != id; e = e->up)
        far++;
    sh_charge(k->t, far / 16);
    return e;
}

/* ---- as, reduce, foreach --------------------------------------------------------------------- */

struct bind_step {
    struct jq_then then;
    const struct jq_pattern *q; /* the part to be bound */
    struct jq_val v;            /* of which it is a part */
    uint32_t at;
    const struct jq_env *e;
    const struct bind_step *outer; /* goes on with its next part */
    bool (*done)(struct jq *k, const struct bind_step *s, const struct jq_env *e);
    void *ctx;
};

static bool bind_value(struct jq *k, const struct bind_step *s, const struct jq_pattern *q,
                       struct jq_val v);

/* The next part of an array or object; behind the last, whatever is around it. */
static bool bind_next(struct jq *k, const struct bind_step *s)
{
    struct jq_val v;

    if (s == NULL)
        return true;
    if (s->q == NULL) {
        struct bind_step outer;

        if (s->outer == NULL)
            return s->done(k, s, s->e);
        outer = *s->outer;
        outer.e = s->e;
        outer.q = outer.q->next;
        outer.at++;
        return bind_next(k, &outer);
    }
    if (s->q->key != NULL)
        return jq_eval(k, s->q->key, s->e, (struct jq_item){s->v, NULL}, &s->then);
    return jq_index(k, s->v, jq_number(s->at), &v) && bind_value(k, s, s->q, v);
}

static bool bind_key(struct jq *k, const struct jq_then *self, struct jq_item key)
{
    struct bind_step s = *(const struct bind_step *)(const void *)self;
    struct jq_env e = {.up = s.e, .id = s.q->key_var};
    struct jq_val v;

    if (key.v.kind != JQ_STRING)
        return jq_fail(k, "Cannot index %s with %s", jq_kind_name(s.v), jq_kind_name(key.v));
    if (!jq_index(k, s.v, key.v, &v))
        return false;
    e.val = v;
    if (s.q->key_var != NULL)
        s.e = &e;
    return bind_value(k, &s, s.q, v);
}

static bool bind_value(struct jq *k, const struct bind_step *s, const struct jq_pattern *q,
                       struct jq_val v)
{
    struct bind_step inner = *s;
    struct jq_env e = {.up = s->e, .id = q->var, .val = v};

    inner.outer = s;
    inner.q = q->parts;
    inner.v = v;
    inner.at = 0;
    if (q->var != NULL)
        inner.e = &e;
    return bind_next(k, &inner);
}

/* Binds all of a pattern, and calls done for each way to do so. */
static bool bind(struct jq *k, const struct jq_pattern *q, struct jq_val v, const struct jq_env *e,
                 bool (*done)(struct jq *k, const struct bind_step *s, const struct jq_env *e),
                 void *ctx)
{
    struct bind_step s = {{bind_key}, NULL, v, 0, e, NULL, done, ctx};
    struct jq_env own = {.up = e, .id = q->var, .val = v};

    if (q->var != NULL)
        return done(k, &s, &own);
    s.q = q->parts;
    return bind_next(k, &s);
}

static bool as_done(struct jq *k, const struct bind_step *b, const struct jq_env *e)
{
    const struct step *s = b->ctx;

    return jq_eval(k, s->n->b, e, s->in, s->on);
}

static bool as_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct step s = *here(self);

    return bind(k, s.n->pattern, v.v, s.e, as_done, &s);
}

struct fold {
    struct jq_then then;
    const struct jq_node *n;
    const struct jq_env *e, *bound;
    const struct jq_item *in;
    const struct jq_then *on;
    struct jq_item *state;
};

/* A path lives only as long as what found it: the state of a later round has none. */
static struct jq_item kept(const struct fold *f, struct jq_item v)
{
    return (struct jq_item){v.v, f->in->path != NULL ? &jq_lost : NULL};
}

/* reduce: the last output of the update is the new state, null if there is none. */
static bool reduce_update(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct fold *f = (const struct fold *)(const void *)self;

    (void)k;
    *f->state = kept(f, v);
    return true;
}

static bool reduce_done(struct jq *k, const struct bind_step *b, const struct jq_env *e)
{
    struct fold *f = b->ctx, update = *f;
    struct jq_item was = *f->state;

    update.then.run = reduce_update;
    *f->state = kept(f, (struct jq_item){jq_null(), NULL});
    return jq_eval(k, f->n->c, e, was, &update.then);
}

static bool foreach_update(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct fold *f = (const struct fold *)(const void *)self;

    *f->state = kept(f, v);
    return f->n->d != NULL ? jq_eval(k, f->n->d, f->bound, v, f->on) : f->on->run(k, f->on, v);
}

static bool foreach_done(struct jq *k, const struct bind_step *b, const struct jq_env *e)
{
    struct fold *f = b->ctx, update = *f;

    update.then.run = foreach_update;
    update.bound = e;
    return jq_eval(k, f->n->c, e, *f->state, &update.then);
}

static bool fold_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct fold f = *(const struct fold *)(const void *)self;

    return bind(k, f.n->pattern, v.v, f.e, f.n->op == JQ_OP_REDUCE ? reduce_done : foreach_done,
                &f);
}

static bool fold_start(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    const struct step *s = here(self);
    struct jq_item state = v;
    struct fold f = {{fold_value}, s->n, s->e, NULL, &s->in, s->on, &state};

    if (!jq_eval(k, s->n->a, s->e, plain(s->in), &f.then))
        return false;
    return s->n->op == JQ_OP_FOREACH || s->on->run(k, s->on, state);
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct call_step {
    struct jq_then then;
    const struct jq_node *n, *arg;
    const struct jq_env *e, *callee; /* the caller's, and what is bound so far */
    struct jq_item in;
    const struct jq_then *on;
    uint32_t i;
};

static bool call_bind(struct jq *k, const struct call_step *s);

static bool call_value(struct jq *k, const struct jq_then *self, struct jq_item v)
{
    struct call_step s = *(const struct call_step *)(const void *)self;
    struct jq_env e = {.up = s.callee, .id = s.n->def->value[s.i], .val = v.v};

    s.callee = &e;
    s.i++;
    s.arg = s.arg->next;
    return call_bind(k, &s);
}

static bool call_bind(struct jq *k, const struct call_step *s)
{
    const struct jq_def *d = s->n->def;
    struct call_step next = *s;
    struct jq_env e;

    if (s->i == d->params)
        return jq_eval(k, d->body, s->callee, s->in, s->on);
    e = (struct jq_env){.up = s->callee, .id = &d->param[s->i], .closure = s->arg, .where = s->e};
    next.callee = &e;
    if (d->value[s->i] != NULL) {
        next.then.run = call_value;
        return jq_eval(k, s->arg, s->e, plain(s->in), &next.then);
    }
    next.i++;
    next.arg = s->arg->next;
    return call_bind(k, &next);
}

static bool eval_call(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    const struct jq_env *found = n->def->global ? NULL : find(k, e, n->def);
    struct call_step s = {{call_value}, n, n->a, e, found, in, then, 0};

    if (n->def->body == NULL) /* a closure */
        return found != NULL && jq_eval(k, found->closure, found->where, in, then);
    return call_bind(k, &s);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool eval_list(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    struct jq_list l = {0};

    return jq_collect(k, n->a, e, in.v, false, &l) && jq_send(k, then, jq_array(k, &l), &in);
}

/* One evaluation of one node, whose first operand goes to a continuation. */
static bool eval_operands(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                          struct jq_item in, const struct jq_then *then)
{
    static const struct {
        bool (*run)(struct jq *, const struct jq_then *, struct jq_item);
        bool second, paths; /* begins with b; its operand may be a path */
    } how[] = {
        [JQ_OP_INDEX] = {index_key, true, false},  [JQ_OP_SLICE] = {slice_from, true, false},
        [JQ_OP_EACH] = {each_found, false, true},  [JQ_OP_NEGATE] = {negate_value, false, false},
        [JQ_OP_PIPE] = {pipe_value, false, true},  [JQ_OP_BINARY] = {binary_right, true, false},
        [JQ_OP_AND] = {logic_left, false, false},  [JQ_OP_OR] = {logic_left, false, false},
        [JQ_OP_IF] = {if_value, false, false},     [JQ_OP_AS] = {as_value, false, false},
        [JQ_OP_REDUCE] = {fold_start, true, true}, [JQ_OP_FOREACH] = {fold_start, true, true},
    };
    struct step s = step_of(how[n->op].run, n, e, in, then);

    return jq_eval(k, how[n->op].second ? n->b : n->a, e, how[n->op].paths ? in : plain(in),
                   &s.then);
}

static bool format_input(struct jq *k, const struct jq_node *n, struct jq_item in,
                         const struct jq_then *then)
{
    struct jq_val v;

    return jq_format(k, n->val.text, in.v, &v) && jq_send(k, then, v, &in);
}

static bool eval_node(struct jq *k, const struct jq_node *n, const struct jq_env *e,
                      struct jq_item in, const struct jq_then *then)
{
    const struct jq_env *found;

    switch (n->op) {
    case JQ_OP_IDENTITY:
        return then->run(k, then, in);
    case JQ_OP_LITERAL:
        return jq_send(k, then, n->val, &in);
    case JQ_OP_TEXT: {
        struct text_step s = {{text_value}, n, n->a, e, &in, then, jq_words("")};

        return text_parts(k, &s);
    }
    case JQ_OP_FORMAT:
        return format_input(k, n, in, then);
    case JQ_OP_LIST:
        return eval_list(k, n, e, in, then);
    case JQ_OP_OBJECT: {
        struct object_step s = {{object_key}, n->a, e, &in, then, {0}, jq_null()};

        return object_entries(k, &s);
    }
    case JQ_OP_COMMA:
        return jq_eval(k, n->a, e, in, then) && jq_eval(k, n->b, e, in, then);
    case JQ_OP_ELSE:
        return eval_else(k, n, e, in, then);
    case JQ_OP_ASSIGN:
    case JQ_OP_MODIFY:
    case JQ_OP_UPDATE:
        return jq_assign(k, n, e, in, then);
    case JQ_OP_TRY:
        return eval_try(k, n, e, in, then);
    case JQ_OP_DEF: {
        struct jq_env own = {.up = e, .id = n->def};

        return jq_eval(k, n->a, &own, in, then);
    }
    case JQ_OP_CALL:
        return eval_call(k, n, e, in, then);
    case JQ_OP_NATIVE:
        return jq_native(k, n, e, in, then);
    case JQ_OP_VAR:
        found = find(k, e, n->var);
        return found != NULL && jq_send(k, then, found->val, &in);
    case JQ_OP_LABEL:
        return eval_label(k, n, e, in, then);
    case JQ_OP_BREAK:
        k->leaving = find(k, e, n->var);
        return false;
    default:
        return eval_operands(k, n, e, in, then);
    }
}

bool jq_eval(struct jq *k, const struct jq_node *n, const struct jq_env *e, struct jq_item in,
             const struct jq_then *then)
{
    bool ok;

    if (!sh_charge(k->t, 1) || k->t->proc->over || k->t->doomed != 0)
        return false;
    if (++k->depth > JQ_EVAL_DEPTH) {
        sh_limit(k->t, "jq: a program calls itself too deep");
        return false;
    }
    ok = eval_node(k, n, e, in, then);
    k->depth--;
    return ok;
}
