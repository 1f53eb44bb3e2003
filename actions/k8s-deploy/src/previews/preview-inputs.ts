import { ActionError, context, duration, integer, text } from '@fairway/action-kit';
import { type Occasion, occasionOf } from './occasion.js';
import { namespaceFor } from './ownership.js';

/** Environments of pull requests, one each. Durations in milliseconds. */
export interface PreviewPlan {
  readonly occasion: Occasion;
  /** The host that routes of the release get, with `{number}` filled in; empty leaves them as they are. */
  readonly host: string;
  readonly ttlMs: number;
  /** The most environments at once. */
  readonly limit: number;
}

/** @throws ActionError 'bad-input' */
export function readPreview(release: string): PreviewPlan {
  if (text('namespace') !== '') {
    throw new ActionError('bad-input', "The input 'namespace' has no meaning with 'mode: preview'.", {
      remedy: `Take it out: each pull request gets its own, ${namespaceFor(release, 1)} for the first.`,
    });
  }
  if (release.length > MOST_LETTERS) {
    throw new ActionError('bad-input', `The release '${release}' is too long for 'mode: preview'.`, {
      remedy: `Name it with at most ${MOST_LETTERS} letters:  release: app`,
    });
  }
  const host = text('preview-host');
  if (host !== '' && !/^(?=.{1,253}$)[a-z0-9{}-]+(\.[a-z0-9{}-]+)+$/.test(fill(host, release, 1))) {
    throw new ActionError(
      'bad-input',
      `The input 'preview-host' is '${host.slice(0, 200)}', which is no host name.`,
      {
        remedy: 'Write  preview-host: pr-{number}.preview.example.com',
      },
    );
  }
  return {
    occasion: occasionOf(context()),
    host,
    ttlMs: duration('preview-ttl', { default: '168h' }),
    limit: integer('preview-limit', { min: 1, max: 1_000, default: 10 }),
  };
}

/** A namespace has 63 letters; `-pr-` and a number of nine digits come after the release. */
const MOST_LETTERS = 50;

/** Puts the pull request's number and namespace in. Nothing else of a pull request is ever part of a name. */
export function fill(pattern: string, release: string, number: number): string {
  return pattern
    .replaceAll('{number}', String(number))
    .replaceAll('{namespace}', namespaceFor(release, number));
}
