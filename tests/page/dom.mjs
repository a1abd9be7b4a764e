// SPDX-License-Identifier: Apache-2.0
// dom.mjs - as much of a browser as the page's script asks for, where there is none: a document made
// of the page's own text, and a canvas that keeps what was drawn on it, as a list of operations and,
// of rectangles, as pixels.
import fs from 'node:fs';

// ---- canvas --------------------------------------------------------------------------------------

const STATE = ['fillStyle', 'strokeStyle', 'lineWidth', 'font', 'textAlign', 'textBaseline',
               'globalAlpha'];

class Context {
    constructor(canvas) {
        Object.assign(this, {canvas, ops: [], saved: [], path: [], clipped: null, fillStyle: '#000000',
                             strokeStyle: '#000000', lineWidth: 1, font: '10px sans-serif',
                             textAlign: 'left', textBaseline: 'alphabetic', globalAlpha: 1});
    }
    state() { return Object.fromEntries(STATE.map((name) => [name, this[name]])); }
    op(what, ...args) {
        for (const a of args) {
            if (typeof a === 'number' && !Number.isFinite(a))
                throw new Error(what + ' of ' + args.join(', '));
        }
        this.ops.push([what, args, this.state()]);
    }
    setTransform(...args) { this.ops = []; this.op('setTransform', ...args); this.canvas.clear(); }
    save() { this.saved.push([this.state(), this.clipped]); this.op('save'); }
    restore() {
        const [state, clipped] = this.saved.pop();

        Object.assign(this, state, {clipped});
        this.op('restore');
    }
    beginPath() { this.path = []; this.op('beginPath'); }
    rect(...args) { this.path.push(args); this.op('rect', ...args); }
    clip() {
        if (this.path.length !== 1 || this.path[0].length !== 4)
            throw new Error('only one rectangle clips here');
        this.clipped = this.path[0];
        this.op('clip');
    }
    moveTo(...args) { this.op('moveTo', ...args); }
    lineTo(...args) { this.op('lineTo', ...args); }
    stroke() { this.op('stroke'); }
    fill() { this.op('fill'); }
    strokeRect(...args) { this.op('strokeRect', ...args); }
    fillText(text, x, y) {
        if (typeof text !== 'string')
            throw new Error('a text of ' + typeof text);
        this.op('fillText', text, x, y);
    }
    measureText(text) { return {width: 6.6 * [...text].length}; }
    fillRect(x, y, w, h) {
        if (!/^#[0-9a-f]{6}$/.test(this.fillStyle))
            throw new Error('a rectangle of colour "' + this.fillStyle + '"');
        this.op('fillRect', x, y, w, h);
        if (this.globalAlpha === 1)
            this.canvas.paint(this.fillStyle, x, y, w, h, this.clipped);
    }
}

// ---- elements ------------------------------------------------------------------------------------

class Classes {
    constructor(element) { this.element = element; this.names = new Set(); }
    add(name) { this.names.add(name); }
    contains(name) { return this.names.has(name); }
    toggle(name, on) { this.names[on ? 'add' : 'delete'](name); }
}

export class Element {
    constructor(tag, attributes) {
        Object.assign(this, {tag, attributes: attributes || {}, children: [], own: '', style: {},
                             listeners: {}, classList: new Classes(this), hidden: false, value: '',
                             clientWidth: 390, clientHeight: 118, open: false, parent: null});
    }
    get textContent() { return this.own + this.children.map((c) => c.textContent ?? c).join(''); }
    set textContent(text) { this.own = String(text); this.children = []; }
    get innerHTML() { throw new Error('nothing is read as HTML'); }
    set innerHTML(_) { throw new Error('nothing is written as HTML'); }
    setAttribute(name, value) { this.attributes[name] = String(value); }
    getAttribute(name) { return this.attributes[name] ?? null; }
    append(...children) {
        for (const c of children) {
            if (c instanceof Element)
                c.parent = this;
            this.children.push(c);
        }
    }
    replaceChildren(...children) { this.own = ''; this.children = []; this.append(...children); }
    addEventListener(type, fn) { (this.listeners[type] = this.listeners[type] || []).push(fn); }
    fire(type, event) {
        const e = {target: this, preventDefault() { e.prevented = true; }, ...event};

        for (const fn of this.listeners[type] || [])
            fn(e);
        return e;
    }
    closest(selector) {
        return selector.split(', ').includes(this.tag) ? this : null;
    }
    focus() { globalThis.document.activeElement = this; }
    showModal() { this.open = true; }
    setPointerCapture() {}
    getBoundingClientRect() { return {left: 0, top: 0}; }
    all() { return [this, ...this.children.flatMap((c) => c instanceof Element ? c.all() : [])]; }
    find(tag) { return this.all().filter((e) => e.tag === tag); }
}

class Canvas extends Element {
    constructor(attributes) {
        super('canvas', attributes);
        this.width = this.height = 0;
        this.context = new Context(this);
    }
    getContext() { return this.context; }
    clear() { this.pixels = new Map(); this.colors = new Int32Array(this.width * this.height).fill(-1); }
    paint(color, x, y, w, h, clip) {
        const rgb = parseInt(color.slice(1), 16);
        let [x0, y0, x1, y1] = [x, y, x + w, y + h].map(Math.round);

        if (clip !== null) {
            x0 = Math.max(x0, clip[0]);
            y0 = Math.max(y0, clip[1]);
            x1 = Math.min(x1, clip[0] + clip[2]);
            y1 = Math.min(y1, clip[1] + clip[3]);
        }
        for (let row = Math.max(0, y0); row < Math.min(this.height, y1); row++)
            this.colors.fill(rgb, row * this.width + Math.max(0, x0),
                             row * this.width + Math.min(this.width, Math.max(x0, x1)));
    }
    colorAt(x, y) {
        const rgb = this.colors[y * this.width + x];

        return rgb < 0 ? null : '#' + rgb.toString(16).padStart(6, '0');
    }
}

// ---- the page ------------------------------------------------------------------------------------

const decoded = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// What is between <style> and </style> as {selector: {name: value}}, of custom properties only.
export function colorsOf(css) {
    const of = (selector) => {
        const from = css.indexOf(selector + ' {'), rule = css.slice(from, css.indexOf('}', from));

        return Object.fromEntries([...rule.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)]
            .map(([, name, value]) => [name, value]));
    };

    return {light: of(':root'), dark: of(':root[data-theme="dark"]')};
}

function elementsOf(html) {
    const ids = {}, frames = [];
    const scripts = [...html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];

    for (const [, tag, attributes] of html.matchAll(/<(\w+)([^>]*\bid="?\w[^>]*)>/g)) {
        const id = /\bid="?([\w-]+)/.exec(attributes)[1];

        ids[id] = tag === 'canvas' ? new Canvas({}) : new Element(tag, {});
        ids[id].hidden = /\shidden\b/.test(attributes);
    }
    for (const [, attributes, body] of scripts) {
        const id = /id="([\w-]+)"/.exec(attributes)?.[1];

        if (id !== undefined)
            ids[id].textContent = body;
        if (attributes.includes('vnd.podring.log')) {
            frames.push(new Element('script', {}));
            frames.at(-1).textContent = body;
        }
    }
    return {ids, frames, script: scripts.find(([, a]) => a === '')?.[2]};
}

// Opens a page as a browser would, and returns what a test looks at. `size`: of the window.
export function openPage(html, options) {
    const o = {width: 1500, height: 900, hash: '', dark: false, contrast: false, ...options};
    const {ids, frames, script} = elementsOf(html), colors = colorsOf(html);
    const root = new Element('html', {}), window = new Element('window', {});
    const document = new Element('document', {}), asked = [];

    if (script === undefined)
        return null; // cut off before its end: what is left is the text at the top
    Object.assign(document, {
        documentElement: root, activeElement: null, title: '',
        getElementById: (id) => ids[id] ?? null,
        querySelectorAll: () => frames,
        createElement: (tag) => tag === 'canvas' ? new Canvas({}) : new Element(tag, {}),
    });
    ids.stage.clientWidth = o.width;
    ids.stage.clientHeight = Math.max(0, o.height - 110);
    const media = (query) => query.includes('dark') ? o.dark : query.includes('contrast') && o.contrast;
    const environment = {
        document, location: {hash: o.hash}, history: {replaceState: (a, b, hash) => { page.hash = hash; }},
        matchMedia: (query) => ({matches: media(query), addEventListener() {}}),
        getComputedStyle: () => ({getPropertyValue: (name) =>
            colors[root.attributes['data-theme'] ?? 'light'][name.slice(2)] ?? colors.light[name.slice(2)] ?? ''}),
        requestAnimationFrame: (fn) => asked.push(fn), setTimeout: (fn) => { asked.push(fn); return fn; },
        clearTimeout: (fn) => { asked.splice(0, asked.length, ...asked.filter((x) => x !== fn)); }, devicePixelRatio: 1, innerWidth: o.width,
        innerHeight: o.height, addEventListener: (type, fn) => window.addEventListener(type, fn),
    };
    const page = {document, root, ids, window, hash: '', canvas: ids.chart, colors};

    page.draw = () => {
        while (asked.length > 0)
            asked.shift()();
    };
    page.key = (key, more) => {
        const e = document.fire('keydown', {key, target: ids.chart, ...more});

        page.draw();
        return e;
    };
    page.mouse = (type, x, y, more) => {
        const e = ids.chart.fire(type, {clientX: x, clientY: y, pointerId: 1, ...more});

        page.draw();
        return e;
    };
    globalThis.document = document;
    new Function(...Object.keys(environment), 'globalThis', script)(
        ...Object.values(environment), environment);
    document.fire('DOMContentLoaded', {});
    page.draw();
    return page;
}

// The functions that know no document, by their names.
export function partsOf(names) {
    const files = ['decode', 'model', 'rows', 'draw', 'input'];
    const text = files.map((f) => fs.readFileSync('api/cli/picture/' + f + '.js', 'utf8')).join('\n');

    return new Function(text + '\nreturn {' + names.join(', ') + '};')();
}

export {decoded};
