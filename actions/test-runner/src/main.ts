import { runAction } from '@fairway/action-kit';
import { readInputs } from './inputs.js';
import { OUTPUTS } from './outputs.js';
import { run } from './run.js';

await runAction('test-runner', OUTPUTS, (outputs) => run(readInputs(), outputs));
