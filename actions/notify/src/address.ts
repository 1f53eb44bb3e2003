import { ActionError, mask } from '@fairway/action-kit';

/** Where a sink is, with the credentials that its address held taken out. */
export interface Address {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads a sink's address. What is wrong with it is told without showing it: it is a secret.
 * @param name the input it came from
 * @throws ActionError 'bad-input'
 */
export function addressOf(name: string, value: string, allowHttp: boolean): Address {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ActionError('bad-input', `The secret in '${name}' is not an http(s) address.`, {
      remedy: 'Set the secret to the whole address, beginning with https://, without quotes.',
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowHttp) {
    throw new ActionError(
      'bad-input',
      `The address in '${name}' is http, so everyone on the way can read it.`,
      {
        remedy: 'Use https. Inside a network of your own, say so:  allow-http: true',
      },
    );
  }
  if (isRetiredTeams(url.hostname)) {
    throw new ActionError(
      'bad-input',
      `The address in '${name}' is an Office 365 connector of Microsoft Teams.`,
      {
        remedy:
          'Microsoft retired these: they answer 2xx and deliver nothing. Send to a Slack-compatible webhook or to a receiver of your own instead.',
      },
    );
  }
  for (const part of secretParts(url)) mask(part);
  const headers = credentials(url);
  url.username = '';
  url.password = '';
  return { url, headers };
}

/** Shorter parts of an address are words: `services`, `hooks`, `api`. */
const SHORTEST = 12;

/** Longer ones, as `alertmanager`. Masked, they would be cut out of the job's outputs. */
const WORDS = /^(?=.{1,19}$)[a-z]+(?:-[a-z]+)*$/;

/**
 * What in an address is the secret of it. The whole is masked as the input that it is; but a receiver may quote a part
 * in what it answers, and that is told.
 */
export function secretParts(url: URL): string[] {
  const long = [url.username, ...url.pathname.split('/'), ...url.searchParams.values()].filter(
    (part) => part.length >= SHORTEST && !WORDS.test(part),
  );
  const parts = [url.password, ...long];
  return [...new Set([...parts, ...parts.map(decoded)])].filter((part) => part !== '');
}

/** `user:password@` in an address is Basic authentication. */
function credentials(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const pair = Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64');
  mask(pair);
  return { authorization: `Basic ${pair}` };
}

/** A part of an address as it is meant: a `%` that begins no code, as a password may hold one, stays as it is. */
function decoded(part: string): string {
  return part.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

function isRetiredTeams(host: string): boolean {
  return (
    /(^|\.)webhook\.office\.com$/.test(host) ||
    host === 'outlook.office.com' ||
    host === 'outlook.office365.com'
  );
}
