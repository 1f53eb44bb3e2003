import { delimiter, join } from 'node:path';
import { run } from '@fairway/exec-kit';
import { digestOf } from '../flow/registry-view.js';
import { choose, lookAtHost } from '../host.js';
import { openProgress } from '../progress.js';
import { folders } from '../services/folders.js';
import { withSession } from '../services/session.js';
import { startAll } from '../services/start-all.js';
import { DEMO } from '../tools/needs.js';
import { prepare } from '../tools/prepare.js';
import { endWith } from './ending.js';

const USAGE = `node packages/local/lib/cli/with-services.js COMMAND…

Brings up registry, BuildKit, a one-node cluster with metrics-server, Prometheus and Alertmanager, runs the command, and
takes everything down again. The command finds them in FAIRWAY_INT_KUBECONFIG, FAIRWAY_INT_IMAGE (runs Node.js; by
digest, in that registry) and FAIRWAY_INT_PROMETHEUS; where FAIRWAY_INT_KUBECONFIG is set already, it is just run.
`;

/** What the integration tests of k8s-deploy are run in. */
async function main(command: readonly string[]): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (process.env.FAIRWAY_INT_KUBECONFIG) return carryOut(program, args, {});
  const progress = openProgress(process.stderr);
  const at = folders();
  try {
    // Tests reach into the network of pods, which a container engine or somebody's cluster keeps to itself.
    const facts = { ...(await lookAtHost()), docker: false, kind: false, kubeconfig: undefined };
    const choices = choose(facts);
    const wanted = { ...DEMO, tools: ['kubectl', 'buildx', 'metrics-server'] } as const;
    const tools = await prepare(choices, wanted, at, progress);
    return await withSession(at, join(at.cache, 'logs'), progress, async (supervisor, signal) => {
      const { kubeconfig, registry, prometheus, baseImages } = await startAll(supervisor, {
        choices,
        tools,
        progress,
      });
      const env = {
        PATH: [...tools.searchPath, process.env.PATH ?? ''].join(delimiter),
        FAIRWAY_INT_KUBECONFIG: kubeconfig,
        FAIRWAY_INT_IMAGE: await byDigest(registry.address, baseImages?.nodeRuntime ?? ''),
        FAIRWAY_INT_PROMETHEUS: prometheus.url,
      };
      return carryOut(program, args, env, signal);
    });
  } finally {
    progress.close();
  }
}

async function byDigest(registry: string, image: string): Promise<string> {
  const [repository = '', tag = ''] = image.slice(registry.length + 1).split(':');
  return `${registry}/${repository}@${await digestOf(registry, repository, tag)}`;
}

async function carryOut(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<number> {
  const { exitCode } = await run(program, args, { env, ...(signal && { signal }) });
  return exitCode ?? 1;
}

endWith(main(process.argv.slice(2)));
