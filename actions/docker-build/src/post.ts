import { runAction } from '@fairway/action-kit';
import { clearWorkplace } from './workplace.js';

await runAction('docker-build', {}, clearWorkplace);
