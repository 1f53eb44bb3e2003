import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '@fairway/exec-kit';
import type { ActEvent, ActJob } from '../engine/act-log.js';
import type { Scenario } from '../scenarios/scenario.js';
import { type CarriedChange, carryChange } from './change.js';
import type { Evidence } from './evidence.js';
import { type GitHubSide, startGitHubSide } from './github-side.js';
import { judge, type Verdict } from './judge.js';
import { imageName, type Observation, observe, tryPhotos } from './observation.js';
import type { Parts } from './parts.js';
import { countedUploads } from './prometheus-view.js';
import { verdictsOnRun } from './run-findings.js';
import { undescribed } from './sbom-view.js';
import { newKeys, type RunKeys } from './settings.js';
import { unsigned } from './signature-view.js';
import type { Stage } from './stage.js';
import type { Vigil } from './vigil.js';
import { countTraffic, environmentsOf, keepVigils, rushTo } from './visitors.js';

/** One set of running parts and repositories that scenarios are played on, one after another. */
export class Theatre {
  readonly #keys: RunKeys;
  readonly #gitHub: GitHubSide;
  readonly parts: Parts;
  readonly stage: Stage;
  /** Gets a folder for each push. */
  readonly folder: string;
  #pushes = 0;

  private constructor(parts: Parts, stage: Stage, folder: string, keys: RunKeys, gitHub: GitHubSide) {
    this.parts = parts;
    this.stage = stage;
    this.folder = folder;
    this.#keys = keys;
    this.#gitHub = gitHub;
  }

  static async open(parts: Parts, stage: Stage, folder: string): Promise<Theatre> {
    const keys = newKeys();
    return new Theatre(parts, stage, folder, keys, await startGitHubSide(stage.consumer, keys.token));
  }

  close(): Promise<void> {
    return this.#gitHub.close();
  }

  /** Carries the scenario's push and looks at the world before, meanwhile and after. */
  async play(scenario: Scenario, options: PlayOptions = {}): Promise<Performance> {
    const folder = join(this.folder, `${++this.#pushes}-${scenario.name}`);
    const began = Date.now();
    const before = await observe(this.parts);
    const endVigils = await keepVigils(this.parts, scenario, before);
    try {
      return await this.#perform(scenario, { ...options, folder }, { began, before, endVigils });
    } finally {
      await endVigils(); // also of a run that is broken off, or this process would never end
    }
  }

  async #perform(
    scenario: Scenario,
    options: PlayOptions & { readonly folder: string },
    { began, before, endVigils }: Beginning,
  ): Promise<Performance> {
    const { parts, stage } = this;
    const channel = { parts, stage, gitHub: this.#gitHub, keys: this.#keys };
    const writtenBefore = this.#gitHub.view();
    const carried = await carryChange(channel, scenario, options);
    const rushed =
      scenario.rush === undefined
        ? undefined
        : await rushTo(this.parts, before.environments[scenario.rush], scenario.rush);
    options.signal?.throwIfAborted();
    const after = await observeSettled(this.parts, (seen) => messagesAreThere(scenario, before, seen));
    const image = builtImage(carried.result.jobs);
    const evidence: Evidence = {
      before,
      after,
      jobs: [...carried.result.jobs, ...(carried.second?.result.jobs ?? [])],
      commit: carried.commit,
      proposal: carried.proposal,
      written: { before: writtenBefore, first: carried.written, last: this.#gitHub.view() },
      digest: image?.digest ?? '',
      unsigned: await unsigned(this.parts.registry, imageName, image?.digest ?? '', this.#keys.verifyKey),
      undescribed: await this.#undescribed(scenario, image?.digest ?? ''),
      webhookKey: this.#keys.webhookKey,
      vigils: await endVigils(),
      ...(await this.#tryApp(scenario, after)),
      traffic: await countTraffic(this.parts, scenario, after, (Date.now() - began) / 1000),
      cutOff: carried.cutOff,
      chapters: carried.chapters ?? [],
      rush: rushed,
      transcript: await readFile(join(options.folder, 'log.txt'), 'utf8').catch(() => ''), // not every scenario runs a workflow
    };
    const verdicts = [
      ...verdictsOnRun(scenario, carried, this.parts.act.fixed),
      ...scenario.assertions.map((assertion) => judge(assertion, evidence)),
    ];
    return { scenario, carried, image, before, after, verdicts };
  }

  async #undescribed({ assertions }: Scenario, digest: string): Promise<string | undefined> {
    const wanted = assertions.flatMap((one) => (one.kind === 'image-described' ? one.packages : []));
    return wanted.length === 0 ? undefined : undescribed(this.parts.registry, imageName, digest, wanted);
  }

  /** Uploads a photo, reads it back, and asks Prometheus whether it saw that. */
  async #tryApp(scenario: Scenario, after: Observation): Promise<Pick<Evidence, 'photos' | 'uploads'>> {
    const photos = new Map<string, string | undefined>();
    const uploads = new Map<string, number>();
    for (const environment of environmentsOf(scenario, 'keeps-photos')) {
      photos.set(environment, await tryPhotos(this.parts, after.environments[environment]));
    }
    for (const environment of environmentsOf(scenario, 'watched')) {
      const { namespace } = after.environments[environment];
      uploads.set(environment, await countedUploads(this.parts.prometheus, namespace));
    }
    return { photos, uploads };
  }
}

/** What was there when a scenario began, and who came then. */
interface Beginning {
  /** Milliseconds, as Date.now() gives them. */
  readonly began: number;
  readonly before: Observation;
  readonly endVigils: () => Promise<Map<string, Vigil>>;
}

interface PlayOptions {
  readonly onEvent?: (event: ActEvent) => void;
  readonly signal?: AbortSignal;
}

/** Whether everyone who is to be told has been. */
function messagesAreThere(scenario: Scenario, before: Observation, after: Observation): boolean {
  const nothing = {
    photos: new Map(),
    vigils: new Map(),
    uploads: new Map(),
    traffic: new Map(),
    cutOff: undefined,
    chapters: [],
    rush: undefined,
    transcript: '',
  };
  const view = { comments: [], checks: [], scans: 0, deployments: [] };
  const written = { before: view, first: view, last: view };
  const about = { commit: '', proposal: undefined, written };
  const evidence = {
    before,
    after,
    jobs: [],
    digest: '',
    ...about,
    unsigned: undefined,
    undescribed: undefined,
    webhookKey: '',
    ...nothing,
  };
  return scenario.assertions
    .filter((assertion) => assertion.kind === 'told' || assertion.kind === 'alert')
    .every((assertion) => judge(assertion, evidence).instead === undefined);
}

/** Alertmanager gathers alerts before it passes them on: the world gets 20 s to come to rest. */
async function observeSettled(parts: Parts, settled: (seen: Observation) => boolean): Promise<Observation> {
  const limit = Date.now() + 20_000;
  for (;;) {
    const seen = await observe(parts);
    if (settled(seen) || Date.now() > limit) return seen;
    await pause(500);
  }
}

/** A scenario that was played, with all that was found. */
export interface Performance {
  readonly scenario: Scenario;
  readonly carried: CarriedChange;
  readonly image: BuiltImage | undefined;
  readonly before: Observation;
  readonly after: Observation;
  readonly verdicts: readonly Verdict[];
}

export interface BuiltImage {
  readonly reference: string;
  readonly digest: string;
}

/** The image that the build job says it made. Pure. */
export function builtImage(jobs: readonly ActJob[]): BuiltImage | undefined {
  const build = jobs.find(
    (job) => job.name.endsWith(' / Image / Build') || job.name.endsWith('/Image/Build'),
  );
  const digest = build?.outputs.get('build.digest') ?? '';
  return digest === '' ? undefined : { reference: build?.outputs.get('build.reference') ?? '', digest };
}
