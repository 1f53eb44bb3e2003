import { ActionError } from '@fairway/action-kit';
import { loginOf, maskLogin } from './login.js';

/** A check after the rollout: an address of its own, or a service reached through the API server. */
export type SmokeTest =
  | { readonly via: 'address'; readonly label: string; readonly url: string }
  | {
      readonly via: 'service';
      readonly label: string;
      readonly service: string;
      readonly port: string;
      readonly path: string;
    };

/** @throws ActionError 'bad-input' for anything but an http(s) address or `service/NAME:PORT/path` */
export function parseSmokeTest(line: string): SmokeTest {
  if (/^https?:\/\//i.test(line) && URL.canParse(line)) {
    maskLogin(line);
    return { via: 'address', label: loginOf(line).address, url: line };
  }
  const match = /^service\/([a-z0-9][a-z0-9-]*):([a-z0-9-]+)(\/\S*)?$/.exec(line);
  if (match?.[1] && match[2]) {
    return { via: 'service', label: line, service: match[1], port: match[2], path: match[3] ?? '/' };
  }
  throw new ActionError('bad-input', `The input 'smoke-test' has the line '${line.slice(0, 200)}'.`, {
    remedy:
      'Write an address (https://app.example.com/healthz) or a service with its port (service/photo-app:80/healthz).',
  });
}
