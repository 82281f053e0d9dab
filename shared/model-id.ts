import type { Job } from './contracts/job.ts';

const shortName = (base: string): string =>
  (base.split(/[/\\]/).findLast((part) => part !== '') ?? base).replace(/\.gguf$/i, '');
const plain = (text: string): string => text.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');

/** `ft:<base>:<project>:<suffix>:<8 characters of the job's id>`: OpenAI's form. A drop's suffix is its name. */
export const modelId = (job: Job): string => {
  const suffix = job.request ? (job.request.suffix ?? '') : job.name;
  const part = job.id.slice('ftjob-'.length).slice(0, 8);
  return ['ft', plain(shortName(job.recipe.base)), job.project, plain(suffix), part].join(':');
};
