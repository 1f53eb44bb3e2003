import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { forgettable, isLeftIn } from '../../src/release/history.ts';
import { leaseMove } from '../../src/release/lease.ts';
import { isAnotherThing, isSameRelease } from '../../src/release/pending.ts';
import {
  fromRecord,
  type Revision,
  rollbackCommand,
  type State,
  toRecord,
} from '../../src/release/record.ts';
import { targetOf } from '../../src/rollback.ts';
import { configMap, deployment } from '../objects.ts';

function revision(number: number, state: State, objects: readonly KubeObject[] = []): Revision {
  const about: Revision['about'] = {
    commit: 'abc',
    run: 'https://x/1',
    actor: 'me',
    images: {},
    startedAt: '2026-01-01T00:00:00Z',
    reason: '',
  };
  return { release: 'web', namespace: 'stage', number, state, objects, created: [], about };
}

describe('the record of a revision', () => {
  it('comes back as it was kept', async () => {
    const kept = {
      ...revision(3, 'pending', [configMap('a', { K: 'ü' }), deployment('d')]),
      created: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'stage' }],
    };
    expect(await fromRecord(await toRecord(kept))).toEqual(kept);
  });

  it('is a Secret only where the release holds one', async () => {
    const secret = { ...configMap('s'), kind: 'Secret' };
    expect((await toRecord(revision(1, 'good', [configMap('a')]))).kind).toBe('ConfigMap');
    expect((await toRecord(revision(1, 'good', [configMap('a'), secret]))).kind).toBe('Secret');
    expect(rollbackCommand(revision(1, 'good', [secret]))).toContain('get secret fairway.web.v1');
  });

  it('can be unpacked with what every shell has', async () => {
    const record = await toRecord(revision(1, 'good', [configMap('a', { K: 'v' })]));
    const { objects = '' } = record.binaryData as Record<string, string>;
    const unpacked = execFileSync('sh', ['-c', 'base64 -d | gunzip'], { input: objects, encoding: 'utf8' });
    expect(JSON.parse(unpacked)).toEqual({
      apiVersion: 'v1',
      kind: 'List',
      items: [configMap('a', { K: 'v' })],
    });
  });

  it('that was edited beyond use is none', async () => {
    const record = await toRecord(revision(1, 'good'));
    expect(await fromRecord({ ...record, binaryData: { objects: 'bm8gZ3ppcA==' } })).toBeUndefined();
    expect(await fromRecord({ ...record, metadata: { name: 'x' } })).toBeUndefined();
  });

  it('that would not fit is refused before anything changes', async () => {
    const noise = randomBytes(800_000).toString('base64');
    const kept = toRecord(revision(1, 'pending', [configMap('a', { noise })])).then(({ kind }) => kind);
    await expect(kept).rejects.toMatchObject({ code: 'release-too-large' });
  });
});

describe('forgettable', () => {
  it('keeps the newest ten, and the last good one whatever its age', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<State>('good', 'failed', 'undone'), { maxLength: 30 }),
        (states) => {
          const history = states.map((state, index) => revision(states.length - index, state));
          const gone = forgettable(history);
          const lastGood = history.find(({ state }) => state === 'good');
          expect(gone).not.toContain(lastGood);
          expect(gone.every((one) => history.indexOf(one) >= 10)).toBe(true);
          expect(history.length - gone.length).toBeLessThanOrEqual(11);
        },
      ),
    );
  });
});

describe('leaseMove', () => {
  const now = new Date('2026-01-01T00:01:00Z');
  const lease = (holderIdentity: string, renewTime: string): KubeObject => ({
    ...configMap('l'),
    spec: { holderIdentity, renewTime, leaseDurationSeconds: 30 },
  });
  it.each([
    ['there is none', undefined, 'create'],
    ['it was given back', lease('', '2026-01-01T00:00:59.000000Z'), 'take'],
    ['it is ours', lease('me', '2026-01-01T00:00:59.000000Z'), 'take'],
    ['another holds it', lease('other', '2026-01-01T00:00:31.000000Z'), 'refuse'],
    ['another let it expire', lease('other', '2026-01-01T00:00:29.000000Z'), 'take'],
    ['its time is nonsense', lease('other', 'soon'), 'take'],
  ])('%s', (_, found, move) => {
    expect(leaseMove(found, 'me', now)).toBe(move);
  });
});

describe('targetOf', () => {
  const history = (...states: (State | 'failed and left')[]) => {
    const revisions = states.map((state, index) => {
      if (state !== 'failed and left') return revision(states.length - index, state);
      const failed = revision(states.length - index, 'failed');
      return { ...failed, about: { ...failed.about, isLeft: true } };
    });
    const lastGood = revisions.find(({ state }) => state === 'good');
    return {
      revisions,
      lastGood,
      isLeftInPlace: () => isLeftIn(revisions.slice(0, lastGood ? revisions.indexOf(lastGood) : undefined)),
      find: (n: number) => revisions.find(({ number }) => number === n),
      release: 'web',
      namespace: 'stage',
    };
  };
  it.each([
    ['the good one before what runs', history('good', 'failed', 'good', 'good'), undefined, 2],
    [
      'one before that where the newest failed and was undone',
      history('failed', 'good', 'good'),
      undefined,
      1,
    ],
    [
      'the last good one where one was cancelled half-way',
      history('interrupted', 'good', 'good'),
      undefined,
      2,
    ],
    ['the last good one where a run died half-way', history('pending', 'good', 'good'), undefined, 2],
    ['the last good one where a bad one was left', history('failed and left', 'good', 'good'), undefined, 2],
    [
      'before it where what was left was undone by the next failure',
      history('failed', 'interrupted', 'good', 'good'),
      undefined,
      1,
    ],
    ['past one that was gone back from', history('good', 'undone', 'good'), undefined, 1],
    ['the one asked for', history('good', 'good', 'good'), 1, 1],
  ])('%s', (_, given, asked, number) => {
    expect(targetOf(given, asked).number).toBe(number);
  });

  it.each([
    ['there is none before', history('good', 'failed'), undefined, /before the present one/],
    ['there is no such', history('good'), 7, /no revision 7/],
  ])('%s', (_, given, asked, message) => {
    expect(() => targetOf(given, asked)).toThrow(message);
  });
});

it('a release is the same in any order, and not with another image', () => {
  const objects = [configMap('a'), deployment('d', 'web:1')];
  expect(isSameRelease(objects, objects.toReversed())).toBe(true);
  expect(isSameRelease(objects, [configMap('a'), deployment('d', 'web:2')])).toBe(false);
});

it('two releases with nothing in common are two things', () => {
  const [a, b] = [configMap('a'), configMap('b')];
  expect(isAnotherThing([a], [b])).toBe(true);
  expect(isAnotherThing([a, b], [b, configMap('c')])).toBe(false);
  expect(isAnotherThing([], [a])).toBe(false);
});
