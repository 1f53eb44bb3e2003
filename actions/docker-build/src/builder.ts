import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActionError, info } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';
import type { BuilderChoice, BuilderTls } from './builder-choice.js';
import { rememberBuilder } from './workplace.js';

/** A builder that is ready to be used. */
export interface Builder {
  /** For `--builder`; undefined is buildx's current one. */
  readonly name?: string;
  /** `docker` is the engine's own BuildKit, which cannot export a cache, attest or build for several platforms. */
  readonly driver: string;
  /** Laid over buildx's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is asked of the builder beyond a plain build for the machine's own platform. */
export interface Demand {
  readonly cacheExport: boolean;
  readonly attestations: boolean;
  readonly layout: boolean;
  readonly platforms: number;
}

/** Whether the Docker engine's own builder can do what is asked of it. Source: docker docs, "Docker driver". */
export function dockerDriverSuffices(demand: Demand): boolean {
  return !demand.cacheExport && !demand.attestations && !demand.layout && demand.platforms <= 1;
}

/**
 * Makes the builder ready.
 * @param folder a folder of this step's own, removed after it
 * @throws ActionError 'builder-unreachable'
 */
export async function openBuilder(
  buildx: string,
  choice: BuilderChoice,
  demand: Demand,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Builder> {
  if (choice.kind === 'named') return { name: choice.name, driver: 'unknown', env: {} };
  if (choice.kind === 'remote') return createRemote(buildx, choice, folder, env);
  const driver = await currentDriver(buildx, env);
  if (driver !== 'docker' || dockerDriverSuffices(demand)) return { driver, env: {} };
  return createContainer(buildx, env);
}

async function currentDriver(buildx: string, env: Readonly<Record<string, string>>): Promise<string> {
  const result = await run(buildx, ['inspect'], { show: 'never', env, timeoutMs: 60_000 });
  const driver = /^Driver:\s*(\S+)/m.exec(result.stdout)?.[1];
  const broken = /^Error:\s*(.+)/m.exec(result.stdout)?.[1];
  if (result.exitCode === 0 && driver !== undefined && broken === undefined) return driver;
  throw unreachable('the current builder', broken ?? result.stderr.trim());
}

/** A builder at an address keeps its entry in a folder of its own: the machine's builders stay as they are. */
async function createRemote(
  buildx: string,
  { address, tls }: Extract<BuilderChoice, { kind: 'remote' }>,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Builder> {
  const socket = /^unix:\/\/(.+)$/.exec(address)?.[1];
  if (socket !== undefined && !existsSync(socket)) throw unreachable(address, 'there is no such socket');
  const own = { BUILDX_CONFIG: join(folder, 'buildx') };
  const result = await run(
    buildx,
    ['create', '--name', 'fairway', '--driver', 'remote', ...tlsOptions(tls, folder), address],
    {
      show: 'never',
      env: { ...env, ...own },
      timeoutMs: 60_000,
    },
  );
  if (result.exitCode !== 0) throw unreachable(address, result.stderr.trim());
  return { name: 'fairway', driver: 'remote', env: own };
}

/** The key goes into a file of this user's own; buildx copies it into its entry, which lies in the same folder. */
function tlsOptions(tls: BuilderTls | undefined, folder: string): string[] {
  if (tls === undefined) return [];
  const files = Object.entries({ cacert: tls.ca, cert: tls.cert, key: tls.key }).map(([name, pem]) => {
    const path = join(folder, `builder-${name}.pem`);
    writeFileSync(path, `${pem.trim()}\n`, { mode: 0o600 });
    return `${name}=${path}`;
  });
  return ['--driver-opt', files.join(',')];
}

/** One serves all targets of a bake file, each of which opens its builder. */
let container: Builder | undefined;

async function createContainer(buildx: string, env: Readonly<Record<string, string>>): Promise<Builder> {
  if (container !== undefined) return container;
  const name = `fairway-${process.pid}-${Date.now().toString(36)}`;
  info('The Docker engine’s own builder cannot export a cache, attest, or build for several platforms;');
  info(
    'a builder in a container is started for this step. docker/setup-buildx-action keeps one for the whole job.',
  );
  rememberBuilder(buildx, name); // before it exists: half made, it has to go too
  const result = await run(
    buildx,
    ['create', '--name', name, '--driver', 'docker-container', '--bootstrap'],
    {
      show: 'on-failure',
      env,
      timeoutMs: 300_000,
    },
  );
  if (result.exitCode !== 0) throw unreachable('a builder in a container', result.stderr.trim());
  container = { name, driver: 'docker-container', env: {} };
  return container;
}

export function unreachable(which: string, said: string): ActionError {
  return new ActionError(
    'builder-unreachable',
    `No build can start: ${which} cannot be reached (${lastLine(said)}).`,
    {
      remedy:
        'Start Docker, or add docker/setup-buildx-action before this step, or give the address of a running BuildKit:  builder: tcp://host:1234',
    },
  );
}

function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .at(-1)
      ?.replace(/^ERROR:\s*/, '')
      .slice(0, 300) || 'no reason given'
  );
}
