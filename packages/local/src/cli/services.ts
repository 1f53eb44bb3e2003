import { join } from 'node:path';
import { ActionError, formatDuration, isDebug, messageOf } from '@fairway/action-kit';
import { choose, lookAtHost } from '../host.js';
import { openProgress } from '../progress.js';
import { folders } from '../services/folders.js';
import { readRunState } from '../services/run-state.js';
import { withSession } from '../services/session.js';
import { startAll } from '../services/start-all.js';
import { liveRun, takeDown } from '../services/take-down.js';
import { DEMO } from '../tools/needs.js';
import { prepare } from '../tools/prepare.js';

const USAGE = `node packages/local/lib/cli/services.js up [--metrics]|down|status

  up      prepares what is missing, starts registry, BuildKit, cluster, Prometheus and Alertmanager, and leaves them up;
          with --metrics also metrics-server, so that autoscaling works (another minute to build, once)
  down    takes down whatever is up, or what a killed run has left
  status  says what is up and where
`;

/** The services by hand, without a pipeline. */
async function main(command: string | undefined): Promise<void> {
  const at = folders();
  if (command === 'up') return up(process.argv.includes('--metrics'));
  if (command === 'down') {
    const live = readRunState(at.stateFile);
    process.stdout.write(
      (await takeDown(at)) ? `Took down the run of ${live?.startedAt}.\n` : 'Nothing is up.\n',
    );
    return;
  }
  if (command === 'status') {
    const live = liveRun(at);
    if (live === undefined) process.stdout.write('Nothing is up.\n');
    else process.stdout.write(`Up since ${live.startedAt}.\n${addresses(live.addresses)}`);
    return;
  }
  process.stderr.write(USAGE);
  process.exitCode = 2;
}

async function up(metrics: boolean): Promise<void> {
  const at = folders();
  const progress = openProgress();
  const choices = choose(await lookAtHost());
  // For looking around by hand no workflow engine is needed.
  const wanted = {
    ...DEMO,
    tools: ['kubectl', 'buildx', ...(metrics ? (['metrics-server'] as const) : [])] as const,
  };
  const tools = await prepare(choices, wanted, at, progress);
  const began = Date.now();
  await withSession(at, join(at.cache, 'logs'), progress, async (supervisor) => {
    const services = await startAll(supervisor, { choices, tools, progress });
    await services.inbox.stop();
    progress.close();
    supervisor.keep();
    process.stdout.write(
      `\nUp in ${formatDuration(Date.now() - began)}.\n${addresses(supervisor.state.addresses)}`,
    );
  });
}

function addresses(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, address]) => `  ${name.padEnd(14)}${address}\n`)
    .join('');
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`\n✗ ${messageOf(error)}\n`);
  if (error instanceof ActionError) process.stderr.write(`  ${error.remedy}\n`);
  if (isDebug() && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
