import type { Assertion } from '../scenarios/scenario.js';
import {
  notBetween,
  notReplaced,
  notServed,
  otherRelease,
  otherStates,
  runsDigest,
  samePods,
  sameTemplate,
} from './environment-findings.js';
import type { Evidence } from './evidence.js';
import { notChecked, notCommented, writtenByFirst } from './github-findings.js';
import { missingIn, notSaid, otherOutputs, stageJobs, tooSlow } from './job-findings.js';
import { messagesTo, notSigned, notTold, otherAlert, placesOf } from './message-findings.js';
import type { Observation } from './observation.js';
import { judgePreview } from './preview-findings.js';
import { notSpread, notTried } from './trial-findings.js';

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
    case 'tried':
      return {
        claim: `${assertion.environment} tried the new version on visitors, and it was ${assertion.outcome} by what Prometheus counted; the stable one failed nobody`,
        instead: notTried(assertion, evidence),
      };
    case 'recorded':
      return {
        claim: `${assertion.environment} has recorded of the push: ${assertion.states.join(', ')}`,
        instead: otherStates(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
          assertion.states,
        ),
      };
    case 'runs-release-before':
      return {
        claim: `${assertion.environment} runs the good release before the one that ran, and is ready`,
        instead: otherRelease(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
        ),
      };
    case 'replaced':
      return {
        claim: `${assertion.environment} has other pods than before, as many, and ready`,
        instead: notReplaced(
          before.environments[assertion.environment],
          after.environments[assertion.environment],
        ),
      };
    case 'cut-off':
      return {
        claim: `the runner was killed while ${assertion.environment} was between two releases`,
        instead: notBetween(before.environments[assertion.environment], evidence.cutOff),
      };
    case 'spread':
      return {
        claim: `${assertion.environment} gets more pods under load, each answers visitors, and no visitor is lost`,
        instead: notSpread(before.environments[assertion.environment], evidence.rush),
      };
    case 'logs':
      return {
        claim: `the log says: ${assertion.words.join(', ')}`,
        instead: missingIn(evidence.transcript, assertion.words),
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
      return {
        claim: 'the registry holds no new image of the app’s own name',
        instead: newImages(before, after),
      };
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
    case 'preview-runs':
    case 'preview-answers':
    case 'preview-told':
    case 'preview-gone':
      return judgePreview(assertion, evidence);
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
