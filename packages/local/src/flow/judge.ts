import type { ActJob } from '../engine/act-log.js';
import type { Assertion } from '../scenarios/scenario.js';
import { notServed, runsDigest, samePods, sameTemplate } from './environment-findings.js';
import type { Evidence } from './evidence.js';
import { notChecked, notCommented, writtenByFirst } from './github-findings.js';
import { messagesTo, notSigned, notTold, otherAlert, placesOf } from './message-findings.js';
import type { Observation } from './observation.js';

/** One assertion, as it was found. */
export interface Verdict {
  readonly claim: string;
  /** Undefined when the claim holds; otherwise what was seen instead. */
  readonly instead: string | undefined;
}

/** Holds an assertion against the evidence. Pure. */
export function judge(assertion: Assertion, evidence: Evidence): Verdict {
  const { before, after } = evidence;
  switch (assertion.kind) {
    case 'runs-this-push': {
      const view = after.environments[assertion.environment];
      return {
        claim: `${assertion.environment} runs the digest that was built and that the registry has`,
        instead: runsDigest(view, evidence),
      };
    }
    case 'runs-what-ran-before':
      return {
        claim: `${assertion.environment} runs the release from before the push, and is ready`,
        instead: sameTemplate(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
        ),
      };
    case 'untouched':
      return {
        claim: `${assertion.environment} is untouched: the same pods as before the push`,
        instead: samePods(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
        ),
      };
    case 'keeps-photos':
      return {
        claim: `${assertion.environment} answers through the cluster, and an uploaded photo is read back`,
        instead: evidence.photos.has(assertion.environment)
          ? evidence.photos.get(assertion.environment)
          : 'it was not tried',
      };
    case 'serves-throughout':
      return {
        claim: `${assertion.environment} answers all the time while the push is carried`,
        instead: notServed(evidence.vigils.get(assertion.environment)),
      };
    case 'watched':
      return {
        claim: `Prometheus has counted the upload to ${assertion.environment}`,
        instead: (evidence.uploads.get(assertion.environment) ?? 0) > 0 ? undefined : 'it has counted none',
      };
    case 'never-shown':
      return {
        claim: `${assertion.what} is in no log and in no message`,
        instead: placesOf(assertion.text, evidence),
      };
    case 'image-signed':
      return {
        claim: 'the image is signed in the registry, by the pipeline’s key',
        instead: evidence.unsigned,
      };
    case 'image-described':
      return {
        claim: `the registry holds an SBOM of the image that names ${assertion.packages.join(', ')}`,
        instead: evidence.undescribed,
      };
    case 'nothing-built':
      return { claim: 'the registry holds nothing new', instead: newImages(before, after) };
    case 'told':
      return {
        claim: `${assertion.path} was told (${assertion.words.join(', ')}) and answered ${assertion.answered}`,
        instead: notTold(assertion, before, after),
      };
    case 'signed':
      return {
        claim: `${assertion.path} can tell by its signature who sent the message`,
        instead: notSigned(messagesTo(assertion.path, before, after), evidence.webhookKey),
      };
    case 'alert':
      return {
        claim: assertion.open
          ? 'Alertmanager holds the alert of the failed run, and on-call was told'
          : 'Alertmanager holds no alert of the pipeline, and on-call knows of none',
        instead: otherAlert(after, assertion.open),
      };
    case 'says':
      return {
        claim: `the ${assertion.stage} stage says why: ${assertion.words.join(', ')}`,
        instead: notSaid(stageJobs(evidence.jobs, assertion.stage), assertion.words),
      };
    case 'sets':
      return {
        claim: `'${assertion.job}' sets ${Object.entries(assertion.outputs)
          .map(([name, value]) => `${name} to ${value}`)
          .join(', ')}`,
        instead: otherOutputs(evidence.jobs, assertion.job, assertion.outputs),
      };
    case 'commented':
      return {
        claim: `the pull request has a comment of ${assertion.marker} (${assertion.words.join(', ')})`,
        instead: notCommented(evidence, assertion.marker, assertion.words),
      };
    case 'checked':
      return {
        claim: `the commit that was tested has the check '${assertion.name}' with ${assertion.conclusion}`,
        instead: notChecked(evidence, assertion.name, assertion.conclusion),
      };
    case 'writes-nothing':
      return {
        claim: 'the run of the fork has written nothing on GitHub',
        instead: writtenByFirst(evidence),
      };
    case 'gives-up-before':
      return {
        claim: `the ${assertion.stage} stage gives up within ${assertion.seconds} s`,
        instead: tooSlow(stageJobs(evidence.jobs, assertion.stage), assertion.seconds),
      };
  }
}

function newImages(before: Observation, after: Observation): string | undefined {
  const added = [...after.images].filter(([tag, digest]) => before.images.get(tag) !== digest);
  return added.length === 0 ? undefined : added.map(([tag, digest]) => `${tag} → ${digest}`).join(', ');
}

/** A stage is a job of cicd.yml: the job itself and the jobs of the workflow it calls. */
function stageJobs(jobs: readonly ActJob[], stage: string): readonly ActJob[] {
  return jobs.filter((job) => {
    const [, name] = job.name.split(' / ');
    return name === stage && !job.calls;
  });
}

function notSaid(jobs: readonly ActJob[], words: readonly string[]): string | undefined {
  const said = jobs
    .flatMap((job) => [...job.annotations.map((note) => note.message), ...job.summaries])
    .join('\n');
  const missing = words.filter((word) => !said.includes(word));
  return missing.length === 0
    ? undefined
    : `missing: ${missing.join(', ')}; it says: ${said.slice(0, 600) || 'nothing'}`;
}

function otherOutputs(
  jobs: readonly ActJob[],
  name: string,
  wanted: Readonly<Record<string, string>>,
): string | undefined {
  const job = jobs.find((candidate) => candidate.name === name);
  if (job === undefined) return 'there is no such job';
  const others = Object.entries(wanted).filter(([output, value]) => job.outputs.get(output) !== value);
  return others.length === 0
    ? undefined
    : others.map(([output]) => `${output} is ${job.outputs.get(output) ?? 'not set'}`).join(', ');
}

function tooSlow(jobs: readonly ActJob[], seconds: number): string | undefined {
  const slow = jobs.filter((job) => job.seconds >= seconds);
  return slow.length === 0
    ? undefined
    : slow.map((job) => `${job.name} took ${job.seconds.toFixed(0)} s`).join(', ');
}
