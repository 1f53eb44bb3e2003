import { readFile } from 'node:fs/promises';
import { ActionError } from '@fairway/action-kit';
import type { AnalysisPlan } from '../analysis/metric.js';
import { parsePlan } from '../analysis/plan.js';
import { type Bench, refusedQuery } from '../analysis/probe.js';
import { parsePrometheus } from '../analysis/prometheus.js';
import type { Site } from '../site.js';

/** What a new version on trial is judged by, read and tried before anything changes. */
export interface Judgement {
  /** Without metrics where no file is given: then only the pods' own life is looked at. */
  readonly plan: AnalysisPlan;
  readonly prometheus: Bench['prometheus'];
}

/** Without a file, looks at the pods this often. */
const LIFE_INTERVAL_MS = 5_000;

/**
 * Reads the analysis file. Nothing is asked of anybody yet.
 * @throws ActionError 'bad-analysis', 'bad-input'
 */
export async function openJudgement(site: Site): Promise<Judgement> {
  const { analysis, prometheusUrl, prometheusToken } = site.inputs.strategy;
  if (analysis === '') return { plan: lifeOnly(), prometheus: undefined };
  const plan = await parsePlan(await readFile(analysis, 'utf8'));
  const asks = plan.metrics.some(({ source }) => source.kind === 'prometheus');
  if (asks && prometheusUrl === '') {
    throw new ActionError(
      'bad-input',
      "The analysis asks Prometheus, and the input 'prometheus-url' is empty.",
      {
        remedy:
          'Add  prometheus-url: https://prometheus.example.com  or, for one inside the cluster,  prometheus-url: service/monitoring/prometheus:9090',
      },
    );
  }
  const settings = { namespace: site.namespace, token: prometheusToken, tenant: plan.tenant };
  return { plan, prometheus: asks ? parsePrometheus(prometheusUrl, settings) : undefined };
}

/** Namespaces whose Services the analysis asks through the API server: a permission of its own. */
export function proxiedBy({ plan, prometheus }: Judgement, namespace: string): string[] {
  const checks = plan.metrics.some(({ source }) => source.kind === 'http' && source.target.via === 'service');
  return [...(checks ? [namespace] : []), ...(prometheus?.via === 'service' ? [prometheus.namespace] : [])];
}

/**
 * Asks Prometheus each query once, to find those that it refuses, before anything changes.
 * @throws ActionError 'bad-analysis'
 */
export async function tryQueries(site: Site, { plan, prometheus }: Judgement): Promise<void> {
  const { client, namespace, cancelled } = site;
  const refused = await refusedQuery(plan, { client, namespace, prometheus }, cancelled);
  if (refused === undefined) return;
  throw new ActionError(
    'bad-analysis',
    `Prometheus refuses the query of '${refused.metric}': ${refused.problem}.`,
    {
      remedy: 'Try the query in Prometheus itself, with a pod’s name for {{pods}}. Nothing was changed.',
    },
  );
}

function lifeOnly(): AnalysisPlan {
  return { intervalMs: LIFE_INTERVAL_MS, delayMs: 0, durationMs: undefined, tenant: '', metrics: [] };
}
