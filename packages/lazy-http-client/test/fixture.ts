import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

const ACTION = `name: Identity
description: Asks for an identity token, and tells what was loaded for it.
inputs:
  audience:
    description: Whom the token is for. Nothing is asked for without it.
outputs:
  subject:
    description: Whom the token names.
  before:
    description: Whether Node's HTTP client was loaded at start.
  after:
    description: Whether it was at the end.
runs:
  using: node24
  main: dist/main/index.js
`;

const MAIN = `import { getIDToken, getInput, setFailed, setOutput } from '@actions/core';
const loaded = () => process.moduleLoadList.some((name) => /^NativeModule (_http_client|https|tls)$/.test(name));
setOutput('before', loaded());
try {
  const audience = getInput('audience');
  if (audience !== '') {
    const token = await getIDToken(audience);
    const { sub, aud } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    setOutput('subject', sub + ' for ' + aud);
    console.log('the token is ' + token);
  }
} catch (error) {
  setFailed(error.message);
}
setOutput('after', loaded());
`;

export interface Fixture {
  /** The action's folder. */
  readonly folder: string;
  /** Bytes of what is loaded at start. */
  readonly mainBytes: number;
  /** The names of the parts that are loaded when they are needed. */
  readonly chunks: readonly string[];
  /** Text of those. */
  readonly lazyText: string;
  remove(): void;
}

/** A small action that uses @actions/core and nothing of ours, bundled as every action here is. */
export function buildFixture(): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-identity-'));
  mkdirSync(join(folder, 'lib'));
  writeFileSync(join(folder, 'action.yml'), ACTION);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'lib/main.js'), MAIN);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs')], { cwd: folder });
  const out = join(folder, 'dist/main');
  const chunks = readdirSync(out).filter((name) => /^\d+\.index\.js$/.test(name));
  return {
    folder,
    mainBytes: readFileSync(join(out, 'index.js')).length,
    chunks,
    lazyText: chunks.map((name) => readFileSync(join(out, name), 'utf8')).join('\n'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
