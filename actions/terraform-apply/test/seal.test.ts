import { describe, expect, it } from 'vitest';
import { type Binding, seal, unseal } from '../src/seal.js';

const binding: Binding = {
  repository: 'acme/photo-app',
  commit: 'a'.repeat(40),
  workingDirectory: 'infra',
  environment: 'staging',
  workspace: '',
  tool: 'Terraform 1.15.9',
};
const content = Buffer.from('a plan that holds a password');
const key = 'a key of more than sixteen characters';
const sealed = seal(content, key, binding);

it('opens with the same key for the same thing', () => {
  expect(unseal(sealed, key, binding)).toEqual(content);
});

it('hides what is in it, and never seals alike twice', () => {
  expect(sealed.includes(content)).toBe(false);
  expect(seal(content, key, binding).equals(sealed)).toBe(false);
});

it('does not open with another key', () => {
  expect(() => unseal(sealed, `${key}!`, binding)).toThrow(expect.objectContaining({ code: 'seal-broken' }));
});

describe('belongs to one thing only', () => {
  it.each(Object.keys(binding) as (keyof Binding)[])('another %s', (name) => {
    const other = { ...binding, [name]: 'another' };
    expect(() => unseal(sealed, key, other)).toThrow(expect.objectContaining({ code: 'plan-foreign' }));
    expect(() => unseal(sealed, key, other)).toThrow(new RegExp(name));
    // Rewriting the head to fit does not help: it is authenticated.
    const head = (facts: Binding) => Buffer.from(`FAIRWAY-PLAN/1\n${JSON.stringify(facts)}\n`);
    const forged = Buffer.concat([head(other), sealed.subarray(head(binding).length)]);
    expect(() => unseal(forged, key, other)).toThrow(expect.objectContaining({ code: 'seal-broken' }));
  });
});

describe('anything changed or missing is noticed', () => {
  const body = sealed.length - 60;
  it.each([body, body + 20, body + 30, sealed.length - 1])('a bit at byte %i', (at) => {
    const copy = Buffer.from(sealed);
    copy[at] = (copy[at] ?? 0) ^ 1;
    expect(() => unseal(copy, key, binding)).toThrow(expect.objectContaining({ code: 'seal-broken' }));
  });
  it.each([0, 10, sealed.length - content.length - 5, sealed.length - 1])('cut to %i bytes', (length) => {
    expect(() => unseal(sealed.subarray(0, length), key, binding)).toThrow(
      expect.objectContaining({ name: 'ActionError' }),
    );
  });
  it('something else altogether', () => {
    expect(() => unseal(Buffer.from('PK\u0003\u0004 …'), key, binding)).toThrow(/not a plan/);
  });
});
