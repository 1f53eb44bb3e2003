import { createServer } from 'node:net';

/** A TCP port that nobody listens on right now at this address. Several at once are all different. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenAnywhere(host)));
  const ports = servers.map((server) => server.port);
  await Promise.all(servers.map((server) => server.close()));
  return ports;
}

/** The port that was asked for when nobody listens on it, else any free one. */
export async function preferredPort(preferred: number, host = '127.0.0.1'): Promise<number> {
  const server = await listenAnywhere(host, preferred).catch(() => listenAnywhere(host));
  await server.close();
  return server.port;
}

async function listenAnywhere(host: string, port = 0): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no TCP address on ${host}`);
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
