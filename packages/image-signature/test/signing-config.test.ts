import { expect, it, test } from 'vitest';
import { parseSigningConfig } from '../src/signing-config.js';

const now = new Date('2026-11-24T12:00:00Z');
const service = (url: string, majorApiVersion = 1, start = '2025-01-01T00:00:00Z', end?: string) => ({
  url,
  majorApiVersion,
  validFor: { start, ...(end && { end }) },
  operator: 'o',
});
const config = (parts: Record<string, unknown>) =>
  JSON.stringify({
    caUrls: [service('https://fulcio.example')],
    rekorTlogUrls: [service('https://rekor.example')],
    ...parts,
  });

it('names what is valid now, and of the logs the newest interface', () => {
  const text = config({
    caUrls: [
      service('https://next.example', 1, '2027-01-01T00:00:00Z'),
      service('https://fulcio.example/'),
      service('https://last.example', 1, '2020-01-01T00:00:00Z', '2024-01-01T00:00:00Z'),
    ],
    rekorTlogUrls: [
      service('https://third.example', 3),
      service('https://first.example', 1),
      service('https://second.example', 2),
    ],
    tsaUrls: [service('https://tsa.example/api/v1/timestamp')],
  });
  expect(parseSigningConfig(text, now)).toEqual({
    fulcio: 'https://fulcio.example',
    rekor: { url: 'https://second.example', version: 2 },
    timestamps: 'https://tsa.example/api/v1/timestamp',
  });
});

it('needs no timestamps where the log says the time', () => {
  expect(parseSigningConfig(config({}), now)).toEqual({
    fulcio: 'https://fulcio.example',
    rekor: { url: 'https://rekor.example', version: 1 },
  });
});

test.each<[string, string, RegExp]>([
  ['no JSON', 'x', /it is no JSON object/],
  ['a list', 'null', /it is no JSON object/],
  ['no authority', config({ caUrls: [] }), /no certificate authority/],
  ['no log', config({ rekorTlogUrls: [service('https://a.example', 3)] }), /no transparency log/],
  [
    'a log without times, and no clock',
    config({ rekorTlogUrls: [service('https://a.example', 2)] }),
    /no timestamp/,
  ],
  ['plain HTTP', config({ caUrls: [service('http://fulcio.example')] }), /is no https address/],
  [
    'a name that begins like this machine',
    config({ caUrls: [service('http://127.0.0.1.evil.example')] }),
    /https/,
  ],
  ['no address', config({ caUrls: [service('fulcio')] }), /is no https address/],
])('refuses %s', (_, text, why) => {
  expect(() => parseSigningConfig(text, now)).toThrow(why);
});
