// SPDX-License-Identifier: Apache-2.0
// decode.js - frames back to records: the other half of frame.h. It knows no document.

const COLUMNS = 9;

function bytesOf(base64) {
    if (Uint8Array.fromBase64)
        return Uint8Array.fromBase64(base64);
    const text = atob(base64), bytes = new Uint8Array(text.length);

    for (let i = 0; i < text.length; i++)
        bytes[i] = text.charCodeAt(i);
    return bytes;
}

function newLog() {
    return {strings: [''], objects: [], pods: [], shapes: [], frames: [], number: 0, records: 0,
            last: new Map(), next: [new Map(), new Map()]};
}

// Below 2^53: no shifts, which end at 2^32.
function varint(c) {
    let byte = c.bytes[c.at++], n = byte & 127, unit = 128;

    while (byte > 127 && c.at < c.end) {
        byte = c.bytes[c.at++];
        n += (byte & 127) * unit;
        unit *= 128;
    }
    if (c.at > c.end || byte > 127)
        throw new Error('a column ends within a number');
    return n;
}

function signed(n) {
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
}

function string(log, c) {
    const n = varint(c);

    if (n >= log.strings.length)
        throw new Error('string ' + n + ' is not there');
    return log.strings[n];
}

const utf8 = new TextDecoder();

function text(c) {
    const n = varint(c), from = c.at;

    c.at += n;
    if (c.at > c.end)
        throw new Error('a column ends within a text');
    return utf8.decode(c.bytes.subarray(from, c.at));
}

function readObject(log, c) {
    const o = {kind: string(log, c), ns: string(log, c), name: string(log, c),
               labels: string(log, c), owner: varint(c) - 1};

    if (o.owner >= log.objects.length)
        throw new Error('object ' + o.owner + ' is not there');
    log.objects.push(o);
}

function readPod(log, c) {
    const number = log.number + signed(varint(c)), owner = varint(c) - 1;
    const p = {number, owner, ns: string(log, c), labels: string(log, c), node: string(log, c)};
    const common = varint(c);

    if (owner >= log.objects.length)
        throw new Error('object ' + owner + ' is not there');
    p.name = (owner >= 0 ? log.objects[owner].name : '').slice(0, common) + text(c);
    log.number = number;
    log.pods.push(p);
}

function readShape(log, c) {
    const s = {kind: varint(c), subject: varint(c), argument: varint(c), probe: varint(c),
               cause: varint(c), container: string(log, c), reason: string(log, c),
               field: string(log, c), to: string(log, c), message: string(log, c)};

    s.exit = varint(c) - 1;
    s.about = varint(c) - 1;
    if (s.about >= log.objects.length)
        throw new Error('object ' + s.about + ' is not there');
    log.shapes.push(s);
}

function readRecords(log, column, n) {
    const [steps, times, whos, shapes, args] = column;
    const f = {at: new Float64Array(n), who: new Uint32Array(n), shape: new Uint32Array(n),
               value: new Float64Array(n), period: new Float64Array(n)};
    let at = 0, who = 0, shape = -1, silent = 0;

    for (let i = 0; i < n; i++) {
        const step = silent > 0 ? 0 : varint(steps), other = (step & 2) / 2, before = shape;

        silent = silent > 0 ? silent - 1 : Math.floor(step / 8);
        if (step & 1)
            at += signed(varint(times));
        if (other)
            who += signed(varint(whos));
        shape = step & 4 ? varint(shapes) : log.next[other].get(before);
        log.next[other].set(before, shape);
        const s = log.shapes[shape];

        if (s === undefined || who < 0 || who >= (s.subject ? log.objects : log.pods).length)
            throw new Error('record ' + i + ' is about nothing');
        f.at[i] = at;
        f.who[i] = who;
        f.shape[i] = shape;
        if (s.argument === 1) {
            const key = who * 2097152 + shape, to = (log.last.get(key) || 0) + signed(varint(args));

            log.last.set(key, to);
            f.value[i] = to;
        } else if (s.argument === 2) {
            f.value[i] = varint(args);
            f.period[i] = varint(args);
        }
    }
    return f;
}

// Adds a frame to the log, or throws and leaves the log as it was.
function decodeFrame(log, bytes) {
    const c = {bytes, at: 4, end: bytes.length}, lists = ['strings', 'objects', 'pods', 'shapes'];
    const had = lists.map((l) => log[l].length), count = [], column = [];

    if (bytes[0] !== 0x50 || bytes[1] !== 0x52)
        throw new Error('this is no frame');
    if (bytes[2] !== 2 || bytes[3] !== 0)
        throw new Error('a frame of another version');
    for (let i = 0; i < 5; i++)
        count.push(varint(c));
    for (let i = 0, sizes = [...Array(COLUMNS)].map(() => varint(c)), at = c.at; i < COLUMNS; i++) {
        column.push({bytes, at, end: at + sizes[i]});
        at += sizes[i];
        c.at = at;
    }
    if (c.at !== bytes.length)
        throw new Error('the lengths of the columns do not add up');
    try {
        const read = [(l, x) => l.strings.push(text(x)), readObject, readPod, readShape];

        read.forEach((fn, i) => {
            for (let n = 0; n < count[i]; n++)
                fn(log, column[i]);
        });
        const f = readRecords(log, column.slice(4), count[4]);

        if (column.some((x) => x.at !== x.end))
            throw new Error('a column is longer than what stands in it');
        log.frames.push(f);
        log.records += count[4];
    } catch (error) {
        lists.forEach((l, i) => { log[l].length = had[i]; });
        throw error;
    }
}

// All frames in one.
function joinFrames(log) {
    const all = {at: new Float64Array(log.records), who: new Uint32Array(log.records),
                 shape: new Uint32Array(log.records), value: new Float64Array(log.records),
                 period: new Float64Array(log.records)};
    let at = 0;

    for (const f of log.frames) {
        for (const name of Object.keys(all))
            all[name].set(f[name], at);
        at += f.at.length;
    }
    return Object.assign(log, all);
}

// What a message says of the pod itself is not in it: only its name is known.
function messageOf(shape, pod) {
    return shape.message.replace(/[\x01-\x03]/g, (c) =>
        c === '\x01' ? pod.name : c === '\x02' ? 'its uid' : 'its IP');
}
