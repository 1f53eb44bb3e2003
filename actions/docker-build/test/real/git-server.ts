import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from './parts.ts';

/**
 * A git repository over HTTP: git's own `http-backend`, which is a CGI program, behind a server that asks for a token
 * where one is given, as GitHub does.
 * @param files path → text, committed on the branch `main`
 */
export async function startGitServer(
  files: Readonly<Record<string, string>>,
  token?: string,
): Promise<Part & { readonly commit: string }> {
  const root = mkdtempSync(join(tmpdir(), 'git-'));
  const repository = join(root, 'shop.git');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-C', repository, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', repository]);
  for (const [path, text] of Object.entries(files)) {
    execFileSync('mkdir', ['-p', join(repository, path, '..')]);
    writeFileSync(join(repository, path), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message=All of it');
  const server = createServer(async (incoming, outgoing) => {
    const expected = token && `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
    if (expected && incoming.headers.authorization?.replace(/^basic/i, 'basic') !== expected) {
      outgoing.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://localhost');
    const child = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname.replace('/shop.git', '/shop.git/.git'),
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: incoming.method ?? 'GET',
        CONTENT_TYPE: incoming.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: incoming.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(incoming.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    incoming.pipe(child.stdin);
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const headers = Object.fromEntries(
      answer
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => line.split(': ', 2)),
    );
    outgoing.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers).end(answer.subarray(end + 4));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  if (typeof place !== 'object' || place === null) throw new Error('no port');
  return {
    address: `http://127.0.0.1:${place.port}/shop.git`,
    commit: git('rev-parse', 'HEAD'),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true });
    },
  };
}
