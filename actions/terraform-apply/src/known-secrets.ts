/** Shorter values are words; taking them out would garble the text without hiding anything. */
const SHORTEST = 6;

/** In a name, these tell of a secret wherever they stand (`PGPASSWORD`), the others only as a word of their own. */
const SECRET_LOOKING =
  /passw|passphrase|dbpass|secret|token|credential|conn(?:ection)?_?str|(?:private|access|api|encryption|signing|ssh)_?key|(?:^|_)(?:pass|pwd|sas|pat)(?:_|$)/i;

/** What is about a secret and is none: `secret_name`, `token_url`, `password_length`. */
const ABOUT_ONE =
  /(?:^|_)(?:names?|arns?|ur[il]s?|paths?|files?|dir|hosts?|ports?|regions?|versions?|engines?|polic(?:y|ies)|lengths?|ttl|days|hours|minutes|seconds|count|enabled|required|types?|modes?)$/i;

/**
 * A name that says "secret" is believed, though its value came in the clear; `disaster_recovery` and `private_subnets`
 * say nothing of the sort, and masking their values would have GitHub drop every output that holds one.
 */
export function isSecretLooking(name: string): boolean {
  const words = name.replaceAll('-', '_');
  return SECRET_LOOKING.test(words) && !ABOUT_ONE.test(words);
}

/** Whether a value is long enough to be told apart from a word. */
export function isTelling(value: string): boolean {
  return value.trim().length >= SHORTEST;
}

/**
 * The texts that are to be shown nowhere: the values of variables whose names speak of a secret, TF_VAR_ ones included,
 * as a whole and by line; the longest first.
 */
export function secretTexts(
  env: Readonly<NodeJS.ProcessEnv>,
  more: Iterable<readonly [string, string]> = [],
): string[] {
  const values = [...Object.entries(env), ...more]
    .filter(([name]) => isSecretLooking(name))
    .map(([, value]) => value ?? '');
  const parts = new Set(values.flatMap((value) => [value, ...value.split(/\r?\n/)]));
  return [...parts].filter(isTelling).toSorted((a, b) => b.length - a.length);
}

/**
 * Takes the job's own secrets out of a text. The runner masks the log, but not a comment; and the tool's errors may
 * quote a credential.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
