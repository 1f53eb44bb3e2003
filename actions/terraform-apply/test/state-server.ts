import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server for states, as the backend `http` speaks to it: it keeps what is posted, unless it is told to refuse.
 * Source: developer.hashicorp.com/terraform/language/backend/http.
 */
export async function startStateServer() {
  const kept = { state: '' };
  const refuse = { readsOnceWritten: false, writes: 0 };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      if (refuse.readsOnceWritten && kept.state !== '') return response.writeHead(403).end();
      return response.writeHead(kept.state === '' ? 404 : 200).end(kept.state);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (refuse.writes > 0) {
      refuse.writes -= 1;
      return response.writeHead(403).end();
    }
    kept.state = Buffer.concat(chunks).toString('utf8');
    return response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/state`,
    kept,
    /** How many of the next writes are refused, and whether reads are as soon as one was taken. */
    refuse,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
