/** Everything that one run of a workflow is made of. */
export interface WorkflowRun {
  readonly repository: string;
  readonly folder: string;
  readonly workflow: string;
  readonly branch: string;
  readonly actor: string;
  readonly event: string;
  /** The file with the event's payload. */
  readonly eventFile: string;
  /** Variables and secrets of the repository; they reach act in files, for an argv is open to everyone. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What the runner adds to every step: where the API is, the runtime's tokens. */
  readonly environment: Readonly<Record<string, string>>;
  /** `owner/repo@ref` → folder. */
  readonly localRepositories: ReadonlyMap<string, string>;
  /** Labels of `runs-on` that run here. */
  readonly labels: readonly string[];
}

/** The files that a run's settings are handed over in, beside act's own work folder; all absolute. */
export interface RunFiles {
  readonly secrets: string;
  readonly variables: string;
  readonly environment: string;
  readonly actionCache: string;
}

/** The argv of act for a run. Pure. */
export function actArguments(run: WorkflowRun, files: RunFiles): string[] {
  return [
    run.event,
    '--json',
    '--rm', // without it a failed job leaves its work folder behind
    '--directory',
    run.folder,
    '--workflows',
    run.workflow,
    '--eventpath',
    run.eventFile,
    '--actor',
    run.actor,
    '--defaultbranch',
    run.branch,
    ...run.labels.flatMap((label) => ['--platform', `${label}=-self-hosted`]),
    '--action-cache-path',
    files.actionCache,
    '--no-cache-server', // the loopback results service speaks the cache's second version; act's own does not
    '--secret-file',
    files.secrets,
    '--var-file',
    files.variables,
    '--env-file',
    files.environment,
    ...[...run.localRepositories].flatMap(([name, folder]) => ['--local-repository', `${name}=${folder}`]),
  ];
}

/**
 * Variables of the machine that its network needs; everything else of our own environment stays out of the jobs, as
 * it would on a runner.
 */
const network =
  /^(https?_proxy|no_proxy|all_proxy|ssl_cert_(file|dir)|node_extra_ca_certs|npm_config_(registry|cafile|proxy|https_proxy|noproxy|userconfig)|go(proxy|nosumdb|nosumcheck|sumdb|flags|toolchain)|pip_(index_url|cert|proxy))$/i;

/**
 * The whole environment that act starts with. act hands its own on to every step, so it is made anew: a PATH, a home,
 * and the machine's way to the network.
 *
 * @param programs folders that lead PATH: this repository's Node first, then the tools
 */
export function cleanEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  programs: readonly string[],
): Record<string, string> {
  const path = (own.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== '' && !/\/node_modules\/(\.bin|npm\/)/.test(`${folder}/`));
  const environment: Record<string, string> = {
    PATH: [...programs, ...path].join(':'),
    HOME: own.HOME ?? '/',
    LANG: 'C.UTF-8',
  };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && network.test(name)) environment[name] = value;
  }
  return environment;
}
