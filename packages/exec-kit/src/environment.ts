/** The action's own inputs and state. */
const OWN = /^(?:INPUT|STATE)_/i;

/** Where the run's artifacts and caches are kept, and the key to both. Source: actions/runner, NodeScriptActionHandler.cs. */
const SERVICES = /^ACTIONS_(?:RUNTIME_(?:TOKEN|URL)|RESULTS_URL|CACHE_URL|CACHE_SERVICE_V2)$/i;

/** The files by which the action itself answers the runner: its outputs, and what its post step will believe. */
const ANSWERS = /^GITHUB_(?:OUTPUT|STATE)$/i;

/**
 * What a started program inherits: what the program of a `run:` step would see, and no more. An input may be a password
 * or a token, and whoever prints its environment (a build script, a scanner in debug mode) would print it too. The key to
 * artifacts and caches is given to actions alone: with it the tests of a pull request could put another artifact in the
 * place of the one that is deployed, or write a cache that a later run trusts.
 */
export function inheritedEnvironment(): Record<string, string> {
  return chosen((name) => !OWN.test(name) && !SERVICES.test(name) && !ANSWERS.test(name));
}

/** The run's artifact and cache services, to be given by `env` to the one program that speaks to them: BuildKit's `type=gha`. */
export function runnerServices(): Record<string, string> {
  return chosen((name) => SERVICES.test(name));
}

function chosen(wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && wanted(name) ? [[name, value]] : [],
    ),
  );
}
