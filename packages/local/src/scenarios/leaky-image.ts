import { plantedKey } from './leaked-secret.js';
import { nothingAfterChecks, nothingTouched, type Scenario } from './scenario.js';

/** The key is nowhere in the sources: the build puts it together, as one that fetches a key from elsewhere would have it. */
const backwards = [...plantedKey()].reverse().join('');
const leave = `require('fs').writeFileSync('/app/uploads.conf', 'user ' + [...'${backwards}'].reverse().join(''))`;
const remove = `require('fs').rmSync('/app/uploads.conf')`;

/**
 * The build leaves a key in a layer, and a later step removes the file: the sources are clean, the finished image shows
 * nothing, and whoever pulls it has the key. Nothing of it leaves the job, the layer cache neither.
 */
export const leakyImage: Scenario = {
  name: 'leaky-image',
  title: 'A key is in a layer of the image and removed by the next: the image is not pushed',
  message: 'Bring the upload settings along',
  edits: [
    {
      file: 'Dockerfile',
      change: (before) =>
        before.replace(
          /^ARG VERSION/m,
          `RUN ["node", "-e", "${leave}"]\nRUN ["node", "-e", "${remove}"]\n$&`,
        ),
    },
  ],
  afterRelease: false,
  secrets: {},
  results: { ...nothingAfterChecks, Image: 'failure' },
  assertions: [
    ...nothingTouched,
    { kind: 'says', stage: 'Image', words: ['/app/uploads.conf', 'stays there'] },
    { kind: 'never-shown', what: 'the key', text: plantedKey() },
    { kind: 'told', path: '/webhook', words: ['"status":"failure"'], answered: 200 },
    { kind: 'alert', open: true },
  ],
};
