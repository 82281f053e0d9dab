import type { Job } from './contracts/job.ts';

const shortName = (base: string): string =>
  (base.split(/[/\\]/).findLast((part) => part !== '') ?? base).replace(/\.gguf$/i, '');
/** At most `room` characters once percent-encoded: a model's id becomes a file name of 255 bytes at most. */
const plain = (text: string, room: number): string => {
  const letters = [...text.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')];
  while (encodeURIComponent(letters.join('')).length > room) letters.pop();
  return letters.join('');
};

/** `ft:<base>:<project>:<suffix>:<8 characters of the job's id>`: OpenAI's form. A drop's suffix is its name. */
export const modelId = (job: Job): string => {
  const suffix = job.request ? (job.request.suffix ?? '') : job.name;
  const part = job.id.slice('ftjob-'.length).slice(0, 8);
  return ['ft', plain(shortName(job.recipe.base), 60), job.project, plain(suffix, 72), part].join(':');
};
