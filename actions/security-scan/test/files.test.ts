import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inTemp } from '@fairway/testing';
import { expect, it } from 'vitest';
import { filesBelow } from '../src/files.js';
import { isDockerfile } from '../src/hadolint.js';
import { makesMergesAgain } from '../src/history.js';

it.each([
  ['Dockerfile', true],
  ['dockerfile', true],
  ['Containerfile', true],
  ['Dockerfile.prod', true],
  ['Dockerfile.prod.v2', true],
  ['api.Dockerfile', true],
  ['api.dockerfile', true],
  ['Dockerfile.dockerignore', false],
  ['dockerfile.go', false],
  ['dockerfile.test.ts', false],
  ['Dockerfile.go', true],
  ['dockerfile.prod', true],
  ['Dockerfiles', false],
  ['my-Dockerfile-notes.md', false],
])('takes %s for a Dockerfile: %s', (name, is) => expect(isDockerfile(name)).toBe(is));

it('finds files at any depth, and follows no link', async () => {
  await inTemp(
    { 'action.yml': '', 'a/b/action.yaml': '', 'node_modules/x/action.yml': '' },
    async (folder) => {
      mkdirSync(join(folder, 'c'));
      symlinkSync(folder, join(folder, 'c/loop'));
      expect(await filesBelow(folder, (name) => /^action\.ya?ml$/.test(name))).toEqual([
        'a/b/action.yaml',
        'action.yml',
      ]);
    },
  );
});

it.each([
  ['git version 2.34.1', false],
  ['git version 2.35.0', true],
  ['git version 2.50.1 (Apple Git-155)', true],
  ['git version 3.0.0', true],
  ['', false],
])('%j compares merges: %s', (version, does) => expect(makesMergesAgain(version)).toBe(does));
