import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../src/cluster/object.ts';
import { asItServes } from '../src/preview.ts';
import { coloured } from '../src/strategy/colour.ts';
import { deployment } from './objects.ts';

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'stage' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};
const release = (image: string, more: object = {}): KubeObject[] => {
  const web = deployment('web', image);
  return [{ ...web, spec: { ...(web.spec as object), ...more } }, service];
};
const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);
const recreated = { strategy: { type: 'Recreate' } };

describe('a difference is shown in the colour that serves', () => {
  const serving = { objects: coloured(release('web:1'), 'r3'), nextNumber: 5 };
  const plain = { objects: release('web:1'), nextNumber: 5 };

  it.each(['rolling', 'canary', 'blue-green'] as const)(
    'whether or not %s is asked for',
    async (strategy) => {
      expect(await asItServes(release('web:2'), serving, strategy)).toEqual(coloured(release('web:2'), 'r3'));
    },
  );

  it('in the next one where none does, and blue-green is asked for', async () => {
    expect(names(await asItServes(release('web:2'), plain, 'blue-green'))).toEqual(['web-r5', 'web']);
  });

  it('and in none where none does', async () => {
    expect(await asItServes(release('web:2'), plain, 'rolling')).toEqual(release('web:2'));
  });

  it('nor where what is wanted now may not have one', async () => {
    const objects = release('web:2', recreated);
    expect(await asItServes(objects, serving, 'rolling')).toEqual(objects);
    await expect(asItServes(objects, serving, 'blue-green')).rejects.toThrow(/must not run at once/);
  });
});
