/**
 * Prints a workflow command, which the runner obeys: `::name key=value,key=value::message`, escaped as `command.js` of
 * @actions/core does it (tests hold the two side by side). Core itself is not loaded at start: it brings crypto,
 * child_process and all of exec, which make a third of the time in which an action starts.
 * Source: actions/runner, ActionCommand.cs.
 * @param properties those that are empty or 0 are left out
 */
export function issue(
  name: string,
  message = '',
  properties: Readonly<Record<string, string | number | undefined>> = {},
): void {
  const given = Object.entries(properties)
    .filter(([, value]) => value)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  process.stdout.write(`::${[name, given.join(',')].filter(Boolean).join(' ')}::${escapeData(message)}\n`);
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
