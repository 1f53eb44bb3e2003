// Bundles the action in the current folder: lib/main.js → dist/main/, lib/post.js → dist/post/.
// Deterministic to the byte, so that CI can prove that the committed dist/ is what the sources give.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

substituteHttpClient();
for (const name of ['core', 'exec', 'io', 'http-client']) declarePure(name);
rmSync('dist', { recursive: true, force: true });
for (const entry of ['main', 'post']) {
  if (existsSync(`lib/${entry}.js`)) bundle(entry);
}

function bundle(entry) {
  const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');
  const out = join('dist', entry);
  const options = ['--minify', '--no-cache', '--license', 'licenses.txt', '--target', 'es2022'];
  execFileSync(process.execPath, [ncc, 'build', `lib/${entry}.js`, '-o', out, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // ncc minifies its main file only, and most of the code is in the chunks beside it.
  for (const file of readdirSync(out)) {
    if (!/^\d+\.index\.js$/.test(file)) continue;
    const path = join(out, file);
    const { code } = transformSync(readFileSync(path, 'utf8'), {
      minify: true,
      format: 'esm',
      target: 'node24',
      charset: 'utf8',
    });
    writeFileSync(path, code);
  }
  // What ncc copies beside a bundle but Node never loads: declarations, maps of our own sources.
  for (const file of readdirSync(out, { recursive: true })) {
    if (/\.(d\.ts|map|tsbuildinfo)$/.test(file)) rmSync(join(out, file));
  }
}

/**
 * Gives `@actions/core` the lazy HTTP client (see packages/lazy-http-client for what that saves). npm's own
 * `overrides` cannot name a workspace below a dependency: `npm ci` then calls the lock file invalid.
 */
function substituteHttpClient() {
  const place = join(root, 'node_modules/@actions/core/node_modules/@actions');
  const target = relative(place, join(root, 'packages/lazy-http-client'));
  const link = join(place, 'http-client');
  mkdirSync(place, { recursive: true });
  try {
    if (readlinkSync(link) === target) return;
  } catch {}
  rmSync(link, { recursive: true, force: true });
  try {
    symlinkSync(target, link, 'junction');
  } catch (error) {
    if (error.code !== 'EEXIST') throw error; // another action's bundling was quicker
  }
}

/**
 * Says of an `@actions/*` package what its own package.json leaves unsaid: that importing it does nothing by itself.
 * The bundler then leaves out what an action does not use: of core, the OIDC client and all of exec.
 */
function declarePure(name) {
  const path = join(root, 'node_modules/@actions', name, 'package.json');
  const described = JSON.parse(readFileSync(path, 'utf8'));
  if (described.sideEffects === false) return;
  const written = `${path}.${process.pid}`;
  writeFileSync(written, JSON.stringify({ ...described, sideEffects: false }, null, 2));
  renameSync(written, path); // whole or not at all: other actions are bundled beside this one
}
