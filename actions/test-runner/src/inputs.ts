import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ActionError,
  context,
  duration,
  flag,
  integer,
  lines,
  oneOf,
  secret,
  text,
  workspacePath,
} from '@fairway/action-kit';
import { FRAMEWORK_NAMES, type FrameworkName } from './frameworks/names.js';
import { splitWords } from './words.js';

/** Which part of the suite runs here, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export interface Inputs {
  readonly mode: 'plan' | 'run' | 'report';
  /** Absolute. */
  readonly folder: string;
  readonly framework: FrameworkName | 'auto';
  /** An argv, `auto` or `none`. */
  readonly install: 'auto' | 'none' | readonly string[];
  /** An argv in place of the detected one; empty when none is given. */
  readonly command: readonly string[];
  readonly reports: readonly string[];
  readonly coverageReports: readonly string[];
  readonly shards: number | 'auto';
  readonly targetDurationMs: number;
  readonly maxShards: number;
  readonly shard: Shard | undefined;
  readonly retries: number;
  readonly timeoutMs: number;
  /** Absolute; undefined when there is no such file. */
  readonly quarantine: string | undefined;
  /** Percent. */
  readonly minimumCoverage: number | undefined;
  readonly minimumPatchCoverage: number | undefined;
  /** Percentage points; undefined when coverage may fall. */
  readonly maximumCoverageDrop: number | undefined;
  readonly artifactName: string;
  readonly upload: boolean;
  readonly comment: boolean;
  readonly check: boolean;
  readonly token: string;
}

const QUARANTINE = '.github/quarantine.yml';

/** Reads, checks and masks every input, once. */
export function readInputs(): Inputs {
  const command = splitWords('command', text('command'));
  const reports = lines('reports');
  const mode = oneOf('mode', ['run', 'plan', 'report'], { default: 'run' });
  if (mode === 'run' && command.length > 0 && reports.length === 0) {
    throw new ActionError(
      'bad-input',
      "The input 'command' is given without 'reports', so nothing could tell which tests ran.",
      {
        remedy:
          "Have the command write a result file (JUnit XML in most tools) and name it, for example  reports: 'build/test-results/**/*.xml'",
      },
    );
  }
  const install = text('install', { default: 'auto' });
  return {
    mode,
    folder: workspacePath('working-directory', { default: '.', mustExist: true }),
    framework: oneOf('framework', ['auto', ...FRAMEWORK_NAMES], { default: 'auto' }),
    install: install === 'auto' || install === 'none' ? install : splitWords('install', install),
    command,
    reports,
    coverageReports: lines('coverage-reports'),
    shards: text('shards', { default: 'auto' }) === 'auto' ? 'auto' : integer('shards', { min: 1, max: 256 }),
    targetDurationMs: duration('target-duration', { default: '5m' }),
    maxShards: integer('max-shards', { min: 1, max: 256, default: 16 }),
    shard: readShard(),
    retries: integer('retries', { min: 0, max: 10, default: 0 }),
    timeoutMs: duration('timeout', { default: '30m' }),
    quarantine: readQuarantine(),
    minimumCoverage: percent('minimum-coverage'),
    minimumPatchCoverage: percent('minimum-patch-coverage'),
    maximumCoverageDrop: points('maximum-coverage-drop'),
    artifactName: readArtifactName(),
    upload: flag('upload', true),
    comment: flag('comment', true),
    check: flag('check', false),
    token: secret('token'),
  };
}

function readShard(): Shard | undefined {
  const value = text('shard');
  if (value === '') return undefined;
  const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new ActionError(
    'bad-input',
    `The input 'shard' is '${value.slice(0, 40)}'; it must be INDEX/COUNT, such as 2/3.`,
    {
      remedy: "Take it from the plan's matrix:  shard: ${{ matrix.shard }}",
    },
  );
}

/** The file must be there when it is named; its usual place may be empty. */
function readQuarantine(): string | undefined {
  if (text('quarantine') !== '') return workspacePath('quarantine', { mustExist: true });
  const usual = join(context().workspace, QUARANTINE);
  return existsSync(usual) ? usual : undefined;
}

/** A minimum of 0 is none: a workflow's own input needs a number that says so. */
function percent(name: string): number | undefined {
  return points(name) || undefined;
}

function points(name: string): number | undefined {
  const value = text(name);
  if (value === '') return undefined;
  const number = Number(value.replace(/\s*%$/, ''));
  if (number >= 0 && number <= 100) return number;
  throw new ActionError(
    'bad-input',
    `The input '${name}' is '${value.slice(0, 40)}'; it must be a percentage from 0 to 100.`,
    {
      remedy: `Write it under 'with:', for example  ${name}: 80`,
    },
  );
}

/** Artifact names end up in file names and URLs. */
/** By default the working directory is in the name: two applications of a repository are tested in one run. */
function readArtifactName(): string {
  const folder = text('working-directory')
    .replace(/[^\w.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  const name = text('artifact-name', { default: folder === '' ? 'test-results' : `test-results-${folder}` });
  if (/^[\w.-]{1,100}$/.test(name)) return name;
  throw new ActionError(
    'bad-input',
    `The input 'artifact-name' is '${name.slice(0, 40)}'; it may hold letters, digits, '.', '_' and '-'.`,
    {
      remedy: "Write it under 'with:', for example  artifact-name: test-results",
    },
  );
}
