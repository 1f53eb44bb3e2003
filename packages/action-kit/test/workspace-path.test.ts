import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { workspacePath } from '../src/index.ts';
import { give, scratchFolder, thrownBy } from './runner.ts';

let workspace: string;

beforeEach(() => {
  const folder = realpathSync(scratchFolder());
  workspace = join(folder, 'work');
  mkdirSync(join(workspace, 'src'), { recursive: true });
  mkdirSync(join(folder, 'outside'));
  writeFileSync(join(folder, 'outside/secret'), '');
  writeFileSync(join(workspace, 'src/file'), '');
  vi.stubEnv('GITHUB_WORKSPACE', workspace);
});
afterEach(() => vi.unstubAllEnvs());

function read(value: string, options: Parameters<typeof workspacePath>[1] = {}): string {
  give({ path: value });
  return workspacePath('path', options);
}

const link = (name: string, target: string) => symlinkSync(target, join(workspace, name));

it.each([
  ['.', ''],
  ['src/../src/file', 'src/file'],
  ['./not/there/yet', 'not/there/yet'],
  ['..name', '..name'],
])('reads %s', (value, expected) => expect(read(value)).toBe(join(workspace, expected)));

it('reads an absolute path within, and nothing as nothing', () => {
  expect(read(join(workspace, 'src'))).toBe(join(workspace, 'src'));
  expect(read('')).toBe('');
});

describe('a way out', () => {
  it.each(['..', '../outside', 'src/../../outside/secret', '/etc/passwd', '../work-too'])(
    'refuses %s',
    (value) =>
      expect(thrownBy(() => read(value))).toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('a path inside the workspace'),
      }),
  );

  it.each([
    ['a link to a file', '../outside/secret', 'link'],
    ['a folder that is a link', '../outside', 'link/secret'],
    ['a link to nothing yet, which writing would create', '../outside/new', 'link'],
    ['a folder that will be made through such a link', '../outside/new', 'link/a/b'],
    ['a link that is absolute', '/etc', 'link/passwd'],
    ['links that go in circles', 'link', 'link'],
  ])('refuses %s', (_, target, value) => {
    link('link', target);
    expect(thrownBy(() => read(value))).toMatchObject({ code: 'bad-input' });
  });

  it('refuses a link to a link out', () => {
    link('first', 'second');
    link('second', '../outside/new');
    expect(thrownBy(() => read('first'))).toMatchObject({ code: 'bad-input' });
  });

  it('finds none in any path of plain names and dots', () => {
    const part = fc.constantFrom('src', '..', '.', 'new', 'file', '');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const value = parts.join('/');
        fc.pre(value !== '');
        give({ path: value });
        try {
          const way = relative(workspace, workspacePath('path'));
          expect(way.split('/')).not.toContain('..');
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-input' });
        }
      }),
    );
  });
});

it('follows a link that stays within', () => {
  link('link', 'src/file');
  expect(read('link', { mustExist: true })).toBe(join(workspace, 'link'));
});

it('takes a workspace that is itself reached through a link', () => {
  const alias = join(dirname(workspace), 'alias');
  symlinkSync(workspace, alias);
  vi.stubEnv('GITHUB_WORKSPACE', alias);
  expect(read(join(alias, 'src'))).toBe(join(alias, 'src'));
  expect(read('src')).toBe(join(alias, 'src'));
  expect(read(join(workspace, 'src'))).toBe(join(alias, 'src'));
});

it('tells what is missing', () => {
  expect(thrownBy(() => read('nowhere', { mustExist: true }))).toMatchObject({
    code: 'missing-file',
    remedy: expect.stringContaining('actions/checkout'),
  });
  vi.stubEnv('GITHUB_WORKSPACE', join(workspace, 'gone'));
  expect(thrownBy(() => read('x'))).toMatchObject({ code: 'no-workspace' });
});
