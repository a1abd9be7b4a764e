// SPDX-License-Identifier: Apache-2.0
// kit.mjs - runs podring, and a list of checks by their names.
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';

const long = process.argv.includes('--slow'), args = process.argv.filter((a) => a !== '--slow');
export const podring = args[2] ?? 'build/podring';
const checks = [];

export function run(manifest, args) {
    return execFileSync(podring, ['simulate', '-', '-q', ...args.split(' ')],
                        {input: manifest, maxBuffer: 1 << 28}).toString();
}

export function slurp(path) {
    return fs.readFileSync(path, 'utf8');
}

export function check(name, fn) {
    checks.push([name, fn]);
}

// Takes many seconds: with --slow only.
export function slowCheck(name, fn) {
    if (long)
        check(name, fn);
}

// Runs all, or those whose name has a part. The exit code says whether each has passed.
export async function done() {
    const only = args[3] ?? '';
    let failed = 0;

    for (const [name, fn] of checks.filter(([n]) => n.includes(only))) {
        try {
            await fn();
        } catch (error) {
            failed++;
            console.log('FAILED ' + name + '\n' + String(error.stack ?? error).slice(0, 700) + '\n');
        }
    }
    console.log(checks.length + ' checks, ' + failed + ' failed');
    process.exit(failed > 0 ? 1 : 0);
}
