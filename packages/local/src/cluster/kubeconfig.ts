import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A kubeconfig that holds everything itself: no file beside it has to exist where it is used. Pure. */
export function kubeconfig(server: string, authority: Buffer, certificate: Buffer, key: Buffer): string {
  const encoded = (value: Buffer) => value.toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fairway', cluster: { server, 'certificate-authority-data': encoded(authority) } }],
    users: [
      {
        name: 'fairway',
        user: { 'client-certificate-data': encoded(certificate), 'client-key-data': encoded(key) },
      },
    ],
    contexts: [{ name: 'fairway', context: { cluster: 'fairway', user: 'fairway' } }],
    'current-context': 'fairway',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Writes the kubeconfig of one identity, readable by its owner alone. */
export function writeKubeconfig(file: string, server: string, pki: string, identity: string): void {
  const read = (name: string) => readFileSync(join(pki, name));
  const content = kubeconfig(server, read('ca.crt'), read(`${identity}.crt`), read(`${identity}.key`));
  writeFileSync(file, content, { mode: 0o600 });
}
