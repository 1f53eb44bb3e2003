import type { Json } from './route.js';

/** GitHub's name for whoever acts with GITHUB_TOKEN. */
export const tokenUser = 'github-actions[bot]';

/** A user as GitHub nests it in most answers. */
export function simpleUser(api: string, login: string): Json {
  const bot = login.endsWith('[bot]');
  const url = `${api}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id: bot ? 41898282 : 583231,
    node_id: nodeId('User', bot ? 41898282 : 583231),
    avatar_url: `https://avatars.githubusercontent.com/u/${bot ? 41898282 : 583231}?v=4`,
    gravatar_id: '',
    url,
    html_url: bot ? `https://github.com/apps/${login.slice(0, -5)}` : `https://github.com/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: bot ? 'Bot' : 'User',
    site_admin: false,
  };
}

/** The app behind GITHUB_TOKEN. */
export function actionsApp(api: string): Json {
  return {
    id: 15368,
    slug: 'github-actions',
    node_id: nodeId('App', 15368),
    owner: simpleUser(api, 'github'),
    name: 'GitHub Actions',
    description: 'Automate your workflow from idea to production',
    external_url: 'https://help.github.com/en/actions',
    html_url: 'https://github.com/apps/github-actions',
    created_at: '2018-07-30T09:30:17Z',
    updated_at: '2024-04-10T20:33:16Z',
    permissions: { checks: 'write', contents: 'write', deployments: 'write', statuses: 'write' },
    events: [],
  };
}

/** An opaque id like GitHub's. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');
}
