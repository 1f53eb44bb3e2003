import type { Answer } from './message.js';
import { headline, ICONS, type Notification } from './notification.js';

type Block = Readonly<Record<string, unknown>>;

// Limits of Block Kit. Source: docs.slack.dev/reference/block-kit/blocks.
const HEADER = 150;
const SECTION = 3000;
const FIELD = 2000;
const FIELDS = 10;
const TEXT = 4000;

/**
 * The payload for an incoming webhook. Slack shows the blocks; receivers that know no blocks (Mattermost, Rocket.Chat)
 * show `text`, which therefore says the same. Every value is escaped or plain text: none can mention, or link behind
 * other words.
 */
export function slackPayload(notification: Notification): Readonly<Record<string, unknown>> {
  const blocks: Block[] = [
    { type: 'header', text: plain(headline(notification), HEADER) },
    { type: 'section', text: plain(notification.message, SECTION) },
  ];
  const facts = factsOf(notification);
  if (facts.length > 0) blocks.push({ type: 'section', fields: facts.slice(0, FIELDS).map(field) });
  const jobs = jobLine(notification);
  if (jobs !== '') blocks.push({ type: 'context', elements: [plain(jobs, SECTION)] });
  const links = linksOf(notification).map(([label, url]) => link(label, url));
  if (links.length > 0) blocks.push({ type: 'context', elements: [mrkdwn(links.join('  ·  '), SECTION)] });
  return { text: fallback(notification, links), blocks, unfurl_links: false, unfurl_media: false };
}

function fallback(notification: Notification, links: readonly string[]): string {
  const lines = [
    `*${inert(headline(notification))}*`,
    inert(notification.message),
    inert(jobLine(notification)),
  ];
  return cut([...lines.filter((line) => line !== ''), ...links].join('\n'), TEXT);
}

function factsOf(notification: Notification): [string, string][] {
  const facts: [string, string][] = [
    ['Environment', notification.environment],
    ['Branch', notification.branch],
    ['Commit', notification.commit.slice(0, 12)],
    ['By', notification.actor],
    ['Image', notification.image],
    ...Object.entries(notification.labels),
  ];
  return facts.filter(([, value]) => value !== '');
}

function jobLine(notification: Notification): string {
  return notification.jobs.map(({ name, result }) => `${ICONS[result]} ${name}`).join('  ');
}

function linksOf(notification: Notification): [string, string][] {
  const { pullRequest, runUrl, url, commit, commitUrl } = notification;
  const links: [string, string][] = [
    ['Run', runUrl],
    ['Address', url],
    ['Pull request', pullRequest?.url ?? ''],
    ['Commit', commit === '' ? '' : commitUrl],
  ];
  return links.filter(([, address]) => /^https?:/i.test(address) && URL.canParse(address));
}

function link(label: string, url: string): string {
  return `<${new URL(url).href.replaceAll('|', '%7C').replaceAll('>', '%3E')}|${escaped(label)}>`;
}

function field([name, value]: readonly [string, string]): Block {
  return mrkdwn(`*${escaped(name)}*\n${escaped(value)}`, FIELD);
}

function plain(text: string, limit: number): Block {
  return { type: 'plain_text', text: cut(text, limit), emoji: false };
}

function mrkdwn(text: string, limit: number): Block {
  // verbatim: Slack turns nothing in it into a link or a mention by itself.
  return { type: 'mrkdwn', text: cut(text, limit), verbatim: true };
}

/** Source: docs.slack.dev/messaging/formatting-message-text, "Escaping text". */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * For receivers that read Markdown and mentions in `text`, as Mattermost does: `@channel` calls nobody, and no text
 * becomes a link or an image of something else. A zero-width space stands in between; the text looks the same.
 */
function inert(text: string): string {
  return escaped(text)
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/\](?=[([])/g, ']\u200b');
}

/** At most `limit` characters, never half of one. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$|&[a-z]{0,3}$/, '')}…`;
}

/** Why a 2xx answer of a Slack-compatible receiver is none: several answer 200 with an error in the body. */
export function slackRefusal(answer: Answer): string | undefined {
  const body = answer.body.trim();
  if (/html/i.test(answer.contentType) || /^<(!doctype|html)/i.test(body)) {
    return 'it answered with a web page: the address is no webhook, or asks to log in';
  }
  if (body.startsWith('{')) return jsonRefusal(body);
  if (/\b(error|failed|invalid|denied|no_service|no_team)\b/i.test(body))
    return `it answered '${brief(body)}'`;
  return undefined;
}

function jsonRefusal(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const failed =
      ('ok' in answer && answer.ok === false) || ('success' in answer && answer.success === false);
    const why = 'error' in answer ? answer.error : undefined;
    return failed || why ? `it answered '${brief(typeof why === 'string' ? why : 'not ok')}'` : undefined;
  } catch {
    return undefined;
  }
}

function brief(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 80);
}
