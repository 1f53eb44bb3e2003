import { proposeGo } from './go.js';
import { proposeJava } from './java.js';
import { proposeNode } from './node.js';
import type { Project } from './project.js';
import { cannot, type Proposal } from './proposal.js';
import { proposePython } from './python.js';
import { proposeRust } from './rust.js';
import { proposeStaticSite } from './static-site.js';

export { folderProject, type Project } from './project.js';
export { type Base, dockerfileText, type Proposal } from './proposal.js';

/**
 * A Dockerfile for an application, from what its files say of it. Pure.
 * @param ecosystem as `ecosystemOf` names it
 * @throws ActionError 'cannot-generate', with what was looked for, rather than a Dockerfile that cannot work
 */
export function proposeDockerfile(project: Project, ecosystem: string): Proposal {
  switch (ecosystem) {
    case 'node':
      return proposeNode(project);
    case 'python':
      return proposePython(project);
    case 'go':
      return proposeGo(project);
    case 'java':
      return proposeJava(project);
    case 'rust':
      return proposeRust(project);
    case 'none':
      return proposeStaticSite(project);
    default:
      throw cannot(`there is no proposal for ${ecosystem}.`);
  }
}
