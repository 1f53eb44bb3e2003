import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FRAMEWORK_NAMES } from '../src/frameworks/names.ts';
import { OUTPUTS } from '../src/outputs.ts';
import { ACTION } from './workbench.ts';

const action = parse(readFileSync(join(ACTION, 'action.yml'), 'utf8'));
const source = readFileSync(join(ACTION, 'src/inputs.ts'), 'utf8');

describe('action.yml and the code', () => {
  test('name the same inputs', () => {
    const read = [
      ...source.matchAll(
        /\b(?:text|lines|flag|integer|duration|oneOf|secret|workspacePath|percent|points)\('([\w-]+)'/g,
      ),
    ].map(([, name]) => name);
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
  });

  test('name the same outputs', () => {
    expect(Object.keys(OUTPUTS).toSorted()).toEqual(Object.keys(action.outputs).toSorted());
  });

  test('name the same frameworks', () => {
    const described = [...action.inputs.framework.description.matchAll(/`([\w-]+)`/g)].map(
      ([, name]) => name,
    );
    expect(described.filter((name) => name !== 'auto').toSorted()).toEqual([...FRAMEWORK_NAMES].toSorted());
  });

  test('every input and output is described', () => {
    for (const entry of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(entry).toMatchObject({ description: expect.stringMatching(/\S.*\.$|\S.*`$/s) });
    }
  });
});
