import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { at, string, tree } from '@fairway/action-kit/tree';
import { LineSplitter, pause } from '@fairway/exec-kit';
import { hasStatus, readWatchError } from './api-error.js';
import { type KubeClient, queryOf, type Selection } from './client.js';
import { pathOf, type Resource } from './kinds.js';
import { asObject, type KubeObject } from './object.js';

export type Change =
  | { readonly type: 'all'; readonly objects: readonly KubeObject[] }
  | { readonly type: 'set'; readonly object: KubeObject }
  | { readonly type: 'gone'; readonly object: KubeObject };

export interface WatchTarget extends Selection {
  readonly resource: Resource;
  readonly namespace: string | undefined;
}

/**
 * The server sends a bookmark about once a minute; silence longer than this is a dead connection. A peer that is gone is
 * noticed long before, by the transport: this is for one in between that answers in the name of a server that does not.
 */
const SILENCE_MS = 90_000;

/** How long a watch that was allowed before is believed in against a refusal. */
const REFUSAL_MS = 15_000;

/** Objects are at most 1.5 MiB in etcd; a line holds one. */
const LINE_CHARACTERS = 8 * 1024 * 1024;

/**
 * Follows a collection until `signal` aborts: all of it once, then each change. A dropped connection goes on where it
 * was; a history that the server no longer has (410) begins again with all of it.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function follow(
  client: KubeClient,
  target: WatchTarget,
  signal: AbortSignal,
  onChange: (change: Change) => void,
): Promise<void> {
  let version = '';
  let refusedSince: number | undefined;
  for (let failures = 0; !signal.aborted; ) {
    try {
      if (version === '') {
        const all = await client.list(target.resource, target.namespace, target);
        version = all.resourceVersion;
        onChange({ type: 'all', objects: all.items });
      }
      version = await readStream(client, target, version, signal, onChange);
      failures = 0;
      refusedSince = undefined;
      await pause(50, signal); // a server that ends every watch at once must not be asked in a tight loop
    } catch (error) {
      if (signal.aborted) return;
      if (hasStatus(error, 410)) version = '';
      else if (hasStatus(error, 401, 403) && version !== '') {
        // It was allowed before: a server that has just restarted may not have read the roles yet.
        refusedSince ??= Date.now();
        if (Date.now() - refusedSince > REFUSAL_MS) throw error;
        failures++;
      } else if (error instanceof ActionError) throw error;
      else failures++;
      debug(`Watching ${target.resource.plural}: ${messageOf(error)}`);
      await pause(Math.min(2_000, 50 * 2 ** failures), signal);
    }
  }
}

/** Reads one watch to its end. @returns the version to go on from, empty when the history is gone */
async function readStream(
  client: KubeClient,
  target: WatchTarget,
  from: string,
  signal: AbortSignal,
  onChange: (change: Change) => void,
): Promise<string> {
  const query = queryOf({
    labelSelector: target.labelSelector,
    fieldSelector: target.fieldSelector,
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: '290',
  });
  const answer = await client.connection.open({
    method: 'GET',
    path: `${pathOf(target.resource, target.namespace)}${query}`,
    doing: `Watching ${target.resource.plural}`,
    signal,
    silenceMs: SILENCE_MS,
  });
  let version = from;
  await eachLine(answer, (line) => {
    const event = tree(JSON.parse(line));
    if (event.type === 'ERROR') {
      const { status, message } = readWatchError(event.object);
      if (status === 410) version = '';
      debug(`The watch of ${target.resource.plural} ended: ${status} ${message}`);
      return false;
    }
    version = string(at(event.object, 'metadata', 'resourceVersion')) || version;
    const object = event.type === 'BOOKMARK' ? undefined : asObject(event.object);
    if (object) onChange({ type: event.type === 'DELETED' ? 'gone' : 'set', object });
    return true;
  }).catch((error: unknown) => {
    // What arrived before the connection broke has been handed on; the next stream begins after it.
    debug(`The watch of ${target.resource.plural} broke: ${messageOf(error)}`);
  });
  return version;
}

/** Hands on each line until `take` says false or the answer ends. */
async function eachLine(answer: IncomingMessage, take: (line: string) => boolean): Promise<void> {
  let going = true;
  const splitter = new LineSplitter((line) => {
    if (going && line !== '') going = take(line);
  }, LINE_CHARACTERS);
  answer.on('data', (part: Buffer) => {
    try {
      splitter.add(part);
      if (!going) answer.destroy();
    } catch (error) {
      // Something in between wrote what is no event. Thrown in here it would end the whole run.
      going = false;
      answer.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  await Promise.race([once(answer, 'end'), once(answer, 'close')]);
  if (going) splitter.end();
}
