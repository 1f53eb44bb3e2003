import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { OUTPUTS, run } from './run.js';

await runAction('docker-build', OUTPUTS, async (outputs) => run(readInputs(), outputs));
