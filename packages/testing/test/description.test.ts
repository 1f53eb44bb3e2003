import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { description, exampleAnswer, findOperation } from '../src/github/description.js';
import { toJsonSchema } from '../src/github/json-schema.js';
import { paginate } from '../src/github/pagination.js';
import { acceptedHeader, isPermitted } from '../src/github/permissions.js';
import { routes } from '../src/github/rest-api.js';
import { validateAnswer } from '../src/github/validation.js';

describe('findOperation', () => {
  it.each([
    ['GET', '/repos/o/r/releases/latest', 'repos/get-latest-release', { owner: 'o', repo: 'r' }],
    ['GET', '/repos/o/r/releases/12', 'repos/get-release', { owner: 'o', repo: 'r', release_id: '12' }],
    ['GET', '/repos/o/r/contents/a/b.ts', 'repos/get-content', { owner: 'o', repo: 'r', path: 'a/b.ts' }],
    ['GET', '/repos/o/r/contents/a%2Fb%20c', 'repos/get-content', { owner: 'o', repo: 'r', path: 'a/b c' }],
    [
      'PATCH',
      '/repos/o/r/issues/comments/1',
      'issues/update-comment',
      { owner: 'o', repo: 'r', comment_id: '1' },
    ],
    ['POST', '/repos/o/r/check-runs', 'checks/create', { owner: 'o', repo: 'r' }],
  ])('%s %s', (method, path, id, params) => {
    const found = findOperation(method, path);
    expect(found?.operation.id).toBe(id);
    expect(found?.params).toEqual(params);
  });

  it.each([
    ['PUT', '/repos/o/r/check-runs'],
    ['GET', '/repos/o/r/'],
    ['GET', '/repos/o/r/contents/a/../%zz'],
    ['GET', '/no/such/thing'],
  ])('answers without throwing for %s %s', (method, path) => {
    expect(['repos/get-content', undefined]).toContain(findOperation(method, path)?.operation.id);
  });
});

describe('the routes', () => {
  const operations = Object.values(description().paths).flatMap((methods) => Object.values(methods));
  const known = new Set(operations.map(({ operationId }) => operationId));

  it.each(Object.keys(routes))('%s is an operation of GitHub', (id) => {
    expect(known.has(id)).toBe(true);
  });
});

describe('toJsonSchema', () => {
  it('keeps properties that are named like keywords', () => {
    const schema = toJsonSchema({
      type: 'object',
      properties: { title: { type: 'string', title: 'x' }, description: { type: 'integer' } },
    });
    expect(schema).toEqual({
      type: 'object',
      properties: { title: { type: 'string' }, description: { type: 'integer' } },
      definitions: {},
    });
  });

  it('carries along what it refers to, recursively, and turns nullable into a type', () => {
    const schema = toJsonSchema({ $ref: '#/components/schemas/issue-comment' });
    expect(Object.keys(schema.definitions as object)).toEqual(
      expect.arrayContaining(['issue-comment', 'nullable-simple-user', 'author-association']),
    );
    expect(JSON.stringify(schema)).not.toContain('components/schemas');
    expect(JSON.stringify((schema.definitions as Record<string, unknown>)['nullable-simple-user'])).toContain(
      '"null"',
    );
  });

  it.each([
    ['GET', '/repos/o/r/issues/1/comments'],
    ['GET', '/repos/o/r/deployments/1/statuses'],
    ['GET', '/repos/o/r/actions/runs/1/artifacts'],
    ['GET', '/repos/o/r/releases'],
    ['GET', '/repos/o/r/deployments'],
  ])("accepts GitHub's own example of %s %s, and not a broken one", (method, path) => {
    const operation = findOperation(method, path)?.operation;
    if (!operation) throw new Error('no such operation');
    const example = exampleAnswer(operation, 200);
    expect(validateAnswer(operation, 200, example)).toEqual([]);
    const text = JSON.stringify(example).replaceAll('"id":', '"di":');
    expect(validateAnswer(operation, 200, JSON.parse(text)).join()).toContain("required property 'id'");
    expect(validateAnswer(operation, 299, example)).toHaveLength(1);
  });
});

describe('paginate', () => {
  it('shows every item exactly once to whoever follows next', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 400 }),
        fc.option(fc.integer({ min: -5, max: 150 })),
        (list, size) => {
          const seen: unknown[] = [];
          let next: string | undefined = `http://h/x?a=1${size === null ? '' : `&per_page=${size}`}`;
          while (next) {
            const page = paginate(list, new URL(next));
            seen.push(...page.items);
            next = /<([^>]+)>; rel="next"/.exec(page.link ?? '')?.[1];
          }
          expect(seen).toEqual(list);
        },
      ),
    );
  });
});

describe('isPermitted', () => {
  it.each([
    ['everything by default', ['checks:write'], {}, true],
    ['a denied grant', ['checks:write'], { deny: ['checks:write'] }, false],
    ['reading where writing is denied', ['checks:read'], { deny: ['checks:write'] }, true],
    ['writing where reading is denied', ['checks:write'], { deny: ['checks:read'] }, false],
    ['the other of two scopes', ['issues:write', 'pull-requests:write'], { deny: ['issues:write'] }, true],
    [
      'neither of two scopes',
      ['issues:write', 'pull-requests:write'],
      { deny: ['issues:write', 'pull-requests:write'] },
      false,
    ],
    ['write implies read', ['contents:read'], { permissions: { contents: 'write' } }, true],
    ['read does not imply write', ['contents:write'], { permissions: { contents: 'read' } }, false],
    ['what is not named', ['contents:read'], { permissions: {} }, false],
    ['metadata always', ['metadata:read'], { permissions: {} }, true],
  ] as const)('%s', (_, wanted, grants, expected) => {
    expect(isPermitted(wanted, grants)).toBe(expected);
  });

  it('names what would have been enough, as GitHub does', () => {
    expect(acceptedHeader(['issues:write', 'pull-requests:write'])).toBe('issues=write; pull_requests=write');
  });
});
