// SPDX-License-Identifier: Apache-2.0
// report.js - the page: reads what stands in it, and keeps what is shown the same as the view. What
// manifests and programs have said enters by textContent and fillText only.

// ---- reading ------------------------------------------------------------------------------------

function readJson(id) {
    const e = document.getElementById(id);

    return e === null ? null : JSON.parse(e.textContent);
}

// {log, head, foot, said}: said is what is wrong with the page, sentences.
function readPage() {
    const log = newLog(), said = [];
    let head = {}, foot = null;

    try {
        head = readJson('podring-head') || {};
    } catch {
        said.push('The head of this page cannot be read: it has been cut off there.');
    }
    if (head.version !== undefined && head.version !== 1) {
        said.push('This page has data of version ' + head.version +
                  ', and its script knows version 1.');
        return {log: joinFrames(log), head: {}, foot, said};
    }
    try {
        foot = readJson('podring-foot');
    } catch {
        foot = null;
    }
    const frames = document.querySelectorAll('script[type="application/vnd.podring.log"]');

    for (let i = 0; i < frames.length; i++) {
        try {
            decodeFrame(log, bytesOf(frames[i].textContent.trim()));
        } catch (error) {
            if (foot !== null || i + 1 < frames.length)
                said.push('Frame ' + (i + 1) + ' of ' + frames.length + ' cannot be read (' +
                          error.message + '): what follows it is missing.');
            break;
        }
    }
    if (foot === null)
        said.push('This run has been cut off: there is what had been written until then.');
    return {log: joinFrames(log), head, foot, said};
}

function leftOutText(foot) {
    const l = foot?.left_out, said = [];

    if (l?.lines > 0)
        said.push('From ' + clockText(l.since_ms, 1) + ' on only status, readiness, ends and ' +
                  'counters are here: ' + grouped(l.lines) +
                  ' lines are left out (--html-records).');
    if (l?.messages > 0)
        said.push(grouped(l.messages) +
                  ' messages are left out: there were too many different ones.');
    return said;
}

// What is counted here must be what podring has counted.
function disagreement(m) {
    const c = m.foot?.report?.counters;

    if (!c || m.foot.left_out.lines > 0)
        return [];
    const asked = m.clients.reduce((n, x) => n + x.total.requests, 0);
    const pairs = [['restarts', m.restarts, c.restarts], ['pods', m.pods.length, c.pods_created],
                   ['requests', asked, c.client_requests]];

    return pairs.filter(([, here, there]) => here !== there).map(([what, here, there]) =>
        'This page shows ' + grouped(here) + ' ' + what + ', and podring has counted ' +
        grouped(there) + '.');
}

// ---- colours ------------------------------------------------------------------------------------

function colorsOf() {
    const style = getComputedStyle(document.documentElement);
    const get = (name) => style.getPropertyValue('--' + name).trim();
    const c = {cls: CLASS.map((x) => get(x.color)), outcome: {}, foot: get('ready-foot'),
               revision: [0, 1, 2, 3].map((i) => get('rev' + i)),
               outlines: matchMedia('(prefers-contrast: more)').matches};

    for (const name of ['ground', 'text', 'dim', 'panel', 'line', 'grid', 'mark'])
        c[name] = get(name);
    for (const o of OUTCOMES)
        c.outcome[o] = get(o);
    return c;
}

function themeOf(view) {
    return view.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

// ---- pieces of the document ---------------------------------------------------------------------

function make(tag, text, attributes) {
    const e = document.createElement(tag);

    if (text !== null)
        e.textContent = text;
    for (const [name, value] of Object.entries(attributes || {}))
        e.setAttribute(name, value);
    return e;
}

function swatch(color) {
    const e = make('span', '', {class: 'swatch'});

    e.style.background = color;
    return e;
}

function legendItem(color, text, n) {
    const li = make('li', null);

    if (color !== null)
        li.append(swatch(color));
    li.append(text);
    if (n !== undefined)
        li.append(' ', make('b', grouped(n)));
    return li;
}

function putLegend(r) {
    const items = [], ever = new Set(r.m.pods.flatMap((p) => p.cls));

    for (const cls of BAND_ORDER) {
        const n = r.m.workloads.reduce((sum, w) => sum + w.of[cls], 0);

        if (ever.has(cls))
            items.push(legendItem(r.colors.cls[cls], CLASS[cls].text, n));
    }
    for (const o of OUTCOMES) {
        if (r.m.clients.some((c) => c.total[o] > 0))
            items.push(legendItem(r.colors.outcome[o], o));
    }
    if (r.m.clients.length > 0)
        items.push(legendItem(null, '\u2014 attempts'));
    items.push(legendItem(null, '\u25be told to stop'), legendItem(null, '\u2715 exit'),
               legendItem(null, '| failed probe'));
    document.getElementById('legend').replaceChildren(...items);
}

function putHead(r) {
    const h = r.m.head, c = r.m.foot?.report?.counters;
    const facts = [spanText(r.m.end), 'seed ' + (h.seed ?? '?'), podsText(r.m.pods.length),
                   grouped(c ? c.restarts : r.m.restarts) + ' restarts',
                   grouped(c ? c.failure : r.m.failures) + ' failed probes'];

    if (r.m.foot)
        facts.push('digest ' + r.m.foot.digest);
    document.getElementById('command').textContent = (h.command || ['podring']).join(' ');
    document.getElementById('facts').textContent = facts.join(' \u00b7 ');
    document.title = 'podring: ' + ((h.command || []).filter((x) => /\.ya?ml$|\.json$/.test(x))
        .join(' ') || 'a run');
}

function putBanner(said) {
    const banner = document.getElementById('banner');

    banner.hidden = said.length === 0;
    banner.replaceChildren(...said.map((s) => make('div', s)));
}

function fact(list, name, value) {
    const box = make('div', null);

    box.append(make('dt', name), make('dd', value));
    list.append(box);
}

function lineRow(l, p) {
    const tr = make('tr', null, l.shape.kind === 1 ? {class: 'warning'} : {});

    tr.append(make('td', clockText(l.at, 1)), make('td', lineText(l, p)));
    return tr;
}

const LINES_MAX = 2000;

function putPod(r, p) {
    const drawer = document.getElementById('drawer'), head = make('header', null);
    const close = make('button', '\u2715', {type: 'button', 'aria-label': 'Close'});
    const facts = make('dl', null), canvas = make('canvas', null, {role: 'img',
        'aria-label': 'Status, instances and failed probes of ' + p.name});
    const lines = linesOf(r.m, p), table = make('table', null), w = p.workload;

    head.append(make('b', p.name, {class: 'mono'}), close);
    close.addEventListener('click', () => {
        r.view.pod = null;
        r.show();
        r.canvas.focus();
    });
    fact(facts, 'at the end', p.gone < Infinity ? 'gone' : p.status);
    fact(facts, 'restarts', grouped(p.restarts));
    fact(facts, 'failed probes', grouped(p.failures));
    fact(facts, 'in trouble', spanText(p.trouble));
    fact(facts, 'node', p.node || '-');
    table.append(...lines.slice(0, LINES_MAX).map((l) => lineRow(l, p)));
    drawer.replaceChildren(head, make('div', (w.kind ? w.kind + ' ' + w.name + ' \u00b7 ' : '') +
        'namespace ' + p.ns + (p.labels ? ' \u00b7 ' + p.labels : ''), {class: 'dim'}), facts,
        canvas,
        make('h2', 'Events, ' + grouped(lines.length) + ' lines' +
             (lines.length > LINES_MAX ? ', the first ' + grouped(LINES_MAX) : '')), table);
    r.podCanvas = canvas;
    r.podShown = p.index;
}

// ---- showing ------------------------------------------------------------------------------------

function sharp(canvas, width, height, ratio) {
    const g = canvas.getContext('2d');

    if (canvas.width !== Math.round(width * ratio) ||
        canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
    }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    return g;
}

function showDrawer(r) {
    const drawer = document.getElementById('drawer'), open = r.view.pod !== null;

    drawer.hidden = !open;
    if (!open) {
        r.podShown = null;
        return;
    }
    const p = r.m.pods[r.view.pod];

    if (r.podShown !== p.index)
        putPod(r, p);
    const width = r.podCanvas.clientWidth || 390;

    drawPodLanes(sharp(r.podCanvas, width, 118, r.ratio), r.colors, r, p, width);
}

function showControls(r) {
    const root = document.documentElement, get = (id) => document.getElementById(id);

    root.setAttribute('data-theme', themeOf(r.view));
    root.classList.toggle('table', r.view.mode === 'table');
    get('map').setAttribute('aria-pressed', String(r.view.mode === 'map'));
    get('table').setAttribute('aria-pressed', String(r.view.mode === 'table'));
    get('order').value = r.view.order;
    if (get('filter').value !== r.view.filter)
        get('filter').value = r.view.filter;
    get('shown').textContent = podsText(r.layout.shown);
}

function draw(r) {
    const stage = document.getElementById('stage');

    r.layout = layout(r.m, r.view);
    showControls(r);
    showDrawer(r);
    if (r.view.mode !== 'table') {
        const width = stage.clientWidth, height = stage.clientHeight;

        drawAll(sharp(r.canvas, width, height, r.ratio), r.colors, r, width, height);
        r.canvas.setAttribute('aria-label', 'The run, ' + podsText(r.layout.shown) + ': ' +
            countsText(countsAt(r.m.pods, r.m.end - 0.5)) + ' at its end; Table has it in words');
    }
    keepAddress(r);
}

// When there has been no change for a moment: browsers take so many a minute only.
function keepAddress(r) {
    clearTimeout(r.timer);
    r.timer = setTimeout(() => {
        try {
            history.replaceState(null, '', '#' + toAddress(r.view, r.m.end));
        } catch {
            // the link is that of before
        }
    }, 300);
}

function recolor(r) {
    document.documentElement.setAttribute('data-theme', themeOf(r.view));
    r.colors = colorsOf();
    putLegend(r);
}

// In light colours and whole, or as much as goes on a few sheets.
function printed(r, begins) {
    const width = 1060, height = Math.min(3600, TOP + r.layout.height + 10);

    if (!begins) {
        r.canvas.style.width = r.canvas.style.height = '';
        recolor(r);
        draw(r);
        return;
    }
    document.documentElement.setAttribute('data-theme', 'light');
    r.colors = colorsOf();
    putLegend(r);
    r.canvas.style.width = '100%';
    const scroll = r.view.scroll;

    r.view.scroll = 0;
    drawAll(sharp(r.canvas, width, height, 2), r.colors, r, width, height);
    r.view.scroll = scroll;
}

// ---- wiring -------------------------------------------------------------------------------------

function wire(r) {
    const get = (id) => document.getElementById(id), filter = get('filter');

    filter.addEventListener('input', () => {
        r.view.filter = filter.value;
        r.view.scroll = 0;
        r.show();
    });
    get('order').addEventListener('change', (e) => {
        r.view.order = e.target.value;
        r.show();
    });
    for (const [id, key] of [['map', 'm'], ['table', 't'], ['theme', 'l'], ['keys', '?']]) {
        get(id).addEventListener('click', () => {
            onKey(r, key);
            r.show();
        });
    }
    document.addEventListener('keydown', (e) => {
        const typing = e.target.closest?.('input, select, dialog, textarea');
        const pressed = e.target.closest?.('button') && (e.key === 'Enter' || e.key === ' ');

        if (e.ctrlKey || e.metaKey || e.altKey || pressed || (typing && e.key !== 'Escape') ||
            get('help').open)
            return;
        if (typing)
            r.canvas.focus();
        if (onKey(r, e.key)) {
            e.preventDefault();
            r.show();
        }
    });
    addEventListener('resize', () => r.show());
    addEventListener('hashchange', () => { // by hand, or another link
        Object.assign(r.view, newView(r.m.end));
        fromAddress(r.view, location.hash.slice(1), r.m.end, r.m.pods.length);
        recolor(r);
        r.show();
    });
    addEventListener('beforeprint', () => printed(r, true));
    addEventListener('afterprint', () => printed(r, false));
    for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
        matchMedia(query).addEventListener('change', () => {
            recolor(r);
            r.show();
        });
    }
    listen(r, r.canvas);
}

function newReport(m, view) {
    let asked = false;
    const r = {m, view, bands: new Map(), layout: layout(m, view), place: null, podShown: null,
               canvas: document.getElementById('chart'), ratio: globalThis.devicePixelRatio || 1};

    r.show = () => {
        if (asked)
            return;
        asked = true;
        requestAnimationFrame(() => {
            asked = false;
            draw(r);
        });
    };
    r.say = (text) => { document.getElementById('said').textContent = text; };
    r.tip = (text, x, y) => {
        const tip = document.getElementById('tip');

        tip.hidden = text === '';
        tip.textContent = text;
        tip.style.left = Math.min(x + 14, Math.max(0, innerWidth - 430)) + 'px';
        tip.style.top = Math.min(y + 16, Math.max(0, innerHeight - 120)) + 'px';
    };
    r.toFilter = () => document.getElementById('filter').focus();
    r.help = () => document.getElementById('help').showModal();
    r.otherTheme = () => {
        view.theme = themeOf(view) === 'dark' ? 'light' : 'dark';
        recolor(r);
    };
    return r;
}

function report() {
    document.documentElement.classList.add('js');
    const {log, head, foot, said} = readPage();
    const m = buildModel(log, head, foot), view = newView(m.end);

    fromAddress(view, location.hash.slice(1), m.end, m.pods.length);
    const r = newReport(m, view);

    recolor(r);
    putHead(r);
    putBanner([...said, ...leftOutText(foot), ...disagreement(m)]);
    wire(r);
    draw(r);
    return r;
}
