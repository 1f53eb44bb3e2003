import { readFile } from 'node:fs/promises';
import { mask } from '@fairway/action-kit';
import type { Access } from './kubeconfig.js';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The access of a self-hosted runner that is itself a pod. The token is read anew each time: the kubelet rotates it.
 * Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function inClusterAccess(env: NodeJS.ProcessEnv, folder = FOLDER): Promise<Access | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) return undefined;
  const read = (name: string) => readFile(`${folder}/${name}`).catch(() => undefined);
  const [ca, namespace] = await Promise.all([read('ca.crt'), read('namespace')]);
  if (ca === undefined) return undefined;
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    namespace: namespace?.toString('utf8').trim() || 'default',
    ca,
    serverName: undefined,
    skipVerify: false,
    proxy: undefined,
    credential: async () => {
      const token = (await read('token'))?.toString('utf8').trim() ?? '';
      mask(token);
      return { token };
    },
  };
}
