import { expect, test } from 'vitest';
import { secretParts } from '../src/address.ts';

test.each([
  ['https://hooks.example.com/services/T0/B0/abcdefghijklmnopqrstuvwx', ['abcdefghijklmnopqrstuvwx']],
  ['https://h.example/T0123456789AB/incoming-webhook', ['T0123456789AB']],
  ['https://a-token-of-twenty-letters:x@h.example/a', ['x', 'a-token-of-twenty-letters']],
  ['https://h.example/alertmanager?key=0123456789abcdef', ['0123456789abcdef']],
])('the secret of %s is its telling parts, and no word', (address, parts) => {
  expect(secretParts(new URL(address))).toEqual(parts);
});
