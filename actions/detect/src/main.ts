import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { NOTHING, run } from './run.js';

await runAction('Detect', NOTHING, async (outputs) => run(readInputs(), outputs));
