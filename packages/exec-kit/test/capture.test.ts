import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, Tail } from '../src/index.ts';

const text = fc
  .array(fc.constantFrom('a', 'bc', 'é', '😀', '\n', '\r\n', '\r', '\ufeff', ''), { maxLength: 30 })
  .map((parts) => parts.join(''));

/** The same bytes, cut wherever, also within a character. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}
const places = fc.array(fc.nat(), { maxLength: 8 });

function linesOf(chunks: readonly Buffer[], limit?: number): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), limit);
  for (const chunk of chunks) splitter.add(chunk);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('gives the same lines, however the bytes arrive', () => {
    fc.assert(
      fc.property(text, places, (given, at) => {
        const expected = given.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(linesOf(cut(Buffer.from(given), at))).toEqual(expected.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 2000 },
    );
  });

  it('cuts long lines into the same pieces, however the bytes arrive', () => {
    fc.assert(
      fc.property(text, places, fc.integer({ min: 1, max: 5 }), (given, at, limit) => {
        const bytes = Buffer.from(given);
        const pieces = linesOf(cut(bytes, at), limit);
        expect(pieces).toEqual(linesOf([bytes], limit));
        expect(pieces.join('')).toBe(linesOf([bytes]).join(''));
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(limit);
        if (limit > 1) expect(pieces.join('\n').isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('shows a character that was cut off as one that cannot be read', () => {
    expect(linesOf([Buffer.from('aé').subarray(0, 2)])).toEqual(['a\ufffd']);
  });
});

describe('Tail', () => {
  it('keeps the last bytes, from a line’s start', () => {
    fc.assert(
      fc.property(text, places, fc.nat({ max: 40 }), (given, at, limit) => {
        const bytes = Buffer.from(given);
        const tail = new Tail(limit);
        for (const chunk of cut(bytes, at)) tail.add(chunk);
        expect(tail.truncated).toBe(bytes.length > limit);
        if (bytes.length <= limit) {
          expect(tail.text()).toBe(given);
          return;
        }
        const kept = tail.text();
        expect(given.endsWith(kept)).toBe(true);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(limit);
        const last = limit === 0 ? '' : bytes.subarray(-limit).toString('latin1');
        const cutAt = last.indexOf('\n') + 1;
        const whole = Buffer.from(last, 'latin1').subarray(cutAt > 0 && cutAt < last.length ? cutAt : 0);
        // Nothing but the half character at its beginning is missing.
        expect(whole.length - Buffer.byteLength(kept)).toBeLessThan(4);
      }),
      { numRuns: 2000 },
    );
  });
});
