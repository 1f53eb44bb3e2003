/** Argument lists for Terraform and OpenTofu: what is asked, apart from the asking. */

export function initArguments(facts: {
  readonly backendFile?: string;
  readonly hasLockFile: boolean;
}): string[] {
  return [
    'init',
    '-input=false',
    '-no-color',
    // An earlier step of this job may have set this folder up for another state; nothing is to be migrated.
    '-reconfigure',
    ...(facts.hasLockFile ? ['-lockfile=readonly'] : []),
    ...(facts.backendFile === undefined ? [] : [`-backend-config=${facts.backendFile}`]),
  ];
}

export function planArguments(facts: {
  readonly planPath: string;
  readonly varFiles: readonly string[];
  /** Milliseconds. */
  readonly lockTimeout: number;
  readonly destroy: boolean;
}): string[] {
  return [
    'plan',
    '-input=false',
    '-json',
    '-detailed-exitcode',
    ...(facts.destroy ? ['-destroy'] : []),
    `-lock-timeout=${Math.round(facts.lockTimeout / 1000)}s`,
    ...facts.varFiles.map((file) => `-var-file=${file}`),
    `-out=${facts.planPath}`,
  ];
}

/** Applying takes a plan's file and nothing else: with one, the tool asks nothing and plans nothing. */
export function applyArguments(facts: { readonly planPath: string; readonly lockTimeout: number }): string[] {
  return [
    'apply',
    '-input=false',
    '-json',
    `-lock-timeout=${Math.round(facts.lockTimeout / 1000)}s`,
    facts.planPath,
  ];
}

/**
 * The backend's settings as a file of HCL, so that credentials among them reach no argument list.
 * Source: developer.hashicorp.com/terraform/language/backend, "File"; strings as in HCL native syntax, "Templates".
 */
export function backendFile(settings: ReadonlyMap<string, string>): string {
  return [...settings].map(([name, value]) => `${name} = ${hclString(value)}\n`).join('');
}

export function hclString(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('${', () => '$${') // a function: in a replacement text `$$` means `$`
    .replaceAll('%{', '%%{');
  return `"${escaped}"`;
}
