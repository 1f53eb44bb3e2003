import { expect, it } from 'vitest';
import { readBody } from '../src/body.js';

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(10);
}

it('puts a body together from its pieces, also where a character is cut in two', async () => {
  const bytes = Buffer.from('für alle');
  const pieces = [bytes.subarray(0, 2), bytes.subarray(2)];
  async function* body() {
    yield* pieces;
  }
  expect((await readBody(body(), bytes.length)).toString('utf8')).toBe('für alle');
});

it('stops at the first piece that is too much, and lets the sender go', async () => {
  const sender = endless();
  await expect(readBody(sender, 25)).rejects.toThrow('the answer is larger than 25 bytes');
  expect(await sender.next()).toEqual({ done: true, value: undefined });
});
