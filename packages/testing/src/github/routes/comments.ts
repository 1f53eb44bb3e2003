import type { Comment } from '../records.js';
import { byId, invalid, type Json, notFound, type RouteCall, type Routes } from '../route.js';
import { nodeId, simpleUser, tokenUser } from '../shapes.js';

/** Characters GitHub accepts in a comment. */
const bodyLimit = 65_536;
const write = ['issues:write', 'pull-requests:write'];
const read = ['issues:read', 'pull-requests:read'];

export const commentRoutes: Routes = {
  'issues/list-comments': {
    permissions: read,
    handle: (call) => {
      const issue = requireIssue(call);
      const since = call.query.get('since');
      const comments = call.state.comments.filter(
        (comment) => comment.issue === issue && (since === null || comment.updated_at >= since),
      );
      return { list: comments.map((comment) => render(call, comment)) };
    },
  },
  'issues/create-comment': {
    permissions: write,
    handle: (call) => {
      const comment: Comment = {
        id: call.state.nextId(),
        issue: requireIssue(call),
        body: requireBody(call),
        user: tokenUser,
        created_at: call.now,
        updated_at: call.now,
      };
      call.state.comments.push(comment);
      const body = render(call, comment);
      return { status: 201, body, headers: { location: String(body.url) } };
    },
  },
  'issues/get-comment': {
    permissions: read,
    handle: (call) => ({
      status: 200,
      body: render(call, byId(call.state.comments, call.params.comment_id)),
    }),
  },
  'issues/update-comment': {
    permissions: write,
    handle: (call) => {
      const comment = byId(call.state.comments, call.params.comment_id);
      comment.body = requireBody(call);
      comment.updated_at = call.now;
      return { status: 200, body: render(call, comment) };
    },
  },
  'issues/delete-comment': {
    permissions: write,
    handle: (call) => {
      const comment = byId(call.state.comments, call.params.comment_id);
      call.state.comments.splice(call.state.comments.indexOf(comment), 1);
      return { status: 204 };
    },
  },
};

function requireIssue(call: RouteCall): number {
  const number = Number(call.params.issue_number);
  if (!call.state.hasIssue(number)) throw notFound();
  return number;
}

function requireBody(call: RouteCall): string {
  const body = String(call.body.body);
  if (body.trim() === '') throw invalid('IssueComment', 'body', 'body cannot be blank');
  if ([...body].length > bodyLimit) {
    throw invalid('IssueComment', 'body', `body is too long (maximum is ${bodyLimit} characters)`);
  }
  return body;
}

function render(call: RouteCall, comment: Comment): Json {
  const isPull = call.state.pulls.some((pull) => pull.number === comment.issue);
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${call.repositoryUrl}/issues/comments/${comment.id}`,
    html_url: `${call.webUrl}/${isPull ? 'pull' : 'issues'}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${call.repositoryUrl}/issues/${comment.issue}`,
    body: comment.body,
    user: simpleUser(call.api, comment.user),
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    author_association: 'CONTRIBUTOR',
    performed_via_github_app: null,
  };
}
