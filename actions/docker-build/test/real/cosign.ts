import { leadPath } from '@fairway/local';

/** The other reader and writer of signatures. */
export const cosign = (await leadPath('cosign')).path('cosign');
