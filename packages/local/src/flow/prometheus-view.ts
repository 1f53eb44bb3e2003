import { pause } from '@fairway/exec-kit';
import { at, list, text } from '../engine/json-value.js';

/**
 * How many uploads Prometheus has counted in a namespace. A photo was just uploaded: it gets 15 s to be scraped.
 * (Prometheus' HTTP API: GET /api/v1/query, an instant vector.)
 */
export async function countedUploads(prometheus: string, namespace: string): Promise<number> {
  const expression = `sum(photo_app_uploads_total{namespace="${namespace}"})`;
  for (const limit = Date.now() + 15_000; ; await pause(500)) {
    const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const sample = at(list(at(await answer.json(), 'data', 'result'))[0], 'value');
    const count = Number(text(list(sample)[1]) || '0');
    if (count > 0 || Date.now() > limit) return count;
  }
}
