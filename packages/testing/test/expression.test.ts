import { describe, expect, it } from 'vitest';
import { resolveExpressions } from '../src/runner/expression.js';

const contexts = {
  github: { token: 't', event: { pull_request: { number: 7 } }, ref: '' },
  runner: { temp: '/tmp/x' },
};

describe('resolveExpressions', () => {
  it.each([
    ['plain', 'plain'],
    ['${{ github.token }}', 't'],
    ['a-${{ github.event.pull_request.number }}-${{runner.temp}}', 'a-7-/tmp/x'],
    ['${{ github.event.issue.number }}', ''],
    ["${{ github.ref || 'it''s' }}", "it's"],
    ['${{ github.missing || github.event.pull_request.number }}', '7'],
    ['${{ true }}', 'true'],
    ['${{ github.constructor }}', ''],
  ])('resolves %s', (text, expected) => {
    expect(resolveExpressions(text, contexts)).toBe(expected);
  });

  it('refuses what it does not understand rather than guess', () => {
    expect(() => resolveExpressions("${{ format('{0}', github.token) }}", contexts)).toThrow(
      /Give the input a value/,
    );
  });
});
