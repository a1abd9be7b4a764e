// SPDX-License-Identifier: Apache-2.0
//
// browser.mjs - the page in Chromium: opened from a file, without a network, by the DevTools
// protocol over a pipe. Pixels are read at known places; whole pictures are not compared.
//
//   node tests/page/browser.mjs [PODRING [PART OF A NAME]]     CHROMIUM=/usr/bin/chromium
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import {check, done, run, slurp} from './kit.mjs';
import * as worlds from './worlds.mjs';

const dir = fs.mkdtempSync('/tmp/podring-browser-');
const chromium = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--force-device-scale-factor=1', '--hide-scrollbars', '--window-size=1500,900',
    '--user-data-dir=' + dir + '/profile', '--remote-debugging-pipe', 'about:blank',
], {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});

// ---- protocol ------------------------------------------------------------------------------------

const waiting = new Map(), heard = [];
let number = 0, buffered = '';

chromium.stdio[4].on('data', (bytes) => {
    const parts = (buffered + bytes.toString()).split('\0');

    buffered = parts.pop();
    for (const part of parts) {
        const message = JSON.parse(part), asked = waiting.get(message.id);

        if (asked === undefined) {
            heard.push(message);
            continue;
        }
        waiting.delete(message.id);
        if (message.error)
            asked.reject(new Error(asked.method + ': ' + message.error.message));
        else
            asked.resolve(message.result);
    }
});

function send(method, params, sessionId) {
    const id = ++number;

    chromium.stdio[3].write(JSON.stringify({id, method, params: params ?? {}, sessionId}) + '\0');
    return new Promise((resolve, reject) => waiting.set(id, {resolve, reject, method}));
}

async function until(what, test) {
    for (let i = 0; i < 1200; i++) {
        const found = await test();

        if (found)
            return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('waited a minute for ' + what);
}

class Tab {
    static async open(html, options) {
        const tab = new Tab(), {targetId} = await send('Target.createTarget', {url: 'about:blank'});

        tab.targetId = targetId;
        tab.session = (await send('Target.attachToTarget', {targetId, flatten: true})).sessionId;
        for (const domain of ['Page', 'Runtime', 'Log', 'Network'])
            await tab.send(domain + '.enable');
        if (options?.media)
            await tab.send('Emulation.setEmulatedMedia', options.media);
        if (options?.noScript)
            await tab.send('Emulation.setScriptExecutionDisabled', {value: true});
        if (options?.size)
            await tab.send('Emulation.setDeviceMetricsOverride',
                           {width: options.size[0], height: options.size[1], deviceScaleFactor: 1, mobile: false});
        fs.writeFileSync(dir + '/page.html', html);
        tab.from = heard.length;
        await tab.send('Page.navigate', {url: 'file://' + dir + '/page.html' + (options?.hash ?? '')});
        await until('the page to load', () => tab.events('Page.loadEventFired').length > 0);
        return tab;
    }
    send(method, params) { return send(method, params, this.session); }
    events(method) {
        return heard.slice(this.from).filter((m) => m.sessionId === this.session && m.method === method);
    }
    async value(expression) {
        const r = await this.send('Runtime.evaluate', {expression, returnByValue: true, awaitPromise: true});

        assert.equal(r.exceptionDetails, undefined, expression + ': ' + JSON.stringify(r.exceptionDetails));
        return r.result.value;
    }
    async key(key, text) {
        await this.send('Input.dispatchKeyEvent', {type: 'keyDown', key, text: text ?? (key.length === 1 ? key : '')});
        await this.send('Input.dispatchKeyEvent', {type: 'keyUp', key});
        await this.value('new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))');
    }
    // The colours that a rectangle of the chart has.
    colors(x, y, w, h) {
        return this.value(`(() => {
            const c = document.getElementById('chart'), k = devicePixelRatio, s = new Set();
            const d = c.getContext('2d').getImageData(${x} * k, ${y} * k, ${w} * k, ${h} * k).data;
            for (let i = 0; i < d.length; i += 4)
                s.add('#' + [d[i], d[i + 1], d[i + 2]].map((v) => v.toString(16).padStart(2, '0')).join(''));
            return [...s];
        })()`);
    }
    text(id) { return this.value('document.getElementById("' + id + '").textContent'); }
    shown(id) { return this.value('document.getElementById("' + id + '").getClientRects().length > 0'); }
    close() { return send('Target.closeTarget', {targetId: this.targetId}); }
}

// ---- checks --------------------------------------------------------------------------------------

const examples = fs.readdirSync('docs/examples').filter((f) => f.endsWith('.yaml') && f !== 'ten-thousand.yaml');

for (const file of examples) {
    check(file + ' opens with one request and no message', async () => {
        const tab = await Tab.open(run(slurp('docs/examples/' + file), '--for 10m -o html'));

        assert.equal(tab.events('Network.requestWillBeSent').length, 1);
        for (const method of ['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'])
            assert.deepEqual(tab.events(method).map((m) => m.params), []);
        assert.equal(await tab.shown('chart'), true);
        assert.equal(await tab.shown('plain'), false);
        assert.equal(await tab.shown('summary'), false);
        assert.ok((await tab.colors(0, 0, 400, 200)).length > 3);
        await tab.close();
    });
}

check('the policy is in force', async () => {
    const tab = await Tab.open(run(worlds.shop, '--for 2m -o html'));

    await tab.value(`(() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';
                      document.body.append(s); })()`);
    assert.equal(await tab.value('window.bad'), undefined);
    await tab.close();
});

check('what a program says is text', async () => {
    const tab = await Tab.open(run(worlds.hostile, '--for 1m -o html'));

    await tab.key('ArrowDown');
    await tab.key('ArrowDown');
    await tab.key('Enter', '\r');
    assert.equal(await tab.shown('drawer'), true);
    assert.ok((await tab.text('drawer')).includes(worlds.said));
    assert.equal(tab.events('Page.javascriptDialogOpening').length, 0);
    await tab.close();
});

check('light, dark, and one pod in back-off among ten thousand', async () => {
    const html = run(worlds.many(10000), '--for 1m -o html');

    for (const [value, red] of [['light', '#cb3f2a'], ['dark', '#fd5000']]) {
        const tab = await Tab.open(html, {media: {features: [{name: 'prefers-color-scheme', value}]}});

        assert.ok((await tab.colors(232, 5, 1200, 26)).includes(red), value + ' overview');
        assert.ok((await tab.colors(232, 61, 1200, 30)).includes(red), value + ' band');
        await tab.key('m');
        assert.ok((await tab.colors(232, 64, 1200, 600)).includes(red), value + ' map');
        await tab.close();
    }
});

check('keys, focus and what is read aloud', async () => {
    const tab = await Tab.open(run(worlds.shop, '--for 8m -o html'));

    for (const id of ['filter', 'order', 'map', 'table', 'theme', 'keys', 'chart'])
        assert.equal(await tab.value(`document.getElementById('${id}').tabIndex`), 0, id);
    for (let i = 0; i < 8; i++)
        await tab.key('ArrowDown');
    assert.match(await tab.text('said'), /^pod web-/);
    await tab.key('/');
    assert.equal(await tab.value('document.activeElement.id'), 'filter');
    await tab.key('Escape');
    await tab.key('t');
    assert.equal(await tab.shown('summary'), true);
    assert.equal(await tab.shown('main'), false);
    await tab.key('?');
    assert.equal(await tab.value('document.getElementById("help").open'), true);
    assert.match(await tab.value('location.hash'), /mode=table/);
    await tab.close();
});

check('without script, and cut off, there are words and the table', async () => {
    const html = run(worlds.shop, '--for 8m -o html'), tab = await Tab.open(html, {noScript: true});
    const {root} = await tab.send('DOM.getDocument', {depth: -1, pierce: true});
    const {nodeId} = await tab.send('DOM.querySelector', {nodeId: root.nodeId, selector: '#summary'});

    assert.ok((await tab.send('DOM.getBoxModel', {nodeId})).model.height > 40);
    await tab.close();
    const cut = await Tab.open(html.slice(0, html.indexOf('id="podring-foot"') - 300));

    assert.match(await cut.text('banner'), /cut off/);
    assert.equal(await cut.shown('banner'), true);
    await cut.close();
});

check('printed light, with the table', async () => {
    const tab = await Tab.open(run(worlds.shop, '--for 8m -o html'),
                               {media: {features: [{name: 'prefers-color-scheme', value: 'dark'}]}});
    const {data} = await tab.send('Page.printToPDF', {landscape: true, printBackground: true});

    assert.ok(Buffer.from(data, 'base64').subarray(0, 5).toString() === '%PDF-');
    assert.ok(data.length > 20000);
    await tab.close();
});

check('within its budgets, on a busy machine', async () => {
    for (const [name, manifest, args, load, frame] of [
        ['shop', worlds.shop, '--for 15m -o html', 4000, 200],
        ['ten thousand', slurp('docs/examples/ten-thousand.yaml'), '--for 1h -o html', 15000, 800],
    ]) {
        const tab = await Tab.open(run(manifest, args));
        const took = await tab.value('performance.now()');
        const zoom = await tab.value(`(async () => {
            const times = [];
            for (const key of ['+', '+', '+', '-', '-', '-']) {
                const from = performance.now();
                document.dispatchEvent(new KeyboardEvent('keydown', {key}));
                await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
                times.push(performance.now() - from);
            }
            return times.sort((a, b) => a - b)[3];
        })()`);

        console.log(name + ': loaded by ' + Math.round(took) + ' ms, a zoom ' + Math.round(zoom) + ' ms');
        assert.ok(took < load && zoom < frame, took + ' ' + zoom);
        await tab.close();
    }
});

check('narrow', async () => {
    const tab = await Tab.open(run(worlds.shop, '--for 8m -o html'), {size: [400, 700]});

    assert.ok(await tab.value('document.documentElement.scrollWidth') <= 400);
    await tab.close();
});

// With PODRING_SHOTS=DIRECTORY: pictures to look at.
if (process.env.PODRING_SHOTS !== undefined) {
    check('pictures', async () => {
        for (const [name, html, keys, value] of [
            ['shop-light', run(worlds.shop, '--for 8m -o html'), [], 'light'],
            ['shop-dark', run(worlds.shop, '--for 8m -o html'), [...Array(8).fill('ArrowDown'), 'Enter'], 'dark'],
            ['many', run(slurp('docs/examples/ten-thousand.yaml'), '--for 1h -o html'), ['m'], 'dark'],
        ]) {
            const tab = await Tab.open(html, {media: {features: [{name: 'prefers-color-scheme', value}]}});

            for (const key of keys)
                await tab.key(key, key === 'Enter' ? '\r' : undefined);
            const {data} = await tab.send('Page.captureScreenshot');

            fs.writeFileSync(process.env.PODRING_SHOTS + '/' + name + '.png', Buffer.from(data, 'base64'));
            await tab.close();
        }
    });
}

process.on('exit', () => {
    chromium.kill('SIGKILL');
    fs.rmSync(dir, {recursive: true, force: true, maxRetries: 3});
});
chromium.on('error', (error) => {
    console.log('FAILED to start: ' + error.message);
    process.exit(1);
});
await send('Browser.getVersion');
await done();
