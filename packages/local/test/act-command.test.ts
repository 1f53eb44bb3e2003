import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { actArguments, cleanEnvironment } from '../src/engine/act-command.ts';
import { standInDefinition } from '../src/engine/stand-in.ts';

const files = {
  secrets: '/r/secrets.yml',
  variables: '/r/v.yml',
  environment: '/r/e.yml',
  actionCache: '/r/act',
};
const run = {
  repository: 'acme/photo-app',
  folder: '/consumer',
  workflow: '.github/workflows/cicd.yml',
  branch: 'main',
  actor: 'robin',
  event: 'push',
  eventFile: '/r/event.json',
  variables: { IMAGE: 'private-name' },
  secrets: { TOKEN: 'hush' },
  environment: { ACTIONS_RUNTIME_TOKEN: 'hush-too' },
  localRepositories: new Map([['fairway-ci/fairway@v0', '/staged']]),
  labels: ['ubuntu-latest'],
};

it('hands secrets, variables and tokens over in files, never in the argv', () => {
  const line = actArguments(run, files).join(' ');
  expect(line).toContain('--secret-file /r/secrets.yml');
  expect(line).toContain('--local-repository fairway-ci/fairway@v0=/staged');
  expect(line).toContain('--platform ubuntu-latest=-self-hosted');
  for (const hidden of ['hush', 'private-name']) expect(line).not.toContain(hidden);
});

it('starts with an environment made anew: the tools first, the way to the network, nothing else', () => {
  const own = {
    PATH: '/repo/node_modules/.bin:/usr/lib/node_modules/npm/bin:/usr/bin:/bin',
    HOME: '/home/robin',
    AWS_SECRET_ACCESS_KEY: 'hush',
    GITHUB_TOKEN: 'hush',
    npm_lifecycle_event: 'demo',
    npm_config_registry: 'https://npm.example',
    HTTPS_PROXY: 'http://proxy.example',
    NODE_OPTIONS: '--inspect',
  };
  expect(cleanEnvironment(own, ['/node24', '/tools'])).toEqual({
    PATH: '/node24:/tools:/usr/bin:/bin',
    HOME: '/home/robin',
    LANG: 'C.UTF-8',
    npm_config_registry: 'https://npm.example',
    HTTPS_PROXY: 'http://proxy.example',
  });
});

it.each([
  ['actions/setup-node', /command -v node && node --version$/],
  ['aws-actions/configure-aws-credentials', /exit 1$/],
])('makes a stand-in for %s that is honest', (repository, end) => {
  const { definition } = standInDefinition({ repository, path: '', ref: 'a'.repeat(40) });
  const { runs } = parse(definition) as { runs: { steps: { run: string }[] } };
  expect(runs.steps[0]?.run.trim()).toMatch(end);
  expect(runs.steps[0]?.run).toContain('cannot be fetched');
});
