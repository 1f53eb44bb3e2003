/**
 * What a started program inherits: everything but the action's own inputs and state. An input may be a password or a
 * token, and whoever prints its environment (a build script, a scanner in debug mode) would print it too.
 */
export function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || /^(?:INPUT|STATE)_/i.test(name) ? [] : [[name, value]],
    ),
  );
}
