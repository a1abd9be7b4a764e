// SPDX-License-Identifier: Apache-2.0
// draw.js - rows on a canvas. What is drawn depends on the model, the view and the colours only.

const LABELS = 232, LABELS_NARROW = 120, TOP = 60, AXIS_Y = 36, NARROW = 700;
const FONT = '12px system-ui, sans-serif', SMALL = '11px system-ui, sans-serif',
    BOLD = '600 13px system-ui, sans-serif', MONO = '11.5px ui-monospace, monospace';

// ---- places -------------------------------------------------------------------------------------

function placesOf(width, height) {
    const labels = width < NARROW ? LABELS_NARROW : LABELS;

    return {width, height, x: labels, w: Math.max(50, width - labels - 12), top: TOP};
}

function xOf(view, place, at) {
    return place.x + (at - view.t0) / (view.t1 - view.t0) * place.w;
}

function timeOf(view, place, x) {
    return view.t0 + (x - place.x) / place.w * (view.t1 - view.t0);
}

// ---- pieces -------------------------------------------------------------------------------------

function write(g, text, x, y, options) {
    const o = options || {};

    g.font = o.font || FONT;
    g.fillStyle = o.color;
    g.textAlign = o.align || 'left';
    g.textBaseline = 'middle';
    g.fillText(text, x, y);
}

// Cut at the end, so that it fits.
function fitted(g, text, width, font) {
    g.font = font;
    if (g.measureText(text).width <= width)
        return text;
    let low = 0, high = text.length;

    while (low < high) {
        const middle = low + high + 1 >> 1;

        if (g.measureText(text.slice(0, middle) + '\u2026').width <= width)
            low = middle;
        else
            high = middle - 1;
    }
    return text.slice(0, low) + '\u2026';
}

function label(g, c, place, row, y, text, right, font) {
    const x = 10 + 12 * (row.indent || 0), end = place.x - 8;
    const room = right !== '' ? end - x - g.measureText(right).width - 8 : end - x;

    write(g, fitted(g, text, Math.max(20, room), font), x, y, {color: c.text, font});
    if (right !== '' && place.x > LABELS_NARROW)
        write(g, right, end, y, {color: c.dim, font: SMALL, align: 'right'});
}

// Stripes tell two classes from those that are like them in colour.
function stripes(g, color, cls, x, y, w, h) {
    g.fillStyle = color;
    if (cls === TERMINATING) {
        for (let i = 0; i < h; i += 3)
            g.fillRect(x, y + i, w, Math.min(2, h - i));
        return;
    }
    g.fillRect(x, y, w, 1);
    g.fillRect(x, y + h - 1, w, 1);
    g.save();
    g.beginPath();
    g.rect(x, y, w, h);
    g.clip();
    g.strokeStyle = color;
    g.lineWidth = 2.5;
    g.beginPath();
    for (let i = Math.floor((x - h) / 6) * 6; i < x + w; i += 6) {
        g.moveTo(i, y + h);
        g.lineTo(i + h, y);
    }
    g.stroke();
    g.restore();
}

function bar(g, c, cls, x, y, w, h, striped) {
    const height = Math.max(1, Math.round(h * CLASS[cls].height)), top = y + h - height;

    if (striped && w >= 6 && (cls === STOPPING || cls === TERMINATING)) {
        stripes(g, c.cls[cls], cls, x, top, w, height);
    } else {
        g.fillStyle = c.cls[cls];
        g.fillRect(x, top, w, height);
    }
    if (cls === READY) {
        g.fillStyle = c.foot;
        g.fillRect(x, y + h - 1, w, 1);
    }
    if (c.outlines) {
        g.strokeStyle = c.text;
        g.lineWidth = 1;
        g.strokeRect(x + 0.5, top + 0.5, Math.max(0, w - 1), Math.max(0, height - 1));
    }
}

// ---- bands --------------------------------------------------------------------------------------

// The heights of one column from the floor up, in whole pixels; what is not calm has at least 1.
function stackOf(part, x, peak, h) {
    const stack = new Int16Array(CLASSES);
    let all = 0, sum = 0;

    for (const cls of BAND_ORDER) {
        all += part[x * CLASSES + cls];
        const up = Math.round(all / peak * h), n = part[x * CLASSES + cls];

        stack[cls] = Math.max(up - sum, n > 0 && cls !== READY && cls !== COMPLETED ? 1 : 0);
        sum += stack[cls];
    }
    for (const cls of [READY, COMPLETED, NOT_READY, STARTING, TERMINATING, STOPPING]) {
        const less = Math.min(Math.max(0, sum - h), stack[cls]);

        stack[cls] -= less;
        sum -= less;
    }
    return stack;
}

// Columns that are alike become one rectangle of each class.
function drawBand(g, c, part, peak, x, y, width, h) {
    const open = BAND_ORDER.map(() => ({from: 0, low: 0, high: 0}));
    const flush = (i, to) => {
        const o = open[i];

        if (o.high > o.low) {
            g.fillStyle = c.cls[BAND_ORDER[i]];
            g.fillRect(x + o.from, y + h - o.high, to - o.from, o.high - o.low);
        }
    };

    for (let column = 0; column <= width; column++) {
        const stack = column < width ? stackOf(part, column, Math.max(1, peak), h) : null;
        let low = 0;

        BAND_ORDER.forEach((cls, i) => {
            const high = stack === null ? -1 : low + stack[cls];

            if (stack === null || open[i].low !== low || open[i].high !== high) {
                flush(i, column);
                open[i] = {from: column, low, high};
            }
            low = high;
        });
    }
}

function bandRow(r, place, lanes, key, t0, t1) {
    const at = [r.view.filter, lanes.length, t0, t1, place.w].join();

    if (r.bands.get(key)?.at !== at)
        r.bands.set(key, {at, part: bandOf(lanes, t0, t1, Math.round(place.w), r.m.end)});
    return r.bands.get(key).part;
}

// ---- lanes --------------------------------------------------------------------------------------

// The class of each pixel: pieces that have one, and then those that have not, by severity.
function pixelsOf(lane, view, width, end) {
    const pixel = new Int8Array(width).fill(-1), scale = width / (view.t1 - view.t0), small = [];
    const stop = Math.min(lane.gone, end);

    for (let i = Math.max(0, laneFind(lane, view.t0)); i < lane.at.length; i++) {
        const from = Math.max(lane.at[i], view.t0);
        const to = Math.min(i + 1 < lane.at.length ? lane.at[i + 1] : stop, stop, view.t1);
        const x0 = Math.round((from - view.t0) * scale), x1 = Math.round((to - view.t0) * scale);

        if (lane.at[i] > view.t1)
            break;
        if (to > from && x1 > x0)
            pixel.fill(lane.cls[i], x0, x1);
        else if (to > from)
            small.push([Math.min(x0, width - 1), lane.cls[i]]);
    }
    for (const [x, cls] of small) {
        if (pixel[x] < 0 || CLASS[cls].severity > CLASS[pixel[x]].severity)
            pixel[x] = cls;
    }
    return pixel;
}

function changesIn(lane, view) {
    return laneFind(lane, view.t1) - Math.max(0, laneFind(lane, view.t0));
}

function drawLane(g, c, r, place, lane, y, h) {
    const width = Math.round(place.w);

    if (changesIn(lane, r.view) > width / 5) {
        drawBand(g, c, bandOf([lane], r.view.t0, r.view.t1, width, r.m.end), 1, place.x, y, width,
                 h);
        return;
    }
    const pixel = pixelsOf(lane, r.view, width, r.m.end);

    for (let x = 0, from = 0; x <= width; x++) {
        if (x < width && pixel[x] === pixel[from])
            continue;
        if (pixel[from] >= 0)
            bar(g, c, pixel[from], place.x + from, y, x - from, h, true);
        from = x;
    }
}

// ---- marks --------------------------------------------------------------------------------------

function triangle(g, color, x, y) {
    g.fillStyle = color;
    g.beginPath();
    g.moveTo(x - 4, y);
    g.lineTo(x + 4, y);
    g.lineTo(x, y + 6);
    g.fill();
}

function cross(g, c, x, y) {
    g.strokeStyle = c.text;
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(x - 3, y - 3);
    g.lineTo(x + 3, y + 3);
    g.moveTo(x - 3, y + 3);
    g.lineTo(x + 3, y - 3);
    g.stroke();
}

function drawFails(g, c, r, place, p, y, h, only) {
    const seen = new Set(), per = (r.view.t1 - r.view.t0) / place.w;

    for (const f of p.fails) {
        if (only !== undefined && f.probe !== only)
            continue;
        const first = f.period > 0 ? Math.max(0, Math.floor((r.view.t0 - f.at) / f.period)) : 0;
        const stride = f.period > 0 ? Math.max(1, Math.floor(per / f.period)) : 1;

        for (let i = first; i < f.n; i += stride) {
            const x = Math.floor(xOf(r.view, place, f.at + i * f.period)), tall = f.probe === 3;

            if (x > place.x + place.w)
                break;
            if (x < place.x || seen.has(x * 2 + tall))
                continue;
            seen.add(x * 2 + tall);
            g.fillStyle = only !== undefined ? c.cls[tall ? BACK_OFF : NOT_READY] : c.text;
            g.fillRect(x, y + h - (tall ? h * 0.6 : h * 0.3), 1, tall ? h * 0.6 : h * 0.3);
        }
    }
}

// Ends as crosses with what they were, or, where they are too many, how many there were.
function drawEnds(g, c, r, place, p, y, h) {
    const xs = p.ends.map((e) => xOf(r.view, place, e.at));
    const bins = new Map();

    for (const x of xs)
        bins.set(Math.floor(x / 8), (bins.get(Math.floor(x / 8)) || 0) + 1);
    p.ends.forEach((e, i) => {
        const x = xs[i], before = i > 0 ? x - xs[i - 1] : 99;
        const after = i + 1 < xs.length ? xs[i + 1] - x : 999;

        if (x < place.x || x > place.x + place.w)
            return;
        if (Math.min(before, after) < 24) {
            const n = 2 + 2 * Math.log2(bins.get(Math.floor(x / 8)));

            g.fillStyle = c.text;
            g.fillRect(Math.floor(x / 8) * 8, y - 2, 7, Math.min(n, h));
            return;
        }
        cross(g, c, x, y + 3);
        if (Math.min(after, place.x + place.w - x) > 60) {
            const text = 'exit ' + e.code;

            g.font = SMALL;
            g.fillStyle = c.ground;
            g.fillRect(x + 5, y - 3, g.measureText(text).width + 4, 12);
            write(g, text, x + 7, y + 3, {color: c.text, font: SMALL});
        }
    });
}

function drawMarks(g, c, r, place, p, y, h) {
    drawFails(g, c, r, place, p, y, h + 3);
    for (const at of p.told) {
        const x = xOf(r.view, place, at);

        if (x >= place.x && x <= place.x + place.w)
            triangle(g, c.text, x, y - 2);
    }
    drawEnds(g, c, r, place, p, y, h);
}

// ---- clients ------------------------------------------------------------------------------------

function drawRates(g, c, r, place, bins, y, heights) {
    const {length} = bins, [okH, failH] = heights;
    const peak = Math.max(1, ...bins.bins.map((b) => Math.max(b.requests, b.attempts)));
    const fails = bins.bins.map((b) => FAILURES.reduce((n, f) => n + b[f], 0));
    const failPeak = Math.max(...fails, 0);

    for (const b of bins.bins) {
        const x0 = Math.round(Math.max(place.x, xOf(r.view, place, b.at)));
        const x1 = Math.round(Math.min(place.x + place.w, xOf(r.view, place, b.at + length)));
        const okTall = Math.round(b.ok / peak * okH), tall = Math.round(b.attempts / peak * okH);
        let top = y + okH + 2;

        g.fillStyle = c.outcome.ok;
        g.fillRect(x0, y + okH - okTall, x1 - x0, okTall);
        g.fillStyle = c.dim;
        g.fillRect(x0, y + okH - tall, x1 - x0, 1);
        for (const f of FAILURES) {
            const h = b[f] > 0 ? Math.max(1, Math.round(b[f] / failPeak * failH)) : 0;

            g.fillStyle = c.outcome[f];
            g.fillRect(x0, top, x1 - x0, h);
            top += h;
        }
    }
    return {peak: peak / length * 1000, failPeak: failPeak / length * 1000};
}

function rateText(n) {
    return n >= 100 ? grouped(n) : String(Math.trunc(n * 10) / 10);
}

function drawClient(g, c, r, place, row, y) {
    const bins = binsOf(row.client, r.view.t0, r.view.t1, place.w);
    const sum = (name) => bins.bins.reduce((n, b) => n + b[name], 0);
    const peaks = drawRates(g, c, r, place, bins, y + 2, [44, 30]);
    const asked = sum('requests'), failed = FAILURES.reduce((n, f) => n + sum(f), 0);

    label(g, c, place, row, y + 12, row.client.name, 'peak ' + rateText(peaks.peak) + '/s', BOLD);
    write(g, 'client \u00b7 ' + row.client.ns, 10, y + 28, {color: c.dim, font: SMALL});
    write(g, grouped(asked) + ' asked, ' + grouped(failed) + ' failed', 10, y + 54,
          {color: c.text, font: SMALL});
    if (place.x > LABELS_NARROW)
        write(g, shareText(sum('ok'), asked), 10, y + 70, {color: c.dim, font: SMALL});
    if (failed > 0 && place.x > LABELS_NARROW)
        write(g, 'peak ' + rateText(peaks.failPeak) + '/s', place.x - 8, y + 70,
              {color: c.dim, font: SMALL, align: 'right'});
    g.fillStyle = c.dim;
    g.fillRect(place.x, y + 46, place.w, 1);
}

// ---- replica sets -------------------------------------------------------------------------------

function drawSteps(g, r, place, series, color, peak, y, h) {
    g.fillStyle = color;
    series.at.forEach((at, i) => {
        const to = i + 1 < series.at.length ? series.at[i + 1] : r.m.end;
        const x0 = Math.round(xOf(r.view, place, Math.max(at, r.view.t0)));
        const x1 = Math.round(xOf(r.view, place, Math.min(to, r.view.t1)));
        const tall = Math.round(series.to[i] / peak * h);

        if (series.to[i] > 0 && x1 > x0)
            g.fillRect(x0, y + h - Math.max(1, tall), x1 - x0, Math.max(1, tall));
    });
}

function drawSets(g, c, r, place, row, y) {
    const peak = Math.max(1, ...row.sets.flatMap((s) => s.wanted.to));

    write(g, 'replica sets', 22, y + 10, {color: c.dim, font: SMALL});
    if (row.sets.length > 1)
        write(g, 'ready of wanted', 22, y + 24, {color: c.dim, font: SMALL});
    row.sets.forEach((s, i) => {
        const top = y + 4 + HEIGHT.set * i;

        if (place.x > LABELS_NARROW)
            write(g, 'rev ' + s.revision, place.x - 8, top + 7,
                  {color: c.dim, font: SMALL, align: 'right'});
        drawSteps(g, r, place, s.wanted, c.line, peak, top, 12);
        drawSteps(g, r, place, s.ready, c.revision[Math.max(0, 4 - row.sets.length + i)], peak, top,
                  12);
    });
}

// ---- rows ---------------------------------------------------------------------------------------

function drawWorkload(g, c, r, place, row, y) {
    const w = row.w, h = row.h - 8, all = row.pods.length;
    const count = podsText(row.peak) + (all > row.peak ? ', ' + grouped(all) + ' in all' : '');

    g.fillStyle = c.line;
    g.fillRect(0, y, place.width, 1);
    g.font = SMALL;
    label(g, c, place, row, y + 11, (row.open ? '\u25be ' : '\u25b8 ') + w.name, count, BOLD);
    g.font = SMALL;
    label(g, {...c, text: c.dim}, place, {indent: 1}, y + 24,
          (w.kind || 'pods') + ' \u00b7 ' + w.ns,
          w.restarts > 0 ? grouped(w.restarts) + ' restarts' : '', SMALL);
    drawBand(g, c, bandRow(r, place, row.lanes, row.key, r.view.t0, r.view.t1), row.peak, place.x,
             y + 5, Math.round(place.w), h);
}

function drawGroup(g, c, r, place, row, y) {
    const each = row.pods[0].restarts;

    g.font = SMALL;
    label(g, c, place, {indent: 1}, y + 9,
          (row.open ? '\u25be' : '\u25b8') + ' \u00d7' + grouped(row.pods.length) + ' like this',
          each > 0 ? each + ' restarts each' : '', FONT);
    drawBand(g, c, bandRow(r, place, row.lanes, row.key, r.view.t0, r.view.t1), row.peak, place.x,
             y + 3, Math.round(place.w), 12);
}

function drawPod(g, c, r, place, row, y) {
    g.font = SMALL;
    label(g, c, place, row, y + 9, row.pod.name,
          row.pod.restarts > 0 ? '\u21bb' + row.pod.restarts : '', MONO);
    drawLane(g, c, r, place, row.pod, y + 3, 12);
    drawMarks(g, c, r, place, row.pod, y + 3, 12);
}

function drawRow(g, c, r, place, row, y) {
    const draw = {client: drawClient, workload: drawWorkload, sets: drawSets, group: drawGroup,
                  pod: drawPod}[row.type];

    if (row.key === r.view.chosen) {
        g.fillStyle = c.panel;
        g.fillRect(0, y, place.width, row.h);
        g.fillStyle = c.mark;
        g.fillRect(0, y, 3, row.h);
    }
    if (draw !== undefined) {
        draw(g, c, r, place, row, y);
    } else if (row.type === 'endpoints') {
        write(g, 'endpoints', 22, y + 10, {color: c.dim, font: SMALL});
        write(g, 'service/' + row.service.name, 22, y + 23, {color: c.dim, font: SMALL});
        if (place.x > LABELS_NARROW)
            write(g, 'max ' + row.service.peak, place.x - 8, y + 10,
                  {color: c.dim, font: SMALL, align: 'right'});
        drawBand(g, c, bandRow(r, place, row.lanes, row.key, r.view.t0, r.view.t1),
                 row.service.peak, place.x, y + 4, Math.round(place.w), 24);
    } else if (row.type === 'quiet') {
        g.font = SMALL;
        label(g, c, place, row, y + 11, (row.open ? '\u25be ' : '\u25b8 ') +
              grouped(row.workloads) + ' quiet workloads', podsText(row.pods.length), BOLD);
        drawBand(g, c, bandRow(r, place, row.lanes, 'quiet', r.view.t0, r.view.t1), row.peak,
                 place.x, y + 4, Math.round(place.w), 22);
    } else {
        write(g, '\u25b8 ' + podsText(row.left) + ' more', 22, y + 9, {color: c.dim, font: SMALL});
    }
}

// ---- top, and the whole -------------------------------------------------------------------------

function drawOverview(g, c, r, place) {
    const part = bandRow(r, place, r.m.pods, 'overview', 0, r.m.end), w = Math.round(place.w);
    const x0 = place.x + r.view.t0 / r.m.end * w, x1 = place.x + r.view.t1 / r.m.end * w;

    write(g, 'all pods, whole run', 10, 18, {color: c.dim, font: SMALL});
    drawBand(g, c, part, r.m.peak, place.x, 6, w, 24);
    g.globalAlpha = 0.65;
    g.fillStyle = c.ground;
    g.fillRect(place.x, 6, x0 - place.x, 24);
    g.fillRect(x1, 6, place.x + w - x1, 24);
    g.globalAlpha = 1;
    g.strokeStyle = c.mark;
    g.lineWidth = 2;
    g.strokeRect(x0, 5, x1 - x0, 26);
}

function drawAxis(g, c, r, place, bottom) {
    const span = r.view.t1 - r.view.t0, step = stepFor(span, Math.max(2, place.w / 110));

    write(g, clockText(r.view.t0, step) + ' \u2013 ' + clockText(r.view.t1, step), 10, AXIS_Y + 12,
          {color: c.text, font: SMALL});
    for (let t = Math.ceil(r.view.t0 / step) * step; t <= r.view.t1; t += step) {
        const x = Math.round(xOf(r.view, place, t));

        g.fillStyle = c.grid;
        g.fillRect(x, TOP, 1, bottom - TOP);
        if (x + 40 < place.width)
            write(g, tickText(t, step), x + 3, AXIS_Y + 12, {color: c.dim, font: SMALL});
    }
}

function drawFlags(g, c, r, place, bottom) {
    for (const s of r.m.steps) {
        const x = Math.round(xOf(r.view, place, s.at_ms));

        if (x < place.x || x > place.x + place.w)
            continue;
        g.fillStyle = c.mark;
        for (let y = TOP; y < bottom; y += 6)
            g.fillRect(x, y, 1, 3);
        triangle(g, c.mark, x, TOP - 8);
    }
}

function drawRows(g, c, r, place) {
    const bottom = Math.min(place.height, TOP + r.layout.height - r.view.scroll);

    g.save();
    g.beginPath();
    g.rect(0, TOP, place.width, place.height - TOP);
    g.clip();
    for (const row of r.layout.rows) {
        const y = TOP + row.y - r.view.scroll;

        if (y + row.h >= TOP && y < place.height)
            drawRow(g, c, r, place, row, y);
    }
    drawFlags(g, c, r, place, bottom);
    g.restore();
}

// Words where there is nothing to draw.
function emptyText(m, layout) {
    if (m.pods.length === 0)
        return 'This run had no pods.';
    return layout.shown === 0 ? 'No pod of this time matches the filter. Esc clears it.' : '';
}

function drawAll(g, c, r, width, height) {
    const place = placesOf(width, height), text = emptyText(r.m, r.layout);

    r.place = place;
    g.fillStyle = c.ground;
    g.fillRect(0, 0, width, height);
    drawAxis(g, c, r, place, height);
    drawOverview(g, c, r, place);
    if (r.view.mode === 'map')
        drawMap(g, c, r, place);
    else
        drawRows(g, c, r, place);
    if (text !== '')
        write(g, text, place.x + 20, TOP + 40, {color: c.text, font: FONT});
    g.fillStyle = c.line;
    g.fillRect(0, TOP - 1, width, 1);
}

// ---- map ----------------------------------------------------------------------------------------

// Every pod a row of pixels. Where rows share one, its columns are dealt out to the classes by
// their shares, trouble counting two and a half times: mixed from afar, and no colour that is none.
function drawMap(g, c, r, place) {
    const pods = r.layout.visible.flatMap((v) => v.pods), room = Math.floor(place.height - TOP - 8);
    const lines = Math.min(room, pods.length * 12), width = Math.round(place.w);
    let y = TOP + 4;

    for (let line = 0; line < lines;) {
        const first = Math.floor(line * pods.length / lines);
        let next = line + 1;

        while (next < lines && Math.floor(next * pods.length / lines) === first)
            next++;
        const last = Math.max(first + 1, Math.floor(next * pods.length / lines));

        drawMapLine(g, c, r, place, pods.slice(first, last), width, y, next - line);
        y += next - line;
        line = next;
    }
    drawBrackets(g, c, r, place, pods.length, lines);
    drawFlags(g, c, r, place, TOP + 4 + lines);
}

// The class of a column: at a place from 0 to 1 among the shares, or, below 0, the largest.
function dealt(part, x, place) {
    let all = 0, sum = 0, best = -1, most = 0;

    const weight = (cls) =>
        part[x * CLASSES + cls] * (cls === READY || cls === COMPLETED ? 1 : 2.5);
    for (const cls of BAND_ORDER) {
        all += weight(cls);
        if (weight(cls) > most) {
            most = weight(cls);
            best = cls;
        }
    }
    for (const cls of place < 0 ? [] : BAND_ORDER) {
        sum += weight(cls);
        if (weight(cls) > 0 && sum > place * all)
            return cls;
    }
    return best;
}

function drawMapLine(g, c, r, place, pods, width, y, h) {
    const part = bandOf(pods, r.view.t0, r.view.t1, width, r.m.end), one = pods.length === 1;
    let from = 0, now = -1;

    for (let x = 0; x <= width; x++) {
        const at = one ? -1 : (x * 0.618034 + y * 0.381966) % 1;
        const best = x === width ? -1 : dealt(part, x, at);

        if (x < width && best === now)
            continue;
        if (now >= 0) {
            g.fillStyle = c.cls[now];
            g.fillRect(place.x + from, y, x - from, h);
        }
        from = x;
        now = best;
    }
}

function drawBrackets(g, c, r, place, pods, lines) {
    let before = 0;

    for (const v of r.layout.visible) {
        const y0 = TOP + 4 + before / pods * lines, h = v.pods.length / pods * lines;

        before += v.pods.length;
        g.fillStyle = c.dim;
        g.fillRect(place.x - 4, y0, 2, Math.max(1, h - 1));
        if (h < 14)
            continue;
        g.font = SMALL;
        label(g, c, place, {}, y0 + h / 2, v.w.name, '\u00d7' + grouped(v.pods.length), FONT);
    }
}

// ---- one pod ------------------------------------------------------------------------------------

function drawPodLanes(g, c, r, p, width) {
    const place = {x: 70, w: width - 80, width};
    const rows = ['status', 'instances', 'startup', 'readiness', 'liveness'];

    g.fillStyle = c.panel;
    g.fillRect(0, 0, width, 118);
    rows.forEach((name, i) => {
        const y = 4 + 19 * i;

        write(g, name, 2, y + 7, {color: c.dim, font: SMALL});
        g.fillStyle = c.line;
        g.fillRect(place.x, y + 13, place.w, 1);
        if (i >= 2)
            drawFails(g, c, r, place, p, y, 14, i - 1);
    });
    drawLane(g, c, r, place, p, 4, 13);
    p.starts.forEach((s, i) => {
        const end = p.ends.find((e) => e.container === s.container && e.at >= s.at);
        const x0 = Math.max(place.x, xOf(r.view, place, s.at));
        const to = end ? end.at : Math.min(p.gone, r.m.end);
        const x1 = Math.min(place.x + place.w, xOf(r.view, place, to));

        if (x1 <= place.x || x0 >= place.x + place.w)
            return;
        g.fillStyle = c.cls[READY];
        g.fillRect(x0, 25, Math.max(1, x1 - x0 - 1), 11);
        if (x1 - x0 > 40)
            write(g, '#' + i + (end ? ' \u2192 ' + end.code : ''), x0 + 3, 31,
                  {color: c.text, font: SMALL});
    });
    const step = stepFor(r.view.t1 - r.view.t0, 4);

    for (let t = Math.ceil(r.view.t0 / step) * step; t <= r.view.t1; t += step) {
        const x = xOf(r.view, place, t);

        write(g, tickText(t, step), x, 108, {color: c.dim, font: SMALL,
                                             align: x > width - 40 ? 'right' : 'left'});
    }
}
