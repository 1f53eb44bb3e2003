import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

/** Programs that end together; what they say is shown where one does not come up. */
export class Servers {
  readonly work: string;
  readonly #programs: string;
  readonly #children: ChildProcess[] = [];
  readonly #said: string[] = [];

  /**
   * @param work where they run and keep what they keep; removed in the end
   * @param programs the folder that has them
   */
  constructor(work: string, programs: string) {
    this.work = work;
    this.#programs = programs;
  }

  async start(program: string, args: (port: number) => string[], at?: number): Promise<string> {
    const port = at ?? (await freePort());
    this.#spawn(program, args(port));
    return `http://127.0.0.1:${port}`;
  }

  async firstLine(program: string, args: string[]): Promise<string> {
    const { stdout } = this.#spawn(program, args);
    const [line] = (await once(stdout, 'data')) as [Buffer];
    return line.toString().trim();
  }

  /** What a server answers once it is up. */
  async ready(url: string): Promise<string> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.ok) return answer.text();
      await sleep(100);
    }
    throw new Error(`${url} does not answer:\n${this.#said.join('').slice(-3000)}`);
  }

  async stop(): Promise<void> {
    const running = this.#children.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    );
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(ended);
    await rm(this.work, { recursive: true, force: true });
  }

  #spawn(program: string, args: string[]) {
    const child = spawn(join(this.#programs, program), args, {
      cwd: this.work,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: this.work },
    });
    child.stdout.on('data', (chunk: Buffer) => this.#said.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => this.#said.push(chunk.toString()));
    this.#children.push(child);
    return child;
  }
}

/** Hands requests on to a server, and loses its first answer. */
export async function startLossyProxy(to: string): Promise<{
  readonly url: string;
  /** The answers there were, the lost one included. */
  readonly answers: string[];
  close(): Promise<void>;
}> {
  const answers: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = request;
    const body = method === 'POST' ? Buffer.concat(chunks) : null;
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const answer = await fetch(`${to}${url}`, { method, headers, body, redirect: 'manual' });
    answers.push(`${method} ${answer.status}`);
    if (answers.length === 1) {
      request.socket.destroy();
      return;
    }
    const location = answer.headers.get('location');
    response.writeHead(answer.status, { ...(location && { location }) }).end(await answer.text());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answers,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
