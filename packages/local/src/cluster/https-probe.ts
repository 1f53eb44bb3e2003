import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Probe } from '../services/readiness.js';

/** Ready when a component answers 200 to its administrator. */
export function httpsProbe(pki: string, host: string, port: number, path: string): Probe {
  const tls = {
    ca: readFileSync(join(pki, 'ca.crt')),
    cert: readFileSync(join(pki, 'admin.crt')),
    key: readFileSync(join(pki, 'admin.key')),
    // Controllers and scheduler serve a certificate they made for themselves; only the API server's is ours.
    rejectUnauthorized: host !== '127.0.0.1',
  };
  return () =>
    new Promise((resolve, reject) => {
      const asked = request({ host, port, path, ...tls, timeout: 2_000 }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      asked.once('timeout', () => asked.destroy(new Error('no answer within 2 s')));
      asked.once('error', reject);
      asked.end();
    });
}
