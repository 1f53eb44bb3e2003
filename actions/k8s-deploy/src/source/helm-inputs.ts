import { ActionError, flag, lines, oneOf, text } from '@fairway/action-kit';

/** A chart to render, as the inputs name it. */
export interface Chart {
  /** A folder, a package, `repo/name`, an `oci://` address, or a name in `repository`. */
  readonly chart: string;
  /** The address of a chart repository, or empty. */
  readonly repository: string;
  /** The chart's version, or empty for the newest. */
  readonly version: string;
  readonly values: readonly string[];
  /** `key=value` in Helm's own notation. */
  readonly set: readonly string[];
  /** The release name that the chart sees. */
  readonly release: string;
  /** Whether templates may look things up in the cluster. */
  readonly lookup: boolean;
  /** Whether the chart's tests are run after the rollout. */
  readonly tests: boolean;
}

/**
 * Reads the inputs of a chart.
 * @param isDiff what a difference shows may be read by many, so lookups are off in it unless asked for
 * @returns undefined when there is none
 */
export function readChart(release: string, isDiff: boolean): Chart | undefined {
  const chart = text('helm-chart');
  const repository = text('helm-repository');
  if (chart === '') {
    if (repository === '') return undefined;
    throw new ActionError(
      'bad-input',
      "The input 'helm-repository' is set, and 'helm-chart' names no chart in it.",
      {
        remedy: "Add the chart's name under 'with:', for example  helm-chart: podinfo",
      },
    );
  }
  if (repository !== '' && !/^https?:\/\//.test(repository)) {
    throw new ActionError(
      'bad-input',
      `The input 'helm-repository' is '${repository}'; it must begin with https:// or http://.`,
      { remedy: 'A chart in a registry has no repository: write  helm-chart: oci://…  alone.' },
    );
  }
  const lookup = oneOf('helm-lookup', ['auto', 'true', 'false'], { default: 'auto' });
  return {
    chart,
    repository,
    version: text('helm-chart-version'),
    values: lines('helm-values'),
    set: lines('helm-set').map(pair),
    release: text('helm-release', { default: release }),
    lookup: lookup === 'auto' ? !isDiff : lookup === 'true',
    tests: flag('helm-tests'),
  };
}

function pair(line: string): string {
  if (/^[^=\s]+=/.test(line)) return line;
  throw new ActionError(
    'bad-input',
    `The input 'helm-set' has the line '${line.slice(0, 200)}'; it must be key=value.`,
    {
      remedy: 'Write it as for helm --set, for example  helm-set: replicaCount=3',
    },
  );
}
