import { isSecretLooking } from './inputs.js';

/** Shorter values are words; taking them out would garble the text without hiding anything. */
const SHORTEST = 8;

/**
 * Takes the job's own secrets out of a text. The runner masks the log, but not a comment; and the tool's errors may
 * quote a credential. What counts is every variable whose name speaks of a secret, TF_VAR_ ones included.
 */
export function withoutSecrets(
  text: string,
  env: Readonly<NodeJS.ProcessEnv>,
  more: Iterable<readonly [string, string]> = [],
): string {
  const named = [...Object.entries(env), ...more];
  const values = named
    .filter(([name, value]) => isSecretLooking(name) && (value ?? '').length >= SHORTEST)
    .map(([, value]) => value ?? '');
  const parts = new Set(values.flatMap((value) => [value, ...value.split(/\r?\n/)]));
  const secrets = [...parts]
    .filter((part) => part.trim().length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length);
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
