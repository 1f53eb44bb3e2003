import { join } from 'node:path';
import { demo } from '../flow/demo.js';
import { openProgress } from '../progress.js';
import { canary, scenarioOf, scenarios } from '../scenarios/index.js';
import { folders } from '../services/folders.js';
import { takeDown } from '../services/take-down.js';
import { readCommandLine, root } from './command-line.js';
import { endWith } from './ending.js';

const usage = `npm run demo [-- --keep] [-- --scenario NAME] [-- --down]

Carries two pushes of examples/photo-app through .github/workflows/cicd.yml on this machine: real tests, scanners, image
builds, Terraform and Kubernetes. The first is rolled out, the second is a canary in production. The record of the second is
out/demo/run.json.

  --keep           leave everything up afterwards, to look around
  --down           take down what --keep left up
  --scenario NAME  one of:
${scenarios.map(({ name, title }) => `                     ${name.padEnd(14)} ${title}`).join('\n')}
`;

async function main(): Promise<number> {
  const options = readCommandLine(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (options.down) {
    process.stdout.write((await takeDown(folders())) ? 'Everything is down.\n' : 'Nothing is up.\n');
    return 0;
  }
  const progress = openProgress();
  try {
    const scenario = scenarioOf(options.scenarios[0] ?? canary.name) ?? canary;
    const began = Date.now();
    const record = await demo({ root, out: join(root, 'out/demo'), scenario, keep: options.keep, progress });
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    const outcome = record.passed ? 'everything was as it should be' : 'NOT everything was as it should be';
    progress.say(`${record.scenario}: ${outcome}; ${minutes} minutes in all. The record: out/demo/run.json`);
    return record.passed ? 0 : 1;
  } finally {
    progress.close();
  }
}

endWith(main());
