import { join } from 'node:path';
import { chooseScenarios, endToEnd } from '../flow/end-to-end.js';
import { openProgress } from '../progress.js';
import { readCommandLine, root } from './command-line.js';
import { endWith } from './ending.js';

async function main(): Promise<number> {
  const options = readCommandLine(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(
      'npm run e2e [-- --scenario NAME]…\n\nPlays every scenario and asserts what must come of it.\n',
    );
    return 0;
  }
  const progress = openProgress();
  try {
    const chosen = chooseScenarios(options.scenarios);
    const { passed, failed } = await endToEnd(root, join(root, 'out/e2e'), chosen, progress);
    progress.say(`\n${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    progress.close();
  }
}

endWith(main());
