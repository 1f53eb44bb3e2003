import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificates } from './certificates.ts';

export interface Visit {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface Page {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a host answers, or the loopback port that speaks TLS for it. */
export type Site = ((visit: Visit) => Page | Promise<Page>) | { readonly port: number };

export interface Internet {
  /** A proxy through which these hosts are found, and the authority that their certificates come from. */
  readonly env: Readonly<Record<string, string>>;
  readonly ca: string;
  readonly folder: string;
  readonly visits: Visit[];
  close(): Promise<void>;
}

/**
 * Hosts of the internet by their real names, over TLS, on this machine: a client comes through HTTPS_PROXY and checks
 * certificates as ever. A host that is not named does not exist.
 */
export async function startInternet(
  hosts: readonly string[],
  open: (folder: string) => Promise<Readonly<Record<string, Site>>> | Readonly<Record<string, Site>>,
): Promise<Internet> {
  const folder = mkdtempSync(join(tmpdir(), 'internet-'));
  const { ca } = certificates(folder, hosts);
  const sites = await open(folder);
  const visits: Visit[] = [];
  const read = (file: string) => readFileSync(join(folder, file));
  const far = createTlsServer(
    { cert: read('server.pem'), key: read('server.key') },
    async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const visit: Visit = {
        method: incoming.method ?? '',
        host: incoming.headers.host ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      visits.push(visit);
      const site = sites[visit.host];
      const { status, headers, body = '' } = typeof site === 'function' ? await site(visit) : { status: 404 };
      outgoing.writeHead(status, headers);
      outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
    },
  );
  const proxy = createServer((_, outgoing) => outgoing.writeHead(400).end());
  const [farPort, proxyPort] = [await portOf(far), await portOf(proxy)];
  proxy.on('connect', (request, near) => {
    const site = sites[request.url?.replace(/:443$/, '') ?? ''];
    if (site === undefined) {
      near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const onward = connect(typeof site === 'function' ? farPort : site.port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(onward).pipe(near);
    });
    for (const end of [near, onward]) end.on('error', () => [near, onward].map((one) => one.destroy()));
  });
  return {
    env: { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
    ca,
    folder,
    visits,
    close: async () => {
      for (const server of [far, proxy]) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(folder, { recursive: true });
    },
  };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  if (typeof place !== 'object' || place === null) throw new Error('no port');
  return place.port;
}
