// SPDX-License-Identifier: Apache-2.0
// model.js - what the records say of pods, workloads, services and clients. It knows no document.
// The rules of classes and of trouble are those of health.c.

const READY = 0, NOT_READY = 1, STARTING = 2, STOPPING = 3, BACK_OFF = 4, CANNOT_START = 5,
    FAILED = 6, COMPLETED = 7, TERMINATING = 8, UNKNOWN = 9, CLASSES = 10;

// color: of the style sheet; height: how alive such a pod is; severity: who keeps a shared pixel.
const CLASS = [
    {text: 'ready', color: 'ready', height: 1, severity: 0, glyph: ''},
    {text: 'not ready', color: 'notready', height: 0.62, severity: 4, glyph: '\u25a1'},
    {text: 'starting', color: 'starting', height: 0.3, severity: 2, glyph: '>'},
    {text: 'stopping, killed by a probe', color: 'stopping', height: 1, severity: 5, glyph: '-'},
    {text: 'back-off after a crash', color: 'backoff', height: 0.16, severity: 7, glyph: 'C'},
    {text: 'cannot start', color: 'cannot', height: 0.16, severity: 6, glyph: '!'},
    {text: 'failed', color: 'failed', height: 1, severity: 8, glyph: 'x'},
    {text: 'completed', color: 'completed', height: 0.3, severity: 1, glyph: ''},
    {text: 'terminating', color: 'terminating', height: 0.62, severity: 3, glyph: '-'},
    {text: 'unknown', color: 'unknown', height: 0.5, severity: 9, glyph: '?'},
];

// In a band calm lies at the floor and trouble at the top.
const BAND_ORDER = [READY, NOT_READY, STARTING, COMPLETED, TERMINATING, STOPPING, UNKNOWN,
                    CANNOT_START, BACK_OFF, FAILED];

const OUTCOMES = ['ok', 'http4xx', 'http5xx', 'refused', 'reset', 'connectTimeout',
                  'requestTimeout', 'dns'];
const FAILURES = OUTCOMES.slice(2);

const WORD = {
    Running: READY, NotReady: NOT_READY, Pending: STARTING, ContainerCreating: STARTING,
    PodInitializing: STARTING, SchedulingGated: STARTING, RestartingAllContainers: STARTING,
    CrashLoopBackOff: BACK_OFF, ErrImagePull: CANNOT_START, ImagePullBackOff: CANNOT_START,
    ErrImageNeverPull: CANNOT_START, InvalidImageName: CANNOT_START,
    ImageInspectError: CANNOT_START, RegistryUnavailable: CANNOT_START,
    SignatureValidationFailed: CANNOT_START, CreateContainerConfigError: CANNOT_START,
    CreateContainerError: CANNOT_START, RunContainerError: CANNOT_START,
    PreCreateHookError: CANNOT_START, PreStartHookError: CANNOT_START,
    PostStartHookError: CANNOT_START, Completed: COMPLETED, Succeeded: COMPLETED,
    Terminating: TERMINATING, Unknown: UNKNOWN, NodeLost: UNKNOWN,
};

function classOfWord(status) {
    const word = status.startsWith('Init:') ? status.slice(5) : status;

    if (word !== status && /^[0-9/]*$/.test(word))
        return STARTING;
    return Object.hasOwn(WORD, word) ? WORD[word] : FAILED;
}

function classOf(p) {
    if (p.stopping.length > 0)
        return STOPPING;
    if (p.word === READY && !p.isReady)
        return NOT_READY;
    if (p.word === STARTING && p.unscheduled)
        return CANNOT_START;
    return p.word;
}

function isTrouble(cls, beenReady) {
    if (cls === READY || cls === COMPLETED || cls === TERMINATING)
        return false;
    return cls >= BACK_OFF || beenReady;
}

// ---- lanes --------------------------------------------------------------------------------------

// A lane is at[] and cls[]: from at[i] on it is of class cls[i]; its end is `gone`. What a lane is
// for no time at all it has never been.
function laneSet(lane, at, cls) {
    const last = lane.at.length - 1;

    if (last >= 0 && lane.cls[last] === cls)
        return;
    if (last >= 0 && lane.at[last] === at) {
        lane.cls[last] = cls;
        if (last > 0 && lane.cls[last - 1] === cls) {
            lane.at.pop();
            lane.cls.pop();
        }
        return;
    }
    lane.at.push(at);
    lane.cls.push(cls);
}

function newLane() { // of an endpoint: a pod is one, too
    return {at: [], cls: [], gone: Infinity};
}

// The place of the last piece that begins at or before `at`; -1: none does.
function laneFind(lane, at) {
    let low = 0, high = lane.at.length;

    while (low < high) {
        const middle = low + high >> 1;

        if (lane.at[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

function laneAt(lane, at) {
    const i = laneFind(lane, at);

    return i < 0 || at >= lane.gone ? -1 : lane.cls[i];
}

// ---- workloads ----------------------------------------------------------------------------------

function labelOf(p, name) {
    const at = (',' + p.labels).indexOf(',' + name + '=');

    return at < 0 ? undefined : p.labels.slice(at + name.length + 1).split(',')[0];
}

// Who has made it at last: a Deployment for the pods of its ReplicaSets.
function topOf(log, p) {
    let o = p.owner >= 0 ? log.objects[p.owner] : {kind: '', ns: p.ns, name: '', owner: -1};

    while (o.owner >= 0)
        o = log.objects[o.owner];
    return o;
}

function workloadOf(m, log, p) {
    const top = topOf(log, p), key = top.ns + '/' + top.kind + '/' + top.name;
    let w = m.workloadBy.get(key);

    if (w === undefined) {
        w = {key, kind: top.kind, ns: top.ns, name: top.name || 'pods of their own', pods: [],
             peak: 0, restarts: 0, failures: 0, first: Infinity, trouble: 0, sets: [],
             services: [], of: new Array(CLASSES).fill(0)};
        m.workloadBy.set(key, w);
        m.workloads.push(w);
    }
    return w;
}

// What most of a hundred thousand pods have none of.
const NONE = Object.freeze([]);

function add(p, list, x) {
    if (p[list] === NONE)
        p[list] = [];
    p[list].push(x);
}

function newPod(m, log, i) {
    const of = log.pods[i], p = {
        index: i, number: of.number, owner: of.owner, ns: of.ns, labels: of.labels, node: of.node,
        name: of.name, at: [], cls: [], gone: Infinity, born: 0, word: STARTING, isReady: false,
        unscheduled: false, stopping: NONE, status: 'Pending', ends: NONE, told: NONE, fails: NONE,
        starts: NONE, counts: null, restarts: 0, failures: 0, first: Infinity, trouble: 0,
        workload: workloadOf(m, log, of),
    };

    p.workload.pods.push(p);
    m.pods[i] = p;
    return p;
}

// ---- records ------------------------------------------------------------------------------------

function onEvent(p, s, at, n, period) {
    if (s.reason === 'Unhealthy') {
        add(p, 'fails', {at, n, period, probe: s.probe});
        p.failures += n;
    } else if (s.reason === 'Killing') {
        add(p, 'told', at);
        if (s.cause === 1 && !p.stopping.includes(s.container))
            add(p, 'stopping', s.container);
    } else if (s.reason === 'Started') {
        add(p, 'starts', {at, container: s.container});
    } else if (s.reason === 'FailedScheduling') {
        p.unscheduled = true;
    } else if (s.reason === 'Scheduled') {
        p.unscheduled = false;
        p.node = p.node || / to (\S+)$/.exec(s.message)?.[1] || '';
    }
}

function onChange(m, p, s, at, value) {
    if (s.field === 'status') {
        p.status = s.to;
        p.word = classOfWord(s.to);
    } else if (s.field === 'Ready') {
        p.isReady = s.to === 'True';
    } else if (s.field === 'restartCount') {
        p.counts = p.counts || new Map();
        p.restarts += value - (p.counts.get(s.container) || 0);
        p.counts.set(s.container, value);
    } else if (s.field === 'state' && s.to === 'Terminated') {
        if (p.stopping.length > 0)
            p.stopping = p.stopping.filter((c) => c !== s.container);
        add(p, 'ends', {at, code: s.exit, reason: s.reason, container: s.container});
    } else if (s.field === 'object' && s.to === 'Deleted') {
        p.gone = Math.min(p.gone, at);
    }
}

function onEndpoint(m, log, p, s, at) {
    const o = log.objects[s.about], key = s.about;
    let service = m.serviceBy.get(key);

    if (service === undefined) {
        service = {name: o.name, ns: o.ns, lanes: [], laneBy: new Map(), of: new Map()};
        m.serviceBy.set(key, service);
    }
    let lane = service.laneBy.get(p.index);

    if (lane === undefined || lane.gone <= at) {
        lane = newLane();
        service.laneBy.set(p.index, lane);
        service.lanes.push(lane);
        service.of.set(p.workload, (service.of.get(p.workload) || 0) + 1);
    }
    if (s.to === 'gone')
        lane.gone = at;
    else
        laneSet(lane, at, s.to === 'ready' ? READY : s.to === 'notReady' ? NOT_READY : TERMINATING);
}

function seriesOf(o, name) {
    o.series = o.series || {};
    return o.series[name] = o.series[name] || {at: [], to: []};
}

function onObject(o, s, at, value) {
    if (s.argument === 1) {
        const series = seriesOf(o, s.field);

        series.at.push(at);
        series.to.push(value);
    }
}

// Which records are a pod's: those from m.from[pod] on, up to m.from[pod + 1], in m.list.
function listRecords(m, log) {
    const next = new Uint32Array(log.pods.length + 1);
    const is = (i) => log.shapes[log.shape[i]].subject === 0;

    for (let i = 0; i < log.records; i++)
        next[log.who[i] + 1] += is(i) ? 1 : 0;
    for (let p = 0; p < log.pods.length; p++)
        next[p + 1] += next[p];
    m.from = next.slice();
    m.list = new Uint32Array(next[log.pods.length]);
    for (let i = 0; i < log.records; i++) {
        if (is(i))
            m.list[next[log.who[i]]++] = i;
    }
}

function recordsOf(m, p) {
    return m.list.subarray(m.from[p.index], m.from[p.index + 1]);
}

function readAll(m, log) {
    for (let i = 0; i < log.records; i++) {
        const s = log.shapes[log.shape[i]], at = log.at[i];

        m.end = Math.max(m.end, at + Math.max(0, log.value[i] - 1) * log.period[i]);
        if (s.subject === 1) {
            onObject(log.objects[log.who[i]], s, at, log.value[i]);
            continue;
        }
        const p = m.pods[log.who[i]] || newPod(m, log, log.who[i]);

        if (s.argument === 2) { // changes nothing, and may stand here long after its time
            onEvent(p, s, at, log.value[i], log.period[i]);
            continue;
        }
        if (s.kind === 2 && s.about >= 0)
            onEndpoint(m, log, p, s, at);
        else if (s.kind === 2)
            onChange(m, p, s, at, log.value[i]);
        else
            onEvent(p, s, at, 1, 0);
        if (at < p.gone)
            laneSet(p, at, classOf(p));
    }
}

// ---- sums ---------------------------------------------------------------------------------------

function sumPod(m, p) {
    const w = p.workload;
    let beenReady = false;

    if (p.fails.length > 1)
        p.fails.sort((a, b) => a.at - b.at);
    p.born = p.at.length > 0 ? p.at[0] : 0;
    for (let i = 0; i < p.at.length; i++) {
        const to = Math.min(i + 1 < p.at.length ? p.at[i + 1] : m.end, p.gone);

        if (to <= p.at[i])
            continue;
        if (isTrouble(p.cls[i], beenReady)) {
            p.first = Math.min(p.first, p.at[i]);
            p.trouble += to - p.at[i];
        }
        beenReady = beenReady || p.cls[i] === READY;
    }
    w.restarts += p.restarts;
    w.failures += p.failures;
    w.trouble += p.trouble;
    w.first = Math.min(w.first, p.first);
    if (p.gone === Infinity && p.cls.length > 0)
        w.of[p.cls[p.cls.length - 1]]++;
}

// The most that were alive at once.
function peakOf(lanes) {
    const steps = [];
    let now = 0, peak = 0;

    for (const l of lanes) {
        if (l.at.length === 0)
            continue;
        steps.push([l.at[0], 1]);
        if (l.gone !== Infinity)
            steps.push([l.gone, -1]);
    }
    steps.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [, step] of steps) {
        now += step;
        peak = Math.max(peak, now);
    }
    return peak;
}

function hasAny(series) {
    return series !== undefined && series.to.some((n) => n > 0);
}

// ReplicaSets, by the pods that they have made.
function findSets(m, log) {
    const of = new Map();

    for (const p of m.pods) {
        if (p.owner >= 0 && log.objects[p.owner].kind === 'replicaset')
            of.set(p.owner, p.workload);
    }
    log.objects.forEach((o, i) => {
        const w = of.get(i);

        if (w !== undefined && w.kind === 'deployment' && hasAny(o.series?.specReplicas))
            w.sets.push({name: o.name, wanted: o.series.specReplicas,
                         ready: o.series.readyReplicas || {at: [], to: []}});
    });
    for (const w of m.workloads)
        w.sets.forEach((s, i) => { s.revision = i + 1; });
}

// A report covers the time before it; one that would say nothing new is not sent.
function findClients(m, log) {
    for (const o of log.objects.filter((x) => x.kind === 'client' && x.series?.requests)) {
        const at = [...new Set(Object.values(o.series).flatMap((s) => s.at))].sort((a, b) => a - b);
        const c = {name: o.name, ns: o.ns, at, every: Infinity, series: {}, total: {}};

        at.forEach((t, i) => { c.every = Math.min(c.every, i > 0 ? t - at[i - 1] : Infinity); });
        if (c.every === Infinity)
            c.every = at[0] || 1;
        for (const name of ['requests', 'attempts', ...OUTCOMES]) {
            const s = o.series[name], delta = c.series[name] = new Float64Array(at.length);
            let before = 0;

            for (let i = 0, k = 0; s !== undefined && i < s.at.length; i++) {
                while (at[k] < s.at[i])
                    k++;
                delta[k] += s.to[i] - before;
                before = s.to[i];
            }
            c.total[name] = before;
        }
        m.clients.push(c);
    }
}

function buildModel(log, head, foot) {
    const m = {log, head, foot, pods: [], workloads: [], workloadBy: new Map(),
               serviceBy: new Map(), clients: [], steps: [], end: 0};

    listRecords(m, log);
    readAll(m, log);
    for (let i = 0; i < log.pods.length; i++)
        m.pods[i] = m.pods[i] || newPod(m, log, i);
    m.end = Math.max(foot ? foot.end_ms : m.end, 1);
    for (const p of m.pods)
        sumPod(m, p);
    for (const w of m.workloads)
        w.peak = peakOf(w.pods);
    m.peak = peakOf(m.pods);
    findSets(m, log);
    findClients(m, log);
    for (const service of m.serviceBy.values()) {
        const [most] = [...service.of].sort((a, b) => b[1] - a[1])[0];

        service.peak = peakOf(service.lanes);
        most.services.push(service);
    }
    m.restarts = m.workloads.reduce((n, w) => n + w.restarts, 0);
    m.failures = m.workloads.reduce((n, w) => n + w.failures, 0);
    m.steps = (head.steps || []).filter((s) => s.at_ms <= m.end);
    return m;
}

// What a pod has told, a line each, in order; again records are one line.
function linesOf(m, p) {
    const log = m.log;

    return Array.from(recordsOf(m, p), (i) => ({at: log.at[i], shape: log.shapes[log.shape[i]],
                                  n: log.value[i], period: log.period[i], i}))
        .sort((a, b) => a.at - b.at || (b.shape.argument === 2) - (a.shape.argument === 2) ||
                        a.i - b.i);
}

// ---- shares of pods in time ---------------------------------------------------------------------

function addTime(band, cls, from, to) {
    const first = Math.floor(from), last = Math.min(Math.floor(to), band.width - 1);

    if (first === last) {
        band.part[first * CLASSES + cls] += to - from;
        return;
    }
    band.part[first * CLASSES + cls] += first + 1 - from;
    band.part[last * CLASSES + cls] += to - last;
    band.step[(first + 1) * CLASSES + cls]++;
    band.step[last * CLASSES + cls]--;
}

// For each of `width` columns of the time from t0 to t1: how many of the lanes were in each class,
// weighted by how long.
function bandOf(lanes, t0, t1, width, end) {
    const band = {width, part: new Float64Array(width * CLASSES),
                  step: new Int32Array((width + 1) * CLASSES)};
    const scale = width / (t1 - t0);

    for (const l of lanes) {
        const stop = Math.min(l.gone, end, t1);

        for (let i = Math.max(0, laneFind(l, t0)); i < l.at.length && l.at[i] < stop; i++) {
            const from = Math.max(l.at[i], t0);
            const to = Math.min(i + 1 < l.at.length ? l.at[i + 1] : stop, stop);

            if (to > from)
                addTime(band, l.cls[i], (from - t0) * scale, (to - t0) * scale);
        }
    }
    for (let cls = 0; cls < CLASSES; cls++) {
        for (let x = 0, n = 0; x < width; x++) {
            n += band.step[x * CLASSES + cls];
            band.part[x * CLASSES + cls] += n;
        }
    }
    return band.part;
}

// Requests in bins of whole reports, at places that do not depend on what is looked at. A bin of
// number n has what was asked from n * length on, up to and including its end.
function binsOf(c, t0, t1, width) {
    const length = c.every * Math.max(1, Math.ceil(2 * (t1 - t0) / width / c.every));
    const bins = new Map();

    c.at.forEach((at, i) => {
        const n = Math.max(0, Math.ceil(at / length) - 1);

        if ((n + 1) * length <= t0 || n * length >= t1)
            return;
        let bin = bins.get(n);

        if (bin === undefined)
            bins.set(n, bin = {at: n * length, requests: 0, attempts: 0});
        for (const name of ['requests', 'attempts', ...OUTCOMES])
            bin[name] = (bin[name] || 0) + c.series[name][i];
    });
    return {length, bins: [...bins.values()].sort((a, b) => a.at - b.at)};
}

// ---- text ---------------------------------------------------------------------------------------

function grouped(n) {
    return String(Math.trunc(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function pad(n, digits) {
    return String(n).padStart(digits, '0');
}

// 1:02.345, 1:02:03: what lies below the step is left out.
function clockText(ms, step) {
    const whole = Math.floor(ms / 1000), s = whole % 60, min = Math.floor(whole / 60) % 60;
    const h = Math.floor(whole / 3600), rest = Math.round(ms % 1000);
    const text = (h > 0 ? h + ':' + pad(min, 2) : min) + ':' + pad(s, 2);

    return step < 1000 ? text + '.' + pad(rest, 3) : text;
}

function tickText(ms, step) {
    const day = 86400000, hour = 3600000;

    if (step >= day || (ms >= day && ms % day === 0))
        return Math.floor(ms / day) + 'd';
    if (ms >= day)
        return Math.floor(ms / day) + 'd ' + pad(Math.floor(ms % day / hour), 2) +
            (step >= hour ? 'h' : ':' + pad(Math.floor(ms % hour / 60000), 2));
    if (step >= hour)
        return Math.floor(ms / hour) + 'h';
    if (step >= 60000 && ms >= hour)
        return Math.floor(ms / hour) + 'h ' + pad(Math.floor(ms % hour / 60000), 2);
    return step >= 60000 ? Math.floor(ms / 60000) + 'm' : clockText(ms, step);
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000,
               120000, 300000, 600000, 900000, 1800000, 3600000, 7200000, 10800000, 21600000,
               43200000];

function stepFor(span, count) {
    for (const s of STEPS) {
        if (span / s <= count)
            return s;
    }
    let days = 1;

    while (span / (days * 86400000) > count)
        days *= days % 5 === 0 || days === 1 ? 2 : 2.5;
    return Math.ceil(days) * 86400000;
}

// 250 ms, 32.3 s, 1 min 20 s, 3 h 20 min, 12 d 3 h.
function spanText(ms) {
    const units = [['d', 86400000], ['h', 3600000], ['min', 60000], ['s', 1000]];
    const i = units.findIndex(([, size]) => ms >= size);

    if (i < 0)
        return Math.round(ms) + ' ms';
    if (units[i][0] === 's')
        return Math.trunc(ms / 100) / 10 + ' s';
    const [name, size] = units[i], [next, nextSize] = units[i + 1], n = Math.floor(ms / size);
    const rest = Math.floor(ms % size / nextSize);

    return n + ' ' + name + (rest > 0 ? ' ' + rest + ' ' + next : '');
}

// Cut and not rounded: 99.9996 % is not all of them.
function shareText(part, whole) {
    return whole === 0 ? '-' : (Math.floor(part / whole * 100000) / 1000).toFixed(3) + ' % ok';
}
