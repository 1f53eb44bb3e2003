import { renameSync, writeFileSync } from 'node:fs';
import { pause } from '@fairway/exec-kit';
import { type PodSummary, podTargets } from './pod-targets.js';

/*
 * A program of its own: `node discover-pods.js HOST:PORT FILE`. Debian's Prometheus is built without Kubernetes'
 * discovery, so this writes the targets it reads from a file, every second, for as long as the run is up.
 */
const [api = '', file = ''] = process.argv.slice(2);

async function writeTargets(): Promise<void> {
  const answer = await fetch(`http://${api}/api/v1/pods`, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  const { items } = (await answer.json()) as { items: PodSummary[] };
  writeFileSync(`${file}.new`, JSON.stringify(podTargets(items, api)));
  renameSync(`${file}.new`, file);
}

let said = '';
for (;;) {
  // The API server may be away for a moment; the last targets stay, and it is said once.
  const problem = await writeTargets().then(
    () => '',
    (error: unknown) => String(error),
  );
  if (problem !== said && problem !== '') process.stderr.write(`${problem}\n`);
  said = problem;
  await pause(1_000);
}
