import { expect, it } from 'vitest';
import { fillDockerfile, readDockerfile } from '../src/mount-dockerfile.js';

const image = 'ghcr.io/acme/base@sha256:00';
const mounts = ['/root/.npm', 'go,uid=10,gid=10,mode=0750'];

it.each([fillDockerfile, readDockerfile])(
  'mounts each by the identity that it has in the Dockerfile: %o',
  (dockerfile) => {
    const text = dockerfile(image, mounts, 'n');
    expect(text).toContain('--mount=type=cache,target=/fairway/mounts/0,id=/root/.npm ');
    expect(text).toContain('--mount=type=cache,target=/fairway/mounts/1,id=go,uid=10,gid=10,mode=0750 ');
    expect(text.split('\n').filter((line) => line.startsWith('RUN '))).toHaveLength(1);
  },
);

it.each([fillDockerfile, readDockerfile])('is never the same step twice: %o', (dockerfile) => {
  expect(dockerfile(image, mounts, 'one')).not.toBe(dockerfile(image, mounts, 'two'));
});

it('leaves nothing but the file in what is read', () => {
  const [, last = ''] = readDockerfile(image, mounts, 'n').split('FROM scratch\n');
  expect(last).toBe('COPY --from=read /fairway-out/mounts.tar /mounts.tar\n');
});
