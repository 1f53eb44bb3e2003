import { request } from 'node:http';
import { pause, query } from '@fairway/exec-kit';
import { at, text } from '../engine/json-value.js';
import { reachApp } from './app-address.js';
import { type EnvironmentView, viewNamespace } from './environment-view.js';
import type { Parts } from './parts.js';

/** What the cluster says of a pull request's environment. */
export interface PreviewView extends EnvironmentView {
  /** The pull request and the repository that its namespace is marked with. */
  readonly pullRequest: string;
  readonly repository: string;
}

/** Where k8s-deploy puts the preview of a pull request. */
export function previewNamespace(number: number): string {
  return `photo-app-pr-${number}`;
}

/** Looks at it as it is now. @returns undefined when there is no such namespace */
export async function viewPreview(kubeconfig: string, number: number): Promise<PreviewView | undefined> {
  const name = previewNamespace(number);
  const found = await query('kubectl', [
    ...['--kubeconfig', kubeconfig, 'get', 'namespace', name],
    ...['--ignore-not-found', '--output', 'json'],
  ]);
  if (found === '') return undefined;
  const namespace: unknown = JSON.parse(found);
  const mark = (kind: 'labels' | 'annotations', mark: string) =>
    text(at(namespace, 'metadata', kind, `fairway-ci.github.io/${mark}`));
  return {
    ...(await viewNamespace(kubeconfig, name)),
    pullRequest: mark('labels', 'pull-request'),
    repository: mark('annotations', 'repository'),
  };
}

/** The same, once what is being deleted is gone; a minute at most. */
export async function viewPreviewLeaving(
  kubeconfig: string,
  number: number,
): Promise<PreviewView | undefined> {
  const limit = Date.now() + 60_000;
  for (;;) {
    const view = await viewPreview(kubeconfig, number);
    if (view === undefined || Date.now() > limit) return view;
    await pause(500);
  }
}

/**
 * Asks the preview for a path, by its host, at the ingress controller; where there is none of ours, at its Service.
 * @returns the body of a good answer, or what came instead, in parentheses
 */
export async function askPreview(
  { kubeconfig, ingress }: Pick<Parts, 'kubeconfig' | 'ingress'>,
  view: EnvironmentView,
  { host, path }: { readonly host: string; readonly path: string },
): Promise<string> {
  if (ingress !== '') return ask(`http://${ingress}${path}`, host);
  const reached = await reachApp(kubeconfig, view);
  if (reached === undefined) return '(no service answers)';
  try {
    return await ask(`${reached.address}${path}`, host);
  } finally {
    await reached.close();
  }
}

/** With node:http, since `fetch` lets nobody choose the host that is asked for. */
function ask(url: string, host: string): Promise<string> {
  return new Promise((resolve) => {
    const asking = request(url, { headers: { host }, agent: false, timeout: 10_000 }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', (error) => resolve(`(${error.message})`));
      answer.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8');
        resolve(answer.statusCode === 200 ? body : `(answered ${answer.statusCode}: ${body.slice(0, 200)})`);
      });
    });
    asking.on('error', (error) => resolve(`(${error.message})`));
    asking.on('timeout', () => asking.destroy(new Error('no answer within 10 s')));
    asking.end();
  });
}
