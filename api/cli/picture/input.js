// SPDX-License-Identifier: Apache-2.0
// input.js - what keys, mouse and the address do to the view. Only listen() knows a document.

const SPAN_MIN = 50;

function newView(end) {
    return {t0: 0, t1: end, scroll: 0, open: new Set(), more: new Map(), chosen: null, pod: null,
            mode: 'rows', order: 'trouble', filter: '', theme: null};
}

// ---- time ---------------------------------------------------------------------------------------

function setTime(view, end, t0, t1) {
    const span = Math.min(Math.max(t1 - t0, SPAN_MIN), end);
    const from = Math.min(Math.max(0, t0), end - span);

    view.t0 = from;
    view.t1 = from + span;
}

// In (below 1) or out, so that `at` stays where it is.
function zoom(view, end, at, factor) {
    const span = Math.min(Math.max((view.t1 - view.t0) * factor, Math.min(SPAN_MIN, end)), end);
    const share = (at - view.t0) / (view.t1 - view.t0);

    setTime(view, end, at - share * span, at - share * span + span);
}

function pan(view, end, by) {
    const span = view.t1 - view.t0;

    setTime(view, end, Math.min(Math.max(0, view.t0 + by), end - span),
            Math.min(Math.max(0, view.t0 + by), end - span) + span);
}

// ---- address ------------------------------------------------------------------------------------

function toAddress(view, end) {
    const parts = [];
    const put = (key, value) => parts.push(key + '=' + encodeURIComponent(value));

    if (view.t0 !== 0 || view.t1 !== end)
        put('t', view.t0 + ',' + view.t1);
    if (view.scroll !== 0)
        put('y', view.scroll);
    if (view.order !== 'trouble')
        put('order', view.order);
    if (view.mode !== 'rows')
        put('mode', view.mode);
    if (view.filter !== '')
        put('filter', view.filter);
    if (view.theme !== null)
        put('theme', view.theme);
    if (view.pod !== null)
        put('pod', view.pod);
    if (view.chosen !== null)
        put('row', view.chosen);
    for (const key of view.open)
        put('open', key);
    for (const [key, n] of view.more)
        put('more', n + ' ' + key);
    return parts.join('&');
}

function fromAddress(view, text, end, pods) {
    for (const part of text.split('&')) {
        const [key, coded] = part.split('=');
        let value;

        try {
            value = decodeURIComponent(coded || '');
        } catch {
            continue; // an address that somebody has cut
        }
        const numbers = value.split(',').map(Number);

        if (key === 't' && numbers.length === 2 && numbers.every(Number.isFinite))
            setTime(view, end, numbers[0], numbers[1]);
        else if (key === 'y' && numbers[0] >= 0)
            view.scroll = numbers[0];
        else if (key === 'order' && Object.hasOwn(ORDER, value))
            view.order = value;
        else if (key === 'mode' && ['rows', 'map', 'table'].includes(value))
            view.mode = value;
        else if (key === 'filter')
            view.filter = value;
        else if (key === 'theme' && (value === 'light' || value === 'dark'))
            view.theme = value;
        else if (key === 'pod' && Number.isInteger(numbers[0]) && numbers[0] >= 0 &&
                 numbers[0] < pods)
            view.pod = numbers[0];
        else if (key === 'row')
            view.chosen = value;
        else if (key === 'open')
            view.open.add(value);
        else if (key === 'more' && parseInt(value, 10) > 0)
            view.more.set(value.replace(/^\d+ /, ''), parseInt(value, 10));
    }
}

// ---- keys ---------------------------------------------------------------------------------------

function scrollTo(r, y) {
    const room = r.place ? r.place.height - TOP : 0;

    r.view.scroll = Math.round(Math.min(Math.max(0, y), Math.max(0, r.layout.height - room)));
}

function chooseBy(r, step) {
    const rows = r.layout.rows, at = rows.findIndex((x) => x.key === r.view.chosen);
    const next = rows[Math.min(Math.max(0, at < 0 ? 0 : at + step), rows.length - 1)];

    if (next === undefined)
        return;
    r.view.chosen = next.key;
    if (next.y < r.view.scroll)
        scrollTo(r, next.y);
    else if (r.place && next.y + next.h > r.view.scroll + r.place.height - TOP)
        scrollTo(r, next.y + next.h - (r.place.height - TOP));
    r.say(rowText(r.m, next, r.view.t1));
}

function openRow(r, row) {
    if (row === undefined)
        return;
    if (row.type === 'pod')
        r.view.pod = r.view.pod === row.pod.index ? null : row.pod.index;
    else
        toggle(r.view, row);
}

function openAll(r) {
    const rows = r.layout.rows.filter((x) => x.type === 'workload');
    const closed = rows.filter((x) => !x.open);

    for (const row of closed.length > 0 ? closed : rows)
        toggle(r.view, row);
}

function goToTrouble(r, forward) {
    const middle = (r.view.t0 + r.view.t1) / 2, span = r.view.t1 - r.view.t0;
    const whole = span >= r.m.end, from = whole ? (forward ? -1 : r.m.end + 1) : middle;
    const at = troubleFrom(r.m, forward ? from + 0.5 : from - 0.5, forward);

    if (at === null) {
        r.say('no ' + (forward ? 'later' : 'earlier') + ' trouble');
        return;
    }
    const wide = whole ? Math.max(SPAN_MIN, r.m.end / 10) : span;

    setTime(r.view, r.m.end, at - wide / 2, at + wide / 2);
    r.say('trouble at ' + clockText(at, 1));
}

function setMode(r, mode) {
    r.view.mode = r.view.mode === mode ? 'rows' : mode;
}

// True: the key meant something here.
function onKey(r, key) {
    const span = r.view.t1 - r.view.t0, middle = (r.view.t0 + r.view.t1) / 2, end = r.m.end;
    const does = {
        '+': () => zoom(r.view, end, middle, 0.5), '=': () => zoom(r.view, end, middle, 0.5),
        w: () => zoom(r.view, end, middle, 0.5),
        '-': () => zoom(r.view, end, middle, 2), s: () => zoom(r.view, end, middle, 2),
        ArrowLeft: () => pan(r.view, end, -span / 5), a: () => pan(r.view, end, -span / 5),
        ArrowRight: () => pan(r.view, end, span / 5), d: () => pan(r.view, end, span / 5),
        0: () => setTime(r.view, end, 0, end),
        ArrowUp: () => chooseBy(r, -1), ArrowDown: () => chooseBy(r, 1),
        PageUp: () => scrollTo(r, r.view.scroll - (r.place ? r.place.height - TOP : 400)),
        PageDown: () => scrollTo(r, r.view.scroll + (r.place ? r.place.height - TOP : 400)),
        Home: () => scrollTo(r, 0), End: () => scrollTo(r, Infinity),
        Enter: () => openRow(r, r.layout.rows.find((x) => x.key === r.view.chosen)),
        e: () => openAll(r), n: () => goToTrouble(r, true), N: () => goToTrouble(r, false),
        m: () => setMode(r, 'map'), t: () => setMode(r, 'table'), l: () => r.otherTheme(),
        '/': () => r.toFilter(), '?': () => r.help(),
        Escape: () => {
            if (r.view.pod !== null)
                r.view.pod = null;
            else
                r.view.filter = '';
        },
    };

    if (!Object.hasOwn(does, key))
        return false;
    does[key]();
    return true;
}

// ---- mouse --------------------------------------------------------------------------------------

function rowAt(r, y) {
    const at = y - TOP + r.view.scroll;

    return y < TOP || r.view.mode !== 'rows' ? undefined
        : r.layout.rows.find((row) => at >= row.y && at < row.y + row.h);
}

// The nearest things that a pod has told, by their distance in time.
function nearLines(m, p, at, reach) {
    return linesOf(m, p).filter((l) => Math.abs(l.at - at) <= reach && l.shape.field !== 'object')
        .sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at)).slice(0, 6)
        .sort((a, b) => a.at - b.at)
        .map((l) => clockText(l.at, 1) + ' ' + lineText(l, p));
}

function lineText(l, p) {
    const s = l.shape, again = s.argument === 2 ? ' \u00d7 ' + grouped(l.n) + ', every ' +
        spanText(l.period) : '';

    if (s.kind !== 2)
        return s.reason + (s.message !== '' ? ' ' + messageOf(s, p) : '') + again;
    if (s.field === 'state' && s.to === 'Terminated')
        return 'exit ' + s.exit + ' ' + s.reason + (s.message !== '' ? ': ' + messageOf(s, p) : '');
    if (s.field === 'restartCount')
        return 'restart #' + l.n;
    return s.field + ' \u2192 ' + (s.argument === 1 ? l.n : s.to) +
        (s.reason !== '' ? ' (' + s.reason + ')' : '') +
        (s.message !== '' ? ': ' + messageOf(s, p) : '');
}

// What is told of the place under the pointer; '': nothing.
function tipText(r, x, y) {
    const row = rowAt(r, y), at = timeOf(r.view, r.place, x);
    const step = stepFor(r.view.t1 - r.view.t0, r.place.w);
    const when = clockText(at, Math.max(1, step / 2));

    if (x < r.place.x || x > r.place.x + r.place.w)
        return '';
    if (row === undefined) {
        const s = r.m.steps.filter((t) => Math.abs(xOf(r.view, r.place, t.at_ms) - x) < 6);

        if (y < TOP && s.length > 0)
            return s.map((t) => clockText(t.at_ms, 1) + ' ' + t.text).join('\n');
        return y < 34 ? countsText(countsAt(r.m.pods, (x - r.place.x) / r.place.w * r.m.end)) : '';
    }
    if (row.type === 'client') {
        const {length, bins} = binsOf(row.client, r.view.t0, r.view.t1, r.place.w);
        const b = bins.find((q) => at >= q.at && at < q.at + length);
        const rate = (n) => rateText(n / length * 1000);

        return b === undefined ? '' : when + ' ' + rate(b.requests) + ' requests/s, ' +
            rate(b.attempts) + ' attempts/s' +
            OUTCOMES.filter((o) => b[o] > 0).map((o) => '\n' + rate(b[o]) + ' ' + o).join('');
    }
    if (row.type === 'pod') {
        const cls = laneAt(row.pod, at), reach = (r.view.t1 - r.view.t0) / r.place.w * 8;

        return [when + ' ' + row.pod.name, cls >= 0 ? CLASS[cls].text : 'not there',
                ...nearLines(r.m, row.pod, at, reach)].join('\n');
    }
    return row.lanes === undefined ? '' : when + ' ' + countsText(countsAt(row.lanes, at));
}

function onWheel(r, e, x) {
    const at = timeOf(r.view, r.place, x), span = r.view.t1 - r.view.t0;

    if (e.ctrlKey || e.metaKey)
        zoom(r.view, r.m.end, at, Math.exp(Math.max(-200, Math.min(200, e.deltaY)) / 300));
    else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY))
        pan(r.view, r.m.end, (e.deltaX || e.deltaY) / r.place.w * span);
    else
        scrollTo(r, r.view.scroll + e.deltaY);
}

function onDrag(r, drag, x, y) {
    const span = drag.t1 - drag.t0, end = r.m.end;

    if (drag.brush) {
        const time = (at) => Math.min(end, Math.max(0, (at - r.place.x) / r.place.w * end));

        setTime(r.view, end, Math.min(time(drag.x), time(x)), Math.max(time(drag.x), time(x)));
    } else {
        const from = Math.min(Math.max(0, drag.t0 - (x - drag.x) / r.place.w * span), end - span);

        setTime(r.view, end, from, from + span);
        scrollTo(r, drag.scroll - (y - drag.y));
    }
}

function listen(r, canvas) {
    let drag = null;
    const place = (e) => {
        const box = canvas.getBoundingClientRect();

        return [e.clientX - box.left, e.clientY - box.top];
    };

    canvas.addEventListener('wheel', (e) => {
        e.preventDefault();
        onWheel(r, e, place(e)[0]);
        r.show();
    }, {passive: false});
    canvas.addEventListener('pointerdown', (e) => {
        const [x, y] = place(e);

        drag = {x, y, t0: r.view.t0, t1: r.view.t1, scroll: r.view.scroll, brush: y < AXIS_Y,
                moved: false};
        canvas.setPointerCapture(e.pointerId);
    });
    canvas.addEventListener('pointermove', (e) => {
        const [x, y] = place(e);

        if (drag === null) {
            r.tip(tipText(r, x, y), e.clientX, e.clientY);
            return;
        }
        drag.moved = drag.moved || Math.abs(x - drag.x) > 3 || Math.abs(y - drag.y) > 3;
        if (drag.moved && drag.x >= r.place.x) {
            onDrag(r, drag, x, y);
            r.show();
        }
    });
    canvas.addEventListener('pointerup', (e) => {
        const row = rowAt(r, place(e)[1]), clicked = drag !== null && !drag.moved;

        drag = null;
        if (clicked && row !== undefined) {
            r.view.chosen = row.key;
            openRow(r, row);
            r.show();
        }
    });
    canvas.addEventListener('pointercancel', () => { drag = null; });
    canvas.addEventListener('pointerleave', () => r.tip('', 0, 0));
}
