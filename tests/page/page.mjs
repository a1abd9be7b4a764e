// SPDX-License-Identifier: Apache-2.0
//
// page.mjs - the page of -o html against the event stream, and its pictures by their pixels.
//
//   node tests/page/page.mjs [--slow] [PODRING [PART OF A NAME]]     from the root of the source tree
import assert from 'node:assert/strict';
import {openPage, partsOf} from './dom.mjs';
import {check, done, podring, run, slowCheck, slurp} from './kit.mjs';
import * as worlds from './worlds.mjs';

const P = partsOf(['newLog', 'decodeFrame', 'bytesOf', 'joinFrames', 'buildModel', 'layout', 'newView',
                   'linesOf', 'bandOf', 'binsOf', 'groupsOf', 'classOfWord', 'tickText', 'stepFor',
                   'clockText', 'spanText', 'shareText', 'filterOf', 'setTime', 'zoom', 'pan',
                   'toAddress', 'fromAddress', 'tipText', 'CLASS', 'OUTCOMES']);
const READY = 0, STOPPING = 3, BACK_OFF = 4;

function framesOf(html) {
    return [...html.matchAll(/<script type="application\/vnd.podring.log">([^<]*)<\/script>/g)]
        .map(([, base64]) => base64);
}

function jsonOf(html, id) {
    return JSON.parse(new RegExp('id="' + id + '">([^<]*)<').exec(html)[1]);
}

function modelOf(html) {
    const log = P.newLog();

    for (const base64 of framesOf(html))
        P.decodeFrame(log, P.bytesOf(base64));
    return P.buildModel(P.joinFrames(log), jsonOf(html, 'podring-head'), jsonOf(html, 'podring-foot'));
}

// ---- against the event stream --------------------------------------------------------------------

const LEFT_OUT = {events: ['Created', 'Pulled'],
                  fields: ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'phase', 'ready',
                           'started']};

function isKept(e) {
    if (e.object !== undefined)
        return e.kind !== 'Event' || !/^(Created|Deleted) pod: /.test(e.message ?? '');
    if (e.kind === 'Event')
        return !LEFT_OUT.events.includes(e.reason);
    return !LEFT_OUT.fields.includes(e.field) && !(e.field === 'PodScheduled' && e.to === 'True') &&
        !(e.field === 'state' && e.to === 'Running');
}

// A message without what a page does not keep.
function plainMessage(e) {
    let text = (e.message ?? '').replace(/[\x01-\x03]/g, '?');

    if (e.uid !== undefined)
        text = text.split(e.uid).join('its uid');
    return text.replace(/\b(127|10)\.\d+\.\d+\.\d+\b/g, 'its IP');
}

function streamLines(ndjson) {
    return ndjson.trimEnd().split('\n').map((l) => JSON.parse(l)).filter(isKept).map((e) =>
        [e.at_ms, e.namespace ?? '', e.pod ?? '', e.object ?? '', e.kind, e.type ?? '', e.reason ?? '',
         e.container ?? '', e.field ?? '', e.to ?? '', e.exitCode ?? '', plainMessage(e)].join('|'));
}

function objectText(o) {
    return o.name === '' ? o.kind : o.kind + '/' + o.name;
}

function pageLines(m) {
    const log = m.log, lines = [];

    for (let i = 0; i < log.records; i++) {
        const s = log.shapes[log.shape[i]], pod = s.subject === 0 ? log.pods[log.who[i]] : null;
        const about = s.subject === 1 ? log.objects[log.who[i]] : s.about >= 0 ? log.objects[s.about] : null;
        const message = s.message.replace(/\x01/g, pod?.name).replace(/\x02/g, 'its uid')
            .replace(/\x03/g, 'its IP').replace(/\b(127|10)\.\d+\.\d+\.\d+\b/g, 'its IP');

        for (let n = 0; n < (s.argument === 2 ? log.value[i] : 1); n++)
            lines.push([log.at[i] + n * log.period[i], (pod ?? about).ns, pod?.name ?? '',
                        about ? objectText(about) : '', s.kind === 2 ? 'Transition' : 'Event',
                        ['Normal', 'Warning', ''][s.kind], s.reason, s.container, s.field,
                        s.argument === 1 ? log.value[i] : s.to, s.exit >= 0 ? s.exit : '',
                        message].join('|'));
    }
    return lines;
}

const files = ['crashloop', 'flapping', 'force-delete', 'graceful-delete', 'image-never', 'init-wait',
               'liveness-exec', 'post-start', 'pre-stop', 'readiness-guard', 'shell-pid1', 'slow-start',
               'termination-message', 'traffic'].map((f) => 'docs/examples/' + f + '.yaml');
const golden = ['backoff', 'hosts', 'policies', 'probes', 'termination', 'workloads']
    .map((f) => 'tests/golden/' + f + '.yaml');

for (const [name, manifest, args] of [
    ...[...files, ...golden].map((f) => [f, slurp(f), '--for 15m']),
    ['ten thousand', slurp('docs/examples/ten-thousand.yaml'), '--for 3m --replicas 100'],
    ['kubelet', slurp('docs/examples/ten-thousand.yaml'), '--for 5m --replicas 20 --timing kubelet'],
    ['shop', worlds.shop, '--for 8m'], ['hostile', worlds.hostile, '--for 1m'],
]) {
    check('the page of ' + name + ' has the lines of the stream', () => {
        const there = streamLines(run(manifest, args + ' -o ndjson')).sort();
        const here = pageLines(modelOf(run(manifest, args + ' -o html'))).sort();

        for (let i = 0; i < Math.max(there.length, here.length); i++)
            assert.equal(here[i], there[i]);
    });
}

check('what a pod has told comes in its order', () => {
    const m = modelOf(run(worlds.shop, '--for 8m -o html'));
    const order = new Map();

    for (const l of streamLines(run(worlds.shop, '--for 8m -o ndjson'))) {
        const f = l.split('|'), key = f[1] + '/' + f[2];

        if (f[2] !== '' && f[6] !== 'Unhealthy')
            order.set(key, [...(order.get(key) ?? []), f[0] + ' ' + f[6] + f[8] + f[9]]);
    }
    for (const p of m.pods) {
        const lines = P.linesOf(m, p).filter((l) => l.shape.reason !== 'Unhealthy')
            .map((l) => l.at + ' ' + l.shape.reason + l.shape.field +
                 (l.shape.argument === 1 ? l.n : l.shape.to));

        assert.deepEqual(lines, order.get(p.ns + '/' + p.name));
    }
});

function tableRows(html) {
    return [...html.matchAll(/<tr><th scope=row>([^<]*)<td>([^<]*)<td>([^<]*)((?:<td class=n>[^<]*)+)\n/g)]
        .map(([, name, kind, ns, rest]) => [name, kind, ns, ...rest.split('<td class=n>').slice(1)]);
}

function durationMs(text) {
    const unit = {d: 86400000, h: 3600000, m: 60000, s: 1000, ms: 1};

    return [...text.matchAll(/([\d.]+)(ms|[dhms])/g)].reduce((n, [, x, u]) => n + x * unit[u], 0);
}

for (const [name, manifest, args] of [
    ['shop', worlds.shop, '--for 8m'], ['deaf', worlds.deaf, '--for 3m'],
    ['crashloop', slurp('docs/examples/crashloop.yaml'), '--for 15m'],
    ['workloads', slurp('tests/golden/workloads.yaml'), '--for 15m'],
    ['ten thousand', slurp('docs/examples/ten-thousand.yaml'), '--for 20m --replicas 50 --timing kubelet'],
]) {
    check('the table of ' + name + ' and the counters are what the script counts', () => {
        const html = run(manifest, args + ' -o html'), m = modelOf(html), c = m.foot.report.counters;
        const rows = tableRows(html);

        assert.equal(rows.length, m.workloads.length);
        m.workloads.forEach((w, i) => {
            const n = (k) => Number(rows[i][k].replace(/,/g, ''));

            assert.deepEqual(rows[i].slice(0, 3), [w.name, w.kind || 'pod', w.ns]);
            assert.deepEqual([n(3), n(4), n(5), n(6)], [w.pods.length, w.of[READY], w.restarts, w.failures]);
            assert.equal(rows[i][7], w.first === Infinity ? '-' : rows[i][7]);
            assert.equal(rows[i][7] === '-' ? Infinity : Math.round(durationMs(rows[i][7])), w.first);
            assert.equal(Math.round(durationMs(rows[i][8])), Math.floor(w.trouble / w.pods.length));
        });
        assert.equal(m.restarts, c.restarts);
        assert.equal(m.pods.length, c.pods_created);
        assert.equal(m.pods.filter((p) => p.gone === Infinity).length, c.pods);
        assert.equal(m.clients.reduce((s, x) => s + x.total.requests, 0), c.client_requests);
        for (const o of ['ok', 'http5xx', 'refused', 'reset'])
            assert.equal(m.clients.reduce((s, x) => s + x.total[o], 0), c['client_' + o]);
    });
}

// ---- what stands in the file ---------------------------------------------------------------------

check('the same seed gives the same bytes, and nothing comes from elsewhere', () => {
    const html = run(worlds.shop, '--for 8m -o html');

    assert.equal(run(worlds.shop, '--for 8m -o html'), html);
    for (const [tag] of html.replace(/<script[^]*?<\/script>/g, '').matchAll(/<[^>]*>/g))
        assert.doesNotMatch(tag, /\b(src|href|on\w+)\s*=/i);
    assert.doesNotMatch(html, /@import|url\(|\bimport\(|\bfetch\(|XMLHttpRequest|innerHTML|\beval\(/);
    assert.match(html, /default-src 'none'/);
});

check('its policy lets this script run, and no other', async () => {
    const {createHash} = await import('node:crypto');
    const html = run(worlds.shop, '--for 1m -o html'), [, script] = /<script>([^]*?)<\/script>/.exec(html);

    assert.ok(html.includes("script-src 'sha256-" + createHash('sha256').update(script).digest('base64') + "'"));
});

check('what a program says ends no script and is shown as it is', () => {
    const html = run(worlds.hostile, '--for 1m -o html');
    const page = openPage(html);

    assert.equal(html.match(/<script/g).length, html.match(/<\/script>/g).length);
    assert.equal(html.match(/<script/g).length, 3 + framesOf(html).length); // and head and foot
    assert.doesNotMatch(html.replace(/<script[^]*?<\/script>/g, ''), /alert\(1\)/);
    page.key('ArrowDown');
    page.key('ArrowDown');
    page.key('Enter');
    assert.equal(page.ids.drawer.hidden, false);
    assert.ok(page.ids.drawer.textContent.includes(worlds.said), page.ids.drawer.textContent);
});

check('a name on the command line ends no script either', async () => {
    const fs = await import('node:fs'), {execFileSync} = await import('node:child_process');
    const dir = fs.mkdtempSync('/tmp/podring-page-'), name = 'a<!--<script>.yaml';

    fs.writeFileSync(dir + '/' + name, worlds.deaf);
    const html = execFileSync(podring, ['simulate', '-q', '--for', '1m', '-o', 'html', dir + '/' + name])
        .toString();

    fs.rmSync(dir, {recursive: true});
    assert.equal(openPage(html).ids.command.textContent.endsWith('/' + name), true);
    assert.equal(html.match(/<script/g).length, 3 + framesOf(html).length);
});

// ---- pages that are not whole --------------------------------------------------------------------

check('a page that is cut off anywhere says so', () => {
    const html = run(worlds.shop, '--for 2m -o html'), data = html.indexOf('id="podring-head"');
    const foot = html.indexOf('id="podring-foot"');

    for (let n = 60; n < html.length; n += n < data ? 4999 : 97) {
        const part = html.slice(0, n), open = part.lastIndexOf('<script') > part.lastIndexOf('</script>');
        const page = n > data ? openPage(part + (open ? '</script>' : '')) : null;

        if (n > html.indexOf('<style>'))
            assert.ok(part.includes('the file has been cut off'), 'byte ' + n);
        if (n > data && n < foot)
            assert.match(page.ids.banner.textContent, /cut off/, 'byte ' + n);
        if (n > data)
            page.key('e');
    }
});

check('data of another version, and frames that do not add up, are told of', () => {
    const html = run(worlds.shop, '--for 2m -o html'), [frame] = framesOf(html);
    const other = openPage(html.replace('{"version":1', '{"version":2'));
    const broken = openPage(html.replace(frame, frame.slice(0, 400)));

    assert.match(other.ids.banner.textContent, /data of version 2/);
    assert.match(broken.ids.banner.textContent, /Frame 1 of 1 cannot be read .*do not add up/);
    assert.equal(openPage(html).ids.banner.hidden, true);
});

check('no byte of a frame makes the decoder run on or forget itself', () => {
    const bytes = Buffer.from(framesOf(run(worlds.deaf, '--for 2m -o html'))[0], 'base64');
    let read = 0;

    for (let i = 0; i < bytes.length; i++) {
        for (const x of [0, 1, 0x7f, 0x80, 0xff]) {
            const log = P.newLog(), changed = Uint8Array.from(bytes);

            changed[i] = x;
            try {
                P.decodeFrame(log, changed);
                P.buildModel(P.joinFrames(log), {}, null);
                read++;
            } catch (error) {
                assert.equal(error.constructor, Error, error.stack);
                assert.equal(log.pods.length + log.records, 0);
            }
        }
    }
    assert.ok(read > 0);
});

check('a page that is curtailed says since when', () => {
    const html = run(worlds.shop, '--for 8m -o html --html-records 300'), m = modelOf(html);
    const whole = modelOf(run(worlds.shop, '--for 8m -o html'));

    assert.match(openPage(html).ids.banner.textContent, /only status, readiness, ends and counters/);
    assert.equal(m.restarts, whole.restarts);
    assert.deepEqual(m.pods.map((p) => [p.at, p.cls]), whole.pods.map((p) => [p.at, p.cls]));
    assert.ok(m.log.records < whole.log.records);
});

// ---- classes and pictures ------------------------------------------------------------------------

function rowOf(page, y) {
    const colors = new Set();

    for (let x = 0; x < page.canvas.width; x++)
        colors.add(page.canvas.colorAt(x, y));
    return colors;
}

function colorsIn(page, y0, y1) {
    const all = new Set();

    for (let y = y0; y < y1; y++)
        rowOf(page, y).forEach((c) => all.add(c));
    return all;
}

check('one pod of ten thousand in back-off is a pixel everywhere', () => {
    const html = run(worlds.many(10000), '--for 1m -o html'), page = openPage(html);
    const red = page.colors.light.backoff;

    assert.ok(colorsIn(page, 5, 31).has(red), 'overview');
    assert.ok(colorsIn(page, 61, 90).has(red), 'band');
    page.key('m');
    assert.ok(colorsIn(page, 64, 790).has(red), 'map');
    assert.ok(html.length < 2e6, 'bytes: ' + html.length);
});

check('a kill by a probe is stopping for all of its grace', () => {
    const [p] = modelOf(run(worlds.deaf, '--for 3m -o html')).pods, i = p.cls.indexOf(STOPPING);

    assert.deepEqual([p.at[i], p.at[i + 1]], [20000, 50000]);
    assert.equal(p.first, 20000);
});

check('groups add up to their workload', () => {
    const m = modelOf(run(slurp('docs/examples/ten-thousand.yaml'), '--for 20m --replicas 60 -o html'));

    for (const w of m.workloads) {
        const groups = P.groupsOf(w.pods);

        assert.equal(groups.reduce((n, g) => n + g.pods.length, 0), w.pods.length);
        assert.equal(new Set(groups.flatMap((g) => g.pods)).size, w.pods.length);
    }
});

check('a band is as many pods as there are, at any time and width', () => {
    const m = modelOf(run(worlds.shop, '--for 8m -o html'));

    for (const [t0, t1, width] of [[0, m.end, 1000], [0, m.end, 7], [70000, 70001, 50], [123456, 234567, 333]]) {
        const part = P.bandOf(m.pods, t0, t1, width, m.end);

        for (let x = 0; x < width; x++) {
            const all = part.slice(x * 10, x * 10 + 10).reduce((a, b) => a + b, 0);

            assert.ok(Math.abs(all - 3) < 1e-6, t0 + ' ' + x + ': ' + all);
        }
    }
});

check('requests of all bins are the counters, and panning moves none', () => {
    const m = modelOf(run(worlds.shop, '--for 8m -o html')), [c] = m.clients;

    for (const width of [10, 333, 1170, 5000]) {
        const {bins} = P.binsOf(c, 0, m.end, width);

        for (const name of ['requests', 'attempts', ...P.OUTCOMES])
            assert.equal(bins.reduce((n, b) => n + b[name], 0), c.total[name], name + ' ' + width);
    }
    const a = P.binsOf(c, 60000, 120000, 1000), b = P.binsOf(c, 60060, 120060, 1000);
    const inner = (x) => x.bins.filter((q) => q.at > 62000 && q.at < 118000);

    assert.deepEqual(inner(a), inner(b));
});

check('a drag takes the picture with it, both ways', () => {
    const page = openPage(run(slurp('docs/examples/ten-thousand.yaml'), '--for 2m --replicas 3 -o html'),
                          {height: 300});

    page.key('e');
    page.key('+');
    const before = page.hash;

    page.mouse('pointerdown', 600, 180);
    page.mouse('pointermove', 640, 140);
    page.mouse('pointerup', 640, 140);
    assert.match(page.hash, /y=40\b/);
    assert.notEqual(page.hash, before);
});

check('who only starts slowly has no trouble', () => {
    const m = modelOf(run(slurp('docs/examples/slow-start.yaml'), '--for 10m -o html'));

    assert.ok(m.pods.some((p) => p.cls.length > 1));
    assert.ok(m.pods.some((p) => p.first === Infinity));
});

check('times can be read from a millisecond to two months', () => {
    assert.equal(P.tickText(62345, 5), '1:02.345');
    assert.equal(P.tickText(720000, 60000), '12m');
    assert.equal(P.tickText(12000000, 1200000), '3h 20');
    assert.equal(P.tickText(60 * 86400000, 86400000), '60d');
    assert.equal(P.tickText(2 ** 33, 1000), '99d 10:05');
    for (const span of [50, 1000, 3600000, 30 * 86400000, 60 * 86400000, 400 * 86400000]) {
        const step = P.stepFor(span, 12), n = span / step;

        assert.ok(n <= 12 && n > 2, span + ': ' + n);
    }
    assert.equal(P.spanText(32340), '32.3 s');
    assert.equal(P.spanText(12000000), '3 h 20 min');
    assert.equal(P.shareText(999996, 1000000), '99.999 % ok');
});

check('a STATUS word has the class that it has in podring', () => {
    const words = {Running: 0, NotReady: 1, 'Init:0/2': 2, CrashLoopBackOff: 4, 'Init:CrashLoopBackOff': 4,
                   ErrImagePull: 5, 'Init:ImagePullBackOff': 5, Error: 6, 'Signal:9': 6, OOMKilled: 6,
                   'Init:Error': 6, Completed: 7, Terminating: 8, Unknown: 9, constructor: 6};

    for (const [word, cls] of Object.entries(words))
        assert.equal(P.classOfWord(word), cls, word);
});

// ---- use -----------------------------------------------------------------------------------------

check('everything can be done by keys', () => {
    const page = openPage(run(worlds.shop, '--for 8m -o html')), before = page.hash;

    for (const key of ['ArrowDown', 'Enter', 'Enter', 'ArrowDown', 'ArrowUp', '+', 'w', '-', 's', 'ArrowLeft',
                       'a', 'ArrowRight', 'd', '0', 'e', 'e', 'm', 'm', 't', 't', 'l', 'l', 'n', 'N', '0',
                       'PageDown', 'PageUp', 'Home', 'End', '/', '?'])
        assert.equal(page.key(key).prevented, true, key);
    assert.equal(page.document.activeElement, page.ids.filter);
    assert.equal(page.ids.help.open, true);
    assert.notEqual(page.hash, before);
    assert.equal(page.key('q').prevented, undefined);
    page.ids.help.open = false;
    for (let i = 0; i < 20; i++)
        page.key('ArrowDown');
    page.key('Enter');
    assert.equal(page.ids.drawer.hidden, false);
    assert.match(page.ids.said.textContent, /^pod web-/);
    page.key('Escape');
    assert.equal(page.ids.drawer.hidden, true);
    assert.equal(page.key('e', {target: page.ids.filter}).prevented, undefined, 'typed into the filter');
});

check('the address brings back the same picture', () => {
    const html = run(worlds.shop, '--for 8m -o html'), page = openPage(html);

    for (const key of ['n', '+', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'l'])
        page.key(key);
    page.ids.filter.value = '-nothing app=web';
    page.ids.filter.fire('input', {});
    page.draw();
    const again = openPage(html, {hash: page.hash});

    const drawn = (x) => x.canvas.context.ops.filter(([what]) => /^fillRect|^fillText/.test(what))
        .map(([what, args, state]) => [what, args, state.fillStyle]);

    assert.deepEqual(drawn(again), drawn(page));
    assert.equal(again.hash, page.hash);
    for (const hash of ['#t=1', '#t=a,b', '#pod=99', '#%zz', '#open=%E0%A4', '#mode=x&order=constructor'])
        assert.ok(openPage(html, {hash}).hash.startsWith('#'));
});

check('filters', () => {
    const m = modelOf(run(worlds.shop, '--for 8m -o html'));
    const count = (text) => m.pods.filter(P.filterOf(m, text)).length;

    assert.equal(count(''), 6);
    assert.equal(count('web'), 6);
    assert.equal(count('-web'), 0);
    assert.equal(count('ns:shop kind:deploy workload:web app=web'), 6);
    assert.equal(count('app!=web'), 0);
    assert.equal(count('app'), 6);
    assert.equal(count('restarts>1'), 3);
    assert.equal(count('-restarts>1'), 3);
    assert.equal(count('trouble'), 3);
    assert.equal(count('status:term'), 3);
    assert.equal(count('constructor'), 0);
});

check('mouse: zoom at the pointer, drag, brush, click and tip', () => {
    const page = openPage(run(worlds.shop, '--for 8m -o html')), time = () => /t=([\d.]+)%2C([\d.]+)/.exec(page.hash);

    page.mouse('wheel', 800, 300, {ctrlKey: true, deltaY: -200, deltaX: 0});
    assert.ok(time() !== null);
    page.key('0');
    page.mouse('pointerdown', 400, 15);
    page.mouse('pointermove', 700, 15);
    page.mouse('pointerup', 700, 15);
    const [, from, to] = time().map(Number);

    assert.ok(Math.abs(from - (400 - 232) / 1256 * 480000) < 1000 && to > from);
    page.mouse('pointerdown', 600, 200);
    page.mouse('pointermove', 500, 200);
    page.mouse('pointerup', 500, 200);
    assert.ok(Number(time()[1]) > from);
    page.mouse('pointermove', 600, 160);
    assert.match(page.ids.tip.textContent, /ready/);
    page.key('0');
    page.mouse('pointerdown', 100, 256);
    page.mouse('pointerup', 100, 256);
    assert.equal(page.ids.drawer.hidden, false);
});

check('a run without pods, and a filter that nothing matches, say so', () => {
    const page = openPage(run(worlds.empty, '--for 1m -o html'));
    const texts = (p) => p.canvas.context.ops.filter(([what]) => what === 'fillText').map(([, a]) => a[0]).join('\n');

    assert.match(texts(page), /This run had no pods/);
    const other = openPage(run(worlds.shop, '--for 1m -o html'), {hash: '#filter=nobody'});

    assert.match(texts(other), /No pod of this time matches the filter/);
    other.key('Escape');
    assert.doesNotMatch(texts(other), /No pod/);
});

check('a dark page is printed light, and whole', () => {
    const page = openPage(run(worlds.shop, '--for 8m -o html'), {dark: true, height: 300});

    assert.equal(page.canvas.colorAt(700, 62), null ?? page.canvas.colorAt(700, 62));
    assert.ok(colorsIn(page, 5, 31).has(page.colors.dark.ready));
    page.window.fire('beforeprint', {});
    assert.ok(page.canvas.height > 600);
    page.window.fire('afterprint', {});
    assert.ok(colorsIn(page, 5, 31).has(page.colors.dark.ready));
});

check('it is drawn in any size', () => {
    const html = run(worlds.shop, '--for 8m -o html');

    for (const [width, height] of [[60, 40], [320, 480], [4000, 2000]]) {
        const page = openPage(html, {width, height, contrast: true});

        for (const key of ['e', '+', '+', 'n', 'm', '0'])
            page.key(key);
    }
});

check('sizes stay within their bounds', () => {
    assert.ok(run(worlds.shop, '--for 15m -o html').length < 150e3);
    assert.ok(run(slurp('docs/examples/ten-thousand.yaml'), '--for 1h --replicas 30 -o html').length < 500e3);
});

slowCheck('an hour of ten thousand pods is less than 4 MB, and its lines are those of the stream', () => {
    const manifest = slurp('docs/examples/ten-thousand.yaml'), html = run(manifest, '--for 1h -o html');
    const page = openPage(html), m = modelOf(html);

    assert.ok(html.length < 4e6, html.length + ' bytes');
    assert.equal(m.restarts, m.foot.report.counters.restarts);
    for (const key of ['e', '+', '+', 'n', 'm', '0', 't'])
        page.key(key);
    const there = streamLines(run(manifest, '--for 10m -o ndjson')).sort();
    const here = pageLines(modelOf(run(manifest, '--for 10m -o html'))).sort();

    assert.equal(here.length, there.length);
    assert.ok(here.every((l, i) => l === there[i]));
});

slowCheck('a thousand seeds: the page has the lines of the stream', () => {
    const manifest = slurp('docs/examples/ten-thousand.yaml') + '---' + slurp('docs/examples/crashloop.yaml');

    for (let seed = 0; seed < 1000; seed++) {
        const args = '--for 4m --replicas 2 --timing kubelet --seed ' + seed;

        assert.deepEqual(pageLines(modelOf(run(manifest, args + ' -o html'))).sort(),
                         streamLines(run(manifest, args + ' -o ndjson')).sort(), 'seed ' + seed);
    }
});

await done();
