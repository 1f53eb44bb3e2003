// What speaks against a claim about the jobs of a run; undefined when nothing does. All pure.
import type { ActJob } from '../engine/act-log.js';

export function missingIn(transcript: string, words: readonly string[]): string | undefined {
  const missing = words.filter((word) => !transcript.includes(word));
  return missing.length === 0 ? undefined : `missing: ${missing.join(', ')}`;
}

/** A stage is a job of cicd.yml: the job itself and the jobs of the workflow it calls. */
export function stageJobs(jobs: readonly ActJob[], stage: string): readonly ActJob[] {
  return jobs.filter((job) => {
    const [, name] = job.name.split(' / ');
    return name === stage && !job.calls;
  });
}

export function notSaid(jobs: readonly ActJob[], words: readonly string[]): string | undefined {
  const said = jobs
    .flatMap((job) => [...job.annotations.map((note) => note.message), ...job.summaries])
    .join('\n');
  const missing = words.filter((word) => !said.includes(word));
  return missing.length === 0
    ? undefined
    : `missing: ${missing.join(', ')}; it says: ${said.slice(0, 600) || 'nothing'}`;
}

export function otherOutputs(
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

export function tooSlow(jobs: readonly ActJob[], seconds: number): string | undefined {
  const slow = jobs.filter((job) => job.seconds >= seconds);
  return slow.length === 0
    ? undefined
    : slow.map((job) => `${job.name} took ${job.seconds.toFixed(0)} s`).join(', ');
}
