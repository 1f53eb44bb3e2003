import { allGreen, type Scenario } from './scenario.js';

/**
 * The runner is killed in the middle of staging's rollout, as when a machine is taken away: nothing is told, nothing is put
 * back, the lease is left held. The next push finds that, says so, and carries on from there.
 */
export const interrupted: Scenario = {
  name: 'interrupted',
  title: 'The runner dies in the middle of a rollout: the next push heals what it left',
  message: 'Lighten the page',
  edits: [
    {
      file: 'public/style.css',
      change: (before) => `${before.trimEnd()}\n\nbody {\n  background: #fdfdfd;\n}\n`,
    },
  ],
  interruption: {
    environment: 'staging',
    next: {
      message: 'Lighten the page a little more',
      edits: [{ file: 'public/style.css', change: (before) => before.replace('#fdfdfd', '#fefefe') }],
    },
  },
  afterRelease: true,
  secrets: {},
  results: allGreen,
  assertions: [
    { kind: 'cut-off', environment: 'staging' },
    { kind: 'recorded', environment: 'staging', states: ['interrupted', 'good'] },
    { kind: 'logs', words: ['was interrupted'] },
    { kind: 'runs-this-push', environment: 'staging' },
    { kind: 'runs-this-push', environment: 'production' },
    { kind: 'serves-throughout', environment: 'staging' },
    { kind: 'serves-throughout', environment: 'production' },
    { kind: 'keeps-photos', environment: 'staging' },
    { kind: 'told', path: '/webhook', words: ['"status":"success"'], answered: 200 },
  ],
};
