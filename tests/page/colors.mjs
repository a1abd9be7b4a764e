// SPDX-License-Identifier: Apache-2.0
//
// colors.mjs - the colours of page.css: how far the classes are from one another, for eyes of all
// kinds, and how well they stand out from the ground.
import assert from 'node:assert/strict';
import {colorsOf} from './dom.mjs';
import {check, done, slurp} from './kit.mjs';

const colors = colorsOf(slurp('api/cli/picture/page.css'));
const CLASSES = ['ready', 'notready', 'starting', 'stopping', 'backoff', 'cannot', 'failed', 'completed',
                 'terminating', 'unknown'];

// Machado, Oliveira and Fernandes 2009, severity 1, in linear RGB.
const EYES = {
    normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                 [-0.003882, -0.048116, 1.051998]],
    deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                   [-0.01182, 0.04294, 0.968881]],
    tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                 [0.004733, 0.691367, 0.3039]],
};

function linear(hex) {
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
        .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
}

const times = (m, v) => m.map((row) => row.reduce((n, x, i) => n + x * v[i], 0));

function oklab(rgb) {
    const lms = times([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                       [0.0883024619, 0.2817188376, 0.6299787005]], rgb).map((x) => Math.cbrt(Math.max(0, x)));

    return times([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
                  [0.0259040371, 0.7827717662, -0.808675766]], lms);
}

function distance(a, b, eyes) {
    const [x, y] = [a, b].map((c) => oklab(times(eyes, linear(c)).map((v) => Math.min(1, Math.max(0, v)))));

    return 100 * Math.hypot(...x.map((v, i) => v - y[i]));
}

function contrast(a, b) {
    const light = (c) => times([[0.2126, 0.7152, 0.0722]], linear(c))[0];
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);

    return (x + 0.05) / (y + 0.05);
}

for (const [theme, least] of [['light', 10.6], ['dark', 7.5]]) {
    const c = colors[theme];

    check('classes are far apart: ' + theme, () => {
        for (const [who, eyes] of Object.entries(EYES)) {
            CLASSES.forEach((a, i) => CLASSES.slice(0, i).forEach((b) => {
                const d = distance(c[a], c[b], eyes);

                assert.ok(d >= least, a + ' and ' + b + ' by ' + who + ': ' + d.toFixed(2));
            }));
        }
    });
    check('all can be seen on their ground: ' + theme, () => {
        for (const name of ['text', 'dim'])
            for (const ground of ['ground', 'panel'])
                assert.ok(contrast(c[name], c[ground]) >= 4.5, name + ' on ' + ground);
        for (const name of [...CLASSES.filter((x) => x !== 'ready' && x !== 'completed'), 'ready-foot', 'mark'])
            assert.ok(contrast(c[name], c.ground) >= 3, name + ' ' + contrast(c[name], c.ground));
        assert.ok(contrast(c.mark, c.ground) >= 4.5);
        assert.ok(contrast(c.completed, c.ground) >= 2.3);
    });
    check('nothing is without a colour: ' + theme, () => {
        assert.deepEqual(Object.keys(c).sort(), Object.keys(colors.light).sort());
    });
}

await done();
