// SPDX-License-Identifier: Apache-2.0
// rows.js - which rows there are, in which order, and where. It knows no document.

const FEW_PODS = 40, FEW_WORKLOADS = 40, PODS_AT_ONCE = 500;
const HEIGHT = {client: 86, workload: 30, single: 46, set: 15, endpoints: 34, pod: 18, more: 18,
                quiet: 30};

// ---- filter -------------------------------------------------------------------------------------

// STATUS words are those of classes: what a lane was called is not kept, what it has told is.
function hadStatus(m, p, part) {
    return recordsOf(m, p).some((i) => {
        const s = m.log.shapes[m.log.shape[i]];

        return s.field === 'status' && s.to.toLowerCase().includes(part);
    });
}

function compare(n, how, to) {
    return how === '>' ? n > to : how === '<' ? n < to : how === '>=' ? n >= to
        : how === '<=' ? n <= to : n === to;
}

function termTest(m, term) {
    const lower = term.toLowerCase();
    const number = /^(restarts|failures)(>=|<=|>|<|=)(\d+)$/.exec(lower);
    const named = /^(ns|kind|workload|node|status):(.*)$/.exec(lower);
    const label = /^([^=!<>:]+)(!=|=)(.*)$/.exec(term);

    if (lower === 'trouble')
        return (p) => p.trouble > 0;
    if (number !== null)
        return (p) => compare(p[number[1]], number[2], Number(number[3]));
    if (named !== null) {
        const [, what, part] = named;

        return what === 'ns' ? (p) => p.ns.includes(part)
            : what === 'kind' ? (p) => (p.workload.kind || 'pod').startsWith(part)
            : what === 'workload' ? (p) => p.workload.name.includes(part)
            : what === 'node' ? (p) => p.node.includes(part)
            : (p) => hadStatus(m, p, part);
    }
    if (label !== null)
        return (p) => (labelOf(p, label[1]) === label[3]) === (label[2] === '=');
    return (p) => (p.ns + '/' + p.name).includes(lower) || labelOf(p, term) !== undefined;
}

function filterOf(m, text) {
    const tests = text.split(/\s+/).filter((t) => t !== '' && t !== '-').map((t) => {
        const not = t.startsWith('-'), test = termTest(m, not ? t.slice(1) : t);

        return not ? (p) => !test(p) : test;
    });

    return (p) => tests.every((t) => t(p));
}

// ---- groups -------------------------------------------------------------------------------------

// Pods whose lanes went through the same classes as often.
function groupsOf(pods) {
    const by = new Map();

    for (const p of pods) {
        const key = p.restarts + ' ' + (p.gone < Infinity) + ' ' + p.cls.join('');
        const group = by.get(key);

        if (group === undefined)
            by.set(key, {key, pods: [p]});
        else
            group.pods.push(p);
    }
    return [...by.values()].sort((a, b) => Math.min(...a.pods.map((p) => p.first)) -
                                           Math.min(...b.pods.map((p) => p.first)) || 0);
}

const ORDER = {
    trouble: (a, b) => a.first - b.first || 0,
    restarts: (a, b) => b.restarts - a.restarts,
    longest: (a, b) => b.trouble - a.trouble,
    name: () => 0,
};

function byName(a, b) {
    const x = a.w.ns + '/' + a.w.name, y = b.w.ns + '/' + b.w.name;

    return x < y ? -1 : x > y ? 1 : 0;
}

function infinite(a, b, order) {
    const n = order(a.w, b.w); // Infinity - Infinity is no number

    return Number.isNaN(n) ? 0 : n;
}

// ---- rows ---------------------------------------------------------------------------------------

function podRows(rows, view, key, pods, indent) {
    const shown = Math.min(pods.length, PODS_AT_ONCE * (view.more.get(key) || 1));

    for (const p of pods.slice(0, shown))
        rows.push({type: 'pod', key: 'p' + p.index, pod: p, lanes: [p], h: HEIGHT.pod, indent});
    if (shown < pods.length)
        rows.push({type: 'more', key: 'm' + key, of: key, h: HEIGHT.more, indent,
                   left: pods.length - shown});
}

function openRows(rows, view, v, grouped) {
    const w = v.w;

    if (w.sets.length > 0)
        rows.push({type: 'sets', key: 's' + w.key, w, sets: w.sets.slice(-4),
                   h: 8 + HEIGHT.set * Math.min(4, w.sets.length)});
    for (const service of w.services)
        rows.push({type: 'endpoints', key: 'e' + w.key + service.name, w, service,
                   lanes: service.lanes, h: HEIGHT.endpoints});
    if (!grouped) {
        podRows(rows, view, w.key, v.pods, 1);
        return;
    }
    groupsOf(v.pods).forEach((g, i) => {
        const key = 'g' + w.key + '/' + i;

        if (g.pods.length === 1) {
            podRows(rows, view, key, g.pods, 1);
            return;
        }
        rows.push({type: 'group', key, w, pods: g.pods, lanes: g.pods, h: HEIGHT.pod,
                   peak: peakOf(g.pods), open: view.open.has(key)});
        if (view.open.has(key))
            podRows(rows, view, key, g.pods, 2);
    });
}

function livesIn(p, view) {
    return p.born <= view.t1 && p.gone > view.t0;
}

// Those of the workloads that have pods to show.
function visibleWorkloads(m, view) {
    const test = filterOf(m, view.filter);
    const all = m.workloads.map((w) =>
        ({w, pods: w.pods.filter((p) => test(p) && livesIn(p, view))}));

    return all.filter((v) => v.pods.length > 0)
        .sort((a, b) => infinite(a, b, ORDER[view.order]) || byName(a, b));
}

// The rows from top to bottom, each with its place.
function layout(m, view) {
    const rows = [], visible = visibleWorkloads(m, view), few = m.pods.length <= FEW_PODS;
    const fold = visible.length > FEW_WORKLOADS;
    const quiet = fold ? visible.filter((v) => v.w.first === Infinity) : [];
    let y = 0;

    for (const c of view.filter === '' ? m.clients : [])
        rows.push({type: 'client', key: 'c' + c.ns + '/' + c.name, client: c, h: HEIGHT.client});
    for (const v of fold ? visible.filter((x) => x.w.first < Infinity) : visible)
        workloadRows(rows, view, v, few);
    if (quiet.length > 0) {
        const pods = quiet.flatMap((v) => v.pods), open = view.open.has('quiet');

        rows.push({type: 'quiet', key: 'quiet', workloads: quiet.length, lanes: pods, pods,
                   peak: peakOf(pods), h: HEIGHT.quiet, open});
        for (const v of open ? quiet : [])
            workloadRows(rows, view, v, few);
    }
    for (const r of rows) {
        r.y = y;
        y += r.h;
    }
    return {rows, height: y, shown: visible.reduce((n, v) => n + v.pods.length, 0), visible};
}

function workloadRows(rows, view, v, few) {
    const open = few ? !view.open.has('-' + v.w.key) : view.open.has(v.w.key);
    const all = v.pods.length === v.w.pods.length;

    rows.push({type: 'workload', key: v.w.key, w: v.w, lanes: v.pods, pods: v.pods, open,
               peak: all ? v.w.peak : peakOf(v.pods), h: HEIGHT.workload, few});
    if (open)
        openRows(rows, view, v, !few);
}

// Opens what is closed and the other way round.
function toggle(view, row) {
    const key = row.type === 'workload' && row.few ? '-' + row.key : row.key;

    if (row.type === 'more')
        view.more.set(row.of, (view.more.get(row.of) || 1) + 1);
    else if (view.open.has(key))
        view.open.delete(key);
    else
        view.open.add(key);
}

// ---- words of a row -----------------------------------------------------------------------------

function countsText(of) {
    const parts = BAND_ORDER.filter((c) => of[c] > 0)
        .map((c) => grouped(of[c]) + ' ' + CLASS[c].text);

    return parts.length > 0 ? parts.join(', ') : 'no pods';
}

function countsAt(lanes, at) {
    const of = new Array(CLASSES).fill(0);

    for (const l of lanes) {
        const c = laneAt(l, at);

        if (c >= 0)
            of[c]++;
    }
    return of;
}

function podsText(n) {
    return grouped(n) + (n === 1 ? ' pod' : ' pods');
}

// What is read aloud when a row is chosen.
function rowText(m, row, at) {
    const when = 'at ' + spanText(at) + ': ';

    switch (row.type) {
    case 'client':
        return 'client ' + row.client.name + ', ' + grouped(row.client.total.requests) +
            ' requests, ' + shareText(row.client.total.ok, row.client.total.requests);
    case 'workload':
        return (row.w.kind || 'namespace') + ' ' + row.w.name + ', ' + podsText(row.pods.length) +
            ', ' + grouped(row.w.restarts) + ' restarts, ' + when +
            countsText(countsAt(row.lanes, at)) + (row.open ? ', open' : ', closed');
    case 'pod':
        return 'pod ' + row.pod.name + ', ' + row.pod.restarts + ' restarts, ' + when +
            countsText(countsAt(row.lanes, at));
    case 'group':
        return grouped(row.pods.length) + ' pods like this, ' + when +
            countsText(countsAt(row.lanes, at)) + (row.open ? ', open' : ', closed');
    case 'quiet':
        return grouped(row.workloads) + ' quiet workloads, ' + podsText(row.pods.length);
    case 'endpoints':
        return 'endpoints of service ' + row.service.name + ', ' + when +
            countsText(countsAt(row.lanes, at));
    case 'sets':
        return 'replica sets of ' + row.w.name;
    default:
        return podsText(row.left) + ' more';
    }
}

// The start of the next trouble after `at`, or of the one before; null: there is none.
function troubleFrom(m, at, forward) {
    let found = null;

    for (const p of m.pods) {
        let beenReady = false;

        for (let i = 0; i < p.at.length; i++) {
            const t = p.at[i], bad = isTrouble(p.cls[i], beenReady);
            const begins = bad && (i === 0 || !isTrouble(p.cls[i - 1], beenReady));

            beenReady = beenReady || p.cls[i] === READY;
            if (begins && (forward ? t > at : t < at) &&
                (found === null || (forward ? t < found : t > found)))
                found = t;
        }
    }
    return found;
}
