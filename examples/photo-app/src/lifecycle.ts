import type { Server } from 'node:http';

/**
 * Stops accepting connections and waits until every open request has been answered, so that no upload
 * is lost; after `limitMs` milliseconds what is still open is cut off.
 *
 * @returns whether everything was answered in time
 */
export async function drain(server: Server, limitMs: number): Promise<boolean> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection becomes idle when its last answer is out; nothing else would close it then.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    limit = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    const outcome = await Promise.race([closed, late]);
    if (outcome !== 'late') return true;
    server.closeAllConnections();
    await closed;
    return false;
  } finally {
    clearInterval(sweep);
    clearTimeout(limit);
  }
}
