// Bundles the action in the current folder: lib/main.js → dist/main/, lib/post.js → dist/post/.
// Deterministic to the byte, so that CI can prove that the committed dist/ is what the sources give.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
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
