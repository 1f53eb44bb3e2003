import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How cicd.yml and the workflows that it calls are joined, under the real engine. Only the actions are others: each
 * sets the outputs that its place in the flow needs, and fails where a test asks for it. The real ones run in e2e.
 */
const outputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  detect: {
    tests: 'true',
    ecosystem: 'node',
    dockerfile: 'Dockerfile',
    image: 'true',
    infrastructure: 'infra/local',
    overlays: 'deploy/overlays',
    change: 'release',
    trusted: 'true',
  },
  'test-runner': { matrix: '{"include":[{"shard":"1/2"},{"shard":"2/2"}]}' },
  'docker-build': {
    tags: 'main',
    reference: `127.0.0.1:5000/photo-app@sha256:${'a'.repeat(64)}`,
  },
  'terraform-apply': { outputs: '{"namespace":"photo-app-x"}', fingerprint: 'f' },
};

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A copy of this repository whose actions are others. @returns its folder */
export async function repositoryWithOtherActions(copy: string): Promise<string> {
  for (const part of [
    '.github/workflows',
    'workflows',
    'examples/photo-app',
    'actions/cloud-login/action.yml',
  ]) {
    const generated = ['node_modules', 'lib', 'coverage'];
    await cp(join(root, part), join(copy, part), {
      recursive: true,
      filter: (path) => !generated.includes(basename(path)),
    });
  }
  for (const action of await readdir(join(root, 'actions'))) {
    if (action === 'cloud-login') continue;
    const place = join(copy, 'actions', action);
    await mkdir(join(place, 'dist'), { recursive: true });
    await writeFile(join(place, 'action.yml'), 'name: other\nruns: { using: node24, main: dist/index.js }\n');
    await writeFile(join(place, 'dist/index.js'), otherAction(action));
  }
  return copy;
}

/**
 * Fails where FAIL names it, alone or with the inputs that tell one of its steps from another. What SET has for an
 * action wins over its outputs.
 */
function otherAction(action: string): string {
  return `
    const { appendFileSync } = require('node:fs');
    const set = JSON.parse(process.env.SET || '{}')['${action}'];
    for (const [name, value] of Object.entries({ ...${JSON.stringify(outputs[action] ?? {})}, ...set }))
      appendFileSync(process.env.GITHUB_OUTPUT, name + '<<END\\n' + value + '\\nEND\\n');
    const input = (name) => process.env['INPUT_' + name] ?? '';
    const [name, ...words] = (process.env.FAIL ?? '').split(' ');
    const given = [input('MODE'), input('SHARD'), ...input('KUSTOMIZE').split('/')];
    const report = input('MODE') === 'report'; // which is red when a shard is
    if (name === '${action}' && (report || words.every((word) => given.includes(word)))) process.exit(1);
    const names = ['IMAGES', 'NAMESPACE', 'NEEDS', 'VERIFY-IMAGES', 'USERNAME', 'AWS-ROLE'];
    console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name.toLowerCase(), input(name)]))));
  `;
}
