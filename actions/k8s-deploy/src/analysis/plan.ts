import { parseSmokeTest } from '../smoke-target.js';
import { AGGREGATORS } from './datadog.js';
import { badAnalysis, Fields, TOP } from './fields.js';
import {
  type AnalysisPlan,
  isQuery,
  type Limits,
  type Metric,
  queriesOf,
  type Source,
  type StableLimits,
} from './metric.js';
import { checkPlaceholders } from './placeholders.js';

const FILE_BYTES = 64 * 1024;
const ALIASES = 20;
const METRICS = 30;
const SHORTEST_INTERVAL_MS = 500;

/**
 * Reads an analysis file. What it says decides over a release, so nothing in it is guessed or passed over.
 * @throws ActionError 'bad-analysis' naming the place
 */
export async function parsePlan(text: string): Promise<AnalysisPlan> {
  const file = new Fields(await parseYaml(text), TOP);
  const intervalMs = file.milliseconds('interval') ?? 10_000;
  if (intervalMs < SHORTEST_INTERVAL_MS) throw badAnalysis('interval must be at least 500ms');
  const metrics = file.list('metrics').map(({ value, place }) => readMetric(new Fields(value, place)));
  const plan: AnalysisPlan = {
    intervalMs,
    delayMs: file.milliseconds('delay') ?? 0,
    durationMs: file.milliseconds('duration'),
    tenant: file.text('tenant'),
    metrics,
  };
  file.end();
  if (/[^\x21-\x7e]/.test(plan.tenant)) throw badAnalysis('tenant must be one word of plain letters');
  if (metrics.length === 0 || metrics.length > METRICS) {
    throw badAnalysis(`metrics must hold 1 to ${METRICS} of them`);
  }
  const twice = metrics.find(
    ({ name }, index) => metrics.findIndex((other) => other.name === name) !== index,
  );
  if (twice) throw badAnalysis(`two metrics are named '${twice.name}'`);
  return plan;
}

async function parseYaml(text: string): Promise<unknown> {
  if (Buffer.byteLength(text) > FILE_BYTES) throw badAnalysis('it is larger than 64 KiB');
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: ALIASES, uniqueKeys: true, logLevel: 'error' });
  } catch (cause) {
    const said = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').replace(/[.:]$/, '') : '';
    throw badAnalysis(`it is no YAML: ${said}`, cause);
  }
}

function readMetric(fields: Fields): Metric {
  const name = fields.text('name');
  if (!/^[A-Za-z0-9][\w .-]{0,59}$/.test(name)) {
    throw badAnalysis(`${fields.place}.name must be 1 to 60 letters, digits, blanks, '.', '_' and '-'`);
  }
  const source = readSource(fields);
  const limits = readLimits(fields);
  const metric: Metric = {
    name,
    source,
    limits,
    minimumSamples: fields.integer('minimum-samples', { min: 1, max: 10_000, default: 1 }),
    failures: fields.integer('failures', { min: 0, max: 10_000, default: 0 }),
  };
  fields.end();
  checkLimits(metric, fields.place);
  return metric;
}

function readSource(fields: Fields): Source {
  const given = ['prometheus', 'datadog', 'http', 'command'].filter((kind) => fields.has(kind));
  const timeoutMs = fields.milliseconds('timeout');
  if (given.length !== 1) {
    throw badAnalysis(
      `${fields.place} must have one of prometheus, datadog, http and command, and has ${given.length}`,
    );
  }
  if (timeoutMs !== undefined && given[0] !== 'command') {
    throw badAnalysis(`${fields.place}.timeout belongs to a command`);
  }
  switch (given[0]) {
    case 'prometheus': {
      const query = fields.text('prometheus');
      checkPlaceholders(query, `${fields.place}.prometheus`);
      return { kind: 'prometheus', query };
    }
    case 'datadog':
      return readDatadog(fields);
    case 'http': {
      const address = fields.text('http');
      try {
        return { kind: 'http', target: parseSmokeTest(address) };
      } catch (cause) {
        throw badAnalysis(`${fields.place}.http must be an http(s) address or service/NAME:PORT/path`, cause);
      }
    }
    default:
      return { kind: 'command', argv: fields.words('command'), timeoutMs: timeoutMs ?? 30_000 };
  }
}

/** `datadog` is a query, or several by name and a `formula` over them. */
function readDatadog(fields: Fields): Source {
  const place = `${fields.place}.datadog`;
  const queries = fields.named('datadog') ?? { query: fields.text('datadog') };
  const names = Object.keys(queries);
  const formula = fields.text('formula') || (names.length === 1 ? (names[0] ?? '') : '');
  if (formula === '')
    throw badAnalysis(`${place} has ${names.length} queries, and needs a formula over them`);
  for (const [name, query] of Object.entries(queries)) checkPlaceholders(query, `${place}.${name}`);
  const windowMs = fields.milliseconds('window') ?? 5 * 60_000;
  if (windowMs < 10_000) throw badAnalysis(`${fields.place}.window must be at least 10s`);
  return {
    kind: 'datadog',
    queries,
    formula,
    aggregator: fields.oneOf('aggregator', AGGREGATORS) ?? 'avg',
    windowMs,
  };
}

function readLimits(fields: Fields): Limits {
  const max = fields.number('max');
  const min = fields.number('min');
  const relative = fields.fields('stable');
  const stable = relative && readStableLimits(relative);
  return {
    ...(max !== undefined && { max }),
    ...(min !== undefined && { min }),
    ...(stable && { stable }),
  };
}

function readStableLimits(fields: Fields): StableLimits {
  const maxRatio = fields.number('max-ratio');
  const minRatio = fields.number('min-ratio');
  const margin = fields.number('margin') ?? 0;
  fields.end();
  if (maxRatio === undefined && minRatio === undefined) {
    throw badAnalysis(`${fields.place} needs max-ratio, min-ratio or both`);
  }
  if ([maxRatio, minRatio, margin].some((value) => value !== undefined && value < 0)) {
    throw badAnalysis(`${fields.place} may hold no negative number`);
  }
  return { margin, ...(maxRatio !== undefined && { maxRatio }), ...(minRatio !== undefined && { minRatio }) };
}

function checkLimits({ source, limits }: Metric, place: string): void {
  const isLimited = limits.max !== undefined || limits.min !== undefined || limits.stable !== undefined;
  if (isQuery(source) && !isLimited) {
    throw badAnalysis(`${place} needs a limit: max, min or stable. A number alone is neither good nor bad`);
  }
  if (
    isQuery(source) &&
    limits.stable &&
    !/\{\{\s*(pods|workload|track)\s*\}\}/.test(queriesOf(source).join(' '))
  ) {
    throw badAnalysis(
      `${place} is compared with the stable version, and its query asks the same of both: use {{pods}}, {{workload}} or {{track}} in it`,
    );
  }
  if (!isQuery(source) && limits.stable) {
    throw badAnalysis(
      `${place}.stable belongs to prometheus and datadog: only a query is asked of both versions`,
    );
  }
}
