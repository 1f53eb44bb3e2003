import { ActionError, info, messageOf, notice, warning, writeSummary } from '@fairway/action-kit';
import { checkPermissions } from '../apply/permissions.js';
import { deploy } from '../deploy.js';
import type { Inputs } from '../inputs.js';
import { type DeployOutputs, firstLine } from '../outcome.js';
import { openSite, type Site } from '../site.js';
import { findAddress } from './address.js';
import { findPreviews, settleIn } from './dwelling.js';
import { namespaceFor, type Owner } from './ownership.js';
import { fill, type PreviewPlan } from './preview-inputs.js';
import { askForNews } from './pull-request.js';
import { removeOwn } from './removal.js';
import { type Sweep, sweep } from './sweep.js';
import { commentText, environmentFor, tellPullRequest } from './telling.js';

/** Keeps one environment for each open pull request: makes or updates one, removes one, or sees to all. */
export async function keepPreviews(inputs: Inputs, plan: PreviewPlan, outputs: DeployOutputs): Promise<void> {
  const { occasion } = plan;
  switch (occasion.kind) {
    case 'untrusted':
      notice(
        'A pull request from a fork, or of Dependabot, gets no preview: its code would run with what this repository may do.',
      );
      outputs.set('result', 'skipped');
      return;
    case 'deploy':
      return deployPreview(inputs, plan, occasion.number, outputs);
    case 'remove':
      return removePreview(inputs, occasion.number, outputs);
    case 'sweep':
      return sweepPreviews(inputs, outputs);
  }
}

async function deployPreview(
  inputs: Inputs,
  plan: PreviewPlan,
  number: number,
  outputs: DeployOutputs,
): Promise<void> {
  const { release } = inputs;
  const namespace = namespaceFor(release, number);
  const host = fill(plan.host, release, number);
  const environmentUrl = fill(inputs.environmentUrl, release, number) || (host && `https://${host}`);
  const environment = environmentFor(inputs, number);
  const site = await openSite({ ...inputs, namespace, environment, environmentUrl, createNamespace: false });
  const owner = ownerOf(site);
  outputs.set('namespace', namespace);
  await askPermissions(site);
  const { removed } = await sweepSoftly(site, owner, number);
  outputs.set('removed', JSON.stringify(removed));
  const news = await askForNews(site, number);
  if (news === 'closed') {
    notice(`Pull request ${number} was closed since this run began: nothing is deployed for it.`);
    const own = await endPreview(site, owner, number, outputs);
    outputs.set('removed', JSON.stringify([...own, ...removed]));
    return;
  }
  if (news === 'newer-commit') {
    notice(
      `Pull request ${number} has a newer commit than ${site.run.headSha.slice(0, 12)}: that one's run deploys it.`,
    );
    outputs.set('result', 'skipped');
    return;
  }
  outputs.set('url', environmentUrl);
  await refuseOverLimit(site, owner, number, plan.limit);
  await settleIn(site, owner, number, plan.ttlMs);
  const commit = site.run.headSha;
  try {
    await deploy(site, outputs);
  } catch (error) {
    await tellPullRequest(site, number, { state: 'failed', commit, reason: firstLine(messageOf(error)) });
    throw error;
  }
  const url = environmentUrl || (await findAddress(site));
  outputs.set('url', url);
  const until = new Date(site.client.connection.now().getTime() + plan.ttlMs);
  await tellPullRequest(site, number, { state: 'ready', commit, url, until });
  await writeSummary(commentText({ state: 'ready', commit, url, until }, release, number, site.run.runUrl));
}

async function removePreview(inputs: Inputs, number: number, outputs: DeployOutputs): Promise<void> {
  const site = await openSite(inputs);
  const owner = ownerOf(site);
  outputs.set('namespace', namespaceFor(site.release, number));
  await askPermissions(site);
  const own = await endPreview(site, owner, number, outputs);
  const { removed } = await sweepSoftly(site, owner, number);
  outputs.set('removed', JSON.stringify([...own, ...removed]));
}

/** @returns the namespaces that it removed: one, or none */
async function endPreview(
  site: Site,
  owner: Owner,
  number: number,
  outputs: DeployOutputs,
): Promise<readonly string[]> {
  const removal = await removeOwn(site, owner, number);
  outputs.set('result', removal === 'protected' || removal === 'changed' ? 'unchanged' : 'removed');
  return removal === 'deleted' ? [namespaceFor(owner.release, number)] : [];
}

async function sweepPreviews(inputs: Inputs, outputs: DeployOutputs): Promise<void> {
  const site = await openSite(inputs);
  await askPermissions(site);
  const { kept, removed } = await sweep(site, ownerOf(site));
  info(`${kept.length} previews stay, ${removed.length} were removed.`);
  outputs.set('removed', JSON.stringify(removed));
  outputs.set('result', 'swept');
}

function ownerOf(site: Site): Owner {
  return { release: site.release, repository: site.run.repository };
}

/** What others left behind must not stop this pull request's own environment. */
async function sweepSoftly(site: Site, owner: Owner, except: number): Promise<Sweep> {
  try {
    return await sweep(site, owner, except);
  } catch (error) {
    const remedy = error instanceof ActionError ? ` ${error.remedy}` : '';
    warning(`Other previews were not looked after: ${messageOf(error)}${remedy}`, { title: 'Previews' });
    return { kept: [], removed: [] };
  }
}

/** @throws ActionError 'too-many-previews' */
async function refuseOverLimit(site: Site, owner: Owner, number: number, limit: number): Promise<void> {
  const others = (await findPreviews(site.client, owner)).filter((preview) => preview.number !== number);
  if (others.length < limit) return;
  const list = others.map((preview) => `#${preview.number}`).join(', ');
  throw new ActionError(
    'too-many-previews',
    `There are ${others.length} previews of '${site.release}' already (${list}), and no more than ${limit} are allowed.`,
    {
      remedy: 'Close a pull request that is done, and run this job again; or allow more:  preview-limit: 20',
    },
  );
}

/** Namespaces are the cluster's; what is needed inside of them the deployment asks for itself. */
async function askPermissions({ client }: Site): Promise<void> {
  const verbs = ['get', 'list', 'create', 'patch', 'delete'];
  const needs = verbs.map((verb) => ({ group: '', resource: 'namespaces', verb, namespace: undefined }));
  await checkPermissions(client, needs);
}
