import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { readTrustedRoot } from '../src/trusted-root.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('is asked for through the proxy of the job, and said to be out of reach where that is closed', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  try {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined);
    for (const name of ['HTTPS_PROXY', 'https_proxy'])
      vi.stubEnv(name, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    await expect(readTrustedRoot('')).rejects.toMatchObject({ code: 'sigstore-unreachable' });
    expect(new Set(asked)).toEqual(new Set(['tuf-repo-cdn.sigstore.dev:443']));
  } finally {
    proxy.close();
  }
});
