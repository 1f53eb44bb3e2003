import type { RemoteUse } from './uses.js';

/** What stands in for an action that cannot be fetched. */
export interface StandIn {
  /** What happens in its place, for the list that the demo shows. */
  readonly instead: string;
  /** The text of its action.yml. */
  readonly definition: string;
}

/** Actions that only put a program on PATH: here the machine's own takes its place, and says which it is. */
const programs: Readonly<Record<string, readonly [program: string, versionArgument: string]>> = {
  'actions/setup-node': ['node', '--version'],
  'actions/setup-python': ['python3', '--version'],
  'actions/setup-go': ['go', 'version'],
  'docker/setup-buildx-action': ['buildx', 'version'],
  'azure/setup-helm': ['helm', 'version'],
  'azure/setup-kubectl': ['kubectl', 'version'],
  'hashicorp/setup-terraform': ['terraform', 'version'],
};

/**
 * A stand-in never pretends: one for a program says which program is used instead and fails where there is none; any
 * other fails when a workflow really reaches it.
 */
export function standInDefinition(use: RemoteUse): StandIn {
  const action = `${use.repository}${use.path === '' ? '' : `/${use.path}`}@${use.ref}`;
  const program = programs[use.repository.toLowerCase()];
  const lines =
    program === undefined
      ? [`echo "::error::${action} cannot be fetched from here and nothing can stand in for it."`, 'exit 1']
      : [
          `echo "Stand-in: ${action} cannot be fetched from here and did not run. In its place:"`,
          `command -v ${program[0]} && ${program[0]} ${program[1]}`,
        ];
  return {
    instead:
      program === undefined
        ? 'nothing: a job that reaches it fails and says so'
        : `the ${program[0]} that is on this machine's PATH`,
    definition: [
      `name: Stand-in for ${use.repository}`,
      'description: Runs where the real action cannot be fetched, and says so.',
      'runs:',
      '  using: composite',
      '  steps:',
      '    - shell: bash',
      '      run: |',
      ...lines.map((line) => `        ${line}`),
      '',
    ].join('\n'),
  };
}
