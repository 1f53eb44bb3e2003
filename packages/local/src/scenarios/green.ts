import { allGreen, type Scenario } from './scenario.js';

/** A good change goes all the way. */
export const green: Scenario = {
  name: 'green',
  title: 'A good change goes from the push to production',
  message: 'Say what the service is for',
  edits: [
    { file: 'README.md', change: (before) => `${before.trimEnd()}\n\nShare a photo, and the day with it.\n` },
  ],
  afterRelease: false,
  secrets: {},
  results: allGreen,
  assertions: [
    { kind: 'image-signed' },
    // What the app ships, what of it is compiled, and what runs it.
    { kind: 'image-described', packages: ['photo-app', 'sharp', '@img/sharp-libvips-linux-x64', 'node 24.'] },
    { kind: 'runs-this-push', environment: 'staging' },
    { kind: 'runs-this-push', environment: 'production' },
    { kind: 'keeps-photos', environment: 'staging' },
    { kind: 'keeps-photos', environment: 'production' },
    { kind: 'watched', environment: 'staging' },
    { kind: 'watched', environment: 'production' },
    { kind: 'told', path: '/slack', words: ['photo-app'], answered: 200 },
    { kind: 'told', path: '/webhook', words: ['"status":"success"'], answered: 200 },
    { kind: 'signed', path: '/webhook' },
    { kind: 'alert', open: false },
  ],
};
